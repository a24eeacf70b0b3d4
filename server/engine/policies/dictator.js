// Name: Benevolent dictator
// Description: Members with one role decide alone. What one of them does passes at once; anything else waits for a yes or no from one of them.
// Layer: constitution
// Action types: *
// Setting role: "Dictator" | The role that decides.

/** @type {InitializeFn} */
function initialize(action) {
  if (action.initiator?.hasRole(policy.settings.role)) return
  const deciders = roles.get(policy.settings.role)?.members ?? []
  if (deciders.length > 0) ask(deciders, { text: "Shall this pass?" })
}

/** @type {CheckFn} */
function check(action) {
  const role = policy.settings.role
  if (action.initiator?.hasRole(role)) return passed(`${action.initiator.displayName} decides as ${role}`)
  const deciders = roles.get(role)
  if (!deciders || deciders.count === 0) return

  const verdict = action.proposal.ballots({ by: deciders }).filter(ballot => ballot.value !== "abstain").at(-1)
  if (verdict?.value === true) return passed(`${verdict.member?.displayName ?? role} said yes`)
  if (verdict?.value === false) return failed(`${verdict.member?.displayName ?? role} said no`)
}

/** @type {NotifyFn} */
function notify(action) {
  const deciders = roles.get(policy.settings.role)?.members ?? []
  notifyMembers(deciders, "Something waits for your decision.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
