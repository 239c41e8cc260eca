//! The types of columns and values.

use super::Failure;
use super::value::Value;

/// A type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Bool,
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    Numeric,
    Text,
    Varchar,
    Char,
    Bytea,
    Date,
    Time,
    Timestamp,
    Timestamptz,
    Interval,
    Uuid,
    Json,
    Jsonb,
}

impl Kind {
    /// The type of a name that a column is declared with.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "bool" | "boolean" => Self::Bool,
            "smallint" | "int2" | "smallserial" | "tinyint" => Self::Int2,
            "int" | "integer" | "int4" | "serial" | "serial4" | "mediumint" => Self::Int4,
            "bigint" | "int8" | "bigserial" | "serial8" => Self::Int8,
            "real" | "float4" => Self::Float4,
            "double" | "float8" | "float" => Self::Float8,
            "numeric" | "decimal" => Self::Numeric,
            "text" | "citext" | "longtext" | "mediumtext" | "tinytext" | "name" => Self::Text,
            "varchar" | "character" => Self::Varchar,
            "char" | "bpchar" => Self::Char,
            "bytea" | "blob" | "longblob" | "varbinary" | "binary" => Self::Bytea,
            "date" => Self::Date,
            "time" => Self::Time,
            "timestamp" | "datetime" => Self::Timestamp,
            "timestamptz" => Self::Timestamptz,
            "interval" => Self::Interval,
            "uuid" => Self::Uuid,
            "json" => Self::Json,
            "jsonb" => Self::Jsonb,
            _ => return None,
        })
    }

    /// Whether a column of this type name counts by itself.
    pub(super) fn counts(name: &str) -> bool {
        name.contains("serial")
    }

    pub(in super::super) fn name(self) -> &'static str {
        match self {
            Self::Bool => "boolean",
            Self::Int2 => "smallint",
            Self::Int4 => "integer",
            Self::Int8 => "bigint",
            Self::Float4 => "real",
            Self::Float8 => "double precision",
            Self::Numeric => "numeric",
            Self::Text => "text",
            Self::Varchar => "character varying",
            Self::Char => "character",
            Self::Bytea => "bytea",
            Self::Date => "date",
            Self::Time => "time without time zone",
            Self::Timestamp => "timestamp without time zone",
            Self::Timestamptz => "timestamp with time zone",
            Self::Interval => "interval",
            Self::Uuid => "uuid",
            Self::Json => "json",
            Self::Jsonb => "jsonb",
        }
    }

    pub(super) fn is_integer(self) -> bool {
        matches!(self, Self::Int2 | Self::Int4 | Self::Int8)
    }

    pub(super) fn is_number(self) -> bool {
        self.is_integer() || matches!(self, Self::Float4 | Self::Float8 | Self::Numeric)
    }

    /// Makes a value one of this type.
    pub(in super::super) fn take(self, value: Value) -> Result<Value, Failure> {
        let wrong = |text: &str| {
            let name = self.name();
            Failure::new(
                "22P02",
                format!("invalid input syntax for type {name}: \"{text}\""),
            )
        };
        Ok(match (self, value) {
            (_, Value::Null) => Value::Null,
            (Self::Bool, Value::Bool(is)) => Value::Bool(is),
            (Self::Bool, Value::Integer(number)) => Value::Bool(number != 0),
            (Self::Bool, value) => {
                let text = value.to_string();
                match text.trim().to_ascii_lowercase().as_str() {
                    "t" | "true" | "y" | "yes" | "on" | "1" => Value::Bool(true),
                    "f" | "false" | "n" | "no" | "off" | "0" => Value::Bool(false),
                    _ => return Err(wrong(&text)),
                }
            }
            (kind, value) if kind.is_integer() => kind.integer(&value)?,
            (Self::Float4 | Self::Float8, value) => {
                let text = value.to_string();
                Value::Float(text.trim().parse().map_err(|_| wrong(&text))?)
            }
            (Self::Numeric, value) => {
                let text = value.to_string();
                let number = text.trim();
                number.parse::<f64>().map_err(|_| wrong(&text))?;
                Value::Number(number.to_owned())
            }
            (Self::Uuid, value) => {
                let text = value.to_string().to_ascii_lowercase();
                let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
                if digits.len() != 32 || text.len() > 38 {
                    return Err(wrong(&text));
                }
                let parts = [
                    &digits[..8],
                    &digits[8..12],
                    &digits[12..16],
                    &digits[16..20],
                    &digits[20..],
                ];
                Value::Text(parts.join("-"))
            }
            (Self::Json | Self::Jsonb, value) => {
                let text = value.to_string();
                serde_json::from_str::<serde::de::IgnoredAny>(&text).map_err(|_| wrong(&text))?;
                Value::Text(text)
            }
            (Self::Date | Self::Timestamp | Self::Timestamptz, value) => {
                let text = value.to_string();
                Value::Text(self.moment(&text).ok_or_else(|| wrong(&text))?)
            }
            (Self::Bytea, Value::Bytes(bytes)) => Value::Bytes(bytes),
            (Self::Bytea, value) => {
                let text = value.to_string();
                match text.strip_prefix("\\x") {
                    Some(digits) => {
                        let bytes = crate::process::script::Bytes::from_hex(digits);
                        Value::Bytes(bytes.map_err(|_| wrong(&text))?.0)
                    }
                    None => Value::Bytes(text.into_bytes()),
                }
            }
            (_, value) => Value::Text(value.to_string()),
        })
    }

    fn integer(self, value: &Value) -> Result<Value, Failure> {
        let name = self.name();
        let text = value.to_string();
        let number = match value {
            Value::Bool(is) => i64::from(*is),
            Value::Float(number) => whole(number.round_ties_even(), name)?,
            Value::Number(number) => {
                let number: f64 = number.parse().unwrap_or(f64::NAN);
                whole(number.round(), name)?
            }
            _ => text.trim().parse().map_err(|_| {
                let words = format!("invalid input syntax for type {name}: \"{text}\"");
                Failure::new("22P02", words)
            })?,
        };
        let fits = match self {
            Self::Int2 => i16::try_from(number).is_ok(),
            Self::Int4 => i32::try_from(number).is_ok(),
            _ => true,
        };
        if fits {
            Ok(Value::Integer(number))
        } else {
            Err(Failure::new("22003", format!("{name} out of range")))
        }
    }

    /// A date or time in the form that is shown.
    fn moment(self, text: &str) -> Option<String> {
        let text = text.trim();
        if self == Self::Date {
            let date: jiff::civil::Date = text.get(..10)?.parse().ok()?;
            return Some(date.to_string());
        }
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            let shown = at.strftime("%Y-%m-%d %H:%M:%S%.f").to_string();
            return Some(if self == Self::Timestamptz {
                format!("{shown}+00")
            } else {
                shown
            });
        }
        let plain = text.strip_suffix("+00").unwrap_or(text);
        let at: jiff::civil::DateTime = match plain.parse() {
            Ok(at) => at,
            Err(_) => plain.parse::<jiff::civil::Date>().ok()?.at(0, 0, 0, 0),
        };
        let shown = at.to_string().replace('T', " ");
        Some(if self == Self::Timestamptz {
            format!("{shown}+00")
        } else {
            shown
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "checked to lie between the ends"
)]
fn whole(number: f64, name: &str) -> Result<i64, Failure> {
    const END: f64 = 9_223_372_036_854_775_807.0;
    if (-END..END).contains(&number) {
        Ok(number as i64)
    } else {
        Err(Failure::new("22003", format!("{name} out of range")))
    }
}
