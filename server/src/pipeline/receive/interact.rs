//! Clicks and commands: somebody waits for the answer, so they are dealt with at once. Who it was, the platform vouches for.

use platforms::{Answer, Connection, Interaction, Platform, Wish};
use store::inbox;
use types::{BallotKind, BallotValue, CommunityId, MemberId, ProposalId};

use super::{ReceiveError, as_asked, member_of};
use crate::chat;
use crate::ctx::Ctx;
use crate::pipeline::ballots::{Cast, CastError, cast, withdraw};
use crate::views::{count, moment};

/// Does what somebody wants, and answers them alone.
pub(super) async fn interact(
    ctx: &Ctx,
    platform: &dyn Platform,
    connection: Option<&Connection>,
    interaction: &Interaction,
) -> Result<Option<Answer>, ReceiveError> {
    let Some(connection) = connection else {
        let text = "No community on this service governs this place. Whoever runs one can connect it on its page.";
        return Ok(platform.reply(interaction, text));
    };
    let source = format!("{}:{}", platform.name(), connection.id);
    // A request that was recorded and sent again must not cast an old vote anew.
    if ctx.store.system().is_received(&source, &interaction.id).await? {
        return Ok(platform.reply(interaction, "This was done already."));
    }
    let text = respond(ctx, connection, interaction).await?;
    let row = inbox::Delivery {
        ord: 0,
        source,
        delivery: interaction.id.clone(),
        connection: Some(connection.id),
        body: b"[]".to_vec(),
        received_at: ctx.clock.now(),
    };
    let tx = ctx.store.begin().await?;
    tx.system().receive(&row).await?;
    tx.commit().await?;
    let answer = platform.reply(interaction, &text);
    if answer.is_none() {
        whisper_later(ctx, connection, interaction, text);
    }
    Ok(answer)
}

/// Tells them over the platform's own interface, beside the acknowledgement that the platform waits for.
fn whisper_later(ctx: &Ctx, connection: &Connection, interaction: &Interaction, text: String) {
    let Some(platform) = ctx.platforms.get(&connection.platform).cloned() else { return };
    let (connection, interaction) = (connection.clone(), interaction.clone());
    tokio::spawn(async move {
        // The ballot stands either way; the page shows it.
        if let Err(error) = platform.whisper(&connection, &interaction, &text).await {
            tracing::warn!(connection.id = %connection.id, %error, "who clicked could not be answered");
        }
    });
}

async fn respond(ctx: &Ctx, connection: &Connection, interaction: &Interaction) -> Result<String, ReceiveError> {
    let community = connection.community;
    let name = &connection.platform;
    let member = member_of(ctx, community, connection.id, name, &interaction.user).await;
    let member = member.map_err(ReceiveError::Connection)?;
    match &interaction.wish {
        Wish::Vote { proposal, value: Some(value) } => vote(ctx, community, *proposal, member, value.clone()).await,
        Wish::Vote { proposal, value: None } => match withdraw(ctx, community, *proposal, member).await {
            Ok(()) => Ok("Your ballot is taken back. You can vote again while the vote is open.".to_owned()),
            Err(CastError::Store(error)) => Err(error.into()),
            Err(refused) => Ok(sentence(&refused)),
        },
        Wish::Command(words) => chat::answer(ctx, connection, member, words).await.map_err(ReceiveError::Connection),
    }
}

async fn vote(
    ctx: &Ctx,
    community: CommunityId,
    proposal: ProposalId,
    member: MemberId,
    value: BallotValue,
) -> Result<String, ReceiveError> {
    let store = ctx.store.community(community);
    let Some(asked) = store.proposal(proposal).await? else {
        return Ok("This ballot is not one of this community's.".to_owned());
    };
    let ask = asked.ask.unwrap_or_default();
    let mut value = as_asked(value, ask.kind, &ask.options);
    if ask.kind == BallotKind::Approval {
        let before = store.ballot(proposal, member).await?.map(|ballot| ballot.value);
        value = toggled(before, value, &ask.options);
    }
    let said = count::answer_in_words(&ask, &value).1;
    match cast(ctx, community, Cast { proposal, member, value, reason: None, event: None }).await {
        Ok(_) => {
            let until = ask.closes.map(|at| format!(" until {}", moment::words(at))).unwrap_or_default();
            let more = match ask.privacy {
                types::Privacy::Secret => "Nobody can see how you voted, and it cannot be changed.".to_owned(),
                _ => format!("You can change it{until}."),
            };
            Ok(format!("Your ballot is in: {}. {more}", if said.is_empty() { "none of them" } else { &said }))
        }
        Err(CastError::Store(error)) => Err(error.into()),
        Err(refused) => Ok(sentence(&refused)),
    }
}

/// An approval with one option more, or one less where it was approved of already.
fn toggled(before: Option<BallotValue>, clicked: BallotValue, options: &[String]) -> BallotValue {
    let (BallotValue::List(clicked), Some(BallotValue::List(mut approved))) = (clicked.clone(), before) else {
        return clicked;
    };
    for option in clicked {
        match approved.iter().position(|known| *known == option) {
            Some(at) => drop(approved.remove(at)),
            None => approved.push(option),
        }
    }
    approved.sort_by_key(|option| options.iter().position(|known| known == option));
    BallotValue::List(approved)
}

/// A refusal as a sentence.
fn sentence(refused: &CastError) -> String {
    let text = refused.to_string();
    let mut chars = text.chars();
    let first: String = chars.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("Your vote was not counted. {first}{}.", chars.as_str().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_adds_an_approval_and_takes_it_back() {
        let options = ["tea".to_owned(), "coffee".to_owned()];
        let list = |of: &[&str]| BallotValue::List(of.iter().map(|option| (*option).to_owned()).collect());
        assert_eq!(toggled(None, list(&["coffee"]), &options), list(&["coffee"]));
        assert_eq!(toggled(Some(list(&["coffee"])), list(&["tea"]), &options), list(&["tea", "coffee"]));
        assert_eq!(toggled(Some(list(&["tea", "coffee"])), list(&["tea"]), &options), list(&["coffee"]));
    }
}
