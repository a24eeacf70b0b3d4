// expect: threw in anywhere
function check() { throw new Proxy({}, { get() { throw 1 } }) }
