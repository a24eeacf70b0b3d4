//! Properties of the three views, over random forms.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::blanks::{Clock, Length, Share, Threshold, Turnout, Unit};
use super::decide::*;
use super::form::*;
use super::sheet::{PartForm, Sheet, Slot};
use super::then::{Announce, Count as CountUp, Effect, Person, Propose, RoleChange, Tell, Then, Whom};

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z][A-Za-z0-9 _-]{0,15}",
        // Whatever people put into names: quotes, backslashes, templates, comments, line separators.
        r#"[a-z"'`\\${}/*<>é☃]{1,12}"#,
        Just("a\u{2028}b".to_owned()),
    ]
    .prop_filter("a name is not blank", |name| !name.trim().is_empty())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~\n]{1,60}",
        Just("{proposer}: `${x}` \\ //#endregion\n//#endregion\u{2029}".to_owned()),
        Just("*/ </script>".to_owned()),
    ]
    .prop_filter("a text is not blank", |text| !text.trim().is_empty())
}

fn maybe(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    option::of(text).prop_map(Option::unwrap_or_default)
}

fn length() -> impl Strategy<Value = Length> {
    (1_u32..200, 0_usize..4).prop_map(|(n, unit)| Length::new(n, Unit::ALL[unit]).unwrap())
}

fn share() -> impl Strategy<Value = Share> {
    prop_oneof![(1_u32..100).prop_map(|n| format!("{n}%")), (1_u32..5, 5_u32..9).prop_map(|(a, b)| format!("{a}/{b}"))]
        .prop_map(|text| text.parse().unwrap())
}

fn turnout() -> impl Strategy<Value = Option<Turnout>> {
    option::of(prop_oneof![(1_u32..500).prop_map(Turnout::Count), share().prop_map(Turnout::Share)])
}

fn compare() -> impl Strategy<Value = Compare> {
    prop_oneof![Just(Compare::AtLeast), Just(Compare::LessThan)]
}

fn fields() -> impl Strategy<Value = Vec<String>> {
    vec("[a-z][a-z_]{0,8}", 1..3)
}

fn test() -> impl Strategy<Value = Test> {
    let how = prop_oneof![
        Just(WordMatch::Whole),
        Just(WordMatch::Inside),
        Just(WordMatch::Start),
        Just(WordMatch::End),
        Just(WordMatch::Exact)
    ];
    prop_oneof![
        (name(), any::<bool>()).prop_map(|(role, holds)| Test::Role(RoleTest { role, holds })),
        (compare(), length()).prop_map(|(is, length)| Test::Tenure(TenureTest { is, length })),
        (name(), maybe(name()), compare(), -50..500)
            .prop_map(|(counter, policy, is, points)| Test::Reputation(ReputationTest { counter, policy, is, points })),
        (fields(), vec(name(), 1..30), how, any::<bool>())
            .prop_map(|(fields, words, how, holds)| Test::Words(WordsTest { fields, words, how, holds })),
        (fields(), compare(), 1_u32..900).prop_map(|(fields, is, characters)| Test::TextLength(TextLengthTest {
            fields,
            is,
            characters
        })),
        (fields(), any::<bool>()).prop_map(|(fields, holds)| Test::Link(LinkTest { fields, holds })),
        ("[a-z]{1,8}", vec(name(), 1..4), any::<bool>()).prop_map(|(field, values, holds)| Test::Field(FieldTest {
            field,
            values,
            holds
        })),
        (fields(), vec(prop_oneof![Just(r"colou?r\s+(red|blue)"), Just(r"/[^\]]*\d{2,3}$")], 1..3), any::<bool>())
            .prop_map(|(fields, patterns, holds)| {
                let patterns = patterns.into_iter().map(ToOwned::to_owned).collect();
                Test::Pattern(PatternTest { fields, patterns, holds })
            }),
        any::<bool>().prop_map(|holds| Test::Reply(ReplyTest { holds })),
        (vec(name(), 1..3), any::<bool>()).prop_map(|(handles, holds)| Test::Author(AuthorTest { handles, holds })),
        (1_u32..400, length()).prop_map(|(at_least, within)| Test::Rate(RateTest { at_least, within })),
        (0_u16..720, 720_u16..1440).prop_map(|(a, b)| Test::TimeOfDay(TimeOfDayTest {
            from: Clock::at_minute(a).unwrap(),
            until: Clock::at_minute(b).unwrap()
        })),
        vec((0_usize..7).prop_map(|n| Weekday::ALL[n]), 1..4).prop_map(|days| Test::Weekday(WeekdayTest { days })),
        (maybe(name()), compare(), 1_u32..900).prop_map(|(role, is, n)| Test::Count(CountTest { role, is, n })),
    ]
}

fn when() -> impl Strategy<Value = When> {
    let action = prop_oneof![
        Just("board.post_message".to_owned()),
        Just("constitution.add_policy".to_owned()),
        Just("matrix.*".to_owned()),
        Just("*".to_owned()),
        Just("elsewhere.do_thing".to_owned())
    ];
    let matching = prop_oneof![Just(Matching::All), Just(Matching::Any)];
    (vec(action, 1..4), vec(name(), 0..3), vec(name(), 0..3), vec(name(), 0..3), matching, vec(test(), 0..4)).prop_map(
        |(actions, places, roles, except_roles, matching, tests)| When {
            actions,
            places,
            roles,
            except_roles,
            matching,
            tests,
        },
    )
}

fn voters() -> impl Strategy<Value = Voters> {
    (maybe(name()), any::<bool>()).prop_map(|(role, except_proposer)| Voters { role, except_proposer })
}

fn ballot() -> impl Strategy<Value = Ballot> {
    let privacy = prop_oneof![Just(Privacy::Open), Just(Privacy::AfterClose), Just(Privacy::Secret)];
    let results = prop_oneof![Just(Results::Always), Just(Results::AfterBallot), Just(Results::AtClose)];
    (maybe(text()), maybe(name()), privacy, results).prop_map(|(question, place, privacy, results)| Ballot {
        question,
        place,
        privacy,
        results,
    })
}

fn decide() -> impl Strategy<Value = Decide> {
    let of = prop_oneof![Just(Of::Sides), Just(Of::Cast), Just(Of::Eligible)];
    let method = prop_oneof![
        Just(Method::Plurality),
        Just(Method::Approval),
        Just(Method::Ranked),
        Just(Method::Schulze),
        Just(Method::Stv),
        Just(Method::Borda)
    ];
    let candidates = prop_oneof![
        Just(Candidates::NamedIn("members".to_owned())),
        Just(Candidates::Listed(vec!["ada".to_owned(), "b\"b".to_owned()]))
    ];
    let open = ballot().prop_map(|ballot| Ballot { privacy: Privacy::Open, ..ballot });
    prop_oneof![
        maybe(text()).prop_map(|reason| Decide::AtOnce(Reason { reason })),
        text().prop_map(|reason| Decide::Refuse(Reason { reason })),
        Just(Decide::Nobody(Nobody {})),
        (
            voters(),
            turnout(),
            (share(), any::<bool>()),
            of,
            (30_u32..90),
            any::<bool>(),
            option::of(1_u32..29),
            ballot()
        )
            .prop_map(|(voters, quorum, (share, is_strict), of, days, closes_early, remind, ballot)| {
                Decide::Vote(Vote {
                    voters,
                    quorum,
                    threshold: Threshold { share, is_strict },
                    of,
                    at_most: Length::new(days, Unit::Days).unwrap(),
                    closes_early,
                    remind_after: remind.and_then(|days| Length::new(days, Unit::Days)),
                    ballot,
                })
            }),
        (1_u32..9, maybe(name()), length(), ballot()).prop_map(|(size, from_role, at_most, ballot)| {
            Decide::Jury(Jury { size, yes: size.div_ceil(2), from_role, at_most, ballot })
        }),
        (voters(), turnout(), 0_u32..4, length(), ballot()).prop_map(
            |(voters, quorum, objections, at_most, ballot)| {
                Decide::Consent(Consent { voters, quorum, objections, at_most, ballot })
            }
        ),
        (voters(), length(), 1_u32..4, ballot()).prop_map(|(voters, wait, objections, ballot)| {
            Decide::LazyConsensus(LazyConsensus { voters, wait, objections, ballot })
        }),
        (name(), 1_u32..5, any::<bool>(), any::<bool>(), option::of(length()), open).prop_map(
            |(role, needed, proposer_counts, no_ends, at_most, ballot)| {
                Decide::Approvals(Approvals { role, needed, proposer_counts, no_ends, at_most, ballot })
            }
        ),
        (name(), any::<bool>(), option::of(length()))
            .prop_map(|(role, own_passes, at_most)| Decide::OnePerson(OnePerson { role, own_passes, at_most })),
        (method, candidates, any::<bool>(), voters(), turnout(), length(), ballot()).prop_map(
            |(method, candidates, none_of_these, voters, quorum, at_most, ballot)| {
                let seats = if method.fills_seats() { 2 } else { 1 };
                Decide::Election(Election { method, candidates, seats, none_of_these, voters, quorum, at_most, ballot })
            }
        ),
        (length(), maybe(name())).prop_map(|(wait, veto)| Decide::CoolOff(CoolOff { wait, veto })),
    ]
}

fn effect() -> impl Strategy<Value = Effect> {
    let whom = prop_oneof![Just(Whom::Proposer), Just(Whom::Everyone), name().prop_map(Whom::Role)];
    let fields =
        serde_json::json!({ "text": "a\u{2028}\"b", "n": 3, "list": [true, null], "a-b": { "z": 1, "c": 2.5 } });
    prop_oneof![
        (whom, text()).prop_map(|(who, text)| Effect::Tell(Tell { who, text })),
        (name(), text()).prop_map(|(place, text)| Effect::Announce(Announce { place, text })),
        name().prop_map(|role| Effect::GiveRole(RoleChange { role, who: Person::Proposer })),
        name().prop_map(|role| Effect::TakeRole(RoleChange { role, who: Person::Holders })),
        (name(), 1_i32..9).prop_map(|(counter, by)| Effect::Count(CountUp { counter, by })),
        option::of(length()).prop_map(move |after| Effect::Propose(Propose {
            action: "board.post_message".to_owned(),
            fields: fields.as_object().unwrap().clone(),
            after
        })),
    ]
}

fn rule(name: &'static str) -> impl Strategy<Value = Rule> {
    let effects = || vec(effect(), 0..3);
    (when(), decide(), any::<bool>(), effects(), effects(), effects()).prop_map(
        move |(when, decide, carry_out, opened, passed, failed)| {
            let carry_out = carry_out && !matches!(decide, Decide::Refuse(_) | Decide::Nobody(_));
            let opened = if decide.is_immediate() { Vec::new() } else { opened };
            Rule { name: name.to_owned(), when, decide, then: Then { carry_out, opened, passed, failed } }
        },
    )
}

fn form() -> impl Strategy<Value = Form> {
    prop_oneof![
        rule("").prop_map(|rule| Form { rules: vec![rule] }),
        (rule("first"), rule("bad-words")).prop_map(|(a, b)| Form { rules: vec![a, b] }),
        (rule("a"), rule("b"), rule("c")).prop_map(|(a, b, c)| Form { rules: vec![a, b, c] }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn form_to_code_to_form_is_the_identity(form in form()) {
        prop_assert_eq!(form.problems(), vec![]);
        let code = form.to_code();
        let sheet = Sheet::read(&code);
        prop_assert_eq!(sheet.text(), code.clone());
        prop_assert_eq!(sheet.form(), Some(form.clone()));
        prop_assert_eq!(sheet.sentence(), form.sentence());
        let json = serde_json::to_string(&form).unwrap();
        prop_assert_eq!(Form::from_json(&json), Ok(form.clone()));
        // What a text area sends has other ends of lines.
        prop_assert_eq!(Sheet::read(&code.replace('\n', "\r\n")).form(), Some(form));
    }

    #[test]
    fn any_source_keeps_every_byte(form in form(), cut in 0_usize..4000, put in "[ -~\n]{0,40}", junk in "\\PC{0,200}") {
        let mut code = form.to_code();
        let at = (0..=cut.min(code.len())).rev().find(|at| code.is_char_boundary(*at)).unwrap();
        code.insert_str(at, &put);
        let sheet = Sheet::read(&code);
        prop_assert_eq!(sheet.text(), code);
        prop_assert_eq!(Sheet::read(&junk).text(), junk);
    }

    #[test]
    fn an_edited_part_stays_as_it_is_while_others_change(form in form(), new in rule("first"), mark in "[a-z]{6}") {
        // Somebody writes a line into every `filter`.
        let line = format!("  log(\"{mark}\")\n");
        let edited: String = form.to_code().split_inclusive('\n')
            .map(|each| if each.starts_with("function filter") { format!("{each}{line}") } else { each.to_owned() })
            .collect();
        let mut sheet = Sheet::read(&edited);
        let rules = sheet.rules();
        prop_assert_eq!(rules.len(), form.rules.len());
        for (slots, rule) in rules.iter().zip(&form.rules) {
            prop_assert!(matches!(&slots.when, Slot::Code(code) if code.contains(&mark)));
            prop_assert_eq!(&slots.decide, &Slot::Form(rule.decide.clone()));
            prop_assert_eq!(&slots.then, &Slot::Form(rule.then.clone()));
        }
        prop_assert_eq!(sheet.form(), None);
        for slots in &rules {
            sheet.set(&slots.name, &PartForm::Decide(new.decide.clone())).unwrap();
            let then = Then { carry_out: false, opened: vec![], ..new.then.clone() };
            sheet.set(&slots.name, &PartForm::Then(then)).unwrap();
        }
        let again = Sheet::read(&sheet.text());
        prop_assert_eq!(&again, &sheet);
        for (after, before) in again.rules().iter().zip(&rules) {
            prop_assert_eq!(&after.when, &before.when);
            prop_assert_eq!(&after.decide, &Slot::Form(new.decide.clone()));
        }
    }

    #[test]
    fn setting_every_part_of_one_form_gives_another(from in rule(""), to in rule("")) {
        let mut sheet = Sheet::from(&Form { rules: vec![from] });
        sheet.set("", &PartForm::When(to.when.clone())).unwrap();
        sheet.set("", &PartForm::Decide(to.decide.clone())).unwrap();
        sheet.set("", &PartForm::Then(to.then.clone())).unwrap();
        let form = Form { rules: vec![to] };
        prop_assert_eq!(sheet.form(), Some(form.clone()));
        prop_assert_eq!(sheet.text().replace("\n\n", "\n"), form.to_code().replace("\n\n", "\n"));
    }

    #[test]
    fn rules_come_and_go(form in form(), added in rule("late")) {
        let mut sheet = Sheet::from(&form);
        sheet.add_rule(&added).unwrap();
        let names: Vec<String> = sheet.rules().into_iter().map(|rule| rule.name).collect();
        prop_assert_eq!(names.len(), form.rules.len() + 1);
        prop_assert!(sheet.form().is_some());
        let first = names.first().cloned().unwrap();
        sheet.remove_rule(&first).unwrap();
        prop_assert_eq!(sheet.form().map(|form| form.rules.len()), Some(form.rules.len()));
    }
}

#[test]
fn code_around_and_between_the_parts_stays() {
    let form = super::templates::named("jury").unwrap().fill(&std::collections::BTreeMap::new()).unwrap();
    let code = form.to_code();
    let (before, after) = ("// Written by hand.\nfunction mine() { return 1 }\n", "\nfunction last() {}");
    let between = code.replacen("//#endregion\n\n", "//#endregion\n// between\n\n", 1);
    let source = format!("{before}{between}{after}");
    let mut sheet = Sheet::read(&source);
    assert_eq!(sheet.text(), source);
    assert_eq!(sheet.free_code().len(), 3);
    assert_eq!(sheet.form(), None);
    assert!(sheet.rules().iter().all(|rule| matches!(rule.decide, Slot::Form(_))));
    assert!(sheet.sentence().contains("code written by hand"));
    sheet.set("", &PartForm::Decide(Decide::AtOnce(Reason::default()))).unwrap();
    let text = sheet.text();
    assert!(text.starts_with(before) && text.contains("// between\n") && text.contains("function last() {}"), "{text}");
}

#[test]
fn a_form_that_is_wrong_is_not_written() {
    let mut sheet = Sheet::from(&Form::of(When::actions(["*"]), Decide::AtOnce(Reason::default()), Then::carry_out()));
    let text = sheet.text();
    let wrong = Decide::Refuse(Reason { reason: String::new() });
    assert_eq!(
        sheet.set("", &PartForm::Decide(wrong)).unwrap_err().to_string(),
        "refuse.reason: takes a text of 1 to 2000 characters, not 0"
    );
    assert_eq!(
        sheet.set("none", &PartForm::When(When::actions(["*"]))).unwrap_err().to_string(),
        "there is no rule “none” in this policy"
    );
    assert_eq!(sheet.text(), text);
}
