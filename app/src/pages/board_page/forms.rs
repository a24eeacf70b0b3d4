//! The forms of the board. Each attempts an action; the policies decide what becomes of it.

use leptos::prelude::*;

use super::Doing;
use crate::{
    api::board::{BoardView, ChannelView},
    components::icon::icon,
    contexts::community_context::Place,
};

/// The hidden fields of every attempt.
fn hidden(view: &BoardView, place: &Place, action_type: &'static str, channel: Option<&ChannelView>) -> AnyView {
    let channel =
        channel.map(|channel| view! { <input type="hidden" name="fields[channel]" value=channel.name.clone() /> });
    view! {
        <input type="hidden" name="slug" value=place.frame.slug.clone() />
        <input type="hidden" name="action_type" value=action_type />
        <input type="hidden" name="key" value=format!("{}-{action_type}", view.attempt_key) />
        {channel}
    }
    .into_any()
}

/// Creating a channel.
pub fn create_channel(view: &BoardView, place: &Place, doing: Doing) -> AnyView {
    let hidden = hidden(view, place, "board.create_channel", None);
    view! {
        <details class="twin">
            <summary>{icon("plus")} "New channel"</summary>
            <ActionForm action=doing.attempt>
                <div class="stack gap-2">
                    {hidden}
                    <div class="field">
                        <label for="new-channel">"Name"</label>
                        <input class="input small" id="new-channel" name="fields[name]" required=true maxlength="80" pattern="[a-z0-9][a-z0-9_\\-]*" title="Small letters, digits, - and _" autocomplete="off" />
                    </div>
                    <button class="button small" type="submit">
                        "Create it"
                    </button>
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}

/// Renaming the channel, and saying what it is for.
pub fn channel_settings(view: &BoardView, channel: &ChannelView, place: &Place, doing: Doing) -> Option<AnyView> {
    let rename = channel.may_rename.then(|| {
        let hidden = hidden(view, place, "board.rename_channel", Some(channel));
        let name = channel.name.clone();
        view! {
            <ActionForm action=doing.attempt>
                <div class="inline-form">
                    {hidden}
                    <div class="field">
                        <label for="rename">"New name"</label>
                        <input class="input small" id="rename" name="fields[name]" required=true maxlength="80" value=name pattern="[a-z0-9][a-z0-9_\\-]*" title="Small letters, digits, - and _" autocomplete="off" />
                    </div>
                    <button class="button small" type="submit">
                        "Rename"
                    </button>
                </div>
            </ActionForm>
        }
    });
    let topic = channel.may_set_topic.then(|| {
        let hidden = hidden(view, place, "board.set_topic", Some(channel));
        let present = channel.topic.clone();
        view! {
            <ActionForm action=doing.attempt>
                <div class="inline-form">
                    {hidden}
                    <div class="field">
                        <label for="topic">"Topic"</label>
                        <input class="input small" id="topic" name="fields[topic]" maxlength="300" value=present autocomplete="off" />
                    </div>
                    <button class="button small" type="submit">
                        "Set it"
                    </button>
                </div>
            </ActionForm>
        }
    });
    (rename.is_some() || topic.is_some()).then(|| {
        view! {
            <details class="twin channel-settings">
                <summary>{icon("pencil")} "Change this channel"</summary>
                <div class="card stack gap-3">{rename} {topic}</div>
            </details>
        }
        .into_any()
    })
}

/// Writing a post.
pub fn write(view: &BoardView, channel: &ChannelView, place: &Place, doing: Doing) -> AnyView {
    if channel.is_archived {
        return view! { <p class="callout">{icon("lock")} <span>"This channel is closed for new posts."</span></p> }
            .into_any();
    }
    if !channel.may_post {
        let words = if place.frame.membership.is_some() {
            "You may read here, and not post."
        } else {
            "Sign in as a member to post here."
        };
        return view! { <p class="callout">{icon("lock")} <span>{words}</span></p> }.into_any();
    }
    let pending = doing.attempt.pending();
    let label = format!("Write in #{}", channel.name);
    let hidden = hidden(view, place, "board.post_message", Some(channel));
    view! {
        <ActionForm action=doing.attempt>
            <div class="reply-box">
                {hidden}
                <label class="label" for="say">
                    {label}
                </label>
                <textarea class="input" id="say" name="fields[text]" rows="2" required=true maxlength="10000"></textarea>
                <div class="row">
                    <span class="tiny subtle">"A post may be held until a policy has decided on it."</span>
                    <button class="button push" type="submit" aria-disabled=move || pending.get().then_some("true")>
                        {icon("send")}
                        "Post"
                    </button>
                </div>
            </div>
        </ActionForm>
    }
    .into_any()
}
