// Wikipedia's request for adminship: seven days, everybody may speak; in between, the bureaucrats' judgement.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

const role = () => policy.settings?.role || "Administrator"
const bureaucrat = () => policy.settings?.bureaucrats || "Bureaucrat"
const percent = share => `${Math.round(share * 1000) / 10} %`

/** The one who asks for the role; `null` where nobody of that name is a member. */
function candidate(action) {
  const named = action.payload.members ?? []
  return named.length === 1 ? members.get(named[0]) : null
}

/** @type {FilterFn} */
function filter(action) {
  return action.type === "constitution.assign_role" && action.role === role()
}

/** @type {InitializeFn} */
function initialize(action) {
  ask("everyone", {
    text: `Shall ${candidate(action)?.displayName ?? "the candidate"} become ${role()}?`,
    closes: action.proposal.deadline(days(number("days", 7, 0, 365))),
  })
}

/** How many edits the candidate made: asked once, then remembered. `null` where the platform does not know them. */
function edits(action, member) {
  if (!action.data.has("edits")) {
    action.data.set("edits", platform(policy.settings.platform).lookup("edit_count", member))
  }
  return action.data.get("edits")
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  const member = candidate(action)
  if (!member) return failed("a request names one member of the community")
  if (policy.settings?.platform) {
    const count = edits(action, member)
    const needed = number("edits", 500, 0, 1e9)
    if (typeof count !== "number") return failed(`${policy.settings.platform} does not know how many edits ${member.displayName} made`)
    if (count < needed) return failed(`${member.displayName} has made ${count} edits; ${needed} are expected of a candidate`)
  }
  if (!proposal.hasElapsed(days(number("days", 7, 0, 365)))) return

  // What was said within the seven days, kept: what bureaucrats say afterwards is their judgement, not support.
  if (!action.data.has("closed")) action.data.set("closed", { yes: +proposal.yes, no: +proposal.no })
  const { yes, no } = action.data.get("closed")
  const share = yes + no > 0 ? yes / (yes + no) : 0
  const score = `${yes} support, ${no} oppose: ${percent(share)}`
  const above = number("pass", 0.75, 0, 1)
  const below = number("fail", 0.65, 0, 1)
  if (share >= above && yes > 0) return passed(score)
  if (share < below) return failed(`${score}; ${percent(below)} is the least`)

  const judges = roles.get(bureaucrat())
  if (!judges || judges.count === 0) return failed(`${score}, and there is no ${bureaucrat()} to judge it`)
  const since = proposal.deadline(days(number("days", 7, 0, 365)))
  const length = days(number("discretion", 3, 0, 365))
  if (!action.data.has("asked")) {
    action.data.set("asked", true)
    ask(judges.members, { text: `${score}, within the range of discretion. Is there a consensus?`, closes: since + length })
    notifyMembers(judges, `A request for adminship ended at ${percent(share)}: please judge whether there is a consensus.`)
  }
  const said = proposal.ballots({ by: judges }).filter(ballot => ballot.castAt >= since)
  const forIt = said.filter(ballot => ballot.value === true).length
  const against = said.filter(ballot => ballot.value === false).length
  const judged = `${score}; bureaucrats: ${forIt} see a consensus, ${against} see none`
  if (forIt * 2 > judges.count) return passed(judged)
  if (against * 2 >= judges.count) return failed(judged)
  if (proposal.isClosed) return forIt > against ? passed(judged) : failed(judged)
  return proposed(`${score}: the bureaucrats judge`)
}

/** @type {NotifyFn} */
function notify(action) {
  const member = candidate(action)
  if (member) notifyMembers(member, `Your request to become ${role()} is open for discussion and voting.`)
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
