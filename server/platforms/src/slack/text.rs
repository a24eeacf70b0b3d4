//! Slack's text: three escaped characters, names of emoji, and ids of messages.

use types::{BallotValue, Timestamp};

use crate::votes;

/// Text as Slack shows it, without anything that Slack would make of it: no link, no mention, no call to everybody.
///
/// # Source
/// <https://docs.slack.dev/messaging/formatting-message-text#escaping>
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// What somebody typed, from the text that Slack tells.
pub(super) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// A member's own text, said again: their links and mentions stay, calls to everybody ring nobody.
pub(super) fn without_calls(text: &str) -> String {
    let mut quiet = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!") {
        quiet.push_str(before);
        match after.split_once('>') {
            Some((call, after)) => {
                let (name, label) = call.split_once('|').unwrap_or((call, ""));
                let name = name.split('^').next().unwrap_or_default();
                let shown = if label.is_empty() { format!("@{name}") } else { label.to_owned() };
                quiet.push_str(&shown);
                rest = after;
            }
            None => {
                quiet.push_str("&lt;!");
                rest = after;
            }
        }
    }
    quiet + rest
}

/// What the reaction of this name says: `+1`, `thumbsup::skin-tone-3`, `two`. `None` where it is no vote.
pub(super) fn vote_of(name: &str) -> Option<BallotValue> {
    let plain = name.split("::").next().unwrap_or_default();
    let sign = match plain {
        "+1" | "thumbsup" => "👍",
        "white_check_mark" | "heavy_check_mark" | "ballot_box_with_check" => "✅",
        "-1" | "thumbsdown" => "👎",
        "x" | "heavy_multiplication_x" => "❌",
        "shrug" | "man-shrugging" | "woman-shrugging" | "person_shrugging" | "white_circle" => "⚪",
        "one" => return Some(BallotValue::Choice("1".into())),
        "two" => return Some(BallotValue::Choice("2".into())),
        "three" => return Some(BallotValue::Choice("3".into())),
        "four" => return Some(BallotValue::Choice("4".into())),
        "five" => return Some(BallotValue::Choice("5".into())),
        "six" => return Some(BallotValue::Choice("6".into())),
        "seven" => return Some(BallotValue::Choice("7".into())),
        "eight" => return Some(BallotValue::Choice("8".into())),
        "nine" => return Some(BallotValue::Choice("9".into())),
        "keycap_ten" => "🔟",
        _ => return None,
    };
    votes::from_reaction(sign)
}

/// The id of a message: its moment is its own in its channel alone.
pub(super) fn message_id(channel: &str, ts: &str) -> String {
    format!("{channel}/{ts}")
}

/// Channel and moment of a message's id; a bare moment is one in `channel`.
pub(super) fn moment_of<'a>(id: &'a str, channel: &'a str) -> (&'a str, &'a str) {
    id.split_once('/').unwrap_or((channel, id))
}

/// The id under which a reaction is told, so that taking it away finds it again.
pub(super) fn reaction_id(message: &str, user: &str, name: &str) -> String {
    format!("reaction:{message}:{user}:{name}")
}

/// When `1700000000.000100` was. Never read as a number with a fraction, which would lose digits.
pub(super) fn when(ts: &str, received_at: Timestamp) -> Timestamp {
    let (seconds, fraction) = ts.split_once('.').unwrap_or((ts, "0"));
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    match (seconds.parse::<i64>(), millis.parse::<i64>()) {
        // A clock that runs ahead of ours does not let anybody act tomorrow.
        (Ok(seconds), Ok(millis)) => {
            Timestamp::from_millis(seconds.saturating_mul(1000).saturating_add(millis).max(0)).min(received_at)
        }
        _ => received_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_quoted_rings_anybody() {
        assert_eq!(escape("<!channel> & <@U1>"), "&lt;!channel&gt; &amp; &lt;@U1&gt;");
        assert_eq!(unescape("a &lt;b&gt; &amp;lt;"), "a <b> &lt;");
        assert_eq!(without_calls("<!channel> see <https://x.test|x>"), "@channel see <https://x.test|x>");
        assert_eq!(without_calls("<!subteam^S1|@cooks> and <@U1> <!here"), "@cooks and <@U1> &lt;!here");
    }

    #[test]
    fn reactions_vote_by_all_their_names_and_in_every_skin() {
        for yes in ["+1", "thumbsup", "+1::skin-tone-2", "thumbsup::skin-tone-6", "white_check_mark"] {
            assert_eq!(vote_of(yes), Some(BallotValue::Yes), "{yes}");
        }
        for no in ["-1", "thumbsdown::skin-tone-4", "x"] {
            assert_eq!(vote_of(no), Some(BallotValue::No), "{no}");
        }
        assert_eq!(vote_of("three"), Some(BallotValue::Choice("3".into())));
        assert_eq!(vote_of("keycap_ten"), Some(BallotValue::Choice("10".into())));
        for none in ["tada", "", "+2", "thumbsupper", "::skin-tone-2"] {
            assert_eq!(vote_of(none), None, "{none}");
        }
    }

    #[test]
    fn moments_keep_their_digits() {
        let late = Timestamp::from_millis(i64::MAX);
        assert_eq!(when("1700000000.123456", late), Timestamp::from_millis(1_700_000_000_123));
        assert_eq!(when("1700000000", late), Timestamp::from_millis(1_700_000_000_000));
        assert_eq!(when("soon", Timestamp::from_millis(5)), Timestamp::from_millis(5));
        assert_eq!(when("9999999999.0", Timestamp::from_millis(5)), Timestamp::from_millis(5));
    }
}
