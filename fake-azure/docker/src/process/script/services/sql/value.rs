//! Values, and how they compare.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in super::super) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    /// A number with all its digits.
    Number(String),
    Text(String),
    Bytes(Vec<u8>),
}

impl Value {
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// About how many bytes it takes.
    pub(super) fn size(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Text(text) | Self::Number(text) => text.len(),
                Self::Bytes(bytes) => bytes.len(),
                _ => 0,
            }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "numbers of different types compare as floats"
    )]
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Number(text) => text.parse().ok(),
            Self::Bool(is) => Some(f64::from(u8::from(*is))),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Null | Self::Bytes(_) => None,
        }
    }

    /// Compares; nothing compares with what is null.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Null, _) | (_, Self::Null) => None,
            (Self::Integer(one), Self::Integer(two)) => Some(one.cmp(two)),
            (Self::Text(one), Self::Text(two)) => Some(one.cmp(two)),
            (Self::Bytes(one), Self::Bytes(two)) => Some(one.cmp(two)),
            (Self::Bool(one), Self::Bool(two)) => Some(one.cmp(two)),
            (Self::Bool(is), Self::Text(text)) | (Self::Text(text), Self::Bool(is)) => {
                let word = if *is { "t" } else { "f" };
                let same = text.eq_ignore_ascii_case(&is.to_string()) || text == word;
                Some(if same {
                    Ordering::Equal
                } else {
                    Ordering::Less
                })
            }
            (one, two) => match (one.number(), two.number()) {
                (Some(one), Some(two)) => Some(one.total_cmp(&two)),
                _ => Some(one.to_string().cmp(&two.to_string())),
            },
        }
    }

    /// The order of rows: what is null comes last.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        match (self.is_null(), other.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => self.compare(other).unwrap_or(Ordering::Equal),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(is) => f.write_str(if *is { "t" } else { "f" }),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number}"),
            Self::Number(text) | Self::Text(text) => f.write_str(text),
            Self::Bytes(bytes) => {
                f.write_str("\\x")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}
