// expect: threw in anywhere
function check() { return eval("PASSED") }
