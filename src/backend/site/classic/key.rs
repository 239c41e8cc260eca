//! The key that opens ssh in classic Azure.

use serde::{Deserialize, Serialize};

use super::ClassicEffect;
use crate::backend::{Account, Error, Kind, MachinePlan, OpenSshKey, Result, SshKey};
use crate::pki::{ssh_rsa, thumbprint};

/// A certificate whose key opens ssh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateKey {
    /// The SHA-1 of the certificate, in upper-case hexadecimal digits.
    pub thumbprint: String,
    /// The certificate as PEM text; none when it was uploaded before.
    #[serde(skip)]
    pub pem: Option<String>,
}

impl CertificateKey {
    /// A certificate of PEM text, whose first one it is.
    pub fn of_pem(pem: String) -> Option<Self> {
        let first = pem::parse(&pem).ok()?;
        Some(Self {
            thumbprint: thumbprint::of(first.contents()),
            pem: Some(pem),
        })
    }

    /// The form that the service takes a key in. A public key gets a certificate made for it, another one
    /// each time; only RSA keys can have one.
    pub fn of(key: &SshKey) -> Result<Self> {
        match key {
            SshKey::Certificate(key) => Ok(key.clone()),
            SshKey::Public(OpenSshKey { line }) => {
                let refused = |why: &str| {
                    Error::new(
                        Kind::Refused,
                        format!("no certificate can be made for the ssh key: {why}"),
                    )
                };
                let pem = ssh_rsa::certificate(line).map_err(|why| refused(&why.to_string()))?;
                Self::of_pem(pem).ok_or_else(|| refused("it cannot be read again"))
            }
        }
    }
}

/// A machine whose ssh key, if it has one, is a certificate.
pub(in crate::backend) fn certified(mut machine: MachinePlan) -> Result<MachinePlan> {
    if let Account::Linux { key: Some(key), .. } = &mut machine.account {
        *key = SshKey::Certificate(CertificateKey::of(key)?);
    }
    Ok(machine)
}

/// The effect by which the certificate of such a machine comes to its host, before the machine is made;
/// none where there is no key, or only the thumbprint of one that was uploaded.
pub(in crate::backend) fn to_upload(host: &str, machine: &MachinePlan) -> Option<ClassicEffect> {
    let Account::Linux { key, .. } = &machine.account else {
        return None;
    };
    let key = key.as_ref()?.certificate()?;
    Some(ClassicEffect::Certificate {
        host: host.to_owned(),
        thumbprint: key.thumbprint.clone(),
        pem: key.pem.clone()?,
    })
}
