// A service judges how toxic a post is. Too toxic is refused; where the service does not answer, moderators look.

/** A setting that must be a number; one that is not is named, not guessed around. */
function number(name, usual, least, most) {
  const value = policy.settings?.[name] ?? usual
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new TypeError(`the setting “${name}” must be a number from ${least} to ${most}, not ${JSON.stringify(value)}`)
  }
  return value
}

const moderator = () => policy.settings?.role || "Moderator"

/** @type {FilterFn} */
function filter(action) {
  return typeof action.payload.text === "string"
}

/** Asks the service once; `null` where it did not answer. */
function toxicity(text) {
  const key = policy.settings?.key ? `?key=${encodeURIComponent(policy.settings.key)}` : ""
  const address = policy.settings?.service ?? "https://commentanalyzer.googleapis.com/v1alpha1/comments:analyze"
  const answer = http.post(`${address}${key}`, {
    comment: { text },
    requestedAttributes: { TOXICITY: {} },
    doNotStore: true,
  }, { headers: { "content-type": "application/json" } })
  const score = answer.ok ? answer.json()?.attributeScores?.TOXICITY?.summaryScore?.value : null
  return typeof score === "number" ? score : null
}

/** @type {InitializeFn} */
function initialize(action) {
  const score = toxicity(action.payload.text)
  action.data.set("toxicity", score)
  const looking = roles.get(moderator())?.members ?? []
  if (score === null && looking.length > 0) {
    ask(looking, { text: "The filter does not answer. Shall this post appear?", closes: action.proposal.deadline(hours(number("hours", 24, 0, 8760))) })
  }
}

/** @type {CheckFn} */
function check(action) {
  const score = action.data.get("toxicity")
  const limit = number("limit", 0.8, 0, 1)
  if (typeof score === "number") {
    const shown = `toxicity ${Math.round(score * 100)} of 100`
    return score < limit ? passed(shown) : failed(`${shown}; less than ${Math.round(limit * 100)} is published`)
  }
  const looking = roles.get(moderator())
  if (!looking || looking.count === 0) return failed(`the filter does not answer, and there is no ${moderator()} to look`)
  const said = action.proposal.ballots({ by: looking }).filter(ballot => ballot.value !== "abstain").at(-1)
  if (said?.value === true) return passed(`the filter did not answer; ${said.member?.displayName} let it pass`)
  if (said?.value === false) return failed(`the filter did not answer; ${said.member?.displayName} refused it`)
  if (action.proposal.hasElapsed(hours(number("hours", 24, 0, 8760)))) return failed("the filter did not answer, and nobody looked in time")
  return proposed("the filter does not answer: moderators look")
}

/** @type {NotifyFn} */
function notify(action) {
  notifyMembers(roles.get(moderator())?.members ?? [], "The toxicity filter does not answer. A post waits for a look.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}

/** @type {FailFn} */
function fail(action) {
  if (action.initiator && typeof action.data.get("toxicity") === "number") {
    notifyMembers(action.initiator, "Your post was not published: it reads as hurtful. Please say it in another way; if the filter is wrong, tell a moderator.")
  }
}
