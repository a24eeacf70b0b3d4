// League of Legends: reports gather into a case; members drawn by lot read it and say punish or pardon.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

/** Whom the report is about: a handle on the board, a user of Matrix elsewhere. */
const accused = action => action.payload.member ?? action.payload.user ?? "somebody"

/** The accused as a member, where they are one. */
const accusedMember = action => (action.payload.member ? members.get(action.payload.member) : null)

const caseOf = action => `case ${accused(action)}`

/** @type {InitializeFn} */
function initialize(action) {
  const open = policy.data.get(caseOf(action))
  const reporter = action.initiator?.id ?? "the system"
  if (open && open.action !== action.id) {
    // A case is open already: this report joins it.
    action.data.set("joins", open.action)
    if (!open.reporters.includes(reporter)) {
      policy.data.set(caseOf(action), { action: open.action, reporters: [...open.reporters, reporter] })
    }
    return
  }
  policy.data.set(caseOf(action), { action: action.id, reporters: [reporter] })
}

/** Draws the panel and asks it. */
function convene(action, reporters) {
  const avoid = [...reporters.filter(id => members.get(id)), ...(accusedMember(action) ? [accusedMember(action)] : [])]
  const panel = members.sample(number("size", 5, 1, 1000), { avoid })
  if (panel.length === 0) return failed("there is nobody to judge who has no part in it")
  action.data.set("panel", panel.map(member => member.id))
  ask(panel, {
    kind: "choice",
    options: ["punish", "pardon"],
    text: `${reporters.length} members reported ${accused(action)}. Read the case: punish or pardon?`,
    closes: days(number("days", 3, 0, 365)),
    privacy: "after-close",
    results: "at-close",
  })
  notifyMembers(panel, `You were drawn to judge a case: ${accused(action)}, reported by ${reporters.length}.`)
  return proposed(`the tribunal of ${panel.length} judges`)
}

/** @type {CheckFn} */
function check(action) {
  if (action.data.has("joins")) return failed("a case is open already, and this report was added to it")
  const panel = action.data.get("panel")
  if (!panel) {
    const reporters = policy.data.get(caseOf(action))?.reporters ?? []
    const needed = number("reports", 3, 1, 1000)
    if (reporters.length >= needed) return convene(action, reporters)
    const lapse = number("lapse", 14, 0, 365)
    if (action.proposal.hasElapsed(days(lapse))) return failed(`only ${reporters.length} of ${needed} reported within ${lapse} days`)
    return proposed(`${reporters.length} of ${needed} reports`)
  }
  const say = option => action.proposal.ballots({ by: panel, value: option }).length
  const [punish, pardon] = [say("punish"), say("pardon")]
  const score = `${punish} punish, ${pardon} pardon, of ${panel.length}`
  if (punish * 2 > panel.length) return passed(score)
  if (pardon * 2 >= panel.length) return failed(score)
  if (action.proposal.isClosed) return punish > pardon ? passed(score) : failed(score)
  return proposed(`the tribunal of ${panel.length} judges`)
}

/** @type {PassFn} */
function pass(action) {
  policy.data.remove(caseOf(action))
  action.execute()
}

/** @type {FailFn} */
function fail(action) {
  if (action.data.has("joins")) return
  policy.data.remove(caseOf(action))
  if (action.data.has("panel") && action.initiator) {
    notifyMembers(action.initiator, `The tribunal pardoned ${accused(action)}.`)
  }
}
