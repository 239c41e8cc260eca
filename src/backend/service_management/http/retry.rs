//! What may be sent again, and when.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;

use super::super::element::Element;
use super::super::fault;
use super::{Patience, Response, Silence};

/// Whether and when a request is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// Not at all.
    Never,
    /// At our own pace.
    Soon,
    /// When the service asked for it.
    After(Duration),
    /// When the operation that holds what is to be changed has ended; the service may say when to
    /// look.
    WhenFree(Option<Duration>),
}

/// Whether to repeat after an answer.
///
/// A question is repeated whenever the service could not answer it; a change only when the service
/// said that it did not take it on.
pub(super) fn after_answer(method: &Method, response: &Response, patience: &Patience) -> Again {
    if response.status == 409 && !is_question(method) && fault::says_locked(&response.body) {
        return Again::WhenFree(response.retry_after);
    }
    let was_refused_unread = match response.status {
        429 => true,
        503 => response.retry_after.is_some() || says_busy(&response.body),
        _ => false,
    };
    let is_worth_asking_again =
        is_question(method) && matches!(response.status, 408 | 500 | 502 | 503 | 504);
    if !was_refused_unread && !is_worth_asking_again {
        return Again::Never;
    }
    match response.retry_after {
        None => Again::Soon,
        Some(wait) if wait <= patience.longest_wait => Again::After(wait),
        Some(_) => Again::Never,
    }
}

/// Whether to repeat where no answer came.
pub(super) fn after_silence(method: &Method, silence: &Silence) -> Again {
    match silence {
        Silence::NotSent(_) => Again::Soon,
        Silence::Lost(_) if is_question(method) => Again::Soon,
        // Who is slow once is slow again: the same wait would be had several times over.
        Silence::Lost(_)
        | Silence::Late(..)
        | Silence::Untrusted(..)
        | Silence::Barred(_)
        | Silence::Astray(_)
        | Silence::Endless(_) => Again::Never,
    }
}

fn is_question(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn says_busy(body: &str) -> bool {
    Element::parse(body)
        .ok()
        .and_then(|error| error.child("Code").map(|code| code.text().to_owned()))
        .is_some_and(|code| matches!(code.as_str(), "ServerBusy" | "TooManyRequests"))
}

/// Reads a `Retry-After`: seconds, or a date.
pub(super) fn read_retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let wait: SignedDuration = read_date(text)?.duration_since(now);
    Some(wait.try_into().unwrap_or(Duration::ZERO))
}

/// Reads a date as headers spell it.
pub(super) fn read_date(text: &str) -> Option<Timestamp> {
    Some(jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, retry_after: Option<u64>, body: &str) -> Response {
        Response {
            status,
            request: None,
            retry_after: retry_after.map(Duration::from_secs),
            date: None,
            body: body.to_owned(),
        }
    }

    #[test]
    fn a_change_is_repeated_only_when_it_was_refused_unread() {
        let patience = Patience::default();
        let busy = "<Error><Code>ServerBusy</Code></Error>";
        let held = "<Error><Code>ConflictError</Code><Message>Windows Azure is currently performing an operation with x-ms-requestid ff on this deployment that requires exclusive access.</Message></Error>";
        for (status, retry_after, body, get, post) in [
            (200, None, "", false, false),
            (409, None, "", false, false),
            (409, None, held, false, true),
            (400, None, held, false, false),
            (429, None, "", true, true),
            (500, None, "", true, false),
            (503, None, "", true, false),
            (503, Some(3), "", true, true),
            (503, None, busy, true, true),
            (503, Some(100_000), busy, false, false),
            (504, None, "", true, false),
        ] {
            let response = answer(status, retry_after, body);
            let is_repeated =
                |method: &Method| after_answer(method, &response, &patience) != Again::Never;
            assert_eq!(is_repeated(&Method::GET), get, "GET {status}");
            assert_eq!(is_repeated(&Method::POST), post, "POST {status}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2015-10-21T07:28:00Z".parse().unwrap();

        assert_eq!(read_retry_after(" 7 ", now), Some(Duration::from_secs(7)));
        assert_eq!(
            read_retry_after("Wed, 21 Oct 2015 07:28:30 GMT", now),
            Some(Duration::from_secs(30))
        );
        assert_eq!(
            read_retry_after("Wed, 21 Oct 2015 07:00:00 GMT", now),
            Some(Duration::ZERO)
        );
        assert_eq!(read_retry_after("soon", now), None);
    }
}
