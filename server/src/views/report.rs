//! How a community takes part, worked out from what was decided. Nothing about one person, and nothing about a handful.

use std::collections::BTreeMap;

use app::api::community::FigureView;
use app::api::report::{BarView, ChartView, ReportView};
use types::{MemberId, Privacy, Timestamp};

use super::count::small;
use super::dossier::{Docket, Dossier};
use super::moment;
use super::roster::Roster;
use super::scene::{self, Goal};

/// Weeks that are shown.
const WEEKS: i64 = 12;

/// One week.
///
/// # Units
/// Milliseconds.
const WEEK_MS: i64 = 7 * 24 * 3_600_000;

/// Smallest group that is shown by itself: with fewer, a number would be about somebody.
const SMALLEST_GROUP: usize = 5;

/// One vote that is over.
struct Vote<'d> {
    docket: &'d Docket,
    opened_at: Timestamp,
    decided_at: Timestamp,
    n_asked: usize,
}

impl Vote<'_> {
    fn turnout(&self) -> f64 {
        if self.n_asked == 0 { 0.0 } else { self.docket.ballots.len() as f64 / self.n_asked as f64 }
    }

    fn hours(&self) -> f64 {
        self.decided_at.since(self.opened_at).as_secs_f64() / 3_600.0
    }
}

/// The report at `now` over `dossiers`.
#[must_use]
pub fn report(roster: &Roster, dossiers: &[Dossier], now: Timestamp) -> ReportView {
    let since = Timestamp::from_millis(now.millis() - WEEKS * WEEK_MS);
    let votes = votes(roster, dossiers, since);
    let turnout = by_week(&votes, now, |votes| median(votes.iter().map(|vote| 100.0 * vote.turnout())));
    let speed = by_week(&votes, now, |votes| median(votes.iter().map(|vote| vote.hours())));
    let quorum = by_week(&votes, now, |votes| {
        let with_goal: Vec<bool> = votes.iter().filter_map(missed_quorum).collect();
        let missed = with_goal.iter().filter(|missed| **missed).count();
        (!with_goal.is_empty()).then(|| 100.0 * missed as f64 / with_goal.len() as f64)
    });
    let n_members = roster.voters().count().max(1);
    let load = by_week(&votes, now, |votes| {
        let asks: usize = votes.iter().map(|vote| vote.n_asked).sum();
        Some(asks as f64 / n_members as f64)
    });
    let (roles, left_out) = by_role(roster, &votes);
    ReportView {
        since,
        figures: figures(roster, &votes),
        charts: vec![
            chart("turnout", "Turnout", "%", "Week", turnout, "Of those asked, so many took part in a typical vote"),
            chart(
                "speed",
                "Time to a decision",
                "hours",
                "Week",
                speed,
                "From being asked to the decision, in a typical vote",
            ),
            ChartView {
                left_out,
                ..chart(
                    "roles",
                    "Taking part, by role",
                    "%",
                    "Role",
                    roles,
                    "Of the votes that holders were asked for, so many they cast",
                )
            },
            chart(
                "concentration",
                "Concentration of power",
                "%",
                "Month",
                concentration(&votes),
                "So much of all open ballots came from the most active fifth of those who voted",
            ),
            chart(
                "quorum",
                "Votes that missed their quorum",
                "%",
                "Week",
                quorum,
                "Of votes that need a number of voters, so many did not reach it",
            ),
            chart("load", "Asks per member", "asks", "Week", load, "So often was a member asked to vote, on average"),
        ],
    }
}

/// Votes that are over, with at least one person asked.
fn votes<'d>(roster: &Roster, dossiers: &'d [Dossier], since: Timestamp) -> Vec<Vote<'d>> {
    let everybody = roster.voters().count();
    let dockets = dossiers.iter().flat_map(|dossier| dossier.dockets.iter().map(move |docket| (dossier, docket)));
    dockets
        .filter(|(_, docket)| !docket.proposal.status.is_open() && scene::is_asked(docket))
        .filter_map(|(dossier, docket)| {
            let decided_at = docket.proposal.decided_at.or(dossier.action.decided_at)?;
            let n_asked = docket.ask().eligible.as_ref().map_or(everybody, Vec::len);
            let opened_at = docket.proposal.opened_at;
            (decided_at >= since && n_asked > 0).then_some(Vote { docket, opened_at, decided_at, n_asked })
        })
        .collect()
}

fn chart(id: &str, title: &str, unit: &str, by: &str, bars: Vec<BarView>, meaning: &str) -> ChartView {
    let known = || bars.iter().filter(|bar| bar.value.is_some());
    let most = known().max_by(|a, b| a.value.partial_cmp(&b.value).unwrap_or(std::cmp::Ordering::Equal));
    let latest = known().next_back();
    let told = |bar: &BarView| format!("{} {unit} ({})", rounded(bar.value.unwrap_or(0.0)), bar.label);
    let sentence = match (latest, most) {
        (Some(latest), Some(most)) => {
            format!("{meaning}. Latest: {}. Most: {}.", told(latest), told(most))
        }
        _ => format!("{meaning}. There is nothing to count yet."),
    };
    ChartView {
        id: id.to_owned(),
        title: title.to_owned(),
        sentence,
        unit: unit.to_owned(),
        by: by.to_owned(),
        bars,
        left_out: String::new(),
    }
}

/// A bar per week, the oldest first.
fn by_week(votes: &[Vote<'_>], now: Timestamp, value: impl Fn(&[&Vote<'_>]) -> Option<f64>) -> Vec<BarView> {
    (0..WEEKS)
        .rev()
        .map(|ago| {
            let end = now.millis() - ago * WEEK_MS;
            let within = |vote: &&Vote<'_>| {
                (end - WEEK_MS..=end).contains(&vote.decided_at.millis()) && vote.decided_at.millis() > end - WEEK_MS
            };
            let week: Vec<&Vote<'_>> = votes.iter().filter(within).collect();
            BarView {
                label: moment::day(Timestamp::from_millis(end - WEEK_MS)),
                value: if week.is_empty() { None } else { value(&week) },
                n: small(week.len()),
            }
        })
        .collect()
}

/// Whether a vote missed the number of voters it needs; none where it needs none.
fn missed_quorum(vote: &&Vote<'_>) -> Option<bool> {
    let quorum = Goal::of(vote.docket, vote.n_asked).quorum?;
    Some(vote.docket.ballots.len() < quorum as usize)
}

/// How often holders of each role cast the votes they were asked for. Roles of a handful are left out.
fn by_role(roster: &Roster, votes: &[Vote<'_>]) -> (Vec<BarView>, String) {
    let mut bars = Vec::new();
    let mut n_left_out = 0;
    for role in &roster.roles {
        let holders: Vec<MemberId> = roster
            .voters()
            .filter(|member| role.is_base || member.roles.contains(&role.id))
            .map(|member| member.id)
            .collect();
        if holders.len() < SMALLEST_GROUP {
            n_left_out += 1;
            continue;
        }
        let (mut asked, mut cast) = (0_usize, 0_usize);
        for vote in votes {
            let ask = vote.docket.ask();
            // Who voted in secret is nobody's business, and not known.
            if ask.privacy == Privacy::Secret {
                continue;
            }
            for holder in &holders {
                if ask.eligible.as_ref().is_none_or(|eligible| eligible.contains(holder)) {
                    asked += 1;
                    cast += usize::from(vote.docket.ballots.iter().any(|ballot| ballot.member == Some(*holder)));
                }
            }
        }
        let value = (asked > 0).then(|| 100.0 * cast as f64 / asked as f64);
        bars.push(BarView { label: role.name.clone(), value, n: small(holders.len()) });
    }
    let left_out = match n_left_out {
        0 => String::new(),
        n => format!(
            "Roles with fewer than {SMALLEST_GROUP} holders are not shown, so that no number is about one person: {n}."
        ),
    };
    (bars, left_out)
}

/// How much of the open ballots of each month came from the most active fifth of those who voted in it.
fn concentration(votes: &[Vote<'_>]) -> Vec<BarView> {
    let mut months: BTreeMap<(i32, u8), (String, BTreeMap<MemberId, usize>)> = BTreeMap::new();
    for vote in votes {
        let at = vote.decided_at.calendar();
        let key = (at.year(), u8::from(at.month()));
        let label = format!("{} {}", at.month(), at.year());
        let (_, counts) = months.entry(key).or_insert_with(|| (label, BTreeMap::new()));
        for member in vote.docket.ballots.iter().filter_map(|ballot| ballot.member) {
            *counts.entry(member).or_insert(0) += 1;
        }
    }
    months
        .into_values()
        .map(|(label, counts)| {
            let n = counts.len();
            let mut numbers: Vec<usize> = counts.into_values().collect();
            numbers.sort_unstable_by(|a, b| b.cmp(a));
            let all: usize = numbers.iter().sum();
            let top: usize = numbers.iter().take(n.div_ceil(5)).sum();
            let value = (n >= SMALLEST_GROUP && all > 0).then(|| 100.0 * top as f64 / all as f64);
            BarView { label, value, n: small(n) }
        })
        .collect()
}

fn figures(roster: &Roster, votes: &[Vote<'_>]) -> Vec<FigureView> {
    let figure = |value: String, name: &str| FigureView { value, name: name.to_owned(), ..FigureView::default() };
    let mut figures = vec![
        figure(roster.voters().count().to_string(), "members"),
        figure(votes.len().to_string(), "votes decided in twelve weeks"),
    ];
    if let Some(turnout) = median(votes.iter().map(|vote| 100.0 * vote.turnout())) {
        figures.push(figure(format!("{} %", rounded(turnout)), "took part in a typical vote"));
    }
    if let Some(hours) = median(votes.iter().map(Vote::hours)) {
        figures.push(figure(moment::length((hours * 3_600.0) as u64), "to a typical decision"));
    }
    figures
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.len() % 2, values.get(middle), values.get(middle.wrapping_sub(1))) {
        (_, None, _) => None,
        (1, Some(middle), _) => Some(*middle),
        (_, Some(upper), Some(lower)) => Some(f64::midpoint(*upper, *lower)),
        (_, Some(middle), None) => Some(*middle),
    }
}

/// A number as people read it: whole where that is exact enough.
#[must_use]
pub fn rounded(value: f64) -> String {
    if value >= 10.0 || value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// The report as a table for spreadsheets: chart, label, value, unit, number of things counted.
#[must_use]
pub fn csv(report: &ReportView) -> String {
    let mut text = String::from("chart,label,value,unit,n\r\n");
    for chart in &report.charts {
        for bar in &chart.bars {
            let value = bar.value.map(|value| format!("{value:.2}")).unwrap_or_default();
            let label = bar.label.replace('"', "\"\"");
            // A role's name may begin like a formula.
            let guard = if label.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
            text.push_str(&format!("{},\"{guard}{label}\",{value},{},{}\r\n", chart.id, chart.unit, bar.n));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_is_the_middle() {
        assert_eq!(median([].into_iter()), None);
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), Some(2.0));
        assert_eq!(median([4.0, 1.0].into_iter()), Some(2.5));
    }

    #[test]
    fn a_name_is_no_formula_in_a_spreadsheet() {
        let bar = BarView { label: "=HYPERLINK(\"x\")".into(), value: Some(12.345), n: 9 };
        let chart = ChartView { id: "roles".into(), unit: "%".into(), bars: vec![bar], ..ChartView::default() };
        let text = csv(&ReportView { charts: vec![chart], ..ReportView::default() });
        assert_eq!(text, "chart,label,value,unit,n\r\nroles,\"'=HYPERLINK(\"\"x\"\")\",12.35,%,9\r\n");
    }

    #[test]
    fn nothing_is_told_of_a_handful() {
        let (bars, left_out) = by_role(
            &Roster::new(
                Vec::new(),
                vec![types::member::Role {
                    id: types::RoleId::NIL,
                    name: "Steward".into(),
                    description: String::new(),
                    is_base: false,
                }],
                Vec::new(),
            ),
            &[],
        );
        assert!(bars.is_empty() && left_out.contains("fewer than 5"), "{left_out}");
    }
}
