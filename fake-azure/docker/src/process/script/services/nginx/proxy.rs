//! Handing requests on to other servers of the network.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use hyper::client::conn::http1;
use hyper::header::HOST;
use hyper::{Uri, http};
use hyper_util::rt::TokioIo;

use crate::files::Errno;
use crate::process::Network;
use crate::process::script::message::{Request, Response};
use crate::process::script::spelling;

/// The longest answer that is handed back, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024 * 1024;
/// Headers that are for one connection alone.
const HOP_BY_HOP: [&str; 7] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Where a request is handed on to.
pub(super) struct Upstream<'a> {
    pub(super) host: &'a str,
    pub(super) port: u16,
    /// The path and the query that are asked for there.
    pub(super) target: &'a str,
    /// Headers that are set; an empty value takes a header away.
    pub(super) headers: Vec<(String, String)>,
}

/// Why nothing came back.
pub(super) enum Failure {
    Unknown,
    Connect(Errno),
    Answer,
}

impl Upstream<'_> {
    /// Hands a request on and its answer back.
    pub(super) async fn hand_on(
        &self,
        network: &Arc<dyn Network>,
        request: &Request,
    ) -> Result<Response, Failure> {
        let address = match self.host.parse() {
            Ok(address) => Some(address),
            Err(_) => network.resolve(self.host).into_iter().next(),
        };
        let address = SocketAddr::new(address.ok_or(Failure::Unknown)?, self.port);
        let connection = network.connect(address).await.map_err(Failure::Connect)?;
        let stream = TokioIo::new(connection.into_stream());
        let (mut sender, serving) = http1::handshake(stream)
            .await
            .map_err(|_| Failure::Answer)?;
        let asked = self.request(request).ok_or(Failure::Answer)?;
        let answered = async {
            let answer = sender.send_request(asked).await.ok()?;
            let (head, body) = answer.into_parts();
            let body = to_bytes(Body::new(body), LONGEST_ANSWER).await.ok()?;
            Some((head, body))
        };
        let mut serving = std::pin::pin!(serving);
        let mut answered = std::pin::pin!(answered);
        let answer = tokio::select! {
            biased;
            answer = answered.as_mut() => answer,
            // The connection may end with the last byte of the answer.
            _ = serving.as_mut() => answered.await,
        };
        let (head, body) = answer.ok_or(Failure::Answer)?;
        Ok(response(&head, body))
    }

    fn request(&self, request: &Request) -> Option<http::Request<Body>> {
        let uri = Uri::try_from(self.target).ok()?;
        let mut asked = http::Request::builder()
            .method(request.method.clone())
            .uri(uri)
            .body(Body::from(request.body.clone()))
            .ok()?;
        let headers = asked.headers_mut();
        for (name, value) in &request.headers {
            if !HOP_BY_HOP.contains(&name.as_str()) && name != HOST {
                headers.append(name.clone(), value.clone());
            }
        }
        for (name, value) in &self.headers {
            let name = http::HeaderName::try_from(name.as_str()).ok()?;
            headers.remove(&name);
            if !value.is_empty() {
                headers.insert(name, http::HeaderValue::try_from(value.as_str()).ok()?);
            }
        }
        Some(asked)
    }
}

fn response(head: &http::response::Parts, body: Bytes) -> Response {
    let mut response = Response::new(head.status.as_u16()).bytes(body);
    for (name, value) in &head.headers {
        let own = matches!(name.as_str(), "server" | "date" | "content-length");
        if !own && !HOP_BY_HOP.contains(&name.as_str()) {
            let spelt = spelling::usual(name.as_str());
            response.spelling.extend(spelt.map(Box::from));
            response.headers.append(name.clone(), value.clone());
        }
    }
    response
}
