//! How the names of an answer's headers are spelt: `ETag`, `WWW-Authenticate`.
//!
//! hyper writes names in lower case or as `Content-Type` is written; any other spelling it takes
//! from an answer's extensions alone, where only its own reader can put one. So it is given the
//! names to read.

use std::convert::Infallible;
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use hyper::http::Extensions;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{http, http::header::TRANSFER_ENCODING};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncWriteExt as _, duplex};

/// The spellings of a connection's answers; those of the last one are kept, since the answers
/// of a server are much alike.
#[derive(Default)]
pub(super) struct Spellings {
    last: Mutex<(Vec<Box<str>>, Extensions)>,
}

impl Spellings {
    /// What an answer carries for hyper to spell these names as they stand.
    pub(super) async fn of(&self, names: &[Box<str>]) -> Extensions {
        if names.is_empty() {
            return Extensions::new();
        }
        {
            let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.0 == names {
                return last.1.clone();
            }
        }
        let read = read(names).await;
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = (names.to_vec(), read.clone());
        read
    }
}

/// How a name is spelt by most who send it, where its words begin with more than one large letter.
pub(super) fn usual(name: &str) -> Option<&'static str> {
    Some(match name {
        "content-md5" => "Content-MD5",
        "dnt" => "DNT",
        "etag" => "ETag",
        "www-authenticate" => "WWW-Authenticate",
        "x-ua-compatible" => "X-UA-Compatible",
        "x-xss-protection" => "X-XSS-Protection",
        _ => return None,
    })
}

/// Whether hyper writes a name as it stands without being told.
pub(super) fn is_plain(name: &str) -> bool {
    let mut first = true;
    name.chars().all(|letter| {
        let plain = if first {
            !letter.is_ascii_lowercase()
        } else {
            !letter.is_ascii_uppercase()
        };
        first = letter == '-';
        plain
    })
}

async fn read(names: &[Box<str>]) -> Extensions {
    let mut message = "GET / HTTP/1.1\r\n".to_owned();
    for name in names {
        // Its value would mean something to the reader, and hyper writes it by itself.
        if !name.eq_ignore_ascii_case(TRANSFER_ENCODING.as_str()) {
            message.extend([name, ": 0\r\n"]);
        }
    }
    message.push_str("\r\n");
    let (mut sender, reader) = duplex(message.len());
    if sender.write_all(message.as_bytes()).await.is_err() {
        return Extensions::new();
    }
    let found = Mutex::new(Extensions::new());
    let service = service_fn(|mut request: http::Request<hyper::body::Incoming>| {
        let extensions = std::mem::take(request.extensions_mut());
        *found.lock().unwrap_or_else(PoisonError::into_inner) = extensions;
        std::future::ready(Ok::<_, Infallible>(http::Response::new(Body::empty())))
    });
    let mut reading = Box::pin(
        http1::Builder::new()
            .preserve_header_case(true)
            .auto_date_header(false)
            .max_headers(names.len() + 1)
            .serve_connection(TokioIo::new(reader), service),
    );
    // Its answer goes nowhere: it ends where there is nobody to take it.
    drop(sender);
    reading.as_mut().await.ok();
    drop(reading);
    found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn names_are_plain_where_each_word_begins_with_its_only_large_letter() {
        for plain in ["Content-Type", "X-1-Y", "Etag", "A"] {
            assert!(is_plain(plain), "{plain}");
        }
        for odd in ["ETag", "content-type", "X-Request-ID", "WWW-Authenticate"] {
            assert!(!is_plain(odd), "{odd}");
        }
    }
}
