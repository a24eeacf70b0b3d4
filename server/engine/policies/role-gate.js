// Members with one role may do it; anybody else is told who may.

/** The role that may; a setting that is none is named, not guessed around. */
function gate() {
  const name = policy.settings?.role ?? "Moderator"
  if (typeof name !== "string" || name === "") throw new TypeError("the setting “role” must be the name of a role")
  return name
}

/** @type {CheckFn} */
function check(action) {
  const role = gate()
  if (action.initiator?.hasRole(role)) return passed(`${action.initiator.displayName} is ${role}`)
  const who = action.initiator?.displayName ?? "the system"
  return failed(roles.get(role) ? `only a ${role} may do this, and ${who} is none` : `there is no role “${role}”, so nobody may do this`)
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}

/** @type {FailFn} */
function fail(action) {
  if (action.initiator) notifyMembers(action.initiator, `Only a ${gate()} may do this. Ask one of them, or propose a change of the rule.`)
}
