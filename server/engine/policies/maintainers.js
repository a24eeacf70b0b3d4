// Maintainers approve what others propose: two of them, or one where a maintainer proposes. A veto needs a reason.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

const role = () => policy.settings?.role || "Maintainer"

/** The maintainers, but for whoever proposes. */
function others(action) {
  return (roles.get(role())?.members ?? []).filter(member => member.id !== action.initiator?.id)
}

/** How many approvals it takes: a maintainer's own proposal counts for one. */
function needed(action) {
  const approvals = number("approvals", 2, 1, 20)
  return action.initiator?.hasRole(role()) ? approvals - 1 : approvals
}

/** @type {InitializeFn} */
function initialize(action) {
  const voters = others(action)
  if (voters.length > 0) {
    ask(voters, { text: "Approve, or say what must change first.", closes: action.proposal.deadline(days(number("days", 30, 0, 365))) })
  }
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  const able = others(action).length
  const approvals = needed(action)
  if (able < approvals) return failed(`${approvals} approvals of a ${role()} are needed, and only ${able} may give one`)

  const vetoes = proposal.ballots({ value: false }).filter(ballot => ballot.reason)
  const silent = proposal.no - vetoes.length
  const opened = proposal.hasElapsed(hours(number("hours", 24, 0, 720)))
  if (vetoes.length === 0 && proposal.yes >= approvals && opened) return passed(`${proposal.yes} approved, nobody objects`)
  if (proposal.hasElapsed(days(number("days", 30, 0, 365)))) {
    const veto = vetoes[0]
    return failed(
      veto ? `${veto.member?.displayName ?? role()} objects: ${veto.reason}` : `only ${proposal.yes} of ${approvals} approved in time`,
    )
  }
  if (vetoes.length > 0) return proposed(`${vetoes.length} asked for changes: it waits until they are content`)
  if (silent > 0) return proposed(`${silent} said no without a reason, which does not count: please give one`)
  if (proposal.yes >= approvals) return proposed("approved; it waits until others have had time to look")
}

/** @type {NotifyFn} */
function notify(action) {
  notifyMembers(others(action), "A proposal waits for your review.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
