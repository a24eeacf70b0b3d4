// expect: syntax in anywhere
async function check() { for (;;) await null }
