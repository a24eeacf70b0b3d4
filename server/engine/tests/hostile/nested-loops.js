// expect: fuel in anywhere
function turn() { for (let i = 0; i < 900000; i++) {} }
function check() { for (let i = 0; i < 900000; i++) turn() }
