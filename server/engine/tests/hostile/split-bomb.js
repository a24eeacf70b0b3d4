// expect: memory|time|crash in worker
function check() { return "x".repeat(900000).split("").concat("x".repeat(900000).repeat(100).split("")).length }
