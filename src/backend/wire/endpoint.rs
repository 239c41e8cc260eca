//! Where the service is, and which other places it may send us to.

use reqwest::Url;

use crate::backend::{self, Error, Kind};

/// The address of a management endpoint: `https`, or `http` on this machine alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

/// Why an address is not one of a management endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The text is not an address.
    #[error("`{0}` is not an address such as https://management.core.windows.net")]
    NotAnAddress(String),
    /// The address would let anybody on the way read along.
    #[error("`{0}` is not reached by https")]
    NotSecret(String),
}

impl Endpoint {
    /// Reads `text`; a path in it is kept.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let not = || EndpointError::NotAnAddress(text.to_owned());
        let mut url = Url::parse(text.trim()).map_err(|_| not())?;
        if url.cannot_be_a_base() || url.host_str().is_none_or(str::is_empty) {
            return Err(not());
        }
        url.set_query(None);
        url.set_fragment(None);
        let endpoint = Self(url);
        match endpoint.0.scheme() {
            "https" => Ok(endpoint),
            "http" if endpoint.is_loopback() => Ok(endpoint),
            "http" => Err(EndpointError::NotSecret(text.to_owned())),
            _ => Err(not()),
        }
    }

    /// Itself, if what is sent there is secret: `http` on this machine is for tests of the wire.
    pub fn secret(self) -> Result<Self, EndpointError> {
        match self.0.scheme() {
            "https" => Ok(self),
            _ => Err(EndpointError::NotSecret(self.0.to_string())),
        }
    }

    /// The host, without its port.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The host, and its port where that is not the usual one.
    pub fn authority(&self) -> String {
        match self.0.port() {
            Some(port) => format!("{}:{port}", self.host()),
            None => self.host().to_owned(),
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Is it on this machine?
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        host == "localhost"
            || host
                .trim_matches(['[', ']'])
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    /// The address of `segments` beneath `subscription`.
    pub fn url(
        &self,
        subscription: &str,
        segments: &[&str],
        query: &[(&str, &str)],
    ) -> backend::Result<Url> {
        let mut url = self.0.clone();
        if segments
            .iter()
            .any(|segment| matches!(*segment, "" | "." | ".."))
        {
            return Err(Error::new(Kind::Refused, "a name is empty or only dots"));
        }
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(subscription).extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
            // A plus is a blank in forms alone; one that is meant is written `%2B` by now.
            let query = url.query().map(|query| query.replace('+', "%20"));
            url.set_query(query.as_deref());
        }
        Ok(url)
    }

    /// Does `url` lead to the same scheme, host and port?
    pub(in crate::backend) fn is_origin_of(&self, url: &Url) -> bool {
        url.origin() == self.0.origin() && url.username().is_empty() && url.password().is_none()
    }

    /// May a request of ours follow to `next`? With an authority of its own (`only_here`), to this
    /// host alone; else also to the regional hosts of the same cloud.
    pub(in crate::backend) fn trusts(&self, next: &Url, only_here: bool) -> bool {
        if next.scheme() != self.0.scheme() || !next.username().is_empty() {
            return false;
        }
        let host = next.host_str().unwrap_or_default();
        if host.eq_ignore_ascii_case(self.host()) {
            return true;
        }
        let Some(cloud) = self.host().strip_prefix("management.") else {
            return false;
        };
        let port = next.port_or_known_default() == self.0.port_or_known_default();
        // Of the cloud's names only those of one label are the provider's own:
        // `ACCOUNT.blob.core.windows.net` is anybody's.
        let region = host
            .strip_suffix(cloud)
            .and_then(|rest| rest.strip_suffix('.'))
            .map(|label| label.strip_suffix(".management").unwrap_or(label));
        !only_here && port && region.is_some_and(|label| !label.is_empty() && !label.contains('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(text: &str) -> Endpoint {
        Endpoint::parse(text).unwrap()
    }

    #[test]
    fn only_this_machine_is_reached_without_tls() {
        assert!(Endpoint::parse("https://management.core.windows.net").is_ok());
        assert!(Endpoint::parse("http://127.0.0.1:8080/").is_ok());
        assert!(matches!(
            Endpoint::parse("http://management.core.windows.net"),
            Err(EndpointError::NotSecret(_))
        ));
        for text in ["", "management.core.windows.net", "file:///etc/passwd"] {
            assert!(
                matches!(Endpoint::parse(text), Err(EndpointError::NotAnAddress(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn names_stay_within_their_segment() {
        let url = endpoint("https://host/base/")
            .url("sub", &["services", "a/b?c"], &[("comp", "media")])
            .unwrap();

        assert_eq!(
            url.as_str(),
            "https://host/base/sub/services/a%2Fb%3Fc?comp=media"
        );
    }

    #[test]
    fn a_name_of_nothing_or_dots_never_reaches_the_service() {
        for name in ["", ".", ".."] {
            assert!(
                endpoint("https://host")
                    .url("sub", &["x", name], &[])
                    .is_err()
            );
        }
    }

    #[test]
    fn redirects_lead_to_the_same_cloud_only() {
        let azure = endpoint("https://management.core.windows.net");
        for (next, is_trusted) in [
            ("https://management.core.windows.net/x", true),
            ("https://usnorth2.management.core.windows.net/x", true),
            ("https://usnorth2.core.windows.net/x", true),
            ("https://evil.blob.core.windows.net/x", false),
            ("https://evilcore.windows.net/x", false),
            ("https://management.core.windows.net.evil.net/x", false),
            ("http://management.core.windows.net/x", false),
            ("https://user@management.core.windows.net/x", false),
        ] {
            let next = Url::parse(next).unwrap();
            assert_eq!(azure.trusts(&next, false), is_trusted, "{next}");
        }
        let next = Url::parse("https://usnorth2.core.windows.net/x").unwrap();
        assert!(!azure.trusts(&next, true));
    }
}
