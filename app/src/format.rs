//! Moments, counts and names as people read them. Pure, so that server and browser write the same.
//!
//! Times are UTC, and say so where the exact time is shown.

use types::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A moment taken apart.
struct Parts {
    year: i32,
    month: &'static str,
    day: u8,
    weekday: &'static str,
    hour: u8,
    minute: u8,
    /// Days since the epoch: tells "today" from "tomorrow".
    number: i64,
}

fn parts(at: Timestamp) -> Parts {
    let calendar = at.calendar();
    let weekday = usize::from(calendar.weekday().number_days_from_monday());
    let month = usize::from(u8::from(calendar.month())).saturating_sub(1);
    Parts {
        year: calendar.year(),
        month: MONTHS.get(month).copied().unwrap_or_default(),
        day: calendar.day(),
        weekday: WEEKDAYS.get(weekday).copied().unwrap_or_default(),
        hour: calendar.hour(),
        minute: calendar.minute(),
        number: at.millis().div_euclid(DAY * 1000),
    }
}

/// The first three letters.
fn short(word: &str) -> String {
    word.chars().take(3).collect()
}

/// "18:00".
pub fn clock(at: Timestamp) -> String {
    let p = parts(at);
    format!("{:02}:{:02}", p.hour, p.minute)
}

/// "17 November 2026".
pub fn date(at: Timestamp) -> String {
    let p = parts(at);
    format!("{} {} {}", p.day, p.month, p.year)
}

/// "March 2024".
pub fn month(at: Timestamp) -> String {
    let p = parts(at);
    format!("{} {}", p.month, p.year)
}

/// "Tue 17 Nov, 18:00".
pub fn brief(at: Timestamp) -> String {
    let p = parts(at);
    format!("{} {} {}, {}", short(p.weekday), p.day, short(p.month), clock(at))
}

/// "Monday 23 November 2026, 18:00 UTC": the whole truth.
pub fn exact(at: Timestamp) -> String {
    let p = parts(at);
    format!("{} {} {} {}, {} UTC", p.weekday, p.day, p.month, p.year, clock(at))
}

/// "2026-11-23T18:00:00Z", for machines.
pub fn machine(at: Timestamp) -> String {
    at.to_string()
}

/// "today, 18:00", "tomorrow, 18:00", "Monday, 18:00", "23 November, 18:00" or "23 November 2025", as seen from `now`.
pub fn when(at: Timestamp, now: Timestamp) -> String {
    let (p, today) = (parts(at), parts(now));
    let time = clock(at);
    match p.number.saturating_sub(today.number) {
        0 => format!("today, {time}"),
        1 => format!("tomorrow, {time}"),
        -1 => format!("yesterday, {time}"),
        -6..=6 => format!("{}, {time}", p.weekday),
        _ if p.year == today.year => format!("{} {}, {time}", p.day, p.month),
        _ => date(at),
    }
}

/// A day as the head of a list: "Today, Sunday 22 November".
pub fn day(at: Timestamp, now: Timestamp) -> String {
    let (p, today) = (parts(at), parts(now));
    let name = format!("{} {} {}", p.weekday, p.day, p.month);
    match today.number.saturating_sub(p.number) {
        0 => format!("Today, {name}"),
        1 => format!("Yesterday, {name}"),
        _ if p.year == today.year => name,
        _ => format!("{name} {}", p.year),
    }
}

/// The day's number, to tell whether two moments lie on the same one.
pub fn day_number(at: Timestamp) -> i64 {
    parts(at).number
}

/// "closes in 2 hours", "closed 3 days ago".
pub fn closing(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.millis().saturating_sub(now.millis()) / 1000;
    if seconds > 0 { format!("closes in {}", span(seconds)) } else { format!("closed {} ago", span(-seconds)) }
}

/// What is left until then: "2 hours left".
pub fn left(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.millis().saturating_sub(now.millis()) / 1000;
    if seconds > 0 { format!("{} left", span(seconds)) } else { "time is up".to_owned() }
}

/// A length of time in its two largest units: "1 day 7 hours", "26 minutes".
pub fn span(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / DAY, seconds % DAY / HOUR, seconds % HOUR / MINUTE);
    match (days, hours, minutes) {
        (0, 0, 0) => "less than a minute".to_owned(),
        (0, 0, m) => count(m, "minute"),
        (0, h, 0) => count(h, "hour"),
        (0, h, m) if h < 6 => format!("{} {}", count(h, "hour"), count(m, "minute")),
        (0, h, _) => count(h, "hour"),
        (d, h, _) if d < 3 && h > 0 => format!("{} {}", count(d, "day"), count(h, "hour")),
        (d, _, _) => count(d, "day"),
    }
}

/// "1 member", "20 members".
pub fn count(n: i64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{} {noun}s", number(n)) }
}

/// A whole number with its thousands apart: "48,213".
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = if n < 0 { "−".to_owned() } else { String::new() };
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count that may have decimals (a score): whole where it is whole, one place otherwise.
pub fn amount(n: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a count fits, and a wrong one saturates")]
    if (n - n.round()).abs() < 0.05 { number(n.round() as i64) } else { format!("{n:.1}") }
}

/// A small number as a word at the start of a sentence: "Three"; figures from thirteen.
pub fn word(n: u32) -> String {
    const WORDS: [&str; 13] =
        ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven", "Twelve"];
    let found = usize::try_from(n).ok().and_then(|n| WORDS.get(n));
    found.map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

/// Part of a whole in per cent, rounded; something is never 0 and less than all never 100.
pub fn percent(part: f64, whole: f64) -> u8 {
    if whole <= 0.0 || part <= 0.0 {
        return 0;
    }
    let share = (part / whole * 100.0).clamp(0.0, 100.0);
    let rounded = if share >= 100.0 { 100.0 } else { share.round().clamp(1.0, 99.0) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
    let whole_percent = rounded as u8;
    whole_percent
}

/// A share in thousandths as people say it: "½", "⅔", "¾", "60 %".
pub fn fraction(permille: u32) -> String {
    match permille {
        500 => "½".to_owned(),
        333 | 334 => "⅓".to_owned(),
        666 | 667 => "⅔".to_owned(),
        750 => "¾".to_owned(),
        1000 => "all".to_owned(),
        other => format!("{} %", other.div_euclid(10)),
    }
}

/// The letters of a picture: "LH".
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = words.next().unwrap_or('?');
    let mut letters: String = first.to_uppercase().collect();
    if let Some(last) = words.next_back() {
        letters.extend(last.to_uppercase());
    }
    letters
}

/// The colour of a picture, `p1` to `p6`: always the same for the same handle.
pub fn hue(handle: &str) -> &'static str {
    let sum = handle.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    match sum % 6 {
        0 => "p1",
        1 => "p2",
        2 => "p3",
        3 => "p4",
        4 => "p5",
        _ => "p6",
    }
}

/// The first twelve digits of a hash in fours: "9f3c 71ab 04de".
pub fn fingerprint(hash: &str) -> String {
    let digits: Vec<char> = hash.chars().take(12).collect();
    digits.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn moments_are_told_as_seen_from_now() {
        let now = at("2026-11-22T10:38:00Z");
        assert_eq!(when(at("2026-11-22T18:00:00Z"), now), "today, 18:00");
        assert_eq!(when(at("2026-11-23T18:00:00Z"), now), "tomorrow, 18:00");
        assert_eq!(when(at("2026-11-25T18:00:00Z"), now), "Wednesday, 18:00");
        assert_eq!(when(at("2026-12-25T18:00:00Z"), now), "25 December, 18:00");
        assert_eq!(when(at("2025-11-25T18:00:00Z"), now), "25 November 2025");
        assert_eq!(exact(at("2026-11-23T18:00:00Z")), "Monday 23 November 2026, 18:00 UTC");
        assert_eq!(day(at("2026-11-22T01:00:00Z"), now), "Today, Sunday 22 November");
    }

    #[test]
    fn lengths_keep_their_two_largest_units() {
        assert_eq!(span(2 * HOUR), "2 hours");
        assert_eq!(span(DAY + 7 * HOUR), "1 day 7 hours");
        assert_eq!(span(26 * MINUTE), "26 minutes");
        assert_eq!(span(5 * HOUR + 12 * MINUTE), "5 hours 12 minutes");
        assert_eq!(span(9 * DAY + HOUR), "9 days");
        assert_eq!(span(3), "less than a minute");
        let now = at("2026-11-22T10:00:00Z");
        assert_eq!(closing(at("2026-11-22T12:00:00Z"), now), "closes in 2 hours");
        assert_eq!(closing(at("2026-11-21T10:00:00Z"), now), "closed 1 day ago");
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(number(48_213), "48,213");
        assert_eq!(number(-1_000), "−1,000");
        assert_eq!(number(112), "112");
        assert_eq!(count(1, "member"), "1 member");
        assert_eq!(amount(12.5), "12.5");
        assert_eq!(amount(3.0), "3");
        assert_eq!((percent(1.0, 1000.0), percent(999.0, 1000.0), percent(0.0, 5.0)), (1, 99, 0));
        assert_eq!(fraction(667), "⅔");
    }

    #[test]
    fn people_have_letters_and_a_colour() {
        assert_eq!(initials("Leila Haddad"), "LH");
        assert_eq!(initials("Mei-Ling van der Chow"), "MC");
        assert_eq!(initials("ada"), "A");
        assert_eq!(initials(""), "?");
        assert_eq!(hue("leila"), hue("leila"));
    }

    #[test]
    fn a_hash_becomes_a_fingerprint() {
        assert_eq!(fingerprint("9f3c71ab04de55"), "9f3c 71ab 04de");
        assert_eq!(fingerprint("ab"), "ab");
    }
}
