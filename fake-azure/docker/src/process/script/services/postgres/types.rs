//! Types and values on the wire.

use jiff::civil::{Date, DateTime};
use jiff::{SignedDuration, Timestamp};

use crate::process::script::services::sql::{Failure, Kind, Value};

/// When PostgreSQL begins to count time.
const EPOCH: Date = jiff::civil::date(2000, 1, 1);

/// The number and the size of a type.
pub(super) fn number(kind: Kind) -> (i32, i16) {
    match kind {
        Kind::Bool => (16, 1),
        Kind::Bytea => (17, -1),
        Kind::Int8 => (20, 8),
        Kind::Int2 => (21, 2),
        Kind::Int4 => (23, 4),
        Kind::Text => (25, -1),
        Kind::Json => (114, -1),
        Kind::Float4 => (700, 4),
        Kind::Float8 => (701, 8),
        Kind::Char => (1042, -1),
        Kind::Varchar => (1043, -1),
        Kind::Date => (1082, 4),
        Kind::Time => (1083, 8),
        Kind::Timestamp => (1114, 8),
        Kind::Timestamptz => (1184, 8),
        Kind::Interval => (1186, 16),
        Kind::Numeric => (1700, -1),
        Kind::Uuid => (2950, 16),
        Kind::Jsonb => (3802, -1),
    }
}

/// The type of a number; none for 0, which leaves it open, and for those that are not known.
pub(super) fn kind(of: i32) -> Option<Kind> {
    const KINDS: [Kind; 19] = [
        Kind::Bool,
        Kind::Bytea,
        Kind::Int8,
        Kind::Int2,
        Kind::Int4,
        Kind::Text,
        Kind::Json,
        Kind::Float4,
        Kind::Float8,
        Kind::Char,
        Kind::Varchar,
        Kind::Date,
        Kind::Time,
        Kind::Timestamp,
        Kind::Timestamptz,
        Kind::Interval,
        Kind::Numeric,
        Kind::Uuid,
        Kind::Jsonb,
    ];
    KINDS.into_iter().find(|kind| number(*kind).0 == of)
}

fn no_binary(kind: Kind) -> Failure {
    Failure::not_simulated(format_args!("the binary form of type {}", kind.name()))
}

fn out_of_range(kind: Kind) -> Failure {
    Failure::new(
        "22003",
        format!("value out of range for type {}", kind.name()),
    )
}

/// A moment in microseconds since 2000.
fn micros(kind: Kind, text: &str) -> Result<i64, Failure> {
    let epoch = EPOCH.at(0, 0, 0, 0);
    let plain = text.strip_suffix("+00").unwrap_or(text);
    let at: DateTime = plain.parse().map_err(|_| out_of_range(kind))?;
    let passed = at.duration_since(epoch);
    i64::try_from(passed.as_micros()).map_err(|_| out_of_range(kind))
}

/// A value as a client wants to see it.
pub(super) fn encode(kind: Kind, value: &Value, binary: bool) -> Result<Vec<u8>, Failure> {
    let text = value.to_string();
    if !binary {
        return Ok(text.into_bytes());
    }
    let integer = || text.parse::<i64>().map_err(|_| out_of_range(kind));
    let float = || text.parse::<f64>().map_err(|_| out_of_range(kind));
    Ok(match kind {
        Kind::Bool => vec![u8::from(text == "t")],
        Kind::Int2 => i16::try_from(integer()?)
            .map_err(|_| out_of_range(kind))?
            .to_be_bytes()
            .into(),
        Kind::Int4 => i32::try_from(integer()?)
            .map_err(|_| out_of_range(kind))?
            .to_be_bytes()
            .into(),
        Kind::Int8 => integer()?.to_be_bytes().into(),
        Kind::Float4 => text
            .parse::<f32>()
            .map_err(|_| out_of_range(kind))?
            .to_be_bytes()
            .into(),
        Kind::Float8 => float()?.to_be_bytes().into(),
        Kind::Text | Kind::Varchar | Kind::Char | Kind::Json => text.into_bytes(),
        Kind::Jsonb => [&[1], text.as_bytes()].concat(),
        Kind::Bytea => match value {
            Value::Bytes(bytes) => bytes.clone(),
            _ => text.into_bytes(),
        },
        Kind::Uuid => {
            let digits = text.replace('-', "");
            let bytes = crate::process::script::Bytes::from_hex(&digits);
            bytes.map_err(|_| out_of_range(kind))?.0
        }
        Kind::Timestamp | Kind::Timestamptz => micros(kind, &text)?.to_be_bytes().into(),
        Kind::Date => {
            let date: Date = text.parse().map_err(|_| out_of_range(kind))?;
            let days = date.duration_since(EPOCH).as_hours() / 24;
            i32::try_from(days)
                .map_err(|_| out_of_range(kind))?
                .to_be_bytes()
                .into()
        }
        Kind::Numeric => numeric(&text).ok_or_else(|| no_binary(kind))?,
        Kind::Time | Kind::Interval => return Err(no_binary(kind)),
    })
}

/// A value that a client sent.
pub(super) fn decode(kind: Kind, bytes: &[u8], binary: bool) -> Result<Value, Failure> {
    let wrong = || {
        Failure::new(
            "22P03",
            format!("incorrect binary data format for type {}", kind.name()),
        )
    };
    if !binary {
        let text = String::from_utf8(bytes.to_vec());
        let text =
            text.map_err(|_| Failure::new("22021", "invalid byte sequence for encoding \"UTF8\""))?;
        return kind.take(Value::Text(text));
    }
    let integer = |bytes: &[u8]| {
        Some(match bytes.len() {
            2 => i64::from(i16::from_be_bytes(bytes.try_into().ok()?)),
            4 => i64::from(i32::from_be_bytes(bytes.try_into().ok()?)),
            8 => i64::from_be_bytes(bytes.try_into().ok()?),
            _ => return None,
        })
    };
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
    let value = match kind {
        Kind::Bool => Value::Bool(*bytes.first().ok_or_else(wrong)? != 0),
        Kind::Int2 | Kind::Int4 | Kind::Int8 => Value::Integer(integer(bytes).ok_or_else(wrong)?),
        Kind::Float4 => {
            Value::Float(f32::from_be_bytes(bytes.try_into().map_err(|_| wrong())?).into())
        }
        Kind::Float8 => Value::Float(f64::from_be_bytes(bytes.try_into().map_err(|_| wrong())?)),
        Kind::Bytea => Value::Bytes(bytes.to_vec()),
        Kind::Uuid => {
            let digits = super::super::secret::hex(bytes);
            return kind.take(Value::Text(digits));
        }
        Kind::Jsonb => Value::Text(text(bytes.get(1..).unwrap_or_default()).ok_or_else(wrong)?),
        Kind::Timestamp | Kind::Timestamptz => {
            let micros = integer(bytes).ok_or_else(wrong)?;
            let epoch = EPOCH.at(0, 0, 0, 0);
            let at = epoch
                .checked_add(SignedDuration::from_micros(micros))
                .map_err(|_| wrong())?;
            return kind.take(Value::Text(at.to_string()));
        }
        Kind::Date => {
            let days = integer(bytes).ok_or_else(wrong)?;
            let hours = days.checked_mul(24).ok_or_else(wrong)?;
            let date = EPOCH
                .checked_add(SignedDuration::from_hours(hours))
                .map_err(|_| wrong())?;
            Value::Text(date.to_string())
        }
        Kind::Numeric | Kind::Time | Kind::Interval => return Err(no_binary(kind)),
        Kind::Text | Kind::Varchar | Kind::Char | Kind::Json => {
            Value::Text(text(bytes).ok_or_else(wrong)?)
        }
    };
    kind.take(value)
}

/// A number with all its digits, in groups of four.
fn numeric(text: &str) -> Option<Vec<u8>> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (0x4000_u16, digits),
        None => (0, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || text.len() > 1_000 {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let front = (4 - whole.len() % 4) % 4;
    let back = (4 - fraction.len() % 4) % 4;
    let all = format!("{}{whole}{fraction}{}", "0".repeat(front), "0".repeat(back));
    let groups: Vec<u16> = all
        .as_bytes()
        .chunks(4)
        .map(|group| std::str::from_utf8(group).ok()?.parse().ok())
        .collect::<Option<_>>()?;
    let weight = i16::try_from((whole.len() + front) / 4).ok()? - 1;
    let mut bytes = u16::try_from(groups.len()).ok()?.to_be_bytes().to_vec();
    bytes.extend(weight.to_be_bytes());
    bytes.extend(sign.to_be_bytes());
    bytes.extend(u16::try_from(fraction.len()).ok()?.to_be_bytes());
    bytes.extend(groups.into_iter().flat_map(u16::to_be_bytes));
    Some(bytes)
}

/// A moment as the server's log writes it.
pub(super) fn stamp(now: Timestamp) -> String {
    let millis = now.subsec_millisecond();
    format!("{}.{millis:03} UTC", now.strftime("%Y-%m-%d %H:%M:%S"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_were_written() {
        let text = |text: &str| Value::Text(text.to_owned());
        for (kind, value) in [
            (Kind::Bool, Value::Bool(true)),
            (Kind::Int2, Value::Integer(-3)),
            (Kind::Int4, Value::Integer(70_000)),
            (Kind::Int8, Value::Integer(i64::MIN)),
            (Kind::Float8, Value::Float(1.5)),
            (Kind::Text, text("ü")),
            (Kind::Bytea, Value::Bytes(vec![0, 255])),
            (Kind::Uuid, text("01234567-89ab-cdef-0123-456789abcdef")),
            (Kind::Jsonb, text("{\"a\":1}")),
            (Kind::Timestamp, text("2024-02-29 12:34:56.789")),
            (Kind::Timestamptz, text("1999-12-31 23:59:59+00")),
            (Kind::Date, text("1970-01-01")),
        ] {
            let bytes = encode(kind, &value, true).unwrap();
            assert_eq!(decode(kind, &bytes, true), Ok(value.clone()), "{kind:?}");
            let written = encode(kind, &value, false).unwrap();
            assert_eq!(decode(kind, &written, false), Ok(value), "{kind:?}");
        }
        assert_eq!(
            numeric("123.45").unwrap(),
            [0, 2, 0, 0, 0, 0, 0, 2, 0, 123, 0x11, 0x94]
        );
        assert_eq!(
            numeric("-10000").unwrap(),
            [0, 2, 0, 1, 0x40, 0, 0, 0, 0, 1, 0, 0]
        );
        for kind in [Kind::Int4, Kind::Float8, Kind::Date, Kind::Timestamp] {
            assert!(decode(kind, b"x", true).is_err());
        }
    }
}
