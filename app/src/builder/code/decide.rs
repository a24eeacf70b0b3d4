//! The code of *decide by*: `initialize` and `check`.

use super::js;
use crate::builder::blanks::{Length, Turnout};
use crate::builder::decide::{
    Approvals, Ballot, Candidates, Consent, CoolOff, Decide, Election, Jury, LazyConsensus, Of, OnePerson, Privacy,
    Results, Vote, Voters,
};

/// What the option is called that elects nobody.
pub const NONE_OF_THESE: &str = "none of these";

/// The functions of one rule.
pub fn code(decide: &Decide, suffix: &str) -> String {
    let (before, initialize, check) = match decide {
        Decide::AtOnce(reason) if reason.reason.is_empty() => {
            (String::new(), String::new(), "  return PASSED\n".into())
        }
        Decide::AtOnce(reason) => {
            (String::new(), String::new(), format!("  return passed({})\n", js::string(&reason.reason)))
        }
        Decide::Refuse(reason) => {
            (String::new(), String::new(), format!("  return failed({})\n", js::string(&reason.reason)))
        }
        Decide::Nobody(_) => (String::new(), String::new(), "  return passed(\"nobody was asked\")\n".into()),
        Decide::Vote(vote) => (String::new(), vote_opens(vote), vote_decides(vote)),
        Decide::Jury(jury) => (String::new(), jury_opens(jury), jury_decides(jury)),
        Decide::Consent(consent) => (String::new(), consent_opens(consent), consent_decides(consent)),
        Decide::LazyConsensus(lazy) => (String::new(), lazy_opens(lazy), lazy_decides(lazy)),
        Decide::Approvals(approvals) => approvals_code(approvals, suffix),
        Decide::OnePerson(one) => (String::new(), one_opens(one), one_decides(one)),
        Decide::Election(election) => election_code(election, suffix),
        Decide::CoolOff(cool) => (String::new(), cool_opens(cool), cool_decides(cool)),
    };
    let mut code = before;
    if !initialize.is_empty() || !suffix.is_empty() {
        code.push_str(&format!(
            "/** @type {{InitializeFn}} */\nfunction initialize{suffix}(action) {{\n{initialize}}}\n\n"
        ));
    }
    code.push_str(&format!("/** @type {{CheckFn}} */\nfunction check{suffix}(action) {{\n{check}}}\n"));
    code
}

/// The expression for those who vote; nothing for everyone.
fn electorate(voters: &Voters) -> Option<String> {
    let role = &voters.role;
    match (role.is_empty(), voters.except_proposer) {
        (true, false) => None,
        (true, true) => Some("members.ids().filter(id => id !== action.initiator?.id)".to_owned()),
        (false, false) => Some(format!("roles.get({})?.members ?? []", js::string(role))),
        (false, true) => Some(format!(
            "(roles.get({})?.members ?? []).filter(member => member.id !== action.initiator?.id)",
            js::string(role)
        )),
    }
}

/// `ask(…)` for these voters, not at all where there are none.
fn ask(voters: &Voters, question: &str) -> String {
    match electorate(voters) {
        None => format!("  ask(\"everyone\", {question})\n"),
        Some(who) => format!("  const voters = {who}\n  if (voters.length > 0) ask(voters, {question})\n"),
    }
}

/// The lines that come first in `check` where it could be that nobody was asked.
fn unless_nobody_was_asked(voters: &Voters) -> String {
    let why = match (voters.role.as_str(), voters.except_proposer) {
        ("", false) => return String::new(),
        ("", true) => "there is nobody else to ask".to_owned(),
        (role, false) => format!("nobody holds the role {role}"),
        (role, true) => format!("nobody else holds the role {role}"),
    };
    format!("  if (action.proposal.closesAt === null) return failed({})\n\n", js::string(&why))
}

/// The second argument of `ask`.
fn question(usual: &str, ballot: &Ballot, kind: &str, closes: Option<Length>) -> String {
    let text = if ballot.question.is_empty() { usual } else { &ballot.question };
    let mut lines = vec![format!("text: {}", js::message(text))];
    if !kind.is_empty() {
        lines.push(format!("kind: {}", js::string(kind)));
    }
    if matches!(kind, "choice" | "approval" | "ranking") {
        lines.push("options: names".to_owned());
    }
    lines.extend(closes.map(|length| format!("closes: action.proposal.deadline({})", length.code())));
    if !ballot.place.is_empty() {
        lines.push(format!("where: {}", js::string(ballot.place.trim_start_matches('#'))));
    }
    match ballot.privacy {
        Privacy::Open => {}
        Privacy::AfterClose => lines.push("privacy: \"after-close\"".to_owned()),
        Privacy::Secret => lines.push("privacy: \"secret\"".to_owned()),
    }
    match ballot.results {
        Results::Always => {}
        Results::AfterBallot => lines.push("results: \"after-ballot\"".to_owned()),
        Results::AtClose => lines.push("results: \"at-close\"".to_owned()),
    }
    format!("{{\n    {},\n  }}", lines.join(",\n    "))
}

fn turnout(turnout: &Turnout) -> String {
    match turnout {
        Turnout::Count(n) => n.to_string(),
        Turnout::Share(share) => js::string(&share.to_string()),
    }
}

fn options(pairs: &[(&str, String)]) -> String {
    let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    if pairs.is_empty() { String::new() } else { format!(", {{ {} }}", pairs.join(", ")) }
}

fn vote_opens(vote: &Vote) -> String {
    ask(&vote.voters, &question("Shall this pass?", &vote.ballot, "", Some(vote.at_most)))
}

fn vote_decides(vote: &Vote) -> String {
    let mut pairs: Vec<(&str, String)> = Vec::new();
    pairs.extend(vote.quorum.as_ref().map(|quorum| ("quorum", turnout(quorum))));
    pairs.push(("threshold", js::string(&vote.threshold.to_string())));
    if vote.of != Of::Sides {
        pairs.push(("of", js::string(vote.of.word())));
    }
    // Where everybody may vote, the count must be told how many those are to know that it is settled.
    if vote.closes_early && electorate(&vote.voters).is_none() {
        pairs.push(("eligible", "members.count".to_owned()));
    }
    let over = format!("action.proposal.hasElapsed({})", vote.at_most.code());
    let is_over = if vote.closes_early { format!("count.settled || {over}") } else { over };
    let settled = if vote.closes_early { "  // Settled: no ballot to come can change it.\n" } else { "" };
    let remind = vote.remind_after.map_or_else(String::new, |after| {
        let who = electorate(&vote.voters).unwrap_or_else(|| "\"everyone\"".to_owned());
        format!(
            "  if (action.proposal.hasElapsed({}) && !action.data.has(own(\"reminded\"))) {{\n    action.data.set(own(\"reminded\"), true)\n    remind({who}, \"A vote is still open, and your ballot is missing.\")\n  }}\n",
            after.code()
        )
    });
    format!(
        "{}  const count = action.proposal.tally(\"yes-no\"{})\n{settled}  if ({is_over}) {{\n    return count.passed ? passed(count.sentence) : failed(count.sentence)\n  }}\n{remind}",
        unless_nobody_was_asked(&vote.voters),
        options(&pairs)
    )
}

fn jury_opens(jury: &Jury) -> String {
    let draw = if jury.from_role.is_empty() {
        format!("members.sample({}, {{ avoid: action.initiator ?? [] }})", jury.size)
    } else {
        let role = js::string(&jury.from_role);
        format!(
            "roles.get({role}) ? members.sample({}, {{ avoid: action.initiator ?? [], role: {role} }}) : []",
            jury.size
        )
    };
    let question = question("You were drawn for the jury: shall this pass?", &jury.ballot, "", Some(jury.at_most));
    format!(
        "  const jury = {draw}\n  action.data.set(own(\"jury\"), jury)\n  if (jury.length > 0) ask(jury, {question})\n"
    )
}

fn jury_decides(jury: &Jury) -> String {
    let (needed, time) = (jury.yes, jury.at_most);
    format!(
        r#"  const jury = action.data.get(own("jury"), [])
  if (jury.length < {needed}) return failed(`only ${{jury.length}} could be drawn, and {needed} must say yes`)

  // Only the jury may vote.
  const {{ yes, no }} = action.proposal
  if (yes >= {needed}) return passed(`${{yes}} of ${{jury.length}} jurors said yes`)
  if (jury.length - no < {needed}) return failed(`${{no}} of ${{jury.length}} jurors said no`)
  if (action.proposal.hasElapsed({})) return failed("the jury did not agree within {time}")
"#,
        time.code()
    )
}

fn consent_opens(consent: &Consent) -> String {
    let question = question("Do you consent?", &consent.ballot, "consent", Some(consent.at_most));
    ask(&consent.voters, &question)
}

fn consent_decides(consent: &Consent) -> String {
    let mut pairs: Vec<(&str, String)> = vec![("objections", consent.objections.to_string())];
    pairs.extend(consent.quorum.as_ref().map(|quorum| ("quorum", turnout(quorum))));
    if electorate(&consent.voters).is_none() {
        pairs.push(("eligible", "members.count".to_owned()));
    }
    format!(
        "{}  const count = action.proposal.tally(\"consent\"{})\n  // An objection can be answered and taken back until the end.\n  if (count.passed && count.settled) return passed(count.sentence)\n  if (action.proposal.hasElapsed({})) {{\n    return count.passed ? passed(count.sentence) : failed(count.sentence)\n  }}\n",
        unless_nobody_was_asked(&consent.voters),
        options(&pairs),
        consent.at_most.code()
    )
}

fn lazy_opens(lazy: &LazyConsensus) -> String {
    let question = question("This passes unless somebody says no. Do you object?", &lazy.ballot, "", Some(lazy.wait));
    ask(&lazy.voters, &question)
}

fn lazy_decides(lazy: &LazyConsensus) -> String {
    let (n, wait) = (lazy.objections, lazy.wait);
    let (refused, silent) = if n == 1 {
        ("\"somebody objected\"".to_owned(), format!("nobody objected within {wait}"))
    } else {
        ("`${objections} objected`".to_owned(), format!("fewer than {n} objected within {wait}"))
    };
    format!(
        "{}  const objections = action.proposal.no\n  if (objections >= {n}) return failed({refused})\n  if (action.proposal.hasElapsed({})) return passed({})\n",
        unless_nobody_was_asked(&lazy.voters),
        wait.code(),
        js::string(&silent)
    )
}

fn approvals_code(approvals: &Approvals, suffix: &str) -> (String, String, String) {
    let needed = approvals.needed;
    let voters = Voters { role: approvals.role.clone(), except_proposer: !approvals.proposer_counts };
    let who = electorate(&voters).unwrap_or_else(|| "[]".to_owned());
    let before = format!("/** Who may approve it. */\nfunction mayApprove{suffix}(action) {{\n  return {who}\n}}\n\n");
    let question = question("Do you approve?", &approvals.ballot, "", approvals.at_most);
    let opens = format!(
        "  const approvers = mayApprove{suffix}(action)\n  if (approvers.length > 0) ask(approvers, {question})\n"
    );
    let refusal = if approvals.no_ends {
        "  const no = action.proposal.ballots({ by: approvers, value: false })[0]\n  if (no) return failed(`${no.member?.displayName ?? \"somebody\"} said no`)\n"
    } else {
        ""
    };
    let late = approvals.at_most.map_or_else(String::new, |length| {
        format!(
            "  if (action.proposal.hasElapsed({})) return failed(`only ${{yes}} of {needed} approvals within {length}`)\n",
            length.code()
        )
    });
    let too_few = format!("fewer than {needed} with the role {} could approve it", approvals.role);
    let decides = format!(
        "  const approvers = mayApprove{suffix}(action)\n  if (approvers.length < {needed}) return failed({})\n\n{refusal}  const yes = action.proposal.ballots({{ by: approvers, value: true }}).length\n  if (yes >= {needed}) return passed(`${{yes}} approved it`)\n{late}",
        js::string(&too_few)
    );
    (before, opens, decides)
}

fn one_opens(one: &OnePerson) -> String {
    let role = js::string(&one.role);
    let own = if one.own_passes { format!("  if (action.initiator?.hasRole({role})) return\n") } else { String::new() };
    let question = question("Shall this pass?", &Ballot::default(), "", one.at_most);
    format!(
        "{own}  const deciders = roles.get({role})?.members ?? []\n  if (deciders.length > 0) ask(deciders, {question})\n"
    )
}

fn one_decides(one: &OnePerson) -> String {
    let role = js::string(&one.role);
    let own = if one.own_passes {
        let why = js::string(&format!("whoever proposed it decides as {}", one.role));
        format!("  if (action.initiator?.hasRole({role})) return passed({why})\n")
    } else {
        String::new()
    };
    let nobody = js::string(&format!("nobody holds the role {}", one.role));
    let late = one.at_most.map_or_else(String::new, |length| {
        format!(
            "  if (action.proposal.hasElapsed({})) return failed(\"nobody decided within {length}\")\n",
            length.code()
        )
    });
    format!(
        r#"{own}  const deciders = roles.get({role})?.members ?? []
  if (deciders.length === 0) return failed({nobody})

  // The last word counts, where several hold the role.
  const word = action.proposal.ballots({{ by: deciders }}).filter(ballot => ballot.value !== "abstain").at(-1)
  if (word?.value === true) return passed(`${{word.member?.displayName ?? "somebody"}} said yes`)
  if (word?.value === false) return failed(`${{word.member?.displayName ?? "somebody"}} said no`)
{late}"#
    )
}

fn election_code(election: &Election, suffix: &str) -> (String, String, String) {
    let stands = match &election.candidates {
        Candidates::NamedIn(field) => {
            format!("[action.payload[{}] ?? []].flat().map(String).filter(name => name !== \"\")", js::string(field))
        }
        Candidates::Listed(list) => js::list(list, "  "),
    };
    let names = format!("[...new Set({stands})]");
    let names = if election.none_of_these {
        format!("[...{names}.filter(name => name !== {none}), {none}]", none = js::string(NONE_OF_THESE))
    } else {
        names
    };
    let mut pairs: Vec<(&str, String)> = Vec::new();
    if election.seats > 1 {
        pairs.push(("seats", election.seats.to_string()));
    }
    pairs.extend(election.quorum.as_ref().map(|quorum| ("quorum", turnout(quorum))));
    if election.none_of_these {
        pairs.push(("none", js::string(NONE_OF_THESE)));
    }
    let before = format!(
        r#"/** Who stands. */
function candidates{suffix}(action) {{
  return {names}
}}

/** What the ballots say so far. */
function countBallots{suffix}(action) {{
  return action.proposal.tally("{method}"{options})
}}

/** Those elected, as members. */
function winners{suffix}(action) {{
  return countBallots{suffix}(action).winners.map(name => members.get(name)).filter(member => member !== null)
}}

"#,
        method = election.method.word(),
        options = options(&pairs)
    );
    let question =
        question("Whom do you choose?", &election.ballot, election.method.ballot_kind(), Some(election.at_most));
    let least = 1 + u32::from(election.none_of_these);
    let stand = format!("  const names = candidates{suffix}(action)\n");
    let opens = match electorate(&election.voters) {
        None => format!("{stand}  if (names.length >= {least}) ask(\"everyone\", {question})\n"),
        Some(who) => format!(
            "{stand}  const voters = {who}\n  if (names.length >= {least} && voters.length > 0) ask(voters, {question})\n"
        ),
    };
    let decides = format!(
        r#"  if (action.proposal.closesAt === null) return failed("nobody stands, or nobody could vote")
  if (!action.proposal.hasElapsed({})) return

  const count = countBallots{suffix}(action)
  return count.passed ? passed(count.sentence) : failed(count.sentence)
"#,
        election.at_most.code()
    );
    (before, opens, decides)
}

fn cool_opens(cool: &CoolOff) -> String {
    if cool.veto.is_empty() {
        return String::new();
    }
    let voters = Voters { role: cool.veto.clone(), except_proposer: false };
    ask(&voters, &question("A no is a veto. Do you veto this?", &Ballot::default(), "", Some(cool.wait)))
}

fn cool_decides(cool: &CoolOff) -> String {
    let veto = if cool.veto.is_empty() {
        String::new()
    } else {
        let role = js::string(&cool.veto);
        format!(
            "  const vetoers = roles.get({role})?.members ?? []\n  const veto = action.proposal.ballots({{ by: vetoers, value: false }})[0]\n  if (veto) return failed(`${{veto.member?.displayName ?? \"somebody\"}} vetoed it`)\n"
        )
    };
    format!(
        "{veto}  if (action.proposal.hasElapsed({})) return passed(\"it has waited {}\")\n",
        cool.wait.code(),
        cool.wait
    )
}
