// Two others must have looked at it and said yes; a no must be answered before it can pass.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

/** The ids of those who may approve: nobody approves their own. */
function reviewers(action) {
  const own = action.initiator?.id
  const all = policy.settings?.role ? (roles.get(policy.settings.role)?.members ?? []).map(member => member.id) : members.ids()
  return all.filter(id => id !== own)
}

/** @type {InitializeFn} */
function initialize(action) {
  const voters = reviewers(action)
  action.data.set("reviewers", voters.length)
  if (voters.length > 0) {
    ask(voters, { text: "Do you approve?", closes: action.proposal.deadline(days(number("days", 14, 0, 365))) })
  }
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  const able = action.data.get("reviewers", 0)
  const needed = number("approvals", 2, 1, 100)
  if (able < needed) return failed(`${needed} approvals are needed, and only ${able} may give one`)

  const blocks = policy.settings?.blocking ?? true
  if (proposal.yes >= needed && !(blocks && proposal.no > 0)) return passed(`${proposal.yes} approved`)
  if (!blocks && able - proposal.no < needed) return failed(`${proposal.no} declined, so ${needed} approvals are out of reach`)
  if (proposal.hasElapsed(days(number("days", 14, 0, 365)))) {
    return failed(
      blocks && proposal.no > 0
        ? `${proposal.no} asked for changes, and did not change their mind in time`
        : `only ${proposal.yes} of ${needed} approved in time`,
    )
  }
  if (blocks && proposal.no > 0) return proposed(`${proposal.no} asked for changes: it waits until they are content`)
}

/** @type {NotifyFn} */
function notify(action) {
  notifyMembers(policy.settings?.role || "everyone", "Something waits for approval.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
