// expect: time|memory|threw in worker
function check() { let n = 3n; for (let i = 0; i < 60; i++) n *= n }
