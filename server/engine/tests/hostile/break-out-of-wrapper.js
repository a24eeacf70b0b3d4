// expect: syntax in anywhere
}); globalThis.x = 1; (function () {
function check() {}
