// A council elected by the members decides by majority; who sits on it is not its own to decide.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

const council = () => policy.settings?.role || "Council"

/** @type {FilterFn} */
function filter(action) {
  // Who is on the council is decided by an election or a recall, never by the council.
  const isOwnSeat = one =>
    (one.type === "constitution.assign_role" || one.type === "constitution.remove_role") && one.payload.role === council()
  return action.bundle ? !action.bundle.actions.every(isOwnSeat) : !isOwnSeat(action)
}

/** @type {InitializeFn} */
function initialize(action) {
  const seats = roles.get(council())?.members ?? []
  if (seats.length > 0) {
    ask(seats, {
      text: "Shall this pass?",
      closes: action.proposal.deadline(days(number("days", 7, 0, 365))),
      where: policy.settings?.where || "",
    })
  }
}

/** @type {CheckFn} */
function check(action) {
  const seats = roles.get(council())
  if (!seats || seats.count === 0) return failed(`the ${council()} is empty: elect one first`)
  const n = seats.count
  const yes = action.proposal.ballots({ by: seats, value: true }).length
  const no = action.proposal.ballots({ by: seats, value: false }).length
  const cast = yes + no + action.proposal.ballots({ by: seats, value: "abstain" }).length
  const score = `${yes} yes, ${no} no of ${n} on the ${council()}`
  if (yes * 2 > n) return passed(score)
  if (no * 2 >= n) return failed(score)
  if (cast === n) return yes > no ? passed(score) : failed(score)
  if (action.proposal.hasElapsed(days(number("days", 7, 0, 365)))) {
    const needed = Math.ceil(n * number("quorum", 0.5, 0, 1))
    if (cast < needed) return failed(`${score}; ${needed} must take part`)
    return yes > no ? passed(score) : failed(score)
  }
}

/** @type {NotifyFn} */
function notify(action) {
  notifyMembers(roles.get(council())?.members ?? [], "Something waits for the council's vote.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
