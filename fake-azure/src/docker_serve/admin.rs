//! The admin API of an engine that stands alone: what `/_fake/…` is to a whole cloud.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use simulation::Clock;

use crate::admin::{Advance, Body, fault};

/// The routes of the admin API.
pub(super) fn router(clock: Clock) -> Router {
    Router::new()
        .route("/_fake/advance", post(advance))
        .fallback(async || fault(StatusCode::NOT_FOUND, "there is no such path"))
        .method_not_allowed_fallback(async || {
            fault(
                StatusCode::METHOD_NOT_ALLOWED,
                "this path takes another method",
            )
        })
        .with_state(clock)
}

async fn advance(State(clock): State<Clock>, Body(asked): Body<Advance>) -> Response {
    asked.carry_out(|by| {
        clock.advance(by);
        clock.now()
    })
}
