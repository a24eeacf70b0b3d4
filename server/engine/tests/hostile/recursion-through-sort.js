// expect: recursion in anywhere
function sort() { return [2, 1].sort(() => sort().length) }
function check() { sort() }
