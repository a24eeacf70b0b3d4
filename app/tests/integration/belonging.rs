//! Members, documents, search, settings and founding, as a browser without a script uses them.

use crate::browse::{Browser, path_of, shows, text};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_shows_what_they_may_do_and_why() {
    let browser = Browser::of_leila();
    shows(&browser.html("/c/riverside/members").await, &["Who may do what"]);
    let html = browser.html("/c/riverside/members/amara").await;
    shows(&html, &["Amara Okafor", "Set a channel's topic", "at once", "the role Steward", "by this decision"]);
    shows(&html, &["Propose a role", "Keyholder", "Propose to take it away", "31 open ballots"]);
    assert_eq!(browser.page("/c/riverside/members/nobody").await.status.as_u16(), 404);
    let visitor = Browser::of_a_visitor().html("/c/riverside/members/amara").await;
    assert!(!text(&visitor).contains("Propose a role"), "a visitor proposes nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_is_proposed_from_the_members_page() {
    let browser = Browser::of_leila();
    let page = "/c/riverside/members/amara";
    let function = path_of(&browser, page, "propose_action").await;
    let fields = [
        ("slug", "riverside"),
        ("action_type", "constitution.assign_role"),
        ("lists[members][]", "amara"),
        ("fields[role]", "Keyholder"),
        ("key", "key-give"),
    ];
    let answer = browser.submit(page, &function, &fields).await;
    assert!(answer.location().starts_with("/c/riverside/proposals/"), "{}", answer.location());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_stand_side_by_side_with_their_source() {
    let html = Browser::of_leila().html("/c/riverside/permissions").await;
    shows(&html, &["Kind of action", "Rename a channel", "Decided by Juries", "this decision", "11 February 2025"]);
    assert!(html.contains("scope=\"rowgroup\""), "groups are heads of their rows");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_versions_are_compared_word_by_word() {
    let browser = Browser::of_leila();
    let page = "/c/riverside/documents/00000000-0000-4000-8000-000000000004";
    shows(
        &browser.html(page).await,
        &["Who sees to it", "Two thirds", "No policy sees to this.", "what changed", "As it was on"],
    );
    let html = browser.html(&format!("{page}/changes?from=1&to=2")).await;
    shows(&html, &["What changed from version 1 to 2", "Words added: 1", "Words removed: 1"]);
    assert!(html.contains("<del>Friday</del>") && html.contains("<ins>Saturday</ins>"));
    assert_eq!(browser.page(&format!("{page}/changes?from=1&to=9")).await.status.as_u16(), 404);
    shows(&browser.html(&format!("{page}?at=2026-01-05")).await, &["This is version 1, in force on 5 January 2026."]);
    assert_eq!(browser.page(&format!("{page}?at=yesterday")).await.status.as_u16(), 422);
    shows(&browser.html("/c/riverside/documents?at=2026-01-05").await, &["As it was on 5 January 2026."]);
    shows(&browser.html("/c/riverside/documents").await, &["Policies that no document names", "Quiet hours"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_written_and_proposed() {
    let browser = Browser::of_leila();
    let page = "/c/riverside/documents/new";
    let html = browser.html(page).await;
    shows(&html, &["Write a document", "How it will read", "Propose this document"]);
    let function = path_of(&browser, page, "propose_action").await;
    let fields = [
        ("slug", "riverside"),
        ("action_type", "constitution.add_document"),
        ("fields[name]", "Hours"),
        ("fields[text]", "# Hours"),
    ];
    let answer = browser.submit(page, &function, &fields).await;
    assert!(answer.location().starts_with("/c/riverside/proposals/"), "{}", answer.location());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn search_marks_what_matches() {
    let browser = Browser::of_leila();
    let html = browser.html("/c/riverside/search?text=sunday").await;
    shows(&html, &["Opening hours", "Discussion", "Documents"]);
    assert!(html.contains("<mark>Sundays</mark>"));
    let only = browser.html("/c/riverside/search?text=sunday&kind=comment").await;
    assert!(!text(&only).contains("Opening hours"));
    shows(&browser.html("/c/riverside/search?text=nothing").await, &["Nothing found."]);
    shows(&browser.html("/c/riverside/search").await, &["What are you looking for?"]);
    assert!(browser.html("/c/riverside").await.contains("action=\"/c/riverside/search\""), "the bar leads there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_lead_everywhere_and_leaving_asks_twice() {
    let browser = Browser::of_leila();
    let page = "/c/riverside/settings";
    let html = browser.html(page).await;
    shows(&html, &["My settings", "slow since 09:12", "@leila:example.org", "Download it", "Leave this community"]);
    let leave = path_of(&browser, page, "leave_community").await;
    let slip = browser.submit(page, &leave, &[("slug", "riverside"), ("confirm", "x")]).await;
    shows(&browser.html(&slip.location()).await, &["To leave, write the community's name."]);
    let gone = browser.submit(page, &leave, &[("slug", "riverside"), ("confirm", "Riverside Tool Library")]).await;
    assert_eq!(gone.location(), "/");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_community_is_founded_step_by_step() {
    let browser = Browser::of_leila();
    shows(&browser.html("/found").await, &["Where does it live?", "The board"]);
    shows(&browser.html("/found?place=board").await, &["How does it decide?", "Juries", "Goes wrong"]);
    let blanks = browser.html("/found?place=board&kit=jury").await;
    shows(&blanks, &["What is to be filled in?", "Jurors"]);
    assert!(blanks.contains("name=\"place\" value=\"board\""), "earlier answers are carried along");
    shows(&browser.html("/found?place=board&kit=jury&filled=yes&blank-size=5").await, &["How is it called?"]);
    let last = "/found?place=board&kit=jury&filled=yes&blank-size=5&name=Elm+Street&slug=elm&handle=leila";
    let html = browser.html(last).await;
    shows(&html, &["Is this right?", "Elm Street", "/c/elm", "Jury", "Steward"]);
    assert!(html.contains("name=\"form[blanks][size]\" value=\"5\""));
    let function = path_of(&browser, last, "found_community").await;
    let fields = [
        ("form[kit]", "jury"),
        ("form[slug]", "elm"),
        ("form[name]", "Elm Street"),
        ("form[handle]", "leila"),
        ("form[blanks][size]", "5"),
    ];
    assert_eq!(browser.submit(last, &function, &fields).await.location(), "/c/elm");
    shows(&Browser::of_a_visitor().html("/found").await, &["Sign in first"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_chart_has_its_table() {
    let html = Browser::of_leila().html("/c/riverside/report").await;
    shows(&html, &["Participation", "Turnout", "Show as a table", "9 Nov", "fewer than 5 holders", "As CSV"]);
    assert!(html.contains("role=\"img\" aria-label=\"Of those asked"), "the chart says what it shows");
    shows(&Browser::of_leila().html("/c/quiet/report").await, &["There is nothing to count yet."]);
}
