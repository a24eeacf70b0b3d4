//! The file by which a homeserver comes to know us.

use std::fmt;

/// A registration: the operator of the homeserver names the file in `app_service_config_files` and restarts.
///
/// It asks for no power over members: we act as our own user alone.
#[derive(Clone)]
pub struct Registration {
    /// Where the homeserver sends events: our address, without `/_matrix/…`.
    pub url: String,
    /// With which we speak to the homeserver.
    pub as_token: String,
    /// With which it speaks to us.
    pub hs_token: String,
    /// The name of our user, such as `polity`.
    pub localpart: String,
}

impl Registration {
    /// The file, in YAML. It holds both tokens: show it once, to whoever set up the connection.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        let Self { url, as_token, hs_token, localpart } = self;
        let [url, as_token, hs_token, localpart_quoted] = [url, as_token, hs_token, localpart].map(|text| quoted(text));
        let users = quoted(&format!("@{}_.*", escaped(localpart)));
        format!(
            "id: {localpart_quoted}\nurl: {url}\nas_token: {as_token}\nhs_token: {hs_token}\n\
             sender_localpart: {localpart_quoted}\nrate_limited: false\nnamespaces:\n  users:\n    \
             - {{ exclusive: true, regex: {users} }}\n  rooms:\n    - {{ exclusive: false, regex: \"!.*\" }}\n  aliases: []\n"
        )
    }
}

impl fmt::Debug for Registration {
    /// Without the tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration")
            .field("url", &self.url)
            .field("localpart", &self.localpart)
            .finish_non_exhaustive()
    }
}

/// A double-quoted YAML scalar, which is a JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A name within a regular expression.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_alphanumeric() || c == '_' { vec![c] } else { vec!['\\', c] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_what_a_homeserver_reads() {
        let registration = Registration {
            url: "https://polity.example".into(),
            as_token: "to\"them".into(),
            hs_token: "to us".into(),
            localpart: "polity".into(),
        };
        expect_test::expect![[r#"
            id: "polity"
            url: "https://polity.example"
            as_token: "to\"them"
            hs_token: "to us"
            sender_localpart: "polity"
            rate_limited: false
            namespaces:
              users:
                - { exclusive: true, regex: "@polity_.*" }
              rooms:
                - { exclusive: false, regex: "!.*" }
              aliases: []
        "#]]
        .assert_eq(&registration.to_yaml());
        assert!(!format!("{registration:?}").contains("to us"));
    }
}
