// Debian: enough seconds, a time to discuss, then a ranking of all options; Condorcet's winner, if enough care.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

const DEFAULT = "None of the above"

/** Who may vote: developers, or else everybody. */
function electorate() {
  return policy.settings?.role ? roles.get(policy.settings.role)?.members ?? [] : "everyone"
}

function voters() {
  return policy.settings?.role ? roles.get(policy.settings.role)?.count ?? 0 : members.count
}

/** Debian's Q: half of the square root of the number of voters. */
const q = n => Math.sqrt(n) / 2

/** Debian's K: how many must second it; at most five. */
const k = n => Math.max(1, Math.min(5, Math.floor(q(n))))

/** What is on the ballot: the options of an election, or to adopt the one proposal; and always none of them. */
function options(action) {
  const own = action.bundle ? action.bundle.options.filter(option => option !== action.bundle?.none) : ["Adopt"]
  return [...own, DEFAULT]
}

/** @type {InitializeFn} */
function initialize(action) {
  const who = electorate()
  if (who.length > 0) ask(who, { text: "Do you second this resolution? A yes brings it to the vote.", closes: action.proposal.deadline(days(number("days", 14, 0, 365))) })
}

/** @type {CheckFn} */
function check(action) {
  const proposal = action.proposal
  const n = voters()
  if (n === 0) return failed(`nobody is ${policy.settings.role}`)
  const discussion = days(number("discussion", 14, 0, 365))

  if (!action.data.has("seconded")) {
    // Nobody seconds their own.
    const own = action.initiator ? proposal.ballots({ by: action.initiator, value: true }).length : 0
    const seconds = proposal.yes - own
    if (seconds >= k(n)) action.data.set("seconded", seconds)
    else if (proposal.hasElapsed(days(number("days", 14, 0, 365)))) return failed(`${seconds} seconded it; ${k(n)} were needed`)
    else return proposed(`${seconds} of ${k(n)} seconds`)
  }
  if (!action.data.has("voting")) {
    if (!proposal.hasElapsed(discussion)) return proposed("seconded: it is discussed until the vote opens")
    action.data.set("voting", options(action))
    ask(electorate(), {
      kind: "ranking",
      options: options(action),
      text: `Rank the options. What you rank below “${DEFAULT}” you would rather not have.`,
      closes: proposal.deadline(discussion + days(number("voting", 14, 0, 365))),
    })
    remind(electorate(), "The vote on a general resolution is open.")
    return proposed("the vote is open")
  }
  if (!proposal.isClosed) return proposed("the vote is open")

  const ratio = number("majority", 1, 1, 10)
  const quorum = Math.ceil(3 * q(n))
  const outcome = proposal.tally("schulze", {
    options: action.data.get("voting"),
    none: DEFAULT,
    optionQuorum: quorum,
    // A majority of 3 to 1 is three quarters of those who have a preference; 1 to 1 is more than half.
    threshold: ratio > 1 ? ratio / (ratio + 1) : "majority",
  })
  const winner = outcome.winners[0]
  action.data.set("winner", winner ?? DEFAULT)
  if (!winner || winner === DEFAULT) return failed(`${DEFAULT}: no option is preferred to it by ${quorum} voters and ${ratio} to 1`)
  return passed(`“${winner}” wins: ${quorum} were needed to prefer it to ${DEFAULT}`)
}

/** @type {PassFn} */
function pass(action) {
  action.bundle?.keep(action.data.get("winner"))
  action.execute()
}
