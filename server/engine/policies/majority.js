// Every member, or every holder of a role, may vote; what more say yes than no passes, if enough have taken part.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

/** How many may vote. */
function electorate() {
  return policy.settings?.role ? roles.get(policy.settings.role)?.count ?? 0 : members.count
}

/** How many of those who may vote said so. */
function counted(proposal) {
  const name = policy.settings?.role
  if (!name) return { yes: +proposal.yes, no: +proposal.no, abstain: +proposal.abstain }
  const by = roles.get(name)
  const say = value => (by ? proposal.ballots({ by, value }).length : 0)
  return { yes: say(true), no: say(false), abstain: say("abstain") }
}

/** @type {InitializeFn} */
function initialize(action) {
  const voters = policy.settings?.role ? roles.get(policy.settings.role)?.members ?? [] : "everyone"
  if (voters.length > 0) {
    ask(voters, {
      text: "Shall this pass?",
      closes: action.proposal.deadline(days(number("days", 3, 0, 365))),
      where: policy.settings?.where || "",
    })
  }
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  const length = days(number("days", 3, 0, 365))
  const voters = electorate()
  const { yes, no, abstain } = counted(proposal)
  const cast = yes + no + abstain
  const needed = Math.max(1, Math.ceil(voters * number("quorum", 0.25, 0, 1)))
  const score = `${yes} yes, ${no} no, ${cast} of ${voters} took part`
  const ofMembers = policy.settings?.of === "members"
  const prevails = ofMembers ? yes * 2 > voters : yes > no

  if (voters === 0) return failed("nobody may vote")
  // Nobody who has not voted yet could turn it: more than half of all have said the same.
  if (yes * 2 > voters) return passed(score)
  if (no * 2 >= voters) return failed(score)
  if (cast === voters) return prevails ? passed(score) : failed(score)

  if (proposal.hasElapsed(length)) {
    if (cast < needed) return failed(`${score}; ${needed} were needed`)
    return prevails ? passed(score) : failed(ofMembers ? `${score}; more than half of all ${voters} must say yes` : score)
  }
  if ((policy.settings?.reminder ?? true) && !action.data.get("reminded") && proposal.hasElapsed(length / 2)) {
    action.data.set("reminded", true)
    remind(policy.settings?.role || "everyone", "Half the time is over, and your vote is missing.")
  }
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
