// expect: threw in anywhere
function check() { const all = []; for (;;) all.push(new ArrayBuffer(1 << 30)) }
