//! Where a notice goes: the inbox, a letter, a direct message, by what each member chose.

use std::collections::{BTreeMap, BTreeSet};

use app::api::notice::{NoticeChannel, NoticeEvent};
use serde_json::json;
use store::CommunityTx;
use store::effects::NewEffect;
use store::mails::NewMail;
use store::notices::NewNotice;
use types::platform::{Operation, Person};
use types::{Json, MemberId, Timestamp};

use crate::clock::IdSource;
use crate::views::sentence;

/// Characters of a letter's subject line.
const TITLE_CHARS: usize = 120;

/// Something to be told to several members.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// To whom.
    pub to: BTreeSet<MemberId>,
    /// What kind of thing it is.
    pub event: NoticeEvent,
    /// What it is about, such as `proposal:<id>`. May be empty.
    pub subject: String,
    /// What it is made of; the same origin is told once. None for what may repeat.
    pub origin: Option<String>,
    /// What, as a sentence or two.
    pub text: String,
    /// When it happened.
    pub at: Timestamp,
    /// The community's address, for links in letters.
    pub slug: String,
}

/// Tells it, and answers how many members heard of it anywhere.
///
/// # Errors
/// The store's failure.
///
/// # Idempotency
/// Members who were told of the same origin are passed over.
pub async fn tell(tx: &CommunityTx<'_>, ids: &dyn IdSource, told: &Told) -> store::Result<usize> {
    let mut to = told.to.clone();
    if let Some(origin) = &told.origin {
        let already = tx.who_was_told(origin).await?;
        to.retain(|member| !already.contains(member));
    }
    if !told.subject.is_empty() && !to.is_empty() {
        let muted = tx.who_muted(&told.subject).await?;
        to.retain(|member| !muted.contains(member));
    }
    let members: Vec<MemberId> = to.into_iter().collect();
    if members.is_empty() {
        return Ok(0);
    }
    let choices = tx.notice_choices(&members).await?;
    let wants = |member: MemberId, channel: NoticeChannel| {
        let key = (member, told.event.word().to_owned(), channel.word().to_owned());
        choices.get(&key).copied().unwrap_or_else(|| told.event.is_on_at_first(channel))
    };
    let by_mail: Vec<MemberId> =
        members.iter().copied().filter(|member| wants(*member, NoticeChannel::Email)).collect();
    let addresses = tx.addresses_of(&by_mail).await?;
    let digests = tx.who_wants_digests(&by_mail).await?;
    // A vote that closes cannot wait for a digest.
    let waits = |member: &MemberId| told.event != NoticeEvent::Closing && digests.contains(member);
    let notices: Vec<NewNotice> = members
        .iter()
        .map(|member| NewNotice {
            member: *member,
            text: told.text.clone(),
            event: told.event.word().to_owned(),
            subject: told.subject.clone(),
            origin: told.origin.clone(),
            in_app: wants(*member, NoticeChannel::App),
            in_digest: addresses.contains_key(member) && waits(member),
            at: told.at,
        })
        .collect();
    tx.add_notices(&notices).await?;
    for (member, address) in addresses.iter().filter(|(member, _)| !waits(member)) {
        tx.add_mail(&letter(told, ids, *member, address), told.at).await?;
    }
    let in_chat: Vec<MemberId> = members
        .iter()
        .copied()
        // What a policy writes goes to chat by itself, where the action happened.
        .filter(|member| told.event != NoticeEvent::Message && wants(*member, NoticeChannel::Chat))
        .collect();
    message(tx, ids, told, &in_chat).await?;
    Ok(members.len())
}

fn letter(told: &Told, ids: &dyn IdSource, member: MemberId, address: &str) -> NewMail {
    let origin = told.origin.clone().unwrap_or_else(|| ids.uuid().to_string());
    NewMail {
        origin: format!("{origin}:{member}"),
        member: Some(member),
        address: address.to_owned(),
        title: sentence::cut(told.text.lines().next().unwrap_or_default(), TITLE_CHARS),
        body: told.text.clone(),
        path: Some(path(&told.slug, &told.subject)),
    }
}

/// Sends direct messages on every platform where the members have a user.
async fn message(tx: &CommunityTx<'_>, ids: &dyn IdSource, told: &Told, to: &[MemberId]) -> store::Result<()> {
    if to.is_empty() {
        return Ok(());
    }
    let names: BTreeMap<MemberId, _> = tx.members_by_id(to).await?.into_iter().map(|row| (row.id, row)).collect();
    for connection in tx.connections().await? {
        for identity in tx.identities_of(&connection.platform, to).await? {
            let Some(row) = identity.member.and_then(|id| names.get(&id)) else { continue };
            let person = Person {
                member: row.id,
                handle: row.handle.clone(),
                display_name: row.display_name.clone(),
                external: Some(identity.external_id.clone()),
            };
            let operation = Operation::Message { to: person, text: told.text.clone(), here: None };
            let operation = serde_json::to_value(&operation)
                .map_err(|error| store::StoreError::Unwritable { what: "effect", problem: error.to_string() })?;
            tx.add_effect(NewEffect {
                id: ids.next(),
                action: None,
                proposal: None,
                decision_seq: None,
                kind: "notify".to_owned(),
                body: Json(json!({ "key": null, "operation": operation })),
                platform: connection.platform.clone(),
                connection: Some(connection.id),
                at: told.at,
            });
        }
    }
    Ok(())
}

/// The page that a subject leads to.
#[must_use]
pub fn path(slug: &str, subject: &str) -> String {
    match subject.split_once(':') {
        Some(("proposal", id)) => format!("/c/{slug}/proposals/{id}"),
        Some(("policy", id)) => format!("/c/{slug}/policies/{id}"),
        Some(("document", id)) => format!("/c/{slug}/documents/{id}"),
        Some(("action", id)) => format!("/c/{slug}/audit?subject=action:{id}"),
        Some(("role", _)) => format!("/c/{slug}/members"),
        _ => format!("/c/{slug}/notices"),
    }
}
