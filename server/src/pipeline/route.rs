//! Where an effect goes: which platform is asked to do what.

use std::collections::{BTreeSet, HashMap};

use types::platform::{Operation, Person};
use types::{Action, ConnectionId, Effect, Json, MemberId, Origin, ProposalId};

/// The built-in board's name.
pub const BOARD: &str = "board";

/// Platforms that a place may name: `slack:#general`.
const PLATFORMS: [&str; 5] = [BOARD, "matrix", "slack", "discord", "github"];

/// The fields of payloads that say where an action happened.
const PLACES: [&str; 3] = ["room", "channel", "thread"];

/// One thing for the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// The word under which it is shown.
    pub kind: &'static str,
    /// Who does it.
    pub platform: String,
    /// Through which connection; none for the board.
    pub connection: Option<ConnectionId>,
    /// What.
    pub operation: Operation,
}

/// Who is who, and where.
#[derive(Clone, Debug, Default)]
pub struct People {
    /// Every member that an effect may name.
    pub members: HashMap<MemberId, Person>,
    /// Their users on platforms: member and platform to the platform's id.
    pub identities: HashMap<(MemberId, String), String>,
    /// The community's connections by platform.
    pub connections: HashMap<String, ConnectionId>,
    /// Who has voted on what, of those who are to be reminded.
    pub voted: BTreeSet<(ProposalId, MemberId)>,
}

impl People {
    /// The person, with their user on `platform` where they have one.
    #[must_use]
    pub fn on(&self, member: MemberId, platform: &str) -> Option<Person> {
        let mut person = self.members.get(&member)?.clone();
        person.external = self.identities.get(&(member, platform.to_owned())).cloned();
        Some(person)
    }

    /// The connection through which `platform` is reached: the one that heard the action, or the community's.
    fn connection(&self, action: &Action, platform: &str) -> Option<ConnectionId> {
        match &action.origin {
            Origin::Platform { connection, .. } if action.kind.platform() == platform => Some(*connection),
            _ => self.connections.get(platform).copied(),
        }
    }
}

/// Carrying out an action of the platform layer.
#[must_use]
pub fn execute(action: &Action, people: &People) -> Outgoing {
    let platform = action.kind.platform().to_owned();
    Outgoing {
        kind: "execute",
        connection: people.connection(action, &platform),
        operation: Operation::Execute {
            kind: action.kind.clone(),
            payload: action.payload.clone(),
            initiator: action.initiator.and_then(|member| people.on(member, &platform)),
            undo: action.undo.clone(),
        },
        platform,
    }
}

/// Undoing an action of the platform layer.
#[must_use]
pub fn revert(action: &Action, people: &People, reason: &str) -> Outgoing {
    let platform = action.kind.platform().to_owned();
    Outgoing {
        kind: "revert",
        connection: people.connection(action, &platform),
        operation: Operation::Revert {
            kind: action.kind.clone(),
            payload: action.payload.clone(),
            undo: action.undo.clone(),
            reason: reason.to_owned(),
        },
        platform,
    }
}

/// What the world is asked for by an effect that speaks to people. Empty for all others.
///
/// Members hear of it in the app, and also where the action happened if they have a user there.
/// A ballot is posted at the place that the policy names, or where the action happened.
#[must_use]
pub fn speak(effect: &Effect, action: &Action, proposal: ProposalId, people: &People) -> Vec<Outgoing> {
    match effect {
        Effect::Notify { to, text, ephemeral, .. } => {
            let here = scene(action).map(|(_, place)| place).filter(|_| *ephemeral);
            messages(effect.kind(), to, text, here.as_deref(), action, people)
        }
        // Only those who have not voted are reminded.
        Effect::Remind { to, text } => {
            let silent = |member: &&MemberId| !people.voted.contains(&(proposal, **member));
            let to: Vec<MemberId> = to.iter().filter(silent).copied().collect();
            messages(effect.kind(), &to, text, None, action, people)
        }
        Effect::Announce { place, text, thread, .. } => {
            let (platform, place) = whereabouts(place, action);
            vec![Outgoing {
                kind: "announce",
                connection: people.connection(action, &platform),
                operation: Operation::Post { place, text: text.clone(), thread: thread.clone() },
                platform,
            }]
        }
        Effect::Ask(ask) => {
            let Some((platform, place)) =
                ask.place.as_deref().map(|place| whereabouts(place, action)).or_else(|| scene(action))
            else {
                return Vec::new();
            };
            vec![Outgoing {
                kind: "ask",
                connection: people.connection(action, &platform),
                operation: Operation::PostBallot {
                    place,
                    ask: ask.clone(),
                    url: Some(format!("/proposals/{proposal}")),
                    proposal: Some(proposal),
                },
                platform,
            }]
        }
        _ => Vec::new(),
    }
}

fn messages(
    kind: &'static str,
    to: &[MemberId],
    text: &str,
    here: Option<&str>,
    action: &Action,
    people: &People,
) -> Vec<Outgoing> {
    let mut outgoing = Vec::new();
    for member in to {
        let platform = action.kind.platform();
        for platform in [BOARD, platform].into_iter().take(if platform == BOARD { 1 } else { 2 }) {
            let Some(person) = people.on(*member, platform) else { continue };
            if platform != BOARD && person.external.is_none() {
                continue;
            }
            outgoing.push(Outgoing {
                kind,
                platform: platform.to_owned(),
                connection: people.connection(action, platform),
                operation: Operation::Message {
                    to: person,
                    text: text.to_owned(),
                    here: here.filter(|_| platform != BOARD).map(str::to_owned),
                },
            });
        }
    }
    outgoing
}

/// `matrix:!room` names a platform; anything else is a place on the platform where the action happened, or on the board.
fn whereabouts(place: &str, action: &Action) -> (String, String) {
    let named = place.split_once(':').filter(|(platform, _)| PLATFORMS.contains(platform));
    if let Some((platform, place)) = named {
        return (platform.to_owned(), place.to_owned());
    }
    let is_ours = action.kind.is_internal() || action.kind.is_trigger();
    let home = if is_ours { BOARD } else { action.kind.platform() };
    // A room id on an action elsewhere can only be a Matrix room, and `#name` without a server only a channel of the board.
    let looks_like_room = place.starts_with('!') || (place.starts_with('#') && place.contains(':'));
    let platform = match (home, looks_like_room) {
        (_, true) => "matrix",
        ("matrix", false) => BOARD,
        (home, false) => home,
    };
    (platform.to_owned(), place.trim_start_matches(if platform == BOARD { "#" } else { "" }).to_owned())
}

/// The chat room where an action happened. The board needs no ballot in a channel: its page asks everybody who may vote.
fn scene(action: &Action) -> Option<(String, String)> {
    match action.kind.platform() {
        BOARD => None,
        _ if action.kind.is_internal() || action.kind.is_trigger() => None,
        "github" => {
            let number = ["issue", "pull"].iter().find_map(|field| action.payload.get(field)?.as_u64());
            let repository = action.payload.text("repository")?;
            Some(("github".to_owned(), number.map_or(repository.to_owned(), |number| format!("{repository}#{number}"))))
        }
        platform => {
            let place = PLACES.iter().find_map(|field| action.payload.text(field));
            place.map(|place| (platform.to_owned(), place.to_owned()))
        }
    }
}

/// The part of an outbox row's body that says what to do.
///
/// # Errors
/// Never for the operations that this module makes; serde says so by type only.
pub fn body(operation: &Operation) -> Result<Json, serde_json::Error> {
    serde_json::to_value(operation).map(Json)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use types::{ActionId, ActionStatus, Ask, Timestamp};

    use super::*;

    fn action(kind: &str, payload: serde_json::Value) -> Action {
        Action {
            id: ActionId::NIL,
            kind: kind.parse().unwrap(),
            initiator: None,
            payload: Json(payload),
            undo: Json::default(),
            origin: Origin::Web,
            created_at: Timestamp(0),
            activates_at: None,
            bundle: None,
            status: ActionStatus::Proposed,
            reason: String::new(),
            decided_at: None,
        }
    }

    #[test]
    fn a_ballot_is_posted_where_the_action_happened() {
        let ask = Effect::Ask(Ask::default());
        let renamed = action("matrix.rename_room", json!({ "room": "!a", "name": "b" }));
        let sent = speak(&ask, &renamed, ProposalId::NIL, &People::default());
        assert!(
            matches!(&sent[..], [Outgoing { operation: Operation::PostBallot { place, .. }, .. }] if place == "!a")
        );
        let on_board = action("board.rename_channel", json!({ "channel": "a", "name": "b" }));
        assert_eq!(speak(&ask, &on_board, ProposalId::NIL, &People::default()), []);
    }

    #[test]
    fn places_are_understood_as_people_write_them() {
        let on_board = action("board.rename_channel", json!({}));
        let in_matrix = action("matrix.rename_room", json!({}));
        let is = |place: &str, action: &Action, platform: &str, name: &str| {
            assert_eq!(whereabouts(place, action), (platform.to_owned(), name.to_owned()), "{place}");
        };
        is("#general", &on_board, "board", "general");
        is("general", &on_board, "board", "general");
        is("!room", &on_board, "matrix", "!room");
        is("!room", &in_matrix, "matrix", "!room");
        is("#general", &in_matrix, "board", "general");
        is("#town:hs.test", &in_matrix, "matrix", "#town:hs.test");
        is("matrix:!room", &on_board, "matrix", "!room");
    }

    #[test]
    fn members_without_a_user_there_are_told_in_the_app() {
        let (ada, bob) = (MemberId(uuid::Uuid::from_u128(1)), MemberId(uuid::Uuid::from_u128(2)));
        let person = |member, handle: &str| Person {
            member,
            handle: handle.into(),
            display_name: handle.into(),
            external: None,
        };
        let people = People {
            members: [(ada, person(ada, "ada")), (bob, person(bob, "bob"))].into(),
            identities: [((ada, "matrix".to_owned()), "@ada:hs".to_owned())].into(),
            connections: HashMap::new(),
            voted: BTreeSet::new(),
        };
        let tell = Effect::Notify { to: vec![ada, bob], text: "hear".into(), ephemeral: false, thread: None };
        let sent = speak(&tell, &action("matrix.rename_room", json!({})), ProposalId::NIL, &people);
        let platforms: Vec<_> = sent.iter().map(|one| one.platform.as_str()).collect();
        assert_eq!(platforms, ["board", "matrix", "board"]);

        let mut people = people;
        people.voted.insert((ProposalId::NIL, ada));
        let remind = Effect::Remind { to: vec![ada, bob], text: "vote".into() };
        let sent = speak(&remind, &action("board.set_topic", json!({})), ProposalId::NIL, &people);
        let to: Vec<_> = sent
            .iter()
            .map(|one| match &one.operation {
                Operation::Message { to, .. } => to.handle.as_str(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(to, ["bob"], "who has voted is not reminded");
    }
}
