//! What we say: messages passed on for members, announcements, ballots, and messages to one member.

use reqwest::Method;
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use types::platform::{IdempotencyKey, Person, Receipt};
use types::{Ask, BallotKind, Json};

use super::change::receipt;
use super::rules::{MAX_MESSAGE_CHARS, fit};
use super::server::Server;
use crate::ApplyError;
use crate::votes::keycap_of;

/// Most options that are offered as reactions: beyond that a message drowns in them.
const MAX_SEEDED_OPTIONS: usize = 10;

impl Server<'_> {
    /// Posts in a room, or in the thread under a message.
    pub(super) async fn post(
        &self,
        place: &str,
        text: &str,
        thread: Option<&str>,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let room = self.room(place).await?;
        let mut content = notice(text, None);
        if let (Some(root), Value::Object(fields)) = (thread, &mut content) {
            let reply = json!({ "event_id": root });
            let relation =
                json!({ "rel_type": "m.thread", "event_id": root, "is_falling_back": true, "m.in_reply_to": reply });
            fields.insert("m.relates_to".to_owned(), relation);
        }
        let event = self.send("post in the room", &room, "m.room.message", (key, "post"), &content).await?;
        Ok(receipt(Some(event), &room, json!({})))
    }

    /// Posts a ballot and offers its answers as reactions.
    pub(super) async fn post_ballot(
        &self,
        place: &str,
        ask: &Ask,
        url: Option<&str>,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let room = self.room(place).await?;
        let (text, html) = ballot(ask, url);
        let content = notice(&text, Some(&html));
        let message = self.send("post the ballot", &room, "m.room.message", (key, "ballot"), &content).await?;
        for (at, reaction) in seeds(ask).into_iter().enumerate() {
            let relation = json!({ "rel_type": "m.annotation", "event_id": message, "key": reaction });
            let content = json!({ "m.relates_to": relation });
            let step = format!("seed-{at}");
            let sent = self.send("offer the answers", &room, "m.reaction", (key, &step), &content).await;
            match sent.map_err(|error| (error.errcode.clone(), ApplyError::from(error))) {
                Ok(_) => {}
                Err((errcode, _)) if errcode == "M_DUPLICATE_ANNOTATION" => {}
                Err((_, failure)) if failure.is_retryable() => return Err(failure),
                // Members can still vote by their own reactions, by answering, and on the page.
                Err(_) => break,
            }
        }
        Ok(receipt(Some(message), &room, json!({})))
    }

    /// Changes what a posted ballot says.
    pub(super) async fn update_ballot(
        &self,
        place: &str,
        message: &str,
        text: &str,
        key: IdempotencyKey,
    ) -> Result<Receipt, ApplyError> {
        let room = self.room(place).await?;
        let mut content = notice(&format!("* {text}"), None);
        if let Value::Object(fields) = &mut content {
            fields.insert("m.new_content".to_owned(), notice(text, None));
            fields.insert("m.relates_to".to_owned(), json!({ "rel_type": "m.replace", "event_id": message }));
        }
        let event = self.send("update the ballot", &room, "m.room.message", (key, "update"), &content).await?;
        Ok(receipt(Some(event), &room, json!({ "message": message })))
    }

    /// Messages one member in a room of their own. `one_at_a_time` keeps two messages from opening two rooms.
    pub(super) async fn message(
        &self,
        to: &Person,
        text: &str,
        key: IdempotencyKey,
        one_at_a_time: &Mutex<()>,
    ) -> Result<Receipt, ApplyError> {
        let Some(user) = to.external.as_deref() else {
            let why = format!("{} has no Matrix user, so Polity cannot message them there", to.display_name);
            return Err(ApplyError::permanent("no-user", why));
        };
        let room = {
            let _turn = one_at_a_time.lock().await;
            self.direct_room(user).await?
        };
        let event =
            self.send("message a member", &room, "m.room.message", (key, "direct"), &notice(text, None)).await?;
        Ok(receipt(Some(event), &room, json!({ "user": user })))
    }

    /// The room for talking to `user` alone: the one that our account data remembers, or a new one.
    async fn direct_room(&self, user: &str) -> Result<String, ApplyError> {
        let path = ["user", self.own_user, "account_data", "m.direct"];
        let remembered = self.find("look up direct rooms", &path).await?.unwrap_or_else(|| json!({}));
        let mut directs = remembered.as_object().cloned().unwrap_or_default();
        let known = directs.get(user).and_then(Value::as_array).cloned().unwrap_or_default();
        for room in known.iter().rev().filter_map(Value::as_str) {
            if self.is_usable(room, user).await? {
                return Ok(room.to_owned());
            }
        }
        let body = json!({
            "preset": "trusted_private_chat", "is_direct": true, "invite": [user],
            "creation_content": { "m.federate": true },
        });
        let created = self.call("open a direct room", Method::POST, &["createRoom"], Some(&body)).await?;
        let room = created.get("room_id").and_then(Value::as_str).unwrap_or_default().to_owned();
        directs.insert(user.to_owned(), json!([&known[..], &[json!(room)]].concat()));
        self.call("remember a direct room", Method::PUT, &path, Some(&Value::Object(directs))).await?;
        Ok(room)
    }

    /// Whether we and the member are both (or again) in the room.
    async fn is_usable(&self, room: &str, user: &str) -> Result<bool, ApplyError> {
        // We may have been removed from it, and then cannot even look.
        let Ok(membership) = self.membership_of(room, user).await else { return Ok(false) };
        if membership == "leave" {
            let body = json!({ "user_id": user });
            let invited = self.call("invite a member", Method::POST, &["rooms", room, "invite"], Some(&body)).await;
            return Ok(invited.is_ok());
        }
        Ok(membership != "ban")
    }
}

/// A message of ours. A notice, so that other programs do not answer it; it mentions nobody, so that nobody is rung.
fn notice(text: &str, html: Option<&str>) -> Value {
    let mut content = json!({ "msgtype": "m.notice", "body": fit(text, MAX_MESSAGE_CHARS), "m.mentions": {} });
    if let (Some(html), Value::Object(fields)) = (html, &mut content) {
        fields.insert("format".to_owned(), json!("org.matrix.custom.html"));
        fields.insert("formatted_body".to_owned(), json!(html));
    }
    content
}

/// A member's message, said by us: "Ada: …". What was heard of it (a picture, what it answered) is kept.
pub(super) fn repost(text: &str, initiator: Option<&Person>, kept: &Json) -> Value {
    let name = initiator.map_or("Somebody", |person| person.display_name.as_str());
    let heard = kept.get("content").and_then(Value::as_object).cloned().unwrap_or_default();
    let text = fit(text, MAX_MESSAGE_CHARS);
    let mut content = Map::new();
    if heard.contains_key("url") || heard.contains_key("file") {
        content = heard.clone();
        content.remove("m.relates_to");
        content.remove("m.new_content");
        let file = heard.get("filename").or(heard.get("body")).cloned().unwrap_or_default();
        content.insert("filename".to_owned(), file);
    } else {
        content.insert("msgtype".to_owned(), json!("m.text"));
    }
    content.insert("body".to_owned(), json!(format!("{name}: {text}")));
    content.insert("format".to_owned(), json!("org.matrix.custom.html"));
    content.insert("formatted_body".to_owned(), json!(format!("<strong>{}</strong>: {}", escape(name), escape(&text))));
    content.insert("m.mentions".to_owned(), json!({}));
    if let Some(relation) = heard.get("m.relates_to").and_then(relation_of_repost) {
        content.insert("m.relates_to".to_owned(), relation);
    }
    Value::Object(content)
}

/// An edit of somebody else's message is not possible, so it becomes an answer to it.
fn relation_of_repost(heard: &Value) -> Option<Value> {
    if heard.get("rel_type").and_then(Value::as_str) == Some("m.replace") {
        return Some(json!({ "m.in_reply_to": { "event_id": heard.get("event_id")? } }));
    }
    Some(heard.clone())
}

/// What a ballot says, as text and as HTML.
fn ballot(ask: &Ask, url: Option<&str>) -> (String, String) {
    let question = if ask.text.trim().is_empty() { "A decision needs you." } else { ask.text.trim() };
    let how = match ask.kind {
        BallotKind::YesNo => "React with 👍 or 👎, or answer +1, -1 or abstain.",
        BallotKind::Choice if ask.options.len() <= MAX_SEEDED_OPTIONS => {
            "React with the number of your choice, or answer with it."
        }
        BallotKind::Choice => "Answer with the number of your choice.",
        BallotKind::Approval => "React with the number of each option that you approve of.",
        BallotKind::Ranking => "Answer with the numbers in your order, best first, such as: 2 1 3",
        BallotKind::Consent => "React with 👍 to agree or 👎 to object, or answer stand-aside.",
        BallotKind::Score | BallotKind::Budget => "Vote on the page.",
    };
    let numbered = ask.options.iter().enumerate().map(|(at, option)| format!("{}. {option}", at + 1));
    let link = url.map(|url| format!("Read and vote: {url}"));
    let lines: Vec<String> =
        [question.to_owned()].into_iter().chain(numbered).chain([how.to_owned()]).chain(link).collect();
    let text = lines.join("\n");
    let mut html = lines.iter().map(|line| escape(line)).collect::<Vec<_>>();
    if let Some(first) = html.first_mut() {
        *first = format!("<strong>{first}</strong>");
    }
    (text, html.join("<br>"))
}

/// The reactions that we offer.
fn seeds(ask: &Ask) -> Vec<String> {
    match ask.kind {
        BallotKind::YesNo | BallotKind::Consent => vec!["👍".to_owned(), "👎".to_owned()],
        BallotKind::Choice | BallotKind::Approval if ask.options.len() <= MAX_SEEDED_OPTIONS => {
            (1..=ask.options.len()).filter_map(keycap_of).collect()
        }
        _ => Vec::new(),
    }
}

/// Text as HTML that shows it as it is.
fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' => html.push_str("<br>"),
            _ => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reposted_message_cannot_smuggle_html_or_mentions() {
        let ada = Person {
            member: types::MemberId::NIL,
            handle: "ada".into(),
            display_name: "Ada <img>".into(),
            external: None,
        };
        let kept = Json(json!({ "content": {
            "msgtype": "m.text", "body": "x", "formatted_body": "<script>", "m.mentions": { "room": true },
        }}));
        let content = repost("a <b>\n& c", Some(&ada), &kept);
        assert_eq!(content["body"], "Ada <img>: a <b>\n& c");
        assert_eq!(content["formatted_body"], "<strong>Ada &lt;img&gt;</strong>: a &lt;b&gt;<br>&amp; c");
        assert_eq!(content["m.mentions"], json!({}));
    }

    #[test]
    fn a_reposted_picture_is_still_the_picture_and_a_reposted_edit_an_answer() {
        let picture = Json(json!({ "content": { "msgtype": "m.image", "body": "cat.png", "url": "mxc://a/b" } }));
        let content = repost("cat.png", None, &picture);
        assert_eq!((content["url"].as_str(), content["filename"].as_str()), (Some("mxc://a/b"), Some("cat.png")));
        let edit = Json(json!({ "content": {
            "body": "* new", "m.relates_to": { "rel_type": "m.replace", "event_id": "$old" },
        }}));
        assert_eq!(repost("new", None, &edit)["m.relates_to"], json!({ "m.in_reply_to": { "event_id": "$old" } }));
    }

    #[test]
    fn every_reaction_that_we_offer_is_a_vote_that_we_hear() {
        let options: Vec<String> = (1..=10).map(|n| format!("option {n}")).collect();
        for kind in [BallotKind::YesNo, BallotKind::Consent, BallotKind::Choice, BallotKind::Approval] {
            let ask = Ask { kind, options: options.clone(), ..Ask::default() };
            assert!(!seeds(&ask).is_empty());
            assert!(seeds(&ask).iter().all(|seed| crate::votes::from_reaction(seed).is_some()));
        }
    }
}
