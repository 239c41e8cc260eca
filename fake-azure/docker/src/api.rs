//! The skin: an HTTP request in, an HTTP answer out.
//!
//! A request passes, in this order: the shape of its path, the route table, the range
//! of API versions, and the handler of its route. The headers that every answer
//! carries are put on here and nowhere else.

pub(crate) mod answer;
mod build;
pub(crate) mod call;
mod containers;
mod fault;
mod filters;
mod images;
mod negotiation;
mod networks;
mod ping;
mod plugins;
mod routes;
mod swarm;
mod system;
mod volumes;

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use hyper::body::Incoming;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode, Version};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use simulation::http::{Query, target};
use tokio::task::JoinSet;

use crate::engine::Engine;
use crate::fault::Fault;
use crate::host;
use answer::Answer;
use call::{Call, Upload};
use negotiation::API_VERSION;

/// What a handler makes of a request.
pub(crate) type Outcome = Result<Answer, Fault>;

/// Connections that were taken over from HTTP; they end with whoever holds this.
pub(crate) type TakenOver = Arc<Mutex<JoinSet<()>>>;

/// Answers one request.
pub(crate) async fn answer(
    engine: &Engine,
    taken_over: &TakenOver,
    mut request: Request<Incoming>,
) -> Response<Body> {
    let upgrade = hyper::upgrade::on(&mut request);
    let (head, body) = request.into_parts();
    let upload = Upload::new(Body::new(body));
    let answer = match stopped_at_the_door(&head) {
        Some(answer) => {
            upload.drain().await;
            answer
        }
        None => dispatch(engine, &head, upload).await,
    };
    tracing::debug!(method = %head.method, path = head.uri.path(), status = %answer.status());
    let (response, take_over) = answer.into_response();
    let Some(work) = take_over else {
        return dated(response, engine.now());
    };
    let mut connections = taken_over.lock().unwrap_or_else(PoisonError::into_inner);
    connections.spawn(async move {
        // A client that is gone before it hears of the switch needs nothing more.
        if let Ok(wire) = upgrade.await {
            work(TokioIo::new(wire)).await;
        }
    });
    response
}

/// Refuses or redirects what Go's server and its router stop before any handler.
fn stopped_at_the_door(head: &Parts) -> Option<Answer> {
    if head.version == Version::HTTP_11 && !head.headers.contains_key(header::HOST) {
        let words = "400 Bad Request: missing required Host header";
        let close = HeaderValue::from_static("close");
        return Some(Answer::text(StatusCode::BAD_REQUEST, words).with(header::CONNECTION, close));
    }
    let clean = target::cleaned(head.uri.path())?;
    let location = match head.uri.query() {
        Some(query) => format!("{clean}?{query}"),
        None => clean,
    };
    let location = HeaderValue::try_from(location).ok()?;
    Some(Answer::empty(StatusCode::MOVED_PERMANENTLY).with(header::LOCATION, location))
}

/// Finds the handler of a request and lets it answer.
async fn dispatch(engine: &Engine, head: &Parts, upload: Upload) -> Answer {
    let path = target::decoded(head.uri.path());
    let query = Query::of(&head.uri);
    let Some((found, version)) = routes::find(&head.method, &path, &query) else {
        upload.drain().await;
        return experimental(signed(fault::answer(&Fault::PageNotFound)));
    };
    let version = match negotiation::agree(version) {
        Ok(version) => version,
        Err(refusal) => {
            upload.drain().await;
            return signed(refusal.answer());
        }
    };
    let mut call = Call {
        engine: engine.clone(),
        route: found.route,
        version,
        name: found.values.into_iter().next().unwrap_or_default(),
        query,
        headers: head.headers.clone(),
        body: upload,
    };
    let outcome = (found.route.handler)(&mut call).await;
    // A client whose upload is cut off would never read why; and before a connection is taken
    // over, what is left of the request has to be out of it.
    call.body.drain().await;
    let answer = outcome.unwrap_or_else(|fault| fault::answer(&fault));
    if answer.is_signed() {
        experimental(signed(answer))
    } else {
        answer
    }
}

/// Puts on the headers by which the engine says who it is.
fn signed(answer: Answer) -> Answer {
    answer
        .with(
            HeaderName::from_static("api-version"),
            HeaderValue::from_static(API_VERSION),
        )
        .with(
            HeaderName::from_static("ostype"),
            HeaderValue::from_static(host::OS),
        )
        .with(header::SERVER, HeaderValue::from_static(host::SERVER))
}

/// Puts on the header that a refused API version goes without.
fn experimental(answer: Answer) -> Answer {
    answer.with(
        HeaderName::from_static("docker-experimental"),
        HeaderValue::from_static("false"),
    )
}

fn dated(mut response: Response<Body>, now: Timestamp) -> Response<Body> {
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(date) = HeaderValue::try_from(date) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}
