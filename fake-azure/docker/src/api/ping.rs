//! `_ping`: is somebody there, and who.

use hyper::StatusCode;
use hyper::header::{self, HeaderName, HeaderValue};

use super::answer::Answer;
use super::call::Call;

/// The builder that clients may use: the classic one, since no BuildKit session is
/// modelled.
const BUILDER_VERSION: &str = "1";

pub(super) fn get(_: &Call) -> Answer {
    greeting(Answer::text(StatusCode::OK, "OK"))
}

pub(super) fn head(_: &Call) -> Answer {
    let length = HeaderValue::from_static("0");
    greeting(Answer::text(StatusCode::OK, "")).with(header::CONTENT_LENGTH, length)
}

fn greeting(answer: Answer) -> Answer {
    [
        (header::CACHE_CONTROL, "no-cache, no-store, must-revalidate"),
        (header::PRAGMA, "no-cache"),
        (HeaderName::from_static("builder-version"), BUILDER_VERSION),
        (HeaderName::from_static("swarm"), "inactive"),
    ]
    .into_iter()
    .fold(answer, |answer, (name, value)| {
        answer.with(name, HeaderValue::from_static(value))
    })
}
