// expect: threw in anywhere
function check() { leaked = 1 }
