//! Whether a vote can still pass, and what would turn it, worked out from the votes that are missing.

use app::api::proposal::TallyView;
use types::BallotKind;

use super::scene::Goal;
use super::sentence::counted;

/// What may still become of a vote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// How it would end now.
    pub forecast: String,
    /// What would turn it, or that nothing can.
    pub turns: String,
    /// Whether it would pass now.
    pub passes_now: bool,
}

/// The votes of a yes/no ballot.
#[derive(Clone, Copy)]
struct Votes {
    yes: u64,
    no: u64,
    n_voted: u64,
}

/// What may still become of an open vote whose count may be seen; none where its policy does not say what is needed.
#[must_use]
pub fn bounds(goal: Goal, tally: &TallyView) -> Option<Bounds> {
    let says_what = goal.needed.is_some() || goal.quorum.is_some() || goal.threshold_permille.is_some();
    if tally.kind != BallotKind::YesNo || tally.hidden.is_some() || tally.n_eligible == 0 || !says_what {
        return None;
    }
    // A count is a whole number of people.
    let of = |id: &str| tally.rows.iter().find(|row| row.id == id).map_or(0, |row| row.count.max(0.0) as u64);
    let now = Votes { yes: of("yes"), no: of("no"), n_voted: u64::from(tally.n_voted) };
    let missing = u64::from(tally.n_eligible).saturating_sub(now.n_voted);
    let more_yes = |n: u64| Votes { yes: now.yes + n, n_voted: now.n_voted + n, ..now };
    let more_no = |n: u64| Votes { no: now.no + n, n_voted: now.n_voted + n, ..now };
    let passes_now = passes(goal, now);
    let (forecast, turns) = if passes_now {
        match (1..=missing).find(|n| !passes(goal, more_no(*n))) {
            Some(n) => ("Would pass if it closed now.", turning(n, "no", range(now, missing))),
            None => ("Passes whatever else is voted.", "The votes that are missing cannot turn it.".to_owned()),
        }
    } else {
        match (1..=missing).find(|n| passes(goal, more_yes(*n))) {
            Some(n) => ("Would fail if it closed now.", turning(n, "yes", range(now, missing))),
            None => {
                let all = counted(usize::try_from(missing).unwrap_or(usize::MAX), "missing vote", "missing votes");
                ("Can no longer pass.", format!("Even if all of the {all} said yes, it would fall short."))
            }
        }
    };
    Some(Bounds { forecast: forecast.to_owned(), turns, passes_now })
}

fn passes(goal: Goal, votes: Votes) -> bool {
    let Votes { yes, no, n_voted } = votes;
    let has_quorum = goal.quorum.is_none_or(|quorum| n_voted >= u64::from(quorum));
    let has_share = match (goal.needed, goal.threshold_permille) {
        (Some(needed), _) => yes >= u64::from(needed),
        (None, Some(share)) => yes > 0 && yes * 1_000 >= u64::from(share) * (yes + no),
        (None, None) => yes > no,
    };
    has_quorum && has_share
}

/// The least and most in favour that the end can still see, in whole per cents.
fn range(now: Votes, missing: u64) -> (u64, u64) {
    let all = (now.yes + now.no + missing).max(1);
    (100 * now.yes / all, 100 * (now.yes + missing) / all)
}

fn turning(n: u64, word: &str, (least, most): (u64, u64)) -> String {
    let votes = if n == 1 { format!("1 more {word} vote") } else { format!("{n} more {word} votes") };
    format!("Still open either way: {votes} would turn it, and between {least} % and {most} % in favour are possible.")
}

#[cfg(test)]
mod tests {
    use app::api::proposal::TallyRow;

    use super::*;

    fn tally(yes: u32, no: u32, n_eligible: u32) -> TallyView {
        let row = |id: &str, count: u32| TallyRow { id: id.into(), count: f64::from(count), ..TallyRow::default() };
        TallyView { n_eligible, n_voted: yes + no, rows: vec![row("yes", yes), row("no", no)], ..TallyView::default() }
    }

    fn jury() -> Goal {
        Goal { needed: Some(2), ..Goal::default() }
    }

    #[test]
    fn a_jury_of_three_needs_two() {
        let open = bounds(jury(), &tally(1, 0, 3)).unwrap();
        assert_eq!(open.forecast, "Would fail if it closed now.");
        assert!(
            open.turns.contains("1 more yes vote would turn it") && open.turns.contains("between 33 % and 100 %"),
            "{open:?}"
        );
        assert_eq!(bounds(jury(), &tally(0, 2, 3)).unwrap().forecast, "Can no longer pass.");
        let sure = bounds(jury(), &tally(2, 0, 3)).unwrap();
        assert!(sure.passes_now && sure.forecast == "Passes whatever else is voted.", "{sure:?}");
    }

    #[test]
    fn a_quorum_and_a_share_count_together() {
        let goal = Goal { quorum: Some(5), threshold_permille: Some(667), ..Goal::default() };
        assert!(bounds(goal, &tally(4, 0, 10)).unwrap().turns.contains("1 more yes vote"));
        let passing = bounds(goal, &tally(6, 1, 10)).unwrap();
        assert!(passing.passes_now && passing.turns.contains("2 more no votes"), "{passing:?}");
        assert_eq!(bounds(goal, &tally(2, 8, 10)).unwrap().forecast, "Can no longer pass.");
    }

    #[test]
    fn where_nobody_says_what_is_needed_nothing_is_guessed() {
        assert_eq!(bounds(Goal::default(), &tally(1, 0, 3)), None);
        let hidden = TallyView { hidden: Some("until it closes".into()), ..tally(1, 0, 3) };
        assert_eq!(bounds(jury(), &hidden), None);
        assert_eq!(bounds(jury(), &TallyView { kind: BallotKind::Ranking, ..tally(1, 0, 3) }), None);
    }
}
