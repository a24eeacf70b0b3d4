// Name: Majority vote
// Description: Every member may vote. The action passes when more vote yes than no and enough have taken part before the deadline, or as soon as the outcome cannot change any more.
// Layer: constitution
// Action types: *
// Setting role: "" | Only members with this role vote; empty for every member.
// Setting of: "votes" | What a majority is of: "votes", those cast for or against, or "members", all who may vote.
// Setting quorum: 0.25 | The share of voters who must take part, from 0 to 1.
// Setting days: 3 | How many days the vote is open.
// Setting reminder: true | Whether those who have not voted are reminded when half the time is over.

/** How many may vote. */
function electorate() {
  return policy.settings.role ? roles.get(policy.settings.role)?.count ?? 0 : members.count
}

/** Ballots of those who may vote. */
function counted(proposal, value) {
  const by = policy.settings.role ? roles.get(policy.settings.role) : undefined
  if (by === null) return 0
  return proposal.ballots({ by, value }).length
}

/** @type {InitializeFn} */
function initialize(action) {
  const voters = policy.settings.role ? roles.get(policy.settings.role)?.members ?? [] : "everyone"
  if (voters.length > 0) {
    ask(voters, { text: "Shall this pass?", closes: action.proposal.deadline(days(policy.settings.days)) })
  }
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  const voters = electorate()
  const yes = counted(proposal, true)
  const no = counted(proposal, false)
  const cast = yes + no + counted(proposal, "abstain")
  const needed = Math.max(1, Math.ceil(voters * policy.settings.quorum))
  const score = `${yes} yes, ${no} no, ${cast} of ${voters} took part`
  const ofMembers = policy.settings.of === "members"
  const prevails = ofMembers ? yes * 2 > voters : yes > no

  if (voters === 0) return failed("nobody may vote")
  // Nobody who has not voted yet could turn it: more than half of all have said the same.
  if (yes * 2 > voters) return passed(score)
  if (no * 2 >= voters) return failed(score)
  if (cast === voters) return prevails ? passed(score) : failed(score)

  if (proposal.hasElapsed(days(policy.settings.days))) {
    if (cast < needed) return failed(`${score}; ${needed} were needed`)
    return prevails ? passed(score) : failed(ofMembers ? `${score}; more than half of all ${voters} must say yes` : score)
  }
  if (policy.settings.reminder && !action.data.get("reminded") && proposal.hasElapsed(days(policy.settings.days / 2))) {
    action.data.set("reminded", true)
    remind(policy.settings.role || "everyone", "Half the time is over, and your vote is missing.")
  }
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
