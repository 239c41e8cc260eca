//! Durations as Go writes them: `1h30m`, `1.5s`, `300ms`.

use std::fmt::{self, Display, Formatter};

use super::quote::Quoted;

/// A span of time in nanoseconds, read and shown as Go does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Duration(pub(crate) i64);

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidDuration {
    #[error("time: invalid duration {}", Quoted(.0))]
    Format(String),
    #[error("time: missing unit in duration {}", Quoted(.0))]
    MissingUnit(String),
    #[error("time: unknown unit {} in duration {}", Quoted(unit), Quoted(text))]
    UnknownUnit { unit: String, text: String },
}

const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

impl Duration {
    /// One millisecond.
    pub(crate) const MILLISECOND: Self = Self(1_000_000);

    /// Reads numbers with units, one after the other, with a sign before them.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidDuration> {
        let invalid = || InvalidDuration::Format(text.to_owned());
        let (is_negative, mut rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        if rest == "0" {
            return Ok(Self(0));
        }
        if rest.is_empty() {
            return Err(invalid());
        }
        let mut total = 0_u64;
        while !rest.is_empty() {
            let (number, after) = split_at_other(rest, |c| c.is_ascii_digit() || c == '.');
            let (unit, after) = split_at_other(after, |c| !c.is_ascii_digit() && c != '.');
            if !number.bytes().any(|byte| byte.is_ascii_digit()) || number.matches('.').count() > 1
            {
                return Err(invalid());
            }
            if unit.is_empty() {
                return Err(InvalidDuration::MissingUnit(text.to_owned()));
            }
            let scale = scale_of(unit).ok_or_else(|| InvalidDuration::UnknownUnit {
                unit: unit.to_owned(),
                text: text.to_owned(),
            })?;
            let part = scaled(number, scale).ok_or_else(invalid)?;
            total = total.checked_add(part).ok_or_else(invalid)?;
            rest = after;
        }
        let total = i64::try_from(total).map_err(|_| invalid())?;
        Ok(Self(if is_negative { -total } else { total }))
    }
}

/// Cuts `text` where the first character is not of a kind.
fn split_at_other(text: &str, is_kind: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !is_kind(c)).unwrap_or(text.len());
    text.split_at(end)
}

fn scale_of(unit: &str) -> Option<u64> {
    match unit {
        "ns" => Some(1),
        "us" | "µs" | "μs" => Some(MICROSECOND),
        "ms" => Some(MILLISECOND),
        "s" => Some(SECOND),
        "m" => Some(MINUTE),
        "h" => Some(HOUR),
        _ => None,
    }
}

/// Returns `number` times `scale`, if that is representable.
fn scaled(number: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: u64 = match whole {
        "" => 0,
        digits => digits.parse().ok()?,
    };
    // An hour has fewer than 10^13 nanoseconds: further digits say nothing.
    let (digits, unit) = fraction
        .bytes()
        .take(13)
        .fold((0_u128, 1_u128), |(digits, unit), byte| {
            (digits * 10 + u128::from(byte - b'0'), unit * 10)
        });
    let part = u64::try_from(digits * u128::from(scale) / unit).ok()?;
    whole.checked_mul(scale)?.checked_add(part)
}

impl Display for Duration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let total = self.0.unsigned_abs();
        match total {
            0 => f.write_str("0s"),
            1..MICROSECOND => write!(f, "{sign}{total}ns"),
            MICROSECOND..MILLISECOND => write!(f, "{sign}{}µs", Decimal(total, MICROSECOND)),
            MILLISECOND..SECOND => write!(f, "{sign}{}ms", Decimal(total, MILLISECOND)),
            _ => {
                let (hours, minutes) = (total / HOUR, total % HOUR / MINUTE);
                f.write_str(sign)?;
                if hours > 0 {
                    write!(f, "{hours}h")?;
                }
                if total >= MINUTE {
                    write!(f, "{minutes}m")?;
                }
                write!(f, "{}s", Decimal(total % MINUTE, SECOND))
            }
        }
    }
}

/// A number in a unit, with as many decimals as it needs.
struct Decimal(u64, u64);

impl Display for Decimal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(number, unit) = self;
        write!(f, "{}", number / unit)?;
        let rest = number % unit;
        if rest == 0 {
            return Ok(());
        }
        let digits = unit.ilog10() as usize;
        let decimals = format!("{rest:0digits$}");
        write!(f, ".{}", decimals.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> i64 {
        Duration::parse(text).unwrap().0
    }

    #[test]
    fn numbers_with_units_add_up() {
        assert_eq!(parsed("0"), 0);
        assert_eq!(parsed("5s"), 5_000_000_000);
        assert_eq!(parsed("1h30m"), 5_400_000_000_000);
        assert_eq!(parsed("1.5s"), 1_500_000_000);
        assert_eq!(parsed(".5ms"), 500_000);
        assert_eq!(parsed("2us"), parsed("2µs"));
        assert_eq!(parsed("-3ns"), -3);
        assert_eq!(parsed("1.00000000000000000000000000001h"), parsed("1h"));
    }

    #[test]
    fn what_is_no_duration_is_refused_in_go_s_words() {
        let refusal = |text: &str| Duration::parse(text).unwrap_err().to_string();

        assert_eq!(refusal(""), r#"time: invalid duration """#);
        assert_eq!(refusal("x"), r#"time: invalid duration "x""#);
        assert_eq!(refusal("1.2.3s"), r#"time: invalid duration "1.2.3s""#);
        assert_eq!(refusal("5"), r#"time: missing unit in duration "5""#);
        assert_eq!(refusal("5d"), r#"time: unknown unit "d" in duration "5d""#);
        assert_eq!(
            refusal("9999999999h"),
            r#"time: invalid duration "9999999999h""#
        );
    }

    #[test]
    fn a_duration_is_shown_in_the_units_it_needs() {
        for (nanoseconds, shown) in [
            (0, "0s"),
            (15, "15ns"),
            (1_500, "1.5µs"),
            (30_000_000, "30ms"),
            (5_000_000_000, "5s"),
            (1_050_000_000, "1.05s"),
            (300_000_000_000, "5m0s"),
            (3_600_000_000_000, "1h0m0s"),
            (-90_000_000_000, "-1m30s"),
        ] {
            assert_eq!(Duration(nanoseconds).to_string(), shown);
        }
    }
}
