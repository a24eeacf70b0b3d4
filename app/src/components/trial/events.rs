//! What happens in a trial, one line each: every field is a control, nothing needs to be written by hand.

use leptos::{ev, prelude::*};
use types::simulation::{Event, Happening};
use types::{BallotKind, BallotValue};

use super::state::{HOUR, Row, TrialState, in_words, length, said};
use crate::components::icon::icon;

/// The lines, and what can be added.
#[component]
pub fn Events(
    /// The trial.
    trial: TrialState,
) -> impl IntoView {
    let keys = Memo::new(move |_| trial.rows.with(|rows| rows.iter().map(|row| row.key).collect::<Vec<_>>()));
    let nothing = move || {
        trial
            .rows
            .with(Vec::is_empty)
            .then(|| view! { <p class="small muted">"Nothing happens after the attempt."</p> })
    };
    view! {
        <fieldset class="happenings">
            <legend class="label">"What happens then"</legend>
            {nothing}
            <ul class="happening-list">
                <For each=move || keys.get() key=|key| *key let:key>
                    {line(trial, key)}
                </For>
            </ul>
            <div class="row gap-2">
                {add(trial, "Everyone votes yes", |_| Happening::Everyone { role: None, value: BallotValue::Yes })}
                {add(trial, "A vote", |trial| Happening::Ballot {
                    member: someone(trial),
                    value: BallotValue::Yes,
                    reason: None,
                })} {add(trial, "Nobody votes", |_| Happening::Nobody { for_seconds: None })}
                {add(trial, "Something else", |_| Happening::Tick)}
            </div>
        </fieldset>
    }
}

fn add(trial: TrialState, words: &'static str, what: fn(TrialState) -> Happening) -> AnyView {
    let add = move |_| {
        let last = trial.rows.with_untracked(|rows| rows.iter().map(|row| row.event.at_seconds).max().unwrap_or(0));
        trial.add(Event { at_seconds: last.saturating_add(HOUR), what: what(trial) });
    };
    view! {
        <button class="button quiet small" type="button" on:click=add>
            {icon("plus")}
            {words}
        </button>
    }
    .into_any()
}

/// A member who has no vote yet; the first one where all have.
fn someone(trial: TrialState) -> String {
    let voted = |rows: &Vec<Row>, handle: &str| {
        rows.iter().any(|row| matches!(&row.event.what, Happening::Ballot { member, .. } if member == handle))
    };
    let initiator = trial.initiator.get_untracked();
    trial.cast.with_value(|cast| {
        let handles = || cast.members.iter().map(|member| member.person.handle.as_str());
        let free = trial.rows.with_untracked(|rows| {
            handles().find(|handle| *handle != initiator && !voted(rows, handle)).map(str::to_owned)
        });
        free.or_else(|| handles().next().map(str::to_owned)).unwrap_or_default()
    })
}

/// One line: when, what, who, how; and away with it.
fn line(trial: TrialState, key: u32) -> AnyView {
    let name = move || trial.cast.with_value(|cast| trial.of(key, |event| in_words(cast, &event.what)));
    let what = Memo::new(move |_| trial.of(key, |event| word_of(&event.what)));
    let details = move || details(trial, key, what.get());
    view! {
        <li class="happening">
            <fieldset>
                <legend class="visually-hidden">{name}</legend>
                <div class="happening-head">
                    {when(trial, key)}
                    <select
                        class="input small"
                        aria-label="What happens"
                        prop:value=what
                        on:change:target=move |event| {
                            let chosen = event.target().value();
                            trial.change(key, |event| event.what = of_word(&chosen, &event.what, &someone(trial), first_role(trial)));
                        }
                    >
                        {WORDS
                            .iter()
                            .map(|(value, label)| {
                                let value = *value;
                                view! {
                                    <option value=value selected=move || what.get() == value>
                                        {*label}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                    <button class="button quiet small icon-only" type="button" aria-label=move || format!("Take away: {}", name()) on:click=move |_| trial.remove(key)>
                        {icon("x")}
                    </button>
                </div>
                <div class="happening-fields">{details}</div>
            </fieldset>
        </li>
    }
    .into_any()
}

/// When it happens: a number and a unit.
fn when(trial: TrialState, key: u32) -> AnyView {
    let at = move || trial.of(key, |event| event.at_seconds);
    // The unit stays what the author chose, as long as the number is whole in it.
    let unit = RwSignal::new(unit_of(untrack(at)));
    Effect::new(move |_| {
        let at = at();
        if at % unit.get_untracked() != 0 {
            unit.set(unit_of(at));
        }
    });
    let set_number = move |event: ev::Targeted<ev::Event, leptos::web_sys::HtmlInputElement>| {
        if let Ok(n) = event.target().value().trim().parse::<u64>() {
            let seconds = n.saturating_mul(unit.get_untracked());
            trial.change(key, |event| event.at_seconds = seconds);
        }
    };
    let option = move |seconds: u64, words: &'static str| {
        view! {
            <option value=seconds.to_string() selected=move || unit.get() == seconds>
                {words}
            </option>
        }
    };
    view! {
        <span class="when-fields" title=move || length(at())>
            <input
                class="input small"
                type="number"
                min="0"
                inputmode="numeric"
                aria-label="After how long"
                prop:value=move || at().checked_div(unit.get()).unwrap_or(0).to_string()
                on:change:target=set_number
            />
            <select
                class="input small"
                aria-label="Unit of time"
                on:change:target=move |event| {
                    if let Ok(chosen) = event.target().value().parse::<u64>() {
                        let n = at().checked_div(unit.get_untracked()).unwrap_or(0);
                        unit.set(chosen);
                        trial.change(key, |event| event.at_seconds = n.saturating_mul(chosen));
                    }
                }
            >
                {option(60, "min")}
                {option(HOUR, "hours")}
                {option(24 * HOUR, "days")}
            </select>
        </span>
    }
    .into_any()
}

/// The largest unit in which a length is whole; minutes where there is none.
const fn unit_of(seconds: u64) -> u64 {
    if seconds > 0 && seconds.is_multiple_of(24 * HOUR) {
        24 * HOUR
    } else if seconds.is_multiple_of(HOUR) {
        HOUR
    } else {
        60
    }
}

/// What can happen, as the control offers it.
const WORDS: [(&str, &str); 9] = [
    ("ballot", "votes"),
    ("everyone", "everyone votes"),
    ("nobody", "nobody votes from here on"),
    ("withdraw", "takes the vote back"),
    ("grant_role", "is given a role"),
    ("revoke_role", "loses a role"),
    ("join", "joins"),
    ("leave", "leaves"),
    ("tick", "nothing but time"),
];

fn word_of(what: &Happening) -> String {
    match what {
        Happening::Ballot { .. } => "ballot",
        Happening::Everyone { .. } => "everyone",
        Happening::Nobody { .. } => "nobody",
        Happening::Withdraw { .. } => "withdraw",
        Happening::GrantRole { .. } => "grant_role",
        Happening::RevokeRole { .. } => "revoke_role",
        Happening::Join { .. } => "join",
        Happening::Leave { .. } => "leave",
        _ => "tick",
    }
    .to_owned()
}

/// The event of a word, keeping of the one before what fits.
fn of_word(word: &str, before: &Happening, someone: &str, role: String) -> Happening {
    let member = member_of(before).unwrap_or_else(|| someone.to_owned());
    let value = value_of(before).unwrap_or(BallotValue::Yes);
    match word {
        "ballot" => Happening::Ballot { member, value, reason: None },
        "everyone" => Happening::Everyone { role: None, value },
        "nobody" => Happening::Nobody { for_seconds: None },
        "withdraw" => Happening::Withdraw { member },
        "grant_role" => Happening::GrantRole { member, role },
        "revoke_role" => Happening::RevokeRole { member, role },
        "join" => Happening::Join { member: "newcomer".to_owned(), roles: Vec::new() },
        "leave" => Happening::Leave { member },
        _ => Happening::Tick,
    }
}

fn member_of(what: &Happening) -> Option<String> {
    match what {
        Happening::Ballot { member, .. }
        | Happening::Withdraw { member }
        | Happening::GrantRole { member, .. }
        | Happening::RevokeRole { member, .. }
        | Happening::Leave { member } => Some(member.clone()),
        _ => None,
    }
}

fn value_of(what: &Happening) -> Option<BallotValue> {
    match what {
        Happening::Ballot { value, .. } | Happening::Everyone { value, .. } => Some(value.clone()),
        _ => None,
    }
}

fn first_role(trial: TrialState) -> String {
    trial.cast.with_value(|cast| cast.roles.first().cloned().unwrap_or_default())
}

/// The controls of one kind of event.
fn details(trial: TrialState, key: u32, word: String) -> AnyView {
    match word.as_str() {
        "ballot" => view! { {who(trial, key)} {vote(trial, key)} }.into_any(),
        "everyone" => view! { {whose(trial, key)} {vote(trial, key)} }.into_any(),
        "withdraw" | "leave" => who(trial, key),
        "grant_role" | "revoke_role" => view! { {who(trial, key)} {role(trial, key)} }.into_any(),
        "join" => newcomer(trial, key),
        _ => ().into_any(),
    }
}

fn who(trial: TrialState, key: u32) -> AnyView {
    let now = move || trial.of(key, |event| member_of(&event.what).unwrap_or_default());
    let options = trial.cast.with_value(|cast| {
        let option = |member: &crate::api::studio::MemberOption| {
            let handle = member.person.handle.clone();
            let is_chosen = {
                let handle = handle.clone();
                move || now() == handle
            };
            view! {
                <option value=handle selected=is_chosen>
                    {member.person.name.clone()}
                </option>
            }
        };
        cast.members.iter().map(option).collect_view()
    });
    let set = move |handle: String| {
        trial.change(key, |event| match &mut event.what {
            Happening::Ballot { member, .. }
            | Happening::Withdraw { member }
            | Happening::GrantRole { member, .. }
            | Happening::RevokeRole { member, .. }
            | Happening::Leave { member } => *member = handle,
            _ => {}
        });
    };
    view! {
        <select class="input small" aria-label="Who" prop:value=now on:change:target=move |event| set(event.target().value())>
            {options}
        </select>
    }
    .into_any()
}

/// Of whom "everyone" is said.
fn whose(trial: TrialState, key: u32) -> AnyView {
    let now = move || {
        trial.of(key, |event| match &event.what {
            Happening::Everyone { role, .. } => role.clone().unwrap_or_default(),
            _ => String::new(),
        })
    };
    let set = move |chosen: String| {
        trial.change(key, |event| {
            if let Happening::Everyone { role, .. } = &mut event.what {
                *role = Some(chosen).filter(|role| !role.is_empty());
            }
        });
    };
    view! {
        <select class="input small" aria-label="Of whom" prop:value=now on:change:target=move |event| set(event.target().value())>
            <option value="">"of all members"</option>
            {roles(trial, now, "in ")}
        </select>
    }
    .into_any()
}

fn role(trial: TrialState, key: u32) -> AnyView {
    let now = move || {
        trial.of(key, |event| match &event.what {
            Happening::GrantRole { role, .. } | Happening::RevokeRole { role, .. } => role.clone(),
            _ => String::new(),
        })
    };
    let set = move |chosen: String| {
        trial.change(key, |event| {
            if let Happening::GrantRole { role, .. } | Happening::RevokeRole { role, .. } = &mut event.what {
                *role = chosen;
            }
        });
    };
    view! {
        <select class="input small" aria-label="Role" prop:value=now on:change:target=move |event| set(event.target().value())>
            {roles(trial, now, "")}
        </select>
    }
    .into_any()
}

fn roles(trial: TrialState, now: impl Fn() -> String + Copy + Send + Sync + 'static, before: &'static str) -> AnyView {
    let roles = trial.cast.with_value(|cast| cast.roles.clone());
    roles
        .into_iter()
        .map(|role| {
            let is_chosen = {
                let role = role.clone();
                move || now() == role
            };
            view! {
                <option value=role.clone() selected=is_chosen>
                    {format!("{before}{role}")}
                </option>
            }
        })
        .collect_view()
        .into_any()
}

fn newcomer(trial: TrialState, key: u32) -> AnyView {
    let now = move || {
        trial.of(key, |event| match &event.what {
            Happening::Join { member, .. } => member.clone(),
            _ => String::new(),
        })
    };
    let set = move |name: String| {
        trial.change(key, |event| {
            if let Happening::Join { member, .. } = &mut event.what {
                *member = name;
            }
        });
    };
    view! { <input class="input small" type="text" aria-label="Short name of the newcomer" prop:value=now on:change:target=move |event| set(event.target().value()) /> }
        .into_any()
}

/// What is voted: the answers that the policy asks for, or else yes, no and abstain.
fn vote(trial: TrialState, key: u32) -> AnyView {
    let now = move || trial.of(key, |event| value_of(&event.what).map(|value| written(&value)).unwrap_or_default());
    let asked = Memo::new(move |_| {
        trial.outcome.with(|outcome| {
            let ask = outcome.as_ref().and_then(|outcome| outcome.ask.as_ref());
            ask.map_or((BallotKind::YesNo, Vec::new()), |ask| (ask.kind, ask.options.clone()))
        })
    });
    let set = move |text: String| {
        let kind = asked.get_untracked().0;
        trial.change(key, |event| {
            if let Happening::Ballot { value, .. } | Happening::Everyone { value, .. } = &mut event.what {
                *value = read(kind, &text);
            }
        });
    };
    let control = move || {
        let (kind, options) = asked.get();
        let choices: Vec<(String, String)> = match kind {
            BallotKind::YesNo => ["true", "false", "abstain"]
                .into_iter()
                .map(|text| (text.to_owned(), said(&read(kind, text))))
                .collect(),
            BallotKind::Consent => {
                ["agree", "stand-aside", "object"].map(|word| (word.to_owned(), word.replace('-', " "))).into()
            }
            BallotKind::Choice => options.iter().map(|option| (option.clone(), option.clone())).collect(),
            BallotKind::Approval | BallotKind::Ranking | BallotKind::Score | BallotKind::Budget => Vec::new(),
        };
        if choices.is_empty() {
            let hint = match kind {
                BallotKind::Score | BallotKind::Budget => "Each option and its number, such as: tea: 2, coffee: 5",
                _ => "Options in order, such as: tea, coffee",
            };
            return view! { <input class="input small" type="text" aria-label="Vote" title=hint placeholder=hint prop:value=now on:change:target=move |event| set(event.target().value()) /> }
                .into_any();
        }
        let choices = choices.into_iter().map(|(value, label)| {
            let is_chosen = {
                let value = value.clone();
                move || now() == value
            };
            view! {
                <option value=value selected=is_chosen>
                    {label}
                </option>
            }
        });
        view! {
            <select class="input small" aria-label="Vote" prop:value=now on:change:target=move |event| set(event.target().value())>
                {choices.collect_view()}
            </select>
        }
        .into_any()
    };
    control.into_any()
}

/// A vote as the control holds it.
fn written(value: &BallotValue) -> String {
    match value {
        BallotValue::Yes => "true".to_owned(),
        BallotValue::No => "false".to_owned(),
        BallotValue::Abstain => "abstain".to_owned(),
        BallotValue::Choice(option) => option.clone(),
        BallotValue::Number(number) => number.to_string(),
        BallotValue::List(options) => options.join(", "),
        BallotValue::Numbers(_) => said(value),
    }
}

/// The vote that a control's text means for a kind of ballot.
fn read(kind: BallotKind, text: &str) -> BallotValue {
    let items = || text.split([',', '>']).map(str::trim).filter(|item| !item.is_empty());
    match (kind, text.trim()) {
        (_, "true") => BallotValue::Yes,
        (_, "false") => BallotValue::No,
        (_, "abstain") => BallotValue::Abstain,
        (BallotKind::Approval | BallotKind::Ranking, _) => BallotValue::List(items().map(str::to_owned).collect()),
        (BallotKind::Score | BallotKind::Budget, _) => BallotValue::Numbers(
            items()
                .filter_map(|item| item.rsplit_once(':'))
                .filter_map(|(option, number)| Some((option.trim().to_owned(), number.trim().parse().ok()?)))
                .collect(),
        ),
        (_, text) => BallotValue::Choice(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vote_survives_its_control() {
        let numbers = [("tea".to_owned(), 2.0), ("coffee".to_owned(), 5.0)].into();
        for (kind, value) in [
            (BallotKind::YesNo, BallotValue::Yes),
            (BallotKind::YesNo, BallotValue::No),
            (BallotKind::YesNo, BallotValue::Abstain),
            (BallotKind::Choice, BallotValue::Choice("tea".to_owned())),
            (BallotKind::Ranking, BallotValue::List(vec!["tea".to_owned(), "coffee".to_owned()])),
            (BallotKind::Score, BallotValue::Numbers(numbers)),
            (BallotKind::Consent, BallotValue::Choice("stand-aside".to_owned())),
        ] {
            assert_eq!(read(kind, &written(&value)), value);
        }
    }

    #[test]
    fn changing_what_happens_keeps_who() {
        let before = Happening::Ballot { member: "ana".to_owned(), value: BallotValue::No, reason: None };
        let after = of_word("grant_role", &before, "ben", "Steward".to_owned());
        assert_eq!(after, Happening::GrantRole { member: "ana".to_owned(), role: "Steward".to_owned() });
        for (word, _) in WORDS {
            assert_eq!(word_of(&of_word(word, &before, "ben", String::new())), word);
        }
    }
}
