//! The vote as a length, with the two marks that decide, and as a table.

use leptos::prelude::*;

use super::icon::icon;
use crate::{
    api::proposal::{RoundView, TallyRow, TallyView},
    format,
};

/// The three sides of a yes/no or consent vote.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sides {
    /// Yes, or agree.
    pub yes: f64,
    /// No, or object.
    pub no: f64,
    /// Abstain, or stand aside.
    pub abstain: f64,
}

/// One bar: lengths in per cent, and marks at their true places.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// "In favour".
    pub name: &'static str,
    /// "75 %", the part of the headline in colour.
    pub figure: String,
    /// "of those who took a side", the rest of it.
    pub note: String,
    /// Whether what the mark asks for is reached; none where nothing is asked.
    pub is_reached: Option<bool>,
    /// Class and share of each piece.
    pub segments: Vec<(&'static str, u8)>,
    /// Place and words of the mark.
    pub mark: Option<(u8, String)>,
    /// The whole as a sentence.
    pub sentence: String,
}

/// The sides, where the vote has them.
pub fn sides(tally: &TallyView) -> Option<Sides> {
    let is_sided = tally.rows.iter().any(|row| matches!(row.id.as_str(), "yes" | "no" | "agree" | "object"));
    let sum =
        |ids: [&str; 2]| tally.rows.iter().filter(|row| ids.contains(&row.id.as_str())).map(|row| row.count).sum();
    is_sided.then(|| Sides {
        yes: sum(["yes", "agree"]),
        no: sum(["no", "object"]),
        abstain: sum(["abstain", "stand-aside"]),
    })
}

/// In favour, among those who took a side; or towards the number that is needed, where a number decides.
pub fn favour_bar(tally: &TallyView) -> Option<Bar> {
    let sides = sides(tally)?;
    let (yes, no) = (format::amount(sides.yes), format::amount(sides.no));
    if let Some(needed) = tally.needed {
        let whole = f64::from(tally.n_eligible.max(needed).max(1));
        let is_reached = sides.yes >= f64::from(needed);
        return Some(Bar {
            name: "In favour",
            figure: format!("{yes} of {}", tally.n_eligible.max(needed)),
            note: format!("{needed} needed{}", if is_reached { ", reached" } else { "" }),
            is_reached: Some(is_reached),
            segments: vec![
                ("yes", format::percent(sides.yes, whole)),
                ("no", format::percent(sides.no, whole)),
                ("abstain", format::percent(sides.abstain, whole)),
            ],
            mark: Some((format::percent(f64::from(needed), whole), format!("needs {needed}"))),
            sentence: format!("{yes} yes, {no} no. {needed} in favour are needed."),
        });
    }
    let took_a_side = sides.yes + sides.no;
    if took_a_side <= 0.0 {
        return None;
    }
    let share = format::percent(sides.yes, took_a_side);
    let threshold = tally.threshold_permille;
    Some(Bar {
        name: "In favour",
        figure: format!("{share} %"),
        note: "of those who took a side".to_owned(),
        is_reached: threshold.map(|permille| sides.yes * 1000.0 >= f64::from(permille) * took_a_side),
        segments: vec![("yes", share), ("no", 100 - share)],
        mark: threshold.map(|permille| (permille_percent(permille), format!("needs {}", format::fraction(permille)))),
        sentence: match threshold {
            Some(permille) => {
                format!("{yes} yes, {no} no. {share} percent in favour, {} percent needed.", permille_percent(permille))
            }
            None => format!("{yes} yes, {no} no. {share} percent in favour."),
        },
    })
}

/// Taking part, among all who may vote.
pub fn turnout_bar(tally: &TallyView) -> Option<Bar> {
    if tally.n_eligible == 0 {
        return None;
    }
    let (voted, eligible) = (f64::from(tally.n_voted), f64::from(tally.n_eligible));
    let is_reached = tally.quorum.map(|quorum| tally.n_voted >= quorum);
    let note = match (tally.quorum, is_reached) {
        (Some(quorum), Some(true)) => format!("{quorum} needed, reached"),
        (Some(quorum), _) => format!("{quorum} needed"),
        _ => "may vote".to_owned(),
    };
    Some(Bar {
        name: "Taking part",
        figure: format!("{} of {}", tally.n_voted, tally.n_eligible),
        note,
        is_reached,
        segments: vec![("taking-part", format::percent(voted, eligible))],
        mark: tally.quorum.map(|quorum| (format::percent(f64::from(quorum), eligible), format!("quorum {quorum}"))),
        sentence: match tally.quorum {
            Some(quorum) => {
                format!("{} of {} have voted. {quorum} are needed.", tally.n_voted, tally.n_eligible)
            }
            None => format!("{} of {} have voted.", tally.n_voted, tally.n_eligible),
        },
    })
}

/// Everyone who may vote in one small bar, with the quorum: for cards.
pub fn compact_bar(tally: &TallyView) -> Option<Bar> {
    let turnout = turnout_bar(tally)?;
    let Some(sides) = sides(tally) else { return Some(turnout) };
    let whole = f64::from(tally.n_eligible);
    let segments = [("yes", sides.yes), ("no", sides.no), ("abstain", sides.abstain)];
    let needed = tally.needed.map(|needed| (format::percent(f64::from(needed), whole), format!("needs {needed}")));
    Some(Bar {
        segments: segments.into_iter().map(|(class, count)| (class, format::percent(count, whole))).collect(),
        mark: turnout.mark.or(needed),
        sentence: format!(
            "{} {} yes, {} no, {} abstain.",
            turnout.sentence,
            format::amount(sides.yes),
            format::amount(sides.no),
            format::amount(sides.abstain)
        ),
        ..turnout
    })
}

/// Thousandths in whole per cents.
fn permille_percent(permille: u32) -> u8 {
    u8::try_from(permille.saturating_add(5) / 10).unwrap_or(100).min(100)
}

/// The small bar of a card.
pub fn compact_tally(tally: &TallyView) -> Option<AnyView> {
    if tally.hidden.is_some() {
        return None;
    }
    compact_bar(tally).map(|bar| view! { <div class="tally compact">{lane(&bar, false)}</div> }.into_any())
}

/// The lane of a bar: words over the mark, the pieces, the mark.
fn lane(bar: &Bar, with_label: bool) -> AnyView {
    let label = bar.mark.clone().filter(|_| with_label).map(|(at, words)| {
        let class = match at {
            0..=12 => "mark-label at-start",
            88.. => "mark-label at-end",
            _ => "mark-label",
        };
        view! {
            <span class=class data-at=at.to_string()>
                {words}
            </span>
        }
    });
    let pieces = bar
        .segments
        .iter()
        .filter(|(_, share)| *share > 0)
        .map(|(class, share)| view! { <span class=format!("seg {class}") data-share=share.to_string()></span> })
        .collect_view();
    let mark = bar.mark.as_ref().map(|(at, _)| view! { <span class="mark" data-at=at.to_string()></span> });
    view! {
        <div class="lane">
            {label} <div class="track" role="img" aria-label=bar.sentence.clone()>
                {pieces}
            </div> {mark}
        </div>
    }
    .into_any()
}

/// A bar with its headline.
fn measure(bar: &Bar) -> AnyView {
    let tone = match bar.is_reached {
        Some(true) => "tone passed",
        Some(false) => "tone open",
        None => "strong",
    };
    view! {
        <div class="measured">
            <div class="row measure-head">
                <h3>{bar.name}</h3>
                <p class="push">
                    <b class=tone>{bar.figure.clone()}</b>
                    " "
                    <span class="muted">{bar.note.clone()}</span>
                </p>
            </div>
            <div class="tally">{lane(bar, true)}</div>
        </div>
    }
    .into_any()
}

/// How it stands: the forecast, both bars, the legend and the table twin; or why none of it can be seen.
pub fn tally_panel(tally: &TallyView) -> AnyView {
    if let Some(hidden) = tally.hidden.clone() {
        return view! {
            <div class="panel">
                <p class="body meta">
                    <span>{icon("eye-off")} {hidden}</span>
                </p>
            </div>
        }
        .into_any();
    }
    let forecast_tone = match tally.leans {
        Some(true) => "tone passed",
        Some(false) => "tone failed",
        None => "strong",
    };
    let forecast = (!tally.forecast.is_empty() || !tally.turns.is_empty()).then(|| {
        view! {
            <p class="standing">
                <b class=forecast_tone>{tally.forecast.clone()}</b>
                " "
                {tally.turns.clone()}
            </p>
        }
    });
    let options = sides(tally).is_none().then(|| option_bars(&tally.rows));
    view! {
        <div class="panel">
            <div class="body stack gap-6">
                {forecast} {favour_bar(tally).map(|bar| measure(&bar))} {options}
                {sides(tally).map(|sides| legend(sides, tally))} {turnout_bar(tally).map(|bar| measure(&bar))}
                {table(tally)} {rounds(&tally.rounds)}
            </div>
        </div>
    }
    .into_any()
}

/// Which colour is what, with the counts.
fn legend(sides: Sides, tally: &TallyView) -> impl IntoView + use<> {
    let label = |ids: [&str; 2], otherwise: &str| {
        let row = tally.rows.iter().find(|row| ids.contains(&row.id.as_str()));
        row.map_or_else(|| otherwise.to_owned(), |row| row.label.clone())
    };
    let with_abstain = sides.abstain > 0.0;
    view! {
        <ul class="legend">
            <li>
                <span class="swatch seg yes"></span>
                {label(["yes", "agree"], "Yes")}
                " "
                <b>{format::amount(sides.yes)}</b>
            </li>
            <li>
                <span class="swatch seg no"></span>
                {label(["no", "object"], "No")}
                " "
                <b>{format::amount(sides.no)}</b>
            </li>
            {with_abstain
                .then(|| {
                    view! {
                        <li>
                            <span class="swatch seg abstain"></span>
                            {label(["abstain", "stand-aside"], "Abstain")}
                            " "
                            <b>{format::amount(sides.abstain)}</b>
                        </li>
                    }
                })}
        </ul>
    }
}

/// One bar for each option, the longest for the most.
fn option_bars(rows: &[TallyRow]) -> impl IntoView + use<> {
    let most = rows.iter().map(|row| row.count).fold(1.0, f64::max);
    let bars = rows
        .iter()
        .map(|row| {
            let share = format::percent(row.count, most).to_string();
            let class = if row.leads { "seg yes" } else { "seg taking-part" };
            let name = row.label.clone();
            let leads = row.leads.then(|| view! { <span class="visually-hidden">", ahead"</span> });
            view! {
                <li class="option-bar">
                    <span>{name} {leads}</span>
                    <span class="bar" aria-hidden="true">
                        <span class=class data-share=share></span>
                    </span>
                    <b>{format::amount(row.count)}</b>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="bars">{bars}</ul> }
}

/// The same as a table.
fn table(tally: &TallyView) -> impl IntoView + use<> {
    let whole: f64 = tally.rows.iter().map(|row| row.count).sum();
    let rows = tally
        .rows
        .iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row">{row.label.clone()}</th>
                    <td class="end">{format::amount(row.count)}</td>
                    <td class="end">{format!("{} %", format::percent(row.count, whole))}</td>
                </tr>
            }
        })
        .collect_view();
    let not_voted = tally.n_eligible.checked_sub(tally.n_voted).filter(|_| tally.n_eligible > 0).map(|left| {
        view! {
            <tr>
                <th scope="row">"Not voted"</th>
                <td class="end">{left.to_string()}</td>
                <td class="end">"–"</td>
            </tr>
        }
    });
    view! {
        <details class="twin">
            <summary>{icon("list-checks")} "Show as a table"</summary>
            <table class="table flush tally-table">
                <caption class="visually-hidden">"The count so far"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Answer"</th>
                        <th scope="col" class="end">
                            "Count"
                        </th>
                        <th scope="col" class="end">
                            "Share"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows} {not_voted}</tbody>
            </table>
        </details>
    }
}

/// The rounds of a count in rounds.
fn rounds(rounds: &[RoundView]) -> Option<AnyView> {
    if rounds.is_empty() {
        return None;
    }
    let each = rounds
        .iter()
        .zip(1_u32..)
        .map(|(round, n)| {
            view! {
                <li>
                    <h4 class="small">{format!("Round {n}")}</h4>
                    {option_bars(&round.rows)}
                    <p class="small muted">{round.sentence.clone()}</p>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <details class="twin">
                <summary>{icon("list-checks")} "Show each round"</summary>
                <ol class="stack rounds">{each}</ol>
            </details>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(rows: &[(&str, f64)]) -> TallyView {
        let row = |(id, count): &(&str, f64)| TallyRow {
            id: (*id).to_owned(),
            label: (*id).to_owned(),
            count: *count,
            leads: false,
        };
        TallyView { rows: rows.iter().map(row).collect(), n_eligible: 112, n_voted: 41, ..TallyView::default() }
    }

    #[test]
    fn in_favour_is_measured_among_those_who_took_a_side() {
        let view = TallyView {
            threshold_permille: Some(667),
            quorum: Some(34),
            ..tally(&[("yes", 27.0), ("no", 9.0), ("abstain", 5.0)])
        };
        let bar = favour_bar(&view).unwrap();
        assert_eq!((bar.figure.as_str(), bar.is_reached), ("75 %", Some(true)));
        assert_eq!(bar.segments, [("yes", 75), ("no", 25)]);
        assert_eq!(bar.mark, Some((67, "needs ⅔".to_owned())));
        let turnout = turnout_bar(&view).unwrap();
        assert_eq!((turnout.figure.as_str(), turnout.note.as_str()), ("41 of 112", "34 needed, reached"));
        assert_eq!(turnout.mark, Some((30, "quorum 34".to_owned())));
    }

    #[test]
    fn two_thirds_are_not_reached_just_below() {
        let view = TallyView { threshold_permille: Some(667), ..tally(&[("yes", 2.0), ("no", 2.0)]) };
        assert_eq!(favour_bar(&view).unwrap().is_reached, Some(false));
    }

    #[test]
    fn a_jury_counts_towards_the_number_it_needs() {
        let jury = TallyView { needed: Some(2), n_eligible: 3, n_voted: 1, ..tally(&[("yes", 1.0), ("no", 0.0)]) };
        let bar = favour_bar(&jury).unwrap();
        assert_eq!((bar.figure.as_str(), bar.note.as_str(), bar.is_reached), ("1 of 3", "2 needed", Some(false)));
        assert_eq!(bar.mark, Some((67, "needs 2".to_owned())));
    }

    #[test]
    fn nobody_yet_leaves_no_bar_in_favour() {
        assert_eq!(favour_bar(&tally(&[("yes", 0.0), ("no", 0.0)])), None);
        assert_eq!(favour_bar(&tally(&[("Rosa", 3.0)])), None);
    }
}
