// expect: recursion in anywhere
function deeper() { try { return deeper() + 1 } catch { return deeper() } }
function check() { return deeper() }
