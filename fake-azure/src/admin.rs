//! The admin API, `/_fake/…`: look at the world, let time pass, break things.

mod advance;
mod body;
pub(crate) mod breaks;
mod visits;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use fake_docker::Engine;
use serde_json::{Value, json};

pub(crate) use advance::Advance;
pub(crate) use body::{Body, fault};
pub(crate) use visits::Visits;

use crate::cloud::Cloud;

/// The routes of the admin API.
pub(crate) fn router(cloud: Cloud) -> Router {
    Router::new()
        .route("/_fake/world", get(world))
        .route("/_fake/journal", get(journal))
        .route("/_fake/advance", post(advance))
        .route("/_fake/reset", post(reset))
        .route("/_fake/break", post(break_next))
        .route(
            "/_fake/docker/{service}/{machine}/journal",
            get(docker_journal),
        )
        .route(
            "/_fake/docker/{service}/{machine}/break",
            post(docker_break),
        )
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
    breaks::carry_out(
        asked,
        || cloud.clear_breaks(),
        |rule| cloud.break_next(rule),
    )
}

/// The engine of a host, by hosted service and machine.
type HostPath = Path<(String, String)>;

async fn docker_journal(State(cloud): State<Cloud>, Path(host): HostPath) -> Response {
    with_engine(&cloud, &host, |engine| {
        Json(engine.journal()).into_response()
    })
}

async fn docker_break(
    State(cloud): State<Cloud>,
    Path(host): HostPath,
    Body(asked): Body<Value>,
) -> Response {
    with_engine(&cloud, &host, |engine| {
        breaks::carry_out(
            asked,
            || engine.clear_breaks(),
            |rule| engine.break_next(rule),
        )
    })
}

fn with_engine(
    cloud: &Cloud,
    (service, machine): &(String, String),
    deed: impl FnOnce(&Engine) -> Response,
) -> Response {
    match cloud.docker(service, machine) {
        Some(engine) => deed(&engine),
        None => fault(
            StatusCode::NOT_FOUND,
            format!("no simulated Docker engine runs in the machine `{machine}` of `{service}`"),
        ),
    }
}
