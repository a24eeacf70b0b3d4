//! Exact fractions, and the two things that votes use them for: thresholds and quorums.

use serde_json::Value;

/// An exact share between nothing and everything.
///
/// Read from `"2/3"`, `"66.5%"`, or a number such as `0.25`, which is taken for the decimal number it is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    num: u64,
    den: u64,
}

impl Fraction {
    /// One half.
    pub const HALF: Self = Self { num: 1, den: 2 };

    /// `num / den`, if that is a share: neither more than one, nor over zero.
    #[must_use]
    pub fn new(num: u64, den: u64) -> Option<Self> {
        (den > 0 && num <= den).then_some(Self { num, den })
    }

    /// Whether `part` of `whole` is at least this share.
    #[must_use]
    pub fn is_reached(self, part: u64, whole: u64) -> bool {
        u128::from(part) * u128::from(self.den) >= u128::from(self.num) * u128::from(whole)
    }

    /// Whether `part` of `whole` is more than this share.
    #[must_use]
    pub fn is_exceeded(self, part: u64, whole: u64) -> bool {
        u128::from(part) * u128::from(self.den) > u128::from(self.num) * u128::from(whole)
    }

    /// The smallest whole number that is at least this share of `whole`.
    #[must_use]
    pub fn of(self, whole: u64) -> u64 {
        let exact = (u128::from(self.num) * u128::from(whole)).div_ceil(u128::from(self.den).max(1));
        u64::try_from(exact).unwrap_or(u64::MAX)
    }

    /// Reads `"2/3"`, `"66.5%"` or `"0.25"`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some((num, den)) = text.split_once('/') {
            return Self::new(num.trim().parse().ok()?, den.trim().parse().ok()?);
        }
        match text.strip_suffix('%') {
            Some(percent) => Self::decimal(percent.trim(), 100),
            None => Self::decimal(text, 1),
        }
    }

    /// A decimal number over `den`, digit by digit, so that no binary rounding comes between.
    fn decimal(text: &str, den: u64) -> Option<Self> {
        let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
        // More digits than these say nothing about a vote, and must not overflow.
        let digits: String = digits.chars().take(12).collect();
        if !whole.chars().chain(digits.chars()).all(|c| c.is_ascii_digit()) || whole.len() > 4 || text.is_empty() {
            return None;
        }
        let scale = 10_u64.checked_pow(u32::try_from(digits.len()).ok()?)?;
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let part: u64 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        Self::new(whole.checked_mul(scale)?.checked_add(part)?, den.checked_mul(scale)?)
    }

    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Self::parse(text),
            Value::Number(number) => Self::parse(&number.to_string()),
            _ => None,
        }
    }
}

impl std::fmt::Display for Fraction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.num == self.den {
            return f.write_str("all");
        }
        if self.den.is_multiple_of(100) && self.num.is_multiple_of(self.den / 100) {
            return write!(f, "{} %", self.num / (self.den / 100));
        }
        write!(f, "{}/{}", self.num, self.den)
    }
}

/// How large a share must be to pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// The share.
    pub share: Fraction,
    /// Whether exactly that share is not enough.
    pub is_strict: bool,
}

impl Threshold {
    /// More than half: a tie does not pass.
    pub const MAJORITY: Self = Self { share: Fraction::HALF, is_strict: true };

    /// Whether `part` of `whole` passes. Nothing passes without a single vote for it.
    #[must_use]
    pub fn admits(self, part: u64, whole: u64) -> bool {
        part > 0
            && if self.is_strict { self.share.is_exceeded(part, whole) } else { self.share.is_reached(part, whole) }
    }

    /// Reads `"majority"`, `"two-thirds"`, `"unanimous"`, `"2/3"`, `"60%"`, `0.6`, or `"> 1/2"`.
    /// Except for `"majority"` and `">"`, exactly the share is enough.
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        let at_least = |num, den| Fraction::new(num, den).map(|share| Self { share, is_strict: false });
        match value.as_str().map(str::trim) {
            Some("majority" | "simple" | "simple-majority" | "simple majority") => Some(Self::MAJORITY),
            Some("two-thirds" | "two thirds") => at_least(2, 3),
            Some("three-quarters" | "three quarters") => at_least(3, 4),
            Some("unanimous") => at_least(1, 1),
            Some(text) if text.starts_with(">=") => {
                Fraction::parse(text.trim_start_matches(">=")).map(|share| Self { share, is_strict: false })
            }
            Some(text) if text.starts_with('>') => {
                Fraction::parse(text.trim_start_matches('>')).map(|share| Self { share, is_strict: true })
            }
            _ => Fraction::read(value).map(|share| Self { share, is_strict: false }),
        }
    }
}

impl std::fmt::Display for Threshold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", if self.is_strict { "more than" } else { "at least" }, self.share)
    }
}

/// How many must take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quorum {
    /// So many.
    Count(u64),
    /// Such a share of all who may.
    Share(Fraction),
}

impl Quorum {
    /// Whether the number of eligible members must be known.
    #[must_use]
    pub fn is_share(self) -> bool {
        matches!(self, Self::Share(_))
    }

    /// How many ballots that is.
    #[must_use]
    pub fn needed(self, eligible: Option<u64>) -> u64 {
        match self {
            Self::Count(count) => count,
            Self::Share(share) => share.of(eligible.unwrap_or(0)),
        }
    }

    /// Reads a whole number of ballots (`10`), or a share of all who may vote (`"25%"`, `"1/4"`, `0.25`).
    #[must_use]
    pub fn read(value: &Value) -> Option<Self> {
        super::options::whole(value).map(Self::Count).or_else(|| Fraction::read(value).map(Self::Share))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_third_is_a_third() {
        let two_thirds = Threshold::read(&json!("2/3")).unwrap();
        assert!(two_thirds.admits(2, 3) && two_thirds.admits(200, 300));
        assert!(!two_thirds.admits(199, 300));
        let third = Fraction::parse("1/3").unwrap();
        assert_eq!((third.of(10), third.of(9), third.of(0)), (4, 3, 0));
    }

    #[test]
    fn a_majority_is_more_than_half_and_a_half_is_a_half() {
        assert!(!Threshold::MAJORITY.admits(5, 10) && Threshold::MAJORITY.admits(6, 10));
        assert!(Threshold::read(&json!(0.5)).unwrap().admits(5, 10));
        assert!(!Threshold::read(&json!("> 50%")).unwrap().admits(5, 10));
        assert!(!Threshold::read(&json!(0)).unwrap().admits(0, 10), "nothing passes without a vote for it");
    }

    #[test]
    fn decimals_are_read_digit_by_digit() {
        assert!(Fraction::parse("0.1").unwrap().is_reached(1, 10));
        assert!(Fraction::parse("66.6%").unwrap().is_reached(666, 1000));
        assert!(!Fraction::parse("66.6%").unwrap().is_reached(6659, 10000));
        for nonsense in ["", "-1", "2", "101%", "3/2", "1/0", "a/b", "1e5", "0.5.5", "%"] {
            assert_eq!(Fraction::parse(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_quorum_is_a_number_or_a_share() {
        assert_eq!(Quorum::read(&json!(10)), Some(Quorum::Count(10)));
        assert_eq!(Quorum::read(&json!(10.0)), Some(Quorum::Count(10)));
        assert_eq!(Quorum::read(&json!("25%")).map(|q| q.needed(Some(10))), Some(3));
        assert_eq!(Quorum::read(&json!(0.25)).map(|q| q.needed(Some(8))), Some(2));
        assert_eq!(Quorum::read(&json!(-3)), None);
    }
}
