// Every member is asked. Two who say yes are enough; after three days it fails.

// Asks everyone.
/** @type {InitializeFn} */
function initialize(action) {
  ask("everyone", { text: "Shall this pass?", closes: action.proposal.deadline(days(3)) })
}

// Passes with the second yes, and fails when the time is over.
/** @type {CheckFn} */
function check(action) {
  const yes = action.proposal.yes
  if (yes >= 2) return passed(`${yes} said yes`)
  if (action.proposal.isClosed) return failed("fewer than two said yes within three days")
}

// Carries it out.
/** @type {PassFn} */
function pass(action) {
  action.execute()
}
