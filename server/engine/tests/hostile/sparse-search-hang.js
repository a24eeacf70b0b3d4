// expect: time in worker
function check() { const list = []; list.length = 4294967295; return list.indexOf(1) }
