//! Moments in words, for sentences that the server makes. UTC; the page shows its own times in the reader's zone.

use types::Timestamp;

/// "Mon 23 Nov, 18:00 UTC".
#[must_use]
pub fn words(at: Timestamp) -> String {
    let moment = at.calendar();
    format!("{} {}, {:02}:{:02} UTC", short_weekday(at), day(at), moment.hour(), moment.minute())
}

/// "23 Nov 2026".
#[must_use]
pub fn day(at: Timestamp) -> String {
    let moment = at.calendar();
    let month: String = moment.month().to_string().chars().take(3).collect();
    format!("{} {month} {}", moment.day(), moment.year())
}

/// "2 days", "5 hours", "3 minutes": the largest unit that fits.
#[must_use]
pub fn length(seconds: u64) -> String {
    let (n, unit) = match seconds {
        0..60 => return "less than a minute".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") }
}

fn short_weekday(at: Timestamp) -> String {
    at.calendar().weekday().to_string().chars().take(3).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_as_people_write_them() {
        assert_eq!(words(Timestamp(1_780_000_000_000)), "Thu 28 May 2026, 20:26 UTC");
        assert_eq!(length(59), "less than a minute");
        assert_eq!(length(3_600), "1 hour");
        assert_eq!(length(200_000), "2 days");
    }
}
