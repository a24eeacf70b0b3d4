// expect: threw in anywhere
function check() { Array.prototype.filter = () => [1, 2, 3]; return PASSED }
