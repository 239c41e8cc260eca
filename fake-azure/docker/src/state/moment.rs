//! Moments as clients write them: seconds since 1970, RFC 3339, or so long ago.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

const NANOSECONDS: i128 = 1_000_000_000;

/// Why a text is no moment. The words are the engine's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MomentError {
    /// Neither a number nor anything else.
    #[error("strconv.ParseInt: parsing {0:?}: invalid syntax")]
    Number(String),
    /// A number that is too large.
    #[error("strconv.ParseInt: parsing {0:?}: value out of range")]
    Range(String),
    /// A date that is none.
    #[error("parsing time {0:?}: cannot parse as a date and time")]
    Date(String),
    /// None of all that.
    #[error("failed to parse value as time or duration: {0:?}")]
    Unknown(String),
}

/// Reads seconds since 1970, with or without a fraction, as `since` and `until` of logs and
/// events are written; none for nothing, or for -1.
///
/// # Errors
/// When it is no such number.
pub fn unix(text: &str) -> Result<Option<Timestamp>, MomentError> {
    if text.is_empty() {
        return Ok(None);
    }
    let (seconds, fraction) = match text.split_once('.') {
        Some((seconds, fraction)) => (go_int(seconds)?, nanoseconds(fraction)?),
        None => (go_int(text)?, 0),
    };
    if seconds == -1 {
        return Ok(None);
    }
    Ok(Some(saturating(
        i128::from(seconds) * NANOSECONDS + fraction,
    )))
}

/// Reads a moment in any of the writings that filters know: so long before `now`, RFC 3339 with
/// or without its later parts, or seconds since 1970.
///
/// # Errors
/// When it is none of these.
pub fn read(text: &str, now: Timestamp) -> Result<Timestamp, MomentError> {
    if text != "0"
        && let Some(ago) = go_duration(text)
    {
        let then = now.as_nanosecond() - ago.as_nanos();
        return Ok(saturating(then.div_euclid(NANOSECONDS) * NANOSECONDS));
    }
    if let Some(moment) = date(text) {
        return Ok(moment);
    }
    if text.contains('-') {
        return Err(MomentError::Date(text.to_owned()));
    }
    match unix(text) {
        Ok(moment) => Ok(moment.unwrap_or(Timestamp::UNIX_EPOCH)),
        Err(_) => Err(MomentError::Unknown(text.to_owned())),
    }
}

/// Reads a duration as Go writes it, such as `1h30m` or `1.5s`; none when it is no such one.
pub fn go_duration(text: &str) -> Option<SignedDuration> {
    let (negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (digits, tail) = rest.split_at(number);
        let end = tail.find(|c: char| c.is_ascii_digit() || c == '.');
        let (unit, tail) = tail.split_at(end.unwrap_or(tail.len()));
        total = total.checked_add(scaled(digits, unit_of(unit)?)?)?;
        rest = tail;
    }
    let total = i64::try_from(total).ok()?;
    let total = if negative { -total } else { total };
    Some(SignedDuration::from_nanos(total))
}

/// How many nanoseconds a unit is.
fn unit_of(unit: &str) -> Option<i128> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => NANOSECONDS,
        "m" => 60 * NANOSECONDS,
        "h" => 3600 * NANOSECONDS,
        _ => return None,
    })
}

/// So many of a unit, in nanoseconds, whatever is less cut off.
fn scaled(digits: &str, unit: i128) -> Option<i128> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let whole: i128 = match whole {
        "" => 0,
        // Longer numbers overflow in any unit.
        digits if digits.len() > 20 => return None,
        digits => digits.parse().ok()?,
    };
    // Eighteen digits are less than a nanosecond in any unit.
    let fraction = &fraction[..fraction.len().min(18)];
    let mut part = 0;
    for digit in fraction.bytes() {
        part = part * 10 + i128::from(digit - b'0');
    }
    let places = u32::try_from(fraction.len()).ok()?;
    Some(whole.checked_mul(unit)? + part * unit / 10_i128.pow(places))
}

/// Reads `2006-01-02`, `2006-01-02T15`, `…:04`, `…:05`, `….999999999`, each with or without
/// `Z` or an offset behind it.
fn date(text: &str) -> Option<Timestamp> {
    let (text, offset) = split_offset(text)?;
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let mut parts = day.splitn(3, '-');
    let year = i16::try_from(digits(parts.next()?, 4)?).ok()?;
    let month = i8::try_from(digits(parts.next()?, 2)?).ok()?;
    let day = i8::try_from(digits(parts.next()?, 2)?).ok()?;
    let (mut hour, mut minute, mut second, mut fraction) = (0, 0, 0, 0);
    if let Some(time) = time {
        let (clock, part) = match time.split_once('.') {
            Some((clock, part)) => (clock, Some(part)),
            None => (time, None),
        };
        let mut parts = clock.splitn(3, ':');
        hour = i8::try_from(digits(parts.next()?, 2)?).ok()?;
        minute = parts.next().map_or(Some(0), |text| digits(text, 2))?;
        let seconds = parts.next();
        second = seconds.map_or(Some(0), |text| digits(text, 2))?;
        if let Some(part) = part {
            seconds?;
            fraction = nanoseconds(part).ok()?;
        }
    }
    let moment = DateTime::new(
        year,
        month,
        day,
        hour,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        i32::try_from(fraction).ok()?,
    );
    offset.to_timestamp(moment.ok()?).ok()
}

/// Cuts `Z` or `+01:00` off; without one the time is that of the engine, which is UTC.
fn split_offset(text: &str) -> Option<(&str, Offset)> {
    if let Some(rest) = text.strip_suffix(['Z', 'z']) {
        return Some((rest, Offset::UTC));
    }
    let Some(at) = text.len().checked_sub(6) else {
        return Some((text, Offset::UTC));
    };
    let sign = match text.as_bytes()[at] {
        b'+' => 1,
        b'-' if text.as_bytes()[at + 3] == b':' => -1,
        _ => return Some((text, Offset::UTC)),
    };
    let (hours, minutes) = text.get(at + 1..)?.split_once(':')?;
    let seconds = i32::try_from(digits(hours, 2)? * 3600 + digits(minutes, 2)? * 60).ok()?;
    let offset = Offset::from_seconds(sign * seconds).ok()?;
    Some((&text[..at], offset))
}

/// Reads so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    let right = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    right.then(|| text.parse().ok()).flatten()
}

/// Reads the digits behind the point as nanoseconds; what is less is cut off.
fn nanoseconds(text: &str) -> Result<i128, MomentError> {
    // Nine digits tell all; more are read for their syntax alone.
    let number = go_int(text)?;
    let Ok(places) = u32::try_from(text.len()) else {
        return Ok(0);
    };
    let number = i128::from(number);
    Ok(match places {
        0..=9 => number * 10_i128.pow(9 - places),
        _ => number / 10_i128.checked_pow(places - 9).unwrap_or(i128::MAX),
    })
}

/// Reads a number of 64 bits as Go does.
fn go_int(text: &str) -> Result<i64, MomentError> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if unsigned.is_empty() || !unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MomentError::Number(text.to_owned()));
    }
    text.parse()
        .map_err(|_| MomentError::Range(text.to_owned()))
}

/// The moment so many nanoseconds after 1970, or the last one there is before or after it.
fn saturating(nanoseconds: i128) -> Timestamp {
    let last = if nanoseconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    Timestamp::from_nanosecond(nanoseconds).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> String {
        let now = "2026-11-24T01:47:20.5Z".parse().unwrap();
        match read(text, now) {
            Ok(moment) => moment.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn seconds_may_have_a_fraction() {
        let parsed = |text| unix(text).unwrap().map(|moment| moment.to_string());
        assert_eq!(parsed(""), None);
        assert_eq!(parsed("-1"), None);
        assert_eq!(parsed("0").unwrap(), "1970-01-01T00:00:00Z");
        assert_eq!(parsed("1795484240").unwrap(), "2026-11-24T01:37:20Z");
        assert_eq!(parsed("1.5").unwrap(), "1970-01-01T00:00:01.5Z");
        assert_eq!(
            parsed("1.000000001").unwrap(),
            "1970-01-01T00:00:01.000000001Z"
        );
        assert_eq!(
            parsed("1.0000000019").unwrap(),
            "1970-01-01T00:00:01.000000001Z"
        );
        assert_eq!(
            parsed("9223372036854775807"),
            Some(Timestamp::MAX.to_string())
        );
    }

    #[test]
    fn what_is_no_number_has_gos_sentence() {
        let refused = |text| unix(text).unwrap_err().to_string();
        assert_eq!(
            refused("x"),
            "strconv.ParseInt: parsing \"x\": invalid syntax"
        );
        assert_eq!(
            refused("1."),
            "strconv.ParseInt: parsing \"\": invalid syntax"
        );
        assert_eq!(
            refused("99999999999999999999"),
            "strconv.ParseInt: parsing \"99999999999999999999\": value out of range"
        );
        assert_eq!(
            refused("2024-01-01T00:00:00Z"),
            "strconv.ParseInt: parsing \"2024-01-01T00:00:00Z\": invalid syntax"
        );
    }

    #[test]
    fn a_duration_is_so_long_ago() {
        assert_eq!(shown("10m"), "2026-11-24T01:37:20Z");
        assert_eq!(shown("1h30m"), "2026-11-24T00:17:20Z");
        assert_eq!(shown("0s"), "2026-11-24T01:47:20Z");
        assert_eq!(shown("-1m"), "2026-11-24T01:48:20Z");
    }

    #[test]
    fn a_date_may_lack_its_later_parts() {
        for (text, moment) in [
            ("2024-05-06", "2024-05-06T00:00:00Z"),
            ("2024-05-06T07", "2024-05-06T07:00:00Z"),
            ("2024-05-06T07:08", "2024-05-06T07:08:00Z"),
            ("2024-05-06T07:08:09", "2024-05-06T07:08:09Z"),
            ("2024-05-06T07:08:09.25", "2024-05-06T07:08:09.25Z"),
            ("2024-05-06T07:08:09Z", "2024-05-06T07:08:09Z"),
            ("2024-05-06T07:08:09+02:00", "2024-05-06T05:08:09Z"),
            ("2024-05-06T07:08:09.5-02:30", "2024-05-06T09:38:09.5Z"),
            ("2024-05-06Z", "2024-05-06T00:00:00Z"),
            ("2024-05-06+01:00", "2024-05-05T23:00:00Z"),
            ("1700000000", "2023-11-14T22:13:20Z"),
            ("1700000000.25", "2023-11-14T22:13:20.25Z"),
            ("0", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(shown(text), moment, "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        assert_eq!(
            shown("yesterday"),
            "failed to parse value as time or duration: \"yesterday\""
        );
        for text in [
            "2024-13-01",
            "2024-02-30",
            "24-01-01",
            "2024-01-01T25",
            "2024-01-01T1:02",
        ] {
            assert!(
                shown(text).starts_with("parsing time"),
                "{text}: {}",
                shown(text)
            );
        }
    }

    #[test]
    fn durations_are_gos() {
        let nanoseconds = |text| go_duration(text).map(|duration| duration.as_nanos());
        assert_eq!(nanoseconds("1h30m"), Some(5_400_000_000_000));
        assert_eq!(nanoseconds("1.5s"), Some(1_500_000_000));
        assert_eq!(nanoseconds("-1.5h"), Some(-5_400_000_000_000));
        assert_eq!(nanoseconds(".5m"), Some(30_000_000_000));
        assert_eq!(nanoseconds("1us1µs1μs1ns"), Some(3001));
        assert_eq!(nanoseconds("0"), Some(0));
        assert_eq!(nanoseconds("+5ms"), Some(5_000_000));
        for text in [
            "", "-", "5", "1d", "s", ".s", "1.2.3s", "1 s", "3000000h", "é",
        ] {
            assert_eq!(nanoseconds(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_much(text in ".{0,40}") {
            drop(read(&text, Timestamp::UNIX_EPOCH));
            prop_assert!(go_duration(&text).is_none_or(|d| !d.is_negative() || text.starts_with('-')));
        }

        #[test]
        fn no_writing_of_a_moment_is_too_much(text in "[-+0-9.:TZhms]{0,40}") {
            drop(read(&text, Timestamp::MAX));
            drop(unix(&text));
        }

        #[test]
        fn every_moment_is_read_back(
            seconds in -62_135_596_800_i64..253_402_207_200,
            nanoseconds in 0_i32..1_000_000_000,
        ) {
            let moment = Timestamp::new(seconds, nanoseconds).unwrap();
            prop_assert_eq!(read(&moment.to_string(), Timestamp::MAX), Ok(moment));
            if seconds > 0 {
                let text = format!("{seconds}.{nanoseconds:09}");
                prop_assert_eq!(unix(&text), Ok(Some(moment)));
            }
        }
    }
}
