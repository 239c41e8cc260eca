//! The ssh options.

use std::path::Path;

use super::key::KeyFile;
use super::{CreateSettingsError, public_port};
use crate::backend::site::classic::CertificateKey;
use crate::backend::{OpenSshKey, SshKey};
use crate::cli::vm::machine::SshArgs;
use crate::domain;
use crate::event::Warning;
use crate::pki::ssh_rsa;
use crate::provision::{KeyWish, SshEndpoint, SshWish};

/// What the options say, and what to warn of.
pub(super) struct Understood {
    pub(super) wish: SshWish,
    pub(super) warnings: Vec<Warning>,
}

pub(super) fn understand(args: SshArgs, current: &Path) -> Result<Understood, CreateSettingsError> {
    let SshArgs {
        ssh,
        ssh_cert,
        no_ssh_password,
        no_ssh_endpoint,
        generate_ssh_keys,
    } = args;
    let port = ssh
        .map(|text| public_port("--ssh [port]", &text))
        .transpose()?;
    let endpoint = match (no_ssh_endpoint, port) {
        (true, _) => SshEndpoint::Hidden,
        (false, Some(port)) => SshEndpoint::Port(port),
        (false, None) => SshEndpoint::Unwanted,
    };
    let mut warnings = Vec::new();
    if no_ssh_endpoint && port.is_some() {
        warnings.push(Warning::Ignored {
            option: "--ssh",
            because: "--no-ssh-endpoint is specified",
        });
    }
    let key = match (ssh_cert, generate_ssh_keys) {
        (Some(given), generate) => {
            if generate {
                warnings.push(Warning::GeneratedKeysIgnored);
            }
            KeyWish::Given(key(&given, current)?)
        }
        (None, true) => KeyWish::Generated,
        (None, false) => KeyWish::Absent,
    };
    Ok(Understood {
        wish: SshWish {
            endpoint,
            key,
            without_password: no_ssh_password,
        },
        warnings,
    })
}

/// Reads what `--ssh-cert` names: a thumbprint of 40 hexadecimal digits, or else a file with an RSA
/// key or a certificate.
pub fn key(given: &str, current: &Path) -> Result<SshKey, CreateSettingsError> {
    if let Some(thumbprint) = domain::thumbprint(given) {
        return Ok(SshKey::Certificate(CertificateKey {
            thumbprint,
            pem: None,
        }));
    }
    let key = match KeyFile::read(&current.join(given))? {
        Some(KeyFile::Line(line)) if ssh_rsa::is_public_key(&line) => {
            Some(SshKey::Public(OpenSshKey { line }))
        }
        Some(KeyFile::Certificates(pem)) => CertificateKey::of_pem(pem).map(SshKey::Certificate),
        Some(KeyFile::Line(_)) | None => None,
    };
    key.ok_or(CreateSettingsError::SshCertificate)
}
