//! The ssh key that is made, or was made before, for a machine of today's Azure.

use std::io;
use std::path::{Path, PathBuf};

use rcgen::{KeyPair, PKCS_RSA_SHA256, PublicKeyData as _};

use crate::backend::{BoxError, OpenSshKey, SshKey};
use crate::files;
use crate::input;
use crate::pki::ssh_rsa;
use crate::provision::failure::CreateFailure;

/// Finds or makes the key of `host` in `folder`; returns the private key's path, too.
///
/// RSA, which every image and every region takes.
pub(in crate::provision) fn key(
    folder: &Path,
    host: &str,
) -> Result<(SshKey, PathBuf), CreateFailure> {
    let path = folder.join(format!("{host}-key.pem"));
    let failed = |source: BoxError| CreateFailure::SshKey {
        path: path.clone(),
        source,
    };
    let pair = match input::read_text(&path, input::LONGEST_PEM) {
        Ok(pem) => KeyPair::from_pem(&pem).map_err(|error| failed(error.into()))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make(folder, &path).map_err(failed)?
        }
        Err(error) => return Err(failed(error.into())),
    };
    let line = ssh_rsa::line(&pair.subject_public_key_info(), host)
        .ok_or_else(|| failed("it is no RSA key".into()))?;
    Ok((SshKey::Public(OpenSshKey { line }), path))
}

fn make(folder: &Path, path: &Path) -> Result<KeyPair, BoxError> {
    let pair = KeyPair::generate_for(&PKCS_RSA_SHA256)?;
    files::make_folder(folder)?;
    files::write_new(
        path,
        zeroize::Zeroizing::new(pair.serialize_pem()).as_bytes(),
    )?;
    Ok(pair)
}
