// expect: syntax in anywhere
async function* storm() { for (;;) {} }
function check() { storm().next() }
