//! Typed blanks: lengths of time, shares, thresholds and turnouts. Each is a short text that reads as one of them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest length of time that a blank takes: ten years, as long as the engine counts.
///
/// # Units
/// Days.
const LONGEST_DAYS: u64 = 3650;

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Days of 24 hours.
    Days,
    /// Weeks.
    Weeks,
}

impl Unit {
    /// All of them, the shortest first.
    pub const ALL: [Self; 4] = [Self::Minutes, Self::Hours, Self::Days, Self::Weeks];

    /// The word for several: it is also the function of the policy language.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Weeks => "weeks",
        }
    }

    fn minutes(self) -> u64 {
        match self {
            Self::Minutes => 1,
            Self::Hours => 60,
            Self::Days => 1440,
            Self::Weeks => 7 * 1440,
        }
    }
}

/// A length of time, such as `5 days`: at least a minute, at most ten years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Length {
    n: u32,
    unit: Unit,
}

impl Length {
    /// `n` of a unit, or `None` outside the bounds.
    #[must_use]
    pub fn new(n: u32, unit: Unit) -> Option<Self> {
        let minutes = u64::from(n) * unit.minutes();
        (1..=LONGEST_DAYS * 1440).contains(&minutes).then_some(Self { n, unit })
    }

    /// How long it is, in minutes.
    #[must_use]
    pub fn minutes(self) -> u64 {
        u64::from(self.n) * self.unit.minutes()
    }

    /// The call that makes it: `days(5)`.
    #[must_use]
    pub fn code(self) -> String {
        format!("{}({})", self.unit.plural(), self.n)
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit.plural();
        write!(f, "{} {}", self.n, if self.n == 1 { unit.trim_end_matches('s') } else { unit })
    }
}

/// What a blank takes, for a text that does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlankError {
    /// Not a length of time.
    #[error("takes a length of time such as “3 days”, from 1 minute to 10 years")]
    Length,
    /// Not a share.
    #[error("takes a share such as “25%” or “1/4”")]
    Share,
    /// Not a threshold.
    #[error("takes a share such as “2/3” or “60%”, or “>1/2” where exactly that share is not enough")]
    Threshold,
    /// Not a turnout.
    #[error("takes a number of voters such as “5”, or a share of all who may vote such as “25%”")]
    Turnout,
    /// Not a time of day.
    #[error("takes a time of day such as “22:00”")]
    Clock,
}

impl FromStr for Length {
    type Err = BlankError;

    fn from_str(text: &str) -> Result<Self, BlankError> {
        let (n, word) = text.trim().split_once(char::is_whitespace).ok_or(BlankError::Length)?;
        let word = word.trim().to_lowercase();
        let unit =
            Unit::ALL.into_iter().find(|unit| word == unit.plural() || word == unit.plural().trim_end_matches('s'));
        let n = n.parse().map_err(|_| BlankError::Length)?;
        unit.and_then(|unit| Self::new(n, unit)).ok_or(BlankError::Length)
    }
}

/// A share between nothing and everything, as it was written: `25%`, `2/3`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Share(String);

impl Share {
    /// Top and bottom of the fraction.
    fn parts(text: &str) -> Option<(u64, u64)> {
        let (top, bottom) = match text.strip_suffix('%') {
            Some(percent) => {
                let (whole, digits) = percent.split_once('.').unwrap_or((percent, ""));
                let plain = |text: &str| text.chars().all(|c| c.is_ascii_digit());
                if whole.is_empty() || !plain(whole) || !plain(digits) || digits.len() > 4 {
                    return None;
                }
                let scale = 10_u64.pow(u32::try_from(digits.len()).ok()?);
                (format!("{whole}{digits}").parse().ok()?, scale * 100)
            }
            None => {
                let (top, bottom) = text.split_once('/')?;
                let number = |text: &str| text.parse::<u32>().ok().map(u64::from);
                (number(top)?, number(bottom)?)
            }
        };
        (bottom > 0 && top <= bottom).then_some((top, bottom))
    }

    /// Whether it is everything.
    #[must_use]
    pub fn is_all(&self) -> bool {
        Self::parts(&self.0).is_some_and(|(top, bottom)| top == bottom)
    }

    /// Whether it is exactly one half.
    #[must_use]
    pub fn is_half(&self) -> bool {
        Self::parts(&self.0).is_some_and(|(top, bottom)| top * 2 == bottom)
    }
}

impl FromStr for Share {
    type Err = BlankError;

    fn from_str(text: &str) -> Result<Self, BlankError> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        Self::parts(&text).map(|_| Self(text.clone())).ok_or(BlankError::Share)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How large a share must be: `2/3` is enough at exactly two thirds, `>1/2` is not enough at exactly half.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Threshold {
    /// The share.
    pub share: Share,
    /// Whether exactly that share is not enough.
    pub is_strict: bool,
}

impl Threshold {
    /// More than half.
    #[must_use]
    pub fn majority() -> Self {
        Self { share: Share("1/2".to_owned()), is_strict: true }
    }
}

impl FromStr for Threshold {
    type Err = BlankError;

    fn from_str(text: &str) -> Result<Self, BlankError> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("majority") {
            return Ok(Self::majority());
        }
        let (is_strict, share) = text.strip_prefix('>').map_or((false, text), |rest| (true, rest));
        let share: Share = share.parse().map_err(|_| BlankError::Threshold)?;
        // More than everybody can never be, and at least nobody always is.
        let is_possible =
            if is_strict { !share.is_all() } else { Share::parts(&share.0).is_some_and(|(top, _)| top > 0) };
        if is_possible { Ok(Self { share, is_strict }) } else { Err(BlankError::Threshold) }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.is_strict { ">" } else { "" }, self.share)
    }
}

/// How many must take part.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Turnout {
    /// So many.
    Count(u32),
    /// Such a share of all who may vote.
    Share(Share),
}

impl FromStr for Turnout {
    type Err = BlankError;

    fn from_str(text: &str) -> Result<Self, BlankError> {
        match text.trim().parse::<u32>() {
            Ok(n @ 1..=1_000_000) => Ok(Self::Count(n)),
            Ok(_) => Err(BlankError::Turnout),
            Err(_) => text.parse().map(Self::Share).map_err(|_| BlankError::Turnout),
        }
    }
}

impl fmt::Display for Turnout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(n) => write!(f, "{n}"),
            Self::Share(share) => write!(f, "{share}"),
        }
    }
}

/// A time of day in UTC, such as `22:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Clock(u16);

impl Clock {
    /// Minutes since midnight.
    #[must_use]
    pub fn minute(self) -> u16 {
        self.0
    }

    /// So many minutes after midnight, within one day.
    #[must_use]
    pub fn at_minute(minute: u16) -> Option<Self> {
        (minute < 1440).then_some(Self(minute))
    }
}

impl FromStr for Clock {
    type Err = BlankError;

    fn from_str(text: &str) -> Result<Self, BlankError> {
        let (hour, minute) = text.trim().split_once(':').ok_or(BlankError::Clock)?;
        let number = |text: &str| text.parse::<u16>().ok().filter(|_| text.len() <= 2 && !text.starts_with('+'));
        match (number(hour), number(minute)) {
            (Some(hour @ 0..24), Some(minute @ 0..60)) => Ok(Self(hour * 60 + minute)),
            _ => Err(BlankError::Clock),
        }
    }
}

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// Each blank is its text on the wire.
macro_rules! texts {
    ($($blank:ty),+) => {$(
        impl TryFrom<String> for $blank {
            type Error = BlankError;

            fn try_from(text: String) -> Result<Self, BlankError> {
                text.parse()
            }
        }

        impl From<$blank> for String {
            fn from(blank: $blank) -> Self {
                blank.to_string()
            }
        }
    )+};
}
texts!(Length, Share, Threshold, Turnout, Clock);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_read_what_they_write() {
        for text in ["1 minute", "90 minutes", "1 day", "2 weeks"] {
            assert_eq!(text.parse::<Length>().unwrap().to_string(), text);
        }
        for text in ["25%", "2/3", "66.6%", "100%", "0%"] {
            assert_eq!(text.parse::<Share>().unwrap().to_string(), text);
        }
        assert_eq!("> 1/2".parse::<Threshold>().unwrap(), Threshold::majority());
        assert_eq!("7:05".parse::<Clock>().unwrap().to_string(), "07:05");
        assert_eq!("3".parse::<Turnout>().unwrap(), Turnout::Count(3));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "3", "3 days ago", "0 days", "-1 days", "1.5 days", "4000 days", "99999999999 weeks"] {
            assert_eq!(text.parse::<Length>(), Err(BlankError::Length), "{text}");
        }
        for text in ["", "101%", "3/2", "1/0", "a/b", "%", "-5%", "1e5%", "0.5"] {
            assert_eq!(text.parse::<Share>(), Err(BlankError::Share), "{text}");
        }
        for text in [">100%", "0%", ">", "3"] {
            assert_eq!(text.parse::<Threshold>(), Err(BlankError::Threshold), "{text}");
        }
        for text in ["0", "-1", "many", "1000001"] {
            assert_eq!(text.parse::<Turnout>(), Err(BlankError::Turnout), "{text}");
        }
        for text in ["24:00", "12:60", "12", "+1:00", "001:00"] {
            assert_eq!(text.parse::<Clock>(), Err(BlankError::Clock), "{text}");
        }
    }
}
