// expect: time in worker
function check() { return /^(a+)+$/.test("a".repeat(40) + "b") ? PASSED : FAILED }
