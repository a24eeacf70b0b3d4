//! What may be attempted in the invented community.

use app::api::action::{
    ActionFormView, ActionTypeGroup, ActionTypeLine, ActionTypesView, FieldKind, FieldOption, FieldView,
};
use types::Layer;

fn line(action_type: &str, title: &str, about: &str, decided_by: &str) -> ActionTypeLine {
    ActionTypeLine {
        action_type: action_type.to_owned(),
        title: title.to_owned(),
        about: about.to_owned(),
        decided_by: decided_by.to_owned(),
    }
}

/// All kinds.
pub fn types() -> ActionTypesView {
    ActionTypesView {
        groups: vec![
            ActionTypeGroup {
                title: "The board".to_owned(),
                layer: Layer::Platform,
                types: vec![
                    line("board.rename_channel", "Rename a channel", "Give a channel another name.", "A jury of three"),
                    line("board.set_topic", "Set a channel's topic", "Say what a channel is for.", "Happens at once"),
                    line("board.create_channel", "Create a channel", "Open a new channel.", "Happens at once"),
                ],
            },
            ActionTypeGroup {
                title: "Policies".to_owned(),
                layer: Layer::Constitution,
                types: vec![
                    line(
                        "constitution.add_policy",
                        "Add a policy",
                        "Write a new rule.",
                        "Two thirds, open for seven days",
                    ),
                    line("constitution.add_document", "Add a document", "", "Two thirds, open for seven days"),
                ],
            },
        ],
    }
}

fn field(name: &str, label: &str, kind: FieldKind, required: bool, help: &str) -> FieldView {
    FieldView {
        name: name.to_owned(),
        label: label.to_owned(),
        help: help.to_owned(),
        kind,
        required,
        ..FieldView::default()
    }
}

fn option(value: &str, label: &str) -> FieldOption {
    FieldOption { value: value.to_owned(), label: label.to_owned() }
}

/// The form of a kind, with every kind of field among them.
pub fn form(action_type: &str) -> Option<ActionFormView> {
    let found =
        types().groups.into_iter().flat_map(|group| group.types).find(|line| line.action_type == action_type)?;
    let fields = match action_type {
        "board.rename_channel" => vec![
            FieldView {
                options: vec![option("general", "#general"), option("random", "#random")],
                ..field("channel", "Channel", FieldKind::Select, true, "The channel to rename.")
            },
            field("name", "New name", FieldKind::Line, true, "Letters, digits, - and _."),
        ],
        "constitution.add_policy" => vec![
            field("name", "Name", FieldKind::Line, true, "As people will read it in “Rules in force”."),
            field(
                "description",
                "In plain words",
                FieldKind::Text,
                false,
                "What it does, for everyone who does not program.",
            ),
            FieldView {
                options: vec![
                    option("board.rename_channel", "Rename a channel"),
                    option("board.post_message", "Post a message"),
                ],
                value: "board.rename_channel".to_owned(),
                ..field("action_types", "What it governs", FieldKind::Checks, true, "")
            },
            FieldView {
                value: "function check(action) {\n  return PASSED\n}".to_owned(),
                ..field(
                    "source",
                    "JavaScript",
                    FieldKind::Source,
                    true,
                    "Up to six functions: filter, initialize, check, notify, pass, fail.",
                )
            },
            field("settings", "Settings", FieldKind::Json, false, "Values of the template's blanks."),
            field("http_hosts", "Hosts it may ask", FieldKind::Lines, false, "One a line."),
            field("quorum", "Quorum", FieldKind::Number, false, ""),
            field("trial", "Begin with a trial: decide and record, do nothing", FieldKind::Toggle, false, ""),
        ],
        _ => vec![field("text", "Text", FieldKind::Text, true, "")],
    };
    Some(ActionFormView {
        action_type: found.action_type,
        title: found.title,
        about: found.about,
        decided_by: format!("What happens then: {}.", found.decided_by.to_lowercase()),
        fields,
        attempt_key: "key-form".to_owned(),
    })
}
