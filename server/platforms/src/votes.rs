//! Votes as people write them: reactions, and answers to a posted ballot.
//!
//! Deliberately strict: "no idea what this means" is not a vote against.

use types::BallotValue;

/// Most lines of an answer that are looked at: a vote stands near the top.
const MAX_LINES: usize = 50;

/// Most options that are ranked by number.
const MAX_RANKED: usize = 50;

/// What a reaction says; `None` where it is no vote.
#[must_use]
pub fn from_reaction(key: &str) -> Option<BallotValue> {
    let plain = plain_emoji(key.trim());
    emoji(&plain).or_else(|| keycap(&plain)).or_else(|| line(&plain))
}

/// What an answer says: the first line that is a vote, outside quotes and code; `None` where none is.
#[must_use]
pub fn from_reply(text: &str) -> Option<BallotValue> {
    spoken_lines(text).find_map(line)
}

/// Whether an answer is a vote and nothing else, so that it is no message worth governing.
#[must_use]
pub fn is_only_a_vote(text: &str) -> bool {
    let mut lines = spoken_lines(text).filter(|line| !line.trim().is_empty());
    let Some(only) = lines.next() else { return false };
    let only = only.trim();
    lines.next().is_none() && (numbers(only).is_some() || from_word(only.trim_end_matches(['.', '!'])).is_some())
}

/// The lines that somebody says themself.
fn spoken_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().take(MAX_LINES).filter(move |line| {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            return false;
        }
        !in_code && !line.starts_with('>') && !line.starts_with("    ") && !line.starts_with('\t')
    })
}

/// What a line begins with, where that is a vote.
fn line(line: &str) -> Option<BallotValue> {
    let line = line.trim();
    if let Some(numbers) = numbers(line) {
        return Some(numbers);
    }
    let first = line.split_whitespace().next()?;
    let bare = first.trim_end_matches([',', '.', '!', ':', ';']);
    let (value, ends_here) = match from_word(first) {
        Some(value) => (value, first.len() == line.len()),
        None => (from_word(bare)?, true),
    };
    // A sign or an emoji votes whatever follows; a word only alone or before a comma, since "no idea" is no vote.
    let is_sign = first.starts_with(':') || !bare.chars().any(char::is_alphabetic);
    (is_sign || ends_here).then_some(value)
}

/// What one word says.
fn from_word(word: &str) -> Option<BallotValue> {
    let word = word.strip_prefix('\\').unwrap_or(word).to_lowercase();
    match word.as_str() {
        "+1" | "yes" | "yea" | "aye" | ":+1:" | ":thumbsup:" | ":white_check_mark:" => Some(BallotValue::Yes),
        "-1" | "−1" | "no" | "nay" | ":-1:" | ":thumbsdown:" | ":x:" => Some(BallotValue::No),
        "abstain" | "+0" | "-0" | "±0" => Some(BallotValue::Abstain),
        "agree" | "stand-aside" | "object" => Some(BallotValue::Choice(word)),
        _ => {
            let plain = plain_emoji(&word);
            emoji(&plain).or_else(|| keycap(&plain))
        }
    }
}

/// An emoji without skin tone, presentation selector and what a joiner adds.
fn plain_emoji(key: &str) -> String {
    let tone = |c: char| ('\u{1F3FB}'..='\u{1F3FF}').contains(&c);
    key.chars().take_while(|c| *c != '\u{200D}').filter(|c| !tone(*c) && *c != '\u{FE0F}').collect()
}

fn emoji(plain: &str) -> Option<BallotValue> {
    match plain {
        "👍" | "✅" | "✔" | "☑" => Some(BallotValue::Yes),
        "👎" | "❌" | "✖" => Some(BallotValue::No),
        "🤷" | "⚪" => Some(BallotValue::Abstain),
        _ => None,
    }
}

/// `1⃣` is the first option, `🔟` the tenth.
fn keycap(plain: &str) -> Option<BallotValue> {
    if plain == "🔟" {
        return Some(BallotValue::Choice("10".into()));
    }
    let digit = plain.strip_suffix('\u{20E3}')?;
    matches!(digit, "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9").then(|| BallotValue::Choice(digit.to_owned()))
}

/// The keycap of option `number`, counted from 1; `None` above ten.
#[must_use]
pub fn keycap_of(number: usize) -> Option<String> {
    match number {
        1..=9 => Some(format!("{number}\u{FE0F}\u{20E3}")),
        10 => Some("🔟".to_owned()),
        _ => None,
    }
}

/// A line of nothing but option numbers: one is a choice, several a ranking, best first.
fn numbers(line: &str) -> Option<BallotValue> {
    let separates = |c: char| c.is_whitespace() || matches!(c, ',' | '>' | ';');
    let mut chosen: Vec<String> = Vec::new();
    for word in line.trim_end_matches('.').split(separates).filter(|word| !word.is_empty()) {
        let number: u16 = word.parse().ok().filter(|n| (1..=999).contains(n))?;
        let number = number.to_string();
        // "2 2" means nothing, and "+2" or "02" is not how an option is named.
        if number != word || chosen.contains(&number) || chosen.len() == MAX_RANKED {
            return None;
        }
        chosen.push(number);
    }
    match chosen.len() {
        0 => None,
        1 => chosen.pop().map(BallotValue::Choice),
        _ => Some(BallotValue::List(chosen)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(option: &str) -> Option<BallotValue> {
        Some(BallotValue::Choice(option.into()))
    }

    #[test]
    fn reactions_vote_whatever_their_skin() {
        for yes in ["👍", "👍🏽", "👍️", "✅", "✔️", "☑️", "+1", ":+1:"] {
            assert_eq!(from_reaction(yes), Some(BallotValue::Yes), "{yes}");
        }
        for no in ["👎", "👎🏿", "❌", "✖️", "-1"] {
            assert_eq!(from_reaction(no), Some(BallotValue::No), "{no}");
        }
        assert_eq!(from_reaction("🤷🏻‍♀️"), Some(BallotValue::Abstain));
        assert_eq!(from_reaction("2️⃣"), choice("2"));
        assert_eq!(from_reaction("3⃣"), choice("3"));
        assert_eq!(from_reaction("🔟"), choice("10"));
        for none in ["🎉", "", "0️⃣", "❤️", "👍👎", "⃣"] {
            assert_eq!(from_reaction(none), None, "{none}");
        }
    }

    #[test]
    fn answers_vote_at_the_start_of_a_line() {
        let yes = Some(BallotValue::Yes);
        let no = Some(BallotValue::No);
        for (text, expected) in [
            ("+1", yes.clone()),
            ("\\+1", yes.clone()),
            ("+1 great idea", yes.clone()),
            ("Yes!", yes.clone()),
            ("yes, but slowly", yes.clone()),
            ("I thought about it.\n\n-1, too dear", no.clone()),
            ("👍🏾 from me", yes.clone()),
            (":-1:", no.clone()),
            ("> +1\n-1", no.clone()),
            ("> <@ada:hs.test> shall we?\n> yes\n\nno", no),
            ("abstain", Some(BallotValue::Abstain)),
            ("2", choice("2")),
            ("2.", choice("2")),
            ("3 1 2", Some(BallotValue::List(vec!["3".into(), "1".into(), "2".into()]))),
            ("3 > 1 > 2", Some(BallotValue::List(vec!["3".into(), "1".into(), "2".into()]))),
            ("object", choice("object")),
        ] {
            assert_eq!(from_reply(text), expected, "{text}");
        }
        for none in [
            "no idea what this means",
            "> +1",
            "```\n+1\n```",
            "    +1",
            "I say +1",
            "+10",
            "2 2",
            "2024 was a good year",
            "yesterday",
            "nope",
            "",
            "-1.5",
            "0 degrees today",
        ] {
            assert_eq!(from_reply(none), None, "{none}");
        }
    }

    #[test]
    fn an_answer_with_more_to_say_is_a_message_too() {
        for only in ["+1", "Yes!", "> quoted\n\n👍", "3 1 2"] {
            assert!(is_only_a_vote(only), "{only}");
        }
        for more in ["+1 and buy my book", "hello", "", "yes\nno"] {
            assert!(!is_only_a_vote(more), "{more}");
        }
    }

    #[test]
    fn the_keycaps_we_offer_are_the_keycaps_we_read() {
        for number in 1..=10 {
            assert_eq!(from_reaction(&keycap_of(number).unwrap()), choice(&number.to_string()));
        }
        assert_eq!(keycap_of(11), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = (from_reaction(&text), from_reply(&text), is_only_a_vote(&text));
        }
    }
}
