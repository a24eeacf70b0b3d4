//! Talking to a workspace: one call, its failures in words, and what is read.

use reqwest::{Client, Method, Url};
use serde_json::Value;
use types::platform::Person;
use types::{Json, Timestamp};

use super::settings::Settings;
use super::text::{moment_of, reaction_id, vote_of};
use crate::limits::{Limits, Urgency};
use crate::remote::{Call, Remote, Sent, said};
use crate::{ApplyError, Connection, Found};

/// Most channels that are looked through for one of a name: ten pages.
const MAX_PAGES: usize = 10;

/// A workspace, as one connection reaches it.
pub(super) struct Workspace<'a> {
    remote: Remote<'a>,
    base: Url,
    connection: &'a Connection,
    /// The settings of the connection.
    pub settings: Settings,
}

/// With whose token a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum As {
    /// The bot.
    Bot,
    /// The administrator who installed us.
    Admin,
}

/// Slack said no, by its own word: `cant_delete_message`.
#[derive(Debug)]
pub(super) struct SlackError {
    /// The word; empty where no answer came.
    pub word: String,
    /// What it means for the operation.
    pub failure: ApplyError,
}

impl From<SlackError> for ApplyError {
    fn from(error: SlackError) -> Self {
        error.failure
    }
}

impl From<ApplyError> for SlackError {
    fn from(failure: ApplyError) -> Self {
        Self { word: String::new(), failure }
    }
}

/// What a call asks for: its name at Slack, and its fields.
type Fields<'a> = &'a [(&'a str, &'a str)];

impl<'a> Workspace<'a> {
    /// The workspace of `connection`.
    pub fn of(client: &'a Client, limits: &'a Limits, connection: &'a Connection) -> Result<Self, ApplyError> {
        let settings = Settings::of(connection);
        let base = base(&settings)?;
        let tenant = connection.config.text("tenant").unwrap_or_default();
        Ok(Self { remote: Remote { name: "Slack", client, limits, tenant }, base, connection, settings })
    }

    /// One call by the bot or the administrator. `doing` says in words what it is for.
    pub async fn call(&self, who: As, doing: &str, method: &str, fields: Fields<'_>) -> Result<Value, SlackError> {
        self.ask(who, doing, method, fields, Urgency::Effect).await
    }

    /// The same for what we say, which waits behind what must be undone.
    pub async fn talk(&self, doing: &str, method: &str, fields: Fields<'_>) -> Result<Value, SlackError> {
        self.ask(As::Bot, doing, method, fields, Urgency::Talk).await
    }

    async fn ask(
        &self,
        who: As,
        doing: &str,
        method: &str,
        fields: Fields<'_>,
        urgency: Urgency,
    ) -> Result<Value, SlackError> {
        let token = self.token(who)?;
        call(self.remote, &self.base, Some(token), doing, method, fields, urgency).await
    }

    fn token(&self, who: As) -> Result<&str, ApplyError> {
        match who {
            As::Bot => self.connection.secret("bot_token").ok_or_else(|| {
                ApplyError::permanent("no-token", "the connection to Slack has no token: install it again")
            }),
            As::Admin => self.connection.secret("admin_token").ok_or_else(|| {
                ApplyError::permanent(
                    "no-admin-token",
                    "only an administrator of the workspace may do this, and no administrator's token is here: an \
                     administrator has to install Polity again",
                )
            }),
        }
    }

    /// By the bot; where Slack lets no bot do it, by the administrator.
    pub async fn call_up(&self, doing: &str, method: &str, fields: Fields<'_>) -> Result<Value, SlackError> {
        match self.call(As::Bot, doing, method, fields).await {
            Err(error) if is_beyond_bots(&error.word) && self.connection.secret("admin_token").is_some() => {
                self.call(As::Admin, doing, method, fields).await
            }
            other => other,
        }
    }

    /// The id of the channel that `place` names: an id, or `#name`. Nothing outside what is governed is acted in.
    pub async fn channel(&self, place: &str) -> Result<String, ApplyError> {
        let place = place.trim();
        let found = if is_channel_id(place) { Some(place.to_owned()) } else { self.channel_named(place).await? };
        let shown = said(place);
        found.filter(|id| self.settings.governs(id)).ok_or_else(|| {
            ApplyError::permanent("no-such-channel", format!("'{shown}' is none of the community's channels on Slack"))
        })
    }

    async fn channel_named(&self, place: &str) -> Result<Option<String>, ApplyError> {
        let name = place.trim_start_matches('#').to_lowercase();
        let mut found = None;
        self.pages("find the channel", "conversations.list", &[("types", "public_channel,private_channel")], |page| {
            let channels = page.get("channels").and_then(Value::as_array);
            let by_name = |channel: &&Value| channel.get("name").and_then(Value::as_str) == Some(name.as_str());
            found = channels.and_then(|all| all.iter().find(by_name)?.get("id")?.as_str()).map(str::to_owned);
            found.is_some()
        })
        .await?;
        Ok(found)
    }

    /// Reads a list page by page, until `take` has what it wants or nothing is left.
    pub async fn pages(
        &self,
        doing: &str,
        method: &str,
        fields: Fields<'_>,
        mut take: impl FnMut(&Value) -> bool,
    ) -> Result<(), ApplyError> {
        let mut cursor = String::new();
        for _ in 0..MAX_PAGES {
            let mut all = fields.to_vec();
            all.push(("limit", "200"));
            if !cursor.is_empty() {
                all.push(("cursor", &cursor));
            }
            let page = self.call(As::Bot, doing, method, &all).await?;
            if take(&page) {
                return Ok(());
            }
            let next = page.pointer("/response_metadata/next_cursor").and_then(Value::as_str).unwrap_or_default();
            if next.is_empty() {
                return Ok(());
            }
            cursor = next.to_owned();
        }
        Ok(())
    }

    /// The reactions under a message that are votes, each with who made it.
    pub async fn reactions(&self, message: &str) -> Result<Vec<Found>, ApplyError> {
        let (channel, ts) = moment_of(message, "");
        let fields = [("channel", channel), ("timestamp", ts), ("full", "true")];
        let answer = self.talk("count the reactions", "reactions.get", &fields).await?;
        let mut found = Vec::new();
        let reactions = answer.pointer("/message/reactions").and_then(Value::as_array);
        for reaction in reactions.into_iter().flatten() {
            let name = reaction.get("name").and_then(Value::as_str).unwrap_or_default();
            let Some(value) = vote_of(name) else { continue };
            let users = reaction.get("users").and_then(Value::as_array).into_iter().flatten();
            for user in users.filter_map(Value::as_str).filter(|user| *user != self.settings.own_user) {
                let voter = types::platform::ExternalUser { id: user.to_owned(), display_name: None, is_bot: false };
                found.push(Found { event: reaction_id(message, user, name), voter, value: value.clone() });
            }
        }
        Ok(found)
    }

    /// What the workspace knows of a member.
    pub async fn look_up(&self, name: &str, of: &Person) -> Result<Json, ApplyError> {
        let Some(user) = of.external.as_deref() else { return Ok(Json(Value::Null)) };
        if name == "user_groups" {
            let answer =
                self.call(As::Bot, "read the user groups", "usergroups.list", &[("include_users", "true")]).await?;
            let groups = answer.get("usergroups").and_then(Value::as_array).into_iter().flatten();
            let is_in = |group: &&Value| {
                let users = group.get("users").and_then(Value::as_array);
                users.is_some_and(|users| users.iter().any(|known| known.as_str() == Some(user)))
            };
            return Ok(Json(groups.filter(is_in).filter_map(|group| group.get("handle").cloned()).collect()));
        }
        let answer = self.call(As::Bot, "look somebody up", "users.info", &[("user", user)]).await?;
        let is = |key: &str| answer.pointer(&format!("/user/{key}")).and_then(Value::as_bool).unwrap_or(false);
        match name {
            "roles" => {
                let roles =
                    [("is_primary_owner", "primary owner"), ("is_owner", "owner"), ("is_admin", "administrator")];
                Ok(Json(roles.into_iter().filter(|(key, _)| is(key)).map(|(_, role)| role).collect()))
            }
            "is_guest" => Ok(Json(Value::Bool(is("is_restricted") || is("is_ultra_restricted")))),
            _ => Err(ApplyError::permanent("unknown-lookup", format!("slack has nothing called '{name}' to look up"))),
        }
    }

    /// The moment of a message of ours, for a client that has none.
    pub fn tenant(&self) -> &str {
        self.remote.tenant
    }

    /// Posts to an address that Slack gave for answering one click or command.
    pub async fn post_to(&self, address: Url, body: &Value) -> Result<(), ApplyError> {
        let call = Call {
            doing: "answer somebody",
            method: Method::POST,
            url: address,
            route: "response_url",
            authorization: None,
            headers: &[],
            sent: Sent::Json(body),
            urgency: Urgency::Talk,
        };
        self.remote.call(call).await.map(drop)
    }

    /// Whether an address is Slack's own.
    pub fn is_slacks(&self, address: &Url) -> bool {
        let is_usual =
            address.scheme() == "https" && address.host_str() == Some("hooks.slack.com") && address.port().is_none();
        is_usual || (!self.settings.api.is_empty() && address.origin() == self.base.origin())
    }
}

/// The address that calls are made under.
pub(super) fn base(settings: &Settings) -> Result<Url, ApplyError> {
    Url::parse(settings.api()).map_err(|_| ApplyError::permanent("bad-settings", "the address of Slack is no address"))
}

/// One call, with whatever token.
pub(super) async fn call(
    remote: Remote<'_>,
    base: &Url,
    token: Option<&str>,
    doing: &str,
    method: &str,
    fields: Fields<'_>,
    urgency: Urgency,
) -> Result<Value, SlackError> {
    let url =
        base.join(method).map_err(|_| ApplyError::permanent("bad-settings", "the address of Slack is no address"))?;
    let call = Call {
        doing,
        method: Method::POST,
        url,
        route: method,
        authorization: token.map(|token| format!("Bearer {token}")),
        headers: &[],
        sent: Sent::Form(fields),
        urgency,
    };
    let answered = remote.call(call).await?;
    if answered.body.get("ok").and_then(Value::as_bool) == Some(true) {
        return Ok(answered.body);
    }
    let word = answered.text("error").unwrap_or_default().to_owned();
    let failure = failure(doing, &word, answered.status, &answered.body);
    Err(SlackError { word, failure })
}

/// What Slack's word means.
fn failure(doing: &str, word: &str, status: u16, body: &Value) -> ApplyError {
    let shown = if word.is_empty() { format!("status {status}") } else { said(word) };
    match word {
        "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout" | "team_added_to_org" => {
            ApplyError::retry(format!("Slack has trouble and could not {doing} yet ({shown})"))
        }
        "ratelimited" => ApplyError::retry(format!("Slack asked us to wait before we {doing}")),
        "" if status == 200 => ApplyError::retry(format!("Slack answered with no JSON when asked to {doing}")),
        "invalid_auth" | "not_authed" | "account_inactive" | "token_revoked" | "token_expired" | "no_permission" => {
            let why = format!("Slack does not accept our token any more ({shown}): install Polity there again");
            ApplyError::permanent("token-refused", why)
        }
        "missing_scope" => {
            let needed = said(body.get("needed").and_then(Value::as_str).unwrap_or("more"));
            let why =
                format!("Polity lacks the permission {needed} on Slack and could not {doing}: install it there again");
            ApplyError::permanent("missing-scope", why)
        }
        "channel_not_found" | "user_not_found" | "message_not_found" | "subteam_not_found" => {
            ApplyError::permanent("not-found", format!("Polity could not {doing}: Slack does not find it ({shown})"))
        }
        "not_in_channel" => ApplyError::permanent(
            "not-in-channel",
            format!("Polity is not in the channel and could not {doing}: invite it"),
        ),
        _ => ApplyError::permanent("refused", format!("Slack refused to {doing} ({shown})")),
    }
}

/// Refusals that an administrator does not get.
fn is_beyond_bots(word: &str) -> bool {
    matches!(
        word,
        "cant_delete_message"
            | "not_authorized"
            | "restricted_action"
            | "method_not_supported_for_channel_type"
            | "not_allowed_token_type"
            | "missing_scope"
            | "not_in_channel"
            | "cant_kick_self"
            | "user_is_restricted"
            | "permission_denied"
    )
}

/// Whether this is the id of a channel.
pub(super) fn is_channel_id(place: &str) -> bool {
    place.len() >= 2
        && place.starts_with(['C', 'G', 'D'])
        && place.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

/// A moment as Slack writes it in text that each reader sees in their own time.
pub(super) fn local_time(at: Timestamp) -> String {
    format!("<!date^{}^{{date_short_pretty}} {{time}}|{at}>", at.0.div_euclid(1000))
}
