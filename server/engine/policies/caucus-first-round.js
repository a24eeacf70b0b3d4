// The first round of a caucus: the election's own vote, after which the best two go on. A flag wakes the second round.

/** The election whose functions this round calls. */
function election() {
  const name = policy.settings?.election ?? "Democratic election"
  const found = policies.get(name)
  if (!found) throw new TypeError(`the setting “election” names ${JSON.stringify(name)}, and there is no such policy`)
  return found
}

/** @type {FilterFn} */
function filter(action) {
  return !action.data.get("second round")
}

/** @type {InitializeFn} */
function initialize(action) {
  election().initialize(action)
}

/** @type {CheckFn} */
function check(action) {
  return election().check(action)
}

/** @type {PassFn} */
function pass(action) {
  if (action.bundle) {
    const options = action.bundle.options
    const best = action.proposal.tally("plurality", { options, seats: Math.min(2, options.length) })
    action.bundle.keep(best.winners)
    announceIfWanted(`The first round is over. The second is between ${best.winners.join(" and ")}.`)
  }
  action.data.set("second round", true)
}

/** Says it in a channel, where one is set. */
function announceIfWanted(text) {
  if (policy.settings?.where) announce(policy.settings.where, text)
}
