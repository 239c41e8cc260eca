//! Types and values on the wire.

use jiff::civil::DateTime;

use super::packet::{Reader, put_bytes};
use crate::process::script::services::sql::{Kind, Value};

/// The type's number, its character set, and its flags.
pub(super) fn column(kind: Kind) -> (u8, u16, u16) {
    const TEXT: u16 = 255;
    const BINARY: u16 = 63;
    match kind {
        Kind::Bool => (1, BINARY, 0),
        Kind::Int2 => (2, BINARY, 0),
        Kind::Int4 => (3, BINARY, 0),
        Kind::Int8 => (8, BINARY, 0),
        Kind::Float4 => (4, BINARY, 0),
        Kind::Float8 => (5, BINARY, 0),
        Kind::Numeric => (246, BINARY, 0),
        Kind::Date => (10, BINARY, 128),
        Kind::Timestamp | Kind::Timestamptz => (12, BINARY, 128),
        Kind::Bytea => (252, BINARY, 128),
        Kind::Json | Kind::Jsonb => (245, BINARY, 128),
        Kind::Text | Kind::Varchar | Kind::Char | Kind::Time | Kind::Interval | Kind::Uuid => {
            (253, TEXT, 0)
        }
    }
}

/// A value as text.
pub(super) fn text(kind: Kind, value: &Value) -> Vec<u8> {
    match value {
        Value::Bool(is) => vec![b'0' + u8::from(*is)],
        Value::Bytes(bytes) => bytes.clone(),
        value if matches!(kind, Kind::Timestamptz) => value
            .to_string()
            .trim_end_matches("+00")
            .as_bytes()
            .to_vec(),
        value => value.to_string().into_bytes(),
    }
}

/// A value in binary, as the rows of prepared statements have it.
pub(super) fn binary(to: &mut Vec<u8>, kind: Kind, value: &Value) {
    let text = text(kind, value);
    let written = String::from_utf8_lossy(&text).into_owned();
    let integer: i64 = written.parse().unwrap_or_default();
    let little = integer.to_le_bytes();
    match kind {
        Kind::Bool => to.extend(&little[..1]),
        Kind::Int2 => to.extend(&little[..2]),
        Kind::Int4 => to.extend(&little[..4]),
        Kind::Int8 => to.extend(little),
        Kind::Float4 => to.extend(written.parse::<f32>().unwrap_or_default().to_le_bytes()),
        Kind::Float8 => to.extend(written.parse::<f64>().unwrap_or_default().to_le_bytes()),
        Kind::Date | Kind::Timestamp | Kind::Timestamptz => moment(to, &written),
        _ => put_bytes(to, &text),
    }
}

fn moment(to: &mut Vec<u8>, text: &str) {
    let at: Result<DateTime, _> = text.parse();
    let Ok(at) = at.or_else(|_| format!("{text} 00:00:00").parse()) else {
        to.push(0);
        return;
    };
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    let micros = u32::try_from(at.subsec_nanosecond() / 1_000).unwrap_or_default();
    to.push(if micros == 0 { 7 } else { 11 });
    to.extend(at.year().to_le_bytes());
    to.extend([at.month(), at.day(), at.hour(), at.minute(), at.second()].map(small));
    if micros > 0 {
        to.extend(micros.to_le_bytes());
    }
}

/// A parameter of a prepared statement.
pub(super) fn parameter(kind: u8, unsigned: bool, from: &mut Reader<'_>) -> Option<Value> {
    let text = |bytes: &[u8]| Value::Text(String::from_utf8_lossy(bytes).into_owned());
    let integer = |signed: i64, plain: u64| {
        if unsigned {
            Value::Integer(i64::try_from(plain).unwrap_or(i64::MAX))
        } else {
            Value::Integer(signed)
        }
    };
    Some(match kind {
        1 => {
            let [byte] = from.array()?;
            integer(i64::from(i8::from_le_bytes([byte])), u64::from(byte))
        }
        2 | 13 => {
            let bytes = from.array()?;
            integer(
                i64::from(i16::from_le_bytes(bytes)),
                u64::from(u16::from_le_bytes(bytes)),
            )
        }
        3 | 9 => {
            let bytes = from.array()?;
            integer(
                i64::from(i32::from_le_bytes(bytes)),
                u64::from(u32::from_le_bytes(bytes)),
            )
        }
        8 => {
            let bytes = from.array()?;
            integer(i64::from_le_bytes(bytes), u64::from_le_bytes(bytes))
        }
        4 => Value::Float(f32::from_le_bytes(from.array()?).into()),
        5 => Value::Float(f64::from_le_bytes(from.array()?)),
        6 => Value::Null,
        7 | 10 | 12 => {
            let length = usize::from(from.byte()?);
            let bytes = from.take(length)?;
            let part = |at: usize| bytes.get(at).copied().unwrap_or_default();
            let year = u16::from_le_bytes([part(0), part(1)]);
            let micros = match bytes.get(7..11) {
                Some(bytes) => u32::from_le_bytes(bytes.try_into().ok()?),
                None => 0,
            };
            let date = format!("{year:04}-{:02}-{:02}", part(2), part(3));
            Value::Text(if kind == 10 {
                date
            } else {
                format!(
                    "{date} {:02}:{:02}:{:02}.{micros:06}",
                    part(4),
                    part(5),
                    part(6)
                )
            })
        }
        249..=252 => {
            let bytes = from.bytes()?;
            match std::str::from_utf8(bytes) {
                Ok(_) => text(bytes),
                Err(_) => Value::Bytes(bytes.to_vec()),
            }
        }
        _ => text(from.bytes()?),
    })
}
