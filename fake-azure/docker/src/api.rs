//! The skin: an HTTP request in, an HTTP answer out.
//!
//! A request passes, in this order: the shape of its path, the route table, the range
//! of API versions, and the handler of its route. The headers that every answer
//! carries are put on here and nowhere else.

mod answer;
mod containers;
mod fault;
mod filters;
mod images;
mod negotiation;
mod networks;
mod path;
mod ping;
mod plugins;
mod query;
mod routes;
mod swarm;
mod system;
mod volumes;

use axum::body::{Body, HttpBody};
use futures_util::StreamExt;
use hyper::body::Incoming;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode, Version};
use jiff::Timestamp;

use crate::engine::Shared;
use crate::host;
use answer::Answer;
use fault::Fault;
use negotiation::{API_VERSION, ApiVersion};
use query::Query;
use routes::{Found, Handler, Route};

/// A request on its way to its handler.
struct Call<'a> {
    engine: &'a Shared,
    route: &'static Route,
    version: ApiVersion,
    /// What stands for the variable of the route's pattern; empty when it has none.
    name: &'a str,
    query: Query,
}

/// What a handler makes of a request.
type Outcome = Result<Answer, Fault>;

/// Answers one request.
pub(crate) async fn answer(engine: &Shared, request: Request<Incoming>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let answer = stopped_at_the_door(&head).unwrap_or_else(|| dispatch(engine, &head));
    tracing::debug!(method = %head.method, path = head.uri.path(), status = %answer.status());
    // A client whose upload is cut off would never read why.
    if !body.is_end_stream() {
        let mut upload = Body::new(body).into_data_stream();
        while let Some(Ok(_)) = upload.next().await {}
    }
    dated(answer.into_response(), engine.now())
}

/// Refuses or redirects what Go's server and its router stop before any handler.
fn stopped_at_the_door(head: &Parts) -> Option<Answer> {
    if head.version == Version::HTTP_11 && !head.headers.contains_key(header::HOST) {
        let words = "400 Bad Request: missing required Host header";
        let close = HeaderValue::from_static("close");
        return Some(Answer::text(StatusCode::BAD_REQUEST, words).with(header::CONNECTION, close));
    }
    let clean = path::cleaned(head.uri.path())?;
    let location = match head.uri.query() {
        Some(query) => format!("{clean}?{query}"),
        None => clean,
    };
    let location = HeaderValue::try_from(location).ok()?;
    Some(Answer::empty(StatusCode::MOVED_PERMANENTLY).with(header::LOCATION, location))
}

fn dispatch(engine: &Shared, head: &Parts) -> Answer {
    let path = path::decoded(head.uri.path());
    let Some(Found {
        route,
        name,
        version,
    }) = routes::find(&head.method, &path)
    else {
        return experimental(signed(Fault::PageNotFound.answer()));
    };
    let version = match negotiation::agree(version) {
        Ok(version) => version,
        Err(refusal) => return signed(refusal.answer()),
    };
    let call = Call {
        engine,
        route,
        version,
        name,
        query: Query::of(&head.uri),
    };
    let outcome = match route.handler {
        Handler::Sure(answer) => Ok(answer(&call)),
        Handler::Fallible(answer) => answer(&call),
        Handler::Refusal(refuse) => Err(refuse(&call)),
        Handler::Later => Err(Fault::not_modelled(route)),
    };
    experimental(signed(outcome.unwrap_or_else(|fault| fault.answer())))
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
