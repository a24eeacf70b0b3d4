//! A shared draft, for those who hold its link and are no members: without the names of people and without settings.

use app::api::studio::Draft;
use types::Json;
use types::simulation::{Happening, ScenarioInput};

use crate::views::roster::Roster;

/// The draft with members' names replaced and settings left out, and a sentence that says so.
pub fn for_visitors(mut draft: Draft, roster: &Roster) -> (Draft, String) {
    let mut names = Names { known: Vec::new(), roster };
    names.cover(&mut draft.scenario);
    for example in &mut draft.examples {
        names.cover(&mut example.scenario);
    }
    let had_settings = draft.settings.0.as_object().is_some_and(|settings| !settings.is_empty());
    draft.settings = Json(serde_json::json!({}));
    draft.http_hosts.clear();
    let settings = if had_settings { " and the policy's settings" } else { "" };
    let sentence = format!("You are not a member here: the names of members{settings} were left out.");
    (draft, sentence)
}

/// Members whose names were replaced, in the order in which they were met.
struct Names<'r> {
    known: Vec<String>,
    roster: &'r Roster,
}

impl Names<'_> {
    fn cover(&mut self, scenario: &mut ScenarioInput) {
        scenario.action.initiator = self.of(&scenario.action.initiator);
        // A payload may name anybody, in any field.
        scenario.action.payload = Json(serde_json::json!({}));
        scenario.members = None;
        for event in &mut scenario.events {
            match &mut event.what {
                Happening::Ballot { member, reason, .. } => {
                    *member = self.of(member);
                    *reason = None;
                }
                Happening::Withdraw { member }
                | Happening::GrantRole { member, .. }
                | Happening::RevokeRole { member, .. }
                | Happening::Join { member, .. }
                | Happening::Leave { member } => *member = self.of(member),
                Happening::Everyone { .. } | Happening::Rest { .. } | Happening::Nobody { .. } | Happening::Tick => {}
            }
        }
    }

    /// The stand-in of a handle. Handles of nobody are made up by the author and stay.
    fn of(&mut self, handle: &str) -> String {
        if self.roster.by_handle(handle).is_none() {
            return handle.to_owned();
        }
        let place = self.known.iter().position(|known| known == handle).unwrap_or_else(|| {
            self.known.push(handle.to_owned());
            self.known.len() - 1
        });
        format!("member-{}", place + 1)
    }
}

#[cfg(test)]
mod tests {
    use types::simulation::Event;
    use types::{BallotValue, MemberId, Timestamp, member::Member};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn nobody_is_named_and_the_same_person_stays_the_same() {
        let member = Member {
            id: MemberId(Uuid::from_u128(1)),
            handle: "ana".to_owned(),
            display_name: "Ana".to_owned(),
            joined_at: Timestamp::from_millis(0),
            roles: Vec::new(),
            is_bot: false,
        };
        let roster = Roster::new(vec![member], Vec::new(), Vec::new());
        let vote = |handle: &str| Event {
            at_seconds: 1,
            what: Happening::Ballot {
                member: handle.to_owned(),
                value: BallotValue::Yes,
                reason: Some("I am Ana".to_owned()),
            },
        };
        let mut draft = Draft { settings: Json(serde_json::json!({ "key": 1 })), ..Draft::default() };
        draft.scenario.action.initiator = "ana".to_owned();
        draft.scenario.action.payload = Json(serde_json::json!({ "members": ["ana"] }));
        draft.scenario.events = vec![vote("ana"), vote("invented")];
        let (seen, sentence) = for_visitors(draft, &roster);
        let json = serde_json::to_string(&seen).unwrap();
        assert!(!json.to_lowercase().contains("\"ana\"") && !json.contains("Ana"), "{json}");
        assert_eq!(seen.scenario.action.initiator, "member-1");
        assert!(json.contains("invented") && !json.contains("key"));
        assert!(sentence.contains("names of members and the policy's settings were left out"), "{sentence}");
    }
}
