use store::ballots::{BallotKey, Cast, CastBallot, SecretCast};
use types::BallotValue::{No, Yes};
use types::{MemberId, ProposalId};

use crate::fixture::{at, found, on_both, propose};

fn cast(proposal: ProposalId, member: MemberId, value: types::BallotValue, seconds: i64) -> CastBallot {
    CastBallot {
        proposal,
        member,
        value,
        reason: Some("because".to_owned()),
        at: at(seconds),
        event: Some(format!("$reaction {member}")),
    }
}

on_both!(the_last_ballot_cast_counts, |store| {
    let town = found(&store, "fern-valley").await;
    let (_, proposal) = propose(&store, &town).await;
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    assert_eq!(here.cast_ballot(&cast(proposal.id, town.ben, Yes, 20)).await.unwrap(), Cast::First);
    assert_eq!(here.cast_ballot(&cast(proposal.id, town.ada, Yes, 21)).await.unwrap(), Cast::First);
    assert_eq!(here.cast_ballot(&cast(proposal.id, town.ada, No, 22)).await.unwrap(), Cast::Changed(Yes));
    assert_eq!(here.cast_ballot(&cast(proposal.id, town.ada, Yes, 15)).await.unwrap(), Cast::Stale);
    tx.commit().await.unwrap();
    let ballots = store.community(town.id).ballots(proposal.id).await.unwrap();
    let seen: Vec<_> = ballots.iter().map(|b| (b.member.unwrap(), b.value.clone(), b.cast_at)).collect();
    assert_eq!(seen, [(town.ben, Yes, at(20)), (town.ada, No, at(22))], "oldest first");
    assert_eq!(ballots[0].reason.as_deref(), Some("because"));

    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    let event = format!("$reaction {}", town.ben);
    assert_eq!(here.withdraw_ballot_of_event(&event).await.unwrap(), Some((proposal.id, town.ben)));
    assert_eq!(here.withdraw_ballot_of_event(&event).await.unwrap(), None);
    assert_eq!(here.withdraw_ballot(proposal.id, town.ada).await.unwrap(), Some(No));
    tx.commit().await.unwrap();
    assert!(store.system().load_ballots(&[proposal.id]).await.unwrap().is_empty());
});

on_both!(a_secret_ballot_has_no_voter, |store| {
    let town = found(&store, "fern-valley").await;
    let (_, proposal) = propose(&store, &town).await;
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    assert!(here.cast_secret_ballot(proposal.id, town.ada, &Yes).await.is_err(), "no secret vote yet");
    here.open_secret_vote(proposal.id, &BallotKey([9; 32])).await.unwrap();
    here.open_secret_vote(proposal.id, &BallotKey([1; 32])).await.unwrap();
    assert_eq!(here.cast_secret_ballot(proposal.id, town.ada, &Yes).await.unwrap(), SecretCast::Counted);
    assert_eq!(here.cast_secret_ballot(proposal.id, town.ben, &Yes).await.unwrap(), SecretCast::Counted);
    assert_eq!(here.cast_secret_ballot(proposal.id, town.cleo, &No).await.unwrap(), SecretCast::Counted);
    assert_eq!(here.cast_secret_ballot(proposal.id, town.cleo, &Yes).await.unwrap(), SecretCast::AlreadyVoted);
    tx.commit().await.unwrap();
    let here = store.community(town.id);
    let ballots = here.ballots(proposal.id).await.unwrap();
    assert_eq!(ballots.len(), 3);
    assert!(ballots.iter().all(|ballot| ballot.member.is_none() && ballot.reason.is_none()));
    assert_eq!(ballots.iter().filter(|ballot| ballot.value == Yes).count(), 2);
    assert_eq!(here.voted_on(town.ada, &[proposal.id]).await.unwrap(), [proposal.id]);
    assert!(here.ballot(proposal.id, town.ada).await.unwrap().is_none());

    let tx = store.begin().await.unwrap();
    tx.community(town.id).seal_secret_vote(proposal.id).await.unwrap();
    assert!(tx.community(town.id).cast_secret_ballot(proposal.id, town.ada, &Yes).await.is_err());
    tx.commit().await.unwrap();
    assert!(here.voted_on(town.ada, &[proposal.id]).await.unwrap().is_empty(), "nobody can tell any more");
    assert_eq!(here.ballots(proposal.id).await.unwrap().len(), 3, "and the count stays");
});

on_both!(a_vote_may_start_again_and_nothing_of_it_is_lost, |store| {
    let town = found(&store, "fern-valley").await;
    let (_, proposal) = propose(&store, &town).await;
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    here.cast_ballot(&cast(proposal.id, town.ben, Yes, 20)).await.unwrap();
    assert_eq!(here.clear_ballots(&[proposal.id], at(30)).await.unwrap(), 1);
    assert!(here.ballots(proposal.id).await.unwrap().is_empty());
    let kept = here.cleared_ballots(proposal.id).await.unwrap();
    assert_eq!(kept.iter().map(|ballot| (ballot.member, &ballot.value)).collect::<Vec<_>>(), [(Some(town.ben), &Yes)]);
    here.cast_ballot(&cast(proposal.id, town.ben, No, 40)).await.unwrap();
    assert_eq!(here.ballots(proposal.id).await.unwrap().len(), 1, "and who had voted votes again");
    tx.commit().await.unwrap();
});

on_both!(a_secret_vote_that_starts_again_keeps_its_count_and_names_nobody, |store| {
    let town = found(&store, "fern-valley").await;
    let (_, proposal) = propose(&store, &town).await;
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    here.open_secret_vote(proposal.id, &BallotKey([7; 32])).await.unwrap();
    for member in [town.ada, town.ben] {
        assert_eq!(here.cast_secret_ballot(proposal.id, member, &Yes).await.unwrap(), SecretCast::Counted);
    }
    here.clear_ballots(&[proposal.id], at(30)).await.unwrap();
    assert!(here.ballots(proposal.id).await.unwrap().is_empty());
    let kept = here.cleared_ballots(proposal.id).await.unwrap();
    assert!(kept.len() == 2 && kept.iter().all(|ballot| ballot.member.is_none()), "{kept:?}");
    assert_eq!(here.cast_secret_ballot(proposal.id, town.ada, &Yes).await.unwrap(), SecretCast::Counted);
    tx.commit().await.unwrap();
});
