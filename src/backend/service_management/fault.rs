//! From the service's answers, or their absence, to [`Error`].

use super::element::Element;
use super::read::Fault;
use super::record::decode;
use crate::backend::{Error, Kind, Reason, RequestId};
use crate::domain::cut;

/// The most of a message that is kept, in characters; the service's longest has some 500.
const LONGEST_MESSAGE: usize = 4000;
/// The same for a code.
const LONGEST_CODE: usize = 200;

/// What the service says when another operation holds a deployment, an account or a disk.
const EXCLUSIVE: &str = "requires exclusive access";

/// Does another operation hold what was to be changed? The one thing that no code tells: it is a
/// `ConflictError` as a name that is taken is, and the service's users had nothing but these words
/// to know when to ask again.
pub(super) fn says_locked(text: &str) -> bool {
    text.contains(EXCLUSIVE)
}

/// Sorts a refusal by what the caller can do about it.
pub(super) fn kind(status: u16, code: &str) -> Kind {
    match (status, code) {
        (
            _,
            "AuthenticationFailed"
            | "ForbiddenError"
            | "SubscriptionDisabled"
            | "SubscriptionNotFound"
            | "CertificateAuthenticationFailed",
        )
        | (401 | 403, _) => Kind::Denied,
        (_, "ServerBusy" | "TooManyRequests" | "OperationTimedOut" | "InternalError")
        | (408 | 429 | 500 | 502 | 503 | 504, _) => Kind::Busy,
        (_, "ConflictError") | (409, _) => Kind::Conflict,
        (_, "ResourceNotFound") | (404, _) => Kind::NotFound,
        (400..=499 | 501, _) => Kind::Refused,
        _ => Kind::Unexpected,
    }
}

/// Does a refusal come from something else than the service? A proxy's page that says 404 does not
/// tell that a thing is not there. How busy something on the way is, it may say as it likes.
pub(super) fn is_of_another(status: u16, body: &str) -> bool {
    let is_the_services = || Element::parse(body).is_ok_and(|element| element.name() == "Error");
    (400..500).contains(&status)
        && !matches!(status, 401 | 407 | 408 | 429)
        && !body.trim().is_empty()
        && !is_the_services()
}

/// The error that such a refusal stands for.
pub(super) fn strange(status: u16, request: Option<RequestId>) -> Error {
    let message = format!("something else than the service answered with status {status}");
    with(
        Error::new(Kind::Unexpected, message).because(Reason::Nonsense),
        request,
    )
}

/// The error that an answer of `status` with `body` stands for.
pub(super) fn answered(status: u16, body: &str, request: Option<RequestId>) -> Error {
    let fault = Element::parse(body)
        .ok()
        .filter(|element| element.name() == "Error")
        .and_then(|element| decode::<Fault>(&element).ok())
        .filter(|fault| !(fault.code.is_empty() && fault.message.is_empty()))
        .map(bounded);
    let error = match fault {
        Some(fault) => {
            let message = if fault.message.trim().is_empty() {
                fault.code.clone()
            } else {
                fault.message.trim().to_owned()
            };
            told(kind(status, &fault.code), message, fault)
        }
        None => Error::new(
            kind(status, ""),
            format!("the service answered with status {status} and no reason"),
        ),
    };
    with(error, request)
}

/// An error with the service's code, and the reason that it tells.
fn told(kind: Kind, message: String, fault: Fault) -> Error {
    let lock = says_locked(&fault.message).then_some(Reason::Exclusive);
    let reason = Reason::told_by(&fault.code).or(lock);
    let error = Error::new(kind, message).with_code(fault.code);
    match reason {
        Some(reason) => error.because(reason),
        None => error,
    }
}

fn bounded(fault: Fault) -> Fault {
    let Fault { code, message } = fault;
    Fault {
        code: cut(&code, LONGEST_CODE).into_owned(),
        message: cut(&message, LONGEST_MESSAGE).into_owned(),
    }
}

/// The error that a failed operation stands for; its message begins with its code.
pub(super) fn failed(
    status: Option<u16>,
    fault: Option<Fault>,
    request: Option<RequestId>,
) -> Error {
    let error = match fault.map(bounded) {
        Some(fault) => told(
            kind(status.unwrap_or(400), &fault.code),
            format!("{} : {}", fault.code, fault.message),
            fault,
        ),
        None => Error::new(Kind::Unexpected, "the operation failed without a reason"),
    };
    with(error, request).failed_later()
}

/// The error that an answer without sense stands for.
pub(super) fn nonsense(
    what: &str,
    cause: impl std::error::Error + Send + Sync + 'static,
    request: Option<RequestId>,
) -> Error {
    with(
        Error::new(
            Kind::Unexpected,
            format!("the answer to {what} makes no sense"),
        )
        .because(Reason::Nonsense)
        .with_source(cause),
        request,
    )
}

fn with(error: Error, request: Option<RequestId>) -> Error {
    match request {
        Some(request) => error.with_request(request),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAKEN: &str = r#"<Error xmlns="http://schemas.microsoft.com/windowsazure"><Code>ConflictError</Code><Message>The specified DNS name is already taken.</Message></Error>"#;

    #[test]
    fn a_refusal_keeps_the_services_words() {
        let error = answered(409, TAKEN, Some(RequestId::new("0af")));

        assert_eq!(error.kind(), Kind::Conflict);
        assert_eq!(error.message(), "The specified DNS name is already taken.");
        assert_eq!(error.code(), Some("ConflictError"));
        assert_eq!(error.request().map(RequestId::as_str), Some("0af"));
    }

    #[test]
    fn a_lock_is_told_from_other_conflicts() {
        let lock = TAKEN.replace(
            "The specified DNS name is already taken.",
            "Windows Azure is currently performing an operation with x-ms-requestid ff on this deployment that requires exclusive access.",
        );

        let reason = |body: &str| answered(409, body, None).of_a_name().reason();

        assert_eq!(reason(&lock), Some(Reason::Exclusive));
        assert_eq!(reason(TAKEN), Some(Reason::NameTaken));
        assert_eq!(answered(409, TAKEN, None).reason(), None);
    }

    #[test]
    fn a_message_without_end_is_cut() {
        let fault = || Fault {
            code: "c".repeat(10_000),
            message: "m".repeat(10_000),
        };
        let body = format!(
            "<Error><Code>{}</Code><Message>{}</Message></Error>",
            fault().code,
            fault().message
        );

        for error in [
            answered(400, &body, None),
            failed(Some(400), Some(fault()), None),
        ] {
            assert!(error.message().len() < 5000, "{}", error.message().len());
            assert!(error.message().ends_with("more bytes)"));
            assert!(error.code().unwrap().len() < 300);
        }
    }

    #[test]
    fn a_body_that_is_no_xml_leaves_the_status() {
        let error = answered(503, "<html>busy</html>", None);

        assert_eq!(error.kind(), Kind::Busy);
        assert!(error.message().contains("503"));
    }

    #[test]
    fn a_failed_operation_names_its_code_first() {
        let fault = Fault {
            code: "BadRequest".to_owned(),
            message: "Port 22 is already in use".to_owned(),
        };

        let error = failed(Some(400), Some(fault), None);

        assert_eq!(error.message(), "BadRequest : Port 22 is already in use");
        assert!(error.is_operation_failure());
    }
}
