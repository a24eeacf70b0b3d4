// expect: bad-argument in anywhere
function check(action) { const loop = []; loop.push(loop); action.data.set("loop", loop) }
