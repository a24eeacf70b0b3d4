// expect: fuel in anywhere
function* forever() { for (;;) yield 1 }
function check() { return new Set(forever()).size > 0 ? PASSED : FAILED }
