// Name: Everything passes
// Description: Whatever is proposed is carried out at once.
// Layer: platform
// Action types: *

/** @type {CheckFn} */
function check(action) {
  return passed("everything passes here")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}
