// expect: bad-argument in anywhere
function check() { notifyMembers("everyone", "x".repeat(900000)) }
