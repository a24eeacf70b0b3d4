// Name: Joining needs approval
// Description: Somebody new comes in when enough members with one role agree and none of them objects.
// Layer: platform
// Action types: board.admit_member, board.join_channel
// Setting role: "Steward" | The role that is asked.
// Setting approvals: 2 | How many of them must say yes.
// Setting days: 7 | How many days they have.

/** @type {FilterFn} */
function filter(action) {
  return !action.initiator?.hasRole(policy.settings.role)
}

/** @type {InitializeFn} */
function initialize(action) {
  const asked = roles.get(policy.settings.role)?.members ?? []
  if (asked.length > 0) {
    ask(asked, { text: "Shall they come in?", closes: action.proposal.deadline(days(policy.settings.days)) })
  }
}

/** @type {CheckFn} */
function check(action) {
  const role = roles.get(policy.settings.role)
  const asked = role?.count ?? 0
  if (!role || asked === 0) return failed(`nobody is ${policy.settings.role}`)

  const yes = action.proposal.ballots({ by: role, value: true }).length
  const objection = action.proposal.ballots({ by: role, value: false })[0]
  if (objection) return failed(`${objection.member?.displayName ?? "somebody"} objects`)
  if (yes >= Math.min(policy.settings.approvals, asked)) return passed(`${yes} said yes`)
  if (action.proposal.hasElapsed(days(policy.settings.days))) {
    return failed(`only ${yes} said yes within ${policy.settings.days} days`)
  }
}

/** @type {NotifyFn} */
function notify(action) {
  notifyMembers(policy.settings.role, "Somebody would like to come in. Please vote.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
