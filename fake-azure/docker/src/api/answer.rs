//! An answer before it goes out, framed as Go's server frames it.

use std::convert::Infallible;
use std::fmt;

use axum::body::{Body, Bytes};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;
use tokio::io::AsyncWriteExt;

use crate::engine::line::{Peer, Wire};

/// Up to here, in bytes, Go's server holds an answer back to tell its length; a longer
/// one goes out in chunks.
const HELD_BACK: usize = 2048;

/// What is done with a connection that was taken over.
pub(crate) type TakeOver = Box<dyn FnOnce(Wire) -> BoxFuture<'static, ()> + Send>;

/// What stands before what fills a head up.
const FILLING: &[u8] = b"X-Filling: ";

/// What a terminal's bytes are called.
pub(crate) const RAW: &str = "application/vnd.docker.raw-stream";
/// The kind of a stream whose pieces come in frames that tell output from errors.
pub(crate) const MULTIPLEXED: &str = "application/vnd.docker.multiplexed-stream";

/// An answer that is ready to be sent.
pub(crate) enum Reply {
    Http(Response<Body>),
    Handover(Handover),
}

/// The end of HTTP on a connection: an answer's head, and then what somebody does with the
/// connection.
pub(crate) struct Handover {
    head: Vec<u8>,
    work: TakeOver,
}

/// A status, headers and a body.
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    content: Content,
    /// Whether it goes out with the headers that every answer carries.
    signed: bool,
    /// How many bytes the head of a handover has at least.
    head_size: usize,
}

enum Content {
    Whole(Vec<u8>),
    Stream(BoxStream<'static, Bytes>),
    /// A stream that ends with its reader.
    Live(BoxStream<'static, Bytes>),
    Handover(TakeOver),
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
            head_size: 0,
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

    /// Says what the body is, where the engine does.
    fn of_kind(self, kind: &'static str) -> Self {
        if kind.is_empty() {
            self
        } else {
            self.with(header::CONTENT_TYPE, HeaderValue::from_static(kind))
        }
    }

    /// Makes an answer that hands the connection over: 101, and then what `work` does.
    pub(crate) fn upgrade(kind: &'static str, protocol: &'static str, work: TakeOver) -> Self {
        let status = StatusCode::SWITCHING_PROTOCOLS;
        Self::of(status, Content::Handover(work))
            .of_kind(kind)
            .with(header::CONNECTION, HeaderValue::from_static("Upgrade"))
            .with(header::UPGRADE, HeaderValue::from_static(protocol))
    }

    /// Makes an answer that hands the connection over to a client that did not ask for another
    /// protocol: 200, and then what `work` does, both ways and without a length or chunks.
    pub(crate) fn raw(work: TakeOver) -> Self {
        Self::of(StatusCode::OK, Content::Handover(work))
            .with(header::CONTENT_TYPE, HeaderValue::from_static(RAW))
    }

    /// Leaves out the headers that every answer carries, as attach does.
    pub(crate) fn unsigned(mut self) -> Self {
        self.signed = false;
        self
    }

    /// Makes the head of a handover at least so many bytes long.
    pub(crate) fn with_head_of(mut self, size: usize) -> Self {
        self.head_size = size;
        self
    }

    /// Has another body; who takes a connection over then does not.
    pub(crate) fn with_body(mut self, body: Vec<u8>) -> Self {
        self.content = Content::Whole(body);
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

    /// Makes the answer ready to be sent.
    pub(super) fn into_reply(self, peer: Peer) -> Reply {
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
            Content::Handover(work) => {
                let head = head(self.status, &self.headers, self.head_size);
                return Reply::Handover(Handover { head, work });
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        Reply::Http(response)
    }
}

impl Handover {
    /// Writes the head in a piece of its own, and does what is to be done with the connection.
    pub(crate) async fn run(self, mut wire: Wire) {
        let written = async {
            wire.write_all(&self.head).await?;
            wire.flush().await
        };
        // A client that is gone before it hears of the switch needs nothing more.
        if written.await.is_ok() {
            (self.work)(wire).await;
        }
    }
}

/// The head of an answer that ends HTTP on its connection, filled up to a size.
fn head(status: StatusCode, headers: &HeaderMap, size: usize) -> Vec<u8> {
    // What takes over a raw stream is told in other words than another protocol.
    let is_raw = headers.get(header::UPGRADE).is_some_and(|p| p == "tcp");
    let reason = if is_raw {
        "UPGRADED"
    } else {
        status.canonical_reason().unwrap_or_default()
    };
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).into_bytes();
    for (name, value) in headers {
        let mut begins = true;
        for letter in name.as_str().bytes() {
            head.push(if begins {
                letter.to_ascii_uppercase()
            } else {
                letter
            });
            begins = letter == b'-';
        }
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    let around = FILLING.len() + b"\r\n\r\n".len();
    if let Some(room) = size.checked_sub(head.len() + around) {
        head.extend_from_slice(FILLING);
        head.resize(head.len() + room, b'.');
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head
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
    fn a_head_is_filled_up_to_its_size() {
        let headers = HeaderMap::from_iter([(header::UPGRADE, HeaderValue::from_static("tcp"))]);
        let plain = b"HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n";
        let head = |size| head(StatusCode::SWITCHING_PROTOCOLS, &headers, size);
        assert_eq!(head(0), plain);
        assert_eq!(head(50), plain, "there is no room for another header");
        let filled = String::from_utf8(head(100)).unwrap();
        assert_eq!(filled.len(), 100);
        let end = format!("tcp\r\nX-Filling: {}\r\n\r\n", ".".repeat(48));
        assert!(filled.ends_with(&end), "{filled}");
    }

    #[test]
    fn only_a_long_answer_goes_out_in_chunks() {
        let length = |bytes: usize| {
            let answer = Answer::text(StatusCode::OK, "x".repeat(bytes));
            let (_line, peer) = Line::new(tokio::io::duplex(1).0);
            match answer.into_reply(peer) {
                Reply::Http(response) => response.body().size_hint().exact(),
                Reply::Handover(_) => panic!("it is no handover"),
            }
        };

        assert_eq!(length(2048), Some(2048));
        assert_eq!(length(2049), None);
    }
}
