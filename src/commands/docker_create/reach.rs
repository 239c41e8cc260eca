//! How a client on this machine reaches a host: by its name, or where no name leads to it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::input;
use crate::pki::docker::DockerCertificates;
use crate::provision::{DockerHost, Engines as _, TlsEngines};

/// The file that a simulated name is found in; the world's name servers are not asked for it.
const HOSTS: &str = "/etc/hosts";

/// A host's Docker daemon, as far as the way to it depends on it.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Daemon<'a> {
    /// The host's public name.
    pub(in super::super) public_name: &'a str,
    /// The daemon's port.
    pub(in super::super) port: u16,
    /// Where it was found.
    pub(in super::super) address: SocketAddr,
    /// What its client needs.
    pub(in super::super) certificates: &'a DockerCertificates,
    /// The id that it gave, if it answered.
    pub(in super::super) id: Option<&'a Value>,
}

impl<'a> Daemon<'a> {
    /// The one of a host that answers.
    pub(super) fn of(host: &'a DockerHost) -> Self {
        Self {
            public_name: &host.public_name,
            port: host.port,
            address: host.ready.address,
            certificates: &host.certificates,
            id: host.ready.info.0.get("ID"),
        }
    }
}

/// A way to a host's Docker daemon.
#[derive(Debug)]
pub(in super::super) struct Reach {
    /// What `docker -H` is told behind `tcp://`.
    pub(in super::super) name: String,
    /// Where that is.
    pub(in super::super) address: SocketAddr,
    /// Does the daemon's certificate prove that name, and if not, why?
    pub(in super::super) verifies: Result<(), String>,
}

impl Reach {
    /// Finds what works where this program runs.
    pub(in super::super) async fn find(host: Daemon<'_>) -> Self {
        let address = host.address;
        let verifies = host.certificates.tls_verify.as_ref();
        let verifies = verifies.map(|&()| ()).map_err(ToString::to_string);
        if !address.ip().is_loopback() || is_known(host.public_name, address.ip()) {
            return Self {
                name: format!("{}:{}", host.public_name, host.port),
                address,
                verifies,
            };
        }
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, host.port));
        if host.certificates.good_for_localhost && verifies.is_ok() && is_served(host, here).await {
            return Self {
                name: here.to_string(),
                address: here,
                verifies,
            };
        }
        Self {
            name: address.to_string(),
            address,
            verifies: Err(format!(
                "{} resolves inside `azure fake run --join READY_FILE -- COMMAND` alone",
                host.public_name
            )),
        }
    }
}

/// Does the name lead to the address on this machine?
fn is_known(name: &str, address: IpAddr) -> bool {
    let lines = input::read_text(Path::new(HOSTS), input::LONGEST_SETTINGS);
    lines.is_ok_and(|lines| leads_to(&lines, name, address))
}

/// Is it a line of a hosts file?
fn leads_to(hosts: &str, name: &str, address: IpAddr) -> bool {
    hosts.lines().any(|line| {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split_whitespace();
        words
            .next()
            .is_some_and(|first| first.parse() == Ok(address))
            && words.any(|word| word.eq_ignore_ascii_case(name))
    })
}

/// Is it the same daemon that answers there?
async fn is_served(host: Daemon<'_>, at: SocketAddr) -> bool {
    let Ok(config) = host.certificates.client_config() else {
        return false;
    };
    let engines = TlsEngines::new(Arc::new(config));
    let answer = engines.ask(at, &at.ip().to_string()).await;
    answer.is_ok_and(|info| host.id.is_some() && info.0.get("ID") == host.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hosts_file_is_read_as_the_system_reads_it() {
        let hosts = "127.0.0.1 localhost\n#127.9.0.2 old.cloudapp.net\n127.9.0.3\tother Web.cloudapp.net # x\n";
        let at = |text: &str| text.parse().unwrap();

        assert!(leads_to(hosts, "web.cloudapp.net", at("127.9.0.3")));
        assert!(!leads_to(hosts, "web.cloudapp.net", at("127.0.0.1")));
        assert!(!leads_to(hosts, "old.cloudapp.net", at("127.9.0.2")));
        assert!(!leads_to(hosts, "x", at("127.9.0.3")));
    }
}
