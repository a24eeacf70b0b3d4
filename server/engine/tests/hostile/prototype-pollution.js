// expect: threw in anywhere
function check() { Object.prototype.isAdmin = true; return PASSED }
