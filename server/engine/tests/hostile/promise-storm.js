// expect: threw in anywhere
function check() { const again = () => Promise.resolve().then(again); again() }
