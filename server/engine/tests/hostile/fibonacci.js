// expect: fuel in anywhere
const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2)
function check() { return fib(45) > 0 ? PASSED : FAILED }
