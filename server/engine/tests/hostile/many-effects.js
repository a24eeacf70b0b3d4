// expect: too-much in anywhere
function check() { for (let i = 0; i < 10000; i++) notifyMembers("everyone", "again " + i) }
