// expect: memory|time|crash in worker
function check() { new Array(4294967295).fill(1) }
