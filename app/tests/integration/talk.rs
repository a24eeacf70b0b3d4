//! The inbox and the discussion, as a browser without a script uses them.

use crate::browse::{Browser, path_of, shows, text};

const SUNDAY: &str = "/c/riverside/proposals/00000000-0000-4000-8000-000000000214";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_inbox_lists_what_is_new_and_counts_it_beside_the_bell() {
    let browser = Browser::of_leila();
    let html = browser.html("/c/riverside/notices").await;
    shows(&html, &["Notices", "Your vote is asked for: Open on Sundays.", "Mark all as read", "Mute this thread"]);
    assert!(html.contains("aria-label=\"Notices, 2 unread ones\""), "the bell says how many");
    assert_eq!(text(&html).matches("New ").count(), 2);
    shows(&browser.html("/c/quiet/notices").await, &["Nothing yet."]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_leads_to_what_it_is_about_and_is_read_then() {
    let browser = Browser::of_leila();
    let page = "/c/riverside/notices";
    let open = path_of(&browser, page, "open_notice").await;
    let answer = browser.submit(page, &open, &[("slug", "riverside"), ("id", "3")]).await;
    assert_eq!((answer.status.as_u16(), answer.location().as_str()), (302, SUNDAY));
    let unread = browser.html("/c/riverside/notices?show=unread").await;
    assert!(!text(&unread).contains("Your vote is asked for"), "it was opened");
    let all = path_of(&browser, page, "read_notices").await;
    browser.submit(page, &all, &[("slug", "riverside")]).await;
    shows(&browser.html("/c/riverside/notices?show=unread").await, &["You have read everything."]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_reaches_me_where_is_a_form() {
    let browser = Browser::of_leila();
    let page = "/c/riverside/settings/notices";
    let html = browser.html(page).await;
    shows(&html, &["leila@example.org", "My vote is asked for", "Once a week", "Rename #random", "Chat means Matrix."]);
    let save = path_of(&browser, page, "save_notice_settings").await;
    let fields = [
        ("slug", "riverside"),
        ("settings[on][]", "decided.app"),
        ("settings[on][]", "decided.chat"),
        ("settings[digest]", "weekly"),
        ("settings[hour]", "18"),
        ("settings[weekday]", "7"),
        ("settings[time_zone]", "Europe/Berlin"),
    ];
    assert_eq!(browser.submit(page, &save, &fields).await.status.as_u16(), 302);
    let html = browser.html(page).await;
    assert!(html.contains("value=\"decided.chat\" checked"), "the cell is on");
    assert!(!html.contains("value=\"asked.app\" checked"), "the other is off");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letters_links_ask_once_more() {
    let visitor = Browser::of_a_visitor();
    let page = "/unsubscribe?token=good";
    shows(&visitor.html(page).await, &["No more e-mail?"]);
    let function = path_of(&visitor, page, "notice/unsubscribe").await;
    let bad = visitor.submit(page, &function, &[("token", "bad")]).await;
    shows(&visitor.html(&bad.location()).await, &["This link is not one of ours.", "link-not-ours"]);
    shows(&visitor.html("/confirm-address?token=x").await, &["Is this your address?", "Confirm my address"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_strongest_of_each_side_stand_beside_each_other() {
    let html = Browser::of_leila().html(SUNDAY).await;
    shows(&html, &["Discussion", "Strongest support", "Strongest objection", "4 members support it", "In favour: 1"]);
    shows(&html, &["Taken down by Amara Okafor: an insult", "Mute this thread", "Where I stand"]);
    assert!(html.contains("<strong>Saturdays</strong>"), "Markdown is shown");
    assert!(html.contains("href=\"https://rota.example\" rel=\"nofollow noopener ugc external\""), "links are marked");
    let mention = html.split("<a ").find(|tag| tag.contains(">@leila</a>")).unwrap_or_default();
    assert!(mention.contains("href=\"/c/riverside/members/leila\""), "mentions lead to members: {mention}");
    assert!(!html.contains("<script>alert"), "what people write stays text");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comment_is_written_and_stands_there() {
    let browser = Browser::of_leila();
    let write = path_of(&browser, SUNDAY, "write_comment").await;
    let id = SUNDAY.rsplit('/').next().unwrap();
    let fields = [("slug", "riverside"), ("proposal", id), ("side", "for"), ("text", "I have *keys*.")];
    let answer = browser.submit(SUNDAY, &write, &fields).await;
    assert_eq!((answer.status.as_u16(), answer.location().as_str()), (302, SUNDAY));
    assert!(browser.html(SUNDAY).await.contains("I have <em>keys</em>."));
    let empty = browser.submit(SUNDAY, &write, &[("slug", "riverside"), ("proposal", id), ("text", " ")]).await;
    shows(&browser.html(&empty.location()).await, &["The comment is empty", "comment-empty"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_reads_and_cannot_write() {
    let html = Browser::of_a_visitor().html(SUNDAY).await;
    shows(&html, &["Strongest support", "Members can speak here."]);
    assert!(!html.contains("write_comment"), "no form");
    assert!(!html.contains("class=\"button quiet icon-only bell\""), "no bell");
}
