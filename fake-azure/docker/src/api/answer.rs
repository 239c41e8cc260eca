//! An answer before it goes out, framed as Go's server frames it.

use std::convert::Infallible;
use std::fmt;

use axum::body::{Body, Bytes};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use hyper::ext::ReasonPhrase;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::upgrade::Upgraded;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;

use crate::engine::line::Peer;

/// Up to here, in bytes, Go's server holds an answer back to tell its length; a longer
/// one goes out in chunks.
const HELD_BACK: usize = 2048;

/// A connection that was taken over.
pub(crate) type Wire = TokioIo<Upgraded>;

/// What is done with a connection that was taken over.
pub(crate) type TakeOver = Box<dyn FnOnce(Wire) -> BoxFuture<'static, ()> + Send>;

/// A status, headers and a body.
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    content: Content,
    /// Whether it goes out with the headers that every answer carries.
    signed: bool,
}

enum Content {
    Whole(Vec<u8>),
    Stream(BoxStream<'static, Bytes>),
    /// A stream that ends with its reader.
    Live(BoxStream<'static, Bytes>),
    TakeOver(TakeOver),
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish_non_exhaustive()
    }
}

impl Answer {
    fn of(status: StatusCode, content: Content) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            content,
            signed: true,
        }
    }

    /// Makes an answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self::of(status, Content::Whole(Vec::new()))
    }

    /// Makes an answer of bytes.
    pub(crate) fn bytes(status: StatusCode, kind: &'static str, bytes: Vec<u8>) -> Self {
        let kind = HeaderValue::from_static(kind);
        Self::of(status, Content::Whole(bytes)).with(header::CONTENT_TYPE, kind)
    }

    /// Makes an answer of plain text.
    pub(crate) fn text(status: StatusCode, text: impl Into<String>) -> Self {
        let text = text.into().into_bytes();
        Self::bytes(status, "text/plain; charset=utf-8", text)
    }

    /// Makes an answer of one JSON document and the newline that ends it.
    pub(crate) fn json<T: Serialize + ?Sized>(status: StatusCode, document: &T) -> Self {
        // Our documents have string keys and no writer that can fail.
        let mut body = serde_json::to_vec(document).unwrap_or_default();
        body.push(b'\n');
        Self::bytes(status, "application/json", body)
    }

    /// Makes the answer to a request that went well.
    pub(crate) fn ok<T: Serialize + ?Sized>(document: &T) -> Self {
        Self::json(StatusCode::OK, document)
    }

    /// Makes an answer that goes out piece by piece, each as soon as it is there. When the
    /// client goes away, the stream is dropped.
    pub(crate) fn stream(
        kind: &'static str,
        pieces: impl Stream<Item = Bytes> + Send + 'static,
    ) -> Self {
        let kind = HeaderValue::from_static(kind);
        Self::of(StatusCode::OK, Content::Stream(pieces.boxed())).with(header::CONTENT_TYPE, kind)
    }

    /// Makes an answer that goes out piece by piece and may say nothing for long: it ends when
    /// the client closes the connection, or its half of it, as Go's server cancels a request.
    pub(crate) fn live(
        kind: &'static str,
        pieces: impl Stream<Item = Bytes> + Send + 'static,
    ) -> Self {
        Self::of(StatusCode::OK, Content::Live(pieces.boxed())).of_kind(kind)
    }

    /// Makes an answer that hands the connection over: 101, and then what `take_over` does.
    pub(crate) fn upgrade(kind: &'static str, protocol: &'static str, take_over: TakeOver) -> Self {
        let answer = Self::of(
            StatusCode::SWITCHING_PROTOCOLS,
            Content::TakeOver(take_over),
        )
        .with(header::CONNECTION, HeaderValue::from_static("Upgrade"))
        .with(header::UPGRADE, HeaderValue::from_static(protocol));
        answer.of_kind(kind)
    }

    /// Says what the body is, where the engine does.
    fn of_kind(self, kind: &'static str) -> Self {
        if kind.is_empty() {
            self
        } else {
            self.with(header::CONTENT_TYPE, HeaderValue::from_static(kind))
        }
    }

    /// Leaves out the headers that every answer carries, as attach does.
    pub(crate) fn unsigned(mut self) -> Self {
        self.signed = false;
        self
    }

    /// Adds a header.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    pub(super) fn is_signed(&self) -> bool {
        self.signed
    }

    /// Makes the answer ready to be sent; what takes the connection over comes beside it.
    pub(super) fn into_response(self, peer: Peer) -> (Response<Body>, Option<TakeOver>) {
        let mut take_over = None;
        let body = match self.content {
            Content::Whole(body) if body.len() > HELD_BACK => {
                let all = Bytes::from(body);
                Body::from_stream(stream::once(async move { Ok::<_, Infallible>(all) }))
            }
            Content::Whole(body) => Body::from(body),
            Content::Stream(pieces) => Body::from_stream(pieces.map(Ok::<_, Infallible>)),
            Content::Live(pieces) => {
                let pieces = pieces.take_until(Box::pin(peer.gone()));
                Body::from_stream(pieces.map(Ok::<_, Infallible>))
            }
            Content::TakeOver(work) => {
                take_over = Some(work);
                Body::empty()
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        // What takes over a raw stream is told in other words than another protocol.
        let is_raw = response
            .headers()
            .get(header::UPGRADE)
            .is_some_and(|p| p == "tcp");
        if take_over.is_some() && is_raw {
            let phrase = ReasonPhrase::from_static(b"UPGRADED");
            response.extensions_mut().insert(phrase);
        }
        (response, take_over)
    }
}

#[cfg(test)]
mod tests {
    use axum::body::HttpBody;

    use super::*;
    use crate::engine::line::Line;

    #[test]
    fn a_document_ends_with_a_newline() {
        let answer = Answer::ok(&serde_json::json!([]));
        assert!(matches!(answer.content, Content::Whole(body) if body == b"[]\n"));
    }

    #[test]
    fn only_a_long_answer_goes_out_in_chunks() {
        let length = |bytes: usize| {
            let answer = Answer::text(StatusCode::OK, "x".repeat(bytes));
            let (_line, peer) = Line::new(tokio::io::duplex(1).0);
            answer.into_response(peer).0.body().size_hint().exact()
        };

        assert_eq!(length(2048), Some(2048));
        assert_eq!(length(2049), None);
    }
}
