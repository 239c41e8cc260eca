//! The ssh key that `--generate-ssh-keys` makes, or made before.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, PKCS_RSA_SHA256};
use time::{Duration, OffsetDateTime};

use crate::backend::site::classic::CertificateKey;
use crate::backend::{BoxError, SshKey};
use crate::files;
use crate::input;
use crate::pki::armour;
use crate::provision::failure::CreateFailure;

/// As long as the 0.10 CLI let it live.
const LIFE: Duration = Duration::days(3650);

/// Finds or makes the key of `host` in `folder`; returns the private key's path, too.
///
/// RSA, because the daemons of that day's images know nothing else in a certificate.
pub(in crate::provision) fn key(
    folder: &Path,
    host: &str,
    now: Timestamp,
) -> Result<(SshKey, PathBuf), CreateFailure> {
    let key_path = folder.join(format!("{host}-key.pem"));
    let certificate_path = folder.join(format!("{host}-cert.pem"));
    let failed = |source: BoxError| CreateFailure::SshKey {
        path: key_path.clone(),
        source,
    };
    let pem = match input::read_text(&certificate_path, input::LONGEST_PEM) {
        Ok(pem) if key_path.exists() => armour::certificates(&pem),
        Ok(_) => {
            return Err(failed(
                "its certificate is there, the key is not; move the certificate away".into(),
            ));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(folder, &key_path, &certificate_path, host, now).map_err(failed)?
        }
        Err(error) => return Err(failed(error.into())),
    };
    let key = CertificateKey::of_pem(pem)
        .ok_or_else(|| failed("the file beside it holds no certificate".into()))?;
    Ok((SshKey::Certificate(key), key_path))
}

fn make(
    folder: &Path,
    key_path: &Path,
    certificate_path: &Path,
    host: &str,
    now: Timestamp,
) -> Result<String, BoxError> {
    let pair = KeyPair::generate_for(&PKCS_RSA_SHA256)?;
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, host);
    params.distinguished_name = name;
    let now = OffsetDateTime::from_unix_timestamp(now.as_second())?;
    params.not_before = now - Duration::days(1);
    params.not_after = now + LIFE;
    let pem = params.self_signed(&pair)?.pem().replace("\r\n", "\n");
    files::make_folder(folder)?;
    files::write_new(
        key_path,
        zeroize::Zeroizing::new(pair.serialize_pem()).as_bytes(),
    )?;
    files::write_new(certificate_path, pem.as_bytes())?;
    Ok(pem)
}
