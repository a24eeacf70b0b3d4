// expect: memory|time|crash|fuel|passes in worker
function check() { let o = {}; for (let i = 0; i < 90000; i++) o = Object.create(o); return o.missing ? FAILED : PASSED }
