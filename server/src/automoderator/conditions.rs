//! What a rule looks for.

use app::builder::form::{
    AuthorTest, Compare, LinkTest, PatternTest, ReplyTest, ReputationTest, RoleTest, TenureTest, Test, TextLengthTest,
    WordMatch, WordsTest,
};
use app::builder::patterns;
use serde_json::Value;

use super::Reading;
use super::key::{How, Key};
use super::texts;

/// The field that holds what is said.
const TEXT: &str = "text";

/// Reads one key that is no action.
pub(super) fn read(reading: &mut Reading<'_>, written: &str, value: &Value) {
    let key = Key::read(written);
    let fields: Vec<&str> = key.fields.iter().map(String::as_str).collect();
    match fields.as_slice() {
        ["type"] => kind(reading, written, value),
        ["author"] => author(reading, written, value),
        ["body_longer_than" | "body_shorter_than"] => length(reading, written, &key, value),
        ["is_edited"] => match texts::flag(value) {
            Some(flag) => reading.is_edited = Some(flag),
            None => reading.leave_out(written, "takes true or false"),
        },
        ["ignore_blockquotes"] => {
            reading.adjusted(written, "quotations are searched like the rest of a post");
        }
        ["standard"] => {
            reading.leave_out(written, "the lists behind standard conditions are kept by Reddit and not published")
        }
        ["reports"] => reading.leave_out(written, "reports of posts are no action that policies see here"),
        [name] if is_elsewhere(name) => {
            reading.leave_out(written, format!("posts have no {} here", name.replace('_', " ")));
        }
        [] => reading.leave_out(written, "names no field"),
        _ if fields.iter().all(|field| matches!(*field, "title" | "body" | "url" | "domain")) => {
            search(reading, written, &key, value);
        }
        _ => reading.leave_out(written, "is no check that can be carried over"),
    }
}

/// Checks of Reddit's that look at what posts do not have here.
fn is_elsewhere(name: &str) -> bool {
    const FAMILIES: [&str; 8] =
        ["flair_", "media_", "crosspost_", "poll_", "parent_submission", "subreddit", "discussion_", "past_archive_"];
    const SINGLE: [&str; 9] = [
        "id",
        "is_top_level",
        "is_gallery",
        "is_poll",
        "is_meta_discussion",
        "is_original_content",
        "is_nsfw",
        "is_submitter",
        "gallery_text",
    ];
    FAMILIES.iter().any(|family| name.starts_with(family)) || SINGLE.contains(&name)
}

fn kind(reading: &mut Reading<'_>, written: &str, value: &Value) {
    let reply = |holds| Test::Reply(ReplyTest { holds });
    let link = |holds| Test::Link(LinkTest { fields: vec![TEXT.to_owned()], holds });
    match texts::list(value).join(" ").as_str() {
        "any" => {}
        "submission" => reading.when.tests.push(reply(false)),
        "comment" => reading.when.tests.push(reply(true)),
        kind @ ("text submission" | "link submission") => {
            let holds = kind == "link submission";
            reading.when.tests.extend([reply(false), link(holds)]);
            let which = if holds { "with" } else { "without" };
            reading.adjusted(written, format!("here it means a post {which} a link that answers no other"));
        }
        other => reading.leave_out(written, format!("there is no {other} here")),
    }
}

fn search(reading: &mut Reading<'_>, written: &str, key: &Key, value: &Value) {
    let values: Vec<String> = texts::list(value).into_iter().filter(|value| !value.trim().is_empty()).collect();
    if values.is_empty() {
        return reading.leave_out(written, "lists nothing to look for");
    }
    if let Some(unknown) = key.unknown.first() {
        return reading.leave_out(written, format!("there is no modifier “{unknown}”"));
    }
    if key.is_case_sensitive {
        reading.adjusted(written, "capitals make no difference here");
    }
    let is = |name: &str| key.fields.iter().any(|field| field == name);
    if is("title") && !is("body") {
        reading.adjusted(written, "posts have no title here: the whole text is searched");
    }
    if is("domain") || is("url") {
        reading.adjusted(written, "links are looked for in the text of a post");
    }
    let (only_domain, only_url) = (key.fields == ["domain"], key.fields == ["url"]);
    let holds = !key.is_negated;
    let fields = vec![TEXT.to_owned()];
    if key.is_regex {
        return pattern(reading, written, key, &values, only_domain || only_url);
    }
    let how = key.how.unwrap_or(if only_url { How::Inside } else { How::Word });
    let (how, words) = match how {
        // A domain stands behind the scheme, or behind a subdomain.
        _ if only_domain => {
            let domain = |name: &String| {
                let name = name.trim().trim_start_matches("www.").to_lowercase();
                [format!("://{name}"), format!(".{name}")]
            };
            (WordMatch::Inside, values.iter().flat_map(domain).collect())
        }
        How::Word => (WordMatch::Whole, values),
        How::Inside => (WordMatch::Inside, values),
        How::Start => (WordMatch::Start, values),
        How::End => (WordMatch::End, values),
        How::Exact => (WordMatch::Exact, values),
        How::FullText => {
            reading.adjusted(written, "signs around the text make a difference here");
            (WordMatch::Exact, values)
        }
    };
    reading.when.tests.push(Test::Words(WordsTest { fields, words, how, holds }));
}

/// A list of regular expressions, in Python's dialect.
fn pattern(reading: &mut Reading<'_>, written: &str, key: &Key, values: &[String], is_link: bool) {
    let how = key.how.unwrap_or(if is_link { How::Inside } else { How::Word });
    let mut list = Vec::new();
    for value in values {
        let value = value.trim().trim_start_matches("(?i)");
        let value = value.strip_suffix("\\Z").map_or_else(|| value.to_owned(), |body| format!("{body}$"));
        let whole = match how {
            How::Inside => value.clone(),
            How::Word => format!("(?:^|\\W|\\b)(?:{value})(?:$|\\W|\\b)"),
            How::Start => format!("^(?:{value})"),
            How::End => format!("(?:{value})$"),
            How::Exact | How::FullText => format!("^(?:{value})$"),
        };
        if let Some(problem) = patterns::problem(&value).or_else(|| patterns::problem(&whole)) {
            return reading.leave_out(written, format!("the regular expression “{value}” {problem}"));
        }
        list.push(whole);
    }
    reading.when.tests.push(Test::Pattern(PatternTest {
        fields: vec![TEXT.to_owned()],
        patterns: list,
        holds: !key.is_negated,
    }));
}

fn length(reading: &mut Reading<'_>, written: &str, key: &Key, value: &Value) {
    let number = texts::list(value).into_iter().next().and_then(|text| text.trim().parse::<u32>().ok());
    let is_longer = key.fields.iter().any(|field| field == "body_longer_than");
    let Some(number) = number else { return reading.leave_out(written, "takes a number of characters") };
    let (is, characters) =
        if is_longer { (Compare::AtLeast, number.saturating_add(1)) } else { (Compare::LessThan, number) };
    reading.when.tests.push(Test::TextLength(TextLengthTest { fields: vec![TEXT.to_owned()], is, characters }));
}

/// A name, or what is known of whoever wrote it.
fn author(reading: &mut Reading<'_>, written: &str, value: &Value) {
    let is_negated = Key::read(written).is_negated;
    let Value::Object(keys) = value else { return name(reading, written, &Key::read(written), value) };
    if is_negated {
        return reading.leave_out(written, "several conditions on authors cannot be turned round together");
    }
    let is_either = keys.get("satisfy_any_threshold").and_then(texts::flag).unwrap_or(false);
    let mut thresholds = Vec::new();
    for (sub, value) in keys {
        let key = Key::read(sub);
        let path = format!("{written}.{sub}");
        match key.fields.first().map(String::as_str).unwrap_or_default() {
            "satisfy_any_threshold" => {}
            "name" => name(reading, &path, &key, value),
            "account_age" => match texts::age(value) {
                Some((is, length)) => {
                    thresholds.push(Test::Tenure(TenureTest { is, length }));
                    reading
                        .adjusted(&path, "it is the time since somebody became a member of this community that counts");
                }
                None => reading.leave_out(&path, "takes an age such as \"< 7 days\""),
            },
            karma if karma.ends_with("_karma") => match (points(value), reading.options.karma_policy.is_empty()) {
                (Some((is, points)), false) => {
                    let policy = reading.options.karma_policy.clone();
                    let counter = "karma".to_owned();
                    thresholds.push(Test::Reputation(ReputationTest { counter, policy, is, points }));
                    reading.adjusted(
                        &path,
                        "there is one kind of karma here: the counter “karma” that the named policy keeps",
                    );
                }
                (_, true) => {
                    reading.leave_out(
                        &path,
                        "nobody counts karma here: name a policy that does, with the counter “karma”",
                    );
                }
                (None, _) => reading.leave_out(&path, "takes a threshold such as \"< 10\""),
            },
            who @ ("is_contributor" | "is_moderator") => {
                let role = if who == "is_moderator" {
                    &reading.options.moderator_role
                } else {
                    &reading.options.contributor_role
                };
                let role = role.clone();
                match texts::flag(value) {
                    Some(holds) => {
                        // A rule about moderators cannot exempt them.
                        if who == "is_moderator" && holds {
                            reading.exempts_moderators = Some(false);
                        }
                        reading.when.tests.push(Test::Role(RoleTest { role, holds }));
                    }
                    None => reading.leave_out(&path, "takes true or false"),
                }
            }
            "set_flair" | "overwrite_flair" => {
                reading.note(&path, super::Fate::LeftOut, "members have no flair here");
            }
            "is_gold" | "has_verified_email" | "contributor_quality" | "is_submitter" | "id" => {
                reading.leave_out(&path, "only Reddit knows this of its users");
            }
            flair if flair.starts_with("flair_") => reading.leave_out(&path, "members have no flair here"),
            _ => reading.leave_out(&path, "is no check that can be carried over"),
        }
    }
    if is_either && thresholds.len() > 1 {
        reading.either = thresholds;
    } else {
        reading.when.tests.append(&mut thresholds);
    }
}

fn points(value: &Value) -> Option<(Compare, i32)> {
    let (is, number, unit) = texts::threshold(value)?;
    if unit.is_empty() { i32::try_from(number).ok().map(|number| (is, number)) } else { None }
}

fn name(reading: &mut Reading<'_>, written: &str, key: &Key, value: &Value) {
    if key.is_regex || matches!(key.how, Some(How::Inside | How::Start | How::End)) {
        return reading.leave_out(written, "authors are recognised by their whole handle here, not by a part of it");
    }
    let handles: Vec<String> = texts::list(value)
        .into_iter()
        .map(|name| name.trim().trim_start_matches("/u/").trim_start_matches("u/").to_owned())
        .collect();
    if handles.is_empty() {
        return reading.leave_out(written, "names nobody");
    }
    reading.adjusted(written, "names are handles of this community's members");
    reading.when.tests.push(Test::Author(AuthorTest { handles, holds: !key.is_negated }));
}
