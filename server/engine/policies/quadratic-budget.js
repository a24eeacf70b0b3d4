// Everybody has credits to spread over the proposals; votes cost their square. What has most votes is done, as far as it goes.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

/** @type {InitializeFn} */
function initialize(action) {
  if (!action.bundle) return
  ask("everyone", {
    kind: "budget",
    options: action.bundle.options,
    text: `${action.bundle.title || "What shall be done?"} You have ${number("credits", 100, 1, 10000)} credits: one vote costs 1, two cost 4, three cost 9. Say how many votes each gets.`,
    closes: days(number("days", 7, 0, 365)),
    results: "at-close",
  })
}

/** The count: votes of each proposal, of all ballots that keep to their credits. */
function count(action, bundle) {
  const least = Math.max(1, Math.ceil(members.count * number("quorum", 0.1, 0, 1)))
  return action.proposal.tally("quadratic", {
    options: bundle.options,
    budget: number("credits", 100, 1, 10000),
    seats: Math.min(bundle.seats, bundle.options.length),
    eligible: members.count,
    quorum: least,
  })
}

/** @type {CheckFn} */
function check(action) {
  if (!action.bundle) return failed("a budget is decided over several proposals at once: put them to an election with as many seats as can be paid for")
  if (action.bundle.actions.length === 0) return failed("there is nothing to choose from")
  const outcome = count(action, action.bundle)
  if (!action.proposal.isClosed && outcome.cast < members.count) return proposed(`${outcome.cast} of ${members.count} have spread their credits`)
  if (!outcome.quorumMet) return failed(`${outcome.cast} took part; ${outcome.quorum} were needed`)
  return outcome.winners.length > 0 ? passed(outcome.sentence) : failed(outcome.sentence)
}

/** @type {PassFn} */
function pass(action) {
  if (action.bundle) action.bundle.keep(count(action, action.bundle).winners)
  action.execute()
}
