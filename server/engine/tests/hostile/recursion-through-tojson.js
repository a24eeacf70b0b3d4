// expect: recursion|bad-argument in anywhere
const trap = { toJSON() { return JSON.stringify(trap) } }
function check() { JSON.stringify(trap) }
