//! Why a registry does not do what an engine asks, in the engine's words.

use std::fmt::{self, Write};

/// Why a registry refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Docker Hub has no such repository, or does not show it to this account.
    #[error(
        "pull access denied for {0}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"
    )]
    NoAccess(String),
    /// The repository has no such tag or digest.
    #[error("manifest for {0} not found: manifest unknown: manifest unknown")]
    NoManifest(String),
    /// The account may not push there.
    #[error("denied: requested access to the resource is denied")]
    Denied,
    /// The account is none.
    #[error(
        "Get \"https://registry-1.docker.io/v2/\": unauthorized: incorrect username or password"
    )]
    Unauthorized,
    /// There is no host in an address.
    #[error("Get \"http:\": http: no Host in request URL")]
    NoHost,
    /// Nothing answers.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
}

impl Refusal {
    /// What comes of asking for something at an address.
    pub fn of_url(url: &str) -> Self {
        let (_, rest) = url.split_once("://").unwrap_or(("", url));
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        match host {
            "" => Self::NoHost,
            host => Self::Unreachable(Unreachable {
                url: url.to_owned(),
                ..Unreachable::host(host)
            }),
        }
    }
}

/// A host at which nothing answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable {
    url: String,
    /// The host, with its port if one is said.
    host: String,
    /// The address and port, where the host is this machine or a number.
    address: Option<String>,
}

/// The resolver that the engine of a host without a network asks in vain.
const RESOLVER: &str = "10.255.255.53:53";

impl Unreachable {
    /// A registry at a host, with or without a port.
    pub(super) fn host(host: &str) -> Self {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) => (name, port),
            None => (host, "443"),
        };
        let is_local = name == "localhost" || name.starts_with("127.");
        let is_number = name.starts_with('[')
            || name
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        let address = match name {
            "localhost" => Some("127.0.0.1"),
            _ if is_number => Some(name),
            _ => None,
        };
        // The engine trusts its own machine without TLS.
        let scheme = if is_local { "http" } else { "https" };
        Self {
            url: format!("{scheme}://{host}/v2/"),
            host: name.to_owned(),
            address: address.map(|address| format!("{address}:{port}")),
        }
    }

    /// A registry whose name nobody resolves.
    pub(super) fn name(name: &str) -> Self {
        Self {
            url: format!("https://{name}/v2/"),
            host: name.to_owned(),
            address: None,
        }
    }

    /// Docker Hub's search.
    pub(super) fn search(term: &str, limit: usize) -> Self {
        Self {
            url: format!(
                "https://index.docker.io/v1/search?q={}&n={limit}",
                escaped(term)
            ),
            ..Self::name("index.docker.io")
        }
    }
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, host, address } = self;
        match address {
            Some(address) => write!(
                f,
                "Get \"{url}\": dial tcp {address}: connect: connection refused"
            ),
            None => write!(
                f,
                "Get \"{url}\": dial tcp: lookup {host} on {RESOLVER}: dial udp {RESOLVER}: connect: network is unreachable"
            ),
        }
    }
}

impl std::error::Error for Unreachable {}

/// Escapes a word as Go does in a query.
fn escaped(word: &str) -> String {
    word.bytes().fold(String::new(), |mut escaped, byte| {
        match byte {
            b' ' => escaped.push('+'),
            _ if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) => {
                escaped.push(byte.into());
            }
            _ => {
                // Writing to a text cannot fail.
                let _ = write!(escaped, "%{byte:02X}");
            }
        }
        escaped
    })
}
