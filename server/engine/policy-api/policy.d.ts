// What a Polity policy can see and do.
//
// A policy is one file with up to six functions: filter, initialize, check, notify, pass, fail. `check` is required.
// Everything declared here is in scope and frozen; besides it there is plain JavaScript without eval, Function, Promise,
// async, import, timers, typed arrays and WeakRef. The clock is the moment of the evaluation, in UTC, and chance comes
// from a recorded seed. A policy describes what is to happen; Polity does it afterwards, if the powers given to the
// policy allow it.
//
// A governing policy decides whether an action may happen. A reacting one holds nothing up: what starts it is an action
// of its own, a trigger, and what its `pass` asks for (messages, roles, `propose`) is done when its `check` says PASSED.
// - `trigger.carried_out`: an action of one of its types was carried out; the action is `action.cause`. The trigger is
//   recorded only where `filter` says yes.
// - `trigger.command`: a member typed `/word` or `!word`, which the policy declares; `action.command`, `action.text`.
// - `trigger.webhook`: another service sent JSON to one of the community's webhooks; it is `action.body`, and the fields
//   of an object are in `action.data` too.
// - `trigger.schedule`: a time came round that the policy declares, such as `day at 09:00`; the time is `action.due`.
// Its `action.initiator` is who did what it answers to: `null` for webhooks and schedules, and so for what it proposes.

// ---------------------------------------------------------------------------------------------------------------------
// The six functions

/**
 * Whether the policy governs this action. Runs at each evaluation, and may only look. Without it: every action of the
 * types that the policy is declared for.
 * @example
 * /** @type {FilterFn} *\/ function filter(action) { return action.type === "board.rename_channel" }
 * /** @type {CheckFn} *\/ function check(action) { return PASSED }
 */
type FilterFn = (action: Action) => boolean

/**
 * Runs once, when the proposal opens: draw a jury, ask the voters, keep what must be remembered in `action.data`.
 * @example
 * /** @type {InitializeFn} *\/ function initialize(action) { action.data.set("jury", members.sample(3)) }
 * /** @type {CheckFn} *\/ function check(action) { if (action.data.get("jury").length < 3) return failed("too few") }
 */
type InitializeFn = (action: Action) => void

/**
 * Decides: `PASSED`, `FAILED`, or nothing while it is open. Runs again whenever something it read has changed.
 * @example
 * /** @type {CheckFn} *\/ function check(action) {
 *   if (action.proposal.yes >= 2) return passed("two said yes")
 *   if (action.proposal.hasElapsed(days(2))) return failed("too late")
 * }
 */
type CheckFn = (action: Action) => Verdict | undefined | void

/**
 * Runs once, after the first `check` that left the proposal open: tell those who must know.
 * @example
 * /** @type {NotifyFn} *\/ function notify(action) { notifyMembers("Steward", "Something waits for you.") }
 * /** @type {CheckFn} *\/ function check(action) {}
 */
type NotifyFn = (action: Action) => void

/**
 * Runs when `check` said PASSED. Nothing is carried out unless it says `action.execute()`: without it the policy is a
 * field trial, decided and recorded.
 * @example
 * /** @type {CheckFn} *\/ function check(action) { return PASSED }
 * /** @type {PassFn} *\/ function pass(action) { action.execute() }
 */
type PassFn = (action: Action) => void

/**
 * Runs when `check` said FAILED.
 * @example
 * /** @type {CheckFn} *\/ function check(action) { return failed("not today") }
 * /** @type {FailFn} *\/ function fail(action) { announce("general", "It was refused.") }
 */
type FailFn = (action: Action) => void

// ---------------------------------------------------------------------------------------------------------------------
// Words

/** What `check` returns. */
type Verdict = "PROPOSED" | "PASSED" | "FAILED"

/** A moment: milliseconds since 1970-01-01T00:00Z, so that `now - action.createdAt` is a length. */
type Moment = number

/** A length of time in milliseconds: write `days(2)`. */
type Length = number

/** What data stores hold. A member in it is kept as their id. */
type JsonValue = any

/** A member's id. */
type MemberId = string

/**
 * Whom something concerns: a member, an id or handle, a list of them, a role by name or object, or `"everyone"`.
 * Programs (bots) are never among everyone, nor among the holders of a role.
 */
type Who = Member | Role | MemberId | readonly (Member | MemberId)[] | "everyone"

/** What one ballot says, as the kind of ballot asks for it. */
type BallotValue = boolean | "abstain" | string | number | string[] | { [option: string]: number }

/** What voters choose from. */
type BallotKind = "yes-no" | "choice" | "approval" | "ranking" | "score" | "budget" | "consent"

/** What an action may concern. */
type Layer = "platform" | "constitution"

// ---------------------------------------------------------------------------------------------------------------------
// The action

/** What every action has. The payload's own fields stand beside these, typed by `type`. */
interface ActionBase<Type extends string> {
  /** The action's id. */
  readonly id: string
  /**
   * What kind of thing was attempted. Testing it tells the editor which fields there are.
   * @example
   * if (action.type === "board.rename_channel") log(action.channel, action.name)
   */
  readonly type: Type
  /** Everyday life, or the government itself. */
  readonly layer: Layer
  /**
   * Who attempted it; `null` for the system. Reading it, its roles included, never loads the member list.
   * @example
   * if (action.initiator?.hasRole("Steward")) return passed("a steward decides")
   */
  readonly initiator: Member | null
  /** When it was attempted. */
  readonly createdAt: Moment
  /** `web`, `api`, `policy`, `trigger`, `system`, or the platform's name. */
  readonly origin: string
  /** Whether the platform had already let it happen. */
  readonly hasHappened: boolean
  /** Where it stands. */
  readonly status: string
  /**
   * All fields of the payload, untyped: for those whose name an action has itself, and for types that you do not test.
   * @example
   * if (typeof action.payload.text === "string") log(action.payload.text.length)
   */
  readonly payload: Readonly<Record<string, any>>
  /**
   * The action's own data, shared by all its policies.
   * @example
   * action.data.increment("checks")
   */
  readonly data: DataStore
  /** The action under this policy. */
  readonly proposal: Proposal
  /** The actions that it consists of, or `null`. */
  readonly bundle: Bundle | null
  /** What an action of a bundle is called on the ballot; `null` for every other action. */
  readonly label: string | null
  /** Why it was put into the bundle, in the words of who did; `null` for every other action. */
  readonly statement: string | null
  /** Whom an action of a bundle concerns, as a candidate; `null` where nobody was named. */
  readonly nominee: Member | null
  /**
   * Carry it out, once all policies that govern it agree.
   * @example
   * action.execute()
   */
  execute(): void
  /**
   * Undo it, where the platform can.
   * @example
   * action.revert()
   */
  revert(): void
  /** Its id, where it is stored as data. */
  toJSON(): string
}

/** The action under this policy: how old it is and who said what. */
interface Proposal {
  /** The proposal's id. */
  readonly id: string
  /** Where it stood before this evaluation. */
  readonly status: string
  /** Since when it is open. */
  readonly openedAt: Moment
  /** How long it is open. Reading it has the policy looked at every minute: `hasElapsed` wakes exactly in time. */
  readonly elapsed: Length
  /** When the ballot that was asked for closes, or `null`. */
  readonly closesAt: Moment | null
  /**
   * Whether it has closed.
   * @example
   * if (action.proposal.isClosed) return action.proposal.yes > action.proposal.no ? PASSED : FAILED
   */
  readonly isClosed: boolean
  /**
   * Whether it is open for at least so long. The policy is looked at again exactly then.
   * @example
   * if (action.proposal.hasElapsed(days(2))) return failed("nobody agreed within two days")
   */
  hasElapsed(length: Length): boolean
  /**
   * The moment so long after it opened. The policy is looked at again then.
   * @example
   * ask("everyone", { closes: action.proposal.deadline(days(3)) })
   */
  deadline(length: Length): Moment
  /**
   * The ballots, oldest first; only those of `by` (or for whom the function says yes), only those that say `value`.
   * @example
   * const yes = action.proposal.ballots({ by: "Steward", value: true })
   * if (yes.length >= 2) return passed("two stewards agree")
   */
  ballots(which?: { by?: Who | ((member: Member) => boolean); value?: BallotValue }): Ballot[]
  /** How many said yes. `yes.length` is the same number. */
  readonly yes: number & { readonly length: number }
  /** How many said no. `no.length` is the same number. */
  readonly no: number & { readonly length: number }
  /** How many abstained. `abstain.length` is the same number. */
  readonly abstain: number & { readonly length: number }
  /** The ids of those who voted; nobody's in a secret vote. */
  readonly voters: MemberId[]
  /**
   * Counts the ballots. Methods: `yes-no`, `plurality`, `approval`, `score`, `borda`, `ranked`, `stv`, `schulze`,
   * `quadratic`, `dots`, `consent`. Ties that a method does not settle are settled by a lot that anybody can check.
   * @example
   * const outcome = action.proposal.tally("yes-no", { quorum: "25%", threshold: "2/3" })
   * if (outcome.prospects?.settled) return outcome.passed ? passed(outcome.sentence) : failed(outcome.sentence)
   */
  tally(method: string, options?: TallyOptions): TallyOutcome
  /** Its id, where it is stored as data. */
  toJSON(): string
}

/** One member's current vote. */
interface Ballot {
  /** Whose it is; `null` in a secret vote. */
  readonly voter: MemberId | null
  /** The same, as a member. */
  readonly member: Member | null
  /** What it says. */
  readonly value: BallotValue
  /** When it was cast or last changed. */
  readonly castAt: Moment
  /** Why, in the voter's words. */
  readonly reason: string | null
  /** What it says, where it is stored as data. */
  toJSON(): BallotValue
}

/** How ballots are counted; each method takes some of these, and says so when it is given another. */
interface TallyOptions {
  /** What is on the ballot; without it what `ask` offered. */
  options?: string[]
  /** How many may vote; without it those asked. */
  eligible?: number
  /** How many must take part: a number, or a share of the eligible such as `"25%"`. */
  quorum?: number | string
  /** Which ballots count towards it. */
  quorumOf?: string
  /** The share that must be in favour, such as `"2/3"` or `">50%"`. */
  threshold?: number | string
  /** Of what that is a share. */
  of?: string
  /** How many are elected. */
  seats?: number
  /** Credits or dots of each voter. */
  budget?: number
  /** Most dots on one option. */
  maxPerOption?: number
  /** The highest score. */
  maxScore?: number
  /** Whether options without a score count as zero or are skipped. */
  unscored?: "zero" | "skip"
  /** Whether a budget ballot's numbers are votes or credits. */
  numbers?: "votes" | "credits"
  /** How many objections consent bears. */
  objections?: number
  /** How many may stand aside. */
  standAside?: number | string
  /** The option that means "none of these". */
  none?: string
  /** How many votes an option needs to be elected. */
  optionQuorum?: number
  /** Where lots are drawn from; without it the recorded seed. */
  seed?: string
  /** Members whose ballot counts for more than one, by id. */
  weights?: { [member: MemberId]: number }
}

/** What a count gave. */
interface TallyOutcome {
  readonly method: string
  readonly passed: boolean
  readonly winners: string[]
  /** The outcome in one sentence, fit for `passed(…)`. */
  readonly sentence: string
  /** How the vote could still go, where the method can tell. */
  readonly prospects?: { readonly settled: boolean; readonly [name: string]: any } | null
  readonly [name: string]: any
}

/**
 * An action that is several: an election chooses among them, a combination is all or nothing.
 *
 * Each action of a bundle takes ballots of its own (`action.bundle.actions[0].proposal.yes`): yes or no, of those asked and
 * until the close of an `ask` of that kind. With an `ask` of another kind, say a ranking of `action.bundle.options`, there is
 * one ballot over all of them, counted by `action.proposal.tally(…)`; its winners are labels that `keep` understands.
 * `action.execute()` carries out what is left: of a combination all, or none; an election fails where more are left than
 * it has `seats`, for then nobody has chosen.
 * A candidate that withdraws is left out, and ballots are read as if nobody had named it.
 */
interface Bundle {
  /** The bundle's id. */
  readonly id: string
  /** How the actions hang together. */
  readonly kind: "election" | "combination"
  /** What is decided, in a sentence. */
  readonly title: string
  /** The actions, in the order in which they were added; each has its own proposal and ballots. */
  readonly actions: Action[]
  /** How many may win, for an election. */
  readonly seats: number
  /** The option that stands for "none of these"; `null` where the election does not offer it. */
  readonly none: string | null
  /**
   * What to put on a ballot over the bundle: the labels of its actions, and `none` where it is offered.
   * @example
   * if (action.bundle) ask("everyone", { kind: "ranking", options: action.bundle.options, closes: days(5) })
   */
  readonly options: string[]
  /**
   * The action that is called so on the ballot; `null` for "none of these" and for what is no longer there.
   * @example
   * const first = action.bundle?.options[0]
   * if (first) log(action.bundle?.find(first)?.type)
   */
  find(label: string): Action | null
  /**
   * Drop all but these: labels such as the winners of a tally, or actions. "None of these" keeps nothing.
   * @example
   * const outcome = action.proposal.tally("approval", { options: action.bundle?.options ?? ["tea"] })
   * action.bundle?.keep(outcome.winners)
   */
  keep(winners: string | Action | (string | Action)[]): void
  /**
   * Take an action out; `action.execute()` carries out those that are left.
   * @example
   * const candidates = action.bundle?.actions ?? []
   * const most = Math.max(...candidates.map(candidate => candidate.proposal.yes))
   * for (const candidate of candidates) if (candidate.proposal.yes < most) action.bundle?.drop(candidate)
   */
  drop(action: Action): void
  /**
   * Start the vote on one action again: its ballots are kept in the record, and count no longer.
   * @example
   * for (const candidate of action.bundle?.actions ?? []) action.bundle?.clearBallots(candidate)
   */
  clearBallots(action: Action): void
}

/** A small JSON store, written in the same transaction as the decision. */
interface DataStore {
  /**
   * The value under a key, or `otherwise`.
   * @example
   * const jury = action.data.get("jury", [])
   * log(jury.length)
   */
  get(key: string, otherwise?: JsonValue): JsonValue
  /**
   * Sets a value: anything that JSON can hold.
   * @example
   * action.data.set("jury", members.sample(3))
   */
  set(key: string, value: JsonValue): JsonValue
  /** Whether there is a value. */
  has(key: string): boolean
  /** Removes a value. */
  remove(key: string): void
  /**
   * Appends to the list under a key, which begins empty; answers with its length.
   * @example
   * policy.data.add("seen", action.id)
   */
  add(key: string, value: JsonValue): number
  /**
   * Adds to the number under a key, which begins at 0; answers with the sum.
   * @example
   * if (policy.data.increment("strikes") > 3) return failed("three strikes")
   */
  increment(key: string, by?: number): number
  /** The keys, in order. */
  keys(): string[]
}

// ---------------------------------------------------------------------------------------------------------------------
// The community

/** A member of the community. */
interface Member {
  readonly id: MemberId
  /** The short name, unique in the community. */
  readonly handle: string
  /** The name people read. */
  readonly displayName: string
  /** Since when a member. */
  readonly joinedAt: Moment
  /** Whether it is a program: never asked, never counted. */
  readonly isBot: boolean
  /** The names of the roles held. */
  readonly roles: string[]
  /**
   * Whether the member holds a role.
   * @example
   * const stewards = members.where(member => member.hasRole("Steward"))
   * log(stewards.length)
   */
  hasRole(role: string | Role): boolean
  /** The id, where it is stored as data. */
  toJSON(): MemberId
  /** The name people read. */
  toString(): string
}

/** A named set of members. */
interface Role {
  readonly id: string
  readonly name: string
  readonly description: string
  /** Whether every member holds it. */
  readonly isBase: boolean
  /** Those who hold it. */
  readonly members: Member[]
  /** How many hold it; cheaper than `members.length`. */
  readonly count: number
  /** Whether a member holds it. */
  has(member: Member | MemberId): boolean
  /**
   * Gives members the role.
   * @example
   * if (action.initiator) roles.get("Steward")?.add(action.initiator)
   */
  add(who: Who): void
  /**
   * Takes the role from members.
   * @example
   * roles.get("Steward")?.remove("m1")
   */
  remove(who: Who): void
  /**
   * Takes the role from everybody.
   * @example
   * roles.get("Steward")?.clear()
   */
  clear(): void
  /** The name, where it is stored as data. */
  toJSON(): string
  /** The name. */
  toString(): string
}

/** A written guideline or constitution. */
interface PolityDocument {
  readonly id: string
  readonly name: string
  /** The text, Markdown. */
  readonly text: string
  readonly version: number
  /** The name, where it is stored as data. */
  toJSON(): string
}

/** A policy of the community, without its functions. */
interface ListedPolicy {
  readonly id: string
  readonly name: string
  readonly layer: Layer
  readonly version: number
  readonly enforcement: "off" | "shadow" | "warn" | "enforced"
  /** The name, where it is stored as data. */
  toJSON(): string
}

/** A policy with settings and data: `policy` is the running one; others come from `policies.get`. */
interface Policy {
  readonly id: string
  readonly name: string
  readonly version: number
  /**
   * The values of the template's blanks.
   * @example
   * const needed = policy.settings.needed ?? 2
   * if (action.proposal.yes >= needed) return PASSED
   */
  readonly settings: any
  /** The policy's own data; another policy's can only be read. */
  readonly data: DataStore
  /** Runs another policy's function here; its effects are this policy's. */
  filter(action: Action): boolean
  /** Runs another policy's function here. */
  initialize(action: Action): void
  /**
   * Runs another policy's function here.
   * @example
   * return policies.get("Democratic election")?.check(action)
   */
  check(action: Action): Verdict | undefined
  /** Runs another policy's function here. */
  notify(action: Action): void
  /** Runs another policy's function here. */
  pass(action: Action): void
  /** Runs another policy's function here. */
  fail(action: Action): void
  /** The name, where it is stored as data. */
  toJSON(): string
}

/** An action of the past. */
interface PastAction {
  readonly id: string
  readonly type: string
  readonly createdAt: Moment
  readonly status: "proposed" | "held" | "passed" | "failed" | "executed" | "reverted"
  readonly initiator: Member | null
  readonly payload: Readonly<Record<string, any>>
  /** The id, where it is stored as data. */
  toJSON(): string
}

/** The people of the community; programs are not among them. */
interface Members extends Iterable<Member> {
  /** How many there are. */
  readonly count: number
  /** All of them. */
  all(): Member[]
  /** Their ids: cheaper than members where only ids are needed. */
  ids(): MemberId[]
  /**
   * The member of that id or handle, or `null`.
   * @example
   * log(members.get("m1")?.displayName)
   */
  get(name: string): Member | null
  /** Those for whom the function says yes. */
  where(predicate: (member: Member) => boolean): Member[]
  /**
   * Those who hold a role.
   * @example
   * notifyMembers(members.withRole("Steward"), "Please have a look.")
   */
  withRole(role: string | Role): Member[]
  /**
   * Draws `n` of them by lot, less those to avoid, among those with a role. Drawn in ascending order of id from the
   * recorded seed, so that anybody can draw them again.
   * @example
   * ask(members.sample(3, { avoid: action.initiator ?? [] }), { text: "Shall this pass?" })
   */
  sample(n: number, options?: { avoid?: Who; role?: string | Role }): Member[]
}

/** The people of the community. */
declare const members: Members

/** The roles of the community. */
interface Roles extends Iterable<Role> {
  /** How many there are. */
  readonly count: number
  /** All of them. */
  all(): Role[]
  /** The role of that name or id, or `null`. */
  get(name: string): Role | null
  /** Those for which the function says yes. */
  where(predicate: (role: Role) => boolean): Role[]
}

/** The roles of the community. */
declare const roles: Roles

/** The documents in force. */
interface Documents extends Iterable<PolityDocument> {
  /** How many there are. */
  readonly count: number
  /** All of them. */
  all(): PolityDocument[]
  /**
   * The document of that name or id, or `null`.
   * @example
   * if (!documents.get("Code of conduct")) return failed("write a code of conduct first")
   */
  get(name: string): PolityDocument | null
  /** Those for which the function says yes. */
  where(predicate: (document: PolityDocument) => boolean): PolityDocument[]
}

/** The documents in force. */
declare const documents: Documents

/** The policies in force. */
interface Policies extends Iterable<ListedPolicy> {
  /** How many there are. */
  readonly count: number
  /** All of them. */
  all(): ListedPolicy[]
  /** The policy of that name with its functions and data, or `null`. */
  get(name: string): Policy | null
  /**
   * Those for which the function says yes.
   * @example
   * log(policies.where(other => other.enforcement === "shadow").length)
   */
  where(predicate: (policy: ListedPolicy) => boolean): ListedPolicy[]
}

/** The policies in force. */
declare const policies: Policies

/** Which past actions are looked for. A length in `since` counts back from the opening of the proposal. */
interface ActionSearch {
  type?: string
  by?: Member | MemberId
  since?: Length | Moment | Date | string
  limit?: number
}

/** The log of past actions. */
interface Actions {
  /**
   * Past actions, newest first, 100 unless `limit` says otherwise.
   * @example
   * const recent = actions.where({ type: action.type, since: days(7) })
   * if (recent.length > 5) return failed("five a week are enough")
   */
  where(search?: ActionSearch): PastAction[]
  /** How many there are, up to `limit`. */
  count(search?: ActionSearch): number
}

/** The log of past actions. */
declare const actions: Actions

/** The running policy itself: its name, settings and data. Each policy sees its own. */
declare const policy: Policy

// ---------------------------------------------------------------------------------------------------------------------
// Verdicts and time

/** Still open. The same as returning nothing. */
declare const PROPOSED: "PROPOSED"
/** In favour. */
declare const PASSED: "PASSED"
/** Against. */
declare const FAILED: "FAILED"

/**
 * In favour, and why.
 * @example
 * return passed("nobody objected")
 */
declare function passed(reason: string): "PASSED"

/**
 * Against, and why.
 * @example
 * return failed("the quorum was not reached")
 */
declare function failed(reason: string): "FAILED"

/**
 * Still open, and why.
 * @example
 * return proposed("waiting for the second steward")
 */
declare function proposed(reason: string): "PROPOSED"

/** So many seconds. */
declare function seconds(n: number): Length
/** So many minutes. */
declare function minutes(n: number): Length
/** So many hours. */
declare function hours(n: number): Length
/**
 * So many days of 24 hours.
 * @example
 * if (action.proposal.hasElapsed(days(1.5))) return FAILED
 */
declare function days(n: number): Length
/** So many weeks. */
declare function weeks(n: number): Length

/**
 * The moment of this evaluation. Reading it in `filter` or `check` has the policy looked at every minute; `hasElapsed`
 * and `deadline` wake it exactly in time.
 * @example
 * if (action.initiator && now - action.initiator.joinedAt < weeks(1)) return failed("members of a week may propose")
 */
declare const now: Moment

// ---------------------------------------------------------------------------------------------------------------------
// Effects

/**
 * Opens the ballot, or extends it: who may vote, what they choose from, where it is posted, when it closes. A proposal
 * nobody asked about takes yes, no or abstain from every member.
 * @example
 * ask("everyone", {
 *   text: "Where shall we meet?", kind: "ranking", options: ["the park", "the library"],
 *   where: "general", closes: days(3), privacy: "secret", results: "at-close",
 * })
 * @example
 * ask("everyone", { text: "Shall we spend it?", closes: days(3), delegation: true, topic: "budget" })
 */
declare function ask(
  who: Who,
  question?: {
    /** The question, in words. */
    text?: string
    /** What they choose from; `"yes-no"` unless told otherwise. */
    kind?: BallotKind
    /** The options, for the kinds that have them. */
    options?: string[]
    /** A channel or room where the ballot is posted, besides the page. */
    where?: string
    /** The same as `where`. */
    place?: string
    /** When it closes: a length from now, a moment, a `Date`, or text such as `2026-05-01T12:00:00Z`. */
    closes?: Length | Moment | Date | string
    /** Who can see how a member voted. */
    privacy?: "open" | "after-close" | "secret"
    /** When the count can be seen. */
    results?: "always" | "after-ballot" | "at-close"
    /**
     * Whether members who do not vote may have given their voice to somebody who does: `tally` then counts each voter with
     * the voices they carry. A voice goes where its owner's most specific delegation points (topic, action type, platform,
     * role asked, everything) and on from there until somebody has voted; in a circle in which nobody votes it is not cast.
     * Who votes carries their own voice. Not in secret votes. `proposal.yes` and `ballots()` list ballots, not voices.
     */
    delegation?: boolean
    /** What the vote is about, for delegations by topic. */
    topic?: string
  },
): void

/**
 * Reminds those of `who` who have not voted.
 * @example
 * remind("everyone", "One day left to vote.")
 */
declare function remind(who: Who, text: string): void

/**
 * Tells members.
 * @example
 * notifyMembers("Steward", "A newcomer waits.", { ephemeral: true })
 */
declare function notifyMembers(
  who: Who,
  text: string,
  options?: {
    /** Whether only they see it, where the platform can. */
    ephemeral?: boolean
    /** What `announce` returned, to answer that message. */
    thread?: string
  },
): void

/**
 * Posts in a channel or room, and answers with the message's key, so that a later one can be its thread.
 * @example
 * const message = announce("general", "A vote has begun.")
 * announce("general", "It ends on Friday.", { thread: message })
 */
declare function announce(place: string, text: string, options?: { thread?: string }): string

/**
 * Attempts a further action, under its own policies, now or at a moment.
 * @example
 * propose("board.set_topic", { channel: "general", topic: "Welcome" }, { at: days(1) })
 */
declare function propose(type: string, payload?: object, options?: { at?: Length | Moment | Date | string }): void

// ---------------------------------------------------------------------------------------------------------------------
// The outside

/** What came back from a host. */
interface HttpResponse {
  /** The status code; 0 where no answer came. */
  readonly status: number
  /** Whether the status is a success. */
  readonly ok: boolean
  /** The body as text. */
  readonly body: string
  /** Why no answer came, or `null`. */
  readonly error: string | null
  /** The body as JSON, or `null` where it is none. */
  json(): any
}

/** Asks hosts that the policy declares, over https. Each request is made once; a replay sees the same answer. */
interface Http {
  /**
   * Asks with GET.
   * @example
   * const answer = http.get("https://api.example.org/edits?user=ada")
   * if (answer.ok && answer.json().edits > 10) return passed("an experienced editor")
   */
  get(url: string, options?: { headers?: { [name: string]: string } }): HttpResponse
  /**
   * Asks with POST; what is not a text is sent as JSON.
   * @example
   * log(http.post("https://api.example.org/check", { text: "hello" }).status)
   */
  post(url: string, body?: any, options?: { headers?: { [name: string]: string } }): HttpResponse
}

/** Asks hosts that the policy declares. */
declare const http: Http

/**
 * A platform, to ask what it knows of a member. The answer is `null` where it knows nothing.
 * @example
 * const edits = platform("wikipedia").lookup("edit_count", action.initiator ?? "m1")
 * if (edits >= 500) return passed("an experienced editor")
 */
declare function platform(name: string): {
  readonly name: string
  lookup(what: string, member: Member | MemberId): any
}

/** Chance, from the recorded seed: the same evaluation draws the same. `Math.random` is `random.number`. */
interface Random {
  /** From 0 to 1. */
  number(): number
  /** A whole number between the two, both included. */
  integer(least: number, most: number): number
  /** One item of a list; `undefined` where it is empty. */
  pick<Item>(list: readonly Item[]): Item | undefined
  /** The list in another order. */
  shuffle<Item>(list: readonly Item[]): Item[]
  /**
   * `n` different items of a list.
   * @example
   * log(random.sample(["tea", "coffee", "water"], 2))
   */
  sample<Item>(list: readonly Item[], n: number): Item[]
}

/** Chance, from the recorded seed. */
declare const random: Random

/**
 * Notes a line for the policy's author.
 * @example
 * log("so far", action.proposal.yes, { of: members.count })
 */
declare function log(...values: any[]): void

// <generated from the Rust types: UPDATE_EXPECT=1 cargo test -p engine>
/** Post a message. */
interface BoardPostMessage extends ActionBase<"board.post_message"> {
  /** The channel to post in. */
  readonly channel: string
  /** The post it answers, by id. */
  readonly reply_to?: string | null
  /** What is said, at most 10,000 characters. */
  readonly text: string
}

/** Remove a message. */
interface BoardRemoveMessage extends ActionBase<"board.remove_message"> {
  /** The post, by id. */
  readonly post: string
  /** Why. */
  readonly reason?: string | null
}

/** Edit a message. */
interface BoardEditMessage extends ActionBase<"board.edit_message"> {
  /** The post, by id. */
  readonly post: string
  /** The new text. */
  readonly text: string
}

/** Pin a message. */
interface BoardPinMessage extends ActionBase<"board.pin_message"> {
  /** The post, by id. */
  readonly post: string
}

/** Rename a channel. */
interface BoardRenameChannel extends ActionBase<"board.rename_channel"> {
  /** The channel to rename. */
  readonly channel: string
  /** The new name: small letters, digits, hyphens and underscores. */
  readonly name: string
}

/** Set a channel's topic. */
interface BoardSetTopic extends ActionBase<"board.set_topic"> {
  /** The channel. */
  readonly channel: string
  /** The new topic. */
  readonly topic: string
}

/** Create a channel. */
interface BoardCreateChannel extends ActionBase<"board.create_channel"> {
  /** The channel's name: small letters, digits, hyphens and underscores. */
  readonly name: string
  /** What it is for. */
  readonly topic?: string | null
}

/** Archive a channel. */
interface BoardArchiveChannel extends ActionBase<"board.archive_channel"> {
  /** The channel. */
  readonly channel: string
}

/** Join a channel. */
interface BoardJoinChannel extends ActionBase<"board.join_channel"> {
  /** The channel. */
  readonly channel: string
  /** Who joins, by handle; without it the one who proposes. */
  readonly member?: string | null
}

/** Remove somebody from a channel. */
interface BoardRemoveFromChannel extends ActionBase<"board.remove_from_channel"> {
  /** The channel. */
  readonly channel: string
  /** Who is removed, by handle. */
  readonly member: string
}

/** Admit a member. */
interface BoardAdmitMember extends ActionBase<"board.admit_member"> {
  /** The name people will read. */
  readonly display_name?: string | null
  /** The newcomer's handle. */
  readonly handle: string
}

/** Remove a member. */
interface BoardRemoveMember extends ActionBase<"board.remove_member"> {
  /** Who is removed, by handle. */
  readonly member: string
  /** Why. */
  readonly reason?: string | null
}

/** Send a message. */
interface MatrixPostMessage extends ActionBase<"matrix.post_message"> {
  /** The room. */
  readonly room: string
  /** What is said. */
  readonly text: string
}

/** Remove a message. */
interface MatrixRemoveMessage extends ActionBase<"matrix.remove_message"> {
  /** The message's event id. */
  readonly event: string
  /** Why. */
  readonly reason?: string | null
  /** The room. */
  readonly room: string
}

/** Rename a room. */
interface MatrixRenameRoom extends ActionBase<"matrix.rename_room"> {
  /** The new name. */
  readonly name: string
  /** The room. */
  readonly room: string
}

/** Set a room's topic. */
interface MatrixSetTopic extends ActionBase<"matrix.set_topic"> {
  /** The room. */
  readonly room: string
  /** The new topic. */
  readonly topic: string
}

/** Set a room's picture. */
interface MatrixSetAvatar extends ActionBase<"matrix.set_avatar"> {
  /** The room. */
  readonly room: string
  /** The picture's `mxc://` address; empty for none. */
  readonly url: string
}

/** Set who may join a room. */
interface MatrixSetJoinRules extends ActionBase<"matrix.set_join_rules"> {
  /** The room. */
  readonly room: string
  /** `public`, `invite`, `knock` or `restricted`. */
  readonly rule: string
}

/** Invite somebody. */
interface MatrixInvite extends ActionBase<"matrix.invite"> {
  /** The room. */
  readonly room: string
  /** Who is invited. */
  readonly user: string
}

/** Remove somebody from a room. */
interface MatrixKick extends ActionBase<"matrix.kick"> {
  /** Why. */
  readonly reason?: string | null
  /** The room. */
  readonly room: string
  /** Who is removed. */
  readonly user: string
}

/** Ban somebody from a room. */
interface MatrixBan extends ActionBase<"matrix.ban"> {
  /** Why. */
  readonly reason?: string | null
  /** The room. */
  readonly room: string
  /** Who is banned. */
  readonly user: string
}

/** Lift a ban. */
interface MatrixUnban extends ActionBase<"matrix.unban"> {
  /** The room. */
  readonly room: string
  /** Whose ban is lifted. */
  readonly user: string
}

/** Change a power level. */
interface MatrixSetPowerLevel extends ActionBase<"matrix.set_power_level"> {
  /** The new level: 0 member, 50 moderator, 100 administrator. */
  readonly level: number
  /** The room. */
  readonly room: string
  /** Whose power changes. */
  readonly user: string
}

/** Pin messages. */
interface MatrixSetPinned extends ActionBase<"matrix.set_pinned"> {
  /** Event ids of all messages that are to be pinned. */
  readonly events: string[]
  /** The room. */
  readonly room: string
}

/** Send a message. */
interface SlackPostMessage extends ActionBase<"slack.post_message"> {
  /** The channel. */
  readonly channel: string
  /** What is said. */
  readonly text: string
  /** The message that it answers. */
  readonly thread?: string | null
}

/** Delete a message. */
interface SlackDeleteMessage extends ActionBase<"slack.delete_message"> {
  /** The channel. */
  readonly channel: string
  /** The message. */
  readonly message: string
}

/** Rename a channel. */
interface SlackRenameChannel extends ActionBase<"slack.rename_channel"> {
  /** The channel. */
  readonly channel: string
  /** The new name, in lower case and without spaces. */
  readonly name: string
}

/** Set a channel's topic. */
interface SlackSetTopic extends ActionBase<"slack.set_topic"> {
  /** The channel. */
  readonly channel: string
  /** The new topic; empty for none. */
  readonly topic: string
}

/** Set a channel's description. */
interface SlackSetPurpose extends ActionBase<"slack.set_purpose"> {
  /** The channel. */
  readonly channel: string
  /** The new description; empty for none. */
  readonly purpose: string
}

/** Bring somebody into a channel. */
interface SlackInvite extends ActionBase<"slack.invite"> {
  /** The channel. */
  readonly channel: string
  /** Who. */
  readonly user: string
}

/** Remove somebody from a channel. */
interface SlackKick extends ActionBase<"slack.kick"> {
  /** The channel. */
  readonly channel: string
  /** Who. */
  readonly user: string
}

/** Pin a message. */
interface SlackPin extends ActionBase<"slack.pin"> {
  /** The channel. */
  readonly channel: string
  /** The message. */
  readonly message: string
}

/** Unpin a message. */
interface SlackUnpin extends ActionBase<"slack.unpin"> {
  /** The channel. */
  readonly channel: string
  /** The message. */
  readonly message: string
}

/** Create a channel. */
interface SlackCreateChannel extends ActionBase<"slack.create_channel"> {
  /** The name, in lower case and without spaces. */
  readonly name: string
  /** Whether only those who are invited see it. */
  readonly private?: boolean
}

/** Archive a channel. */
interface SlackArchiveChannel extends ActionBase<"slack.archive_channel"> {
  /** The channel. */
  readonly channel: string
}

/** Reopen a channel. */
interface SlackUnarchiveChannel extends ActionBase<"slack.unarchive_channel"> {
  /** The channel. */
  readonly channel: string
}

/** Change a user group. */
interface SlackSetUserGroup extends ActionBase<"slack.set_user_group"> {
  /** The group, such as `S0614TZR7`. */
  readonly group: string
  /** Everybody who is to be in it. */
  readonly users: string[]
}

/** Send a message. */
interface DiscordPostMessage extends ActionBase<"discord.post_message"> {
  /** The channel. */
  readonly channel: string
  /** The message that it answers. */
  readonly reply_to?: string | null
  /** What is said. */
  readonly text: string
}

/** Delete a message. */
interface DiscordDeleteMessage extends ActionBase<"discord.delete_message"> {
  /** The channel. */
  readonly channel: string
  /** The message. */
  readonly message: string
}

/** Pin a message. */
interface DiscordPin extends ActionBase<"discord.pin"> {
  /** The channel. */
  readonly channel: string
  /** The message. */
  readonly message: string
}

/** Unpin a message. */
interface DiscordUnpin extends ActionBase<"discord.unpin"> {
  /** The channel. */
  readonly channel: string
  /** The message. */
  readonly message: string
}

/** Create a channel. */
interface DiscordCreateChannel extends ActionBase<"discord.create_channel"> {
  /** Its name. */
  readonly name: string
}

/** Rename a channel. */
interface DiscordRenameChannel extends ActionBase<"discord.rename_channel"> {
  /** The channel. */
  readonly channel: string
  /** The new name. */
  readonly name: string
}

/** Set a channel's topic. */
interface DiscordSetTopic extends ActionBase<"discord.set_topic"> {
  /** The channel. */
  readonly channel: string
  /** The new topic; empty for none. */
  readonly topic: string
}

/** Delete a channel. */
interface DiscordDeleteChannel extends ActionBase<"discord.delete_channel"> {
  /** The channel. */
  readonly channel: string
}

/** Give a role. */
interface DiscordGrantRole extends ActionBase<"discord.grant_role"> {
  /** The role. */
  readonly role: string
  /** Who. */
  readonly user: string
}

/** Take a role. */
interface DiscordRevokeRole extends ActionBase<"discord.revoke_role"> {
  /** The role. */
  readonly role: string
  /** Who. */
  readonly user: string
}

/** Put somebody in timeout. */
interface DiscordTimeout extends ActionBase<"discord.timeout"> {
  /** Until when, as `2026-11-22T12:00:00Z`; empty to end it. */
  readonly until: string
  /** Who. */
  readonly user: string
}

/** Set a nickname. */
interface DiscordSetNickname extends ActionBase<"discord.set_nickname"> {
  /** The nickname; empty for none. */
  readonly nickname: string
  /** Who. */
  readonly user: string
}

/** Remove somebody from the server. */
interface DiscordKick extends ActionBase<"discord.kick"> {
  /** Who. */
  readonly user: string
}

/** Ban somebody. */
interface DiscordBan extends ActionBase<"discord.ban"> {
  /** Who. */
  readonly user: string
}

/** Lift a ban. */
interface DiscordUnban extends ActionBase<"discord.unban"> {
  /** Whose ban is lifted. */
  readonly user: string
}

/** Open an issue. */
interface GithubOpenIssue extends ActionBase<"github.open_issue"> {
  /** The text. */
  readonly body?: string
  /** The repository. */
  readonly repository: string
  /** The title. */
  readonly title: string
}

/** Close an issue. */
interface GithubCloseIssue extends ActionBase<"github.close_issue"> {
  /** Its number. */
  readonly issue: number
  /** The repository. */
  readonly repository: string
}

/** Reopen an issue. */
interface GithubReopenIssue extends ActionBase<"github.reopen_issue"> {
  /** Its number. */
  readonly issue: number
  /** The repository. */
  readonly repository: string
}

/** Edit an issue. */
interface GithubEditIssue extends ActionBase<"github.edit_issue"> {
  /** The new text. */
  readonly body: string
  /** Its number. */
  readonly issue: number
  /** The repository. */
  readonly repository: string
  /** The new title. */
  readonly title: string
}

/** Comment. */
interface GithubComment extends ActionBase<"github.comment"> {
  /** The number of the issue or pull request. */
  readonly issue: number
  /** The repository. */
  readonly repository: string
  /** What is said. */
  readonly text: string
}

/** Label an issue. */
interface GithubAddLabel extends ActionBase<"github.add_label"> {
  /** Its number. */
  readonly issue: number
  /** The repository. */
  readonly repository: string
}

/** Remove a label. */
interface GithubRemoveLabel extends ActionBase<"github.remove_label"> {
  /** Its number. */
  readonly issue: number
  /** The repository. */
  readonly repository: string
}

/** Assign somebody. */
interface GithubAssign extends ActionBase<"github.assign"> {
  /** Its number. */
  readonly issue: number
  /** The repository. */
  readonly repository: string
  /** Who, by login. */
  readonly user: string
}

/** Unassign somebody. */
interface GithubUnassign extends ActionBase<"github.unassign"> {
  /** Its number. */
  readonly issue: number
  /** The repository. */
  readonly repository: string
  /** Who, by login. */
  readonly user: string
}

/** Lock a discussion. */
interface GithubLock extends ActionBase<"github.lock"> {
  /** Its number. */
  readonly issue: number
  /** The repository. */
  readonly repository: string
}

/** Unlock a discussion. */
interface GithubUnlock extends ActionBase<"github.unlock"> {
  /** Its number. */
  readonly issue: number
  /** The repository. */
  readonly repository: string
}

/** Merge a pull request. */
interface GithubMerge extends ActionBase<"github.merge"> {
  /** Its number. */
  readonly pull: number
  /** The repository. */
  readonly repository: string
  /** The commit that was agreed to: what is pushed later is not merged by this. */
  readonly sha?: string | null
}

/** Delete a branch. */
interface GithubDeleteBranch extends ActionBase<"github.delete_branch"> {
  /** The branch. */
  readonly branch: string
  /** The repository. */
  readonly repository: string
}

/** Add a collaborator. */
interface GithubAddCollaborator extends ActionBase<"github.add_collaborator"> {
  /** `pull`, `triage`, `push`, `maintain` or `admin`. */
  readonly permission: string
  /** The repository. */
  readonly repository: string
  /** Who, by login. */
  readonly user: string
}

/** Remove a collaborator. */
interface GithubRemoveCollaborator extends ActionBase<"github.remove_collaborator"> {
  /** The repository. */
  readonly repository: string
  /** Who, by login. */
  readonly user: string
}

/** Rename a repository. */
interface GithubRenameRepository extends ActionBase<"github.rename_repository"> {
  /** The new name, without the owner. */
  readonly name: string
  /** The repository, by its present name. */
  readonly repository: string
}

/** Publish a release. */
interface GithubPublishRelease extends ActionBase<"github.publish_release"> {
  /** Its title. */
  readonly name?: string
  /** The repository. */
  readonly repository: string
  /** The tag. */
  readonly tag: string
}

/** Add a document. */
interface ConstitutionAddDocument extends ActionBase<"constitution.add_document"> {
  /** The title. */
  readonly name: string
  /** The text, Markdown. */
  readonly text: string
}

/** Change a document. */
interface ConstitutionChangeDocument extends ActionBase<"constitution.change_document"> {
  /** The document, by title or id. */
  readonly document: string
  /** The new title; without it the title stays. */
  readonly name?: string | null
  /** The new text, Markdown. */
  readonly text: string
}

/** Delete a document. */
interface ConstitutionDeleteDocument extends ActionBase<"constitution.delete_document"> {
  /** The document, by title or id. */
  readonly document: string
}

/** Recover a document. */
interface ConstitutionRecoverDocument extends ActionBase<"constitution.recover_document"> {
  /** The document, by title or id. */
  readonly document: string
}

/** Add a role. */
interface ConstitutionAddRole extends ActionBase<"constitution.add_role"> {
  /** What the role is for. */
  readonly description?: string
  /** The role's name. */
  readonly name: string
  /** What its members may do. */
  readonly permissions?: ({ action_type: string; right: "view" | "propose" | "execute" })[]
}

/** Edit a role. */
interface ConstitutionEditRole extends ActionBase<"constitution.edit_role"> {
  /** The new description; without it the description stays. */
  readonly description?: string | null
  /** The new name; without it the name stays. */
  readonly name?: string | null
  /** The new rights, all of them; without it the rights stay. */
  readonly permissions?: ({ action_type: string; right: "view" | "propose" | "execute" })[] | null
  /** The role, by name. */
  readonly role: string
}

/** Delete a role. */
interface ConstitutionDeleteRole extends ActionBase<"constitution.delete_role"> {
  /** The role, by name. */
  readonly role: string
}

/** Assign a role. */
interface ConstitutionAssignRole extends ActionBase<"constitution.assign_role"> {
  /** The members, by handle. */
  readonly members: string[]
  /** The role, by name. */
  readonly role: string
}

/** Remove a role from members. */
interface ConstitutionRemoveRole extends ActionBase<"constitution.remove_role"> {
  /** The members, by handle. */
  readonly members: string[]
  /** The role, by name. */
  readonly role: string
}

/** Add a policy. */
interface ConstitutionAddPolicy extends ActionBase<"constitution.add_policy"> {
  /** Action types it governs or reacts to, `platform.*` for a platform, or `*` for all of the layer. */
  readonly action_types?: string[]
  /** What it does, in plain words. */
  readonly description?: string
  /** How far its decisions reach. */
  readonly enforcement?: "off" | "shadow" | "warn" | "enforced"
  /** Scenarios with the outcome that is expected of each. One that fails keeps the policy from coming into force. */
  readonly examples?: any[]
  /** The published policy that it is made from, by id: it is counted as taken over. */
  readonly forked_from?: string | null
  /** Hosts that it may ask over HTTP. */
  readonly http_hosts?: string[]
  /** Governing or reacting. */
  readonly kind?: "governing" | "reacting"
  /** The policy's name. */
  readonly name: string
  /** What happens to an action when the policy breaks. */
  readonly on_error?: "hold" | "deny" | "allow"
  /** What its effects may be; empty for everything but HTTP. */
  readonly powers?: ("execute" | "revert" | "ask" | "notify" | "announce" | "roles" | "propose" | "http")[]
  /** Values of the template's blanks. */
  readonly settings?: any
  /** How long it runs in shadow first, beside the rules in force, and what must not happen meanwhile. */
  readonly shadow?: any
  /** The six functions, JavaScript. */
  readonly source: string
  /** What starts a reacting policy besides its action types: commands, webhooks, a schedule. */
  readonly triggers?: { commands: string[]; every: string | null; webhooks: string[] }
}

/** Add a policy in stages. */
interface ConstitutionAddPolicyBundle extends ActionBase<"constitution.add_policy_bundle"> {
  /** Action types it governs, `platform.*` for a platform, or `*` for all of the layer. */
  readonly action_types: string[]
  /** What it does, in plain words. */
  readonly description?: string
  /** How far its decisions reach. */
  readonly enforcement?: "off" | "shadow" | "warn" | "enforced"
  /** The policy's name. */
  readonly name: string
  /** What happens to an action when a stage breaks. */
  readonly on_error?: "hold" | "deny" | "allow"
  /** The stages in their order, each written out or the name of a policy that is copied as it stands. */
  readonly stages: (string | { description: string; http_hosts: string[]; name: string; powers: ("execute" | "revert" | "ask" | "notify" | "announce" | "roles" | "propose" | "http")[]; settings: any; source: string })[]
}

/** Change a policy. */
interface ConstitutionChangePolicy extends ActionBase<"constitution.change_policy"> {
  /** The new action types. */
  readonly action_types?: string[] | null
  /** What happens to proposals that are open under the old version: they finish under it, begin again with their ballots under the new one, or their voters are asked which (and they finish under the old one unless more say yes). */
  readonly changeover?: "finish_under_old" | "restart" | "ask_voters"
  /** The new description. */
  readonly description?: string | null
  /** The new examples, all of them; those of the version before where they are left out. */
  readonly examples?: any[] | null
  /** The new hosts. */
  readonly http_hosts?: string[] | null
  /** The new name. */
  readonly name?: string | null
  /** The policy, by name or id. */
  readonly policy: string
  /** The new powers. */
  readonly powers?: ("execute" | "revert" | "ask" | "notify" | "announce" | "roles" | "propose" | "http")[] | null
  /** The new settings. */
  readonly settings?: any
  /** How long the new version runs in shadow first, beside the old one, and what must not happen meanwhile. */
  readonly shadow?: any
  /** The new source. */
  readonly source?: string | null
  /** The new stages, for a policy in stages. */
  readonly stages?: (string | { description: string; http_hosts: string[]; name: string; powers: ("execute" | "revert" | "ask" | "notify" | "announce" | "roles" | "propose" | "http")[]; settings: any; source: string })[] | null
  /** What starts it from now on: commands, webhooks, a schedule. */
  readonly triggers?: { commands: string[]; every: string | null; webhooks: string[] } | null
}

/** Begin open votes again under a policy's present version. */
interface ConstitutionRestartProposals extends ActionBase<"constitution.restart_proposals"> {
  /** Only those on this action, by its id; all that are open where it is left out. */
  readonly action?: string | null
  /** Until when, RFC 3339. */
  readonly closes?: string | null
  /** The policy, by name or id. */
  readonly policy: string
  /** What they are asked. */
  readonly question?: string | null
  /** Who is asked, by id, where voters are asked under which version they finish; empty for everybody. */
  readonly voters?: string[]
}

/** Reset a policy that broke. */
interface ConstitutionResetPolicy extends ActionBase<"constitution.reset_policy"> {
  /** The policy, by name or id. */
  readonly policy: string
}

/** Remove a policy. */
interface ConstitutionRemovePolicy extends ActionBase<"constitution.remove_policy"> {
  /** The policy, by name or id. */
  readonly policy: string
}

/** Recover a policy. */
interface ConstitutionRecoverPolicy extends ActionBase<"constitution.recover_policy"> {
  /** The policy, by name or id. */
  readonly policy: string
}

/** Publish a policy. */
interface ConstitutionPublishPolicy extends ActionBase<"constitution.publish_policy"> {
  /** Whether this community is named as its author. */
  readonly credit?: boolean
  /** What others may do with it, as an SPDX licence such as `CC0-1.0` or `MIT`; `CC0-1.0` where it says nothing. */
  readonly licence?: string | null
  /** How it has worked here, in a few words. */
  readonly note?: string
  /** The policy, by name or id. */
  readonly policy: string
}

/** Withdraw a published policy. */
interface ConstitutionWithdrawPublication extends ActionBase<"constitution.withdraw_publication"> {
  /** What was published, by id. */
  readonly publication: string
}

/** Reorder policies. */
interface ConstitutionReorderPolicies extends ActionBase<"constitution.reorder_policies"> {
  /** All policies of one layer by name or id, first asked first. */
  readonly policies: string[]
}

/** Set a policy's enforcement. */
interface ConstitutionSetEnforcement extends ActionBase<"constitution.set_enforcement"> {
  /** How far its decisions reach. */
  readonly enforcement: "off" | "shadow" | "warn" | "enforced"
  /** The policy, by name or id. */
  readonly policy: string
}

/** Set what happens when a policy breaks. */
interface ConstitutionSetOnError extends ActionBase<"constitution.set_on_error"> {
  /** What happens. */
  readonly on_error: "hold" | "deny" | "allow"
  /** The policy, by name or id. */
  readonly policy: string
}

/** Set how policies combine. */
interface ConstitutionSetCombining extends ActionBase<"constitution.set_combining"> {
  /** The algorithm. */
  readonly combining: "deny-overrides" | "first-applicable" | "permit-overrides"
}

/** Change the community's profile. */
interface ConstitutionSetProfile extends ActionBase<"constitution.set_profile"> {
  /** What it is, in a sentence or two. */
  readonly description?: string
  /** The community's name. */
  readonly name: string
  /** The time zone of its schedules, such as `Europe/Berlin`; without it the zone stays. `UTC` where nobody ever said. */
  readonly time_zone?: string | null
  /** Who may look: `public` for everybody, `members` for members; without it that stays. */
  readonly visibility?: "public" | "members" | null
}

/** Connect a platform. */
interface ConstitutionAddConnection extends ActionBase<"constitution.add_connection"> {
  /** What is governed there: for Matrix `{"rooms": ["!id", …]}`. */
  readonly config?: any
  /** The platform, such as `matrix`. */
  readonly platform: string
}

/** Disconnect a platform. */
interface ConstitutionRemoveConnection extends ActionBase<"constitution.remove_connection"> {
  /** The platform, such as `matrix`. */
  readonly platform: string
}

/** Apply a starter kit. */
interface ConstitutionApplyStarterKit extends ActionBase<"constitution.apply_starter_kit"> {
  /** The kit's name. */
  readonly kit: string
  /** Values of its blanks. */
  readonly settings?: any
}

/** Hold an election about the government. */
interface ConstitutionElection extends ActionBase<"constitution.election"> {
  /** The candidates. With open nominations there may be none yet. */
  readonly actions: ({ label: string | null; nominee: string | null; payload: any; statement: string | null; type: string })[]
  /** Whether further candidates may be named until the vote opens. */
  readonly nominations?: "open" | "closed"
  /** Whether “None of these” stands on the ballot. */
  readonly none_of_these?: boolean
  /** When the vote opens, RFC 3339; at once where it is left out. */
  readonly opens_at?: string | null
  /** How many may win; 1 where it is left out. */
  readonly seats?: number | null
  /** What is chosen, in a sentence. */
  readonly title: string
}

/** Combine changes of the government. */
interface ConstitutionCombination extends ActionBase<"constitution.combination"> {
  /** The actions, in the order in which they are carried out. */
  readonly actions: ({ label: string | null; nominee: string | null; payload: any; statement: string | null; type: string })[]
  /** When the vote opens, RFC 3339; at once where it is left out. */
  readonly opens_at?: string | null
  /** What is done, in a sentence. */
  readonly title: string
}

/** Name a candidate for a change of the government. */
interface ConstitutionNominate extends ActionBase<"constitution.nominate"> {
  /** The candidate. */
  readonly candidate: { label: string | null; nominee: string | null; payload: any; statement: string | null; type: string }
  /** The election, by the id of its action. */
  readonly election: string
}

/** Hold an election. */
interface PlatformElection extends ActionBase<"platform.election"> {
  /** The candidates. With open nominations there may be none yet. */
  readonly actions: ({ label: string | null; nominee: string | null; payload: any; statement: string | null; type: string })[]
  /** Whether further candidates may be named until the vote opens. */
  readonly nominations?: "open" | "closed"
  /** Whether “None of these” stands on the ballot. */
  readonly none_of_these?: boolean
  /** When the vote opens, RFC 3339; at once where it is left out. */
  readonly opens_at?: string | null
  /** How many may win; 1 where it is left out. */
  readonly seats?: number | null
  /** What is chosen, in a sentence. */
  readonly title: string
}

/** Combine actions. */
interface PlatformCombination extends ActionBase<"platform.combination"> {
  /** The actions, in the order in which they are carried out; what cannot be undone goes last. */
  readonly actions: ({ label: string | null; nominee: string | null; payload: any; statement: string | null; type: string })[]
  /** When the vote opens, RFC 3339; at once where it is left out. */
  readonly opens_at?: string | null
  /** What is done, in a sentence. */
  readonly title: string
}

/** Name a candidate. */
interface PlatformNominate extends ActionBase<"platform.nominate"> {
  /** The candidate. */
  readonly candidate: { label: string | null; nominee: string | null; payload: any; statement: string | null; type: string }
  /** The election, by the id of its action. */
  readonly election: string
}

/** Set the safeguards. */
interface ConstitutionSetSafeguards extends ActionBase<"constitution.set_safeguards"> {
  /** How long actions wait after they have passed. */
  readonly cooling_off?: ({ action_types: string; hours: number })[] | null
  /** Says openly that a guardian's power is to last longer than it was given; without it that is refused. */
  readonly extends_guardian?: boolean
  /** Roles that may do so for a time only. */
  readonly guardians?: ({ action_types: string; hours: number; role: string; until: string })[] | null
  /** Who may stop them meanwhile, with a public reason. */
  readonly veto?: ({ action_types: string; hours: number; role: string })[] | null
}

/** Set a policy's last day. */
interface ConstitutionSetSunset extends ActionBase<"constitution.set_sunset"> {
  /** When it is switched off; without it, it goes on. */
  readonly at?: string | null
  /** The policy, by name or id. */
  readonly policy: string
}

/** Add a mode. */
interface ConstitutionAddMode extends ActionBase<"constitution.add_mode"> {
  /** On only while this holds. */
  readonly condition?: { members_at_least: number | null; members_below: number | null; role_held: string | null; role_vacant: string | null } | null
  /** On from this moment; without it from the beginning. */
  readonly from?: string | null
  /** Its name. */
  readonly name: string
  /** Its policies, by name or id. */
  readonly policies: string[]
  /** On until this moment; without it for good. */
  readonly until?: string | null
}

/** Remove a mode. */
interface ConstitutionRemoveMode extends ActionBase<"constitution.remove_mode"> {
  /** The mode, by name. */
  readonly name: string
}

/** Switch a mode. */
interface ConstitutionSwitchMode extends ActionBase<"constitution.switch_mode"> {
  /** The mode, by name. */
  readonly name: string
  /** `on`, `off`, or `auto` for what its dates and condition say. */
  readonly to: "auto" | "on" | "off"
}

/** Add a webhook. */
interface ConstitutionAddWebhook extends ActionBase<"constitution.add_webhook"> {
  /** Its name, by which reacting policies know it. */
  readonly name: string
}

/** Replace a webhook's secret. */
interface ConstitutionRotateWebhook extends ActionBase<"constitution.rotate_webhook"> {
  /** The webhook, by name. */
  readonly name: string
}

/** Remove a webhook. */
interface ConstitutionRemoveWebhook extends ActionBase<"constitution.remove_webhook"> {
  /** The webhook, by name. */
  readonly name: string
}

/** Stop a recurring action. */
interface ConstitutionStopRecurring extends ActionBase<"constitution.stop_recurring"> {
  /** The recurring action, by id. */
  readonly recurring: string
}

/** Roll the constitution back. */
interface ConstitutionRollBack extends ActionBase<"constitution.roll_back"> {
  /** The entry of the record, by number; the state after the decision that it belongs to. */
  readonly to_seq: number
}

/** Restart the government from a kit. */
interface ConstitutionRestartFromKit extends ActionBase<"constitution.restart_from_kit"> {
  /** The kit's name. */
  readonly kit: string
  /** Values of its blanks. */
  readonly settings?: any
}

/** Something was carried out. */
interface TriggerCarriedOut extends ActionBase<"trigger.carried_out"> {
  /** The action that was carried out. */
  readonly cause: { id: string; initiator: string | null; payload: any; receipt: any; type: string }
}

/** A command was typed. */
interface TriggerCommand extends ActionBase<"trigger.command"> {
  /** The message. */
  readonly cause: { id: string; initiator: string | null; payload: any; receipt: any; type: string }
  /** The channel or room where it was typed. */
  readonly channel?: string | null
  /** The command, without `/` or `!`, in small letters. */
  readonly command: string
  /** What stands behind it. */
  readonly text: string
}

/** A webhook was called. */
interface TriggerWebhook extends ActionBase<"trigger.webhook"> {
  /** What was sent, JSON. The fields of an object stand in `action.data` as well. */
  readonly body: any
  /** What tells this delivery from others. */
  readonly delivery: string
  /** The webhook's name. */
  readonly webhook: string
}

/** A time came round. */
interface TriggerSchedule extends ActionBase<"trigger.schedule"> {
  /** The time that came round, RFC 3339 in UTC. A late service answers late, and to each time once. */
  readonly due: string
  /** The schedule, such as `day at 09:00`. */
  readonly every: string
  /** The time zone in which the schedule is read. */
  readonly time_zone: string
}

/** An action of any type: test `action.type` to know its fields. */
type Action =
  | BoardPostMessage
  | BoardRemoveMessage
  | BoardEditMessage
  | BoardPinMessage
  | BoardRenameChannel
  | BoardSetTopic
  | BoardCreateChannel
  | BoardArchiveChannel
  | BoardJoinChannel
  | BoardRemoveFromChannel
  | BoardAdmitMember
  | BoardRemoveMember
  | MatrixPostMessage
  | MatrixRemoveMessage
  | MatrixRenameRoom
  | MatrixSetTopic
  | MatrixSetAvatar
  | MatrixSetJoinRules
  | MatrixInvite
  | MatrixKick
  | MatrixBan
  | MatrixUnban
  | MatrixSetPowerLevel
  | MatrixSetPinned
  | SlackPostMessage
  | SlackDeleteMessage
  | SlackRenameChannel
  | SlackSetTopic
  | SlackSetPurpose
  | SlackInvite
  | SlackKick
  | SlackPin
  | SlackUnpin
  | SlackCreateChannel
  | SlackArchiveChannel
  | SlackUnarchiveChannel
  | SlackSetUserGroup
  | DiscordPostMessage
  | DiscordDeleteMessage
  | DiscordPin
  | DiscordUnpin
  | DiscordCreateChannel
  | DiscordRenameChannel
  | DiscordSetTopic
  | DiscordDeleteChannel
  | DiscordGrantRole
  | DiscordRevokeRole
  | DiscordTimeout
  | DiscordSetNickname
  | DiscordKick
  | DiscordBan
  | DiscordUnban
  | GithubOpenIssue
  | GithubCloseIssue
  | GithubReopenIssue
  | GithubEditIssue
  | GithubComment
  | GithubAddLabel
  | GithubRemoveLabel
  | GithubAssign
  | GithubUnassign
  | GithubLock
  | GithubUnlock
  | GithubMerge
  | GithubDeleteBranch
  | GithubAddCollaborator
  | GithubRemoveCollaborator
  | GithubRenameRepository
  | GithubPublishRelease
  | ConstitutionAddDocument
  | ConstitutionChangeDocument
  | ConstitutionDeleteDocument
  | ConstitutionRecoverDocument
  | ConstitutionAddRole
  | ConstitutionEditRole
  | ConstitutionDeleteRole
  | ConstitutionAssignRole
  | ConstitutionRemoveRole
  | ConstitutionAddPolicy
  | ConstitutionAddPolicyBundle
  | ConstitutionChangePolicy
  | ConstitutionRestartProposals
  | ConstitutionResetPolicy
  | ConstitutionRemovePolicy
  | ConstitutionRecoverPolicy
  | ConstitutionPublishPolicy
  | ConstitutionWithdrawPublication
  | ConstitutionReorderPolicies
  | ConstitutionSetEnforcement
  | ConstitutionSetOnError
  | ConstitutionSetCombining
  | ConstitutionSetProfile
  | ConstitutionAddConnection
  | ConstitutionRemoveConnection
  | ConstitutionApplyStarterKit
  | ConstitutionElection
  | ConstitutionCombination
  | ConstitutionNominate
  | PlatformElection
  | PlatformCombination
  | PlatformNominate
  | ConstitutionSetSafeguards
  | ConstitutionSetSunset
  | ConstitutionAddMode
  | ConstitutionRemoveMode
  | ConstitutionSwitchMode
  | ConstitutionAddWebhook
  | ConstitutionRotateWebhook
  | ConstitutionRemoveWebhook
  | ConstitutionStopRecurring
  | ConstitutionRollBack
  | ConstitutionRestartFromKit
  | TriggerCarriedOut
  | TriggerCommand
  | TriggerWebhook
  | TriggerSchedule
// </generated>
