// expect: memory|time|crash|threw in worker
function check() { let deep = []; for (let i = 0; i < 90000; i++) deep = [deep]; throw deep }
