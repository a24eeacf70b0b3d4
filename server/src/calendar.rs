//! Schedules: when something comes round, in the time zone of a community.
//!
//! A schedule names *local* times. Where clocks go forward and a local time does not exist, it comes as much later as clocks went
//! forward (02:30 becomes 03:30); where they go back and it exists twice, the first of the two counts. So every day, week, month
//! and year has exactly one moment. `hour` alone counts elapsed hours: a day on which clocks change has 23 or 25 of them.
//!
//! # Source
//! The rule is RFC 5545 (iCalendar), section 3.3.5, "compatible" in jiff; zones are the IANA database that is part of the program.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use types::Timestamp;

/// What a schedule can be, for error messages.
const EXPECTED: &str = "write `hour`, `hour at :30`, `day at 09:00`, `weekday at 09:00`, `monday at 18:30`, `monday, thursday at 18:30`, \
     `month on 1 at 09:00`, `month on last at 12:00`, `month on first monday at 09:00`, `year on 05-01 at 09:00` or `2026-12-24 at 18:00`";

/// Days looked ahead for the next time: a `year on 02-29` can be eight years away.
const MOST_DAYS: i32 = 9 * 366;

/// A schedule that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSchedule {
    /// Not in the language of schedules.
    #[error("“{0}” is no schedule; {EXPECTED}")]
    NotUnderstood(String),
    /// No such time zone.
    #[error("“{0}” is no time zone; write one of the IANA database, such as Europe/Berlin, or UTC")]
    UnknownZone(String),
}

/// When something comes round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    days: Days,
    /// The local time; for `hour` its minute alone.
    at: Time,
    text: String,
}

/// On which days.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Days {
    /// Every hour of every day.
    Hourly,
    Every,
    Weekdays(Vec<Weekday>),
    /// The day of the month, or its last where it is shorter.
    OfMonth(i8),
    Last,
    /// The n-th such weekday of the month, counted from the end where negative.
    Nth(i8, Weekday),
    OfYear(i8, i8),
    Once(Date),
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Rule {
    type Err = BadSchedule;

    fn from_str(text: &str) -> Result<Self, BadSchedule> {
        let plain = text.trim().to_ascii_lowercase();
        let plain = plain.strip_prefix("every ").unwrap_or(&plain);
        let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        parse(&words).ok_or_else(|| BadSchedule::NotUnderstood(text.chars().take(80).collect()))
    }
}

fn parse(text: &str) -> Option<Rule> {
    let rule = |days, at| Some(Rule { days, at, text: text.to_owned() });
    if let Some(rest) = text.strip_prefix("hour") {
        let minute = match rest.strip_prefix(" at :") {
            Some(minute) if minute.len() == 2 => minute.parse().ok()?,
            None if rest.is_empty() => 0,
            _ => return None,
        };
        return rule(Days::Hourly, Time::new(0, minute, 0, 0).ok()?);
    }
    // `2026-12-24T18:00` is what a form's field gives.
    if let Some((date, at)) = text.split_once('t').filter(|(date, _)| date.parse::<Date>().is_ok()) {
        return rule(Days::Once(date.parse().ok()?), time(at)?);
    }
    let (days, at) = text.rsplit_once(" at ")?;
    rule(self::days(days)?, time(at)?)
}

fn days(text: &str) -> Option<Days> {
    if let Ok(date) = text.parse::<Date>() {
        return Some(Days::Once(date));
    }
    if let Some(day) = text.strip_prefix("month on ") {
        return of_month(day);
    }
    if let Some((month, day)) = text.strip_prefix("year on ").and_then(|date| date.split_once('-')) {
        let (month, day) = (month.parse().ok()?, day.parse().ok()?);
        // A leap year has every day that some year has.
        Date::new(2024, month, day).ok()?;
        return Some(Days::OfYear(month, day));
    }
    match text.strip_prefix("week on ").unwrap_or(text) {
        "day" => Some(Days::Every),
        "weekday" => Some(Days::Weekdays((1..=5).filter_map(|n| Weekday::from_monday_one_offset(n).ok()).collect())),
        list => list.split(',').map(|name| weekday(name.trim())).collect::<Option<Vec<_>>>().map(Days::Weekdays),
    }
}

fn of_month(text: &str) -> Option<Days> {
    if text == "last" {
        return Some(Days::Last);
    }
    if let Some((nth, name)) = text.split_once(' ') {
        let nth = match nth {
            "first" => 1,
            "second" => 2,
            "third" => 3,
            "fourth" => 4,
            "last" => -1,
            _ => return None,
        };
        return Some(Days::Nth(nth, weekday(name)?));
    }
    text.parse().ok().filter(|day| (1..=31).contains(day)).map(Days::OfMonth)
}

fn weekday(name: &str) -> Option<Weekday> {
    const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let place = NAMES.iter().position(|known| *known == name || known.get(..3) == Some(name))?;
    Weekday::from_monday_zero_offset(i8::try_from(place).ok()?).ok()
}

/// `09:00`, two digits each.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2)?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// The time zone of this name.
///
/// # Errors
/// [`BadSchedule::UnknownZone`].
pub fn zone(name: &str) -> Result<TimeZone, BadSchedule> {
    TimeZone::get(name).map_err(|_| BadSchedule::UnknownZone(name.chars().take(60).collect()))
}

impl Rule {
    /// The first time after `after`; none where it never comes round again.
    #[must_use]
    pub fn next_after(&self, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
        let here = jiff::Timestamp::from_millisecond(after.millis()).ok()?.to_zoned(zone.clone());
        if self.days == Days::Hourly {
            return self.next_hour(&here, after);
        }
        // A local time that does not exist comes later, at most a day: so yesterday's may still be to come.
        let mut day = match self.days {
            Days::Once(date) => date,
            _ => here.date().yesterday().ok()?,
        };
        for _ in 0..MOST_DAYS {
            if self.falls_on(day) {
                let moment = moment(&day.to_datetime(self.at).to_zoned(zone.clone()).ok()?);
                if moment > after {
                    return Some(moment);
                }
            }
            if matches!(self.days, Days::Once(_)) {
                return None;
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The next elapsed hour whose local minute is the wanted one.
    fn next_hour(&self, here: &Zoned, after: Timestamp) -> Option<Timestamp> {
        let minutes = i64::from(self.at.minute()) - i64::from(here.minute());
        let second = i64::from(here.second());
        let candidate = here.checked_add(minutes.minutes().seconds(-second)).ok()?;
        let candidate = moment(&candidate);
        let whole = Timestamp(candidate.millis() - candidate.millis().rem_euclid(1000));
        let hour = std::time::Duration::from_secs(3600);
        Some(if whole > after { whole } else { whole + hour })
    }

    fn falls_on(&self, day: Date) -> bool {
        match &self.days {
            Days::Hourly | Days::Every => true,
            Days::Weekdays(weekdays) => weekdays.contains(&day.weekday()),
            Days::OfMonth(wanted) => day.day() == (*wanted).min(day.days_in_month()),
            Days::Last => day.day() == day.days_in_month(),
            Days::Nth(nth, weekday) => day.nth_weekday_of_month(*nth, *weekday).is_ok_and(|wanted| wanted == day),
            Days::OfYear(month, wanted) => day.month() == *month && day.day() == *wanted,
            Days::Once(date) => day == *date,
        }
    }
}

fn moment(at: &Zoned) -> Timestamp {
    Timestamp::from_millis(at.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(rule: &str, zone_name: &str, after: &str) -> String {
        let rule: Rule = rule.parse().unwrap_or_else(|error| panic!("{error}"));
        rule.next_after(&zone(zone_name).unwrap(), after.parse().unwrap()).map_or("never".into(), |at| at.to_string())
    }

    #[test]
    fn a_schedule_is_read_in_its_time_zone() {
        assert_eq!(next("day at 09:00", "UTC", "2026-05-01T08:59:59Z"), "2026-05-01T09:00:00Z");
        assert_eq!(next("day at 09:00", "UTC", "2026-05-01T09:00:00Z"), "2026-05-02T09:00:00Z");
        assert_eq!(next("day at 09:00", "Europe/Berlin", "2026-05-01T08:00:00Z"), "2026-05-02T07:00:00Z");
        assert_eq!(next("every monday at 18:30", "Asia/Kolkata", "2026-05-01T00:00:00Z"), "2026-05-04T13:00:00Z");
        assert_eq!(next("weekday at 00:00", "UTC", "2026-05-01T00:00:00Z"), "2026-05-04T00:00:00Z");
        assert_eq!(next("mon, thu at 08:00", "UTC", "2026-05-04T08:00:00Z"), "2026-05-07T08:00:00Z");
        assert_eq!(next("hour at :30", "Asia/Kolkata", "2026-05-01T00:00:00Z"), "2026-05-01T01:00:00Z");
        assert_eq!(next("hour", "UTC", "2026-05-01T00:00:00.001Z"), "2026-05-01T01:00:00Z");
    }

    #[test]
    fn months_and_years_end_where_they_end() {
        assert_eq!(next("month on 31 at 09:00", "UTC", "2026-02-01T00:00:00Z"), "2026-02-28T09:00:00Z");
        assert_eq!(next("month on last at 09:00", "UTC", "2028-02-01T00:00:00Z"), "2028-02-29T09:00:00Z");
        assert_eq!(next("month on first monday at 09:00", "UTC", "2026-05-05T00:00:00Z"), "2026-06-01T09:00:00Z");
        assert_eq!(next("month on last friday at 09:00", "UTC", "2026-05-05T00:00:00Z"), "2026-05-29T09:00:00Z");
        assert_eq!(next("year on 02-29 at 09:00", "UTC", "2026-05-05T00:00:00Z"), "2028-02-29T09:00:00Z");
        assert_eq!(next("2026-12-24 at 18:00", "Europe/Berlin", "2026-05-05T00:00:00Z"), "2026-12-24T17:00:00Z");
        assert_eq!(next("2026-12-24T18:00", "UTC", "2026-12-24T18:00:00Z"), "never");
    }

    /// Berlin 2026: clocks go forward on 29 March at 02:00, back on 25 October at 03:00.
    #[test]
    fn every_day_has_exactly_one_time_across_clock_changes() {
        let spring = "2026-03-28T12:00:00Z";
        assert_eq!(
            next("day at 02:30", "Europe/Berlin", spring),
            "2026-03-29T01:30:00Z",
            "02:30 is not; 03:30 stands for it"
        );
        assert_eq!(next("day at 02:30", "Europe/Berlin", "2026-03-29T01:30:00Z"), "2026-03-30T00:30:00Z");
        assert_eq!(
            next("day at 02:30", "Europe/Berlin", "2026-10-24T12:00:00Z"),
            "2026-10-25T00:30:00Z",
            "the first 02:30"
        );
        assert_eq!(
            next("day at 02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"),
            "2026-10-26T01:30:00Z",
            "not the second"
        );
        for (zone_name, rule) in [
            ("Europe/Berlin", "day at 02:30"),
            ("America/Sao_Paulo", "day at 00:00"),
            ("Pacific/Apia", "day at 12:00"),
            ("Australia/Lord_Howe", "day at 02:15"),
            ("Europe/London", "day at 01:30"),
        ] {
            let (rule, zone) = (rule.parse::<Rule>().unwrap(), zone(zone_name).unwrap());
            let mut at: Timestamp = "2010-01-01T00:00:00Z".parse().unwrap();
            let end: Timestamp = "2013-01-01T00:00:00Z".parse().unwrap();
            let mut days = std::collections::BTreeSet::new();
            let mut n_times = 0;
            while let Some(next) = rule.next_after(&zone, at).filter(|next| *next < end) {
                assert!(next > at);
                days.insert(jiff::Timestamp::from_millisecond(next.millis()).unwrap().to_zoned(zone.clone()).date());
                (at, n_times) = (next, n_times + 1);
            }
            // Samoa left out 30 December 2011 altogether: that day's time fell on the next.
            let n_days = if zone_name == "Pacific/Apia" { 1095 } else { 1096 };
            assert!((n_days - 1..=n_days + 1).contains(&days.len()), "{zone_name}: {}", days.len());
            assert!(n_times - days.len() <= 1, "{zone_name}: {n_times} times on {} days", days.len());
        }
    }

    #[test]
    fn what_is_no_schedule_says_what_would_be() {
        for text in [
            "",
            "sometimes",
            "day",
            "day at 9",
            "day at 25:00",
            "month on 32 at 09:00",
            "year on 02-30 at 09:00",
            "blueday at 09:00",
            "hour at 30",
            "day at 09:00 sharp",
        ] {
            let error = text.parse::<Rule>().unwrap_err().to_string();
            assert!(error.contains("day at 09:00"), "{text}: {error}");
        }
        assert!(zone("Mars/Olympus").unwrap_err().to_string().contains("Europe/Berlin"));
    }
}
