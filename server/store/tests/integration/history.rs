use store::policies::{NewVersion, Standing};
use types::member::{Right, Role};
use types::{Enforcement, MemberId};

use crate::fixture::{at, draft, found, id, on_both, standing};

fn role(name: &str, is_base: bool) -> Role {
    Role { id: id(), name: name.to_owned(), description: String::new(), is_base }
}

on_both!(members_and_roles_as_of_any_moment, |store| {
    let town = found(&store, "fern-valley").await;
    let (steward, base) = (role("Steward", false), role("Member", true));
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    let before = here.revisions().await.unwrap();
    here.add_role(&base, at(2)).await.unwrap();
    here.add_role(&steward, at(10)).await.unwrap();
    assert_eq!(here.grant_role(steward.id, &[town.ada, town.ben, town.ada], None, at(11)).await.unwrap(), 2);
    assert_eq!(here.grant_role(steward.id, &[town.ada], None, at(12)).await.unwrap(), 0);
    assert!(here.revoke_role(steward.id, town.ben, None, at(20)).await.unwrap());
    assert!(here.leave(town.cleo, at(30)).await.unwrap());
    assert!(!here.leave(town.cleo, at(31)).await.unwrap());
    here.rejoin(town.cleo, at(40)).await.unwrap();
    here.set_permissions(steward.id, &[("board.*".to_owned(), Right::Execute)], None, at(12)).await.unwrap();
    let rights = [("*".to_owned(), Right::View), ("board.*".to_owned(), Right::Execute)];
    here.set_permissions(steward.id, &rights, None, at(22)).await.unwrap();
    assert!(here.delete_role(steward.id, None, at(50)).await.unwrap());
    let after = here.revisions().await.unwrap();
    assert!(after.members > before.members && after.policies == before.policies);
    tx.commit().await.unwrap();

    let here = store.community(town.id);
    let stewards = |seconds: Option<i64>| async move {
        let roster = here.roster(seconds.map(at)).await.unwrap();
        assert!(roster.members.is_sorted_by_key(|member| member.id));
        let holds = |member: &&types::member::Member| member.roles.contains(&steward.id);
        let who: Vec<MemberId> = roster.members.iter().filter(holds).map(|member| member.id).collect();
        (who, roster.members.len(), roster.roles.len())
    };
    assert_eq!(stewards(Some(0)).await, (vec![], 0, 0), "nobody had joined");
    assert_eq!(stewards(Some(10)).await, (vec![], 3, 2));
    assert_eq!(stewards(Some(15)).await, (vec![town.ada, town.ben], 3, 2));
    assert_eq!(stewards(Some(20)).await, (vec![town.ada], 3, 2));
    assert_eq!(stewards(Some(35)).await, (vec![town.ada], 2, 2), "cleo was away");
    assert_eq!(stewards(Some(45)).await, (vec![town.ada], 3, 2));
    assert_eq!(stewards(None).await, (vec![], 3, 1), "the role is deleted");
    let now = here.roster(None).await.unwrap();
    assert!(now.members.iter().all(|member| member.roles == [base.id]), "everybody holds the base role");
    assert_eq!(now.members.iter().find(|m| m.id == town.cleo).unwrap().joined_at, at(40));
    let rights = |seconds| async move { here.permissions_at(at(seconds)).await.unwrap().len() };
    assert_eq!((rights(11).await, rights(15).await, rights(25).await, rights(55).await), (0, 1, 2, 0));
});

on_both!(policies_as_of_any_moment, |store| {
    let town = found(&store, "fern-valley").await;
    let second = id();
    let tx = store.begin().await.unwrap();
    let here = tx.community(town.id);
    assert_eq!(here.next_position().await.unwrap(), 2);
    let next = NewVersion { id: second, draft: draft("Grand jury"), hash: "1".repeat(64) };
    let policy = here.add_version(town.policy, &next, None, at(10)).await.unwrap();
    assert_eq!((policy.version, policy.version_id, policy.draft.name.as_str()), (2, second, "Grand jury"));
    let first = NewVersion { id: id(), draft: draft("Majority"), hash: "2".repeat(64) };
    here.add_policy(id(), &first, standing(0), None, at(15)).await.unwrap();
    let off = Standing { enforcement: Enforcement::Off, position: 5, ..standing(5) };
    here.adjust_policy(town.policy, off, None, at(20)).await.unwrap();
    here.adjust_policy(town.policy, Standing { is_active: false, ..off }, None, at(30)).await.unwrap();
    here.adjust_policy(town.policy, standing(1), None, at(40)).await.unwrap();
    here.restore_version(town.policy, town.version, None, at(50)).await.unwrap();
    tx.commit().await.unwrap();

    let here = store.community(town.id);
    let then = |seconds| async move {
        let policies = here.policies_at(at(seconds)).await.unwrap();
        policies
            .iter()
            .map(|policy| (policy.draft.name.clone(), policy.version, policy.enforcement))
            .collect::<Vec<_>>()
    };
    let named = |name: &str, version, enforcement| (name.to_owned(), version, enforcement);
    use Enforcement::{Enforced, Off};
    assert_eq!(then(5).await, [named("Jury", 1, Enforced)]);
    assert_eq!(then(12).await, [named("Grand jury", 2, Enforced)]);
    assert_eq!(then(25).await, [named("Majority", 1, Enforced), named("Grand jury", 2, Off)], "in order");
    assert_eq!(then(35).await, [named("Majority", 1, Enforced)]);
    assert_eq!(then(45).await, [named("Majority", 1, Enforced), named("Grand jury", 2, Enforced)]);
    assert_eq!(then(55).await, [named("Majority", 1, Enforced), named("Jury", 1, Enforced)]);
    assert_eq!(here.policies().await.unwrap(), here.policies_at(at(99)).await.unwrap());
    assert_eq!(here.policy_versions(town.policy).await.unwrap().len(), 2, "versions are never lost");
    assert_eq!(here.policy_versions_by_id(&[town.version, second]).await.unwrap().len(), 2);
    assert_eq!(here.policy_by_name("Grand jury").await.unwrap().unwrap().id, town.policy);
});

on_both!(names_are_taken_once, |store| {
    let town = found(&store, "fern-valley").await;
    let tx = store.begin().await.unwrap();
    let again = NewVersion { id: id(), draft: draft("Jury"), hash: String::new() };
    let error = tx.community(town.id).add_policy(id(), &again, standing(2), None, at(5)).await.unwrap_err();
    assert!(matches!(error, store::StoreError::Taken(_)), "{error}");
    // A transaction that is dropped frees the connection and leaves nothing behind.
    drop(tx);
    let tx = store.begin().await.unwrap();
    assert_eq!(tx.community(town.id).all_policies().await.unwrap().len(), 1);
});
