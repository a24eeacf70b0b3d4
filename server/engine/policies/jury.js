// A few members drawn by lot decide. Whoever proposes is never drawn.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

/** @type {InitializeFn} */
function initialize(action) {
  const jury = members.sample(number("size", 3, 1, 1000), { avoid: action.initiator ?? [] })
  action.data.set("jury", jury.map(member => member.id))
  if (jury.length > 0) {
    ask(jury, {
      text: "You were drawn for the jury: shall this pass?",
      closes: action.proposal.deadline(days(number("days", 2, 0, 365))),
      where: policy.settings?.where || "",
    })
  }
}

/** @type {CheckFn} */
function check(action) {
  const jury = action.data.get("jury", [])
  const needed = Math.min(number("yes", 2, 1, 1000), jury.length)
  if (jury.length === 0) return failed("there was nobody to draw a jury from")

  const yes = action.proposal.ballots({ by: jury, value: true }).length
  const no = action.proposal.ballots({ by: jury, value: false }).length
  if (yes >= needed) return passed(`${yes} of ${jury.length} jurors said yes`)
  if (jury.length - no < needed) return failed(`${no} of ${jury.length} jurors said no`)
  if (action.proposal.hasElapsed(days(number("days", 2, 0, 365)))) {
    return failed(`the jury did not agree within ${policy.settings?.days ?? 2} days`)
  }
}

/** @type {NotifyFn} */
function notify(action) {
  notifyMembers(action.data.get("jury", []), "You were drawn for a jury. Please deliberate amongst yourselves before voting.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
