//! Each page says what it is for.

use crate::browse::{Browser, shows, text};

const PROPOSAL: &str = "/c/riverside/proposals/00000000-0000-4000-8000-000000000";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_landing_page_invites() {
    let html = Browser::of_a_visitor().html("/").await;
    shows(&html, &["A community can write its own rules", "Look around the demo", "Juries", "41 of 112 voted"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sign_in_offers_the_members_of_the_demo() {
    let html = Browser::of_a_visitor().html("/sign-in").await;
    shows(&html, &["Whom do you want to be?", "Leila Haddad", "on the jury for a rename", "Member, Steward"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn home_shows_what_needs_me_first() {
    let html = Browser::of_leila().html("/c/riverside").await;
    shows(
        &html,
        &[
            "Three things need you, Leila",
            "You are on the jury",
            "2 hours left",
            "Rename #random to #tool-chat",
            "Open decisions",
            "Rules in force",
            "Trial, not enforced",
            "We bought a second pressure washer",
            "Anyone who borrows may speak",
            "38 %",
            "Matrix, slow since 09:12",
        ],
    );
    let words = text(&html);
    assert!(words.find("Three things need you") < words.find("Rules in force"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_sees_the_home_without_what_needs_members() {
    let html = Browser::of_a_visitor().html("/c/riverside").await;
    shows(&html, &["Riverside Tool Library", "Sign in", "Rules in force"]);
    assert!(!text(&html).contains("need you"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_community_teaches() {
    let browser = Browser::of_leila();
    shows(
        &browser.html("/c/quiet").await,
        &["You are up to date, Leila", "No rules yet.", "Nothing decided yet.", "No documents yet."],
    );
    shows(&browser.html("/c/quiet/board").await, &["No channel yet."]);
    shows(&browser.html("/c/quiet/proposals").await, &["No proposals here."]);
    shows(&browser.html("/c/quiet/policies").await, &["No policy on this layer."]);
    shows(&browser.html("/c/quiet/documents").await, &["No documents yet."]);
    shows(&browser.html("/c/quiet/audit").await, &["No entries."]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proposal_says_its_effect_before_any_number() {
    let html = Browser::of_leila().html(&format!("{PROPOSAL}214")).await;
    shows(
        &html,
        &[
            "If this passes, our opening hours will include Sundays",
            "You can vote.",
            "since March 2024",
            "Open on Sundays from 29 November",
            "Would pass if it closed now.",
            "needs ⅔",
            "quorum 34",
            "41 of 112",
            "Show as a table",
            "I work Saturdays.",
            "Why it is still open",
            "Siobhán Byrne",
            "The 34th vote came in",
            "If nobody else votes",
        ],
    );
    let words = text(&html);
    assert!(words.find("If this passes, our opening hours") < words.find("75 %"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_juror_sees_who_was_drawn_and_how() {
    let html = Browser::of_leila().html(&format!("{PROPOSAL}218")).await;
    shows(&html, &["needs 2", "1 of 3", "Drawn by lot from 109 members", "Priya Raghunathan", "in Matrix"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_vote_reads_why() {
    let html = Browser::of_leila().html(&format!("{PROPOSAL}235")).await;
    shows(&html, &["You cannot vote here.", "You were not drawn."]);
    assert!(!html.contains("ballot[answer]"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hidden_count_says_until_when_and_shows_no_bar() {
    let html = Browser::of_leila().html(&format!("{PROPOSAL}219")).await;
    shows(&html, &["Totals are shown after the close on Monday", "You voted: Noor Aziz, then Rosa Ferreira."]);
    assert!(!html.contains("class=\"tally\""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_decided_says_what_came_of_it() {
    let browser = Browser::of_leila();
    shows(
        &browser.html(&format!("{PROPOSAL}206")).await,
        &["Passed.", "31 to 6", "What came of it", "Sent as $9f3c71ab04de", "Done"],
    );
    shows(&browser.html(&format!("{PROPOSAL}205")).await, &["Failed.", "Why it failed", "29 voted, 34 were needed."]);
    shows(
        &browser.html(&format!("{PROPOSAL}204")).await,
        &["Trial, not enforced", "What it would have done", "Would have"],
    );
    shows(
        &browser.html(&format!("{PROPOSAL}216")).await,
        &["Held.", "Waiting for Matrix", "502 Bad Gateway", "Tried 4 times"],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn proposals_are_filtered_by_the_address() {
    let browser = Browser::of_leila();
    shows(&browser.html("/c/riverside/proposals").await, &["Open 10", "Failed 1", "Page 1 of 2", "not voted yet"]);
    let failed = browser.html("/c/riverside/proposals?standing=failed").await;
    shows(&failed, &["1 proposal", "Double the late fees"]);
    assert!(!text(&failed).contains("Sunday afternoons"));
    shows(&browser.html("/c/riverside/proposals?text=saw").await, &["Which saw do we buy?", "with “saw”"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policies_stand_in_their_order() {
    let html = Browser::of_leila().html("/c/riverside/policies").await;
    shows(
        &html,
        &["R-05", "Enforced", "Warns, does not hold up", "Switched off", "every one must pass", "Broke on 20 November"],
    );
    let words = text(&html);
    assert!(words.find("Posts with many links") < words.find("Channel renames go to a jury"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_shows_its_words_source_and_versions() {
    let browser = Browser::of_leila();
    let path = "/c/riverside/policies/00000000-0000-4000-8000-000000000002";
    let html = browser.html(path).await;
    shows(
        &html,
        &[
            "In plain words",
            "When two jurors agree.",
            "9f3c 71ab 04de",
            "Last 30 days",
            "5 hours 12 minutes",
            "Version 1",
            "What it is able to do",
            "jury is not defined (line 10)",
        ],
    );
    assert!(html.contains("<span class=\"k\">function</span>"), "the source has colours");
    assert!(html.contains("class=\"ln here\""), "the broken line is marked");
    shows(
        &browser.html(&format!("{path}?version=2")).await,
        &["This is version 2.", "See version 3, which is in force"],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_board_shows_what_waits_and_what_was_said() {
    let html = Browser::of_leila().html("/c/riverside/board/random").await;
    shows(
        &html,
        &[
            "Tomasz Wilk wants to rename #random",
            "1 of 2 jurors has agreed.",
            "The band saw is back",
            "Pinned",
            "Taken down by a jury",
            "Write in #random",
        ],
    );
    let visitor = Browser::of_a_visitor().html("/c/riverside/board/random").await;
    shows(&visitor, &["Sign in as a member to post here."]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_be_proposed_says_who_decides() {
    let browser = Browser::of_leila();
    shows(&browser.html("/c/riverside/propose").await, &["Rename a channel", "A jury of three", "Constitution layer"]);
    let html = browser.html("/c/riverside/propose/constitution.add_policy").await;
    shows(&html, &["Add a policy", "What it governs", "Up to six functions", "Propose this"]);
    for control in
        ["name=\"fields[source]\"", "name=\"lists[action_types][]\"", "name=\"fields[trial]\"", "type=\"number\""]
    {
        assert!(html.contains(control), "{control}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_and_roles_say_who_may_do_what() {
    let html = Browser::of_leila().html("/c/riverside/members").await;
    shows(&html, &["Steward", "at once", "Every member holds it.", "@tomasz:example.org", "You", "Program"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_text_and_never_markup() {
    let html = Browser::of_leila().html("/c/riverside/documents/00000000-0000-4000-8000-000000000001").await;
    assert!(html.contains("<strong>everybody keeps it</strong>"));
    shows(&html, &["Our constitution", "Who decides", "Anyone who borrows may speak.", "Version 5"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_log_can_be_read_checked_and_taken() {
    let browser = Browser::of_leila();
    let html = browser.html("/c/riverside/audit").await;
    shows(
        &html,
        &[
            "Unbroken, entry 1 to 48,213.",
            "Siobhán Byrne voted no on",
            "Policy R-02",
            "Today, Sunday 22 November",
            "polity verify FILE",
            "Older entries",
            "Entry 48,198",
        ],
    );
    assert!(html.contains("/api/v1/communities/riverside/audit?format=csv"));
    assert!(html.contains("<del>#tool-chat</del>"));
    let filtered = browser.html("/c/riverside/audit?actor=siobhan&text=voted").await;
    shows(&filtered, &["Who: siobhan", "Words: voted"]);
    assert!(filtered.contains("href=\"/c/riverside/audit?actor=siobhan\""), "a filter can be taken away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_there_says_so_with_its_status() {
    let browser = Browser::of_leila();
    for path in [
        "/nowhere",
        "/c/nowhere",
        "/c/riverside/proposals/1",
        "/c/riverside/policies/00000000-0000-4000-8000-000000009999",
    ] {
        let answer = browser.page(path).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}");
        shows(&answer.html, &["There is nothing here"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_library_can_be_searched_without_a_script() {
    let html = Browser::of_a_visitor().html("/library").await;
    shows(
        &html,
        &[
            "Library of rules",
            "Direct democracy",
            "Majority vote",
            "Start from nothing",
            "Fits when.",
            "Adopted by 4 communities, rolled back by 1",
            "By a community, made from another",
        ],
    );
    let html = Browser::of_a_visitor().html("/library?tag=newcomers&text=spam").await;
    shows(&html, &["Probation for new members", "1 rule"]);
    assert!(!text(&html).contains("Direct democracy"));
    shows(&Browser::of_a_visitor().html("/library?text=zzzz").await, &["Nothing fits."]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_template_shows_what_its_blanks_make() {
    let html = Browser::of_a_visitor().html("/library/jury").await;
    shows(&html, &["Jury", "How many are drawn", "3 members are drawn by lot", "JavaScript", "Sign in"]);
    let html = Browser::of_leila().html("/c/riverside/library/jury?filled=1&size=5&yes=4&at_most=1+day").await;
    shows(&html, &["5 members are drawn by lot", "Propose this", "Name of the policy"]);
    assert!(html.contains(r#"name="lists[powers][]" value="ask""#), "what it may do is proposed with it");
    let html = Browser::of_leila().html("/c/riverside/library/jury?filled=1&size=2&yes=4").await;
    shows(&html, &["takes a whole number from 1 to 2, not 4"]);
}
