//! What Leila was told, and what was said about opening on Sundays.

use app::{
    api::{
        discussion::{CommentInput, CommentReactionView, CommentView, DiscussionView, REACTIONS, Side, ThreadOrder},
        notice::{NoticeEvent, NoticeLine, NoticeSettingsForm, NoticeSettingsView, NoticesView},
    },
    backend::{DiscussionBackend, NoticeBackend, Viewer},
    error::{AppError, ErrorKind},
};
use async_trait::async_trait;
use types::{CommentId, ProposalId};

use super::{Fake, QUIET, at, id, people::person};

fn line(n: i64, event: NoticeEvent, text: &str, is_read: bool) -> NoticeLine {
    NoticeLine {
        id: n,
        event,
        text: text.to_owned(),
        at: at("2026-11-22T08:30:00Z"),
        is_read,
        subject: format!("proposal:00000000-0000-4000-8000-{:012}", 214),
        is_muted: false,
    }
}

#[async_trait]
impl NoticeBackend for Fake {
    async fn notices(
        &self,
        viewer: &Viewer,
        slug: &str,
        unread: bool,
        _before: Option<i64>,
    ) -> Result<NoticesView, AppError> {
        if viewer.account.is_none() {
            return Err(AppError::sign_in_needed());
        }
        if slug == QUIET {
            return Ok(NoticesView::default());
        }
        let read = self.read.lock().expect("what was read").clone();
        let mut notices = vec![
            line(
                3,
                NoticeEvent::Asked,
                "Your vote is asked for: Open on Sundays. The vote closes on Mon 23 Nov 2026, 18:00 UTC.",
                false,
            ),
            line(2, NoticeEvent::Mention, "Tomasz Wilk mentioned you in the discussion of: Open on Sundays.", false),
            line(1, NoticeEvent::Decided, "Passed: Buy a second pressure washer.", true),
        ];
        for notice in &mut notices {
            notice.is_read |= read.contains(&Some(notice.id)) || read.contains(&None);
        }
        let n_unread = u32::try_from(notices.iter().filter(|notice| !notice.is_read).count()).unwrap_or(0);
        notices.retain(|notice| !unread || !notice.is_read);
        Ok(NoticesView { notices, n_unread, older: None })
    }

    async fn read_notices(&self, _viewer: &Viewer, _slug: &str, id: Option<i64>) -> Result<(), AppError> {
        self.read.lock().expect("what was read").push(id);
        Ok(())
    }

    async fn open_notice(&self, viewer: &Viewer, slug: &str, id: i64) -> Result<String, AppError> {
        self.read_notices(viewer, slug, Some(id)).await?;
        Ok(format!("/c/{slug}/proposals/00000000-0000-4000-8000-000000000214"))
    }

    async fn mute(&self, _viewer: &Viewer, _slug: &str, _subject: &str, _is_muted: bool) -> Result<(), AppError> {
        Ok(())
    }

    async fn notice_settings(&self, viewer: &Viewer, _slug: &str) -> Result<NoticeSettingsView, AppError> {
        if viewer.account.is_none() {
            return Err(AppError::sign_in_needed());
        }
        let kept = self.wishes.lock().expect("the wishes").clone();
        Ok(NoticeSettingsView {
            on: kept
                .as_ref()
                .map_or_else(|| vec!["asked.app".to_owned(), "asked.email".to_owned()], |kept| kept.on.clone()),
            address: Some("leila@example.org".to_owned()),
            sends_mail: true,
            chats: vec!["Matrix".to_owned()],
            digest: kept.map_or_else(|| "off".to_owned(), |kept| kept.digest),
            hour: 8,
            weekday: 1,
            time_zone: "Europe/Berlin".to_owned(),
            time_zones: vec!["Africa/Nairobi".to_owned(), "Europe/Berlin".to_owned(), "UTC".to_owned()],
            next_digest: None,
            muted: vec![("proposal:00000000-0000-4000-8000-000000000218".to_owned(), "Rename #random".to_owned())],
        })
    }

    async fn save_notice_settings(
        &self,
        _viewer: &Viewer,
        _slug: &str,
        settings: NoticeSettingsForm,
    ) -> Result<(), AppError> {
        *self.wishes.lock().expect("the wishes") = Some(settings);
        Ok(())
    }

    async fn claim_address(&self, _viewer: &Viewer, _slug: &str, address: &str) -> Result<String, AppError> {
        Ok(format!("We sent a letter to {address}."))
    }

    async fn confirm_address(&self, _viewer: &Viewer, _token: &str) -> Result<String, AppError> {
        Ok("leila@example.org is confirmed.".to_owned())
    }

    async fn unsubscribe(&self, _viewer: &Viewer, token: &str) -> Result<String, AppError> {
        if token == "good" {
            return Ok("You get no more e-mail from this community.".to_owned());
        }
        Err(AppError::new(ErrorKind::Invalid, "link-not-ours", "This link is not one of ours."))
    }
}

fn comment(n: u32, who: &str, side: Option<Side>, text: &str, n_support: u32) -> CommentView {
    CommentView {
        id: id(n),
        author: Some(person(who)),
        side,
        text: text.to_owned(),
        at: at("2026-11-21T17:00:00Z"),
        edited_at: None,
        removed: None,
        n_support,
        supports: false,
        reactions: REACTIONS
            .iter()
            .map(|(emoji, _)| CommentReactionView { emoji: (*emoji).to_owned(), count: 0, mine: false })
            .collect(),
        replies: Vec::new(),
        is_mine: who == "leila",
        may_moderate: false,
    }
}

#[async_trait]
impl DiscussionBackend for Fake {
    async fn discussion(
        &self,
        viewer: &Viewer,
        _slug: &str,
        proposal: ProposalId,
        _order: ThreadOrder,
    ) -> Result<DiscussionView, AppError> {
        let may_write = viewer.account.is_some();
        if proposal != id(214) {
            return Ok(DiscussionView { may_write, ..DiscussionView::default() });
        }
        let mut first =
            comment(901, "ingrid", Some(Side::For), "I work **Saturdays**. See [the rota](https://rota.example).", 4);
        first.replies.push(comment(902, "tomasz", None, "@leila would you open?", 0));
        let against = comment(903, "kwame", Some(Side::Against), "Who locks up? <script>alert(1)</script>", 2);
        let mut removed = comment(904, "jw", None, "", 0);
        removed.removed = Some("Taken down by Amara Okafor: an insult".to_owned());
        let mut threads = vec![first.clone(), against.clone(), removed];
        for (n, said) in self.comments.lock().expect("the comments").iter().enumerate() {
            let n = u32::try_from(n).unwrap_or(0);
            threads.push(comment(950 + n, "leila", Side::of(&said.side), &said.text, 0));
        }
        Ok(DiscussionView {
            n_comments: 3,
            sides: [1, 1, 0],
            best_for: Some(CommentView { replies: Vec::new(), ..first }),
            best_against: Some(against),
            may_write,
            is_muted: false,
            threads,
        })
    }

    async fn write_comment(
        &self,
        viewer: &Viewer,
        _slug: &str,
        _proposal: ProposalId,
        comment: CommentInput,
    ) -> Result<CommentId, AppError> {
        if viewer.account.is_none() {
            return Err(AppError::sign_in_needed());
        }
        if comment.text.trim().is_empty() {
            return Err(AppError::new(
                ErrorKind::Invalid,
                "comment-empty",
                "The comment is empty; write something first.",
            ));
        }
        self.comments.lock().expect("the comments").push(comment);
        Ok(id(950))
    }

    async fn edit_comment(
        &self,
        _viewer: &Viewer,
        _slug: &str,
        _id: CommentId,
        _comment: CommentInput,
    ) -> Result<(), AppError> {
        Ok(())
    }

    async fn remove_comment(
        &self,
        _viewer: &Viewer,
        _slug: &str,
        _id: CommentId,
        _reason: &str,
    ) -> Result<(), AppError> {
        Ok(())
    }

    async fn react_to_comment(
        &self,
        _viewer: &Viewer,
        _slug: &str,
        _id: CommentId,
        _emoji: &str,
        _on: bool,
    ) -> Result<(), AppError> {
        Ok(())
    }
}
