//! The admin API, `/_fake/…`: look at the world, let time pass, break things.

mod advance;
mod approve;
mod body;
pub(crate) mod breaks;
mod front;
mod gate;
mod pages;
mod quota;
mod visits;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use fake_docker::Engine;
use serde::Deserialize;
use serde_json::{Value, json};
use simulation::net::{self, Trouble};

pub(crate) use advance::Advance;
pub(crate) use body::{Body, failed, fault};
pub(crate) use gate::Gate;
pub(crate) use pages::Page;
pub(crate) use visits::serve;

use crate::cloud::{Cloud, NotRestored};
use crate::state::StateError;

/// Where a snapshot is taken on: the one path that takes long bodies.
const RESTORE: &str = "/_fake/restore";

/// The routes of the admin API.
pub(crate) fn router(cloud: Cloud) -> Router {
    Router::new()
        .route("/", get(front::page))
        .route("/_fake/world", get(world))
        .route("/_fake/journal", get(journal))
        .route("/_fake/orphans", get(orphans))
        .route("/_fake/advance", post(advance))
        .route("/_fake/quota", post(quota::set))
        .route("/_fake/approve", post(approve::answer))
        .route("/_fake/reset", post(reset))
        .route("/_fake/snapshot", get(snapshot))
        .route(
            RESTORE,
            // How long a snapshot may be is told before it comes here.
            post(restore).layer(DefaultBodyLimit::disable()),
        )
        .route("/_fake/break", post(break_next))
        .route("/_fake/faults", get(faults).delete(clear_faults))
        .route(
            "/_fake/docker/{service}/{machine}/journal",
            get(docker_journal),
        )
        .route(
            "/_fake/docker/{service}/{machine}/break",
            post(docker_break),
        )
        .route(
            "/_fake/docker/{service}/{machine}/faults",
            get(docker_faults).delete(docker_clear_faults),
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

/// What is told where there is nothing to tell.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn world(State(cloud): State<Cloud>) -> Json<Value> {
    let mut shown = cloud.act(|world, now| world.to_json(now));
    shown["problems"] = problems(&cloud);
    Json(shown)
}

async fn orphans(State(cloud): State<Cloud>) -> Json<Value> {
    Json(cloud.act(|world, now| json!({ "now": now.to_string(), "orphans": world.orphans(now) })))
}

/// What keeps somebody out, though the world says they may come in.
fn problems(cloud: &Cloud) -> Value {
    let Trouble {
        sent_away,
        not_accepted,
    } = net::trouble();
    json!({
        "closed_doors": cloud.closed_doors(),
        "connections_sent_away": sent_away,
        "connections_not_accepted": not_accepted,
    })
}

async fn journal(State(cloud): State<Cloud>, page: Page) -> Response {
    Json(cloud.journal_page(page.after, page.most)).into_response()
}

async fn advance(State(cloud): State<Cloud>, Body(asked): Body<Advance>) -> Response {
    asked.carry_out(|by| {
        cloud.try_advance(by)?;
        Ok::<_, StateError>(cloud.now())
    })
}

async fn reset(State(cloud): State<Cloud>, Body(Nothing {}): Body<Nothing>) -> Response {
    match cloud.reset() {
        Ok(()) => Json(json!({})).into_response(),
        Err(error) => failed(StatusCode::INTERNAL_SERVER_ERROR, &error),
    }
}

async fn snapshot(State(cloud): State<Cloud>) -> Response {
    match cloud.snapshot() {
        Ok(state) => ([(CONTENT_TYPE, "application/json")], state).into_response(),
        Err(error) => failed(StatusCode::INTERNAL_SERVER_ERROR, &error),
    }
}

async fn restore(State(cloud): State<Cloud>, snapshot: String) -> Response {
    match cloud.restore(&snapshot) {
        Ok(()) => Json(json!({})).into_response(),
        Err(error) => {
            let status = match error {
                NotRestored::Invalid(_) => StatusCode::BAD_REQUEST,
                NotRestored::Addresses(_) => StatusCode::CONFLICT,
                NotRestored::File(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            failed(status, &error)
        }
    }
}

async fn break_next(State(cloud): State<Cloud>, Body(asked): Body<Value>) -> Response {
    breaks::carry_out(asked, || clear(&cloud), |rule| cloud.break_next(rule))
}

async fn faults(State(cloud): State<Cloud>) -> Response {
    breaks::told(&cloud.breaks())
}

async fn clear_faults(State(cloud): State<Cloud>) -> Response {
    clear(&cloud)
}

fn clear(cloud: &Cloud) -> Response {
    match cloud.try_clear_breaks() {
        Ok(fired) => breaks::mended(&fired),
        Err(error) => failed(StatusCode::INTERNAL_SERVER_ERROR, &error),
    }
}

/// The engine of a host, by hosted service and machine.
type HostPath = Path<(String, String)>;

async fn docker_journal(State(cloud): State<Cloud>, Path(host): HostPath, page: Page) -> Response {
    with_engine(&cloud, &host, |engine| {
        Json(engine.journal_page(page.after, page.most)).into_response()
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
            || breaks::mended(&engine.clear_breaks()),
            |rule| engine.break_next(rule),
        )
    })
}

async fn docker_faults(State(cloud): State<Cloud>, Path(host): HostPath) -> Response {
    with_engine(&cloud, &host, |engine| breaks::told(&engine.breaks()))
}

async fn docker_clear_faults(State(cloud): State<Cloud>, Path(host): HostPath) -> Response {
    with_engine(&cloud, &host, |engine| {
        breaks::mended(&engine.clear_breaks())
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
