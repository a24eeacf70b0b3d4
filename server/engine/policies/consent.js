// It passes unless somebody objects. Everybody is asked to agree, to stand aside or to object, with a reason.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

/** Those who are asked. */
function circle() {
  return policy.settings?.role ? roles.get(policy.settings.role)?.members ?? [] : "everyone"
}

/** The objections that count: those that say why. */
function objections(proposal) {
  return proposal.ballots({ value: "object" }).filter(ballot => ballot.reason)
}

/** @type {InitializeFn} */
function initialize(action) {
  const who = circle()
  if (who.length === 0) return
  ask(who, {
    kind: "consent",
    text: "Can you live with it and support it? If not, object and say what would have to change.",
    closes: action.proposal.deadline(days(number("days", 5, 0, 365))),
    where: policy.settings?.where || "",
  })
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  const who = circle()
  const able = who === "everyone" ? members.count : who.length
  if (able === 0) return failed(`nobody is ${policy.settings.role}`)

  const against = objections(proposal)
  const { counts, cast } = proposal.tally("consent", { eligible: able })
  const agree = Number(counts.agree ?? 0)
  const aside = Number(counts["stand-aside"] ?? 0)
  const silent = Number(counts.object ?? 0) - against.length
  const score = `${agree} agree, ${aside} stand aside, ${against.length} object`
  const needed = Math.max(1, Math.ceil(able * number("quorum", 0, 0, 1)))

  if (proposal.hasElapsed(days(number("days", 5, 0, 365)))) {
    const first = against[0]
    if (first) return failed(`${first.member?.displayName ?? "somebody"} objects: ${first.reason}`)
    if (cast < needed) return failed(`${score}; ${needed} must take part`)
    return agree > 0 ? passed(score) : failed(`${score}: nobody agrees`)
  }
  if (against.length > 0) return proposed(`${score}: it needs an answer, or a change`)
  if (silent > 0) return proposed(`${silent} object without saying why, which does not count: please give a reason`)
  if (cast === able && agree > 0) return passed(score)
}

/** @type {NotifyFn} */
function notify(action) {
  notifyMembers(circle(), "Your consent is asked: agree, stand aside, or object with a reason.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}

/** @type {FailFn} */
function fail(action) {
  const first = objections(action.proposal)[0]
  if (first && action.initiator) {
    notifyMembers(action.initiator, `${first.member?.displayName ?? "Somebody"} objects: ${first.reason}. Talk it over, change it, and propose it again.`)
  }
}
