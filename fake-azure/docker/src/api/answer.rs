//! An answer before it goes out, framed as Go's server frames it.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use futures_util::stream;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

/// Up to here, in bytes, Go's server holds an answer back to tell its length; a longer
/// one goes out in chunks.
const HELD_BACK: usize = 2048;

/// A status, headers and a body.
#[derive(Debug)]
pub(super) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    /// Makes an answer without a body.
    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    /// Makes an answer of plain text.
    pub(super) fn text(status: StatusCode, text: impl Into<String>) -> Self {
        Self {
            body: text.into().into_bytes(),
            ..Self::empty(status).with(
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/plain; charset=utf-8"),
            )
        }
    }

    /// Makes an answer of one JSON document and the newline that ends it.
    pub(super) fn json<T: Serialize>(status: StatusCode, document: &T) -> Self {
        // Our documents have string keys and no writer that can fail.
        let mut body = serde_json::to_vec(document).unwrap_or_default();
        body.push(b'\n');
        Self {
            body,
            ..Self::empty(status).with(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            )
        }
    }

    /// Makes the answer to a request that went well.
    pub(super) fn ok<T: Serialize>(document: &T) -> Self {
        Self::json(StatusCode::OK, document)
    }

    /// Adds a header.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// Makes the answer ready to be sent.
    pub(super) fn into_response(self) -> Response<Body> {
        let body = if self.body.len() > HELD_BACK {
            let all = Bytes::from(self.body);
            Body::from_stream(stream::once(async move { Ok::<_, Infallible>(all) }))
        } else {
            Body::from(self.body)
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::body::HttpBody;

    use super::*;

    #[test]
    fn a_document_ends_with_a_newline() {
        assert_eq!(Answer::ok(&serde_json::json!([])).body, b"[]\n");
    }

    #[test]
    fn only_a_long_answer_goes_out_in_chunks() {
        let length = |bytes: usize| {
            let answer = Answer::text(StatusCode::OK, "x".repeat(bytes));
            answer.into_response().body().size_hint().exact()
        };

        assert_eq!(length(2048), Some(2048));
        assert_eq!(length(2049), None);
    }
}
