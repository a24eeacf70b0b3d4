//! A discussion as one reader sees it.

use std::collections::BTreeMap;

use app::api::discussion::{CommentReactionView, CommentView, DiscussionView, REACTIONS, SUPPORT, Side, ThreadOrder};
use store::comments::{Comment, CommentReaction};
use types::{CommentId, MemberId};

use super::count::small;
use super::roster::Roster;

/// Who reads.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The community's people.
    pub roster: &'a Roster,
    /// The reader; none for a visitor.
    pub member: Option<MemberId>,
    /// Whether they may take down others' comments.
    pub moderates: bool,
}

/// The discussion made of `comments`, oldest first, and their reactions.
#[must_use]
pub fn view(
    reader: Reader<'_>,
    comments: &[Comment],
    reactions: &BTreeMap<CommentId, Vec<CommentReaction>>,
    order: ThreadOrder,
) -> DiscussionView {
    let one = |comment: &Comment| line(reader, comment, reactions.get(&comment.id).map_or(&[], Vec::as_slice));
    let mut threads: Vec<CommentView> = comments.iter().filter(|comment| comment.parent.is_none()).map(one).collect();
    for comment in comments {
        let Some(parent) = comment.parent else { continue };
        if let Some(thread) = threads.iter_mut().find(|thread| thread.id == parent) {
            thread.replies.push(one(comment));
        }
    }
    // What was taken down leaves a mark only where an answer needs its place, or somebody else took it down.
    let is_marked = |comment: &CommentView, by_other: bool| comment.removed.is_none() || by_other;
    let others: Vec<CommentId> = comments
        .iter()
        .filter(|comment| comment.removed.as_ref().is_some_and(|removal| removal.by.is_some()))
        .map(|comment| comment.id)
        .collect();
    for thread in &mut threads {
        thread.replies.retain(|reply| is_marked(reply, others.contains(&reply.id)));
    }
    threads.retain(|thread| !thread.replies.is_empty() || is_marked(thread, others.contains(&thread.id)));
    sort(&mut threads, order);
    let standing =
        |side: Side| threads.iter().filter(move |thread| thread.removed.is_none() && thread.side == Some(side));
    let best = |side: Side| {
        let most = standing(side).max_by_key(|thread| (thread.n_support, std::cmp::Reverse(thread.at.millis())));
        most.map(|thread| CommentView { replies: Vec::new(), ..thread.clone() })
    };
    let (best_for, best_against) = (best(Side::For), best(Side::Against));
    let sides = [Side::For, Side::Against, Side::Neutral].map(|side| small(standing(side).count()));
    // Beside each other only where there are two of them, or one that others support.
    let is_worth_it = (best_for.is_some() && best_against.is_some())
        || best_for.iter().chain(&best_against).any(|comment| comment.n_support > 1);
    DiscussionView {
        n_comments: small(comments.iter().filter(|comment| comment.removed.is_none()).count()),
        sides,
        best_for: best_for.filter(|_| is_worth_it),
        best_against: best_against.filter(|_| is_worth_it),
        may_write: reader.member.is_some(),
        is_muted: false,
        threads,
    }
}

fn sort(threads: &mut [CommentView], order: ThreadOrder) {
    match order {
        ThreadOrder::Support => {
            threads.sort_by_key(|thread| (std::cmp::Reverse(thread.n_support), thread.at.millis()));
        }
        ThreadOrder::Newest => threads.sort_by_key(|thread| std::cmp::Reverse(thread.at.millis())),
        ThreadOrder::Oldest => threads.sort_by_key(|thread| thread.at.millis()),
        ThreadOrder::Side => threads.sort_by_key(|thread| {
            let side = match thread.side {
                Some(Side::For) => 0,
                Some(Side::Against) => 1,
                Some(Side::Neutral) => 2,
                None => 3,
            };
            (side, std::cmp::Reverse(thread.n_support), thread.at.millis())
        }),
    }
}

fn line(reader: Reader<'_>, comment: &Comment, reactions: &[CommentReaction]) -> CommentView {
    let is_mine = reader.member == Some(comment.author);
    let is_there = comment.removed.is_none();
    let gave = |emoji: &str| reactions.iter().any(|r| r.emoji == emoji && Some(r.member) == reader.member);
    let count = |emoji: &str| small(reactions.iter().filter(|reaction| reaction.emoji == emoji).count());
    let others = REACTIONS.iter().filter(|_| is_there).map(|(emoji, _)| CommentReactionView {
        emoji: (*emoji).to_owned(),
        count: count(emoji),
        mine: gave(emoji),
    });
    CommentView {
        id: comment.id,
        author: reader.roster.person(comment.author),
        side: comment.position.as_deref().and_then(Side::of).filter(|_| is_there),
        text: if is_there { comment.text.clone() } else { String::new() },
        at: comment.created_at,
        edited_at: comment.edited_at.filter(|_| is_there),
        removed: comment.removed.as_ref().map(|removal| {
            let who = removal
                .by
                .map(|id| reader.roster.person(id).map_or_else(|| "a former member".to_owned(), |person| person.name));
            match (who, removal.reason.as_str()) {
                (None, _) => "The author took this back.".to_owned(),
                (Some(who), "") => format!("Taken down by {who}."),
                (Some(who), reason) => format!("Taken down by {who}: {reason}"),
            }
        }),
        n_support: if is_there { count(SUPPORT) } else { 0 },
        supports: gave(SUPPORT),
        reactions: others.collect(),
        replies: Vec::new(),
        is_mine: is_mine && is_there,
        may_moderate: reader.moderates && !is_mine && is_there,
    }
}

#[cfg(test)]
mod tests {
    use store::comments::Removal;
    use types::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn comment(n: u128, parent: Option<u128>, side: Option<&str>) -> Comment {
        Comment {
            id: CommentId(Uuid::from_u128(n)),
            subject: "proposal:x".into(),
            parent: parent.map(|n| CommentId(Uuid::from_u128(n))),
            author: MemberId(Uuid::from_u128(100 + n)),
            position: side.map(str::to_owned),
            text: format!("text {n}"),
            created_at: Timestamp(i64::try_from(n).unwrap()),
            edited_at: None,
            removed: None,
        }
    }

    fn supported(n: u128, times: u128) -> (CommentId, Vec<CommentReaction>) {
        let id = CommentId(Uuid::from_u128(n));
        let reaction = |m| CommentReaction { comment: id, member: MemberId(Uuid::from_u128(m)), emoji: SUPPORT.into() };
        (id, (0..times).map(reaction).collect())
    }

    #[test]
    fn the_strongest_of_each_side_stand_beside_each_other() {
        let roster = Roster::default();
        let reader = Reader { roster: &roster, member: None, moderates: false };
        let all = [
            comment(1, None, Some("for")),
            comment(2, None, Some("against")),
            comment(3, None, Some("for")),
            comment(4, Some(2), None),
        ];
        let view = view(reader, &all, &[supported(3, 2), supported(1, 1)].into(), ThreadOrder::Support);
        assert_eq!(view.best_for.unwrap().text, "text 3");
        assert_eq!(view.best_against.unwrap().text, "text 2");
        assert_eq!((view.sides, view.n_comments), ([2, 1, 0], 4));
        assert_eq!(view.threads.iter().map(|t| t.text.as_str()).collect::<Vec<_>>(), ["text 3", "text 1", "text 2"]);
        assert_eq!(view.threads[2].replies.len(), 1);
    }

    #[test]
    fn what_a_moderator_took_down_leaves_a_mark_and_no_words() {
        let roster = Roster::default();
        let reader = Reader { roster: &roster, member: None, moderates: false };
        let mut down = comment(1, None, Some("for"));
        let by = Some(MemberId(Uuid::from_u128(9)));
        down.removed = Some(Removal { at: Timestamp(5), by, reason: "an insult".into() });
        let mut back = comment(2, None, None);
        back.removed = Some(Removal { at: Timestamp(5), by: None, reason: String::new() });
        let view = view(reader, &[down, back], &BTreeMap::new(), ThreadOrder::Oldest);
        assert_eq!(view.threads.len(), 1);
        assert_eq!((view.threads[0].text.as_str(), view.n_comments, view.best_for.is_none()), ("", 0, true));
        assert_eq!(view.threads[0].removed.as_deref(), Some("Taken down by a former member: an insult"));
    }
}
