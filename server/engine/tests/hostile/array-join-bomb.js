// expect: memory|time|crash in worker
function check() { const list = []; list.length = 4294967295; return list.join("x") }
