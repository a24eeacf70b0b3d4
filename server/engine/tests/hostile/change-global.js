// expect: threw in anywhere
function check() { globalThis.PASSED = "FAILED" }
