// A post that holds one of the listed words is refused at once; every other post passes.

/** The words that no post may hold, in small letters. */
function forbidden() {
  const words = policy.settings?.words ?? []
  if (!Array.isArray(words) || !words.every(word => typeof word === "string")) {
    throw new TypeError("the setting “words” must be a list of words")
  }
  return words.map(word => word.trim().toLowerCase()).filter(word => word !== "")
}

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
  const found = forbidden().find(word => holds(text, word))
  return found ? failed(`the word “${found}” is not allowed here`) : passed("none of the listed words is in it")
}

/** @type {PassFn} */
function pass(action) {
  action.execute()
}

/** @type {FailFn} */
function fail(action) {
  if (!action.initiator) return
  const text = action.payload.text.toLowerCase()
  const found = forbidden().find(word => holds(text, word))
  notifyMembers(action.initiator, `Your post was not published: the word “${found}” is not allowed here. Say it in other words and post again.`)
}
