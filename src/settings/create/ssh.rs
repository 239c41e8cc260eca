//! The ssh options.

use std::path::Path;

use super::{CreateSettingsError, public_port};
use crate::backend::SshKey;
use crate::backend::site::classic::CertificateKey;
use crate::cli::vm::machine::SshArgs;
use crate::domain;
use crate::event::Warning;
use crate::input;
use crate::pki::{armour, ssh_rsa, thumbprint};
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
            KeyWish::Given(SshKey::Classic(key(&given, current)?))
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

/// Reads what `--ssh-cert` names: a thumbprint of 40 hexadecimal digits, or else a file.
pub fn key(given: &str, current: &Path) -> Result<CertificateKey, CreateSettingsError> {
    if let Some(thumbprint) = domain::thumbprint(given) {
        return Ok(CertificateKey {
            thumbprint,
            pem: None,
        });
    }
    let path = current.join(given);
    let bytes = input::read(&path, input::LONGEST_PEM)
        .map_err(|source| CreateSettingsError::File { path, source })?;
    let mut text = input::text(&bytes)
        .map_err(|_| CreateSettingsError::SshCertificate)?
        .as_str()
        .to_owned();
    if ssh_rsa::is_public_key(&text) {
        text = ssh_rsa::certificate(&text).map_err(|_| CreateSettingsError::SshCertificate)?;
    }
    let certificate = pem::parse_many(&text)
        .into_iter()
        .flatten()
        .find(|block| block.tag() == "CERTIFICATE")
        .ok_or(CreateSettingsError::SshCertificate)?;
    Ok(CertificateKey {
        thumbprint: thumbprint::of(certificate.contents()),
        pem: Some(armour::certificates(&text)),
    })
}
