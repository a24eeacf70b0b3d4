// expect: bad-argument in anywhere
const mirror = new Proxy({}, { get: (target, key) => key === "toJSON" ? undefined : mirror, ownKeys: () => ["a", "b"],
  getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }) })
function check(action) { action.data.set("mirror", mirror) }
