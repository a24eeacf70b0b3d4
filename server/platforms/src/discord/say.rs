//! What we say on a server: messages passed on for members, announcements, ballots, and what one member alone is told.

use reqwest::Method;
use serde_json::{Value, json};
use types::payload::discord::PostMessage;
use types::platform::{IdempotencyKey, OpenBallot, Person, Receipt};
use types::{Ask, Json, ProposalId};

use super::change::receipt;
use super::guild::{Asked, Guild};
use super::open::message_for_one;
use super::rules::MAX_MESSAGE_CHARS;
use crate::{ApplyError, Interaction, ballots};

/// Buttons of one row, as Discord takes them.
const ROW: usize = 5;

impl Guild<'_> {
    /// Posts in a channel, or as an answer to a message there.
    pub(super) async fn post(
        &self,
        place: &str,
        text: &str,
        thread: Option<&str>,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let channel = self.channel(place).await?;
        self.send("post in the channel", &channel, message(&fit(text), thread, key)).await
    }

    /// A member's message, said by us: "**Ada**: …". It mentions nobody, so that nobody is rung twice.
    pub(super) async fn repost(
        &self,
        action: &PostMessage,
        initiator: Option<&Person>,
        kept: &Json,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let channel = self.channel(&action.channel).await?;
        let name = initiator.map_or("Somebody", |person| person.display_name.as_str());
        let mut text = format!("**{}**: {}", escape(name), action.text);
        let files = kept.get("content").and_then(|content| content.get("files")).and_then(Value::as_array);
        for file in files.into_iter().flatten().filter_map(|file| file.get("url")?.as_str()) {
            text = format!("{text}\n{file}");
        }
        let body = message(&fit(&text), action.reply_to.as_deref(), key);
        let mut receipt = self.send("send the message", &channel, body).await?;
        if let Value::Object(detail) = &mut receipt.detail.0 {
            detail.insert("content".to_owned(), kept.get("content").cloned().unwrap_or_default());
            detail.insert("ours".to_owned(), json!(true));
        }
        Ok(receipt)
    }

    async fn send(&self, doing: &str, channel: &str, body: Value) -> Result<Receipt, ApplyError> {
        let sent = self.call(Asked::talk(doing, Method::POST, &["channels", channel, "messages"], &body)).await?;
        let id = sent.get("id").and_then(Value::as_str).unwrap_or_default();
        let message = format!("{channel}/{id}");
        Ok(Receipt { external: Some(message.clone()), detail: Json(json!({ "channel": channel, "message": message })) })
    }

    /// Messages one member alone.
    pub(super) async fn message(&self, to: &Person, text: &str, key: IdempotencyKey) -> Result<Receipt, ApplyError> {
        let Some(user) = to.external.as_deref() else {
            let why = format!("{} has no user on Discord, so Polity cannot message them there", to.display_name);
            return Err(ApplyError::permanent("no-user", why));
        };
        let body = json!({ "recipient_id": user });
        let opened =
            self.call(Asked::talk("open a conversation", Method::POST, &["users", "@me", "channels"], &body)).await?;
        let channel = opened.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.send("message a member", &channel, message(&fit(text), None, key)).await
    }

    /// Posts a ballot with its buttons.
    pub(super) async fn post_ballot(
        &self,
        place: &str,
        ask: &Ask,
        url: Option<&str>,
        proposal: Option<ProposalId>,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let channel = self.channel(place).await?;
        let mut body = message(&ballot(ask, url, None), None, key);
        if let (Some(fields), Some(on)) = (body.as_object_mut(), proposal) {
            fields.insert("components".to_owned(), components(on, ask));
        }
        self.send("post the ballot", &channel, body).await
    }

    /// Changes what a posted ballot says. Its buttons stay as long as it is open.
    pub(super) async fn update_ballot(
        &self,
        message: &str,
        standing: &str,
        open: Option<&OpenBallot>,
    ) -> Result<Receipt, ApplyError> {
        let (channel, id) = message.split_once('/').unwrap_or(("", message));
        let (content, components) = match open {
            Some(open) => {
                (ballot(&open.ask, open.url.as_deref(), Some(standing)), components(open.proposal, &open.ask))
            }
            None => (fit(standing), json!([])),
        };
        let body = json!({ "content": content, "components": components, "allowed_mentions": { "parse": [] } });
        let path = ["channels", channel, "messages", id];
        match self.call(Asked::talk("update the ballot", Method::PATCH, &path, &body)).await {
            Err(error) if error.code == 10008 => Ok(receipt(json!({ "gone": true }))),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(receipt(json!({ "message": message }))),
        }
    }

    /// Answers a click or a command that came over the gateway, for its maker alone.
    pub(super) async fn answer_later(&self, to: &Interaction, text: &str) -> Result<(), ApplyError> {
        let (Some(id), Some(token)) = (to.reply.text("id"), to.reply.text("token")) else { return Ok(()) };
        let body = message_for_one(text);
        let path = ["interactions", id, token, "callback"];
        Ok(self.call(Asked::talk("answer somebody", Method::POST, &path, &body)).await.map(drop)?)
    }
}

/// A message of ours. Its nonce makes Discord answer a repetition with the first message.
fn message(text: &str, answers: Option<&str>, key: IdempotencyKey) -> Value {
    let nonce: String = key.0.to_string().chars().filter(char::is_ascii_hexdigit).take(25).collect();
    let mut body = json!({
        "content": text, "nonce": nonce, "enforce_nonce": true, "allowed_mentions": { "parse": [] },
    });
    if let (Some(answers), Some(fields)) = (answers, body.as_object_mut()) {
        let id = answers.split_once('/').map_or(answers, |(_, id)| id);
        let reference = json!({ "message_id": id, "fail_if_not_exists": false });
        fields.insert("message_reference".to_owned(), reference);
    }
    body
}

/// What a ballot says.
fn ballot(ask: &Ask, url: Option<&str>, standing: Option<&str>) -> String {
    let mut lines = vec![format!("**{}**", escape(ballots::question(ask)))];
    lines.extend(ballots::options(ask).iter().map(|option| escape(option)));
    lines.extend(standing.map(escape));
    lines.push(ballots::how(ask).to_owned());
    lines.extend(ask.closes.map(|at| {
        let seconds = at.0.div_euclid(1000);
        format!("Open until <t:{seconds}:f> (<t:{seconds}:R>).")
    }));
    let tail = url.map(|url| format!("\nRead and vote on the page: <{url}>")).unwrap_or_default();
    let room = MAX_MESSAGE_CHARS.saturating_sub(tail.chars().count());
    let text = lines.join("\n");
    if text.chars().count() <= room {
        return text + &tail;
    }
    // Whatever is left out stands on the page.
    text.chars().take(room.saturating_sub(1)).chain(['…']).collect::<String>() + &tail
}

/// The buttons of a ballot, in rows.
fn components(proposal: ProposalId, ask: &Ask) -> Value {
    let buttons: Vec<Value> = ballots::buttons(proposal, ask)
        .into_iter()
        .map(|button| {
            let style = match button.tone {
                ballots::Tone::Yes => 3,
                ballots::Tone::No => 4,
                ballots::Tone::Plain => 2,
            };
            json!({ "type": 2, "style": style, "label": button.label, "custom_id": button.id })
        })
        .collect();
    Value::Array(buttons.chunks(ROW).take(ROW).map(|row| json!({ "type": 1, "components": row })).collect())
}

/// Text that Discord shows as it is.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '_' | '~' | '|' | '`' | '\\' | '>' | '<' | '[' | ']' | '#') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A text as far as one message takes it.
pub(super) fn fit(text: &str) -> String {
    if text.chars().count() <= MAX_MESSAGE_CHARS {
        return text.to_owned();
    }
    text.chars().take(MAX_MESSAGE_CHARS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use types::{BallotKind, Timestamp};

    use super::*;

    #[test]
    fn a_ballot_fits_into_a_message_and_keeps_its_link() {
        let options = (1..=20).map(|n| format!("option {n} {}", "*".repeat(200))).collect();
        let closes = Some(Timestamp::from_millis(1_700_000_000_000));
        let ask = Ask { text: "x".repeat(3_000), kind: BallotKind::Choice, options, closes, ..Ask::default() };
        let text = ballot(&ask, Some("https://p.example/1"), None);
        assert!(text.chars().count() <= 2_000 && text.ends_with("<https://p.example/1>"));
        let rows = components(ProposalId::NIL, &ask);
        assert!(rows.as_array().unwrap().len() <= 5);
        assert!(rows.as_array().unwrap().iter().all(|row| row["components"].as_array().unwrap().len() <= 5));
    }

    #[test]
    fn a_nonce_is_as_long_as_discord_takes() {
        let body = message("x", Some("1/2"), IdempotencyKey(types::EffectId(uuid::Uuid::from_u128(u128::MAX))));
        assert_eq!(body["nonce"].as_str().unwrap().len(), 25);
        assert_eq!(body["message_reference"]["message_id"], "2");
        assert_eq!(body["allowed_mentions"], json!({ "parse": [] }));
    }
}
