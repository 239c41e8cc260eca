//! What may be sent again, and when, whatever the service.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;

use super::{Patience, Silence};

/// Whether and when a request is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::backend) enum Again {
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

/// Whether to repeat where no answer came.
pub(in crate::backend) fn after_silence(method: &Method, silence: &Silence) -> Again {
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

/// Whether to repeat after an answer: a question whenever the service could not answer it, a change
/// only when the service said that it did not take it on.
pub(in crate::backend) fn after_answer(
    method: &Method,
    status: u16,
    was_refused_unread: bool,
    retry_after: Option<Duration>,
    patience: &Patience,
) -> Again {
    let is_worth_asking_again =
        is_question(method) && matches!(status, 408 | 500 | 502 | 503 | 504);
    if !was_refused_unread && !is_worth_asking_again {
        return Again::Never;
    }
    match retry_after {
        None => Again::Soon,
        Some(wait) if wait <= patience.longest_wait => Again::After(wait),
        Some(_) => Again::Never,
    }
}

/// What to do about a service that is busy and said for how long.
pub(in crate::backend) fn left_alone(wait: Duration) -> String {
    format!(
        "the service asks to be left alone for {} seconds; try again then",
        wait.as_secs()
    )
}

/// Does a request only ask?
pub(in crate::backend) fn is_question(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Reads a `Retry-After`: seconds, or a date.
pub(in crate::backend) fn read_retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let wait: SignedDuration = read_date(text)?.duration_since(now);
    Some(wait.try_into().unwrap_or(Duration::ZERO))
}

/// Reads a date as headers spell it.
pub(in crate::backend) fn read_date(text: &str) -> Option<Timestamp> {
    Some(jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

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
