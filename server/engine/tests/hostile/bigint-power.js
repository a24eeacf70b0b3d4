// expect: threw in anywhere
function check() { return 2n ** 1000000000n }
