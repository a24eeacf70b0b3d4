// expect: bad-argument in anywhere
function check(action) { let deep = []; for (let i = 0; i < 1000; i++) deep = [deep]; action.data.set("deep", deep) }
