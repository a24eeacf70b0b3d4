//! What members are told, and where they want to hear it.

use std::time::Duration;

use app::api::notice::{NoticeChannel, NoticeEvent, NoticeLine, NoticeSettingsForm, NoticeSettingsView, NoticesView};
use app::backend::{NoticeBackend, Viewer};
use app::error::{AppError, ErrorKind};
use async_trait::async_trait;
use store::StoreError;
use store::mails::NewMail;
use store::notices::{NoticeFilter, Schedule};
use types::MemberId;

use super::{PageBackend, Place, failed};
use crate::notices::{self, Link, is_address};
use crate::views::dossier;
use crate::views::sentence;

/// Notices of one page.
const PER_PAGE: u32 = 40;

/// How long a link that confirms an address works.
const LINK_LIFE: Duration = Duration::from_secs(48 * 3600);

/// Where and when a member who never said wants digests.
const FIRST_SCHEDULE: (&str, &str, u32, u32) = ("UTC", "off", 8, 1);

#[async_trait]
impl NoticeBackend for PageBackend {
    async fn notices(
        &self,
        viewer: &Viewer,
        slug: &str,
        unread: bool,
        before: Option<i64>,
    ) -> Result<NoticesView, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let store = place.store();
        let filter = NoticeFilter { unread, before, limit: PER_PAGE + 1 };
        let mut found = store.notices(member.id, filter).await.map_err(failed)?;
        let has_older = found.len() > PER_PAGE as usize;
        found.truncate(PER_PAGE as usize);
        let mutes = store.mutes_of(member.id).await.map_err(failed)?;
        let n_unread = store.count_unread(member.id).await.map_err(failed)?;
        let older = found.last().filter(|_| has_older).map(|notice| notice.ord);
        let line = |notice: store::notices::Notice| NoticeLine {
            id: notice.ord,
            event: NoticeEvent::of(&notice.event),
            is_muted: mutes.contains(&notice.subject),
            text: notice.text,
            at: notice.created_at,
            is_read: notice.read_at.is_some(),
            subject: notice.subject,
        };
        Ok(NoticesView {
            notices: found.into_iter().map(line).collect(),
            n_unread: u32::try_from(n_unread).unwrap_or(u32::MAX),
            older,
        })
    }

    async fn read_notices(&self, viewer: &Viewer, slug: &str, id: Option<i64>) -> Result<(), AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        place.read(member.id, id).await
    }

    async fn open_notice(&self, viewer: &Viewer, slug: &str, id: i64) -> Result<String, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let notice = place.store().notice(member.id, id).await.map_err(failed)?;
        let notice = notice.ok_or_else(|| AppError::not_found("notice"))?;
        place.read(member.id, Some(id)).await?;
        Ok(notices::path(&place.here.community.slug, &notice.subject))
    }

    async fn mute(&self, viewer: &Viewer, slug: &str, subject: &str, is_muted: bool) -> Result<(), AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let id = subject.strip_prefix("proposal:").and_then(|id| id.parse().ok());
        place.seen_proposal(id.ok_or_else(|| AppError::not_found("thread"))?).await?;
        let tx = self.web.ctx.store.begin().await.map_err(failed)?;
        tx.community(place.here.community.id).mute(member.id, subject, is_muted).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(())
    }

    async fn notice_settings(&self, viewer: &Viewer, slug: &str) -> Result<NoticeSettingsView, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let store = place.store();
        let choices = store.notice_choices(&[member.id]).await.map_err(failed)?;
        let mut on = Vec::new();
        for event in NoticeEvent::ALL {
            for channel in NoticeChannel::ALL {
                let key = (member.id, event.word().to_owned(), channel.word().to_owned());
                if choices.get(&key).copied().unwrap_or_else(|| event.is_on_at_first(channel)) {
                    on.push(format!("{}.{}", event.word(), channel.word()));
                }
            }
        }
        let schedule = store.schedule_of(member.id).await.map_err(failed)?.unwrap_or_else(|| {
            let (time_zone, digest, hour, weekday) = FIRST_SCHEDULE;
            Schedule { time_zone: time_zone.into(), digest: digest.into(), hour, weekday, digest_at: None }
        });
        Ok(NoticeSettingsView {
            on,
            address: store.addresses_of(&[member.id]).await.map_err(failed)?.remove(&member.id),
            sends_mail: self.sends_mail(),
            chats: place.chats(member.id).await?,
            muted: place.muted(member.id).await?,
            digest: schedule.digest,
            hour: schedule.hour,
            weekday: schedule.weekday,
            time_zone: schedule.time_zone,
            time_zones: notices::time_zones(),
            next_digest: schedule.digest_at,
        })
    }

    async fn save_notice_settings(
        &self,
        viewer: &Viewer,
        slug: &str,
        settings: NoticeSettingsForm,
    ) -> Result<(), AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let mut schedule = schedule(settings.clone())?;
        schedule.digest_at = notices::next_digest(&schedule, place.now);
        let tx = self.web.ctx.store.begin().await.map_err(failed)?;
        let handle = tx.community(place.here.community.id);
        for event in NoticeEvent::ALL {
            for channel in NoticeChannel::ALL {
                let is_on = settings.on.contains(&format!("{}.{}", event.word(), channel.word()));
                handle.choose_notice(member.id, event.word(), channel.word(), is_on).await.map_err(failed)?;
            }
        }
        handle.set_schedule(member.id, &schedule).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(())
    }

    async fn claim_address(&self, viewer: &Viewer, slug: &str, address: &str) -> Result<String, AppError> {
        let (place, member) = self.enter_as_member(viewer, slug).await?;
        let account = viewer.account.ok_or_else(AppError::sign_in_needed)?;
        let address = address.trim().to_lowercase();
        let tx = self.web.ctx.store.begin().await.map_err(failed)?;
        if address.is_empty() {
            tx.system().set_account_email(account, None).await.map_err(failed)?;
            tx.community(place.here.community.id).drop_mails(member.id).await.map_err(failed)?;
            tx.commit().await.map_err(failed)?;
            return Ok("Your address was forgotten. You get no e-mail from here.".to_owned());
        }
        if !self.sends_mail() {
            let message = "This service sends no e-mail. Ask whoever runs it to set up a mail server.";
            return Err(AppError::new(ErrorKind::Unavailable, "no-mail-server", message));
        }
        if !is_address(&address) {
            let message =
                format!("“{}” is not an e-mail address. Write one like name@example.org.", sentence::cut(&address, 80));
            return Err(AppError::new(ErrorKind::Invalid, "not-an-address", message));
        }
        let link = Link::Confirm { account, address: address.clone(), until: place.now + LINK_LIFE };
        let token = link.seal(&self.web.ctx.vault).map_err(|error| super::ApiError::internal(error))?;
        // One letter an hour: asking again sooner sends nothing more.
        let hour = place.now.millis() / 3_600_000;
        let letter = NewMail {
            origin: format!("confirm:{account}:{hour}:{address}"),
            member: None,
            address: address.clone(),
            title: "Confirm your address".to_owned(),
            body: "Somebody, probably you, wants to get e-mail from a community at this address. Open the link to confirm it. \
                   If it was not you, do nothing."
                .to_owned(),
            path: Some(format!("/confirm-address?token={token}")),
        };
        tx.community(place.here.community.id).add_mail(&letter, place.now).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(format!("We sent a letter to {address}. Open the link in it within two days."))
    }

    async fn confirm_address(&self, _: &Viewer, token: &str) -> Result<String, AppError> {
        let Ok(Link::Confirm { account, address, until }) = Link::confirm(&self.web.ctx.vault, token) else {
            return Err(bad_link());
        };
        if self.web.ctx.clock.now() > until {
            let message = "This link is older than two days. Ask for another in your settings.";
            return Err(AppError::new(ErrorKind::Invalid, "link-too-old", message));
        }
        let tx = self.web.ctx.store.begin().await.map_err(failed)?;
        match tx.system().set_account_email(account, Some(&address)).await {
            Err(StoreError::Taken(_)) => {
                let message = "Somebody else uses this address already. Choose another in your settings.";
                return Err(AppError::new(ErrorKind::Conflict, "address-taken", message));
            }
            other => other.map_err(failed)?,
        }
        tx.commit().await.map_err(failed)?;
        Ok(format!("{address} is confirmed. Letters reach you there from now on."))
    }

    async fn unsubscribe(&self, _: &Viewer, token: &str) -> Result<String, AppError> {
        self.end_mail(token).await?;
        Ok("You get no more e-mail from this community. Everything still stands in your inbox here.".to_owned())
    }
}

impl PageBackend {
    fn sends_mail(&self) -> bool {
        self.web.ctx.config.secrets.smtp_url.is_some()
    }

    /// Ends e-mail to the member whom a link names.
    pub(crate) async fn end_mail(&self, token: &str) -> Result<(), AppError> {
        let Ok(Link::Unsubscribe { community, member }) = Link::unsubscribe(&self.web.ctx.vault, token) else {
            return Err(bad_link());
        };
        let tx = self.web.ctx.store.begin().await.map_err(failed)?;
        let handle = tx.community(community);
        if handle.member(member).await.map_err(failed)?.is_none() {
            return Err(bad_link());
        }
        for event in NoticeEvent::ALL {
            let channel = NoticeChannel::Email.word();
            handle.choose_notice(member, event.word(), channel, false).await.map_err(failed)?;
        }
        handle.drop_mails(member).await.map_err(failed)?;
        handle.empty_digest(member, i64::MAX).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(())
    }
}

impl Place<'_> {
    async fn read(&self, member: MemberId, id: Option<i64>) -> Result<(), AppError> {
        let tx = self.web.ctx.store.begin().await.map_err(failed)?;
        tx.community(self.here.community.id).read_notices(member, id, self.now).await.map_err(failed)?;
        tx.commit().await.map_err(failed)?;
        Ok(())
    }

    /// The platforms on which a member can be written to.
    async fn chats(&self, member: MemberId) -> Result<Vec<String>, AppError> {
        let mut chats = Vec::new();
        for connection in self.store().connections().await.map_err(failed)? {
            let known = self.store().identities_of(&connection.platform, &[member]).await.map_err(failed)?;
            if !known.is_empty() {
                chats.push(sentence::capitalised(&connection.platform));
            }
        }
        Ok(chats)
    }

    /// Muted threads with their titles.
    async fn muted(&self, member: MemberId) -> Result<Vec<(String, String)>, AppError> {
        let mut muted = Vec::new();
        for subject in self.store().mutes_of(member).await.map_err(failed)? {
            let Some(id) = subject.strip_prefix("proposal:").and_then(|id| id.parse().ok()) else { continue };
            if let Some(dossier) = dossier::of_proposal(&self.store(), id).await.map_err(failed)? {
                let action = &dossier.action;
                muted.push((subject, sentence::title(&action.kind, &action.payload, &self.names)));
            }
        }
        Ok(muted)
    }
}

fn bad_link() -> AppError {
    let message = "This link is not one of ours, or was cut off. Open the whole link from the letter.";
    AppError::new(ErrorKind::Invalid, "link-not-ours", message)
}

fn schedule(form: NoticeSettingsForm) -> Result<Schedule, AppError> {
    let invalid = |code, message: &str| AppError::new(ErrorKind::Invalid, code, message);
    if !matches!(form.digest.as_str(), "off" | "daily" | "weekly") {
        return Err(invalid("unknown-digest", "Choose when to get e-mail: at once, once a day or once a week."));
    }
    if !notices::is_time_zone(&form.time_zone) {
        return Err(invalid("unknown-time-zone", "We do not know this time zone. Choose one from the list."));
    }
    if form.hour > 23 || !(1..=7).contains(&form.weekday) {
        return Err(invalid("unknown-hour", "Choose an hour from 0 to 23 and a day of the week."));
    }
    Ok(Schedule {
        time_zone: form.time_zone,
        digest: form.digest,
        hour: form.hour,
        weekday: form.weekday,
        digest_at: None,
    })
}
