// expect: too-much in anywhere
function check() { log("x".repeat(100000)) }
