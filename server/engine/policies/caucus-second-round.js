// The second round of a caucus: the election's own vote again, among the two who are left. A flag of the first round wakes it.

/** The election whose functions this round calls. */
function election() {
  const name = policy.settings?.election ?? "Democratic election"
  const found = policies.get(name)
  if (!found) throw new TypeError(`the setting “election” names ${JSON.stringify(name)}, and there is no such policy`)
  return found
}

/** @type {FilterFn} */
function filter(action) {
  return action.data.get("second round") === true
}

/** @type {InitializeFn} */
function initialize(action) {
  election().initialize(action)
}

/** @type {CheckFn} */
function check(action) {
  return election().check(action)
}

/** @type {NotifyFn} */
function notify(action) {
  remind("everyone", "The second round has begun: please vote again.")
}

/** @type {PassFn} */
function pass(action) {
  election().pass(action)
}
