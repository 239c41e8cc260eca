//! What no rule can be.

use super::{HEADER_BYTES, HEADERS, WAITING};

/// Why a rule cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRule {
    /// A field says something that means nothing.
    #[error("`{field}`: {why}")]
    Field {
        /// Which one, from the rule on.
        field: String,
        /// Why it means nothing.
        why: String,
    },
    /// A text is too long.
    #[error("`{field}` has {length} bytes, but may have {most}")]
    Long {
        /// Which one.
        field: &'static str,
        /// How long it is.
        length: usize,
        /// How long it may be.
        most: usize,
    },
    /// There are enough rules.
    #[error("{WAITING} faults wait for their call already; `{{\"clear\": true}}` takes all back")]
    Enough,
    /// It cannot be written down, and so it is not arranged.
    #[error("it cannot be written down: {0}")]
    NotWritten(String),
    /// What was written is no rule.
    #[error("{0}")]
    Shape(String),
}

impl InvalidRule {
    /// That a field means nothing.
    pub fn field(field: &str, why: impl Into<String>) -> Self {
        Self::Field {
            field: field.to_owned(),
            why: why.into(),
        }
    }

    /// Why, without the field.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Field { why, .. } => why.clone(),
            other => other.to_string(),
        }
    }

    /// Refuses a text that is too long.
    pub fn check_length(field: &'static str, length: usize, most: usize) -> Result<(), Self> {
        if length <= most {
            return Ok(());
        }
        Err(Self::Long {
            field,
            length,
            most,
        })
    }

    /// Refuses headers that are too many or too long.
    pub(super) fn check_headers<'a>(
        headers: impl IntoIterator<Item = (&'a String, &'a String)>,
    ) -> Result<(), Self> {
        let (mut count, mut bytes) = (0, 0);
        for (name, value) in headers {
            count += 1;
            bytes += name.len() + value.len();
            if name.parse::<hyper::header::HeaderName>().is_err()
                || value.parse::<hyper::header::HeaderValue>().is_err()
            {
                let name: String = name.chars().take(100).collect();
                let why = format!("`{name}` is not a header");
                return Err(Self::field("effect.headers", why));
            }
        }
        if count > HEADERS {
            let why = format!("{count} members, but it may have {HEADERS}");
            return Err(Self::field("effect.headers", why));
        }
        Self::check_length("effect.headers", bytes, HEADER_BYTES)
    }
}
