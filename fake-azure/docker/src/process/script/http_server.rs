//! HTTP on a connection of the simulated network.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, DATE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Version, http};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;

use super::message::{Request, Response};
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
    let answer = &answer;
    let service = service_fn(move |request: http::Request<Incoming>| async move {
        let response = match read(request, peer, longest_body).await {
            Some(request) => answer(request).await,
            None => Response::text(413, "request body too large\n").header("connection", "close"),
        };
        Ok::<_, Infallible>(response.into_http())
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
    fn into_http(self) -> http::Response<Body> {
        let mut response = http::Response::new(self.body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }

    /// Says how long a body is that is not sent, as the answer to `HEAD` does.
    #[must_use]
    pub(crate) fn without_body(mut self) -> Self {
        if let Some(length) = self.length {
            self.headers
                .insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        self.body = Body::empty();
        self
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
