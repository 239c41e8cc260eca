//! dockerd's command line and daemon.json, and what they come to.

mod flags;
mod hosts;
mod json;
pub(super) mod why_not;

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use fake_docker::files::{Credentials, View};

use self::flags::Flags;
use self::json::Document;
use self::why_not::WhyNot;
use crate::world::docker_settings::{DockerCertificates, DockerSettings};

/// Where the daemon's configuration lies unless it is told.
const CONFIGURATION: &str = "/etc/docker/daemon.json";
/// Where certificates lie unless the daemon is told.
const CERTIFICATES: &str = "/root/.docker";

/// What the daemon listens on when it is started with these arguments, or why it does not start.
pub(super) fn settings(
    files: &View,
    arguments: &[String],
    own: Option<Ipv4Addr>,
) -> Result<DockerSettings, WhyNot> {
    let flags = Flags::read(arguments)?;
    let told = flags.text("config-file");
    let path = told.unwrap_or(CONFIGURATION);
    let document = match files.read(path, &Credentials::ROOT) {
        Ok(text) => Document::read(&text, path)?,
        Err(_) if told.is_none() => Document::default(),
        Err(_) => return Err(WhyNot::NoConfiguration(path.to_owned())),
    };
    document.check(&flags, path)?;
    let text = |flag| flags.text(flag).or_else(|| document.text(flag));
    let yes = |flag| flags.yes(flag).or_else(|| document.yes(flag));
    let verifies = yes("tlsverify");
    // Whoever says anything of verifying wants TLS.
    let has_tls = verifies.is_some() || yes("tls").unwrap_or(false);
    let tls = if has_tls {
        let read = |flag: &'static str, file: &str| {
            let path = text(flag).map_or_else(|| format!("{CERTIFICATES}/{file}"), str::to_owned);
            if let Ok(pem) = files.read(&path, &Credentials::ROOT) {
                return Ok((path, pem.to_vec()));
            }
            let flag = flag.to_owned();
            Err(WhyNot::NoFile { flag, path })
        };
        let (certificate_path, certificate) = read("tlscert", "cert.pem")?;
        let (key_path, key) = read("tlskey", "key.pem")?;
        let (ca_path, ca) = match verifies {
            Some(true) => {
                let (path, pem) = read("tlscacert", "ca.pem")?;
                (path, Some(pem))
            }
            _ => (String::new(), None),
        };
        let names = [&ca_path, &certificate_path, &key_path].map(String::as_str);
        let made = DockerCertificates::of(names, ca, [certificate, key]);
        Some(made.map_err(WhyNot::Certificates)?)
    } else {
        None
    };
    let mut hosts = flags.list("host");
    if hosts.is_empty() {
        hosts = document.list("hosts");
    }
    let mut listeners = Vec::new();
    let mut taken = BTreeSet::new();
    for host in hosts {
        let Some(listener) = hosts::listener(host, own)? else {
            continue;
        };
        let clashes = |other: &std::net::SocketAddr| {
            let same = other.ip() == listener.ip();
            let all = other.ip().is_unspecified() || listener.ip().is_unspecified();
            other.port() == listener.port() && (same || all)
        };
        if taken.iter().any(clashes) {
            return Err(WhyNot::AddressInUse(host.to_owned()));
        }
        taken.insert(listener);
        listeners.push(listener);
    }
    Ok(DockerSettings { listeners, tls })
}
