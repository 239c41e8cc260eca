//! API versions: the range that the engine speaks, and what is said outside of it.

use std::cmp::Ordering;

use hyper::StatusCode;
use hyper::header::{HeaderName, HeaderValue};

use super::answer::Answer;
use crate::fault::Fault;

/// The newest version that the engine speaks, and the one it speaks unasked.
pub(super) const API_VERSION: &str = "1.51";
/// The oldest version that the engine speaks.
pub(super) const MIN_API_VERSION: &str = "1.24";

/// The version of the API that a client asked for.
///
/// Compared number by number; a missing or unreadable number counts as 0.
#[derive(Debug, Clone)]
pub(crate) struct ApiVersion(String);

/// A version outside of the range.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error(
        "client version {0} is too old. Minimum supported API version is {MIN_API_VERSION}, please upgrade your client to a newer version"
    )]
    TooOld(String),
    #[error("client version {0} is too new. Maximum supported API version is {API_VERSION}")]
    TooNew(String),
}

/// Agrees on a version: the one of the path, or the newest when it has none.
pub(super) fn agree(asked: Option<&str>) -> Result<ApiVersion, Refusal> {
    let version = ApiVersion(asked.unwrap_or(API_VERSION).to_owned());
    if version.is_below(MIN_API_VERSION) {
        Err(Refusal::TooOld(version.0))
    } else if compare(&version.0, API_VERSION) == Ordering::Greater {
        Err(Refusal::TooNew(version.0))
    } else {
        Ok(version)
    }
}

impl ApiVersion {
    /// Whether a client of this version has not heard of what came with `other`.
    pub(crate) fn is_below(&self, other: &str) -> bool {
        compare(&self.0, other) == Ordering::Less
    }
}

impl Refusal {
    /// Makes the answer: plain text for clients from before errors were JSON.
    pub(super) fn answer(&self) -> Answer {
        match self {
            Self::TooOld(_) => Answer::text(StatusCode::BAD_REQUEST, format!("{self}\n")).with(
                HeaderName::from_static("x-content-type-options"),
                HeaderValue::from_static("nosniff"),
            ),
            Self::TooNew(_) => super::fault::answer(&Fault::Invalid(self.to_string())),
        }
    }
}

fn compare(left: &str, right: &str) -> Ordering {
    let mut left = left.split('.').map(number);
    let mut right = right.split('.').map(number);
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (l, r) => match l.unwrap_or(0).cmp(&r.unwrap_or(0)) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
        }
    }
}

fn number(digits: &str) -> u64 {
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_version_the_newest_is_spoken() {
        assert_eq!(agree(None).unwrap().0, "1.51");
    }

    #[test]
    fn the_ends_of_the_range_belong_to_it() {
        assert!(agree(Some("1.24")).is_ok());
        assert!(agree(Some("1.51")).is_ok());
    }

    #[test]
    fn versions_outside_of_the_range_are_refused() {
        for old in ["1.23", "1.10", "1.3", "0.9", "1", "."] {
            assert_eq!(
                agree(Some(old)).unwrap_err(),
                Refusal::TooOld(old.to_owned())
            );
        }
        for new in ["1.52", "1.51.1", "1.99", "1.100", "2", "2.0"] {
            assert_eq!(
                agree(Some(new)).unwrap_err(),
                Refusal::TooNew(new.to_owned())
            );
        }
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        let version = agree(Some("1.41")).unwrap();

        assert!(version.is_below("1.42"));
        assert!(version.is_below("1.100"));
        assert!(!version.is_below("1.41"));
        assert!(!version.is_below("1.5"));
    }
}
