// expect: threw in anywhere
function check() { return (() => {}).constructor("return PASSED")() }
