//! The ballot: one form for each kind of vote, all of which work before the script arrives.

use leptos::prelude::*;
use types::{BallotKind, BallotValue, Privacy, ProposalId, Timestamp};

use super::{
    icon::icon,
    notice::{callout, error_callout},
};
use crate::{
    api::ballot::{BallotForm, BallotOption, CastBallot, MyBallot},
    format,
};

/// The form of one ballot.
#[component]
pub fn BallotPaper(
    /// The community.
    slug: String,
    /// The proposal.
    proposal: ProposalId,
    /// What is asked.
    form: BallotForm,
    /// The action that takes it.
    action: ServerAction<CastBallot>,
    /// The time to count from.
    now: Timestamp,
) -> impl IntoView {
    let button = if form.mine.is_some() { "Change my vote" } else { "Vote" };
    let reason = form.mine.as_ref().map(|mine| mine.reason.clone()).unwrap_or_default();
    let kind = kind_name(form.kind);
    let pending = action.pending();
    view! {
        <ActionForm action=action>
            <div class="stack">
                <input type="hidden" name="slug" value=slug />
                <input type="hidden" name="proposal" value=proposal.to_string() />
                <input type="hidden" name="ballot[kind]" value=kind />
                {answers(&form)}
                <div class="field">
                    <label for="reason">
                        "Why? " <span class="muted optional">"(optional, helps others)"</span>
                    </label>
                    <textarea class="input" id="reason" name="ballot[reason]" rows="2" maxlength="2000">
                        {reason}
                    </textarea>
                </div>
                <button class="button primary large block" type="submit" aria-disabled=move || pending.get().then_some("true")>
                    {button}
                </button>
                <p class="tiny muted">{icon(privacy_icon(form.privacy))} " " {small_print(&form, now)}</p>
            </div>
        </ActionForm>
    }
}

/// What came of the last ballot, or that there is one.
pub fn ballot_result(action: ServerAction<CastBallot>, mine: Option<&MyBallot>, now: Timestamp) -> Option<AnyView> {
    match action.value().get() {
        Some(Ok(receipt)) => Some(callout("passed", "circle-check", receipt.sentence, ().into_any())),
        Some(Err(error)) => Some(error_callout(&error)),
        None => mine.map(|mine| {
            let at = format::when(mine.at, now);
            callout("passed", "circle-check", format!("You voted: {}.", in_words(&mine.value)), at.into_any())
        }),
    }
}

/// A ballot as a phrase: "yes", "Rosa, then Henrik".
pub fn in_words(value: &BallotValue) -> String {
    match value {
        BallotValue::Yes => "yes".to_owned(),
        BallotValue::No => "no".to_owned(),
        BallotValue::Abstain => "abstain".to_owned(),
        BallotValue::Choice(option) if option == "stand-aside" => "stand aside".to_owned(),
        BallotValue::Choice(option) => option.clone(),
        BallotValue::Number(number) => format::amount(*number),
        BallotValue::List(options) if options.is_empty() => "none of them".to_owned(),
        BallotValue::List(options) => options.join(", then "),
        BallotValue::Numbers(numbers) => {
            let each = numbers.iter().map(|(option, number)| format!("{option} {}", format::amount(*number)));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The kind as the wire names it.
pub const fn kind_name(kind: BallotKind) -> &'static str {
    match kind {
        BallotKind::YesNo => "yes-no",
        BallotKind::Choice => "choice",
        BallotKind::Approval => "approval",
        BallotKind::Ranking => "ranking",
        BallotKind::Score => "score",
        BallotKind::Budget => "budget",
        BallotKind::Consent => "consent",
    }
}

/// The controls of the kind.
fn answers(form: &BallotForm) -> AnyView {
    let mine = form.mine.as_ref().map(|mine| &mine.value);
    let legend = if form.question.is_empty() { "Your answer".to_owned() } else { form.question.clone() };
    let controls = match form.kind {
        BallotKind::YesNo => [("yes", "Yes", "passed", "check"), ("no", "No", "failed", "x"), ABSTAIN]
            .map(|each| sided(form, each, mine))
            .collect_view()
            .into_any(),
        BallotKind::Consent => [
            ("agree", "I agree", "passed", "check"),
            ("stand-aside", "I stand aside", "", "minus"),
            ("object", "I object", "failed", "hand"),
        ]
        .map(|each| sided(form, each, mine))
        .collect_view()
        .into_any(),
        BallotKind::Choice => {
            let options = form.options.iter().map(|option| {
                let is_mine = matches!(mine, Some(BallotValue::Choice(chosen)) if *chosen == option.id);
                radio(format!("option:{}", option.id), option.clone(), "accent", None, is_mine)
            });
            view! { {options.collect_view()} {sided(form, ABSTAIN, mine)} }.into_any()
        }
        BallotKind::Approval => form.options.iter().map(|option| approval(option, mine)).collect_view().into_any(),
        BallotKind::Ranking => numbered(form, mine, "Place"),
        BallotKind::Score => numbered(form, mine, "Score"),
        BallotKind::Budget => numbered(form, mine, "Credits"),
    };
    let hint = hint(form).map(|hint| view! { <p class="hint small muted">{hint}</p> });
    view! {
        <fieldset class="ballot">
            <legend class=if form.question.is_empty() { "visually-hidden" } else { "label ballot-question" }>{legend}</legend>
            {hint} {controls}
        </fieldset>
    }
    .into_any()
}

/// How to fill it in, where that is not plain.
fn hint(form: &BallotForm) -> Option<String> {
    let most = form.most;
    match form.kind {
        BallotKind::Approval => Some("Tick everything you could live with.".to_owned()),
        BallotKind::Ranking => {
            Some("Give your favourite place 1, the next place 2. You may leave some out.".to_owned())
        }
        BallotKind::Score => Some(format!("Give each a number from 0 to {}.", most.unwrap_or(5))),
        BallotKind::Budget => most.map(|most| format!("Spread {most} credits over them.")),
        _ => None,
    }
}

const ABSTAIN: (&str, &str, &str, &str) = ("abstain", "Abstain", "", "minus");

/// One side of a yes/no or consent vote, with what it means where that is known.
fn sided(
    form: &BallotForm,
    (id, word, tone, sign): (&'static str, &'static str, &'static str, &'static str),
    mine: Option<&BallotValue>,
) -> AnyView {
    let described = form.options.iter().find(|option| option.id == id);
    let label = described.map_or_else(|| word.to_owned(), |option| option.label.clone());
    let meaning = described.map(|option| option.meaning.clone()).unwrap_or_default();
    let is_mine = match mine {
        Some(BallotValue::Yes) => id == "yes" || id == "agree",
        Some(BallotValue::No) => id == "no" || id == "object",
        Some(BallotValue::Abstain) => id == "abstain" || id == "stand-aside",
        Some(BallotValue::Choice(choice)) => choice == id,
        _ => false,
    };
    let option = BallotOption { id: id.to_owned(), label, meaning };
    radio(id.to_owned(), option, tone, Some(sign), is_mine)
}

/// A choice of one.
fn radio(
    value: String,
    option: BallotOption,
    tone: &'static str,
    sign: Option<&'static str>,
    is_mine: bool,
) -> AnyView {
    view! {
        <label class=format!("choice {tone}")>
            <input type="radio" name="ballot[answer]" value=value required=true checked=is_mine />
            {label(option)}
            {sign.map(icon)}
        </label>
    }
    .into_any()
}

/// A choice of several.
fn approval(option: &BallotOption, mine: Option<&BallotValue>) -> AnyView {
    let is_mine = matches!(mine, Some(BallotValue::List(chosen)) if chosen.contains(&option.id));
    view! {
        <label class="choice accent several">
            <input type="checkbox" name="ballot[approved][]" value=option.id.clone() checked=is_mine />
            {label(option.clone())}
        </label>
    }
    .into_any()
}

/// The words of an option.
fn label(option: BallotOption) -> impl IntoView {
    let meaning = (!option.meaning.is_empty()).then(|| view! { <span>{option.meaning.clone()}</span> });
    view! {
        <span>
            <b>{option.label}</b>
            {meaning}
        </span>
    }
}

/// A number for each option: a place, a score, or credits.
fn numbered(form: &BallotForm, mine: Option<&BallotValue>, what: &'static str) -> AnyView {
    let n_options = u32::try_from(form.options.len()).unwrap_or(u32::MAX);
    let most = match form.kind {
        BallotKind::Ranking => n_options,
        BallotKind::Score => form.most.unwrap_or(5),
        _ => form.most.unwrap_or(100),
    };
    let is_ranking = form.kind == BallotKind::Ranking;
    let rows = form.options.iter().enumerate().map(|(at, option)| {
        let present = match mine {
            Some(BallotValue::List(ranked)) => {
                ranked.iter().position(|id| *id == option.id).map(|place| (place + 1).to_string())
            }
            Some(BallotValue::Numbers(numbers)) => numbers.get(&option.id).map(|number| format::amount(*number)),
            _ => None,
        };
        let present = present.unwrap_or_default();
        let name = format!("ballot[numbers][o{at}]");
        let accessible = format!("{what} of {}", option.label);
        let control = if is_ranking || most <= 10 {
            let first = if is_ranking { 1 } else { 0 };
            let choices = (first..=most).map(|n| {
                let is_chosen = present == n.to_string();
                view! {
                    <option value=n.to_string() selected=is_chosen>
                        {n.to_string()}
                    </option>
                }
            });
            view! {
                <select class="input small" name=name aria-label=accessible>
                    <option value="">"–"</option>
                    {choices.collect_view()}
                </select>
            }
            .into_any()
        } else {
            view! { <input class="input small" type="number" min="0" max=most.to_string() name=name value=present aria-label=accessible /> }
                .into_any()
        };
        view! {
            <div class="choice numbered">
                {label(option.clone())} <input type="hidden" name=format!("ballot[options][o{at}]") value=option.id.clone() /> {control}
            </div>
        }
    });
    rows.collect_view().into_any()
}

const fn privacy_icon(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Open => "users",
        Privacy::AfterClose => "eye-off",
        Privacy::Secret => "lock",
    }
}

/// Who will see it, and until when it can be changed.
fn small_print(form: &BallotForm, now: Timestamp) -> String {
    let seen = match form.privacy {
        Privacy::Open => "Names are shown with votes.",
        Privacy::AfterClose => "Members see names after the close.",
        Privacy::Secret => "Nobody sees how you voted.",
    };
    match form.closes_at {
        Some(at) => format!("{seen} You can change yours until {}.", format::when(at, now)),
        None => format!("{seen} You can change yours while it is open."),
    }
}
