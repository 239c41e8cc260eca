//! `/_fake/break` and `/_fake/faults`: faults that are arranged, told and taken back.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use simulation::faults::{self, Fired, InvalidRule, Own, Rule, Told};

use super::fault;

/// Carries out what was asked: takes all faults back, or arranges one.
pub(crate) fn carry_out<O: Own>(
    asked: Value,
    clear: impl FnOnce() -> Response,
    arrange: impl FnOnce(Rule<O>) -> Result<(), InvalidRule>,
) -> Response {
    if let Some(word) = asked.get("clear") {
        let alone = asked.as_object().is_some_and(|all| all.len() == 1);
        if *word == Value::Bool(true) && alone {
            return clear();
        }
        return fault(
            StatusCode::BAD_REQUEST,
            "say {\"clear\": true} and nothing else to take all faults back",
        );
    }
    let rule: Rule<O> = match faults::read(asked) {
        Ok(rule) => rule,
        Err(error) => return fault(StatusCode::BAD_REQUEST, error.to_string()),
    };
    match arrange(rule) {
        Ok(()) => Json(json!({})).into_response(),
        Err(error @ InvalidRule::NotWritten(_)) => {
            fault(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
        }
        Err(error) => fault(StatusCode::BAD_REQUEST, error.to_string()),
    }
}

/// Tells what faults did that are taken back.
pub(crate) fn mended(fired: &[Fired]) -> Response {
    Json(fired).into_response()
}

/// Tells what was arranged and what it did.
pub(crate) fn told<O: Own>(faults: &[Told<O>]) -> Response {
    Json(json!({ "faults": faults })).into_response()
}
