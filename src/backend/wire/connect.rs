//! Prepares to talk to one endpoint, and reads what it answers.

use std::time::Duration;

use reqwest::{ClientBuilder, Response};

use super::{Endpoint, Patience, Silence};
use crate::backend::{Error, Kind, Result};

/// What every client is made of: TLS with these authorities besides the system's, no redirects, no
/// repeats, bounded waits. No proxy stands before this machine itself.
pub(in crate::backend) fn builder(
    endpoint: &Endpoint,
    authorities: &[String],
    patience: &Patience,
) -> Result<ClientBuilder> {
    let mut builder = reqwest::Client::builder()
        .tls_backend_rustls()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .user_agent(concat!("azure/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(patience.connect)
        .timeout(patience.answer);
    if endpoint.is_loopback() {
        builder = builder.no_proxy();
    }
    let mut trusted = Vec::new();
    for pem in authorities {
        let mut bundle = reqwest::Certificate::from_pem_bundle(pem.as_bytes())
            .map_err(|error| unusable("the authority's certificate cannot be read", error))?;
        trusted.append(&mut bundle);
    }
    // No public authority vouches for this machine's own addresses, and reading all of them takes
    // as long as the rest of a short command.
    Ok(match (trusted.is_empty(), endpoint.is_loopback()) {
        (true, _) => builder,
        (false, true) => builder.tls_certs_only(trusted),
        (false, false) => builder.tls_certs_merge(trusted),
    })
}

/// A client that proves nothing of itself.
pub fn client(
    endpoint: &Endpoint,
    authorities: &[String],
    patience: &Patience,
) -> Result<reqwest::Client> {
    builder(endpoint, authorities, patience)?
        .build()
        .map_err(|error| unusable("TLS cannot be set up", error))
}

/// A client for what this machine is told by its host, in the clear and past every proxy.
pub fn local_client(patience: &Patience) -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(patience.connect)
        .timeout(patience.answer)
        .build()
        .map_err(|error| unusable("no client can be made", error))
}

/// Says why no client can be made.
pub(in crate::backend) fn unusable(what: &str, error: reqwest::Error) -> Error {
    Error::new(Kind::Denied, what.to_owned()).with_source(error.without_url())
}

/// The whole body of an answer, up to the longest that is read.
pub(in crate::backend) async fn whole(
    mut answer: Response,
    patience: &Patience,
) -> std::result::Result<Vec<u8>, Silence> {
    let mut bytes = Vec::new();
    let silence = |error| Silence::of(error, patience.answer);
    while let Some(chunk) = answer.chunk().await.map_err(silence)? {
        if bytes.len() + chunk.len() > patience.longest_answer {
            return Err(Silence::Endless(patience.longest_answer));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

impl Silence {
    /// What an error means to one who waits so long for a whole answer.
    pub(in crate::backend) fn of(error: reqwest::Error, patience: Duration) -> Self {
        match Self::from(error) {
            Self::Lost(error) if error.is_timeout() => Self::Late(error, patience),
            silence => silence,
        }
    }
}

/// Asks once, and reads the whole answer; fails where none comes.
pub async fn ask(
    request: reqwest::RequestBuilder,
    host: &str,
    patience: &Patience,
    now: jiff::Timestamp,
) -> Result<Heard> {
    let heard = async {
        let silence = |error| Silence::of(error, patience.answer);
        let answer = request.send().await.map_err(silence)?;
        let status = answer.status().as_u16();
        let body = whole(answer, patience).await?;
        Ok(Heard {
            status,
            body: zeroize::Zeroizing::new(body),
        })
    };
    heard
        .await
        .map_err(|silence: Silence| silence.into_error(host, now))
}

/// An answer. It may hold a secret.
#[derive(Debug)]
pub struct Heard {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: zeroize::Zeroizing<Vec<u8>>,
}
