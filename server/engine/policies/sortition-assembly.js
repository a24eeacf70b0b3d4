// An assembly drawn by lot, each group of members in proportion; it talks first, and decides afterwards.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

/** The roles that the lot keeps in proportion; a setting that is none is named. */
function groups() {
  const names = policy.settings?.groups ?? []
  if (!Array.isArray(names)) throw new TypeError("the setting “groups” must be a list of roles")
  return names
}

/** Those who sat in the last assembly, and whoever proposes, are not drawn again. */
function avoided(action) {
  const rested = policy.settings?.rest ?? true ? policy.data.get("served", []) : []
  const still = rested.filter(id => members.get(id))
  return action.initiator ? [...still, action.initiator.id] : still
}

/** Draws the seats: from each group in proportion to its size, the rest from everybody. */
function draw(action) {
  const seats = number("seats", 12, 1, 500)
  const everyone = members.count
  const drawn = []
  for (const name of groups()) {
    const role = roles.get(name)
    if (!role) throw new TypeError(`the setting “groups” names ${JSON.stringify(name)}, and there is no such role`)
    const share = Math.min(Math.round((seats * role.count) / everyone), seats - drawn.length)
    const found = members.sample(share, { role, avoid: [...avoided(action), ...drawn] })
    drawn.push(...found.map(member => member.id))
  }
  // Those outside of all groups fill what is left, so that nobody is drawn as two.
  const grouped = groups().flatMap(name => (roles.get(name)?.members ?? []).map(member => member.id))
  const rest = members.sample(seats - drawn.length, { avoid: [...avoided(action), ...grouped, ...drawn] })
  drawn.push(...rest.map(member => member.id))
  if (drawn.length < seats) {
    const spare = members.sample(seats - drawn.length, { avoid: [...avoided(action), ...drawn] })
    drawn.push(...spare.map(member => member.id))
  }
  return drawn
}

/** @type {InitializeFn} */
function initialize(action) {
  action.data.set("assembly", draw(action))
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  const assembly = action.data.get("assembly", [])
  if (assembly.length === 0) return failed("there is nobody to draw an assembly from")
  const talk = days(number("deliberation", 7, 0, 365))
  const voting = days(number("days", 3, 0, 365))
  if (!action.data.get("open")) {
    if (!proposal.hasElapsed(talk)) return proposed(`an assembly of ${assembly.length} deliberates`)
    action.data.set("open", true)
    ask(assembly, { text: "The assembly has deliberated. Shall this pass?", closes: proposal.deadline(talk + voting), privacy: "after-close", results: "at-close" })
    remind(assembly, "The assembly votes now.")
    return proposed(`an assembly of ${assembly.length} votes`)
  }
  const yes = proposal.ballots({ by: assembly, value: true }).length
  const no = proposal.ballots({ by: assembly, value: false }).length
  const needed = Math.ceil(assembly.length * number("share", 0.66, 0, 1))
  const score = `${yes} yes, ${no} no in an assembly of ${assembly.length}; ${needed} yes are needed`
  if (yes >= needed) return passed(score)
  if (assembly.length - no < needed) return failed(score)
  if (proposal.isClosed) return failed(score)
  return proposed(`an assembly of ${assembly.length} votes`)
}

/** @type {NotifyFn} */
function notify(action) {
  const length = number("deliberation", 7, 0, 365)
  notifyMembers(action.data.get("assembly", []), `You were drawn for an assembly. Deliberate for ${length} days: hear those whom it concerns, and each other. Then you vote.`)
}

/** @type {PassFn} */
function pass(action) {
  policy.data.set("served", action.data.get("assembly", []))
  action.execute()
}

/** @type {FailFn} */
function fail(action) {
  policy.data.set("served", action.data.get("assembly", []))
}
