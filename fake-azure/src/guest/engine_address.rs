//! Where a Docker engine listens, as `DOCKER_HOST` has it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a Docker engine listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineAddress {
    /// `unix:///PATH`.
    Unix(PathBuf),
    /// `tcp://HOST:PORT`.
    Tcp(String),
}

/// Why an address is none of an engine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no engine's address: say unix:///PATH or tcp://HOST:PORT")]
pub struct InvalidEngineAddress(String);

impl FromStr for EngineAddress {
    type Err = InvalidEngineAddress;

    fn from_str(text: &str) -> Result<Self, InvalidEngineAddress> {
        let refuse = || InvalidEngineAddress(text.to_owned());
        if let Some(path) = text.strip_prefix("unix://") {
            let is_file = path.starts_with('/') && !path.ends_with('/');
            return is_file
                .then(|| Self::Unix(PathBuf::from(path)))
                .ok_or_else(refuse);
        }
        let place = text.strip_prefix("tcp://").ok_or_else(refuse)?;
        match place.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
                Ok(Self::Tcp(place.to_owned()))
            }
            _ => Err(refuse()),
        }
    }
}

impl fmt::Display for EngineAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix://{}", path.display()),
            Self::Tcp(place) => write!(f, "tcp://{place}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_docker_host_has_them() {
        for text in [
            "unix:///var/run/docker.sock",
            "tcp://127.0.0.1:2375",
            "tcp://[::1]:2375",
            "tcp://engine:0",
        ] {
            assert_eq!(text.parse::<EngineAddress>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_by_name() {
        for text in [
            "",
            "/var/run/docker.sock",
            "unix://",
            "unix://docker.sock",
            "unix:///run/",
            "tcp://localhost",
            "tcp://:2375",
            "tcp://a:66000",
            "ssh://host",
        ] {
            let refused = text.parse::<EngineAddress>().unwrap_err();
            assert_eq!(refused, InvalidEngineAddress(text.to_owned()));
        }
    }
}
