// Node.js: collaborators seek consensus; where they cannot find it, the committee votes.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

const collaborators = () => policy.settings?.collaborators || "Collaborator"
const committee = () => policy.settings?.committee || "Committee"

/** The holders of a role, nobody where there is no such role. */
const holders = name => roles.get(name)?.members ?? []

/** @type {InitializeFn} */
function initialize(action) {
  const who = holders(collaborators())
  if (who.length > 0) ask(who, { text: "Does anybody object? Say what would make it acceptable.", closes: action.proposal.deadline(days(number("days", 7, 0, 365))) })
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  if (!action.data.has("committee")) {
    const seekers = roles.get(collaborators())
    if (!seekers || seekers.count === 0) return failed(`nobody is ${collaborators()}`)
    const agree = proposal.ballots({ by: seekers, value: true }).length
    const against = proposal.ballots({ by: seekers, value: false }).length
    const enough = number("approvals", 1, 1, 100)
    if (against === 0 && agree >= enough && proposal.hasElapsed(hours(number("hours", 48, 0, 720)))) {
      return passed(`consensus: ${agree} agree, nobody objects`)
    }
    if (!proposal.hasElapsed(days(number("days", 7, 0, 365)))) {
      return against > 0 ? proposed(`${against} object: consensus is sought`) : undefined
    }
    if (agree < enough) return failed(`only ${agree} of ${enough} collaborators agreed in time`)
    const deciders = holders(committee())
    if (deciders.length === 0) return failed(`no consensus, and nobody is ${committee()} who could vote`)
    const closes = action.proposal.deadline(days(number("days", 7, 0, 365) + number("voting", 7, 0, 365)))
    action.data.set("committee", deciders.map(member => member.id))
    action.data.set("since", action.proposal.deadline(days(number("days", 7, 0, 365))))
    ask(deciders, { text: "No consensus was found. Shall it pass?", closes })
    notifyMembers(deciders, "The collaborators found no consensus. Please vote.")
    return proposed("no consensus: the committee votes")
  }
  const deciders = action.data.get("committee")
  // What somebody said while consensus was sought is no vote of the committee.
  const said = proposal.ballots({ by: deciders }).filter(ballot => ballot.castAt >= action.data.get("since"))
  const yes = said.filter(ballot => ballot.value === true).length
  const no = said.filter(ballot => ballot.value === false).length
  const score = `the committee: ${yes} yes, ${no} no of ${deciders.length}`
  if (yes * 2 > deciders.length) return passed(score)
  if (no * 2 >= deciders.length) return failed(score)
  if (proposal.isClosed) return yes > no ? passed(score) : failed(score)
  return proposed(`no consensus: the committee votes (${yes} yes, ${no} no)`)
}

/** @type {NotifyFn} */
function notify(action) {
  if (!action.data.has("committee")) notifyMembers(holders(collaborators()), "Consensus is sought on something. Please have a look.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
