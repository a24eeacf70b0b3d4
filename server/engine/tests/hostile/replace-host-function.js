// expect: threw in anywhere
function check() { members.count = 1 }
