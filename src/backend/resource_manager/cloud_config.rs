//! What a machine does at its first boot, as a document for cloud-init.
//!
//! It is written as JSON, which is YAML: nothing in it has to be quoted by hand.

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::backend::{Account, DaemonCertificates, MachinePlan, Secrets};

/// The first line, by which the document is known.
const HEAD: &str = "#cloud-config\n";

/// How parts join: lists grow, and nothing of a part before is replaced.
const MERGE: &str = "list(append)+dict(no_replace,recurse_list)+str()";

/// Where the installer lies.
const INSTALLER: &str = "/usr/local/sbin/install-docker";

/// Mirrors are out of reach at times, and another installer may hold the lock: it tries for minutes.
const INSTALL: &str = "#!/bin/sh
for try in 1 2 3 4 5 6 7 8 9 10; do
  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y docker.io && exit 0
  sleep 15
done
exit 1
";

/// Where the daemon's own flags lie: over those of the package.
const DROP_IN: &str = "/etc/systemd/system/docker.service.d/10-tls.conf";

/// A document that brings Docker, behind TLS.
#[derive(Debug, Clone)]
pub(super) struct CloudConfig(Value);

impl CloudConfig {
    /// The one of a machine that is to have Docker.
    pub(super) fn of(machine: &MachinePlan, secrets: &Secrets) -> Option<Self> {
        let (docker, daemon) = (machine.docker.as_ref()?, secrets.daemon.as_ref()?);
        let mut commands = vec![
            json!([INSTALLER]),
            json!(["systemctl", "daemon-reload"]),
            json!(["systemctl", "enable", "--now", "docker"]),
            json!(["systemctl", "restart", "docker"]),
        ];
        if let Account::Linux { user, .. } = &machine.account {
            commands.push(json!(["usermod", "-aG", "docker", user.as_str()]));
        }
        Some(Self(json!({
            "write_files": files(docker.port.get(), daemon),
            "runcmd": commands,
        })))
    }

    /// The whole text.
    pub(super) fn text(&self) -> String {
        format!("{HEAD}{}\n", self.0)
    }

    /// The document joined with the user's own data, of whatever kind that is.
    pub(super) fn with(&self, theirs: Option<&[u8]>) -> Vec<u8> {
        match theirs {
            None => self.text().into_bytes(),
            Some(theirs) => joined(&self.text(), theirs),
        }
    }
}

fn files(port: u16, daemon: &DaemonCertificates) -> Value {
    let drop_in = format!(
        "[Service]\nExecStart=\nExecStart=dockerd -H fd:// -H tcp://0.0.0.0:{port} \
         --containerd=/run/containerd/containerd.sock --tlsverify --tlscacert=/etc/docker/ca.pem \
         --tlscert=/etc/docker/server-cert.pem --tlskey=/etc/docker/server-key.pem\n"
    );
    let file = |path: &str, permissions: &str, content: &str| json!({"path": path, "permissions": permissions, "content": content});
    json!([
        file("/etc/docker/ca.pem", "0644", &daemon.ca),
        file("/etc/docker/server-cert.pem", "0644", &daemon.certificate),
        file(
            "/etc/docker/server-key.pem",
            "0600",
            daemon.key.expose_secret()
        ),
        file(DROP_IN, "0644", &drop_in),
        file(INSTALLER, "0755", INSTALL),
    ])
}

/// A message of two parts. Ours is the last, and only adds: what the user's says stays said.
fn joined(ours: &str, theirs: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    let boundary = boundary(ours, theirs);
    let (kind, encoded) = (kind(theirs), BASE64_STANDARD.encode(theirs));
    let theirs = wrapped(&encoded);
    let ours = wrapped(&BASE64_STANDARD.encode(ours));
    format!(
        "Content-Type: multipart/mixed; boundary=\"{boundary}\"\nMIME-Version: 1.0\n\n\
         --{boundary}\nContent-Type: {kind}\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n{theirs}\n\
         --{boundary}\nContent-Type: text/cloud-config; charset=\"utf-8\"\nMIME-Version: 1.0\n\
         Content-Transfer-Encoding: base64\nMerge-Type: {MERGE}\n\n{ours}\n--{boundary}--\n"
    )
    .into_bytes()
}

/// What the user's data is, by its first bytes, as cloud-init tells it.
fn kind(data: &[u8]) -> &'static str {
    const KINDS: [(&[u8], &str); 6] = [
        (b"#cloud-config", "text/cloud-config"),
        (b"#!", "text/x-shellscript"),
        (b"#include", "text/x-include-url"),
        (b"#cloud-boothook", "text/cloud-boothook"),
        (b"Content-Type: multipart/", "multipart/mixed"),
        (b"\x1f\x8b", "application/gzip"),
    ];
    KINDS
        .iter()
        .find(|(head, _)| data.starts_with(head))
        .map_or("text/plain", |(_, kind)| kind)
}

/// A line between parts that stands in neither.
fn boundary(ours: &str, theirs: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    use std::fmt::Write as _;

    let digest = Sha256::new()
        .chain_update(ours)
        .chain_update(theirs)
        .finalize();
    digest
        .iter()
        .take(16)
        .fold("=".to_owned(), |mut text, byte| {
            // Writing to a text cannot fail.
            _ = write!(text, "{byte:02x}").ok();
            text
        })
}

/// Base64 in lines, as mail has it.
fn wrapped(encoded: &str) -> String {
    let mut text = String::with_capacity(encoded.len() + encoded.len() / 76 + 1);
    for (n, letter) in encoded.chars().enumerate() {
        if n > 0 && n % 76 == 0 {
            text.push('\n');
        }
        text.push(letter);
    }
    text
}
