//! The members of the invented community.

use app::api::{
    member::{GrantLine, MemberLine, MembersView, RoleView},
    words::Person,
};

use super::at;

/// Handles and names.
pub const HANDLES: &[(&str, &str)] = &[
    ("leila", "Leila Haddad"),
    ("priya", "Priya Raghunathan"),
    ("tomasz", "Tomasz Wilk"),
    ("amara", "Amara Okafor"),
    ("kwame", "Kwame Mensah"),
    ("ingrid", "Ingrid Solheim"),
    ("mateo", "Mateo Quispe"),
    ("dalia", "Dalia Ben-Ami"),
    ("yusuf", "Yusuf Demir"),
    ("siobhan", "Siobhán Byrne"),
    ("meiling", "Mei-Ling Chow"),
    ("henrik", "Henrik Lund"),
    ("rosa", "Rosa Ferreira"),
    ("noor", "Noor Aziz"),
    ("jw", "Jonah Whitfield"),
    ("beatriz", "Beatriz Nogueira"),
    ("olek", "Ołeksandr Kowalczuk"),
    ("fatou", "Fatou Diallo"),
    ("sam", "Sam Ó Briain"),
    ("helper", "Borrow Bot"),
];

/// A member by handle.
pub fn person(handle: &str) -> Person {
    let name = HANDLES.iter().find(|(known, _)| *known == handle).map_or(handle, |(_, name)| name);
    Person { handle: handle.to_owned(), name: name.to_owned() }
}

/// The roles of a member, besides the one that everybody holds.
pub fn roles(handle: &str) -> Vec<String> {
    match handle {
        "amara" | "meiling" => vec!["Member".to_owned(), "Steward".to_owned()],
        "kwame" => vec!["Member".to_owned(), "Keyholder".to_owned()],
        _ => vec!["Member".to_owned()],
    }
}

/// Members and roles.
pub fn members() -> MembersView {
    let line = |(handle, _): &(&str, &str)| MemberLine {
        person: person(handle),
        roles: roles(handle).into_iter().skip(1).collect(),
        since: at("2024-03-09T12:00:00Z"),
        identities: match *handle {
            "tomasz" => vec!["Matrix: @tomasz:example.org".to_owned()],
            _ => Vec::new(),
        },
        is_bot: *handle == "helper",
        is_you: *handle == "leila",
    };
    let grant =
        |what: &str, propose: bool, execute: bool| GrantLine { what: what.to_owned(), view: true, propose, execute };
    MembersView {
        members: HANDLES.iter().map(line).collect(),
        roles: vec![
            RoleView {
                name: "Member".to_owned(),
                description: "Everyone who belongs.".to_owned(),
                is_everyone: true,
                holders: Vec::new(),
                n_holders: 148,
                may: vec![grant("Everything on the board", true, false), grant("Change the rules", true, false)],
            },
            RoleView {
                name: "Steward".to_owned(),
                description: "Keeps the front desk running.".to_owned(),
                is_everyone: false,
                holders: vec![person("amara"), person("meiling")],
                n_holders: 2,
                may: vec![grant("Set a channel's topic", true, true), grant("Remove a message", true, true)],
            },
            RoleView {
                name: "Keyholder".to_owned(),
                description: String::new(),
                is_everyone: false,
                holders: vec![person("kwame")],
                n_holders: 1,
                may: Vec::new(),
            },
        ],
    }
}
