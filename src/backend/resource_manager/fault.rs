//! How Resource Manager says no.

use serde::Deserialize;
use serde_json::Value;

use crate::backend::{Error, Kind, Reason, RequestId};
use crate::domain::cut;

/// The longest words of the service that are told, in characters.
const LONGEST_MESSAGE: usize = 2000;

/// A refusal's own part.
#[derive(Debug, Default, Deserialize)]
struct Fault {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    #[serde(default)]
    target: Option<String>,
    #[serde(default)]
    details: Option<Vec<Self>>,
}

/// The error that an answer with this status and body is.
pub(super) fn answered(status: u16, body: &str, request: Option<RequestId>) -> Error {
    let fault = serde_json::from_str::<Value>(body)
        .ok()
        .and_then(|document| read(&document));
    let error = match fault {
        Some(fault) => error(status, &fault),
        None => Error::new(
            kind(status, ""),
            format!("the service answered with status {status}"),
        ),
    };
    match request {
        Some(id) => error.with_request(id),
        None => error,
    }
}

/// The error that an operation's document tells.
pub(super) fn told(document: &Value) -> Option<Error> {
    let fault = read(document)?;
    Some(error(400, &fault))
}

fn read(document: &Value) -> Option<Fault> {
    // Some providers leave the wrapper off.
    let inner = document.get("error").unwrap_or(document);
    let fault: Fault = serde_json::from_value(inner.clone()).ok()?;
    (!fault.code.is_empty() || !fault.message.is_empty()).then_some(fault)
}

fn error(status: u16, fault: &Fault) -> Error {
    let cause = fault
        .details
        .iter()
        .flatten()
        .find(|detail| !detail.message.is_empty() && detail.message != fault.message);
    let mut message = cut(&fault.message, LONGEST_MESSAGE).into_owned();
    if message.is_empty() {
        message.clone_from(&fault.code);
    }
    if let Some(target) = &fault.target
        && !message.contains(target.as_str())
    {
        message = format!("{}: {message}", cut(target, 200));
    }
    let mut error = Error::new(kind(status, &fault.code), message);
    if !fault.code.is_empty() {
        error = error.with_code(fault.code.clone());
    }
    if let Some(reason) = reason(&fault.code, &fault.message) {
        error = advised(error.because(reason));
    }
    match cause {
        Some(cause) => error.with_source(cut(&cause.message, LONGEST_MESSAGE).into_owned()),
        None => error,
    }
}

/// What the caller can do.
/// Says the way out where Resource Manager has another than classic Azure.
pub(super) fn advised(error: Error) -> Error {
    let hint = match error.reason() {
        _ if error.hint().is_some() => None,
        Some(Reason::Redirected) => Some(ELSEWHERE),
        Some(Reason::OtherName | Reason::NoTls) => Some(OTHER_ADDRESS),
        Some(Reason::NotOffered) => Some(OTHER_SIZE),
        _ => None,
    };
    match hint {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

const ELSEWHERE: &str = "token and request go to the login's own cloud alone; nothing was asked elsewhere. `azure login --resource-manager URL` signs in to another";

const OTHER_ADDRESS: &str = "the login may name a wrong address; `azure account show -d` shows it, `azure login --resource-manager URL` signs in to another";

const OTHER_SIZE: &str =
    "choose another size with -z, or another location with -l; `azure location list` lists them";

fn kind(status: u16, code: &str) -> Kind {
    match code {
        // What these wait for ends by itself.
        "NicInUse"
        | "NicReservedForAnotherVm"
        | "PublicIPAddressCannotBeDeleted"
        | "PublicIPAddressInUse"
        | "InUseSubnetCannotBeDeleted"
        | "InUseNetworkSecurityGroupCannotBeDeleted"
        | "AnotherOperationInProgress"
        | "ResourceGroupBeingDeleted"
        | "OperationPreempted"
        | "DnsRecordInUse" => return Kind::Conflict,
        "RetryableError" => return Kind::Busy,
        "SkuNotAvailable"
        | "OperationNotAllowed"
        | "MissingSubscriptionRegistration"
        | "QuotaExceeded"
        | "PropertyChangeNotAllowed" => return Kind::Refused,
        _ => {}
    }
    match status {
        401 | 403 | 407 => Kind::Denied,
        404 | 410 => Kind::NotFound,
        409 | 412 => Kind::Conflict,
        408 | 429 | 500..=599 => Kind::Busy,
        400..=499 => Kind::Refused,
        _ => Kind::Unexpected,
    }
}

fn reason(code: &str, message: &str) -> Option<Reason> {
    match code {
        "AuthorizationFailed" | "LinkedAuthorizationFailed" => Some(Reason::Forbidden),
        "AuthenticationFailed"
        | "InvalidAuthenticationToken"
        | "ExpiredAuthenticationToken"
        | "InvalidAuthenticationTokenTenant"
        | "InvalidAuthenticationTokenAudience" => Some(Reason::SignIn),
        "SubscriptionDisabled" | "ReadOnlyDisabledSubscription" => Some(Reason::Disabled),
        "RequestDisallowedByPolicy" => Some(Reason::Policy),
        "ScopeLocked" => Some(Reason::Locked),
        "SkuNotAvailable" => Some(Reason::NotOffered),
        "DnsRecordInUse" => Some(Reason::NameTaken),
        "AllocationFailed" | "ZonalAllocationFailed" | "OverconstrainedAllocationRequest" => {
            Some(Reason::NoRoom)
        }
        "QuotaExceeded" | "PublicIPCountLimitReached" => Some(Reason::Quota),
        "OperationNotAllowed" if message.contains("uota") => Some(Reason::Quota),
        "AnotherOperationInProgress" => Some(Reason::Exclusive),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_by_its_code_and_words() {
        let body = r#"{"error":{"code":"OperationNotAllowed","message":"Operation could not be completed as it results in exceeding approved Total Regional Cores quota."}}"#;
        let error = answered(409, body, None);
        assert_eq!(
            (error.kind(), error.reason(), error.code()),
            (
                Kind::Refused,
                Some(Reason::Quota),
                Some("OperationNotAllowed")
            )
        );
        let error = answered(404, r#"{"code":"NotFound","message":"no"}"#, None);
        assert_eq!((error.kind(), error.message()), (Kind::NotFound, "no"));
        assert_eq!(answered(502, "<html>", None).kind(), Kind::Busy);
    }

    #[test]
    fn a_cause_stands_beneath_what_it_caused() {
        let body = r#"{"error":{"code":"DeploymentFailed","message":"At least one failed.","details":[{"code":"Conflict","message":"In use."}]}}"#;
        let error = answered(409, body, None);
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(cause.as_deref(), Some("In use."));
    }
}
