// expect: recursion in anywhere
const trap = { get again() { return this.again } }
function check() { return trap.again }
