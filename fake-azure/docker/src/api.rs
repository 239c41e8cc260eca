//! The skin: an HTTP request in, an HTTP answer out.
//!
//! A request passes, in this order: the shape of its path, the route table, the range
//! of API versions, and the handler of its route. The headers that every answer
//! carries are put on here and nowhere else.

pub(crate) mod answer;
mod build;
pub(crate) mod call;
mod containers;
mod distribution;
mod events;
mod fault;
mod faults;
mod filters;
mod images;
mod json;
mod negotiation;
mod networks;
mod ping;
mod plugins;
mod registry_auth;
mod routes;
mod swarm;
mod system;
mod volumes;

use axum::body::Body;
use hyper::body::Incoming;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::http::uri::PathAndQuery;
use hyper::{Method, Request, Response, StatusCode, Uri, Version};
use jiff::Timestamp;
use simulation::http::{Attended, Half, Query, target};

use crate::engine::Engine;
use crate::engine::line::Peer;
use crate::fault::Fault;
use crate::faults::EngineFault;
use crate::host;
use crate::journal::Entry;
use answer::{Answer, Reply};
use call::{Call, Upload};
use negotiation::API_VERSION;

/// Whether the journal may call a route so.
pub(crate) fn is_route(name: &str) -> bool {
    routes::is_one(name)
}

/// What a handler makes of a request.
pub(crate) type Outcome = Result<Answer, Fault>;

/// The connection is to be cut without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut")]
pub(crate) struct Cut;

/// What a request came to.
struct Done {
    /// None where the connection is cut.
    answer: Option<Answer>,
    /// Whether the connection is cut in the middle of the answer.
    is_cut: bool,
    /// The pattern of its route.
    route: &'static str,
    /// What went wrong.
    detail: Option<String>,
}

impl Done {
    fn of(answer: Answer) -> Self {
        Self::on("", answer)
    }

    fn on(route: &'static str, answer: Answer) -> Self {
        Self {
            answer: Some(answer),
            is_cut: false,
            route,
            detail: None,
        }
    }

    fn with(self, detail: String) -> Self {
        Self {
            detail: Some(detail),
            ..self
        }
    }
}

/// Answers one request.
pub(crate) async fn answer(
    engine: &Engine,
    peer: Peer,
    request: Request<Incoming>,
) -> Result<Reply, Cut> {
    let work = simulation::net::at_work();
    let (head, body) = request.into_parts();
    let upload = Upload::new(Body::new(body), engine);
    let done = match stopped_at_the_door(&head) {
        Some(answer) => {
            upload.drain().await;
            Done::of(answer)
        }
        None => kept(engine, &head, faults::dispatch(engine, &head, upload).await),
    };
    write_down(engine, &head, &done);
    Ok(match done.answer.ok_or(Cut)?.into_reply(peer) {
        Reply::Http(response) if done.is_cut => {
            let (head, body) = response.into_parts();
            let half = Body::new(Half::of(body).await);
            Reply::Http(dated(Response::from_parts(head, half), engine.now()))
        }
        Reply::Handover(_) if done.is_cut => return Err(Cut),
        Reply::Http(response) => {
            let attended = response
                .map(|body| engine.kept_along(body))
                .map(|body| Body::new(Attended::new(body, work)));
            Reply::Http(dated(attended, engine.now()))
        }
        handover @ Reply::Handover(_) => handover,
    })
}

/// What a request has changed is kept before anybody is told.
fn kept(engine: &Engine, head: &Parts, done: Done) -> Done {
    if matches!(head.method, Method::GET | Method::HEAD) {
        return done;
    }
    match engine.keep_before_answer() {
        Ok(()) => done,
        Err(fault) => refused(done.route, &fault),
    }
}

fn write_down(engine: &Engine, head: &Parts, done: &Done) {
    let status = done.answer.as_ref().map_or(0, |a| a.status().as_u16());
    tracing::debug!(method = %head.method, path = head.uri.path(), status);
    let time = engine.now();
    engine.pages().write(|number| Entry {
        number,
        time,
        route: routes::told(done.route),
        method: head.method.to_string(),
        path: path_of(&head.uri).to_owned(),
        status,
        detail: done.detail.clone(),
    });
}

/// Path and query as they were asked for.
fn path_of(uri: &Uri) -> &str {
    uri.path_and_query()
        .map_or(uri.path(), PathAndQuery::as_str)
}

/// Refuses or redirects what Go's server and its router stop before any handler.
fn stopped_at_the_door(head: &Parts) -> Option<Answer> {
    if head.version == Version::HTTP_11 && !head.headers.contains_key(header::HOST) {
        let words = "400 Bad Request: missing required Host header";
        let close = HeaderValue::from_static("close");
        return Some(Answer::text(StatusCode::BAD_REQUEST, words).with(header::CONNECTION, close));
    }
    // The router looks at the path as it reads, in which an escaped slash is one.
    let path = head.uri.path().replace("%2F", "/").replace("%2f", "/");
    let clean = target::cleaned(&path)?;
    let location = match head.uri.query() {
        Some(query) => format!("{clean}?{query}"),
        None => clean,
    };
    let location = HeaderValue::try_from(location).ok()?;
    Some(Answer::empty(StatusCode::MOVED_PERMANENTLY).with(header::LOCATION, location))
}

/// Finds the handler of a request and lets it answer, as badly as it is told.
async fn dispatch(
    engine: &Engine,
    head: &Parts,
    upload: Upload,
    wrong: Option<EngineFault>,
) -> Done {
    let path = target::decoded(head.uri.path());
    let query = Query::of(&head.uri);
    let Some((found, version)) = routes::find(&head.method, &path, &query) else {
        upload.drain().await;
        return refused("", &Fault::PageNotFound);
    };
    let route = found.route;
    let version = match negotiation::agree(version) {
        Ok(version) => version,
        Err(refusal) => {
            upload.drain().await;
            let answer = signed(refusal.answer());
            return Done::on(route.pattern, answer).with(refusal.to_string());
        }
    };
    let mut call = Call {
        engine: engine.clone(),
        route,
        version,
        name: found.values.into_iter().next().unwrap_or_default(),
        query,
        headers: head.headers.clone(),
        body: upload,
        wrong,
    };
    let outcome = match call.wrong {
        Some(EngineFault::DiskFull(_)) => engine.fill_disk(&call.name),
        _ => Ok(()),
    };
    let outcome = match outcome {
        Ok(()) => (route.handler)(&mut call).await,
        Err(fault) => Err(fault),
    };
    if let (Ok(_), Some(effect)) = (&outcome, &call.wrong) {
        engine.doom(&call.name, effect);
    }
    // A client whose upload is cut off would never read why; and before a connection is taken
    // over, what is left of the request has to be out of it.
    call.body.drain().await;
    match outcome {
        Err(fault) => refused(route.pattern, &fault),
        Ok(answer) => Done::on(
            route.pattern,
            if answer.is_signed() {
                experimental(signed(answer))
            } else {
                answer
            },
        ),
    }
}

fn refused(route: &'static str, fault: &Fault) -> Done {
    let answer = experimental(signed(fault::answer(fault)));
    Done::on(route, answer).with(fault.to_string())
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
