//! The way to hosts that are not simulated: straight, or through the proxy that was set before.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use simulation::http::target::decoded;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Place;

/// How long a host may take to be reached, and a proxy to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many bytes a proxy's answer may have before the tunnel.
const LONGEST: usize = 16 << 10;

/// The proxies by which hosts are reached that are not simulated, as variables of an environment
/// tell them.
#[derive(Clone, Default)]
pub struct Upstream(Arc<Known>);

/// What is known of the way.
#[derive(Default)]
struct Known {
    https: Option<Told>,
    http: Option<Told>,
    /// What is reached without them: names, ends of names, `*`.
    direct: Vec<String>,
}

impl std::fmt::Debug for Upstream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Addresses of proxies may hold passwords.
        f.debug_struct("Upstream")
            .field("https", &self.0.https.is_some())
            .field("http", &self.0.http.is_some())
            .field("direct", &self.0.direct)
            .finish()
    }
}

/// A proxy that was told, if it is one that can be used.
type Told = Result<ProxyAddress, Unreached>;

/// A proxy over plain HTTP.
#[derive(Clone)]
pub(super) struct ProxyAddress {
    place: Place,
    /// The value of `Proxy-Authorization`.
    authorization: Option<String>,
}

/// Why somebody was not reached.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Unreached(String);

impl Unreached {
    pub(super) fn new(words: String) -> Self {
        Self(words)
    }
}

impl Upstream {
    /// The proxies that variables tell: `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in
    /// either case. `variable` tells what one of them holds.
    #[must_use]
    pub fn of_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: [&str; 4]| {
            let mut told = names.iter().filter_map(|name| variable(name));
            told.find(|value| !value.is_empty())
                .map(|value| ProxyAddress::read(&value))
        };
        let direct = ["no_proxy", "NO_PROXY"]
            .iter()
            .find_map(|name| variable(name));
        Self(Arc::new(Known {
            https: first(["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]),
            http: first(["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]),
            direct: direct
                .unwrap_or_default()
                .split(',')
                .map(|name| name.trim().trim_start_matches('.').to_ascii_lowercase())
                .filter(|name| !name.is_empty())
                .collect(),
        }))
    }

    /// A tunnel to a host.
    pub(super) async fn tunnel(&self, place: &Place) -> Result<TcpStream, Unreached> {
        match self.through(self.0.https.as_ref(), place)? {
            None => dial(place).await,
            Some(proxy) => {
                let stream = dial(&proxy.place).await?;
                let asked = tokio::time::timeout(PATIENCE, connect(stream, proxy, place));
                asked.await.unwrap_or_else(|_| {
                    let proxy = proxy.place.authority();
                    Err(Unreached(format!("the proxy {proxy} does not answer")))
                })
            }
        }
    }

    /// The proxy for requests in the clear, if there is one.
    pub(super) fn for_plain(&self, place: &Place) -> Result<Option<&ProxyAddress>, Unreached> {
        self.through(self.0.http.as_ref(), place)
    }

    fn through<'p>(
        &self,
        told: Option<&'p Told>,
        place: &Place,
    ) -> Result<Option<&'p ProxyAddress>, Unreached> {
        match told.filter(|_| !self.is_direct(place)) {
            None => Ok(None),
            Some(Ok(proxy)) => Ok(Some(proxy)),
            Some(Err(unusable)) => Err(unusable.clone()),
        }
    }

    /// Whether a host is reached without a proxy: this machine always is.
    fn is_direct(&self, place: &Place) -> bool {
        let host = place.host.trim_end_matches('.').to_ascii_lowercase();
        let address = host.parse::<IpAddr>().ok();
        host == "localhost"
            || address.is_some_and(|address| address.is_loopback())
            || self.0.direct.iter().any(|name| {
                let ends = host.strip_suffix(name.as_str());
                name == "*" || ends.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            })
    }
}

impl ProxyAddress {
    /// Reads `http://USER:PASSWORD@HOST:PORT`; all but the host may be missing.
    fn read(text: &str) -> Told {
        let unusable = |why: &str| Err(Unreached(format!("the proxy that is set {why}")));
        let whole = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let Ok(url) = whole.parse::<Uri>() else {
            return unusable("has no readable address");
        };
        if url.scheme_str() != Some("http") {
            return unusable("is not reached by plain HTTP, which alone is known here");
        }
        let Some(authority) = url.authority() else {
            return unusable("has no host");
        };
        let user = authority.as_str().rsplit_once('@').map(|(user, _)| user);
        let host = authority.host();
        Ok(Self {
            place: Place {
                host: host
                    .trim_start_matches('[')
                    .trim_end_matches(']')
                    .to_owned(),
                port: authority.port_u16().unwrap_or(super::HTTP),
            },
            authorization: user
                .map(|user| format!("Basic {}", STANDARD.encode(decoded(user).as_bytes()))),
        })
    }

    pub(super) fn place(&self) -> Place {
        self.place.clone()
    }

    pub(super) fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }
}

/// A connection to a place.
pub(super) async fn dial(place: &Place) -> Result<TcpStream, Unreached> {
    let dialled = TcpStream::connect((place.host.as_str(), place.port));
    let failed = |why: &str| Unreached(format!("{} is not reached: {why}", place.authority()));
    match tokio::time::timeout(PATIENCE, dialled).await {
        Ok(Ok(stream)) => {
            // Small pieces are to leave at once; where that fails they still leave.
            stream.set_nodelay(true).ok();
            Ok(stream)
        }
        Ok(Err(error)) => Err(failed(&error.to_string())),
        Err(_) => Err(failed("it does not answer")),
    }
}

/// Asks a proxy for a tunnel. What comes behind its answer is the host's, so it is read byte by
/// byte: there are some hundred.
async fn connect(
    mut stream: TcpStream,
    proxy: &ProxyAddress,
    place: &Place,
) -> Result<TcpStream, Unreached> {
    let failed = |why: String| {
        let proxy = proxy.place.authority();
        Unreached(format!("the proxy {proxy} makes no tunnel: {why}"))
    };
    let to = place.authority();
    let mut asked = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n");
    if let Some(authorization) = &proxy.authorization {
        // A string takes all that is written to it.
        _ = write!(asked, "Proxy-Authorization: {authorization}\r\n");
    }
    asked.push_str("\r\n");
    let sent = stream.write_all(asked.as_bytes()).await;
    sent.map_err(|error| failed(error.to_string()))?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= LONGEST {
            return Err(failed("its answer has no end".to_owned()));
        }
        let byte = stream.read_u8().await;
        head.push(byte.map_err(|error| failed(error.to_string()))?);
    }
    let head = String::from_utf8_lossy(&head);
    let first = head.lines().next().unwrap_or_default();
    let status = first.split_ascii_whitespace().nth(1).unwrap_or_default();
    if status.len() == 3 && status.starts_with('2') {
        Ok(stream)
    } else {
        Err(failed(format!("it says `{first}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upstream(variables: &'static [(&str, &str)]) -> Upstream {
        Upstream::of_variables(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn place(host: &str) -> Place {
        Place {
            host: host.to_owned(),
            port: 443,
        }
    }

    #[test]
    fn variables_tell_which_hosts_go_through_which_proxy() {
        let upstream = upstream(&[
            ("HTTPS_PROXY", "http://me:pa%40ss@proxy.example:3128"),
            ("all_proxy", "other.example"),
            ("NO_PROXY", "intra.example, .near.example"),
        ]);
        let https = |host: &str| upstream.through(upstream.0.https.as_ref(), &place(host));
        let proxy = https("pypi.org").unwrap().unwrap();
        assert_eq!(proxy.place.authority(), "proxy.example:3128");
        let expected = format!("Basic {}", STANDARD.encode("me:pa@ss"));
        assert_eq!(proxy.authorization(), Some(expected.as_str()));
        for direct in [
            "intra.example",
            "a.near.example",
            "127.0.0.1",
            "localhost",
            "::1",
        ] {
            assert!(https(direct).unwrap().is_none(), "{direct}");
        }
        assert!(https("notintra.example").unwrap().is_some());
        let plain = upstream.for_plain(&place("pypi.org")).unwrap().unwrap();
        assert_eq!(plain.place.authority(), "other.example:80");
        assert!(!format!("{upstream:?}").contains("pa"));
    }

    #[test]
    fn a_proxy_of_another_kind_is_told_of_and_not_passed_over() {
        let upstream = upstream(&[("https_proxy", "socks5://proxy.example:1080")]);
        let https = upstream.through(upstream.0.https.as_ref(), &place("pypi.org"));
        let told = https.err().unwrap().to_string();
        assert!(told.contains("plain HTTP"), "{told}");
        assert!(
            upstream
                .through(upstream.0.https.as_ref(), &place("127.0.0.1"))
                .unwrap()
                .is_none()
        );
    }
}
