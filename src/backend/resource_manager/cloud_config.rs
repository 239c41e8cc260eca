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
    let unpacked = unpacked(theirs);
    let message = unpacked.as_deref().unwrap_or(theirs);
    let part = if is_message(message) {
        // A message is a part as it is, with its own parts in it; of one that is encoded, cloud-init
        // reads none.
        message.to_vec()
    } else {
        let (kind, theirs) = (kind(theirs), wrapped(&BASE64_STANDARD.encode(theirs)));
        format!(
            "Content-Type: {kind}\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n{theirs}"
        )
        .into_bytes()
    };
    let ours = wrapped(&BASE64_STANDARD.encode(ours));
    let head = format!(
        "Content-Type: multipart/mixed; boundary=\"{boundary}\"\nMIME-Version: 1.0\n\n--{boundary}\n"
    );
    let tail = format!(
        "\n--{boundary}\nContent-Type: text/cloud-config; charset=\"utf-8\"\nMIME-Version: 1.0\n\
         Content-Transfer-Encoding: base64\nMerge-Type: {MERGE}\n\n{ours}\n--{boundary}--\n"
    );
    [head.into_bytes(), part, tail.into_bytes()].concat()
}

/// How much of packed data is looked into.
const MOST_UNPACKED: u64 = 1 << 20;

/// What is in packed data; none where it is not packed, is broken, or is too long to be looked into.
fn unpacked(data: &[u8]) -> Option<Vec<u8>> {
    use std::io::Read as _;

    if !data.starts_with(b"\x1f\x8b") {
        return None;
    }
    let mut unpacked = Vec::new();
    let mut reader = flate2::read::GzDecoder::new(data).take(MOST_UNPACKED + 1);
    let length = reader.read_to_end(&mut unpacked).ok()?;
    (length as u64 <= MOST_UNPACKED).then_some(unpacked)
}

/// Is it a message of mail, with headers of its own? As cloud-init tells it.
fn is_message(data: &[u8]) -> bool {
    const HEADER: &[u8] = b"mime-version:";
    let head = &data[..data.len().min(4096)];
    head.windows(HEADER.len())
        .any(|window| window.eq_ignore_ascii_case(HEADER))
}

/// What the user's data is, by its first bytes, as cloud-init tells it.
fn kind(data: &[u8]) -> &'static str {
    const KINDS: [(&[u8], &str); 5] = [
        (b"#cloud-config", "text/cloud-config"),
        (b"#!", "text/x-shellscript"),
        (b"#include", "text/x-include-url"),
        (b"#cloud-boothook", "text/cloud-boothook"),
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::path::Path;
    use std::process::{Command, Stdio};

    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;

    use super::*;
    use crate::backend::{DockerPlan, Image, ImageKind, Os};
    use crate::domain::{Port, RoleSize, UserName, VmName};

    fn config() -> CloudConfig {
        let machine = MachinePlan {
            name: VmName::for_linux("web").unwrap(),
            image: Image {
                name: String::new(),
                kind: ImageKind::Disk,
                os: Os::Linux,
                own: false,
                locations: Vec::new(),
                label: String::new(),
                family: String::new(),
                published: String::new(),
                hardware: None,
            },
            size: "Standard_B2s".parse::<RoleSize>().unwrap(),
            account: Account::Linux {
                user: UserName::for_linux("azureuser").unwrap(),
                password_over_ssh: None,
                key: None,
            },
            endpoints: Vec::new(),
            docker: Some(DockerPlan {
                port: Port::DOCKER_TLS,
            }),
            boot_diagnostics: None,
        };
        let pem = |what: &str| format!("-----BEGIN {what}-----\nAAAA\n-----END {what}-----\n");
        let secrets = Secrets {
            daemon: Some(DaemonCertificates {
                ca: pem("AUTHORITY"),
                certificate: pem("SERVER"),
                key: pem("KEY").into(),
            }),
            ..Secrets::default()
        };
        CloudConfig::of(&machine, &secrets).unwrap()
    }

    fn packed(data: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(data).unwrap();
        packer.finish().unwrap()
    }

    /// What Debian's cloud-init makes of each document; none where it is not here.
    fn judged(documents: &[Vec<u8>]) -> Option<Vec<Value>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join("target/clients/cloud-init");
        if !folder.join("whole").exists() {
            let told = "SKIPPED: Debian's cloud-init is not here; run tests/clients/cloud-init.sh (needs python3)\n";
            std::io::stderr().write_all(told.as_bytes()).unwrap();
            return None;
        }
        let mut judge = Command::new("python3")
            .arg(root.join("tests/clients/cloud_init.py"))
            .env("PYTHONPATH", &folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines: String = documents
            .iter()
            .map(|document| BASE64_STANDARD.encode(document) + "\n")
            .collect();
        let mut input = judge.stdin.take().unwrap();
        input.write_all(lines.as_bytes()).unwrap();
        drop(input);
        let output = judge.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let results: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(results.len(), documents.len(), "{text}");
        Some(results)
    }

    #[test]
    fn cloud_init_takes_the_document_and_joins_it_with_the_users_own() {
        let theirs = "#cloud-config\nwrite_files:\n- {path: /tmp/mine, content: mine}\nruncmd:\n- [touch, /tmp/ran]\npackages: [vim]\n";
        let message = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"B\"\n\n\
            --B\nContent-Type: text/cloud-config\n\n#cloud-config\npackages: [vim]\nruncmd:\n- [touch, /tmp/ran]\n\
            --B\nContent-Type: text/x-shellscript\n\n#!/bin/sh\ntouch /tmp/script\n--B--\n";
        let documents = [
            config().with(None),
            config().with(Some(theirs.as_bytes())),
            config().with(Some(b"#!/bin/sh\ntouch /tmp/script\n")),
            config().with(Some(message.as_bytes())),
            config().with(Some(message.replace('\n', "\r\n").as_bytes())),
            config().with(Some(&packed(message.as_bytes()))),
            config().with(Some(&packed(theirs.as_bytes()))),
        ];
        let Some(results) = judged(&documents) else {
            return;
        };
        for (n, result) in results.iter().enumerate() {
            assert_eq!(result["complaint"], Value::Null, "{n}: {result}");
            let files = &result["files"];
            let key = files["/etc/docker/server-key.pem"].as_array().unwrap();
            assert_eq!(key[1], 0o600, "{n}");
            let text = BASE64_STANDARD.decode(key[0].as_str().unwrap()).unwrap();
            assert!(text.starts_with(b"-----BEGIN KEY"), "{n}");
            assert_eq!(files[INSTALLER][1], 0o755);
            let commands = result["config"]["runcmd"].to_string();
            assert!(commands.contains(INSTALLER), "{n}: {commands}");
        }
        let joined = &results[1];
        assert!(joined["files"]["/tmp/mine"].is_array(), "{joined}");
        let commands = joined["config"]["runcmd"].to_string();
        assert!(commands.contains("/tmp/ran"), "{commands}");
        assert_eq!(joined["config"]["packages"][0], "vim");
        for (n, result) in results.iter().enumerate().take(6).skip(2) {
            let scripts = result["scripts"].to_string();
            assert!(scripts.contains("touch /tmp/script"), "{n}: {scripts}");
        }
        for (n, result) in results.iter().enumerate().skip(3) {
            let config = &result["config"];
            assert_eq!(config["packages"][0], "vim", "{n}: {config}");
            let commands = config["runcmd"].to_string();
            assert!(commands.contains("/tmp/ran"), "{n}: {commands}");
        }
    }

    #[test]
    fn the_document_and_a_users_longest_data_fit() {
        use crate::backend::Site;

        // Three PEM files of an elliptic curve come to some 2 KB.
        let room = 2 << 10;
        let longest = vec![b'#'; Site::RESOURCE_MANAGER.custom_data];
        let whole = config().with(Some(&longest)).len() + room;
        assert!(
            whole <= crate::backend::site::resource_manager::CUSTOM_DATA,
            "{whole}"
        );
    }
}
