//! What we say in a workspace: messages passed on for members, announcements, ballots, and what one member alone is told.

use reqwest::Url;
use serde_json::{Value, json};
use types::payload::slack::PostMessage;
use types::platform::{IdempotencyKey, OpenBallot, Operation, Person, Receipt};
use types::{Ask, Json, ProposalId};

use super::change::receipt;
use super::message::ts_of;
use super::rules::{MAX_MESSAGE_CHARS, fit};
use super::text::{escape, message_id, moment_of, unescape, without_calls};
use super::workspace::{As, Workspace, local_time};
use crate::{ApplyError, Interaction, ballots};

/// Longest text of one block, in characters.
const MAX_BLOCK_CHARS: usize = 2_900;

/// What our messages carry that tells us which of them an operation made.
const EVENT_TYPE: &str = "polity";

/// Messages of a channel that are looked through for one that we may have sent before. Slack gives apps that are not in its
/// marketplace fifteen, once a minute.
const LOOKED_BACK: &str = "15";

/// A message of ours.
struct Message<'a> {
    channel: &'a str,
    text: &'a str,
    blocks: Option<Value>,
    thread: Option<&'a str>,
    username: Option<&'a str>,
}

impl Workspace<'_> {
    /// Posts in a channel, or in the thread under a message.
    pub(super) async fn post(
        &self,
        place: &str,
        text: &str,
        thread: Option<&str>,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let channel = self.channel(place).await?;
        let text = escape(&fit(text, MAX_MESSAGE_CHARS / 2));
        let message = Message { channel: &channel, text: &text, blocks: None, thread, username: None };
        self.send("post in the channel", &message, key).await
    }

    /// A member's message, said by us in their name. What was heard of it (its links, its files) is kept.
    pub(super) async fn repost(
        &self,
        action: &PostMessage,
        initiator: Option<&Person>,
        kept: &Json,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let channel = self.channel(&action.channel).await?;
        let heard = kept.get("content").and_then(|content| content.get("text")).and_then(Value::as_str);
        // As it was written, if that is what was agreed to; else exactly what was agreed to.
        let mut text = match heard.filter(|heard| unescape(heard) == action.text) {
            Some(heard) => without_calls(heard),
            None => escape(&action.text),
        };
        let files = kept.get("content").and_then(|content| content.get("files")).and_then(Value::as_array);
        for address in files.into_iter().flatten().filter_map(|file| file.get("permalink")?.as_str()) {
            text.push('\n');
            text.push_str(&escape(address));
        }
        let username = initiator.map(|person| person.display_name.as_str());
        let message =
            Message { channel: &channel, text: &text, blocks: None, thread: action.thread.as_deref(), username };
        let mut receipt = self.send("send the message", &message, key).await?;
        if let Value::Object(detail) = &mut receipt.detail.0 {
            detail.insert("content".to_owned(), kept.get("content").cloned().unwrap_or_default());
            detail.insert("ours".to_owned(), json!(true));
        }
        Ok(receipt)
    }

    async fn send(&self, doing: &str, message: &Message<'_>, key: IdempotencyKey) -> Result<Receipt, ApplyError> {
        let id = key.0.to_string();
        let metadata = json!({ "event_type": EVENT_TYPE, "event_payload": { "key": id } }).to_string();
        let blocks = message.blocks.as_ref().map(Value::to_string);
        let mut fields = vec![
            ("channel", message.channel),
            ("text", message.text),
            ("metadata", metadata.as_str()),
            ("client_msg_id", id.as_str()),
            ("unfurl_links", "false"),
        ];
        fields.extend(blocks.as_deref().map(|blocks| ("blocks", blocks)));
        fields.extend(message.thread.map(|thread| ("thread_ts", ts_of(thread, message.channel))));
        fields.extend(message.username.map(|name| ("username", name)));
        let mut sent = self.talk(doing, "chat.postMessage", &fields).await;
        if sent.as_ref().is_err_and(|error| error.word == "not_in_channel") {
            self.join(message.channel).await?;
            sent = self.talk(doing, "chat.postMessage", &fields).await;
        }
        // Without the permission to speak in somebody's name, we say who it was.
        if sent.as_ref().is_err_and(|error| error.word == "missing_scope")
            && let Some(name) = message.username
        {
            let text = format!("{}: {}", escape(name), message.text);
            fields.retain(|(field, _)| !matches!(*field, "username" | "text"));
            fields.push(("text", &text));
            sent = self.talk(doing, "chat.postMessage", &fields).await;
        }
        Ok(sent_receipt(&sent?, message.channel))
    }

    /// What an earlier try of `operation` posted, if it is among the newest messages of its channel.
    pub(super) async fn said_before(
        &self,
        operation: &Operation,
        key: IdempotencyKey,
    ) -> Result<Option<Receipt>, ApplyError> {
        let place = match operation {
            Operation::Post { place, .. } | Operation::PostBallot { place, .. } => place.as_str(),
            Operation::Execute { kind, payload, .. } if kind.as_str() == "slack.post_message" => {
                payload.text("channel").unwrap_or_default()
            }
            _ => return Ok(None),
        };
        let channel = self.channel(place).await?;
        let fields = [("channel", channel.as_str()), ("limit", LOOKED_BACK), ("include_all_metadata", "true")];
        let page = self.talk("read what was said", "conversations.history", &fields).await?;
        let key = key.0.to_string();
        let messages = page.get("messages").and_then(Value::as_array).into_iter().flatten();
        let is_it = |message: &&Value| {
            message.pointer("/metadata/event_payload/key").and_then(Value::as_str) == Some(key.as_str())
        };
        let found = messages.into_iter().find(is_it);
        Ok(found.map(|message| {
            let mut receipt = sent_receipt(message, &channel);
            if let Value::Object(detail) = &mut receipt.detail.0 {
                detail.insert("ours".to_owned(), json!(true));
            }
            receipt
        }))
    }

    /// Messages one member: alone, or in a channel where only they see it.
    pub(super) async fn message(
        &self,
        to: &Person,
        text: &str,
        here: Option<&str>,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let Some(user) = to.external.as_deref() else {
            let why = format!("{} has no user on Slack, so Polity cannot message them there", to.display_name);
            return Err(ApplyError::permanent("no-user", why));
        };
        let text = escape(&fit(text, MAX_MESSAGE_CHARS / 2));
        if let Some(here) = here {
            let channel = self.channel(here).await?;
            let fields = [("channel", channel.as_str()), ("user", user), ("text", &text)];
            match self.talk("tell a member", "chat.postEphemeral", &fields).await {
                // Who is not in the channel is told alone.
                Err(error) if matches!(error.word.as_str(), "user_not_in_channel" | "not_in_channel") => {}
                told => {
                    told?;
                    return Ok(receipt(None, json!({ "channel": channel, "user": user })));
                }
            }
        }
        let opened = self.talk("open a conversation", "conversations.open", &[("users", user)]).await?;
        let channel = opened.pointer("/channel/id").and_then(Value::as_str).unwrap_or_default();
        let message = Message { channel, text: &text, blocks: None, thread: None, username: None };
        self.send("message a member", &message, key).await
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
        let (text, blocks) = ballot(ask, url, proposal, None);
        let message = Message { channel: &channel, text: &text, blocks: Some(blocks), thread: None, username: None };
        self.send("post the ballot", &message, key).await
    }

    /// Changes what a posted ballot says. Its buttons stay as long as it is open.
    pub(super) async fn update_ballot(
        &self,
        message: &str,
        standing: &str,
        open: Option<&OpenBallot>,
    ) -> Result<Receipt, ApplyError> {
        let (channel, ts) = moment_of(message, "");
        let (text, blocks) = match open {
            Some(open) => ballot(&open.ask, open.url.as_deref(), Some(open.proposal), Some(standing)),
            None => (escape(standing), json!([section(&escape(standing))])),
        };
        let blocks = blocks.to_string();
        let fields = [("channel", channel), ("ts", ts), ("text", text.as_str()), ("blocks", blocks.as_str())];
        match self.talk("update the ballot", "chat.update", &fields).await {
            // Whoever deleted the ballot's message did not end the vote; there is nothing left to update.
            Err(error) if error.word == "message_not_found" => Ok(receipt(None, json!({ "gone": true }))),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(receipt(None, json!({ "channel": channel, "message": message }))),
        }
    }

    /// Answers a click, for whose maker alone it is.
    pub(super) async fn answer_later(&self, to: &Interaction, text: &str) -> Result<(), ApplyError> {
        let address = to.reply.text("response_url").and_then(|address| Url::parse(address).ok());
        let body = json!({ "response_type": "ephemeral", "replace_original": false, "text": escape(text) });
        if let Some(address) = address.filter(|address| self.is_slacks(address)) {
            return self.post_to(address, &body).await;
        }
        let Some(place) = to.place.as_deref() else { return Ok(()) };
        let text = escape(text);
        let fields = [("channel", place), ("user", to.user.id.as_str()), ("text", text.as_str())];
        Ok(self.call(As::Bot, "answer somebody", "chat.postEphemeral", &fields).await.map(drop)?)
    }
}

fn sent_receipt(answer: &Value, channel: &str) -> Receipt {
    let ts = answer.get("ts").and_then(Value::as_str).unwrap_or_default();
    let channel = answer.get("channel").and_then(Value::as_str).unwrap_or(channel);
    let message = message_id(channel, ts);
    receipt(Some(message.clone()), json!({ "channel": channel, "message": message }))
}

/// What a ballot says, as text and as blocks: the question, the options, how it stands, until when, how to answer.
fn ballot(ask: &Ask, url: Option<&str>, proposal: Option<ProposalId>, standing: Option<&str>) -> (String, Value) {
    let question = escape(&fit(ballots::question(ask), MAX_BLOCK_CHARS / 2));
    let mut body = format!("*{}*", question.replace('*', "∗"));
    for option in ballots::options(ask) {
        body.push('\n');
        body.push_str(&escape(&option));
    }
    let mut blocks = vec![section(&body)];
    if let Some(standing) = standing {
        blocks.push(section(&escape(standing)));
    }
    let buttons: Vec<Value> =
        proposal.map(|on| ballots::buttons(on, ask)).unwrap_or_default().iter().map(button).collect();
    if !buttons.is_empty() {
        blocks.push(json!({ "type": "actions", "elements": buttons }));
    }
    let mut small = vec![escape(ballots::how(ask))];
    small.extend(ask.closes.map(|at| format!("Open until {}.", local_time(at))));
    small.extend(url.map(|url| format!("<{}|Read and vote on the page>", escape(url).replace('|', "%7C"))));
    blocks.push(json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": small.join("  ·  ") }] }));
    (question, Value::Array(blocks))
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": fit(text, MAX_BLOCK_CHARS), "verbatim": true } })
}

fn button(button: &ballots::Button) -> Value {
    let mut element = json!({
        "type": "button",
        "action_id": button.id,
        "value": button.id,
        "text": { "type": "plain_text", "text": button.label, "emoji": false },
    });
    let style = match button.tone {
        ballots::Tone::Yes => Some("primary"),
        ballots::Tone::No => Some("danger"),
        ballots::Tone::Plain => None,
    };
    if let (Some(style), Some(element)) = (style, element.as_object_mut()) {
        element.insert("style".to_owned(), json!(style));
    }
    element
}

#[cfg(test)]
mod tests {
    use types::BallotKind;

    use super::*;

    #[test]
    fn a_ballot_rings_nobody_and_has_its_buttons() {
        let ask = Ask { text: "Rename <!channel> to *town*?".into(), ..Ask::default() };
        let (text, blocks) = ballot(&ask, Some("https://p.example/1"), Some(ProposalId::NIL), Some("2 yes, 1 no"));
        assert_eq!(text, "Rename &lt;!channel&gt; to *town*?");
        let written = blocks.to_string();
        assert!(!written.contains("<!channel>") && written.contains("2 yes, 1 no") && written.contains("polity-vote:"));
        assert_eq!(blocks[2]["elements"].as_array().unwrap().len(), 4);
        assert_eq!(blocks[2]["elements"][0]["style"], "primary");
    }

    #[test]
    fn a_long_ballot_fits_into_its_blocks() {
        let options = (1..=30).map(|n| format!("{n} {}", "<".repeat(300))).collect();
        let ask = Ask { text: "x".repeat(10_000), kind: BallotKind::Ranking, options, ..Ask::default() };
        let (_, blocks) = ballot(&ask, None, Some(ProposalId::NIL), None);
        assert!(blocks[0]["text"]["text"].as_str().unwrap().chars().count() <= 3_000);
        assert!(blocks.as_array().unwrap().iter().all(|block| block["type"] != "actions"));
    }
}
