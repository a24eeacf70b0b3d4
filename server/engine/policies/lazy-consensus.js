// Whoever does the work decides: it goes ahead unless somebody objects in time; then, and only then, it is voted on.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

/** When the vote that an objection called for is over. */
function voteEnds(action) {
  return action.data.get("objected") + days(number("days", 3, 0, 365))
}

/** @type {InitializeFn} */
function initialize(action) {
  ask("everyone", {
    text: "It goes ahead by itself. Vote no, with a reason, only if it must not.",
    closes: action.proposal.deadline(hours(number("hours", 72, 0, 8760))),
    where: policy.settings?.where || "",
  })
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  const objectedAt = action.data.get("objected")
  if (objectedAt === undefined) {
    const objections = proposal.no > 0 ? proposal.ballots({ value: false }).filter(ballot => ballot.reason) : []
    if (objections.length > 0) {
      // What a lazy silence could not settle is voted on, by everybody.
      action.data.set("objected", objections[0].castAt)
      ask("everyone", { text: `Somebody objects: “${objections[0].reason}”. Shall it go ahead all the same?`, closes: voteEnds(action), where: policy.settings?.where || "" })
      remind("everyone", `Somebody objects, so it is voted on: “${objections[0].reason}”`)
      return proposed("somebody objects, so it is voted on")
    }
    const length = number("hours", 72, 0, 8760)
    if (proposal.hasElapsed(hours(length))) return passed(`nobody objected within ${length} hours`)
    if (proposal.no > 0) return proposed("an objection without a reason does not count: please give one")
    return
  }
  const score = `${proposal.yes} yes, ${proposal.no} no after an objection`
  const voters = members.count
  if (proposal.yes * 2 > voters) return passed(score)
  if (proposal.no * 2 >= voters) return failed(score)
  if (proposal.isClosed) return proposal.yes > proposal.no ? passed(score) : failed(score)
  return proposed(`somebody objects, so it is voted on: ${score}`)
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
