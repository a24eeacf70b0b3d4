//! The gallery: templates, shipped policies and starter kits, with a search and filters that work by their address alone.

use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::{
    api::library::{LibraryLine, LibraryView, SharedLine},
    builder::{Template, templates},
    components::{badge::layer_word, empty::empty, icon::icon},
    format,
    pages::proposals_page::escaped,
};

/// What is shown of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words that must stand in it. May be empty.
    pub text: String,
    /// A tag that it must have. May be empty.
    pub tag: String,
}

impl Wanted {
    /// What an address asks for.
    pub fn of(query: &ParamsMap) -> Self {
        let given = |name: &str| query.get(name).unwrap_or_default().trim().chars().take(60).collect::<String>();
        Self { text: given("text"), tag: given("tag") }
    }

    fn fits(&self, words: &str, tags: &[String]) -> bool {
        let words = words.to_lowercase();
        let has = |word: &str| words.contains(&word.to_lowercase());
        self.text.split_whitespace().all(has) && (self.tag.is_empty() || tags.contains(&self.tag))
    }
}

/// All of it. `root` is where its pages are: `/library` or `/c/…/library`.
pub fn gallery(view: &LibraryView, wanted: &Wanted, root: &str, propose: Option<&str>) -> AnyView {
    let all = templates();
    let fitting: Vec<&Template> =
        all.iter().filter(|template| wanted.fits(&words(template), &tags(template))).collect();
    let shipped: Vec<&LibraryLine> = view.shipped.iter().filter(|line| line_fits(line, wanted)).collect();
    let kits: Vec<&LibraryLine> = view.kits.iter().filter(|line| line_fits(line, wanted)).collect();
    let shared: Vec<&SharedLine> = view.shared.iter().filter(|line| shared_fits(line, wanted)).collect();
    let n = fitting.len() + shipped.len() + kits.len() + shared.len();
    let none = (n == 0).then(|| empty("search", "Nothing fits.", "Take away a filter, or search for other words."));
    view! {
        {filters(&all, wanted, root, n)}
        {none}
        {section("templates", "Templates", "Fill in the blanks, and see what it does as you type.", fitting.iter().map(|template| template_card(template, root)).collect())}
        {section("shipped", "Policies that come with Polity", "Written in JavaScript, with settings.", shipped.iter().map(|line| line_card(line, propose)).collect())}
        {section("shared", "Published by communities", "Taken over and tried elsewhere.", shared.iter().map(|line| shared_card(line, propose)).collect())}
        {section("kits", "Starter kits", "A whole first government.", kits.iter().map(|line| line_card(line, None)).collect())}
    }
    .into_any()
}

fn words(template: &Template) -> String {
    let advice = &template.advice;
    [template.title, template.description, advice.used_by, advice.fits, &template.tags.join(" ")].join(" ")
}

fn tags(template: &Template) -> Vec<String> {
    template.tags.iter().map(|tag| (*tag).to_owned()).collect()
}

fn line_fits(line: &LibraryLine, wanted: &Wanted) -> bool {
    wanted.fits(&format!("{} {} {}", line.name, line.description, line.tags.join(" ")), &line.tags)
}

fn shared_fits(line: &SharedLine, wanted: &Wanted) -> bool {
    wanted.fits(&format!("{} {} {}", line.name, line.description, line.note), &["shared".to_owned()])
}

fn filters(all: &[Template], wanted: &Wanted, root: &str, n: usize) -> AnyView {
    let mut tags: Vec<&str> = all.iter().flat_map(|template| template.tags.iter().copied()).collect();
    tags.sort_unstable();
    tags.dedup();
    let chip = |tag: &str, label: String| {
        let is_on = wanted.tag == tag;
        let mut query = Vec::new();
        if !wanted.text.is_empty() {
            query.push(format!("text={}", escaped(&wanted.text)));
        }
        if !tag.is_empty() {
            query.push(format!("tag={}", escaped(tag)));
        }
        let href = if query.is_empty() { root.to_owned() } else { format!("{root}?{}", query.join("&")) };
        view! {
            <li>
                <a class=if is_on { "chip on" } else { "chip" } aria-current=is_on.then_some("true") href=href>
                    {label}
                </a>
            </li>
        }
    };
    let chips = tags.iter().map(|tag| chip(tag, (*tag).to_owned())).collect_view();
    let kept = (!wanted.tag.is_empty()).then(|| view! { <input type="hidden" name="tag" value=wanted.tag.clone() /> });
    view! {
        <div class="filters">
            <form class="search" role="search" method="get" action=root.to_owned()>
                {icon("search")}
                <label class="visually-hidden" for="text">
                    "Search the library"
                </label>
                <input id="text" name="text" type="search" placeholder="Search the library" value=wanted.text.clone() />
                {kept}
            </form>
            <ul class="chips" aria-label="Filter by tag">
                {chip("", "All".to_owned())}
                {chips}
            </ul>
            <p class="small muted" role="status">
                <b>{format::count(i64::try_from(n).unwrap_or(i64::MAX), "rule")}</b>
            </p>
        </div>
    }
    .into_any()
}

fn section(id: &'static str, title: &'static str, about: &'static str, cards: Vec<AnyView>) -> Option<AnyView> {
    if cards.is_empty() {
        return None;
    }
    Some(
        view! {
            <section class="section" aria-labelledby=id>
                <div class="section-head">
                    <h2 id=id>{title}</h2>
                    <span class="after muted">{about}</span>
                </div>
                <ul class="grid min-17">{cards}</ul>
            </section>
        }
        .into_any(),
    )
}

fn template_card(template: &Template, root: &str) -> AnyView {
    view! {
        <li class="decision">
            <h3>
                <a href=format!("{root}/{}", template.slug)>{template.title}</a>
            </h3>
            <p class="small muted">{template.description}</p>
            <p class="small">
                <b>"Fits when. "</b>
                {template.advice.fits}
            </p>
            <p class="meta foot">
                <span>{icon("bookmark")} {template.tags.join(", ")}</span>
            </p>
        </li>
    }
    .into_any()
}

/// A published policy. `propose` is where a policy's form is.
fn shared_card(line: &SharedLine, propose: Option<&str>) -> AnyView {
    let name = match propose {
        Some(propose) => {
            let href = format!("{propose}?about=shared:{}", line.id);
            view! { <a href=href>{line.name.clone()}</a> }.into_any()
        }
        None => line.name.clone().into_any(),
    };
    let author = if line.credit.is_empty() { "a community".to_owned() } else { line.credit.clone() };
    let fork = if line.is_fork { ", made from another" } else { "" };
    let note = (!line.note.is_empty()).then(|| view! { <p class="small">{format!("“{}”", line.note)}</p> });
    let adopted = format::count(i64::from(line.adopted), "community").replace("communitys", "communities");
    view! {
        <li class="decision">
            <h3>{name}</h3>
            <p class="small muted">{line.description.clone()}</p>
            {note}
            <p class="meta">
                <span>{format!("By {author}{fork}, version {}, {}", line.version, line.licence)}</span>
            </p>
            <p class="meta foot">
                <span>{icon("users")} {format!("Adopted by {adopted}, rolled back by {}", line.rolled_back)}</span>
                <code title=line.hash.clone()>{format::fingerprint(&line.hash)}</code>
            </p>
        </li>
    }
    .into_any()
}

/// A shipped policy or kit. `propose` is where a policy's form is.
fn line_card(line: &LibraryLine, propose: Option<&str>) -> AnyView {
    let name = match propose {
        Some(propose) => {
            let href = format!("{propose}?about=shipped:{}", line.slug);
            view! { <a href=href>{line.name.clone()}</a> }.into_any()
        }
        None => line.name.clone().into_any(),
    };
    let layer =
        line.layer.map(|layer| view! { <p class="meta foot"><span>{icon("landmark")} {layer_word(layer)}</span></p> });
    view! {
        <li class="decision">
            <h3>{name}</h3>
            <p class="small muted">{line.description.clone()}</p>
            {layer}
        </li>
    }
    .into_any()
}
