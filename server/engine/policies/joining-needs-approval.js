// Somebody new comes in when enough of those asked agree and none of them objects.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

/** The role that is asked; `undefined` where every member is. */
const role = () => policy.settings?.role || undefined

/** The ids of those who are asked, but for whoever proposes. */
function asked(action) {
  const own = action.initiator?.id
  const all = role() ? (roles.get(role())?.members ?? []).map(member => member.id) : members.ids()
  return all.filter(id => id !== own)
}

/** @type {FilterFn} */
function filter(action) {
  // Those who would be asked may bring somebody in themselves, where it is a role that is asked.
  return !(role() && action.initiator?.hasRole(role()))
}

/** @type {InitializeFn} */
function initialize(action) {
  const voters = asked(action)
  action.data.set("asked", voters.length)
  if (voters.length > 0) {
    ask(voters, { text: "Shall they come in?", closes: action.proposal.deadline(days(number("days", 7, 0, 365))) })
  }
}

/** @type {CheckFn} */
function check(action) {
  const voters = action.data.get("asked", 0)
  if (voters === 0) return failed(role() ? `nobody is ${role()}` : "there is nobody to ask")

  const proposal = action.proposal
  const needed = Math.min(number("approvals", 1, 1, 100), voters)
  if (proposal.no > 0) {
    const objection = proposal.ballots({ value: false })[0]
    return failed(`${objection.member?.displayName ?? "somebody"} objects${objection.reason ? `: ${objection.reason}` : ""}`)
  }
  if (proposal.yes >= needed) return passed(`${proposal.yes} said yes`)
  if (proposal.hasElapsed(days(number("days", 7, 0, 365)))) {
    return failed(`only ${proposal.yes} of the ${needed} needed said yes within ${policy.settings?.days ?? 7} days`)
  }
}

/** @type {NotifyFn} */
function notify(action) {
  notifyMembers(role() ?? "everyone", "Somebody would like to come in. Please vote.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
