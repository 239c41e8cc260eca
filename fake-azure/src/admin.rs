//! The admin API, `/_fake/…`: look at the world, let time pass, break things.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::Listener;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use simulation::net::Arrivals;
use tokio::net::TcpStream;

use crate::cloud::Cloud;
use crate::mischief::Break;

/// Those who come to the admin API.
pub(crate) struct Visits(pub(crate) Arrivals);

impl Listener for Visits {
    type Io = TcpStream;
    type Addr = Option<SocketAddr>;

    async fn accept(&mut self) -> (TcpStream, Option<SocketAddr>) {
        match self.0.next().await {
            None => std::future::pending().await,
            Some((stream, peer)) => (stream, Some(peer)),
        }
    }

    fn local_addr(&self) -> io::Result<Option<SocketAddr>> {
        self.0.address()
    }
}

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

fn fault(status: StatusCode, message: impl Into<String>) -> Response {
    (status, Json(json!({ "error": message.into() }))).into_response()
}

/// JSON whatever its content type says, so that `curl -d` will do.
struct Body<T>(T);

impl<S: Send + Sync, T: for<'de> Deserialize<'de>> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, Response> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(IntoResponse::into_response)?;
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        Json::<T>::from_bytes(text)
            .map(|Json(value)| Self(value))
            .map_err(|error: JsonRejection| fault(StatusCode::BAD_REQUEST, error.body_text()))
    }
}

async fn world(State(cloud): State<Cloud>) -> Json<Value> {
    Json(cloud.act(|world, now| world.to_json(now)))
}

async fn journal(State(cloud): State<Cloud>) -> Response {
    Json(cloud.journal()).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: f64,
}

async fn advance(State(cloud): State<Cloud>, Body(asked): Body<Advance>) -> Response {
    // A century is enough for any test, and keeps timestamps in their range.
    const MOST: f64 = 100.0 * 366.0 * 86_400.0;
    if !(0.0..=MOST).contains(&asked.seconds) {
        return fault(
            StatusCode::BAD_REQUEST,
            "`seconds` is a number from 0 to a century",
        );
    }
    cloud.advance(Duration::from_secs_f64(asked.seconds));
    Json(json!({ "now": cloud.now().to_string() })).into_response()
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
