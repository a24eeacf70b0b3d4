// expect: recursion in anywhere
const again = text => text.replace(/x/g, () => again(text))
function check() { again("x") }
