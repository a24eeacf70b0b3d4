// expect: time in worker
function check() { return /^(a|a|b)*c$/.test("a".repeat(40)) ? PASSED : FAILED }
