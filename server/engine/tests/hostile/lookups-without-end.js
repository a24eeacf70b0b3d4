// expect: fact-loop in anywhere
function check() { for (let i = 0; i < 10000; i++) platform("p").lookup("n" + i, members.get("m1")) }
