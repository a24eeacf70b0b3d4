//! A member's own settings, and founding.

use app::api::founding::{BlankView, FoundingForm, FoundingPlace, FoundingView, KitView};
use app::api::settings::{ConnectionView, SettingsView};
use app::backend::{SettingsBackend, Viewer};
use app::error::{AppError, ErrorKind};
use async_trait::async_trait;
use serde_json::{Map, Value, json};
use store::connections::ConnectionStatus;
use types::text::{Handle, Slug};
use types::{AccountId, Json};

use super::{PageBackend, failed};
use crate::config::FoundingRule;
use crate::kits::{self, Kit};
use crate::pipeline::{self, Founding, NewMember};
use crate::views::roster::person;
use crate::views::sentence;
use crate::web::api::refusals;
use crate::web::{access, secret};
use engine::{Blank, BlankKind};

/// Communities that one account may have founded: beyond it, ask the operator.
const MAX_FOUNDED: usize = 20;

#[async_trait]
impl SettingsBackend for PageBackend {
    async fn settings(&self, viewer: &Viewer, slug: &str) -> Result<SettingsView, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let mut connections = Vec::new();
        for connection in place.store().connections().await.map_err(failed)? {
            let mine = place.store().identities_of(&connection.platform, &[member.id]).await.map_err(failed)?;
            connections.push(ConnectionView {
                platform: sentence::capitalised(&connection.platform),
                is_well: connection.status == ConnectionStatus::Active,
                state: match connection.status {
                    ConnectionStatus::Active => "working".to_owned(),
                    _ if connection.status_reason.is_empty() => "not working".to_owned(),
                    _ => connection.status_reason.clone(),
                },
                mine: mine.first().map(|identity| identity.external_id.clone()),
            });
        }
        let is_public = access::is_public(&place.here.community, self.web.is_demo());
        let visibility = if is_public {
            "Everybody may look at this community; only members take part."
        } else {
            "Only members may look at this community."
        };
        Ok(SettingsView {
            person: person(&member),
            since: member.joined_at,
            roles: place.here.roster.all_role_names(&member),
            connections,
            visibility: visibility.to_owned(),
        })
    }

    async fn rename_me(&self, viewer: &Viewer, slug: &str, name: &str) -> Result<(), AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let community = place.here.community.id;
        Ok(pipeline::rename(&self.web.ctx, community, member.id, name).await.map_err(refusals::admit)?)
    }

    async fn leave(&self, viewer: &Viewer, slug: &str, confirm: &str) -> Result<(), AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let community = &place.here.community;
        if confirm.trim() != community.name {
            let message = format!("To leave, write the community's name: {}.", community.name);
            return Err(AppError::new(ErrorKind::Invalid, "not-confirmed", message));
        }
        pipeline::leave(&self.web.ctx, community.id, member.id).await.map_err(failed)?;
        Ok(())
    }

    async fn founding(&self, viewer: &Viewer) -> Result<FoundingView, AppError> {
        let why_not = self.why_not(viewer).await?;
        let place = |id: &str, name: &str, about: &str| FoundingPlace {
            id: id.to_owned(),
            name: name.to_owned(),
            about: about.to_owned(),
        };
        let mut places = vec![place("board", "The board", "Channels and posts right here. Nothing has to be set up.")];
        for platform in self.web.ctx.platforms.all().filter(|platform| platform.name() != "board") {
            if self.web.ctx.platforms.service(platform.name()).is_some() {
                let name = sentence::capitalised(platform.name());
                let about = "Begin with the board, and connect your rooms by a proposal once the community stands.";
                places.push(place(platform.name(), &name, about));
            }
        }
        Ok(FoundingView {
            may: why_not.is_none(),
            why_not: why_not.unwrap_or_default(),
            places,
            kits: kits::kits().iter().map(kit).collect(),
            attempt_key: secret::random_hex::<16>(),
        })
    }

    async fn found(&self, viewer: &Viewer, form: FoundingForm) -> Result<String, AppError> {
        if let Some(why) = self.why_not(viewer).await? {
            let kind = if viewer.account.is_none() { ErrorKind::SignInNeeded } else { ErrorKind::NotPermitted };
            return Err(AppError::new(kind, "founding-not-open", why));
        }
        let account = viewer.account.ok_or_else(AppError::sign_in_needed)?;
        let slug: Slug = form.slug.trim().to_lowercase().parse().map_err(|error| refusals::text(&error, "slug"))?;
        let handle: Handle =
            form.handle.trim().to_lowercase().parse().map_err(|error| refusals::text(&error, "handle"))?;
        let chosen = kits::kits().iter().find(|kit| kit.name == form.kit);
        let chosen = chosen.ok_or_else(|| AppError::not_found("starter kit"))?;
        let ctx = &self.web.ctx;
        let founder = ctx.store.system().account(account).await.map_err(failed)?;
        let founder = founder.ok_or_else(AppError::sign_in_needed)?;
        let founding = Founding {
            slug: slug.clone(),
            name: form.name.clone(),
            description: form.about.trim().chars().take(1_000).collect(),
            starter_kit: chosen.name.clone(),
            settings: Json(Value::Object(blanks(chosen, &form)?)),
        };
        let community = pipeline::found(ctx, founding).await.map_err(refusals::found)?;
        let roles = ctx.store.community(community).roles().await.map_err(failed)?;
        let newcomer = NewMember {
            handle,
            display_name: founder.display_name,
            // Somebody must be able to begin: what the kit leaves open, its founder holds, in the open.
            roles: roles.into_iter().filter(|role| !role.is_base).map(|role| role.name).collect(),
        };
        let member = pipeline::admit(ctx, community, newcomer).await.map_err(refusals::admit)?;
        let tx = ctx.store.begin().await.map_err(failed)?;
        tx.community(community).link_account(member.id, account).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(slug.as_str().to_owned())
    }
}

impl PageBackend {
    /// Why the viewer may not found a community, where they may not.
    async fn why_not(&self, viewer: &Viewer) -> Result<Option<String>, AppError> {
        let Some(account) = viewer.account else {
            return Ok(Some("Sign in first, so that the community has a founder.".to_owned()));
        };
        let is_open = self.web.is_demo() || self.web.ctx.config.service.founding == FoundingRule::SignedIn;
        if !is_open {
            return Ok(Some("Here only the operator founds communities. Ask whoever runs this service.".to_owned()));
        }
        if self.n_communities(account).await? >= MAX_FOUNDED {
            return Ok(Some(format!("You belong to {MAX_FOUNDED} communities already. Ask the operator for more.")));
        }
        Ok(None)
    }

    async fn n_communities(&self, account: AccountId) -> Result<usize, AppError> {
        Ok(self.web.ctx.store.system().memberships_of(account).await.map_err(failed)?.len())
    }
}

/// The kit's blanks as the form fills them.
fn blanks(kit: &Kit, form: &FoundingForm) -> Result<Map<String, Value>, AppError> {
    let mut filled = Map::new();
    for blank in &kit.blanks {
        let Some(text) = form.blanks.get(&blank.name).map(|text| text.trim()).filter(|text| !text.is_empty()) else {
            continue;
        };
        let value = filled_in(blank, text)?;
        filled.insert(blank.name.clone(), value);
    }
    Ok(filled)
}

/// What somebody wrote into a blank, as a value of its kind. The kit says whether it fits.
fn filled_in(blank: &Blank, text: &str) -> Result<Value, AppError> {
    let not = |what: &str| {
        let message = format!("“{}” is no {what}. {} needs one.", sentence::cut(text, 40), blank.label);
        AppError::new(ErrorKind::Invalid, "bad-blank", message)
    };
    Ok(match blank.kind {
        BlankKind::Integer => json!(text.parse::<i64>().map_err(|_| not("whole number"))?),
        BlankKind::Number | BlankKind::Days | BlankKind::Share => {
            json!(text.parse::<f64>().map_err(|_| not("number"))?)
        }
        BlankKind::Bool => json!(matches!(text, "true" | "on" | "yes")),
        BlankKind::Words => {
            json!(text.split([',', '\n']).map(str::trim).filter(|word| !word.is_empty()).collect::<Vec<_>>())
        }
        BlankKind::Table => serde_json::from_str(text).map_err(|_| not("table such as {\"name\": 3}"))?,
        BlankKind::Text | BlankKind::Choice | BlankKind::Role | BlankKind::Channel | BlankKind::Member => json!(text),
    })
}

fn kit(kit: &Kit) -> KitView {
    let about = |shipped: &str| {
        let known = engine::shipped().iter().find(|policy| policy.slug == shipped);
        known.map_or_else(String::new, |policy| policy.description.to_string())
    };
    KitView {
        id: kit.name.clone(),
        title: kit.title.clone(),
        about: kit.description.clone(),
        used_by: kit.used_by.clone(),
        fails_when: kit.failure_modes.iter().map(|mode| mode.what.as_str()).collect::<Vec<_>>().join(" "),
        blanks: kit
            .blanks
            .iter()
            .map(|blank| BlankView {
                name: blank.name.clone(),
                label: blank.label.clone(),
                is_number: matches!(
                    blank.kind,
                    BlankKind::Integer | BlankKind::Number | BlankKind::Days | BlankKind::Share
                ),
                min: blank.min,
                max: blank.max,
                value: match &blank.default {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                },
            })
            .collect(),
        policies: kit.policies.iter().map(|policy| (policy.name.clone(), about(&policy.shipped))).collect(),
        roles: kit.roles.iter().filter(|role| !role.base).map(|role| role.name.clone()).collect(),
        documents: kit.documents.iter().map(|document| document.name.clone()).collect(),
    }
}
