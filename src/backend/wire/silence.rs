//! Why no answer came, and what that means.

use std::error::Error as StdError;
use std::time::Duration;

use jiff::Timestamp;

use super::doubt::Dates;
use crate::backend::{Error, Kind, Reason};

/// Why there is no answer.
#[derive(Debug)]
pub(in crate::backend) enum Silence {
    /// No connection came about, so nothing was sent.
    NotSent(reqwest::Error),
    /// The same, because a proxy lets nobody pass without a password.
    Barred(reqwest::Error),
    /// The two sides do not trust each other.
    Untrusted(reqwest::Error, Distrust),
    /// The request went out, and no whole answer came.
    Lost(reqwest::Error),
    /// The same, because the time was up.
    Late(reqwest::Error, Duration),
    /// The service pointed to somewhere that is not followed.
    Astray(String),
    /// The answer has more bytes than this.
    Endless(usize),
}

/// Why no secret talk comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::backend) enum Distrust {
    /// We do not trust the server.
    Server,
    /// The server's certificate is not valid now, by this machine's clock.
    Dates(Dates),
    /// The server's certificate is for another name.
    Name,
    /// The server does not trust us.
    Client,
    /// What answers does not speak TLS.
    Speech,
}

impl From<reqwest::Error> for Silence {
    fn from(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if let Some(distrust) = distrust(&error) {
            Self::Untrusted(error, distrust)
        } else if error.is_connect() && wants_a_password(&error) {
            Self::Barred(error)
        } else if error.is_connect() || error.is_builder() {
            Self::NotSent(error)
        } else {
            Self::Lost(error)
        }
    }
}

fn distrust(error: &reqwest::Error) -> Option<Distrust> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return sort(tls);
        }
        // An I/O error passes over what it wraps when it is asked for its source.
        next = match error.downcast_ref::<std::io::Error>() {
            Some(wrapper) => wrapper
                .get_ref()
                .map(|inner| inner as &(dyn StdError + 'static)),
            None => error.source(),
        };
    }
    None
}

/// What to do about 407.
pub(in crate::backend) const PROXY_PASSWORD: &str = "the proxy wants a user and a password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT; NO_PROXY names hosts that need none";

/// Did a proxy answer 407? Only its words tell.
fn wants_a_password(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        let words = error.to_string().to_lowercase();
        if words.contains("407") || words.contains("proxy auth") {
            return true;
        }
        next = error.source();
    }
    false
}

fn sort(error: &rustls::Error) -> Option<Distrust> {
    use rustls::CertificateError as Certificate;
    match error {
        rustls::Error::AlertReceived(_) => Some(Distrust::Client),
        rustls::Error::InvalidCertificate(
            certificate @ (Certificate::Expired
            | Certificate::ExpiredContext { .. }
            | Certificate::NotValidYet
            | Certificate::NotValidYetContext { .. }),
        ) => Some(Distrust::Dates(Dates::of(certificate))),
        rustls::Error::InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => Some(Distrust::Name),
        rustls::Error::InvalidCertificate(_) => Some(Distrust::Server),
        rustls::Error::InvalidMessage(_) => Some(Distrust::Speech),
        _ => None,
    }
}

impl Silence {
    pub(in crate::backend) fn into_error(self, host: &str, now: Timestamp) -> Error {
        match self {
            Self::NotSent(error) => {
                Error::new(Kind::Busy, format!("`{host}` cannot be reached")).with_source(error)
            }
            Self::Barred(error) => Error::new(Kind::Denied, format!("`{host}` cannot be reached"))
                .with_hint(PROXY_PASSWORD)
                .with_source(error),
            Self::Untrusted(error, Distrust::Dates(dates)) => Error::new(
                Kind::Denied,
                format!("the certificate of `{host}` is not valid at this time"),
            )
            .because(Reason::OutOfTime)
            .with_hint(dates.hint(now))
            .with_source(error),
            Self::Untrusted(error, distrust) => {
                let (kind, message, reason) = match distrust {
                    Distrust::Server | Distrust::Dates(_) => (
                        Kind::Denied,
                        format!("the certificate of `{host}` is not trusted"),
                        Some(Reason::Untrusted),
                    ),
                    Distrust::Name => (
                        Kind::Denied,
                        format!("the certificate of `{host}` is for another name"),
                        Some(Reason::OtherName),
                    ),
                    Distrust::Client => (
                        Kind::Denied,
                        format!("`{host}` does not accept the management certificate"),
                        Some(Reason::Certificate),
                    ),
                    Distrust::Speech => (
                        Kind::Unexpected,
                        format!("`{host}` does not speak TLS"),
                        Some(Reason::NoTls),
                    ),
                };
                let told = Error::new(kind, message).with_source(error);
                match reason {
                    Some(reason) => told.because(reason),
                    None => told,
                }
            }
            Self::Late(error, patience) => Error::new(
                Kind::Busy,
                format!(
                    "`{host}` did not answer in time: its whole answer may take {} seconds",
                    patience.as_secs()
                ),
            )
            .with_source(error)
            .lost(),
            Self::Lost(error) => Error::new(Kind::Busy, format!("the answer of `{host}` was lost"))
                .with_source(error)
                .lost(),
            Self::Astray(place) => Error::new(
                Kind::Unexpected,
                format!("the redirect of `{host}` is not followed"),
            )
            .because(Reason::Redirected)
            .with_source(place),
            Self::Endless(most) => Error::new(
                Kind::Unexpected,
                format!("the answer of `{host}` is longer than {most} bytes"),
            )
            .lost(),
        }
    }
}
