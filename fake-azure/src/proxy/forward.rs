//! Requests in the clear that are for others.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, header};
use hyper::body::{Bytes, Frame, Incoming, SizeHint};
use hyper_util::rt::TokioIo;
use simulation::net::Task;
use tokio::net::TcpStream;
use tokio::runtime::Handle;

use super::upstream::{ProxyAddress, Unreached};

/// What is between two hosts alone, and not passed on.
const BETWEEN: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "upgrade",
];

/// Passes a request on to the host that it is for.
pub(super) async fn to_host(
    mut request: Request<Incoming>,
    stream: TcpStream,
) -> Result<Response<Body>, Unreached> {
    let path = request.uri().path_and_query().cloned();
    let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));
    if !request.headers().contains_key(header::HOST)
        && let Some(authority) = request.uri().authority()
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        request.headers_mut().insert(header::HOST, host);
    }
    strip(request.headers_mut());
    *request.uri_mut() = Uri::from(path);
    send(request, stream).await
}

/// Passes a request on to another proxy.
pub(super) async fn to_proxy(
    mut request: Request<Incoming>,
    stream: TcpStream,
    proxy: &ProxyAddress,
) -> Result<Response<Body>, Unreached> {
    strip(request.headers_mut());
    let authorization = proxy.authorization();
    if let Some(authorization) = authorization.and_then(|text| HeaderValue::from_str(text).ok()) {
        let headers = request.headers_mut();
        headers.insert(header::PROXY_AUTHORIZATION, authorization);
    }
    send(request, stream).await
}

async fn send(request: Request<Incoming>, stream: TcpStream) -> Result<Response<Body>, Unreached> {
    let failed = |error: hyper::Error| Unreached::new(format!("the host did not answer: {error}"));
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(failed)?;
    let task = Task::spawn(&Handle::current(), async {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection for somebody else ended");
        }
    });
    let mut response = sender.send_request(request).await.map_err(failed)?;
    strip(response.headers_mut());
    Ok(response.map(|body| Body::new(Driven { body, _task: task })))
}

/// Takes out what is between two hosts alone.
fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in BETWEEN {
        headers.remove(name);
    }
}

/// A body that comes by a connection of its own, which ends with it.
struct Driven {
    body: Incoming,
    _task: Task,
}

impl hyper::body::Body for Driven {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
