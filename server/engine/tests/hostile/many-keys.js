// expect: too-much in anywhere
function check(action) { for (let i = 0; i < 100000; i++) action.data.set("key" + i, i) }
