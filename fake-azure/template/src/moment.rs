//! Moments and spans of time: read as ISO 8601, written by .NET's patterns.

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::Offset;
use jiff::{Span, Timestamp};

/// How a moment is written when nothing else is asked for.
pub(crate) const ISO: &str = "yyyy-MM-ddTHH:mm:ssZ";
/// How `utcNow()` writes it.
pub(crate) const COMPACT: &str = "yyyyMMddTHHmmssZ";

/// A moment, and the pattern that writes it as it was written.
pub(crate) fn read(text: &str) -> Option<(Timestamp, &'static str)> {
    let text = text.trim();
    let moment = if let Ok(moment) = text.parse::<Timestamp>() {
        moment
    } else if let Ok(civil) = text.parse::<DateTime>() {
        Offset::UTC.to_timestamp(civil).ok()?
    } else {
        let day = text.parse::<Date>().ok()?;
        Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()?
    };
    let has_time = text.contains(':') || text.contains('T');
    let pattern = match text.as_bytes() {
        [_, _, _, _, b'-', ..] if !has_time => "yyyy-MM-dd",
        [_, _, _, _, b'-', _, _, b'-', _, _, b' ', ..] => "yyyy-MM-dd HH:mm:ssZ",
        [first, ..] if first.is_ascii_digit() && !text.contains('-') && has_time => COMPACT,
        _ => ISO,
    };
    Some((moment, pattern))
}

/// A moment some time later, by the calendar. `None` if the span is none, or leads out of time.
pub(crate) fn later(moment: Timestamp, span: &str) -> Option<Timestamp> {
    let unsigned = span.strip_prefix(['-', '+']).unwrap_or(span);
    if !unsigned.starts_with('P') {
        return None;
    }
    let span = span.parse::<Span>().ok()?;
    let later = Offset::UTC.to_datetime(moment).checked_add(span).ok()?;
    Offset::UTC.to_timestamp(later).ok()
}

/// Writes a moment by one of .NET's patterns, standard or made to order. `None` if it is none.
pub(crate) fn write(moment: Timestamp, pattern: &str) -> Option<String> {
    let pattern = match pattern {
        "" | "G" => "MM/dd/yyyy HH:mm:ss",
        "g" => "MM/dd/yyyy HH:mm",
        "d" => "MM/dd/yyyy",
        "D" => "dddd, dd MMMM yyyy",
        "f" => "dddd, dd MMMM yyyy HH:mm",
        "F" | "U" => "dddd, dd MMMM yyyy HH:mm:ss",
        "M" | "m" => "MMMM dd",
        "O" | "o" => "yyyy-MM-ddTHH:mm:ss.fffffffZ",
        "R" | "r" => "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        "s" => "yyyy-MM-ddTHH:mm:ss",
        "t" => "HH:mm",
        "T" => "HH:mm:ss",
        "u" => "yyyy-MM-dd HH:mm:ssZ",
        "Y" | "y" => "yyyy MMMM",
        one if one.chars().count() == 1 => return None,
        custom => custom,
    };
    let civil = Offset::UTC.to_datetime(moment);
    let mut written = String::new();
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let run = rest.chars().take_while(|c| *c == first).count();
        match first {
            '\'' | '"' => {
                let (quoted, after) = rest[1..].split_once(first)?;
                written.push_str(quoted);
                rest = after;
                continue;
            }
            '\\' => {
                let escaped = rest[1..].chars().next()?;
                written.push(escaped);
                rest = &rest[1 + escaped.len_utf8()..];
                continue;
            }
            '%' => {
                rest = &rest[1..];
                continue;
            }
            _ => {}
        }
        part(civil, first, run, &mut written);
        rest = &rest[run * first.len_utf8()..];
    }
    Some(written)
}

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

const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// One part of a pattern: so many of the same letter.
fn part(moment: DateTime, letter: char, run: usize, written: &mut String) {
    let padded = |number: i32, most: usize| format!("{number:0width$}", width = run.min(most));
    let twelve = match moment.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    let noon = if moment.hour() < 12 { "AM" } else { "PM" };
    let month = usize::from(moment.month().unsigned_abs()) - 1;
    let piece = match (letter, run) {
        ('y', 1 | 2) => padded(i32::from(moment.year() % 100), 2),
        ('y', _) => padded(i32::from(moment.year()), 5),
        ('M', 3) => MONTHS[month][..3].to_owned(),
        ('M', 4..) => MONTHS[month].to_owned(),
        ('M', _) => padded(i32::from(moment.month()), 2),
        ('d', 3) => weekday(moment.weekday())[..3].to_owned(),
        ('d', 4..) => weekday(moment.weekday()).to_owned(),
        ('d', _) => padded(i32::from(moment.day()), 2),
        ('H', _) => padded(i32::from(moment.hour()), 2),
        ('h', _) => padded(i32::from(twelve), 2),
        ('m', _) => padded(i32::from(moment.minute()), 2),
        ('s', _) => padded(i32::from(moment.second()), 2),
        ('f' | 'F', _) => {
            let all = format!("{:09}", moment.subsec_nanosecond());
            let fraction = &all[..run.min(7)];
            if letter == 'F' {
                fraction.trim_end_matches('0').to_owned()
            } else {
                fraction.to_owned()
            }
        }
        ('t', 1) => noon[..1].to_owned(),
        ('t', _) => noon.to_owned(),
        ('K', _) => "Z".to_owned(),
        ('z', 1) => "+0".to_owned(),
        ('z', 2) => "+00".to_owned(),
        ('z', _) => "+00:00".to_owned(),
        _ => letter.to_string().repeat(run),
    };
    written.push_str(&piece);
}
