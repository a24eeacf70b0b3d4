use store::board::{Channel, Post, Reaction};
use types::{ChannelId, EffectId, MemberId};

use crate::fixture::{at, found, id, on_both};

fn channel(name: &str) -> Channel {
    Channel { id: id(), name: name.to_owned(), topic: String::new(), created_at: at(2), archived_at: None }
}

fn post(channel: ChannelId, author: MemberId, text: &str, effect: Option<EffectId>) -> Post {
    Post {
        place: 0,
        id: id(),
        channel,
        author: Some(author),
        text: text.to_owned(),
        reply_to: None,
        proposal: None,
        effect,
        created_at: at(5),
        edited_at: None,
        removed_at: None,
        pinned_at: None,
        removed_reason: None,
        link: None,
    }
}

on_both!(posts_stand_in_order_and_effects_post_once, |store| {
    let town = found(&store, "fern-valley").await;
    let general = channel("general");
    let effect = id();
    let posts: Vec<Post> = ["one", "two", "three"].map(|text| post(general.id, town.ada, text, None)).into();
    let announced = post(general.id, town.ada, "announced", Some(effect));
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    here.add_channel(&general).await.unwrap();
    for post in &posts {
        assert!(here.add_post(post).await.unwrap());
    }
    assert!(here.add_post(&announced).await.unwrap());
    assert!(!here.add_post(&post(general.id, town.ada, "announced", Some(effect))).await.unwrap(), "delivered again");
    tx.commit().await.unwrap();

    let here = store.community(town.id);
    let texts = |posts: &[Post]| posts.iter().map(|post| post.text.clone()).collect::<Vec<_>>();
    let latest = here.posts(general.id, None, 2).await.unwrap();
    assert_eq!(texts(&latest), ["three", "announced"]);
    assert_eq!(texts(&here.posts(general.id, Some(latest[0].place), 9).await.unwrap()), ["one", "two"]);
    assert_eq!(here.post_of_effect(effect).await.unwrap().unwrap().id, announced.id);

    let tx = store.begin().await.unwrap();
    let removed = Post { removed_at: Some(at(9)), text: "one, mended".to_owned(), ..posts[0].clone() };
    assert!(tx.community(town.id).save_post(&removed).await.unwrap());
    tx.commit().await.unwrap();
    let stored = here.post(posts[0].id).await.unwrap().unwrap();
    assert_eq!((stored.text.as_str(), stored.removed_at), ("one, mended", Some(at(9))));
});

on_both!(channels_have_one_name_and_members, |store| {
    let town = found(&store, "fern-valley").await;
    let (mut general, random) = (channel("general"), channel("random"));
    let message = post(general.id, town.ada, "hello", None);
    let reaction = Reaction { post: message.id, member: town.ben, emoji: "👍".to_owned(), at: at(6) };
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    here.add_channel(&general).await.unwrap();
    here.add_channel(&random).await.unwrap();
    here.add_post(&message).await.unwrap();
    assert!(here.add_reaction(&reaction).await.unwrap());
    assert!(!here.add_reaction(&reaction).await.unwrap());
    assert!(here.join_channel(general.id, town.ben, at(3)).await.unwrap());
    assert!(!here.join_channel(general.id, town.ben, at(4)).await.unwrap());
    general.name = "agora".to_owned();
    general.archived_at = Some(at(8));
    assert!(here.save_channel(&general).await.unwrap());
    tx.commit().await.unwrap();

    let here = store.community(town.id);
    let names: Vec<String> = here.channels().await.unwrap().into_iter().map(|channel| channel.name).collect();
    assert_eq!(names, ["random", "agora"], "archived ones last");
    assert_eq!(here.reactions(&[message.id]).await.unwrap()[&message.id], [reaction]);
    assert_eq!(here.channel_members(general.id).await.unwrap(), [town.ben]);

    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    assert!(here.remove_reaction(message.id, town.ben, "👍").await.unwrap());
    assert!(here.leave_channel(general.id, town.ben).await.unwrap());
    general.name = "random".to_owned();
    assert!(matches!(here.save_channel(&general).await, Err(store::StoreError::Taken(_))));
});

on_both!(strangers_cannot_react_or_join, |store| {
    let (mine, yours) = (found(&store, "mine").await, found(&store, "yours").await);
    let theirs = channel("general");
    let message = post(theirs.id, yours.ada, "hello", None);
    let tx = store.begin().await.unwrap();
    tx.community(yours.id).add_channel(&theirs).await.unwrap();
    tx.community(yours.id).add_post(&message).await.unwrap();
    let here = tx.community(mine.id);
    let reaction = Reaction { post: message.id, member: mine.ben, emoji: "👍".to_owned(), at: at(6) };
    assert!(!here.add_reaction(&reaction).await.unwrap());
    assert!(!here.join_channel(theirs.id, mine.ben, at(3)).await.unwrap());
    assert!(!here.save_post(&message).await.unwrap());
    tx.commit().await.unwrap();
});
