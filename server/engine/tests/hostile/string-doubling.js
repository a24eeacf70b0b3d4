// expect: memory|time|crash in worker
function check() { let s = "xxxxxxxx"; for (let i = 0; i < 40; i++) s += s; return s.length > 0 ? PASSED : FAILED }
