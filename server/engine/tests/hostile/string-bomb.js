// expect: memory|time|crash in worker
function check() { return "x".repeat(2 ** 30).length > 0 ? PASSED : FAILED }
