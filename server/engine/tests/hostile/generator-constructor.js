// expect: threw in anywhere
function check() { return (function* () {}).constructor("yield 1")() }
