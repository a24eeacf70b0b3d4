//! What we say in repositories: comments for members, announcements, and ballots, which are comments with a mark.

use reqwest::Method;
use serde_json::{Value, json};
use types::payload::github::Comment;
use types::platform::{IdempotencyKey, OpenBallot, Operation, Person, Receipt};
use types::{Ask, BallotKind, Json};

use super::change::receipt;
use super::repository::Repositories;
use crate::{ApplyError, ballots};

/// The beginning of the mark by which a ballot's comment is found again. GitHub does not show it.
const BALLOT: &str = "<!-- polity:ballot";

/// Longest text, in characters, with room for our marks.
const MAX_TEXT_CHARS: usize = 60_000;

impl Repositories<'_> {
    /// Opens an issue.
    pub(super) async fn open_issue(
        &self,
        repository: &str,
        title: &str,
        body: &str,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let title: String = title.chars().take(250).collect();
        let body = json!({ "title": title, "body": format!("{}\n{}", fit(body), mark(key)) });
        let made = self.on("open the issue", Method::POST, repository, &["issues"], Some(&body)).await?;
        let issue = made.get("number").and_then(Value::as_u64).unwrap_or_default();
        let detail = json!({ "repository": repository, "issue": issue, "ours": true });
        Ok(Receipt { external: Some(format!("{repository}#{issue}")), detail: Json(detail) })
    }

    /// A member's comment, said by us, which says for whom.
    pub(super) async fn comment(
        &self,
        a: &Comment,
        initiator: Option<&Person>,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let name = initiator.map_or("Somebody", |person| person.display_name.as_str());
        let text = format!("**{}**:\n\n{}", escape(name), without_mentions(&a.text));
        let mut receipt = self.say(&a.repository, a.issue, &text, &mark(key)).await?;
        if let Value::Object(detail) = &mut receipt.detail.0 {
            detail.insert("ours".to_owned(), json!(true));
        }
        Ok(receipt)
    }

    /// Comments under `owner/name#12`, or opens an issue in `owner/name`.
    pub(super) async fn post(&self, place: &str, text: &str, key: IdempotencyKey) -> Result<Receipt, ApplyError> {
        let text = escape(text);
        match place.split_once('#') {
            Some((repository, issue)) => {
                let issue = number(issue)?;
                self.say(repository, issue, &text, &mark(key)).await
            }
            None => {
                let title = text.lines().next().unwrap_or("From the community").to_owned();
                self.open_issue(place, &title, &text, key).await
            }
        }
    }

    async fn say(&self, repository: &str, issue: u64, text: &str, mark: &str) -> Result<Receipt, ApplyError> {
        let (number, body) = (issue.to_string(), json!({ "body": format!("{}\n{mark}", fit(text)) }));
        let made = self.on("comment", Method::POST, repository, &["issues", &number, "comments"], Some(&body)).await?;
        let detail = json!({
            "repository": repository, "issue": issue, "comment": made.get("id"), "node": made.get("node_id"),
        });
        Ok(Receipt { external: Some(format!("{repository}#{issue}")), detail: Json(detail) })
    }

    /// Posts a ballot under an issue, or as an issue of its own.
    pub(super) async fn post_ballot(
        &self,
        place: &str,
        ask: &Ask,
        url: Option<&str>,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let text = ballot(ask, url, None);
        let marked = format!("{BALLOT} -->\n{}", mark(key));
        if let Some((repository, issue)) = place.split_once('#') {
            return self.say(repository, number(issue)?, &text, &marked).await;
        }
        let made = self.open_issue(place, &escape(ballots::question(ask)), "A decision of the community.", key).await?;
        let issue = made.detail.get("issue").and_then(Value::as_u64).unwrap_or_default();
        self.say(place, issue, &text, &marked).await
    }

    /// Changes what the ballot of an issue says.
    pub(super) async fn update_ballot(
        &self,
        message: &str,
        standing: &str,
        open: Option<&OpenBallot>,
    ) -> Result<Receipt, ApplyError> {
        let Some((repository, comment)) = self.ballot_of(message).await? else {
            return Ok(receipt(json!({ "gone": true })));
        };
        let text = match open {
            Some(open) => ballot(&open.ask, open.url.as_deref(), Some(standing)),
            None => escape(standing),
        };
        let body = json!({ "body": format!("{}\n{BALLOT} -->", fit(&text)) });
        let id = comment.to_string();
        self.on("update the ballot", Method::PATCH, &repository, &["issues", "comments", &id], Some(&body)).await?;
        Ok(receipt(json!({ "message": message, "comment": comment })))
    }

    /// The repository and the comment of the newest ballot under an issue. Others may write our mark; only ours counts.
    pub(super) async fn ballot_of(&self, message: &str) -> Result<Option<(String, u64)>, ApplyError> {
        let Some((repository, issue)) = message.split_once('#') else { return Ok(None) };
        let (owner, name) = self.governed(repository)?;
        let path = ["repos", owner, name, "issues", issue, "comments"];
        let all = self.pages("find the ballot", &path, None).await?;
        let is_ballot = |comment: &&Value| {
            let text = |path: &str| comment.pointer(path).and_then(Value::as_str).unwrap_or_default();
            self.settings.is_own(text("/user/login")) && text("/body").contains(BALLOT)
        };
        let id = all.iter().rev().find(is_ballot).and_then(|comment| comment.get("id")?.as_u64());
        Ok(id.map(|id| (repository.to_owned(), id)))
    }

    /// What an earlier try of `operation` said, by the mark that it bears.
    pub(super) async fn said_before(
        &self,
        operation: &Operation,
        key: IdempotencyKey,
    ) -> Result<Option<Receipt>, ApplyError> {
        let place = match operation {
            Operation::Post { place, .. } | Operation::PostBallot { place, .. } => place.clone(),
            Operation::Execute { kind, payload, .. } if kind.as_str() == "github.comment" => {
                let issue = payload.get("issue").and_then(Value::as_u64).unwrap_or_default();
                format!("{}#{issue}", payload.text("repository").unwrap_or_default())
            }
            _ => return Ok(None),
        };
        let Some((repository, issue)) = place.split_once('#') else { return Ok(None) };
        let (owner, name) = self.governed(repository)?;
        let path = ["repos", owner, name, "issues", issue, "comments"];
        let all = self.pages("see what was said", &path, None).await?;
        let mark = mark(key);
        let is_it = |comment: &&Value| {
            let text = |path: &str| comment.pointer(path).and_then(Value::as_str).unwrap_or_default();
            self.settings.is_own(text("/user/login")) && text("/body").contains(&mark)
        };
        let found = all.iter().find(is_it);
        Ok(found.map(|comment| Receipt {
            external: Some(place.clone()),
            detail: Json(json!({
                "repository": repository, "issue": issue.parse::<u64>().ok(), "comment": comment.get("id"),
                "node": comment.get("node_id"), "ours": true,
            })),
        }))
    }
}

/// What tells an operation's comment from all others. GitHub does not show it.
fn mark(key: IdempotencyKey) -> String {
    format!("<!-- polity:{} -->", key.0)
}

fn number(issue: &str) -> Result<u64, ApplyError> {
    issue
        .parse()
        .map_err(|_| ApplyError::permanent("bad-place", "a place on GitHub is written owner/name#12, or owner/name"))
}

/// What a ballot says.
fn ballot(ask: &Ask, url: Option<&str>, standing: Option<&str>) -> String {
    let how = match ask.kind {
        BallotKind::YesNo => "React to this comment with 👍 or 👎, or comment `+1`, `-1` or `abstain`.",
        BallotKind::Consent => "React to this comment with 👍 to agree or 👎 to object, or comment `stand-aside`.",
        BallotKind::Choice => "Comment with the number of your choice.",
        BallotKind::Ranking => "Comment with the numbers in your order, best first, such as: `2 1 3`",
        BallotKind::Approval | BallotKind::Score | BallotKind::Budget => "Vote on the page.",
    };
    let mut lines = vec![format!("### {}", escape(ballots::question(ask)).replace('\n', " "))];
    lines.extend(ballots::options(ask).iter().map(|option| escape(option)));
    lines.extend(standing.map(escape));
    lines.push(how.to_owned());
    lines.extend(ask.closes.map(|at| format!("Open until {at}.")));
    lines.extend(url.map(|url| format!("[Read and vote on the page]({url})")));
    lines.join("\n\n")
}

/// Text that GitHub shows as it is: no Markdown, no HTML, and nobody is rung.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // A joiner of no width keeps the name readable, and GitHub from reading it.
            '@' => escaped.push_str("@\u{2060}"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

/// A member's own Markdown, said again: it stays what it was, but rings nobody a second time.
fn without_mentions(text: &str) -> String {
    text.replace('@', "@\u{2060}")
}

fn fit(text: &str) -> String {
    if text.chars().count() <= MAX_TEXT_CHARS {
        return text.to_owned();
    }
    text.chars().take(MAX_TEXT_CHARS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_quoted_rings_anybody_or_hides_anything() {
        let ask = Ask { text: "Merge @everyone's <!-- polity:ballot -->?".into(), ..Ask::default() };
        let text = ballot(&ask, Some("https://p.example/1"), Some("2 yes"));
        assert!(!text.contains("@everyone") && !text.contains("<!--"), "{text}");
        assert!(text.contains("2 yes") && text.contains("(https://p.example/1)"));
    }
}
