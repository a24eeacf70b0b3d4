// expect: threw in anywhere
function check() { return new Uint8Array(2 ** 33) }
