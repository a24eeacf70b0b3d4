// Everybody votes for five days; a quarter must take part; the candidate with most votes wins, or a majority where there is one.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

/** What voters are asked for, by the method that counts it. */
const BALLOTS = { plurality: "choice", approval: "approval", ranked: "ranking", schulze: "ranking" }

/** The method of counting; a setting that is none is named, not guessed around. */
function method() {
  const name = policy.settings?.method ?? "plurality"
  if (!Object.hasOwn(BALLOTS, name)) throw new TypeError(`the setting “method” must be one of ${Object.keys(BALLOTS).join(", ")}, not ${JSON.stringify(name)}`)
  return name
}

/** How many go on to a further round instead of being carried out; 0 where this is the last. */
const advance = () => number("advance", 0, 0, 100)

/** @type {FilterFn} */
function filter(action) {
  const office = policy.settings?.role
  if (!office) return true
  const candidates = action.bundle ? action.bundle.actions : [action]
  return candidates.every(candidate => candidate.type === "constitution.assign_role" && candidate.payload.role === office)
}

/** @type {InitializeFn} */
function initialize(action) {
  const closes = days(number("days", 5, 0, 365))
  const where = policy.settings?.where || ""
  if (!action.bundle) return ask("everyone", { text: "Yes or no?", closes, where })
  ask("everyone", { text: action.bundle.title || "Whom, or what, do you choose?", kind: BALLOTS[method()], options: action.bundle.options, closes, where })
}

/** How many must take part. */
const quorum = () => Math.max(1, Math.ceil(members.count * number("quorum", 0.25, 0, 1)))

/** The count: of an election its winners, as many as there are seats, or as go on to the next round. */
function count(action, bundle) {
  const seats = Math.min(advance() || bundle.seats, bundle.options.length)
  return action.proposal.tally(method(), {
    options: bundle.options,
    eligible: members.count,
    quorum: quorum(),
    none: bundle.none ?? undefined,
    // Instant run-off fills one seat.
    seats: method() === "ranked" ? undefined : seats,
  })
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  if (!action.bundle) {
    const score = `${proposal.yes} yes, ${proposal.no} no`
    const cast = proposal.yes + proposal.no + proposal.abstain
    // Nobody who has not voted yet could turn it.
    if (proposal.yes * 2 > members.count) return passed(score)
    if (proposal.no * 2 >= members.count) return failed(score)
    if (!proposal.isClosed) return proposed(`${score}, ${cast} took part; ${quorum()} are needed`)
    if (cast < quorum()) return failed(`${cast} took part; ${quorum()} were needed`)
    return proposal.yes > proposal.no ? passed(score) : failed(score)
  }
  if (action.bundle.actions.length === 0) return failed("there are no candidates")
  const outcome = count(action, action.bundle)
  // An election is open for as long as it was called: people may change their minds until everybody has voted.
  if (!proposal.isClosed && outcome.cast < members.count) return proposed(`${outcome.cast} of ${members.count} have voted; ${quorum()} are needed`)
  if (!outcome.quorumMet) return failed(`${outcome.cast} took part; ${quorum()} were needed`)
  const elected = outcome.winners.filter(winner => winner !== action.bundle?.none)
  return elected.length > 0 ? passed(outcome.sentence) : failed(outcome.sentence)
}

/** @type {PassFn} */
function pass(action) {
  if (action.bundle) action.bundle.keep(count(action, action.bundle).winners)
  if (advance() === 0) action.execute()
}
