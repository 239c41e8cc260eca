//! Reading dates as `date -d` and `touch -d` do.

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// Reads a date: `@SECONDS`, `YYYY-MM-DD[ hh:mm[:ss]]`, `YYYY.MM.DD-hh:mm[:ss]`,
/// `MM.DD-hh:mm[:ss]`, `hh:mm[:ss]`, `[[[[YY]YY]MM]DD]hhmm[.ss]`, a date of RFC 3339 or 2822,
/// `now`; or whatever `format` says.
pub(in crate::process::tools) fn time(
    text: &str,
    format: Option<&str>,
    now: Timestamp,
    zone: &TimeZone,
) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(format) = format {
        return by_format(text, format, now, zone);
    }
    if let Some(seconds) = text.strip_prefix('@') {
        return Timestamp::from_second(seconds.parse().ok()?).ok();
    }
    if text.is_empty() || text == "now" {
        return Some(now);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    if let Ok(time) = strtime::parse("%a, %d %b %Y %H:%M:%S %z", text) {
        return time.to_timestamp().ok();
    }
    for format in [
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d",
        "%Y.%m.%d-%H:%M:%S",
        "%Y.%m.%d-%H:%M",
        "%a %b %d %H:%M:%S %Y",
        "%H:%M:%S",
        "%H:%M",
    ] {
        if let Some(time) = by_format(text, format, now, zone) {
            return Some(time);
        }
    }
    let today = now.to_zoned_datetime(zone.clone());
    for format in ["%Y.%m.%d-%H:%M:%S", "%Y.%m.%d-%H:%M"] {
        let with_year = format!("{}.{text}", today.year());
        if let Some(time) = by_format(&with_year, format, now, zone) {
            return Some(time);
        }
    }
    digits(text, now, zone)
}

/// Reads `[[[[YY]YY]MM]DD]hhmm[.ss]`, which `touch -t` takes, too.
pub(in crate::process::tools) fn digits(
    text: &str,
    now: Timestamp,
    zone: &TimeZone,
) -> Option<Timestamp> {
    let (digits, second) = match text.split_once('.') {
        Some((digits, seconds)) if seconds.len() == 2 => (digits, seconds.parse().ok()?),
        Some(_) => return None,
        None => (text, 0),
    };
    if !digits.bytes().all(|b| b.is_ascii_digit()) || digits.len() % 2 != 0 {
        return None;
    }
    let mut pairs = digits
        .as_bytes()
        .rchunks(2)
        .map(|pair| i16::from(pair[0] - b'0') * 10 + i16::from(pair[1] - b'0'));
    let today = now.to_zoned_datetime(zone.clone());
    let minute = pairs.next()?;
    let hour = pairs.next()?;
    let day = pairs.next().unwrap_or(today.day().into());
    let month = pairs.next().unwrap_or(today.month().into());
    let year = match (pairs.next(), pairs.next()) {
        (None, _) => today.year(),
        (Some(year), Some(century)) => century * 100 + year,
        (Some(year), None) if year < 69 => 2000 + year,
        (Some(year), None) => 1900 + year,
    };
    if pairs.next().is_some() {
        return None;
    }
    let small = |value: i16| i8::try_from(value).ok();
    let civil = DateTime::new(
        year,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        second,
        0,
    );
    moment(civil.ok()?, zone)
}

fn by_format(text: &str, format: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let broken = strtime::parse(format, text).ok()?;
    if let Ok(time) = broken.to_timestamp() {
        return Some(time);
    }
    let today = now.to_zoned_datetime(zone.clone());
    let date = broken.to_date().unwrap_or_else(|_| today.date());
    let time = broken.to_time().unwrap_or(Time::midnight());
    moment(date.to_datetime(time), zone)
}

fn moment(civil: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    Some(civil.to_zoned_datetime(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_all_their_forms() {
        let now: Timestamp = "2026-11-26T13:40:26Z".parse().unwrap();
        let read = |text| time(text, None, now, &TimeZone::UTC).map(|time| time.to_string());
        for (text, expected) in [
            ("@0", "1970-01-01T00:00:00Z"),
            ("2020-01-02", "2020-01-02T00:00:00Z"),
            ("2020-01-02 03:04", "2020-01-02T03:04:00Z"),
            ("2020-01-02T03:04:05Z", "2020-01-02T03:04:05Z"),
            ("2020.01.02-03:04:05", "2020-01-02T03:04:05Z"),
            ("01.02-03:04", "2026-01-02T03:04:00Z"),
            ("03:04", "2026-11-26T03:04:00Z"),
            ("202001020304.05", "2020-01-02T03:04:05Z"),
            ("0102030420", "2001-02-03T04:20:00Z"),
            ("0304", "2026-11-26T03:04:00Z"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["nonsense", "123", "99999999", "2020-13-01", "@x"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
