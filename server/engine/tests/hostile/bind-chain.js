// expect: memory|time|crash|fuel in worker
function check() { let f = () => 1; for (let i = 0; i < 90000; i++) f = f.bind(null); return f() }
