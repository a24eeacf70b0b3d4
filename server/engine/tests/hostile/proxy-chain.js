// expect: memory|time|crash|fuel|passes|recursion in worker
function check() { let o = {}; for (let i = 0; i < 90000; i++) o = new Proxy(o, {}); return o.missing ? FAILED : PASSED }
