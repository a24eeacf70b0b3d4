// expect: fuel in anywhere
function check() { while (true) {} }
