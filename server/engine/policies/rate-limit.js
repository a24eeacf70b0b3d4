// So many times in so many hours, for each member; after that they are told to wait.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

/** Whether the limit is none for this member. */
function isExempt(member) {
  return Boolean(policy.settings?.exempt) && member.hasRole(policy.settings.exempt)
}

/** @type {FilterFn} */
function filter(action) {
  return action.initiator !== null && !isExempt(action.initiator)
}

/** @type {CheckFn} */
function check(action) {
  const most = number("times", 5, 1, 400)
  const length = number("hours", 1, 0, 8760)
  // What was refused before does not count: otherwise nobody could ever try again.
  const before = actions.where({ type: action.type, by: action.initiator ?? undefined, since: hours(length), limit: 499 })
  const done = before.filter(past => past.status !== "failed" && past.status !== "reverted").length
  if (done < most) return passed(`${done + 1} of ${most} within ${length} hours`)
  return failed(`${done} within ${length} hours are as many as anybody may; please wait a little`)
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}

/** @type {FailFn} */
function fail(action) {
  const most = number("times", 5, 1, 400)
  if (action.initiator) notifyMembers(action.initiator, `Everybody may do this ${most} times in ${number("hours", 1, 0, 8760)} hours. Please wait a little, and try again.`)
}
