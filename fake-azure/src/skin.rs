//! What all APIs of today's Azure have of HTTP: how a request comes in whole, what faults make of
//! it, and what the journal tells of it. What it asks for is a [`Skin`]'s.

mod exchange;

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde_json::Value;

use crate::cloud::Cloud;
use crate::faults::Answered;
use crate::world::RequestFault;

pub(crate) use exchange::{ConnectionReset, Exchanges, serve};

/// What a request is about, as fault rules and the journal see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meant {
    /// The operation's name in the documentation; empty where it is none.
    pub(crate) operation: &'static str,
    /// What fault rules match as its path: what follows the subscription, or the whole.
    pub(crate) path: String,
    /// What the journal tells of its path: the whole, without secrets.
    pub(crate) shown: String,
    /// What else it names.
    pub(crate) names: Vec<(&'static str, String)>,
}

/// An API over HTTP.
pub(crate) trait Skin: Clone + Send + Sync + 'static {
    /// What a request is about.
    fn meant(&self, head: &Parts, body: &[u8]) -> Meant;

    /// What a request does by the way, as it would be asked for alone; the machines that it makes,
    /// where it makes more than itself.
    fn within(&self, _cloud: &Cloud, _head: &Parts, _body: &[u8]) -> Vec<Meant> {
        Vec::new()
    }

    /// Carries a request out that came whole, with what was arranged for what it begins or makes.
    fn answer(
        &self,
        head: Parts,
        body: Vec<u8>,
        fault: Option<RequestFault>,
    ) -> impl Future<Output = Response<Body>> + Send;

    /// An error in the API's own shape.
    fn error(&self, head: &Parts, error: Answered) -> Response<Body>;
}

/// What the journal is to tell of an answer: an extension of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Noted {
    /// The identifier of the request.
    pub(crate) request_id: Option<Arc<str>>,
    /// What exactly was at fault, or skipped.
    pub(crate) detail: Option<String>,
}

/// An answer that is a document.
pub(crate) fn json(status: StatusCode, document: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(document.to_string()));
    *response.status_mut() = status;
    with(
        response.headers_mut(),
        "Content-Type",
        "application/json; charset=utf-8",
    );
    response
}

/// An error in the shape that Azure's APIs of JSON share.
pub(crate) fn failed(status: u16, code: &str, message: &str) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let document = serde_json::json!({ "error": { "code": code, "message": message } });
    let mut response = json(status, &document);
    let headers = response.headers_mut();
    with(headers, "Cache-Control", "no-cache");
    with(headers, "Pragma", "no-cache");
    with(headers, "Expires", "-1");
    with(headers, "x-ms-failure-cause", "gateway");
    with(
        headers,
        "Strict-Transport-Security",
        "max-age=31536000; includeSubDomains",
    );
    with(headers, "X-Content-Type-Options", "nosniff");
    response.extensions_mut().insert(Noted {
        request_id: None,
        detail: Some(format!("{code}: {message}")),
    });
    response
}

/// Sets a header, unless its value cannot be one.
pub(crate) fn with(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
        headers.insert(name, value);
    }
}
