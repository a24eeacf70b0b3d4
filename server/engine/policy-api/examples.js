// Generated from the @example blocks of policy.d.ts, for TypeScript to check. Do not edit.
{
/** @type {FilterFn} */ function filter(action) { return action.type === "board.rename_channel" }
/** @type {CheckFn} */ function check(action) { return PASSED }
}
{
/** @type {InitializeFn} */ function initialize(action) { action.data.set("jury", members.sample(3)) }
/** @type {CheckFn} */ function check(action) { if (action.data.get("jury").length < 3) return failed("too few") }
}
{
/** @type {CheckFn} */ function check(action) {
  if (action.proposal.yes >= 2) return passed("two said yes")
  if (action.proposal.hasElapsed(days(2))) return failed("too late")
}
}
{
/** @type {NotifyFn} */ function notify(action) { notifyMembers("Steward", "Something waits for you.") }
/** @type {CheckFn} */ function check(action) {}
}
{
/** @type {CheckFn} */ function check(action) { return PASSED }
/** @type {PassFn} */ function pass(action) { action.execute() }
}
{
/** @type {CheckFn} */ function check(action) { return failed("not today") }
/** @type {FailFn} */ function fail(action) { announce("general", "It was refused.") }
}
{
/** @type {CheckFn} */ function check(action) {
if (action.type === "board.rename_channel") log(action.channel, action.name)
}
}
{
/** @type {CheckFn} */ function check(action) {
if (action.initiator?.hasRole("Steward")) return passed("a steward decides")
}
}
{
/** @type {CheckFn} */ function check(action) {
if (typeof action.payload.text === "string") log(action.payload.text.length)
}
}
{
/** @type {CheckFn} */ function check(action) {
action.data.increment("checks")
}
}
{
/** @type {CheckFn} */ function check(action) {
action.execute()
}
}
{
/** @type {CheckFn} */ function check(action) {
action.revert()
}
}
{
/** @type {CheckFn} */ function check(action) {
if (action.proposal.isClosed) return action.proposal.yes > action.proposal.no ? PASSED : FAILED
}
}
{
/** @type {CheckFn} */ function check(action) {
if (action.proposal.hasElapsed(days(2))) return failed("nobody agreed within two days")
}
}
{
/** @type {CheckFn} */ function check(action) {
ask("everyone", { closes: action.proposal.deadline(days(3)) })
}
}
{
/** @type {CheckFn} */ function check(action) {
const yes = action.proposal.ballots({ by: "Steward", value: true })
if (yes.length >= 2) return passed("two stewards agree")
}
}
{
/** @type {CheckFn} */ function check(action) {
const outcome = action.proposal.tally("yes-no", { quorum: "25%", threshold: "2/3" })
if (outcome.prospects?.settled) return outcome.passed ? passed(outcome.sentence) : failed(outcome.sentence)
}
}
{
/** @type {CheckFn} */ function check(action) {
if (action.bundle) ask("everyone", { kind: "ranking", options: action.bundle.options, closes: days(5) })
}
}
{
/** @type {CheckFn} */ function check(action) {
const first = action.bundle?.options[0]
if (first) log(action.bundle?.find(first)?.type)
}
}
{
/** @type {CheckFn} */ function check(action) {
const outcome = action.proposal.tally("approval", { options: action.bundle?.options ?? ["tea"] })
action.bundle?.keep(outcome.winners)
}
}
{
/** @type {CheckFn} */ function check(action) {
const candidates = action.bundle?.actions ?? []
const most = Math.max(...candidates.map(candidate => candidate.proposal.yes))
for (const candidate of candidates) if (candidate.proposal.yes < most) action.bundle?.drop(candidate)
}
}
{
/** @type {CheckFn} */ function check(action) {
for (const candidate of action.bundle?.actions ?? []) action.bundle?.clearBallots(candidate)
}
}
{
/** @type {CheckFn} */ function check(action) {
const jury = action.data.get("jury", [])
log(jury.length)
}
}
{
/** @type {CheckFn} */ function check(action) {
action.data.set("jury", members.sample(3))
}
}
{
/** @type {CheckFn} */ function check(action) {
policy.data.add("seen", action.id)
}
}
{
/** @type {CheckFn} */ function check(action) {
if (policy.data.increment("strikes") > 3) return failed("three strikes")
}
}
{
/** @type {CheckFn} */ function check(action) {
const stewards = members.where(member => member.hasRole("Steward"))
log(stewards.length)
}
}
{
/** @type {CheckFn} */ function check(action) {
if (action.initiator) roles.get("Steward")?.add(action.initiator)
}
}
{
/** @type {CheckFn} */ function check(action) {
roles.get("Steward")?.remove("m1")
}
}
{
/** @type {CheckFn} */ function check(action) {
roles.get("Steward")?.clear()
}
}
{
/** @type {CheckFn} */ function check(action) {
const needed = policy.settings.needed ?? 2
if (action.proposal.yes >= needed) return PASSED
}
}
{
/** @type {CheckFn} */ function check(action) {
return policies.get("Democratic election")?.check(action)
}
}
{
/** @type {CheckFn} */ function check(action) {
log(members.get("m1")?.displayName)
}
}
{
/** @type {CheckFn} */ function check(action) {
notifyMembers(members.withRole("Steward"), "Please have a look.")
}
}
{
/** @type {CheckFn} */ function check(action) {
ask(members.sample(3, { avoid: action.initiator ?? [] }), { text: "Shall this pass?" })
}
}
{
/** @type {CheckFn} */ function check(action) {
if (!documents.get("Code of conduct")) return failed("write a code of conduct first")
}
}
{
/** @type {CheckFn} */ function check(action) {
log(policies.where(other => other.enforcement === "shadow").length)
}
}
{
/** @type {CheckFn} */ function check(action) {
const recent = actions.where({ type: action.type, since: days(7) })
if (recent.length > 5) return failed("five a week are enough")
}
}
{
/** @type {CheckFn} */ function check(action) {
return passed("nobody objected")
}
}
{
/** @type {CheckFn} */ function check(action) {
return failed("the quorum was not reached")
}
}
{
/** @type {CheckFn} */ function check(action) {
return proposed("waiting for the second steward")
}
}
{
/** @type {CheckFn} */ function check(action) {
if (action.proposal.hasElapsed(days(1.5))) return FAILED
}
}
{
/** @type {CheckFn} */ function check(action) {
if (action.initiator && now - action.initiator.joinedAt < weeks(1)) return failed("members of a week may propose")
}
}
{
/** @type {CheckFn} */ function check(action) {
ask("everyone", {
  text: "Where shall we meet?", kind: "ranking", options: ["the park", "the library"],
  where: "general", closes: days(3), privacy: "secret", results: "at-close",
})
}
}
{
/** @type {CheckFn} */ function check(action) {
ask("everyone", { text: "Shall we spend it?", closes: days(3), delegation: true, topic: "budget" })
}
}
{
/** @type {CheckFn} */ function check(action) {
remind("everyone", "One day left to vote.")
}
}
{
/** @type {CheckFn} */ function check(action) {
notifyMembers("Steward", "A newcomer waits.", { ephemeral: true })
}
}
{
/** @type {CheckFn} */ function check(action) {
const message = announce("general", "A vote has begun.")
announce("general", "It ends on Friday.", { thread: message })
}
}
{
/** @type {CheckFn} */ function check(action) {
propose("board.set_topic", { channel: "general", topic: "Welcome" }, { at: days(1) })
}
}
{
/** @type {CheckFn} */ function check(action) {
const answer = http.get("https://api.example.org/edits?user=ada")
if (answer.ok && answer.json().edits > 10) return passed("an experienced editor")
}
}
{
/** @type {CheckFn} */ function check(action) {
log(http.post("https://api.example.org/check", { text: "hello" }).status)
}
}
{
/** @type {CheckFn} */ function check(action) {
const edits = platform("wikipedia").lookup("edit_count", action.initiator ?? "m1")
if (edits >= 500) return passed("an experienced editor")
}
}
{
/** @type {CheckFn} */ function check(action) {
log(random.sample(["tea", "coffee", "water"], 2))
}
}
{
/** @type {CheckFn} */ function check(action) {
log("so far", action.proposal.yes, { of: members.count })
}
}
