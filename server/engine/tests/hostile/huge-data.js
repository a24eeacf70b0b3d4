// expect: bad-argument|too-much in anywhere
function check(action) { action.data.set("all", "x".repeat(900000)) }
