//! Notices: what the viewer was told, and where they want to hear what.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::Timestamp;

use crate::error::AppError;

/// What kind of thing a notice tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeEvent {
    /// Your vote is asked for.
    Asked,
    /// A vote closes, and yours is missing.
    Closing,
    /// Something you proposed or voted on was decided.
    Decided,
    /// Somebody named you.
    Mention,
    /// Somebody answered you, or spoke about what you proposed.
    Comment,
    /// A policy wrote to you.
    Message,
    /// You were given a role, or lost one.
    Role,
    /// A policy or a document changed.
    Rules,
}

/// Where a notice reaches somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeChannel {
    /// The inbox.
    App,
    /// By e-mail.
    Email,
    /// On the platform where they are, as a direct message.
    Chat,
}

impl NoticeEvent {
    /// Every kind, in the order of the matrix.
    pub const ALL: [Self; 8] = [
        Self::Asked,
        Self::Closing,
        Self::Decided,
        Self::Mention,
        Self::Comment,
        Self::Message,
        Self::Role,
        Self::Rules,
    ];

    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Closing => "closing",
            Self::Decided => "decided",
            Self::Mention => "mention",
            Self::Comment => "comment",
            Self::Message => "message",
            Self::Role => "role",
            Self::Rules => "rules",
        }
    }

    /// The kind of a stored word; a message for any other.
    pub fn of(word: &str) -> Self {
        Self::ALL.into_iter().find(|event| event.word() == word).unwrap_or(Self::Message)
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Asked => "My vote is asked for",
            Self::Closing => "A vote closes and mine is missing",
            Self::Decided => "What I proposed or voted on was decided",
            Self::Mention => "Somebody mentions me",
            Self::Comment => "Somebody answers me, or speaks about what I proposed",
            Self::Message => "A policy writes to me",
            Self::Role => "I am given a role, or lose one",
            Self::Rules => "A policy or a document changes",
        }
    }

    /// Whether it is on where the member has not said.
    pub const fn is_on_at_first(self, channel: NoticeChannel) -> bool {
        match channel {
            NoticeChannel::App => true,
            NoticeChannel::Email => {
                matches!(self, Self::Asked | Self::Closing | Self::Decided | Self::Mention | Self::Role)
            }
            // What a policy writes goes where the action happened; the rest only to those who want it there.
            NoticeChannel::Chat => matches!(self, Self::Message),
        }
    }
}

impl NoticeChannel {
    /// Every channel, in the order of the matrix.
    pub const ALL: [Self; 3] = [Self::App, Self::Email, Self::Chat];

    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Email => "email",
            Self::Chat => "chat",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::App => "Here",
            Self::Email => "E-mail",
            Self::Chat => "Chat",
        }
    }
}

/// The inbox.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticesView {
    /// The notices, newest first.
    pub notices: Vec<NoticeLine>,
    /// How many are unread in all.
    pub n_unread: u32,
    /// The number after which older ones follow, where there are any.
    pub older: Option<i64>,
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeLine {
    /// Its number.
    pub id: i64,
    /// What kind of thing it tells.
    pub event: NoticeEvent,
    /// What, as a sentence or two.
    pub text: String,
    /// When it happened.
    pub at: Timestamp,
    /// Whether it was read.
    pub is_read: bool,
    /// What it is about: the thread that can be muted. Empty where there is none.
    pub subject: String,
    /// Whether the viewer has muted that.
    pub is_muted: bool,
}

/// Where the viewer wants to hear what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeSettingsView {
    /// The cells that are on, as "event.channel".
    pub on: Vec<String>,
    /// The viewer's confirmed address.
    pub address: Option<String>,
    /// Whether this service sends e-mail at all.
    pub sends_mail: bool,
    /// The platforms on which the viewer can be written to: "Matrix".
    pub chats: Vec<String>,
    /// `off`, `daily` or `weekly`.
    pub digest: String,
    /// At which hour, 0 to 23.
    pub hour: u32,
    /// On which day of the week, 1 for Monday.
    pub weekday: u32,
    /// The zone the viewer lives in.
    pub time_zone: String,
    /// The zones there are.
    pub time_zones: Vec<String>,
    /// When the next digest is due.
    pub next_digest: Option<Timestamp>,
    /// Threads that are muted: what, and how it is called.
    pub muted: Vec<(String, String)>,
}

/// The settings as a form gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoticeSettingsForm {
    /// The cells that are on, as "event.channel".
    pub on: Vec<String>,
    /// `off`, `daily` or `weekly`.
    pub digest: String,
    /// At which hour, 0 to 23.
    pub hour: u32,
    /// On which day of the week, 1 for Monday.
    pub weekday: u32,
    /// The zone the viewer lives in.
    pub time_zone: String,
}

/// Loads the inbox.
#[server]
pub async fn notices(
    /// The community.
    slug: String,
    /// Whether only unread ones are wanted.
    #[server(default)]
    unread: bool,
    /// Only older ones than this number.
    #[server(default)]
    before: Option<i64>,
) -> Result<NoticesView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.notices(&viewer, &slug, unread, before).await)
}

/// Marks a notice as read, or all of them where none is named.
#[server]
pub async fn read_notices(
    /// The community.
    slug: String,
    /// Which.
    #[server(default)]
    id: Option<i64>,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.read_notices(&viewer, &slug, id).await)
}

/// Marks a notice as read and goes to what it is about.
#[server]
pub async fn open_notice(
    /// The community.
    slug: String,
    /// Which.
    id: i64,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    let path = super::answered(backend.open_notice(&viewer, &slug, id).await)?;
    leptos_axum::redirect(&path);
    Ok(())
}

/// Mutes a thread, or hears of it again.
#[server]
pub async fn mute_thread(
    /// The community.
    slug: String,
    /// The thread.
    subject: String,
    /// Whether it is muted.
    is_muted: bool,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.mute(&viewer, &slug, &subject, is_muted).await)
}

/// Loads where the viewer wants to hear what.
#[server]
pub async fn notice_settings(
    /// The community.
    slug: String,
) -> Result<NoticeSettingsView, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.notice_settings(&viewer, &slug).await)
}

/// Keeps where the viewer wants to hear what.
#[server]
pub async fn save_notice_settings(
    /// The community.
    slug: String,
    /// The settings.
    settings: NoticeSettingsForm,
) -> Result<(), AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.save_notice_settings(&viewer, &slug, settings).await)
}

/// Sends a letter to an address, whose link confirms that it is the viewer's.
#[server]
pub async fn claim_address(
    /// The community.
    slug: String,
    /// The address; empty to be written to no more.
    #[server(default)]
    address: String,
) -> Result<String, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.claim_address(&viewer, &slug, &address).await)
}

/// Confirms an address by the link that was sent to it. Needs no session: whoever has the letter has the address.
#[server]
pub async fn confirm_address(
    /// What the link carries.
    token: String,
) -> Result<String, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.confirm_address(&viewer, &token).await)
}

/// Ends e-mail to a member by the link in a letter. Needs no session.
#[server]
pub async fn unsubscribe(
    /// What the link carries.
    token: String,
) -> Result<String, AppError> {
    let (backend, viewer) = super::asked()?;
    super::answered(backend.unsubscribe(&viewer, &token).await)
}
