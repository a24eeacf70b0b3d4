// Members can take an office back: signatures within a time, then a vote. Whoever was confirmed is left in peace for a while.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

const role = () => policy.settings?.role || "Council"

/** The holder whose recall is asked for; `null` where nobody of that name is a member. */
function holder(action) {
  const named = action.payload.members ?? []
  return named.length === 1 ? members.get(named[0]) : null
}

/** @type {FilterFn} */
function filter(action) {
  return action.type === "constitution.remove_role" && action.role === role()
}

/** @type {InitializeFn} */
function initialize(action) {
  ask("everyone", {
    text: `Do you sign the recall of ${holder(action)?.displayName ?? "this holder"} as ${role()}? A yes is a signature.`,
    closes: action.proposal.deadline(days(number("days", 30, 0, 365))),
  })
}

/** Why a petition against somebody may not begin yet, or `null`. Looked at once: what happens meanwhile changes nothing. */
function protection(action, member) {
  const since = policy.data.get(member.handle)
  const left = since ? Math.ceil((since.until - action.createdAt) / days(1)) : 0
  return left > 0 ? `${member.displayName} ${since.why}, and is protected for ${left} more days` : null
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  const member = holder(action)
  if (!member) return failed("a recall names one member of the community")
  if (!member.hasRole(role())) return failed(`${member.displayName} is not ${role()}`)
  if (action.initiator?.id === member.id) return passed(`${member.displayName} gives the office back`)

  if (!action.data.has("vote")) {
    if (!action.data.has("looked")) {
      const reason = protection(action, member)
      if (reason) {
        action.data.set("protected", true)
        return failed(reason)
      }
      action.data.set("looked", true)
    }
    const needed = Math.min(number("signatures", 5, 1, 10000), Math.max(1, members.count - 1))
    if (proposal.yes < needed) {
      if (proposal.isClosed) return failed(`${proposal.yes} signed; ${needed} signatures were needed`)
      return proposed(`${proposal.yes} of ${needed} signatures`)
    }
    // Signatures bring it to the vote; they are no votes until they are cast again.
    action.data.set("vote", proposal.ballots().reduce((latest, ballot) => Math.max(latest, ballot.castAt), proposal.openedAt) + 1)
    ask("everyone", { text: `Shall ${member.displayName} stay ${role()}? Yes takes the office away, no confirms it.`, closes: days(number("voting", 7, 0, 365)) })
    notifyMembers(member, `${proposal.yes} members signed your recall as ${role()}: it is voted on.`)
    return proposed("enough signatures: it is voted on")
  }
  const since = action.data.get("vote")
  const said = value => proposal.ballots({ value }).filter(ballot => ballot.castAt >= since).length
  const [yes, no] = [said(true), said(false)]
  const score = `${yes} for the recall, ${no} against`
  if (!proposal.isClosed) return proposed(score)
  const share = number("pass", 0.5, 0, 1)
  return yes > 0 && yes > share * (yes + no) ? passed(score) : failed(score)
}

/** @type {NotifyFn} */
function notify(action) {
  const member = holder(action)
  if (member && action.initiator?.id !== member.id) notifyMembers(member, `A petition to recall you as ${role()} has begun.`)
}

/** @type {PassFn} */
function pass(action) {
  const member = holder(action)
  if (member) policy.data.remove(member.handle)
  action.execute()
}

/** @type {FailFn} */
function fail(action) {
  const member = holder(action)
  if (!member || action.data.get("protected") || !action.data.has("looked")) return
  const confirmed = action.data.has("vote")
  const length = days(confirmed ? number("confirmed", 365, 0, 3650) : number("lapsed", 180, 0, 3650))
  const why = confirmed ? "was confirmed by a vote" : "was petitioned against in vain"
  policy.data.set(member.handle, { why, until: (action.proposal.closesAt ?? action.proposal.openedAt) + length })
}
