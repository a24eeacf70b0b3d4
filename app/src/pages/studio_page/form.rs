//! The policy as a form: when → if → decide by → then. Code that somebody wrote by hand shows as a marked block, and stays.
//!
//! The source is the truth: each change writes one part of it anew through [`Sheet`], and what is shown is read back from it.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::bench::Bench;
use crate::{
    builder::{Form, Rule, Sheet, Slot, Then, When, sheet::PartForm, templates},
    components::{code::code_block, icon::icon},
};

mod blocks;
mod controls;

use blocks::{Block, DECIDE, EFFECTS, TESTS};
use controls::{Values, controls};

/// The parts of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    When,
    Decide,
    Then,
}

/// What stands where a part should be, so far as it decides which controls there are. Values are read by the controls themselves.
#[derive(Clone, Debug, PartialEq)]
enum Shape {
    /// The words of its blocks: tests of *when*, the procedure of *decide*, and effects of *then* by when they are done.
    Blocks(Vec<(&'static str, String)>),
    Code(String),
    Missing,
}

/// A rule's shapes.
#[derive(Clone, Debug, PartialEq)]
struct RuleShape {
    name: String,
    when: Shape,
    decide: Shape,
    then: Shape,
}

/// The form.
pub fn form(bench: Bench) -> AnyView {
    let sheet = Memo::new(move |_| bench.editor.text.with(|text| SheetOf(Sheet::read(text))));
    let shapes = Memo::new(move |_| sheet.with(|SheetOf(sheet)| sheet.rules().iter().map(shape).collect::<Vec<_>>()));
    let free = Memo::new(move |_| {
        sheet.with(|SheetOf(sheet)| sheet.free_code().into_iter().map(str::to_owned).collect::<Vec<_>>())
    });
    let problem = RwSignal::new(String::new());
    let rules = move || {
        let shapes = shapes.get();
        let several = shapes.len() > 1;
        shapes.into_iter().enumerate().map(|(n, shape)| rule(bench, problem, n, several, shape)).collect_view()
    };
    let by_hand = move || {
        free.get()
            .into_iter()
            .map(|code| {
                view! {
                    <div class="by-hand">
                        <p class="small">{icon("code")} " Written by hand. The form leaves it as it is."</p>
                        {code_block(&code, "Code written by hand".to_owned(), None)}
                    </div>
                }
            })
            .collect_view()
    };
    let says = move || sheet.with(|SheetOf(sheet)| sheet.sentence());
    view! {
        <div class="source-form stack gap-4">
            <p class="voice form-says">{says}</p>
            <Show when=move || !problem.with(String::is_empty)>
                <p class="error" role="alert">{problem}</p>
            </Show>
            {rules} {by_hand}
            {bench.may_edit().then(|| view! { <div class="row gap-2">{add_rule(bench, problem)} {begin_with(bench, problem)}</div> })}
        </div>
    }
    .into_any()
}

/// A sheet that signals can compare.
#[derive(Clone, PartialEq)]
struct SheetOf(Sheet);

fn shape(rule: &crate::builder::sheet::RuleSlots) -> RuleShape {
    let of = |slot: &Slot<Value>, part: Part| match slot {
        Slot::Form(value) => Shape::Blocks(words(part, value)),
        Slot::Code(text) => Shape::Code(text.clone()),
        Slot::Missing => Shape::Missing,
    };
    RuleShape {
        name: rule.name.clone(),
        when: of(&as_value(&rule.when), Part::When),
        decide: of(&as_value(&rule.decide), Part::Decide),
        then: of(&as_value(&rule.then), Part::Then),
    }
}

fn as_value<T: serde::Serialize>(slot: &Slot<T>) -> Slot<Value> {
    match slot {
        Slot::Form(form) => Slot::Form(serde_json::to_value(form).unwrap_or_default()),
        Slot::Code(text) => Slot::Code(text.clone()),
        Slot::Missing => Slot::Missing,
    }
}

/// The words of the blocks in a part, each with the list that it stands in.
fn words(part: Part, value: &Value) -> Vec<(&'static str, String)> {
    let word = |value: &Value| value.as_object().and_then(|block| block.keys().next().cloned()).unwrap_or_default();
    let list = |name: &'static str| {
        let items = value.get(name).and_then(Value::as_array);
        items.into_iter().flatten().map(move |item| (name, word(item))).collect::<Vec<_>>()
    };
    match part {
        Part::When => list("if"),
        Part::Decide => vec![("", word(value))],
        Part::Then => ["opened", "passed", "failed"].into_iter().flat_map(list).collect(),
    }
}

fn rule(bench: Bench, problem: RwSignal<String>, n: usize, several: bool, shape: RuleShape) -> AnyView {
    let name = shape.name.clone();
    let values = |part: Part| Values { bench, problem, rule: name.clone(), part };
    let heading = if several { format!("Rule {}: {}", n + 1, shape.name) } else { "The rule".to_owned() };
    let remove = several.then(|| {
        let name = shape.name.clone();
        let away = move |_| change(bench, problem, |sheet| sheet.remove_rule(&name).map_err(|error| error.to_string()));
        view! {
            <button class="button quiet small push" type="button" on:click=away>
                {icon("x")}
                "Take this rule away"
            </button>
        }
    });
    view! {
        <section class="form-rule">
            <header class="row">
                <h3>{heading}</h3>
                {remove}
            </header>
            {when(values(Part::When), &shape.when)} {decide(values(Part::Decide), &shape.decide)} {then(values(Part::Then), &shape.then)}
        </section>
    }
    .into_any()
}

/// One part: its title, and the controls or the marked block.
fn part(title: &'static str, values: &Values, shape: &Shape, usual: PartForm, body: AnyView) -> AnyView {
    let replace = {
        let values = values.clone();
        move |_| {
            let usual = usual.clone();
            change(values.bench, values.problem, |sheet| {
                sheet.set(&values.rule, &usual).map_err(|error| error.to_string())
            });
        }
    };
    let body = match shape {
        Shape::Blocks(_) => body,
        Shape::Code(code) => view! {
            <div class="by-hand">
                <p class="small">{icon("code")} " Written by hand. The form leaves it as it is."</p>
                {code_block(code, "Code written by hand".to_owned(), None)}
                <button class="button quiet small" type="button" on:click=replace>
                    "Replace it by a form"
                </button>
            </div>
        }
        .into_any(),
        Shape::Missing => view! {
            <button class="button quiet small" type="button" on:click=replace>
                {icon("plus")}
                "Add it"
            </button>
        }
        .into_any(),
    };
    view! {
        <fieldset class="form-part">
            <legend>{title}</legend>
            {body}
        </fieldset>
    }
    .into_any()
}

fn when(values: Values, shape: &Shape) -> AnyView {
    let tests = match shape {
        Shape::Blocks(words) => words
            .iter()
            .enumerate()
            .map(|(n, (_, word))| one_block(&values, TESTS, "if", n, word))
            .collect_view()
            .into_any(),
        _ => ().into_any(),
    };
    let body = view! {
        {controls(&values, "", blocks::WHEN)}
        <div class="form-blocks">{tests}</div>
        {add_block(&values, TESTS, "if", "Add a condition")}
    }
    .into_any();
    part("When", &values, shape, PartForm::When(When::actions(["*"])), body)
}

fn decide(values: Values, shape: &Shape) -> AnyView {
    let word = match shape {
        Shape::Blocks(words) => words.first().map(|(_, word)| word.clone()).unwrap_or_default(),
        _ => String::new(),
    };
    let chosen = {
        let values = values.clone();
        move |word: String| {
            if let Some(block) = blocks::block(DECIDE, &word) {
                values.replace(begun(block));
            }
        }
    };
    let options = DECIDE
        .iter()
        .map(|block| {
            view! {
                <option value=block.word selected=block.word == word>
                    {block.label}
                </option>
            }
        })
        .collect_view();
    let fields =
        blocks::block(DECIDE, &word).map(|block| controls(&values, &format!("/{}", block.word), block.controls));
    let body = view! {
        <div class="field">
            <label>
                <span class="label">"By"</span>
                <select class="input small" on:change:target=move |event| chosen(event.target().value())>
                    {options}
                </select>
            </label>
        </div>
        {fields}
    }
    .into_any();
    let usual = serde_json::from_value(DECIDE.first().map(begun).unwrap_or_default());
    let usual = usual.unwrap_or(crate::builder::Decide::Nobody(crate::builder::decide::Nobody {}));
    part("Decide by", &values, shape, PartForm::Decide(usual), body)
}

fn then(values: Values, shape: &Shape) -> AnyView {
    let list = |name: &'static str, title: &'static str| {
        let items = match shape {
            Shape::Blocks(words) => words
                .iter()
                .filter(|(list, _)| *list == name)
                .enumerate()
                .map(|(n, (_, word))| one_block(&values, EFFECTS, name, n, word))
                .collect_view()
                .into_any(),
            _ => ().into_any(),
        };
        view! {
            <div class="form-list">
                <h4 class="small">{title}</h4>
                <div class="form-blocks">{items}</div>
                {add_block(&values, EFFECTS, name, "Add")}
            </div>
        }
    };
    const CARRY_OUT: &[blocks::Control] =
        &[blocks::Control { at: "/carry_out", label: "It is carried out when it passed", kind: blocks::Kind::Toggle }];
    let body = view! {
        {controls(&values, "", CARRY_OUT)}
        {list("opened", "While it is open")} {list("passed", "When it passed")} {list("failed", "When it failed")}
    }
    .into_any();
    part("Then", &values, shape, PartForm::Then(Then::carry_out()), body)
}

/// One block of a list, with its controls and the way out.
fn one_block(values: &Values, blocks: &'static [Block], list: &'static str, n: usize, word: &str) -> AnyView {
    let Some(block) = blocks::block(blocks, word) else { return ().into_any() };
    let away = {
        let values = values.clone();
        move |_| {
            values.list(list, |items| {
                if n < items.len() {
                    items.remove(n);
                }
            })
        }
    };
    view! {
        <fieldset class="form-block">
            <legend class="small">{block.label}</legend>
            <button class="button quiet small icon-only" type="button" aria-label=format!("Take away: {}", block.label) on:click=away>
                {icon("x")}
            </button>
            {controls(values, &format!("/{list}/{n}/{word}"), block.controls)}
        </fieldset>
    }
    .into_any()
}

/// A choice of blocks to add to a list.
fn add_block(values: &Values, blocks: &'static [Block], list: &'static str, words: &'static str) -> AnyView {
    let values = values.clone();
    let add = move |word: String| {
        if let Some(block) = blocks::block(blocks, &word) {
            values.list(list, |items| items.push(begun(block)));
        }
    };
    let options = blocks.iter().map(|block| view! { <option value=block.word>{block.label}</option> }).collect_view();
    view! {
        <select
            class="input small form-add"
            aria-label=words
            prop:value=""
            on:change:target=move |event| add(event.target().value())
        >
            <option value="">{format!("{words}…")}</option>
            {options}
        </select>
    }
    .into_any()
}

/// A block as it begins.
fn begun(block: &Block) -> Value {
    let usual = serde_json::from_str(block.usual).unwrap_or_default();
    Value::Object(Map::from_iter([(block.word.to_owned(), usual)]))
}

fn add_rule(bench: Bench, problem: RwSignal<String>) -> AnyView {
    let add = move |_| {
        change(bench, problem, |sheet| {
            let taken: Vec<String> = sheet.rules().into_iter().map(|rule| rule.name).collect();
            let name =
                (taken.len() + 1..).map(|n| format!("rule-{n}")).find(|name| !taken.contains(name)).unwrap_or_default();
            let decide = serde_json::from_value(DECIDE.first().map(begun).unwrap_or_default())
                .map_err(|error| error.to_string())?;
            let rule = Rule { name, when: When::actions(["*"]), decide, then: Then::carry_out() };
            sheet.add_rule(&rule).map_err(|error| error.to_string())
        });
    };
    view! {
        <button class="button small" type="button" on:click=add>
            {icon("plus")}
            "Add a rule"
        </button>
    }
    .into_any()
}

/// A choice of whole forms to begin with.
fn begin_with(bench: Bench, problem: RwSignal<String>) -> AnyView {
    let begin = move |slug: String| {
        let Some(template) = crate::builder::templates::named(&slug) else { return };
        match template.fill(&template.usual()) {
            Ok(form) => {
                if bench.name.with_untracked(|name| name.trim().is_empty()) {
                    bench.name.set(template.title.to_owned());
                }
                problem.set(String::new());
                bench.layer.set(template.layer);
                take(bench, &form.to_code());
            }
            Err(wrong) => problem.set(wrong.first().map(ToString::to_string).unwrap_or_default()),
        }
    };
    let options = templates()
        .into_iter()
        .map(|template| view! { <option value=template.slug title=template.description>{template.title}</option> })
        .collect_view();
    view! {
        <select class="input small form-add" aria-label="Begin anew with" prop:value="" on:change:target=move |event| begin(event.target().value())>
            <option value="">"Begin anew with…"</option>
            {options}
        </select>
    }
    .into_any()
}

/// Changes the source through its sheet, or says why not.
fn change(bench: Bench, problem: RwSignal<String>, change: impl FnOnce(&mut Sheet) -> Result<(), String>) {
    let mut sheet = bench.editor.text.with_untracked(|text| Sheet::read(text));
    match change(&mut sheet) {
        Ok(()) => {
            problem.set(String::new());
            take(bench, &sheet.text());
        }
        Err(why) => problem.set(crate::components::trial::result::sentence(&why)),
    }
}

/// Takes a source over, with everything around it that follows from a form: what it governs, what it may do, and what it says.
fn take(bench: Bench, source: &str) {
    let said_before = bench.editor.text.with_untracked(|text| Sheet::read(text).form().map(|form| form.sentence()));
    bench.editor.replace(source.to_owned());
    let Some(form): Option<Form> = Sheet::read(source).form() else { return };
    bench.action_types.set(form.action_types());
    bench.powers.set(form.powers());
    let is_mine = bench.description.with_untracked(|now| !now.trim().is_empty() && Some(now) != said_before.as_ref());
    if !is_mine {
        bench.description.set(form.sentence());
    }
}
