// expect: memory|time|crash|fuel|passes|bad-argument in worker
function check() { let deep = []; for (let i = 0; i < 90000; i++) deep = [deep]; deep.flat(Infinity); String(deep); return PASSED }
