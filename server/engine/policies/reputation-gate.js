// A number that another place knows of a member opens the door: edits, credits, days since joining.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

/** What is looked up, and where; a setting that is none is named, not guessed around. */
function source() {
  const { platform: place = "sourcecred", what = "cred" } = policy.settings ?? {}
  if (typeof place !== "string" || typeof what !== "string" || !place || !what) {
    throw new TypeError("the settings “platform” and “what” must say which number is looked up, and where")
  }
  return { place, what }
}

/** @type {FilterFn} */
function filter(action) {
  return action.initiator !== null && !(policy.settings?.exempt && action.initiator.hasRole(policy.settings.exempt))
}

/** @type {CheckFn} */
function check(action) {
  const { place, what } = source()
  const least = number("least", 300, 0, 1e12)
  const has = action.initiator ? platform(place).lookup(what, action.initiator) : null
  if (typeof has !== "number") return failed(`${place} does not know the ${what} of ${action.initiator?.displayName}`)
  if (has >= least) return passed(`${has} ${what} of the ${least} needed`)
  return failed(`it needs ${least} ${what} on ${place}, and ${action.initiator?.displayName} has ${has}`)
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}

/** @type {FailFn} */
function fail(action) {
  const { place, what } = source()
  if (action.initiator) notifyMembers(action.initiator, `This needs ${number("least", 300, 0, 1e12)} ${what} on ${place}. If you have it, link your account there.`)
}
