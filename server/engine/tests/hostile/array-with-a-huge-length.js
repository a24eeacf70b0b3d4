// expect: bad-argument in anywhere
function check(action) { const list = []; list.length = 4294967295; action.data.set("list", list) }
