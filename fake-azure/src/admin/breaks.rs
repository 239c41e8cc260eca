//! `/_fake/break`: faults that are arranged and taken back.

use std::error::Error;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use simulation::faults::{self, Fired, Rule};

use super::fault;

/// Carries out what was asked: takes all faults back, or arranges one.
pub(crate) fn carry_out<E: DeserializeOwned, X: Error>(
    asked: Value,
    clear: impl FnOnce() -> Vec<Fired>,
    arrange: impl FnOnce(Rule<E>) -> Result<(), X>,
) -> Response {
    if let Some(word) = asked.get("clear") {
        let alone = asked.as_object().is_some_and(|all| all.len() == 1);
        if *word == Value::Bool(true) && alone {
            return Json(clear()).into_response();
        }
        return fault(
            StatusCode::BAD_REQUEST,
            "say {\"clear\": true} and nothing else to take all faults back",
        );
    }
    let rule: Rule<E> = match faults::read(asked) {
        Ok(rule) => rule,
        Err(error) => return fault(StatusCode::BAD_REQUEST, error.to_string()),
    };
    match arrange(rule) {
        Ok(()) => Json(json!({})).into_response(),
        Err(error) => fault(StatusCode::BAD_REQUEST, error.to_string()),
    }
}
