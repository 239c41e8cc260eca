//! One file with the authorities that a program should trust here: the system's, the simulator's,
//! and those of the Docker hosts that are made.
//!
//! Programs that are told of such a file forget all others they know, so it holds everything; it
//! only ever grows, by whole certificates at its end.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Seek as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// Where systems keep theirs.
const SYSTEMS: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// How many authorities of Docker hosts are added.
const MOST: usize = 10_000;

/// The longest one that is added, in bytes.
const LONGEST: usize = 64 << 10;

/// The file.
#[derive(Debug)]
pub(crate) struct CaBundle {
    path: PathBuf,
    file: File,
    /// Hashes of what was added.
    added: HashSet<u64>,
    hashes: RandomState,
}

impl CaBundle {
    /// Makes the file anew: the authorities of `base`, or the system's, and then the simulator's.
    ///
    /// The system copies what is some hundred kilobytes; nothing of it is read here.
    pub(crate) fn create(path: &Path, base: Option<&Path>, own: &str) -> io::Result<Self> {
        // What lies there may be another's file that nobody may write.
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o644)
            .open(path)?;
        let told = base.into_iter();
        let mut bases = told.chain(SYSTEMS.iter().map(Path::new));
        if let Some(mut base) = bases.find_map(|base| File::open(base).ok())
            && let Err(error) = io::copy(&mut base, &mut file)
        {
            // Where there is no room, there is more to do here than to ask others.
            tracing::error!(%error, path = %path.display(), "the system's authorities are left out");
            file.set_len(0)?;
            file.rewind()?;
        }
        file.write_all(format!("\n{own}").as_bytes())?;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            added: HashSet::new(),
            hashes: RandomState::new(),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Adds an authority in PEM, unless it is there. Its certificates alone are taken: whoever
    /// uploaded them may have put more beside.
    pub(crate) fn add(&mut self, authority: &[u8]) {
        let hash = self.hashes.hash_one(authority);
        if self.added.contains(&hash) || self.added.len() >= MOST || authority.len() > LONGEST {
            return;
        }
        let certificates = CertificateDer::pem_slice_iter(authority).flatten();
        let text: String = certificates
            .map(|der| pem::Pem::new("CERTIFICATE", der.as_ref()))
            .map(|pem| pem::encode_config(&pem, LINES))
            .collect();
        if let Err(error) = self.file.write_all(text.as_bytes()) {
            let path = self.path.display();
            return tracing::error!(%error, %path, "an authority is not added");
        }
        self.added.insert(hash);
    }
}

/// How certificates are written.
const LINES: pem::EncodeConfig = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n";

    #[test]
    fn everything_is_in_it_and_nothing_twice() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("base");
        let mut file = File::create_new(&base).unwrap();
        file.write_all(b"of the system").unwrap();
        let path = folder.path().join("bundle");

        let mut bundle = CaBundle::create(&path, Some(&base), "ours\n").unwrap();
        bundle.add(format!("words\n{HOST}").as_bytes());
        bundle.add(format!("words\n{HOST}").as_bytes());
        bundle.add(&vec![b'x'; LONGEST + 1]);

        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("of the system\nours\n{HOST}"));
        CaBundle::create(&path, Some(&base), "ours\n").unwrap();
        assert!(!std::fs::read_to_string(&path).unwrap().contains("AAEC"));
    }

    #[test]
    fn a_base_that_is_not_there_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bundle");
        let missing = folder.path().join("missing");

        CaBundle::create(&path, Some(&missing), "ours\n").unwrap();

        assert!(
            std::fs::read_to_string(&path)
                .unwrap()
                .ends_with("\nours\n")
        );
    }
}
