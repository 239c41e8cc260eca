//! HTTP requests and answers, as handlers of scripts and the services see them.

use std::borrow::Cow;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use hyper::header::{
    CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use hyper::{HeaderMap, Method, StatusCode};
use simulation::http::Query;
use simulation::http::target::decoded;

use super::spelling;

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
    /// The names that are not spelt as `Content-Type` is.
    pub(super) spelling: Vec<Box<str>>,
    /// The words behind the status, where they are not those of the protocol.
    pub(super) reason: Option<&'static str>,
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
            spelling: Vec::new(),
            reason: None,
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
    ///
    /// A name in small letters is sent as most spell it (`Content-Type`, `ETag`), any other as it
    /// stands.
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        let small = !name.contains(|letter: char| letter.is_ascii_uppercase());
        let usual = spelling::usual(name);
        self.set(name, value, if small { usual } else { Some(name) })
    }

    /// Sets a header whose name is sent as it stands.
    #[must_use]
    pub(super) fn spelt(self, name: &str, value: &str) -> Self {
        self.set(name, value, Some(name))
    }

    /// Adds a header, whose name is sent as it stands, to others of its name.
    #[must_use]
    pub(super) fn and(mut self, name: &str, value: &str) -> Self {
        if let (Ok(key), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.headers.append(key, value);
            if !spelling::is_plain(name) {
                self.spelling.push(name.into());
            }
        }
        self
    }

    fn set(mut self, name: &str, value: &str, spelt: Option<&str>) -> Self {
        if let (Ok(key), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            self.headers.insert(key, value);
            self.spelling
                .retain(|known| !known.eq_ignore_ascii_case(name));
            self.spelling.extend(
                spelt
                    .filter(|name| !spelling::is_plain(name))
                    .map(Box::from),
            );
        }
        self
    }

    /// Takes a header away.
    #[must_use]
    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Puts headers into the order in which a server sends them: `first` before all others, `last`
    /// behind them.
    #[must_use]
    pub(super) fn ordered(mut self, first: &[HeaderName], last: &[HeaderName]) -> Self {
        let place = |name: &HeaderName| {
            let at = |names: &[HeaderName]| names.iter().position(|known| known == name);
            match (at(first), at(last)) {
                (Some(at), _) => (0, at),
                (None, None) => (1, 0),
                (None, Some(at)) => (2, at),
            }
        };
        let headers = self.headers.iter();
        let mut headers: Vec<_> = headers.map(|(n, v)| (n.clone(), v.clone())).collect();
        headers.sort_by_key(|(name, _)| place(name));
        self.headers = HeaderMap::with_capacity(headers.len());
        for (name, value) in headers {
            self.headers.append(name, value);
        }
        self
    }

    /// Puts headers into the order in which a server written in Go sends them, and spells them so:
    /// by name, and behind them what its library adds. Whether that told the content's type from
    /// the content is `sniffed`.
    #[must_use]
    pub(super) fn in_order_of_go(mut self, sniffed: bool) -> Self {
        self.spelling.clear();
        let mut names: Vec<HeaderName> = self.headers.keys().cloned().collect();
        names.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
        let mut last = vec![DATE, CONTENT_LENGTH];
        last.extend(sniffed.then_some(CONTENT_TYPE));
        names.retain(|name| !last.contains(name));
        self.with_length().ordered(&names, &last)
    }

    /// Says how long the body is where it stands, and not behind all other headers.
    #[must_use]
    pub(super) fn with_length(mut self) -> Self {
        let empty = matches!(self.status.as_u16(), 100..=199 | 204 | 304);
        let chunked = self.headers.contains_key(TRANSFER_ENCODING);
        if let Some(length) = self.length.filter(|_| !empty && !chunked) {
            self.headers
                .insert(CONTENT_LENGTH, HeaderValue::from(length));
            if length == 0 {
                // For a body that is known to be none the length would go behind all headers.
                self.body =
                    Body::from_stream(futures_util::stream::empty::<Result<Bytes, Infallible>>());
            }
        }
        self
    }

    /// Sets the words behind the status.
    #[must_use]
    pub(super) fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
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
        self.reason = None;
        self
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }
}
