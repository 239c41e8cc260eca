//! The admin API, `/_fake/…`: look at the world, let time pass, break things.

mod advance;
mod body;
mod visits;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

pub(crate) use advance::Advance;
pub(crate) use body::{Body, fault};
pub(crate) use visits::Visits;

use crate::cloud::Cloud;
use crate::mischief::Break;

/// The routes of the admin API.
pub(crate) fn router(cloud: Cloud) -> Router {
    Router::new()
        .route("/_fake/world", get(world))
        .route("/_fake/journal", get(journal))
        .route("/_fake/advance", post(advance))
        .route("/_fake/reset", post(reset))
        .route("/_fake/break", post(break_next))
        .fallback(async || {
            fault(
                StatusCode::NOT_FOUND,
                "there is no such path; see docs/fidelity.md for those of the admin API",
            )
        })
        .method_not_allowed_fallback(async || {
            fault(
                StatusCode::METHOD_NOT_ALLOWED,
                "this path takes another method",
            )
        })
        .with_state(cloud)
}

async fn world(State(cloud): State<Cloud>) -> Json<Value> {
    Json(cloud.act(|world, now| world.to_json(now)))
}

async fn journal(State(cloud): State<Cloud>) -> Response {
    Json(cloud.journal()).into_response()
}

async fn advance(State(cloud): State<Cloud>, Body(asked): Body<Advance>) -> Response {
    asked.carry_out(|by| {
        cloud.advance(by);
        cloud.now()
    })
}

async fn reset(State(cloud): State<Cloud>) -> Json<Value> {
    cloud.reset();
    Json(json!({}))
}

async fn break_next(State(cloud): State<Cloud>, Body(asked): Body<Value>) -> Response {
    if asked.get("clear").is_some() {
        return match asked.get("clear") {
            Some(Value::Bool(true)) if asked.as_object().is_some_and(|o| o.len() == 1) => {
                Json(cloud.clear_breaks()).into_response()
            }
            _ => fault(
                StatusCode::BAD_REQUEST,
                "say {\"clear\": true} and nothing else to take all faults back",
            ),
        };
    }
    let asked: Break = match serde_json::from_value(asked) {
        Ok(asked) => asked,
        Err(error) => return fault(StatusCode::BAD_REQUEST, error.to_string()),
    };
    match cloud.break_next(asked) {
        Ok(()) => Json(json!({})).into_response(),
        Err(error) => fault(StatusCode::BAD_REQUEST, error.to_string()),
    }
}
