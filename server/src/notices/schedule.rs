//! When digests are due, by the clock on the member's wall.

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp as Moment, ToSpan, Zoned};
use store::notices::Schedule;
use types::Timestamp;

/// Whether this is a time zone that we know.
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    TimeZone::get(name).is_ok()
}

/// The time zones that members choose from, by name.
#[must_use]
pub fn time_zones() -> Vec<String> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| name.contains('/') || name == "UTC")
        .collect();
    names.retain(|name| !name.starts_with("Etc/") && !name.starts_with("posix/") && !name.starts_with("right/"));
    names.sort_unstable();
    names.dedup();
    names
}

/// The first moment after `after` at which a digest of `schedule` is due; none where there is none.
///
/// A day on which the hour does not exist (the clock goes forward over it) has its digest as soon as it has passed, and a day
/// on which it comes twice has it the first time.
#[must_use]
pub fn next_digest(schedule: &Schedule, after: Timestamp) -> Option<Timestamp> {
    let weekday = match schedule.digest.as_str() {
        "daily" => None,
        "weekly" => Some(Weekday::from_monday_one_offset(i8::try_from(schedule.weekday).ok()?).ok()?),
        _ => return None,
    };
    let zone = TimeZone::get(&schedule.time_zone).unwrap_or(TimeZone::UTC);
    let now: Zoned = Moment::from_millisecond(after.millis()).ok()?.to_zoned(zone.clone());
    let hour = Time::new(i8::try_from(schedule.hour.min(23)).ok()?, 0, 0, 0).ok()?;
    // Today and the eight days after it hold the next occurrence, whatever the day of the week.
    for n in 0_i64..=8 {
        let date = now.date().checked_add(n.days()).ok()?;
        if weekday.is_some_and(|weekday| date.weekday() != weekday) {
            continue;
        }
        let at = date.to_datetime(hour).to_zoned(zone.clone()).ok()?;
        let at = Timestamp::from_millis(at.timestamp().as_millisecond());
        if at > after {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(digest: &str, zone: &str, hour: u32) -> Schedule {
        Schedule { time_zone: zone.into(), digest: digest.into(), hour, weekday: 7, digest_at: None }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// The moments of digests from `from` on, each found from the one before.
    fn moments(schedule: &Schedule, from: &str, n: usize) -> Vec<Timestamp> {
        std::iter::successors(next_digest(schedule, at(from)), |last| next_digest(schedule, *last)).take(n).collect()
    }

    #[test]
    fn a_daily_digest_keeps_its_hour_across_the_clock_change() {
        // In Berlin the clock goes from 3 back to 2 on 25 October 2026.
        let found = moments(&schedule("daily", "Europe/Berlin", 8), "2026-10-24T00:00:00Z", 3);
        assert_eq!(found, ["2026-10-24T06:00:00Z", "2026-10-25T07:00:00Z", "2026-10-26T07:00:00Z"].map(at));
    }

    #[test]
    fn an_hour_that_comes_twice_or_not_at_all_has_one_digest() {
        let twice = moments(&schedule("daily", "Europe/Berlin", 2), "2026-10-24T12:00:00Z", 2);
        assert_eq!(twice, ["2026-10-25T00:00:00Z", "2026-10-26T01:00:00Z"].map(at));
        // On 29 March 2026 there is no 2 o'clock.
        let never = moments(&schedule("daily", "Europe/Berlin", 2), "2026-03-28T12:00:00Z", 2);
        assert_eq!(never, ["2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"].map(at));
    }

    #[test]
    fn a_weekly_digest_comes_once_a_week_however_late_it_is_asked_for() {
        let sunday = schedule("weekly", "America/New_York", 18);
        let found = moments(&sunday, "2026-11-22T10:00:00Z", 2);
        assert_eq!(found, ["2026-11-22T23:00:00Z", "2026-11-29T23:00:00Z"].map(at));
        assert_eq!(next_digest(&sunday, at("2026-11-22T23:00:00Z")), Some(at("2026-11-29T23:00:00Z")));
        assert_eq!(next_digest(&schedule("off", "UTC", 8), at("2026-11-22T10:00:00Z")), None);
    }

    #[test]
    fn an_unknown_zone_is_told_apart() {
        assert!(is_time_zone("Europe/Berlin") && is_time_zone("UTC") && !is_time_zone("Mars/Olympus"));
        assert!(time_zones().contains(&"Asia/Riyadh".to_owned()));
    }
}
