//! A small HTTP/1.1 client over a [`Connection`].
//!
//! Written here rather than taken from a library because `wget -S` and `curl -v` show each line
//! as it was sent, because nothing may run outside of the process that asks, and because a body is
//! handed on as it comes.

mod body;
mod url;

use std::net::{IpAddr, SocketAddr};

pub(super) use body::Body;
pub(super) use url::Url;

use crate::files::Errno;
use crate::process::{Connection, Process};

/// The longest head of an answer, in bytes.
const LONGEST_HEAD: usize = 64 * 1024;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum HttpError {
    /// Nobody knows the name.
    #[error("unknown host {0}")]
    UnknownHost(String),
    /// Nobody answers at the address.
    #[error("{to}: {errno}")]
    Connect {
        /// The address.
        to: SocketAddr,
        /// Why.
        errno: Errno,
    },
    /// The connection ended before the head of the answer.
    #[error("empty reply")]
    Empty,
    /// What came is no HTTP.
    #[error("malformed answer")]
    Malformed,
    /// The connection broke in the middle.
    #[error("{0}")]
    Broken(Errno),
    /// The body ended too early.
    #[error("the body ended too early")]
    Short,
    /// There is no TLS here.
    #[error("TLS is not supported in this simulator; use http")]
    Tls,
    /// Some other protocol.
    #[error("protocol {0} is not supported")]
    Protocol(String),
}

/// What is asked.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    /// The head, as it is sent.
    pub(super) fn head(&self, url: &Url) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, url.path);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        head + "\r\n"
    }

    /// Whether a header is set.
    pub(super) fn has(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
    }

    /// Sets a header if it is not.
    pub(super) fn default(&mut self, name: &str, value: impl Into<String>) {
        if !self.has(name) {
            self.headers.push((name.to_owned(), value.into()));
        }
    }
}

/// The head of an answer, with what is to come.
#[derive(Debug)]
pub(super) struct Response {
    /// The first line.
    pub(super) line: String,
    /// The status.
    pub(super) code: u16,
    /// The headers as they were sent.
    pub(super) headers: Vec<(String, String)>,
    /// What follows.
    pub(super) body: Body,
}

impl Response {
    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Where a redirection leads.
    pub(super) fn redirection(&self, from: &Url) -> Option<String> {
        let redirects = matches!(self.code, 301 | 302 | 303 | 307 | 308);
        let location = self.header("Location").filter(|_| redirects)?;
        Some(from.joined(location))
    }
}

/// Finds the address of a name; an address is its own.
pub(super) fn resolve(process: &Process, host: &str) -> Option<IpAddr> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse() {
        return Some(address);
    }
    let found = process.space.network().resolve(host);
    // The old kind first: that is what most things listen on.
    let old = found.iter().find(|address| address.is_ipv4());
    old.or(found.first()).copied()
}

/// Connects to the host of a URL.
pub(super) async fn connect(process: &Process, to: SocketAddr) -> Result<Connection, HttpError> {
    let connecting = process.space.network().connect(to);
    connecting
        .await
        .map_err(|errno| HttpError::Connect { to, errno })
}

/// The address that a URL leads to.
pub(super) fn address(process: &Process, url: &Url) -> Result<SocketAddr, HttpError> {
    match url.scheme.as_str() {
        "http" | "https" => {}
        other => return Err(HttpError::Protocol(other.to_owned())),
    }
    let address = resolve(process, &url.host);
    let address = address.ok_or_else(|| HttpError::UnknownHost(url.host.clone()))?;
    if url.scheme == "https" {
        return Err(HttpError::Tls);
    }
    Ok(SocketAddr::new(address, url.port))
}

/// Sends a request and reads the head of the answer.
pub(super) async fn ask(
    process: &mut Process,
    connection: Connection,
    url: &Url,
    request: &Request,
) -> Result<Response, HttpError> {
    let mut bytes = request.head(url).into_bytes();
    bytes.extend(&request.body);
    // Whoever answers without reading all is read all the same.
    connection.write(&bytes).await.ok();
    let mut held = Vec::new();
    loop {
        let end = held.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let rest = held.split_off(end + 4);
            let (line, code, headers) = read_head(&held)?;
            if (100..200).contains(&code) && code != 101 {
                held = rest;
                continue;
            }
            let body = Body::of(connection, rest, &headers, code, &request.method)?;
            return Ok(Response {
                line,
                code,
                headers,
                body,
            });
        }
        if held.len() > LONGEST_HEAD {
            return Err(HttpError::Malformed);
        }
        let bytes = connection
            .read(LONGEST_HEAD)
            .await
            .map_err(HttpError::Broken)?;
        process.step().await;
        if bytes.is_empty() {
            let nothing = held.is_empty();
            return Err(if nothing {
                HttpError::Empty
            } else {
                HttpError::Malformed
            });
        }
        held.extend(bytes);
        let begins = b"HTTP/".iter().zip(&held).all(|(a, b)| a == b);
        if !begins {
            return Err(HttpError::Malformed);
        }
    }
}

type Head = (String, u16, Vec<(String, String)>);

fn read_head(bytes: &[u8]) -> Result<Head, HttpError> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split("\r\n");
    let line = lines.next().unwrap_or_default().to_owned();
    let code = line.split(' ').nth(1).and_then(|code| code.parse().ok());
    let code = code.ok_or(HttpError::Malformed)?;
    let headers = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    });
    Ok((line.clone(), code, headers.collect()))
}

#[cfg(test)]
mod tests;
