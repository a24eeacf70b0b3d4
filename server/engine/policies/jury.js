// Name: Jury
// Description: A few members drawn by lot decide. The action passes when enough of them say yes in time; the one who proposed it is never drawn.
// Layer: platform
// Action types: board.rename_channel
// Setting size: 3 | How many members are drawn.
// Setting yes: 2 | How many of them must say yes.
// Setting days: 2 | How many days they have.

/** @type {InitializeFn} */
function initialize(action) {
  const jury = members.sample(policy.settings.size, { avoid: action.initiator ?? [] })
  action.data.set("jury", jury.map(member => member.id))
  if (jury.length > 0) {
    ask(jury, {
      text: "You were drawn for the jury: shall this pass?",
      closes: action.proposal.deadline(days(policy.settings.days)),
    })
  }
}

/** @type {CheckFn} */
function check(action) {
  const jury = action.data.get("jury", [])
  const needed = Math.min(policy.settings.yes, jury.length)
  if (jury.length === 0) return failed("there was nobody to draw a jury from")

  const yes = action.proposal.ballots({ by: jury, value: true }).length
  const no = action.proposal.ballots({ by: jury, value: false }).length
  if (yes >= needed) return passed(`${yes} of ${jury.length} jurors said yes`)
  if (jury.length - no < needed) return failed(`${no} of ${jury.length} jurors said no`)
  if (action.proposal.hasElapsed(days(policy.settings.days))) {
    return failed(`the jury did not agree within ${policy.settings.days} days`)
  }
}

/** @type {NotifyFn} */
function notify(action) {
  notifyMembers(action.data.get("jury", []), "You were drawn for a jury. Please deliberate amongst yourselves before voting.")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
