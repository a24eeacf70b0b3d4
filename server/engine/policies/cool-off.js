// It takes effect only after a waiting time: the proposer may think again, and those trusted with it may stop it.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

const role = () => policy.settings?.role || undefined

/** Those who may stop it: the role, or else everybody; and always the one who proposed it. */
function guardians(action) {
  if (!role()) return "everyone"
  const holders = roles.get(role())?.members ?? []
  const ids = holders.map(member => member.id)
  return action.initiator && !ids.includes(action.initiator.id) ? [...ids, action.initiator.id] : ids
}

/** @type {InitializeFn} */
function initialize(action) {
  const who = guardians(action)
  if (who.length === 0) return
  ask(who, {
    text: "It takes effect by itself. Vote no, with a reason, to stop it.",
    closes: action.proposal.deadline(hours(number("hours", 24, 0, 8760))),
  })
}

/** @type {CheckFn} */
function check(action) {
  const stops = action.proposal.ballots({ value: false })
  const own = stops.find(ballot => ballot.voter === action.initiator?.id)
  if (own) return failed(`${action.initiator?.displayName} thought better of it`)
  const needed = number("stops", 1, 1, 1000)
  if (stops.length >= needed) {
    const first = stops[0]
    return failed(`${first.member?.displayName ?? "somebody"} stopped it${first.reason ? `: ${first.reason}` : ""}`)
  }
  const length = number("hours", 24, 0, 8760)
  if (action.proposal.hasElapsed(hours(length))) return passed(`nobody stopped it within ${length} hours`)
}

/** @type {NotifyFn} */
function notify(action) {
  if (role() && roles.get(role())) notifyMembers(role(), `Something takes effect in ${number("hours", 24, 0, 8760)} hours unless you stop it.`)
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}

/** @type {FailFn} */
function fail(action) {
  if (action.initiator) notifyMembers(action.initiator, "It was stopped during the waiting time and does not take effect.")
}
