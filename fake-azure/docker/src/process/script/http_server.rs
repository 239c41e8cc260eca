//! HTTP on a connection of the simulated network.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use hyper::body::Incoming;
use hyper::ext::ReasonPhrase;
use hyper::header::{DATE, HeaderValue};
use hyper::http::Extensions;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Version, http};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;

use super::message::{Request, Response};
use super::spelling::Spellings;
use crate::process::Connection;

/// The most headers of a request.
const MOST_HEADERS: usize = 100;
/// The most bytes that a request's head and its body's pieces wait in.
const BUFFER: usize = 64 * 1024;
/// The longest body that scripts and most services take, in bytes.
pub(super) const LONGEST_BODY: usize = 8 * 1024 * 1024;

/// Answers the requests of a connection, until it ends or `stop` says that its last answer is
/// the one at work.
pub(super) async fn serve_http<F, R, S>(
    connection: Connection,
    longest_body: usize,
    stop: S,
    answer: F,
) where
    F: Fn(Request) -> R + Send,
    R: Future<Output = Response> + Send,
    S: Future<Output = ()> + Send,
{
    let peer = connection.peer();
    let (answer, spellings) = (&answer, &Spellings::default());
    let service = service_fn(move |request: http::Request<Incoming>| async move {
        let response = match read(request, peer, longest_body).await {
            Some(request) => answer(request).await,
            None => Response::text(413, "request body too large\n").header("connection", "close"),
        };
        let spelling = spellings.of(&response.spelling).await;
        Ok::<_, Infallible>(response.into_http(spelling))
    });
    let serving = http1::Builder::new()
        // The machine's clock is not the process's.
        .auto_date_header(false)
        .title_case_headers(true)
        .half_close(true)
        .max_headers(MOST_HEADERS)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(connection.into_stream()), service);
    let mut serving = std::pin::pin!(serving);
    tokio::select! {
        // A client that breaks off or speaks no HTTP has got its answer, or wants none.
        _ = serving.as_mut() => return,
        () = stop => serving.as_mut().graceful_shutdown(),
    }
    serving.await.ok();
}

/// Reads a request whole; none when its body is too long, or breaks off.
async fn read(request: http::Request<Incoming>, peer: SocketAddr, most: usize) -> Option<Request> {
    let (head, body) = request.into_parts();
    let body = to_bytes(Body::new(body), most).await.ok()?;
    let version = if head.version == Version::HTTP_10 {
        "HTTP/1.0"
    } else {
        "HTTP/1.1"
    };
    Some(Request {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
        version,
        peer,
    })
}

impl Response {
    fn into_http(self, spelling: Extensions) -> http::Response<Body> {
        let mut response = http::Response::new(self.body);
        *response.extensions_mut() = spelling;
        if let Some(reason) = self.reason
            && let Ok(reason) = ReasonPhrase::try_from(reason.as_bytes())
        {
            response.extensions_mut().insert(reason);
        }
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    /// Says how long a body is that is not sent, as the answer to `HEAD` does.
    #[must_use]
    pub(crate) fn without_body(self) -> Self {
        let mut answer = self.with_length();
        answer.body = Body::empty();
        answer
    }

    /// Says when it was made.
    #[must_use]
    pub(crate) fn dated(mut self, now: Timestamp) -> Self {
        if let Ok(date) = HeaderValue::try_from(http_date(now)) {
            self.headers.entry(DATE).or_insert(date);
        }
        self
    }
}

/// A time as HTTP writes it.
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
