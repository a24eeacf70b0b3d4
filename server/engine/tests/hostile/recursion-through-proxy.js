// expect: recursion in anywhere
const trap = new Proxy({}, { get(target, key) { return trap[key] } })
function check() { return trap.x }
