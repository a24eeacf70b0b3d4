//! What can be seen of a policy's procedure without running it.

use serde_json::Value;

use super::RoleFact;

/// A role without whose members a policy can pass nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleNeed {
    /// The role, by name.
    pub role: String,
    /// How many of its members are needed.
    pub at_least: u64,
}

/// What can be seen of a policy's procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Whether it could ever pass an action.
    pub can_pass: bool,
    /// Whether it asks for an action that it passed to be carried out; a field trial does not.
    pub carries_out: bool,
    /// Roles that it depends on.
    pub needs: Vec<RoleNeed>,
}

impl Default for Shape {
    /// A policy of which nothing is known: it may pass anything.
    fn default() -> Self {
        Self { can_pass: true, carries_out: true, needs: Vec::new() }
    }
}

impl Shape {
    /// Looks for the signs in a policy's source and settings.
    ///
    /// - Source in which neither `PASSED` nor `passed(` nor another policy is mentioned can never pass anything.
    /// - Source that nowhere says `execute` never carries anything out.
    /// - A role is needed if a setting whose key speaks of a role, of voters or of a jury names it, or the source fetches
    ///   it by name.
    ///
    /// Comments are not looked into.
    #[must_use]
    pub fn read(source: &str, settings: &Value, roles: &[RoleFact]) -> Self {
        let code = without_comments(source);
        let calls_another = code.contains("policies.get") || code.contains("policies.where");
        let mut needs = Vec::new();
        from_settings("", settings, roles, &mut needs);
        for call in ["withRole(", "roles.get("] {
            for (at, _) in code.match_indices(call) {
                if let Some(role) = code.get(at + call.len()..).and_then(literal) {
                    add(&mut needs, role);
                }
            }
        }
        Self {
            can_pass: code.contains("PASSED") || code.contains("passed(") || calls_another,
            carries_out: code.contains("execute") || calls_another,
            needs,
        }
    }
}

/// Walks settings for texts that name a role.
fn from_settings(key: &str, value: &Value, roles: &[RoleFact], needs: &mut Vec<RoleNeed>) {
    match value {
        Value::Object(object) => {
            object.iter().for_each(|(key, value)| from_settings(key, value, roles, needs));
        }
        Value::Array(list) => list.iter().for_each(|value| from_settings(key, value, roles, needs)),
        Value::String(text) => {
            let key = key.to_ascii_lowercase();
            let is_known = roles.iter().any(|role| role.name == *text);
            let says_role = key.contains("role");
            let says_who =
                ["voter", "jury", "who", "approver", "decider", "council"].iter().any(|word| key.contains(word));
            // A key that says "role" means one even if there is none of that name: that is the mistake to find.
            if (says_role && !text.is_empty()) || (says_who && is_known) {
                add(needs, text.clone());
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn add(needs: &mut Vec<RoleNeed>, role: String) {
    if !needs.iter().any(|need| need.role == role) {
        needs.push(RoleNeed { role, at_least: 1 });
    }
}

/// The text in quotes at the start of `code`.
fn literal(code: &str) -> Option<String> {
    let code = code.trim_start();
    let quote = code.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let inside: String = code.chars().skip(1).take_while(|c| *c != quote).collect();
    (!inside.is_empty()).then_some(inside)
}

/// The source without its comments. Texts in quotes are kept whole, so that `"https://…"` is not cut.
fn without_comments(source: &str) -> String {
    let mut code = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek().copied()) {
            ('/', Some('/')) => {
                for skipped in chars.by_ref() {
                    if skipped == '\n' {
                        code.push('\n');
                        break;
                    }
                }
            }
            ('/', Some('*')) => {
                chars.next();
                let mut before = ' ';
                for skipped in chars.by_ref() {
                    if before == '*' && skipped == '/' {
                        break;
                    }
                    before = skipped;
                }
                code.push(' ');
            }
            ('"' | '\'' | '`', _) => {
                code.push(c);
                while let Some(inside) = chars.next() {
                    code.push(inside);
                    match inside {
                        '\\' => code.extend(chars.next()),
                        _ if inside == c => break,
                        _ => {}
                    }
                }
            }
            _ => code.push(c),
        }
    }
    code
}
