//! HTTP requests and answers, as handlers of scripts and the services see them.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, StatusCode};
use simulation::http::Query;
use simulation::http::target::decoded;

/// A request that arrived.
#[derive(Clone, Debug)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path, still encoded: `/a%20b`.
    pub path: String,
    /// What stands after the `?`, still encoded.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The protocol's version: `HTTP/1.1`.
    pub version: &'static str,
    /// Who sent it.
    pub peer: SocketAddr,
}

impl Request {
    /// The path and the query as they were sent.
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    /// The path without its encoding.
    pub fn decoded_path(&self) -> Cow<'_, str> {
        decoded(&self.path)
    }

    /// The first value of a key of the query.
    pub fn query_value(&self, name: &str) -> Option<String> {
        Query::read(&self.query).get(name).map(str::to_owned)
    }

    /// The text of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// An answer to a request.
#[derive(Debug)]
pub struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
    /// How long the body is, where that is known.
    pub(crate) length: Option<u64>,
}

impl Response {
    /// An answer without a body; a status that is none becomes 500.
    pub fn new(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: HeaderMap::new(),
            body: Body::empty(),
            length: Some(0),
        }
    }

    /// A text.
    pub fn text(status: u16, text: impl Into<String>) -> Self {
        Self::new(status)
            .header("content-type", "text/plain; charset=utf-8")
            .bytes(text.into().into_bytes())
    }

    /// A value as JSON.
    pub fn json(status: u16, value: &impl serde::Serialize) -> Self {
        // Only a map with keys that are no texts fails.
        let text = serde_json::to_vec(value).unwrap_or_default();
        Self::new(status)
            .header("content-type", "application/json")
            .bytes(text)
    }

    /// Sets a header; what no header can be is left out.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn bytes(mut self, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        self.length = Some(body.len() as u64);
        self.body = Body::from(body);
        self
    }

    /// Sets the body to bytes that others hold, too.
    #[must_use]
    pub(crate) fn shared(self, body: Arc<Vec<u8>>) -> Self {
        struct Held(Arc<Vec<u8>>);

        impl AsRef<[u8]> for Held {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        self.bytes(Bytes::from_owner(Held(body)))
    }

    #[must_use]
    pub(super) fn with_status(mut self, status: u16) -> Self {
        self.status = StatusCode::from_u16(status).unwrap_or(self.status);
        self
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }
}
