// expect: memory|time|crash|fuel in worker
function check() { let list = [1]; for (let i = 0; i < 40; i++) list = list.concat(list) }
