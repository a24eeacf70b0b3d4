//! Rule sets such as communities have, and what becomes of them.

use app::builder::Sheet;

use super::{Fate, Import, Options, import};

fn imported(yaml: &str) -> Import {
    import(yaml, &Options::default()).unwrap()
}

/// Keys and fates of the notes.
fn fates(import: &Import) -> Vec<(u32, &str, Fate)> {
    import.notes.iter().map(|note| (note.rule, note.key.as_str(), note.fate)).collect()
}

#[test]
fn a_rule_set_becomes_policies_in_the_order_of_automoderator() {
    let import = imported(
        r#"
# Tell people about the wiki
type: submission
title+body: ["how do I", "where can I"]
comment: |
    Hello {{author}}, have a look at our wiki first.
---
## New accounts with links wait
type: submission
body (regex, includes): ["https?://\\S+"]
author:
    account_age: "< 7 days"
action: filter
action_reason: "new account, link"
---
    # Slurs
    priority: 10
    title+body (includes-word): [slur, "other slur"]
    action: remove
    action_reason: "slur"
    message_subject: Your post was removed
    message: Please read the rules, {{author}}.
---
"#,
    );
    let names: Vec<&str> = import.drafts.iter().map(|draft| draft.name.as_str()).collect();
    assert_eq!(names, ["Slurs", "New accounts with links wait", "Tell people about the wiki"]);
    for draft in &import.drafts {
        assert_eq!(Sheet::read(&draft.source).form().as_ref(), Some(&draft.form), "{}", draft.name);
        assert!(draft.form.problems().is_empty());
    }
    let slurs = &import.drafts[0];
    assert!(
        slurs.source.contains(r#"wordIn(textOf(action, "text"), ["slur", "other slur"]) !== undefined"#),
        "{}",
        slurs.source
    );
    assert!(slurs.source.contains(r#"!action.initiator?.hasRole("Moderator")"#), "moderators are exempt");
    assert!(slurs.source.contains("Your post was removed\\n\\nPlease read the rules, ${"), "{}", slurs.source);
    let filter = &import.drafts[1];
    assert!(
        filter.source.contains(r#"new RegExp(pattern, "i")"#) && filter.source.contains("tenureOf(action) < days(7)")
    );
    assert!(filter.description.contains("waits for your approval"), "{}", filter.description);
    assert_eq!(fates(&import), [(1, "comment", Fate::Adjusted), (2, "author.account_age", Fate::Adjusted)]);
}

#[test]
fn a_condition_that_cannot_be_carried_over_leaves_the_rule_out() {
    let import = imported(
        r#"
type: submission
flair_text: "Meta"
action: remove
---
author:
    comment_karma: "< 10"
    is_gold: false
action: remove
---
standard: image hosting sites
action: remove
---
reports: 3
action: remove
modmail: reported
---
titel: [typo]
action: remove
---
title (regex): ["(a+)+$"]
action: remove
---
title (fuzzy): [a]
action: explode
"#,
    );
    assert_eq!(import.drafts, []);
    assert_eq!(
        fates(&import),
        [
            (1, "flair_text", Fate::RuleLeftOut),
            (2, "author.comment_karma", Fate::RuleLeftOut),
            (2, "author.is_gold", Fate::RuleLeftOut),
            (3, "standard", Fate::RuleLeftOut),
            (4, "reports", Fate::RuleLeftOut),
            (5, "titel", Fate::RuleLeftOut),
            (6, "title (regex)", Fate::RuleLeftOut),
            (7, "action", Fate::RuleLeftOut),
            (7, "title (fuzzy)", Fate::RuleLeftOut),
        ]
    );
    let why = &import.notes[6].why;
    assert!(why.contains("a text could make it try for ever"), "{why}");
    assert_eq!(import.notes[3].line, 11, "where the rule begins");
}

#[test]
fn what_is_done_besides_is_named_where_it_cannot_be() {
    let import = imported(
        "type: submission\ntitle: [meta]\nset_flair: [Meta, meta]\noverwrite_flair: true\nset_sticky: 1\nset_nsfw: true\ncomment: See {{url}}\ncomment_stickied: true\n",
    );
    assert_eq!(import.drafts.len(), 1);
    let left_out: Vec<&str> =
        import.notes.iter().filter(|note| note.fate == Fate::LeftOut).map(|note| note.key.as_str()).collect();
    assert_eq!(left_out, ["comment_stickied", "overwrite_flair", "set_flair", "set_nsfw", "set_sticky"]);
    assert!(import.notes.iter().any(|note| note.key == "comment" && note.why.contains("{{url}}")));
}

#[test]
fn either_of_several_thresholds_is_a_policy_each() {
    let yaml = "author:\n    satisfy_any_threshold: true\n    account_age: \"< 2\"\n    combined_karma: \"< 5\"\naction: remove\n";
    let options = Options { karma_policy: "Reputation".into(), ..Options::default() };
    let import = import(yaml, &options).unwrap();
    let names: Vec<&str> = import.drafts.iter().map(|draft| draft.name.as_str()).collect();
    assert_eq!(names, ["AutoModerator rule 1 (1)", "AutoModerator rule 1 (2)"]);
    assert!(import.drafts[0].source.contains("days(2)") && !import.drafts[0].source.contains("Reputation"));
    assert!(import.drafts[1].source.contains(r#"policies.get("Reputation")?.data.get(counterOf(action, "karma"), 0)"#));
}

#[test]
fn the_documented_checks_are_read() {
    let source = |yaml: &str| {
        let import = imported(yaml);
        assert_eq!(import.drafts.len(), 1, "{yaml}: {:?}", import.notes);
        import.drafts.into_iter().next().unwrap().source
    };
    let holds = |yaml: &str, code: &str| {
        let source = source(yaml);
        assert!(source.contains(code), "{yaml}\n{source}");
    };
    holds(
        "domain: [youtube.com, youtu.be]\naction: remove",
        r#"["://youtube.com", ".youtube.com", "://youtu.be", ".youtu.be"]"#,
    );
    holds("~domain: imgur.com\ntype: link submission\naction: remove", r#"!["://imgur.com", ".imgur.com"].some"#);
    holds(
        "url (includes): [\"/r/\"]\naction: remove",
        r#"["/r/"].some(word => textOf(action, "text").includes(word))"#,
    );
    holds("title (starts-with): [\"[OC]\"]\naction: report\nreport_reason: check", r#"startsWith(word)"#);
    holds("~title (starts-with): [\"[OC]\"]\naction: remove", r#"!["[oc]"].some"#);
    holds("body (full-exact): this\naction: remove", r#"["this"].includes(textOf(action, "text").trim())"#);
    holds("body (ends-with): [\"?\"]\naction: approve", "endsWith(word)");
    holds("body_shorter_than: 10\naction: remove", ".length < 10");
    holds("body_longer_than: 10\naction: remove", ".length >= 11");
    holds("type: comment\nbody: hi\naction: remove", "!!action.payload.reply_to");
    holds("author: [Bob, /u/eve]\naction: remove", r#"["bob", "eve"].includes"#);
    holds("~author: [bob]\nbody: x\naction: spam", r#"!["bob"].includes"#);
    holds("author:\n  is_contributor: false\naction: filter", r#"!action.initiator?.hasRole("Contributor")"#);
    holds("body: x\nmoderators_exempt: false\naction: remove", r#"action.type)"#);
    assert!(!source("body: x\nmoderators_exempt: false\naction: remove").contains("hasRole"));
    holds("is_edited: true\nbody: x\naction: remove", r#"action.type === "board.edit_message""#);
    holds("body: [yes, no, 42]\naction: remove", r#""42"]"#);
    holds("title+body#2 (regex): ['f[o0]{2}', 'b.r']\naction: remove", r#"(?:f[o0]{2})"#);
}

#[test]
fn what_is_no_rule_is_named() {
    let import = imported(
        "title: [a\naction: remove\n---\n- just\n- a list\n---\n# only a comment\n---\nbody: ok\naction: remove\n",
    );
    assert_eq!(import.drafts.len(), 1);
    assert_eq!(fates(&import), [(1, "", Fate::RuleLeftOut), (2, "", Fate::RuleLeftOut)]);
    assert!(import.notes[0].why.starts_with("is no YAML"), "{:?}", import.notes);
    assert_eq!(super::import("# nothing\n---\n", &Options::default()), Err(super::ImportError::Empty));
    assert_eq!(super::import(&"a: b\n---\n".repeat(501), &Options::default()), Err(super::ImportError::TooManyRules));
    assert_eq!(super::import(&" ".repeat(super::MAX_BYTES + 1), &Options::default()), Err(super::ImportError::TooLong));
}

#[test]
fn a_rule_set_cannot_blow_up_the_reader() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for n in 1..12 {
        let before = n - 1;
        bomb.push_str(&format!("a{n}: &a{n} [{}]\n", vec![format!("*a{before}"); 10].join(", ")));
    }
    let import = imported(&format!("{bomb}action: remove\n"));
    assert_eq!(import.drafts, []);
    let deep = format!("body: {}{}\naction: remove\n", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(imported(&deep).drafts, []);
}
