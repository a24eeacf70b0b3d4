use store::accounts::Account;
use store::sessions::Session;
use store::tokens::{Scope, Token};
use types::{AccountId, Json};

use crate::fixture::{at, found, id, on_both};

on_both!(sessions_end, |store| {
    let town = found(&store, "fern-valley").await;
    let account = Account {
        id: id::<AccountId>(),
        display_name: "Ada".to_owned(),
        email: Some("ada@example.org".to_owned()),
        created_at: at(2),
    };
    let session = Session {
        hash: "a".repeat(64),
        account: Some(account.id),
        member: Some(town.ada),
        community: Some(town.id),
        data: Json(serde_json::json!({"csrf": "x"})),
        created_at: at(3),
        expires_at: at(100),
    };
    let tx = store.begin().await.unwrap();
    tx.system().add_account(&account).await.unwrap();
    tx.community(town.id).link_account(town.ada, account.id).await.unwrap();
    tx.system().put_session(&session).await.unwrap();
    let renewed = Session { expires_at: at(200), ..session.clone() };
    tx.system().put_session(&renewed).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.system().session(&session.hash, at(150)).await.unwrap(), Some(renewed));
    assert_eq!(store.system().session(&session.hash, at(200)).await.unwrap(), None);
    assert_eq!(store.system().memberships_of(account.id).await.unwrap(), [(town.id, town.ada)]);
    assert_eq!(store.system().account_by_email("ada@example.org").await.unwrap(), Some(account.clone()));
    let member = store.community(town.id).member_by_account(account.id).await.unwrap().unwrap();
    assert_eq!(member.handle, "ada");
    let tx = store.begin().await.unwrap();
    assert!(tx.system().end_session(&session.hash).await.unwrap());
    assert_eq!(tx.system().sweep_sessions(at(500)).await.unwrap(), 0);
    tx.commit().await.unwrap();
    assert_eq!(store.system().session(&session.hash, at(150)).await.unwrap(), None);
});

on_both!(tokens_are_revoked_by_their_community_only, |store| {
    let (mine, yours) = (found(&store, "mine").await, found(&store, "yours").await);
    let token = Token {
        id: id(),
        hash: "b".repeat(64),
        scope: Scope::Community(mine.id),
        name: "bot".to_owned(),
        created_at: at(2),
        expires_at: Some(at(50)),
        revoked_at: None,
    };
    let operator = Token { id: id(), hash: "c".repeat(64), scope: Scope::Operator, expires_at: None, ..token.clone() };
    let tx = store.begin().await.unwrap();
    tx.system().add_token(&token).await.unwrap();
    tx.system().add_token(&operator).await.unwrap();
    assert!(!tx.community(yours.id).revoke_token(token.id, at(5)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.system().token(&token.hash, at(10)).await.unwrap(), Some(token.clone()));
    assert_eq!(store.system().token(&token.hash, at(50)).await.unwrap(), None);
    assert_eq!(store.system().token(&operator.hash, at(999)).await.unwrap().unwrap().scope, Scope::Operator);
    let tx = store.begin().await.unwrap();
    assert!(tx.community(mine.id).revoke_token(token.id, at(11)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(store.system().token(&token.hash, at(12)).await.unwrap(), None);
    assert_eq!(store.community(mine.id).tokens().await.unwrap().len(), 1);
});

on_both!(a_setting_has_one_value, |store| {
    let tx = store.begin().await.unwrap();
    assert_eq!(tx.system().setting_or("instance", "a").await.unwrap(), "a");
    assert_eq!(tx.system().setting_or("instance", "b").await.unwrap(), "a");
    tx.system().set_setting("instance", "c").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(store.system().setting("instance").await.unwrap().as_deref(), Some("c"));
    assert_eq!(store.system().setting("other").await.unwrap(), None);
});
