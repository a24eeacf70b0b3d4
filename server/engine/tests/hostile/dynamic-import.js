// expect: syntax in anywhere
function check() { import("./jury.js") }
