// expect: bad-argument in anywhere
function filter(action) { action.execute(); return true }
function check() {}
