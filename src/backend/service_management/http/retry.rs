//! What may be sent again after an answer.

use reqwest::Method;

use super::super::element::Element;
use super::super::fault;
use super::{Patience, Response};
use crate::backend::wire::retry::{self, Again, is_question};

/// Whether to repeat after an answer; what another operation holds is waited for.
pub(super) fn after_answer(method: &Method, response: &Response, patience: &Patience) -> Again {
    if response.status == 409 && !is_question(method) && fault::says_locked(&response.body) {
        return Again::WhenFree(response.retry_after);
    }
    let was_refused_unread = match response.status {
        429 => true,
        503 => response.retry_after.is_some() || says_busy(&response.body),
        _ => false,
    };
    retry::after_answer(
        method,
        response.status,
        was_refused_unread,
        response.retry_after,
        patience,
    )
}

fn says_busy(body: &str) -> bool {
    Element::parse(body)
        .ok()
        .and_then(|error| error.child("Code").map(|code| code.text().to_owned()))
        .is_some_and(|code| matches!(code.as_str(), "ServerBusy" | "TooManyRequests"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
}
