// expect: fuel in anywhere
function check() { throw { get message() { throw this }, get name() { for (;;) {} } } }
