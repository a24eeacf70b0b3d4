// The recovery rule: as many of all members as the community agreed on when it was founded, within the days agreed on then.
// Who counts is settled when the vote opens: nobody joins to decide it, and nobody is removed to decide it.

/** @type {InitializeFn} */
function initialize(action) {
  action.data.set("electorate", members.count)
  // Of a very large community the list would be too long for a ballot.
  ask(members.count <= 20000 ? members.ids() : "everyone", {
    text: "Shall the government be put back like this?",
    closes: action.proposal.deadline(days(policy.settings.days)),
  })
}

/** @type {CheckFn} */
function check(action) {
  const { numerator, denominator, days: open } = policy.settings
  const electorate = action.data.get("electorate")
  const needed = Math.max(1, Math.floor((electorate * numerator + denominator - 1) / denominator))
  const yes = action.proposal.yes.length
  const score = `${yes} of ${electorate} members agree, ${needed} are needed`
  if (yes >= needed) return passed(score)
  if (action.proposal.hasElapsed(days(open))) return failed(`${score}; the ${open} days are over`)
  return proposed(score)
}

/** @type {NotifyFn} */
function notify(action) {
  notifyMembers("everyone", "Somebody proposed to recover the government. It needs your vote.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
