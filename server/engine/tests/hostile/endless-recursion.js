// expect: recursion in anywhere
function deeper() { return deeper() + 1 }
function check() { return deeper() }
