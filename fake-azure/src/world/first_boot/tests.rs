//! Whole boots: custom data in, an engine or the reason why not out.

mod both_ways;
mod certificates;
mod cloud_init;
mod documents;
mod failures;
mod later;
mod properties;
mod scripts;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};

use super::*;

/// Certificates that fit each other.
struct Pems {
    ca: String,
    certificate: String,
    key: String,
}

fn pems() -> &'static Pems {
    static PEMS: std::sync::OnceLock<Pems> = std::sync::OnceLock::new();
    PEMS.get_or_init(|| {
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let names = vec!["v.westus.cloudapp.azure.com".to_owned()];
        let server = CertificateParams::new(names).unwrap();
        let server = server.signed_by(&key, &authority).unwrap();
        Pems {
            ca: authority.pem(),
            certificate: server.pem(),
            key: key.serialize_pem(),
        }
    })
}

fn now() -> Timestamp {
    "2026-11-27T09:00:00Z".parse().unwrap()
}

fn machine() -> Machine {
    Machine {
        host_name: "v".to_owned(),
        image: Image::of("Canonical", "0001-com-ubuntu-server-jammy"),
        admin: Some("me".to_owned()),
        keys: vec!["ssh-rsa AAAA me@there".to_owned()],
        address: Some([10, 0, 0, 4].into()),
        os_release: String::new(),
        hardware: Hardware::default(),
    }
}

fn boot_of(machine: Machine, custom_data: &str) -> Boot {
    let custom_data = CustomData::of_bytes(custom_data.as_bytes().to_vec());
    Boot::of(machine, Some(&custom_data), now())
}

fn boot(custom_data: &str) -> Boot {
    boot_of(machine(), custom_data)
}

/// The four lines of `write_files` that bring the certificates of [`pems`].
fn certificate_files() -> String {
    let Pems {
        ca,
        certificate,
        key,
    } = pems();
    let file = |name: &str, mode: &str, pem: &str| {
        let content = STANDARD.encode(pem);
        format!(
            "- {{path: /etc/docker/{name}, permissions: '{mode}', encoding: b64, content: {content}}}\n"
        )
    };
    file("ca.pem", "0644", ca)
        + &file("server-cert.pem", "0644", certificate)
        + &file("server-key.pem", "0600", key)
}

const TLS_FLAGS: &str = "--tlsverify --tlscacert=/etc/docker/ca.pem --tlscert=/etc/docker/server-cert.pem \
    --tlskey=/etc/docker/server-key.pem";

/// What the engine listens on, and of which kind its TLS is.
#[track_caller]
fn listens(boot: &Boot) -> (Vec<String>, &'static str) {
    let settings = match boot.engine() {
        Ok(settings) => settings,
        Err(why) => panic!("{why}\n{}", told(boot)),
    };
    let tls = match settings.tls.as_deref() {
        None => "plain",
        Some(tls) if tls.ca.is_some() => "mutual",
        Some(_) => "server",
    };
    let listeners = settings.listeners.iter().map(ToString::to_string);
    (listeners.collect(), tls)
}

#[track_caller]
fn assert_listens(boot: &Boot, at: &[&str], tls: &str) {
    let (listeners, found) = listens(boot);
    assert_eq!(
        (listeners.as_slice(), found),
        (
            at.iter()
                .map(|at| (*at).to_owned())
                .collect::<Vec<_>>()
                .as_slice(),
            tls
        ),
        "{}",
        told(boot)
    );
}

/// Everything that the machine itself has to say, for a test that fails.
fn told(boot: &Boot) -> String {
    let text =
        |path: &str| String::from_utf8_lossy(&boot.file(path).unwrap_or_default()).into_owned();
    let logs = ["/var/log/cloud-init.log", "/var/log/cloud-init-output.log"].map(text);
    format!(
        "{}\n{}\n{:?}",
        logs.join("\n"),
        boot.journal().join("\n"),
        boot.notes().map(Note::words).collect::<Vec<_>>()
    )
}

#[track_caller]
fn file(boot: &Boot, path: &str) -> String {
    let content = boot
        .file(path)
        .unwrap_or_else(|| panic!("{path} is not there\n{}", told(boot)));
    String::from_utf8(content).unwrap()
}
