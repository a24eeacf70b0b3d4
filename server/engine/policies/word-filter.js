// Name: Word filter
// Description: A post that holds one of the listed words is refused at once; every other post passes.
// Layer: platform
// Action types: board.post_message, board.edit_message, matrix.post_message
// Setting words: ["spam"] | Words that no post may hold, whatever their capitals.

/** Whether `text` holds `word` as a word of its own. */
function holds(text, word) {
  const isLetter = character => character !== undefined && character.toLowerCase() !== character.toUpperCase()
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!isLetter(text[at - 1]) && !isLetter(text[at + word.length])) return true
  }
  return false
}

/** @type {FilterFn} */
function filter(action) {
  return typeof action.payload.text === "string"
}

/** @type {CheckFn} */
function check(action) {
  const text = action.payload.text.toLowerCase()
  const found = policy.settings.words.find(word => word !== "" && holds(text, word.toLowerCase()))
  if (found) return failed(`the word “${found}” is not allowed here`)
  return PASSED
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}

/** @type {FailFn} */
function fail(action) {
  if (action.initiator) notifyMembers(action.initiator, "Your post was not published: it holds a word that is not allowed here.")
}
