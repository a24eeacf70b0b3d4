// expect: threw in anywhere
function check() { return log.constructor.constructor("return globalThis")() }
