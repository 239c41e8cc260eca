//! The admin API of an engine that stands alone: what `/_fake/…` is to a whole cloud.

use std::convert::Infallible;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use fake_docker::Engine;
use serde_json::Value;
use simulation::Clock;

use crate::admin::{Advance, Body, Page, breaks, fault};

/// The routes of the admin API; those of the engine are not there where it is a real one.
pub(super) fn router(clock: Clock, engine: Option<Engine>) -> Router {
    let mut router = Router::new().route("/_fake/advance", post(advance).with_state(clock));
    if let Some(engine) = engine {
        router = router
            .route("/_fake/journal", get(journal).with_state(engine.clone()))
            .route("/_fake/break", post(break_next).with_state(engine.clone()))
            .route(
                "/_fake/faults",
                get(faults).delete(clear_faults).with_state(engine),
            );
    }
    router
        .fallback(async || fault(StatusCode::NOT_FOUND, "there is no such path"))
        .method_not_allowed_fallback(async || {
            fault(
                StatusCode::METHOD_NOT_ALLOWED,
                "this path takes another method",
            )
        })
}

async fn advance(State(clock): State<Clock>, Body(asked): Body<Advance>) -> Response {
    asked.carry_out(|by| {
        clock.advance(by);
        Ok::<_, Infallible>(clock.now())
    })
}

async fn journal(State(engine): State<Engine>, page: Page) -> Response {
    Json(engine.journal_page(page.after, page.most)).into_response()
}

async fn break_next(State(engine): State<Engine>, Body(asked): Body<Value>) -> Response {
    breaks::carry_out(
        asked,
        || breaks::mended(&engine.clear_breaks()),
        |rule| engine.break_next(rule),
    )
}

async fn faults(State(engine): State<Engine>) -> Response {
    breaks::told(&engine.breaks())
}

async fn clear_faults(State(engine): State<Engine>) -> Response {
    Json(engine.clear_breaks()).into_response()
}
