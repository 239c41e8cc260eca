//! What no rule can be.

use super::place::Place;
use super::{HEADER_BYTES, HEADERS, WAITING};

/// Why a rule cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRule {
    /// A field says something that means nothing.
    #[error("{}{why}", before(field))]
    Field {
        /// Which one.
        field: Place,
        /// Why it means nothing.
        why: String,
    },
    /// A text is too long.
    #[error("`{field}` has {length} bytes, but may have {most}")]
    Long {
        /// Which one.
        field: Place,
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
}

/// The field that the words behind it are about.
fn before(field: &Place) -> String {
    if field.is_whole() {
        return String::new();
    }
    format!("`{field}`: ")
}

impl InvalidRule {
    /// That a field means nothing.
    pub fn field(field: impl Into<Place>, why: impl Into<String>) -> Self {
        Self::Field {
            field: field.into(),
            why: why.into(),
        }
    }

    /// The same of something in which this is a part.
    #[must_use]
    pub fn within(self, outer: Place) -> Self {
        match self {
            Self::Field { field, why } => Self::Field {
                field: field.within(outer),
                why,
            },
            Self::Long {
                field,
                length,
                most,
            } => Self::Long {
                field: field.within(outer),
                length,
                most,
            },
            other @ (Self::Enough | Self::NotWritten(_)) => other,
        }
    }

    /// Which field it is about; the whole where it is about no one.
    pub(super) fn place(&self) -> &Place {
        const WHOLE: &Place = &Place::WHOLE;
        match self {
            Self::Field { field, .. } | Self::Long { field, .. } => field,
            Self::Enough | Self::NotWritten(_) => WHOLE,
        }
    }

    /// Why, without the field.
    pub(super) fn why(&self) -> String {
        match self {
            Self::Field { why, .. } => why.clone(),
            Self::Long { length, most, .. } => {
                format!("it has {length} bytes, but may have {most}")
            }
            other => other.to_string(),
        }
    }

    /// Refuses a text that is too long.
    pub fn check_length(field: impl Into<Place>, length: usize, most: usize) -> Result<(), Self> {
        if length <= most {
            return Ok(());
        }
        Err(Self::Long {
            field: field.into(),
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
                return Err(Self::field(["effect", "headers"], why));
            }
        }
        if count > HEADERS {
            let why = format!("{count} members, but it may have {HEADERS}");
            return Err(Self::field(["effect", "headers"], why));
        }
        Self::check_length(["effect", "headers"], bytes, HEADER_BYTES)
    }
}
