// expect: bad-return in anywhere
function check() { return new Proxy({}, { get() { return "PASSED" } }) }
