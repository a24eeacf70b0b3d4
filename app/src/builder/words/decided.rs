//! *Decide by*, in plain words.

use super::count;
use crate::builder::blanks::{Threshold, Turnout};
use crate::builder::decide::{
    Approvals, Ballot, Candidates, Consent, CoolOff, Decide, Election, Jury, LazyConsensus, Method, Of, OnePerson,
    Privacy, Results, Vote, Voters,
};

/// How it is decided.
#[must_use]
pub fn decide(decide: &Decide) -> String {
    match decide {
        Decide::AtOnce(_) => "it passes at once.".to_owned(),
        Decide::Refuse(reason) => format!("it is refused at once, because “{}”.", reason.reason),
        Decide::Nobody(_) => "nobody is asked, and this policy carries nothing out: it only watches.".to_owned(),
        Decide::Vote(each) => vote(each),
        Decide::Jury(each) => jury(each),
        Decide::Consent(each) => consent(each),
        Decide::LazyConsensus(each) => lazy(each),
        Decide::Approvals(each) => approvals(each),
        Decide::OnePerson(each) => one(each),
        Decide::Election(each) => election(each),
        Decide::CoolOff(each) => cool(each),
    }
}

fn vote(vote: &Vote) -> String {
    let of = match vote.of {
        Of::Sides => "of those who say yes or no",
        Of::Cast => "of all ballots",
        Of::Eligible => "of all who may vote",
    };
    let quorum = vote.quorum.as_ref().map_or_else(String::new, |quorum| format!(", and {} take part", turnout(quorum)));
    let tie = if vote.threshold.is_strict && vote.threshold.share.is_half() { "; a tie fails" } else { "" };
    let early = if vote.closes_early { ", less when no ballot to come can change it" } else { "" };
    let remind = vote
        .remind_after
        .map_or_else(String::new, |after| format!(" After {after}, those who have not voted are reminded."));
    format!(
        "{} may vote yes, no or abstain. It passes when {} {of} say yes{quorum}{tie}. The vote is open for {}{early}.{remind}{}",
        voters(&vote.voters),
        threshold(&vote.threshold),
        vote.at_most,
        ballot(&vote.ballot)
    )
}

fn jury(jury: &Jury) -> String {
    let from = if jury.from_role.is_empty() { String::new() } else { format!(" with the role {}", jury.from_role) };
    format!(
        "{}{from} are drawn by lot, never the one who proposed it. It passes as soon as {} of them say yes, and fails when that can no longer be or {} have passed.{}",
        count(jury.size, "member"),
        jury.yes,
        jury.at_most,
        ballot(&jury.ballot)
    )
}

fn consent(consent: &Consent) -> String {
    let bears = match consent.objections {
        0 => "nobody objects".to_owned(),
        n => format!("no more than {n} object"),
    };
    let quorum =
        consent.quorum.as_ref().map_or_else(String::new, |quorum| format!(", and {} take part", turnout(quorum)));
    format!(
        "{} may agree, stand aside or object. After {} it passes when {bears} and at least one agrees{quorum}; sooner when all have answered so.{}",
        voters(&consent.voters),
        consent.at_most,
        ballot(&consent.ballot)
    )
}

fn lazy(lazy: &LazyConsensus) -> String {
    let objects = match lazy.objections {
        1 => "somebody objects".to_owned(),
        n => format!("{n} object"),
    };
    format!(
        "{} may object. It fails as soon as {objects}, and passes when {} have gone by without: silence is consent.{}",
        voters(&lazy.voters),
        lazy.wait,
        ballot(&lazy.ballot)
    )
}

fn approvals(approvals: &Approvals) -> String {
    let other = if approvals.proposer_counts { "" } else { " other than whoever proposed it" };
    let no = if approvals.no_ends { " One no ends it." } else { "" };
    let late = approvals.at_most.map_or_else(String::new, |length| format!(" It fails after {length}."));
    format!(
        "it passes as soon as {} with the role {}{other} have said yes.{no}{late} It fails where fewer hold the role.{}",
        count(approvals.needed, "member"),
        approvals.role,
        ballot(&approvals.ballot)
    )
}

fn one(one: &OnePerson) -> String {
    let own = if one.own_passes {
        format!("what somebody with the role {} proposes passes at once; anything else waits for their word", one.role)
    } else {
        format!("it waits for the word of somebody with the role {}", one.role)
    };
    let late = one.at_most.map_or_else(String::new, |length| format!(" It fails after {length}."));
    format!("{own}: yes passes, no fails.{late} It fails where nobody holds the role.")
}

fn election(election: &Election) -> String {
    let who = match &election.candidates {
        Candidates::NamedIn(field) => format!("the {} that it names", field.replace('_', " ")),
        Candidates::Listed(list) => super::and(list),
    };
    let method = match election.method {
        Method::Plurality => "each voter chooses one, and most votes win",
        Method::Approval => "each voter approves of any number, and most approvals win",
        Method::Ranked => "each voter ranks them, and the weakest is dropped until one has more than half",
        Method::Schulze => "each voter ranks them, and whoever beats every other one to one wins (Schulze)",
        Method::Stv => "each voter ranks them, and seats are filled in proportion (STV)",
        Method::Borda => "each voter ranks them, and points by place are added (Borda)",
    };
    let seats =
        if election.seats == 1 { "one is elected".to_owned() } else { format!("{} are elected", election.seats) };
    let none = if election.none_of_these { ", with “none of these” on the ballot" } else { "" };
    let quorum = election
        .quorum
        .as_ref()
        .map_or_else(String::new, |quorum| format!(" It counts only if {} take part.", turnout(quorum)));
    format!(
        "{} choose among {who}{none}: {method}; {seats}. The vote is open for {}. A tie that the method leaves is settled by a lot that anybody can check.{quorum}{}",
        voters(&election.voters),
        election.at_most,
        ballot(&election.ballot)
    )
}

fn cool(cool: &CoolOff) -> String {
    let veto = if cool.veto.is_empty() {
        String::new()
    } else {
        format!(", unless somebody with the role {} vetoes it", cool.veto)
    };
    format!("it waits for {} and then passes{veto}.", cool.wait)
}

fn voters(voters: &Voters) -> String {
    let who =
        if voters.role.is_empty() { "members".to_owned() } else { format!("members with the role {}", voters.role) };
    if voters.except_proposer { format!("{who} other than whoever proposed it") } else { format!("all {who}") }
}

fn threshold(threshold: &Threshold) -> String {
    match (threshold.is_strict, threshold.share.is_half(), threshold.share.is_all()) {
        (true, true, _) => "more than half".to_owned(),
        (_, _, true) => "all".to_owned(),
        (true, ..) => format!("more than {}", threshold.share),
        (false, ..) => format!("at least {}", threshold.share),
    }
}

fn turnout(turnout: &Turnout) -> String {
    match turnout {
        Turnout::Count(n) => format!("at least {n}"),
        Turnout::Share(share) => format!("at least {share} of those who may"),
    }
}

fn ballot(ballot: &Ballot) -> String {
    let mut text = String::new();
    if !ballot.question.is_empty() {
        text.push_str(&format!(" The question is “{}”.", ballot.question));
    }
    if !ballot.place.is_empty() {
        text.push_str(&format!(" The ballot is also posted in #{}.", ballot.place.trim_start_matches('#')));
    }
    text.push_str(match ballot.privacy {
        Privacy::Open => "",
        Privacy::AfterClose => " Who voted how is shown to members after the end.",
        Privacy::Secret => " Ballots are secret.",
    });
    text.push_str(match ballot.results {
        Results::Always => "",
        Results::AfterBallot => " The count is shown to those who have voted.",
        Results::AtClose => " The count is shown at the end.",
    });
    text
}
