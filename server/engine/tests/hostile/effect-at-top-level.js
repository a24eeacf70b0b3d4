// expect: bad-argument in anywhere
notifyMembers("everyone", "boo")
function check() {}
