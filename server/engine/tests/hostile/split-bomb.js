// expect: memory|time|crash|fuel in worker
function check() { return "x".repeat(900000).split("").concat("x".repeat(900000).repeat(100).split("")).length }
