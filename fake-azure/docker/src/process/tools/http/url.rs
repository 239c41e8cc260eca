//! URLs, as `wget` and `curl` take them.

/// The parts of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::process::tools) struct Url {
    pub(in crate::process::tools) scheme: String,
    /// `user:password`, if there is one.
    pub(in crate::process::tools) user: Option<String>,
    pub(in crate::process::tools) host: String,
    pub(in crate::process::tools) port: u16,
    /// Path and query.
    pub(in crate::process::tools) path: String,
}

impl Url {
    /// Reads a URL; without a scheme it is one of HTTP. Nothing for what is none.
    pub(in crate::process::tools) fn read(text: &str) -> Option<Self> {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => ("http".to_owned(), text),
        };
        let rest = rest.split('#').next()?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user.to_owned()), host),
            None => (None, authority),
        };
        let bracket = host.rfind(']').unwrap_or(0);
        let (host, port) = match host.rfind(':').filter(|colon| *colon >= bracket) {
            Some(colon) => (&host[..colon], host[colon + 1..].parse().ok()?),
            None if scheme == "https" => (host, 443),
            None if scheme == "ftp" => (host, 21),
            None => (host, 80),
        };
        let clean = |text: &str| text.chars().all(|c| !c.is_control() && c != ' ');
        if host.is_empty() || !clean(host) || path.chars().any(char::is_control) {
            return None;
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        let path = format!("{slash}{path}").replace(' ', "%20");
        Some(Self {
            scheme,
            user,
            host: host.to_owned(),
            port,
            path,
        })
    }

    /// What `Host:` says.
    pub(in crate::process::tools) fn authority(&self) -> String {
        let usual = if self.scheme == "https" { 443 } else { 80 };
        if self.port == usual {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Where a location leads that was found at this URL.
    pub(in crate::process::tools) fn joined(&self, location: &str) -> String {
        if location.contains("://") {
            return location.to_owned();
        }
        let base = format!("{}://{}", self.scheme, self.authority());
        if let Some(rest) = location.strip_prefix("//") {
            return format!("{}://{rest}", self.scheme);
        }
        if location.starts_with('/') {
            return base + location;
        }
        let path = self.path.split('?').next().unwrap_or("/");
        let folder = path.rfind('/').map_or("/", |at| &path[..=at]);
        format!("{base}{folder}{location}")
    }

    /// The last part of the path, which a download is called by.
    pub(in crate::process::tools) fn file_name(&self) -> &str {
        let path = self.path.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }
}
