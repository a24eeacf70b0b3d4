//! What holds on every page: structure, accessibility, and nothing that the content security policy forbids.

use crate::browse::Browser;

/// Every page, in some state.
const PAGES: &[&str] = &[
    "/",
    "/sign-in",
    "/nowhere",
    "/c/riverside",
    "/c/quiet",
    "/c/riverside/board",
    "/c/riverside/board/random",
    "/c/riverside/proposals",
    "/c/riverside/proposals/00000000-0000-4000-8000-000000000214",
    "/c/riverside/proposals/00000000-0000-4000-8000-000000000218",
    "/c/riverside/proposals/00000000-0000-4000-8000-000000000219",
    "/c/riverside/proposals/00000000-0000-4000-8000-000000000234",
    "/c/riverside/proposals/00000000-0000-4000-8000-000000000206",
    "/c/riverside/propose",
    "/c/riverside/propose/constitution.add_policy",
    "/c/riverside/policies",
    "/c/riverside/policies/00000000-0000-4000-8000-000000000002",
    "/c/riverside/studio",
    "/c/riverside/studio?draft=00000000-0000-4000-8000-000000000700&key=0123",
    "/c/riverside/policies/00000000-0000-4000-8000-000000000002/edit",
    "/c/riverside/documents",
    "/c/riverside/documents/00000000-0000-4000-8000-000000000001",
    "/c/riverside/members",
    "/c/riverside/audit",
];

/// The values of an attribute on a page.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    html.split(&format!(" {attribute}=\""))
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(value, _)| value))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_on_a_page_needs_what_the_policy_forbids() {
    let browser = Browser::of_leila();
    for page in PAGES {
        let html = browser.page(page).await.html;
        assert!(!html.contains(" style=\""), "{page} has a style attribute");
        for handler in ["onclick", "onsubmit", "onchange", "onload"] {
            assert!(values(&html, handler).is_empty(), "{page} has a handler in its markup");
        }
        for script in html.split("<script").skip(1) {
            let tag = script.split_once('>').map_or(script, |(tag, _)| tag);
            assert!(tag.contains("nonce="), "{page} has a script without the nonce: <script{tag}>");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_has_one_title_one_heading_and_one_main_part() {
    let browser = Browser::of_leila();
    for page in PAGES {
        let html = browser.page(page).await.html;
        assert_eq!(html.matches("<h1").count(), 1, "{page}: headings of the first level");
        assert_eq!(html.matches("<main").count(), 1, "{page}: main parts");
        assert_eq!(html.matches("<title>").count(), 1, "{page}: titles");
        assert!(html.contains("<html lang=\"en\""), "{page}: language");
        assert!(html.contains("id=\"main\""), "{page}: the skip link leads nowhere");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_id_stands_twice_and_every_reference_leads_somewhere() {
    let browser = Browser::of_leila();
    for page in PAGES {
        let html = browser.page(page).await.html;
        let mut ids = values(&html, "id");
        ids.sort_unstable();
        let known = ids.clone();
        ids.dedup();
        assert_eq!(
            ids.len(),
            known.len(),
            "{page}: {:?}",
            known.windows(2).filter(|pair| pair[0] == pair[1]).collect::<Vec<_>>()
        );
        for attribute in ["for", "aria-labelledby", "aria-describedby", "popovertarget"] {
            for wanted in values(&html, attribute) {
                assert!(known.contains(&wanted), "{page}: {attribute}=\"{wanted}\" leads nowhere");
            }
        }
        for name in values(&html, "href").iter().filter_map(|href| href.strip_prefix("#i-")) {
            assert!(known.contains(&format!("i-{name}").as_str()), "{page}: there is no icon {name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_control_has_a_name() {
    let browser = Browser::of_leila();
    for page in PAGES {
        let html = browser.page(page).await.html;
        for tag in ["<input", "<select", "<textarea"] {
            for control in html.split(tag).skip(1).filter_map(|rest| rest.split_once('>').map(|(control, _)| control)) {
                let is_plain = control.contains("type=\"hidden\"");
                let is_wrapped = control.contains("type=\"radio\"") || control.contains("type=\"checkbox\"");
                let is_named = control.contains("aria-label") || control.contains(" id=\"");
                assert!(is_plain || is_wrapped || is_named, "{page}: {tag}{control}> has no name");
            }
        }
    }
}
