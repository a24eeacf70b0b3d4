// Whatever is proposed is carried out at once.

/** @type {CheckFn} */
function check(action) {
  return passed("everything passes here")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
