//! Governments that locked themselves out, and some that only look like it.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn policy(name: &str, action_types: &[&str]) -> Standing {
    Standing {
        name: name.to_owned(),
        kind: PolicyKind::Governing,
        is_active: true,
        enforcement: Enforcement::Enforced,
        on_error: OnError::Hold,
        is_broken: false,
        action_types: action_types.iter().map(|&pattern| pattern.to_owned()).collect(),
        shape: Shape::default(),
    }
}

fn role(name: &str, n_members: u64, rights: &[(&str, Right)]) -> RoleFact {
    let rights = rights.iter().map(|(pattern, right)| ((*pattern).to_owned(), *right)).collect();
    RoleFact { name: name.to_owned(), n_members, rights }
}

/// A community of ten in which one policy decides everything about the government.
fn majority() -> Government {
    Government {
        combining: Combining::DenyOverrides,
        policies: vec![policy("Majority", &["*"])],
        roles: vec![role("Member", 10, &[("*", Right::Propose)]), role("Steward", 3, &[])],
        n_members: 10,
        has_recovery: true,
    }
}

fn asks(mut policy: Standing, role: &str, at_least: u64) -> Standing {
    policy.shape.needs.push(RoleNeed { role: role.to_owned(), at_least });
    policy
}

fn codes(government: &Government) -> Vec<&'static str> {
    check(government).iter().map(|finding| finding.code).collect()
}

#[test]
fn an_ordinary_government_has_nothing_to_fear() {
    assert_eq!(check(&majority()), []);
}

#[test]
fn removing_the_only_policy_about_policies_locks_everybody_out() {
    let after = Government { policies: vec![], ..majority() };
    let findings = check_change(&majority(), &after);
    assert!(is_locked(&findings));
    assert_eq!(
        findings[0].sentence,
        "No policy could ever be added, changed, removed or switched again: no enforced policy covers it, so it would be held for ever. Only the recovery rule could undo it."
    );
    assert_eq!(findings.len(), 1);
    let hopeless = Government { has_recovery: false, ..after };
    assert!(check(&hopeless)[0].sentence.ends_with("nothing could undo it."));
}

#[test]
fn so_does_switching_it_to_a_trial_or_making_it_react() {
    for enforcement in [Enforcement::Off, Enforcement::Shadow, Enforcement::Warn] {
        let mut after = majority();
        after.policies[0].enforcement = enforcement;
        assert!(is_locked(&check(&after)), "{enforcement:?}");
    }
    let mut reacting = majority();
    reacting.policies[0].kind = PolicyKind::Reacting;
    assert!(is_locked(&check(&reacting)));
    let mut removed = majority();
    removed.policies[0].is_active = false;
    assert!(is_locked(&check(&removed)));
    let mut narrowed = majority();
    narrowed.policies[0].action_types = vec!["constitution.add_document".to_owned()];
    assert!(is_locked(&check(&narrowed)));
}

#[test]
fn a_policy_that_asks_an_empty_role_passes_nothing() {
    let mut after = majority();
    after.policies[0] = asks(policy("Stewards decide", &["constitution.*"]), "Steward", 1);
    assert_eq!(codes(&after), [] as [&str; 0]);
    after.roles[1].n_members = 0;
    let findings = check(&after);
    assert!(is_locked(&findings));
    assert!(findings[0].sentence.contains(
        "“Stewards decide” decides it and can pass nothing, because it asks the role “Steward”, which nobody holds"
    ));
    after.roles.remove(1);
    assert!(check(&after)[0].sentence.contains("which does not exist"));
}

#[test]
fn an_empty_role_can_be_filled_while_assigning_it_is_possible() {
    let mut after = majority();
    after.policies = vec![
        asks(policy("Stewards decide", &["constitution.change_policy", "constitution.add_policy"]), "Steward", 1),
        policy("Members appoint", &["constitution.assign_role"]),
    ];
    after.roles[1].n_members = 0;
    let findings = check(&after);
    assert!(!is_locked(&findings), "{findings:?}");
    assert!(findings.iter().all(|finding| finding.code == "roundabout"));
    // But not if more stewards are needed than there are people.
    after.policies[0].shape.needs[0].at_least = 11;
    assert!(is_locked(&check(&after)));
}

#[test]
fn a_role_that_just_suffices_is_pointed_out() {
    let mut after = majority();
    after.policies[0] = asks(policy("Stewards decide", &["*"]), "Steward", 3);
    let findings = check(&after);
    assert_eq!(findings[0].code, "rests-on-few");
    assert!(findings[0].sentence.contains("only 3 members would hold"));
}

#[test]
fn one_policy_that_never_passes_blocks_all_the_others_unless_one_is_enough() {
    let mut after = majority();
    let mut never = policy("Never", &["*"]);
    never.shape.can_pass = false;
    after.policies.push(never);
    assert!(is_locked(&check(&after)));
    after.combining = Combining::PermitOverrides;
    assert_eq!(check(&after), []);
    after.combining = Combining::FirstApplicable;
    assert_eq!(check(&after), [], "the first decides");
    after.policies.reverse();
    assert!(is_locked(&check(&after)));
}

#[test]
fn a_broken_policy_locks_whatever_its_on_error_says() {
    for on_error in [OnError::Hold, OnError::Deny, OnError::Allow] {
        let mut after = majority();
        after.policies[0].is_broken = true;
        after.policies[0].on_error = on_error;
        assert!(is_locked(&check(&after)), "on the constitution layer nothing passes because a policy broke");
    }
}

#[test]
fn a_field_trial_carries_nothing_out() {
    let mut after = majority();
    after.policies[0].shape.carries_out = false;
    assert!(check(&after)[0].sentence.contains("never carry anything out"));
    after.policies.push(policy("Second", &["*"]));
    assert_eq!(check(&after), []);
}

#[test]
fn somebody_must_be_able_to_propose() {
    let mut after = majority();
    after.roles[0].rights = vec![("board.*".to_owned(), Right::Propose)];
    assert!(check(&after)[0].sentence.contains("no member holds the right to propose it"));
    after.roles[1].rights = vec![("constitution.*".to_owned(), Right::Propose)];
    assert_eq!(check(&after), []);
    after.roles[1].n_members = 0;
    assert!(is_locked(&check(&after)));
}

#[test]
fn whoever_may_execute_needs_no_policy() {
    let mut dictator = Government { policies: vec![], ..majority() };
    dictator.roles.push(role("Owner", 1, &[("*", Right::Execute)]));
    assert_eq!(check(&dictator), []);
    dictator.roles[2].n_members = 0;
    assert!(is_locked(&check(&dictator)));
}

#[test]
fn adding_alone_reopens_what_nobody_governs() {
    let after = Government { policies: vec![policy("Add only", &["constitution.add_policy"])], ..majority() };
    assert_eq!(codes(&after), ["roundabout"; 3]);
}

#[test]
fn removing_alone_leaves_the_policies_frozen() {
    let after = Government { policies: vec![policy("Remove only", &["constitution.remove_policy"])], ..majority() };
    let findings = check(&after);
    assert_eq!(findings[0].code, "frozen");
    assert!(findings[0].sentence.ends_with("could still only remove a policy."));
    assert!(findings.iter().skip(1).all(|finding| finding.code == "unreachable"));
}

#[test]
fn a_starter_kit_mends_everything() {
    let after = Government { policies: vec![policy("Kits", &["constitution.apply_starter_kit"])], ..majority() };
    assert!(codes(&after).iter().all(|code| *code == "roundabout"));
}

#[test]
fn a_trial_can_be_switched_on_by_whoever_may_switch() {
    let mut shadow = policy("All", &["*"]);
    shadow.enforcement = Enforcement::Shadow;
    let switch = policy("Switch", &["constitution.set_enforcement"]);
    let after = Government { policies: vec![shadow, switch], ..majority() };
    assert_eq!(codes(&after), ["roundabout"; 3]);
}

#[test]
fn a_change_is_blamed_only_for_what_it_adds() {
    let locked = Government { policies: vec![], ..majority() };
    assert_eq!(check_change(&locked, &locked), []);
    assert_eq!(check_change(&locked, &majority()), []);
}

#[test]
fn the_shape_is_read_from_source_and_settings() {
    let roles = [role("Steward", 1, &[]), role("Elder", 0, &[])];
    let source = r#"
        // returns PASSED and executes, says this comment: roles.get("Ghost")
        function check(action) { if (members.withRole('Elder').length > settings.n) return failed("https://x") }
        function pass(action) { log("never") }
    "#;
    let settings =
        json!({ "voters": ["Steward", "everyone"], "approvers": { "role": "Bureaucrat" }, "channel": "Elder" });
    let shape = Shape::read(source, &settings, &roles);
    assert!(!shape.can_pass && !shape.carries_out);
    let needed: Vec<&str> = shape.needs.iter().map(|need| need.role.as_str()).collect();
    assert_eq!(needed, ["Bureaucrat", "Steward", "Elder"]);
    let plain =
        Shape::read("function check() { return PASSED } function pass(a) { a.execute() }", &json!(null), &roles);
    assert_eq!(plain, Shape::default());
    let composed = Shape::read("function check(a) { return policies.get('X').check(a) }", &json!(null), &roles);
    assert!(composed.can_pass && composed.carries_out);
}

fn any_policy() -> impl Strategy<Value = Standing> {
    let patterns = ["*", "constitution.*", "constitution.add_policy", "constitution.change_policy", "board.post"];
    let enforcements = [Enforcement::Off, Enforcement::Shadow, Enforcement::Enforced, Enforcement::Enforced];
    (
        prop::collection::vec(prop::sample::select(patterns.to_vec()), 0..3),
        prop::sample::select(enforcements.to_vec()),
        any::<[bool; 3]>(),
        prop::option::of((prop::sample::select(vec!["Member", "Steward", "Ghost"]), 0_u64..4)),
    )
        .prop_map(|(patterns, enforcement, [is_broken, can_pass, carries_out], need)| {
            let mut standing = policy("P", &patterns);
            standing.enforcement = enforcement;
            standing.is_broken = is_broken && !can_pass;
            standing.shape = Shape { can_pass, carries_out, needs: vec![] };
            need.map_or(standing.clone(), |(role, at_least)| asks(standing, role, at_least))
        })
}

fn any_government() -> impl Strategy<Value = Government> {
    let combinings = [Combining::DenyOverrides, Combining::PermitOverrides, Combining::FirstApplicable];
    (prop::collection::vec(any_policy(), 0..5), prop::sample::select(combinings.to_vec()), 0_u64..4, any::<bool>())
        .prop_map(|(policies, combining, n_stewards, has_recovery)| {
            let mut government = Government { policies, combining, has_recovery, ..majority() };
            government.roles[1].n_members = n_stewards;
            government
        })
}

proptest! {
    #[test]
    fn an_owner_is_never_locked_out(mut government in any_government()) {
        government.roles.push(role("Owner", 1, &[("*", Right::Execute)]));
        prop_assert!(!is_locked(&check(&government)));
    }

    #[test]
    fn without_an_enforced_policy_everything_is_locked(mut government in any_government()) {
        for policy in &mut government.policies {
            policy.enforcement = Enforcement::Shadow;
        }
        prop_assert!(is_locked(&check(&government)));
    }

    #[test]
    fn a_larger_role_never_locks(government in any_government()) {
        let mut fuller = government.clone();
        fuller.roles[1].n_members += 1;
        prop_assert!(is_locked(&check(&government)) || !is_locked(&check(&fuller)));
    }

    #[test]
    fn removing_a_blocked_policy_never_locks_under_deny_overrides(mut government in any_government(), which in any::<prop::sample::Index>()) {
        government.combining = Combining::DenyOverrides;
        let mut all = policy("All", &["*"]);
        all.shape = Shape::default();
        government.policies.push(all);
        let before = is_locked(&check(&government));
        let at = which.index(government.policies.len());
        if government.policies[at].name != "All" {
            government.policies.remove(at);
        }
        prop_assert!(before || !is_locked(&check(&government)));
    }

    #[test]
    fn locked_stands_first_and_no_sentence_is_empty(government in any_government()) {
        let findings = check(&government);
        prop_assert!(findings.windows(2).all(|pair| pair[0].severity >= pair[1].severity));
        prop_assert!(findings.iter().all(|finding| finding.sentence.ends_with('.')));
    }
}
