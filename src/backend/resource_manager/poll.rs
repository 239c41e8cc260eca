//! Operations that take time: where they tell of themselves, and what they tell.

use reqwest::Url;
use serde::Deserialize;

use super::fault;
use super::http::{Answer, Request, Transport};
use crate::backend::{Error, Kind, OperationId, Progress, Reason, Result};

/// Where an operation tells of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    /// Its state, as a document.
    Status(String),
    /// Its result, with a status code of 202 until it is there.
    Result(String),
}

/// The word before an address whose answers are documents.
const STATUS: &str = "status ";

/// The word before an address whose answers are results.
const RESULT: &str = "result ";

/// What an answer names; none when all is done.
pub(super) fn named(answer: &Answer) -> Option<Named> {
    if let Some(url) = &answer.operation {
        return Some(Named::Status(url.clone()));
    }
    match (answer.status, &answer.location) {
        (202, Some(url)) => Some(Named::Result(url.clone())),
        _ => None,
    }
}

/// The id by which an operation is asked for: path and query of an address that `own` lets pass.
pub(super) fn operation(named: &Named, own: impl Fn(&str) -> Result<Url>) -> Result<OperationId> {
    let (word, url) = match named {
        Named::Status(url) => (STATUS, own(url)?),
        Named::Result(url) => (RESULT, own(url)?),
    };
    let query = url.query().map(|query| format!("?{query}"));
    Ok(OperationId::new(format!(
        "{word}{}{}",
        url.path(),
        query.unwrap_or_default()
    )))
}

/// The document that an operation tells.
#[derive(Debug, Deserialize)]
struct Document {
    status: String,
    #[serde(default)]
    error: Option<serde_json::Value>,
}

/// How an operation fares.
pub(super) async fn progress(transport: &Transport, id: &OperationId) -> Result<Progress> {
    let (is_document, path) = match (
        id.as_str().strip_prefix(STATUS),
        id.as_str().strip_prefix(RESULT),
    ) {
        (Some(path), _) => (true, path),
        (None, Some(path)) => (false, path),
        (None, None) => {
            return Err(Error::new(
                Kind::Refused,
                format!("`{id}` is no operation of Resource Manager"),
            ));
        }
    };
    let request = Request::get(transport.own(path)?);
    let answer = match transport.send(&request).await {
        Ok(answer) => answer,
        // The result of a failed operation is its error.
        Err(error) if !is_document && error.code().is_some() && error.kind() != Kind::Busy => {
            return Ok(Progress::Failed(error.failed_later()));
        }
        Err(error) => return Err(error),
    };
    let underway = || Progress::Underway {
        ask_again_after: answer.retry_after.map(|wish| transport.bounded(wish)),
    };
    if !is_document {
        return Ok(if answer.status == 202 {
            underway()
        } else {
            Progress::Succeeded
        });
    }
    let document: Document = transport.read(&answer)?;
    let word = document.status.to_ascii_lowercase();
    Ok(match word.as_str() {
        "succeeded" => Progress::Succeeded,
        "failed" | "canceled" | "cancelled" => {
            let error = document.error.unwrap_or_default();
            let failed = fault::told(&error).unwrap_or_else(|| {
                Error::new(
                    Kind::Refused,
                    format!("the operation ended as {}", document.status),
                )
            });
            let failed = match answer.request.clone() {
                Some(id) => failed.with_request(id),
                None => failed,
            };
            Progress::Failed(failed.failed_later())
        }
        "" => {
            return Err(Error::new(Kind::Unexpected, "an operation tells no state")
                .because(Reason::Nonsense));
        }
        _ => underway(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_known_by_its_path() {
        let own = |url: &str| {
            Ok(Url::parse("https://arm.example")
                .unwrap()
                .join(url)
                .unwrap())
        };
        let named = Named::Status("https://arm.example/subscriptions/S/x?api-version=1".to_owned());
        assert_eq!(
            operation(&named, own).unwrap().as_str(),
            "status /subscriptions/S/x?api-version=1"
        );
        let named = Named::Result("/r".to_owned());
        assert_eq!(operation(&named, own).unwrap().as_str(), "result /r");
    }
}
