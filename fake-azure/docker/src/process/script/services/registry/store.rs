//! What a registry keeps.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::files::{Credentials, Errno, View};
use crate::process::script::services::secret::{hex, sha256};

/// What a registry keeps, by whoever keeps it.
///
/// Digests are written `sha256:` and 64 digits; a reference is a tag or a digest.
pub trait RegistryStore: Send + Sync + fmt::Debug {
    /// The bytes of a digest.
    fn blob(&self, digest: &str) -> Option<Arc<Vec<u8>>>;

    /// Keeps bytes under their digest.
    ///
    /// # Errors
    /// When there is no room.
    fn put_blob(&self, digest: &str, bytes: Vec<u8>, now: Timestamp) -> Result<(), Errno>;

    /// A manifest of a repository.
    fn manifest(&self, repository: &str, reference: &str) -> Option<Manifest>;

    /// Keeps a manifest, and lets a tag lead to it if the reference is one.
    ///
    /// # Errors
    /// When there is no room.
    fn put_manifest(
        &self,
        repository: &str,
        reference: &str,
        manifest: Manifest,
        now: Timestamp,
    ) -> Result<(), Errno>;

    /// Forgets a manifest by its digest, with the tags that lead to it; false when there is none.
    fn delete_manifest(&self, repository: &str, digest: &str, now: Timestamp) -> bool;

    /// The tags of a repository; nothing when there is no such repository.
    fn tags(&self, repository: &str) -> Option<Vec<String>>;

    /// The names of all repositories, in order.
    fn repositories(&self) -> Vec<String>;
}

/// A manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// What kind of document it is.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
}

impl Manifest {
    /// The digest of its bytes.
    pub fn digest(&self) -> String {
        digest(&self.bytes)
    }
}

/// The digest of bytes, as it is written.
pub(super) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&sha256(bytes)))
}

/// A store in the container's own files, laid out as the real one does.
#[derive(Debug)]
pub(super) struct FileStore {
    files: View,
    user: Credentials,
    root: String,
}

impl FileStore {
    pub(super) fn new(files: View, user: Credentials, root: &str) -> Self {
        Self {
            files,
            user,
            root: format!("{}/docker/registry/v2", root.trim_end_matches('/')),
        }
    }

    fn blob_path(&self, digest: &str) -> Option<String> {
        let digits = digest
            .strip_prefix("sha256:")
            .filter(|digits| is_digits(digits))?;
        Some(format!(
            "{}/blobs/sha256/{}/{digits}/data",
            self.root,
            &digits[..2]
        ))
    }

    fn repository(&self, name: &str) -> String {
        format!("{}/repositories/{name}", self.root)
    }

    fn revision(&self, repository: &str, digest: &str) -> Option<String> {
        let digits = digest
            .strip_prefix("sha256:")
            .filter(|digits| is_digits(digits))?;
        let folder = self.repository(repository);
        Some(format!(
            "{folder}/_manifests/revisions/sha256/{digits}/link"
        ))
    }

    fn tag(&self, repository: &str, tag: &str) -> String {
        format!(
            "{}/_manifests/tags/{tag}/current/link",
            self.repository(repository)
        )
    }

    fn write(&self, path: &str, bytes: Vec<u8>, now: Timestamp) -> Result<(), Errno> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        self.files.create_dir_all(folder, 0o755, &self.user, now)?;
        self.files.write(path, bytes, 0o644, &self.user, now)
    }

    fn read(&self, path: &str) -> Option<Arc<Vec<u8>>> {
        self.files.read(path, &self.user).ok()
    }

    fn names(&self, folder: &str) -> Option<Vec<String>> {
        let entries = self.files.read_dir(folder, &self.user).ok()?;
        Some(entries.into_iter().map(|entry| entry.name).collect())
    }
}

fn is_digits(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

impl RegistryStore for FileStore {
    fn blob(&self, digest: &str) -> Option<Arc<Vec<u8>>> {
        self.read(&self.blob_path(digest)?)
    }

    fn put_blob(&self, digest: &str, bytes: Vec<u8>, now: Timestamp) -> Result<(), Errno> {
        let path = self.blob_path(digest).ok_or(Errno::Invalid)?;
        self.write(&path, bytes, now)
    }

    fn manifest(&self, repository: &str, reference: &str) -> Option<Manifest> {
        let digest = if reference.contains(':') {
            reference.to_owned()
        } else {
            let link = self.read(&self.tag(repository, reference))?;
            String::from_utf8_lossy(&link).into_owned()
        };
        // The link also keeps what kind of document it is.
        let link = self.read(&self.revision(repository, &digest)?)?;
        let link = String::from_utf8_lossy(&link).into_owned();
        let media_type = link
            .split_once('\n')
            .map_or("", |(_, media_type)| media_type);
        Some(Manifest {
            media_type: media_type.to_owned(),
            bytes: self.blob(&digest)?,
        })
    }

    fn put_manifest(
        &self,
        repository: &str,
        reference: &str,
        manifest: Manifest,
        now: Timestamp,
    ) -> Result<(), Errno> {
        let digest = manifest.digest();
        self.put_blob(&digest, manifest.bytes.to_vec(), now)?;
        let revision = self.revision(repository, &digest).ok_or(Errno::Invalid)?;
        let link = format!("{digest}\n{}", manifest.media_type);
        self.write(&revision, link.into_bytes(), now)?;
        if !reference.contains(':') {
            self.write(&self.tag(repository, reference), digest.into_bytes(), now)?;
        }
        Ok(())
    }

    fn delete_manifest(&self, repository: &str, digest: &str, now: Timestamp) -> bool {
        let Some(revision) = self.revision(repository, digest) else {
            return false;
        };
        let removed = self.files.remove_file(&revision, &self.user, now).is_ok();
        for tag in self.tags(repository).unwrap_or_default() {
            let link = self.read(&self.tag(repository, &tag));
            if link.is_some_and(|link| *link == digest.as_bytes()) {
                let folder = format!("{}/_manifests/tags/{tag}", self.repository(repository));
                self.files.remove_all(&folder, &self.user, now).ok();
            }
        }
        removed
    }

    fn tags(&self, repository: &str) -> Option<Vec<String>> {
        let folder = self.repository(repository);
        if !self
            .files
            .is_dir(&format!("{folder}/_manifests"), &self.user)
        {
            return None;
        }
        Some(
            self.names(&format!("{folder}/_manifests/tags"))
                .unwrap_or_default(),
        )
    }

    fn repositories(&self) -> Vec<String> {
        let root = self.repository("");
        let mut found = Vec::new();
        let mut waiting = vec![String::new()];
        while let Some(name) = waiting.pop() {
            for below in self.names(&format!("{root}{name}")).unwrap_or_default() {
                if below == "_manifests" {
                    found.push(name.trim_end_matches('/').to_owned());
                } else if !below.starts_with('_') {
                    waiting.push(format!("{name}{below}/"));
                }
            }
        }
        found.sort_unstable();
        found
    }
}
