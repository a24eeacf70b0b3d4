// expect: threw in anywhere
function check() { ask("everyone", { get text() { throw new Error("gotcha") } }) }
