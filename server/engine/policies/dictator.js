// Members with one role decide alone: what one of them does passes at once, anything else waits for their word.

/** The role that decides; a setting that is none is named, not guessed around. */
function deciderRole() {
  const name = policy.settings?.role ?? "Dictator"
  if (typeof name !== "string" || name === "") throw new TypeError("the setting “role” must be the name of a role")
  return name
}

/** @type {InitializeFn} */
function initialize(action) {
  if (action.initiator?.hasRole(deciderRole())) return
  const deciders = roles.get(deciderRole())?.members ?? []
  if (deciders.length > 0) ask(deciders, { text: "Shall this pass?" })
}

/** @type {CheckFn} */
function check(action) {
  const role = deciderRole()
  if (action.initiator?.hasRole(role)) return passed(`${action.initiator.displayName} decides as ${role}`)
  const deciders = roles.get(role)
  if (!deciders || deciders.count === 0) return proposed(`waits: nobody is ${role}`)

  const verdict = action.proposal.ballots({ by: deciders }).filter(ballot => ballot.value !== "abstain").at(-1)
  if (verdict?.value === true) return passed(`${verdict.member?.displayName ?? role} said yes`)
  if (verdict?.value === false) return failed(`${verdict.member?.displayName ?? role} said no`)
}

/** @type {NotifyFn} */
function notify(action) {
  const deciders = roles.get(deciderRole())?.members ?? []
  notifyMembers(deciders, "Something waits for your decision.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
