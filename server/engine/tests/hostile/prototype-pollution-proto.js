// expect: passes in anywhere
function check() {
  const made = JSON.parse('{"__proto__": {"isAdmin": true}}')
  return ({}).isAdmin === undefined && made !== undefined ? PASSED : FAILED
}
