// LambdaMOO: a petition gathers signatures, wizards vet it, and a ballot of everybody decides, two to one.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

const wizard = () => policy.settings?.wizards || "Wizard"

/** The stage it is in: "signing", "vetting" or "ballot". */
const stage = action => action.data.get("stage", "signing")

/** Ballots of some members that were cast in this stage: what they said before was about something else. */
function saidNow(action, by) {
  return action.proposal.ballots({ by }).filter(ballot => ballot.castAt >= action.data.get("since"))
}

/** How many said so in the ballot; signatures and the wizards' word are no votes until they are cast again. */
function votes(action, value) {
  const since = action.data.get("since")
  return action.proposal.ballots({ value }).filter(ballot => ballot.castAt >= since).length
}

/** The moment after the last ballot so far, so that no ballot stands in two stages. */
function after(proposal) {
  return proposal.ballots().reduce((latest, ballot) => Math.max(latest, ballot.castAt), proposal.openedAt) + 1
}

/** @type {InitializeFn} */
function initialize(action) {
  ask("everyone", { text: "Do you sign this petition? A yes is a signature.", closes: action.proposal.deadline(days(number("days", 30, 0, 365))) })
}

/** Signatures: enough of them send it to the wizards. */
function sign(action) {
  const proposal = action.proposal
  const needed = Math.max(1, Math.ceil(members.count * number("signatures", 0.1, 0, 1)))
  if (proposal.yes < needed) {
    return proposal.isClosed ? failed(`${proposal.yes} signed; ${needed} signatures were needed`) : proposed(`${proposal.yes} of ${needed} signatures`)
  }
  const wizards = roles.get(wizard())?.members ?? []
  action.data.set("since", after(proposal))
  if (wizards.length === 0) return open(action)
  action.data.set("stage", "vetting")
  ask(wizards, { text: "Can it be carried out, and does it break no rule above us? A yes sends it to the ballot.", closes: days(number("vetting", 7, 0, 365)) })
  notifyMembers(wizards, "A petition has its signatures and waits to be vetted.")
  return proposed(`${proposal.yes} signed: the wizards vet it`)
}

/** Vetting: one wizard's word is enough, and silence does not stop a petition. */
function vet(action) {
  const said = saidNow(action, wizard())
  const refusal = said.find(ballot => ballot.value === false && ballot.reason)
  if (refusal) return failed(`${refusal.member?.displayName ?? wizard()} did not let it to the ballot: ${refusal.reason}`)
  if (said.some(ballot => ballot.value === true) || action.proposal.isClosed) {
    action.data.set("since", after(action.proposal))
    return open(action)
  }
  return proposed("the wizards vet it")
}

/** The ballot begins. */
function open(action) {
  action.data.set("stage", "ballot")
  ask("everyone", { text: "The petition is on the ballot: shall it become so?", closes: days(number("ballot", 14, 0, 365)) })
  return proposed("the ballot is open")
}

/** The ballot: two to one, once it is closed. */
function count(action) {
  const [yes, no] = [votes(action, true), votes(action, false)]
  const ratio = number("ratio", 2, 1, 100)
  const score = `${yes} yes, ${no} no in the ballot; ${ratio} to 1 is needed`
  if (!action.proposal.isClosed) return proposed(score)
  return yes > 0 && yes >= ratio * no ? passed(score) : failed(score)
}

/** @type {CheckFn} */
function check(action) {
  if (stage(action) === "signing") return sign(action)
  return stage(action) === "vetting" ? vet(action) : count(action)
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
