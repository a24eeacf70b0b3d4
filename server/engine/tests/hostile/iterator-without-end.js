// expect: fuel|time|memory in worker
const forever = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) }
function check() { return [...forever] }
