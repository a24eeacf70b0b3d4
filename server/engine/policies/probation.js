// What a new member does waits for one word of somebody who knows the place; the others are free.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

const role = () => policy.settings?.role || undefined

/** Those who look at what newcomers do: a role, or else everybody who is no newcomer. */
function hosts(action) {
  const all = role() ? roles.get(role())?.members ?? [] : members.where(member => !isNew(member, action))
  return all.filter(member => member.id !== action.initiator?.id)
}

/** Whether a member was new when the action was attempted: the moment is the action's, so that it never changes. */
function isNew(member, action) {
  return action.createdAt - member.joinedAt < days(number("days", 7, 0, 365))
}

/** @type {FilterFn} */
function filter(action) {
  const member = action.initiator
  if (!member || !isNew(member, action) || (role() && member.hasRole(role()))) return false
  const free = number("posts", 3, 0, 400)
  const before = actions.where({ type: action.type, by: member, limit: 499 })
  return before.filter(past => past.status === "executed").length < free
}

/** @type {InitializeFn} */
function initialize(action) {
  const who = hosts(action)
  action.data.set("hosts", who.length)
  if (who.length > 0) {
    ask(who, { text: "From somebody new: shall it appear?", closes: action.proposal.deadline(hours(number("hours", 48, 0, 8760))) })
  }
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  // Where nobody has been here for long, everybody is new: somebody has to begin.
  if (action.data.get("hosts", 0) === 0) return role() ? failed(`nobody is ${role()} who could look at it`) : passed("everybody is new here")
  const refusal = proposal.ballots({ value: false })[0]
  if (refusal) return failed(`${refusal.member?.displayName ?? "a host"} refused it${refusal.reason ? `: ${refusal.reason}` : ""}`)
  if (proposal.yes > 0) return passed("somebody who knows the place let it pass")
  const length = number("hours", 48, 0, 8760)
  if (proposal.hasElapsed(hours(length))) return failed(`nobody looked at it within ${length} hours`)
}

/** @type {NotifyFn} */
function notify(action) {
  if (role()) notifyMembers(hosts(action), "Somebody new waits for a first look.")
  if (action.initiator) notifyMembers(action.initiator, "Welcome! What new members do first waits for a word of somebody who has been here for longer.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}

/** @type {FailFn} */
function fail(action) {
  const reason = action.proposal.ballots({ value: false })[0]?.reason
  if (action.initiator) notifyMembers(action.initiator, reason ? `It was not published: ${reason}` : "It was not published. Ask, and try again.")
}
