//! Files whose names a user chose: told where a simulator is to be found.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::Value;
use tokio::sync::oneshot;

use crate::credentials::{CredentialsError, write_private};

/// Is it a regular file, or none yet?
pub(crate) fn is_replaceable(path: &Path) -> bool {
    fs::symlink_metadata(path).map_or(true, |found| found.is_file())
}

/// A file by what it is rather than by its name, which may become somebody else's.
#[derive(Debug)]
pub(crate) struct OwnFile {
    path: PathBuf,
    device: u64,
    number: u64,
    /// While a regular file is open nobody else gets its number; a socket's is held by the socket.
    _open: Option<File>,
}

impl OwnFile {
    /// The file that has this name now; none where there is none.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        let found = fs::symlink_metadata(path).ok()?;
        let open = found.is_file().then(|| File::open(path).ok()).flatten();
        Some(Self {
            path: path.to_owned(),
            device: found.dev(),
            number: found.ino(),
            _open: open,
        })
    }

    /// Removes it, unless the name is another file's by now.
    pub(crate) fn remove(&self) {
        let is_same = |found: Metadata| (found.dev(), found.ino()) == (self.device, self.number);
        if fs::symlink_metadata(&self.path).is_ok_and(is_same) {
            // Somebody else may have tidied up.
            fs::remove_file(&self.path).ok();
        }
    }
}

/// The file that says, once all is ready, where a simulator is to be found.
///
/// A regular file appears whole, takes the place of an older one, and goes in the end. A device, a
/// FIFO or a link is written through, and stays.
#[derive(Debug)]
pub(crate) struct ReadyFile {
    path: PathBuf,
    own: Option<OwnFile>,
    /// What was written.
    text: String,
}

impl ReadyFile {
    /// Takes away what an earlier simulator left there: who waits for the file waits for this one.
    pub(crate) fn new(path: &Path) -> Self {
        let tells_of_a_process = |text: String| {
            serde_json::from_str(&text).is_ok_and(|ready: Value| ready["pid"].is_u64())
        };
        let is_regular = fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
        if is_regular && fs::read_to_string(path).is_ok_and(tells_of_a_process) {
            // Where it cannot go, it cannot be written either, and that is told.
            fs::remove_file(path).ok();
        }
        Self {
            path: path.to_owned(),
            own: None,
            text: String::new(),
        }
    }

    /// Writes it. Dropped while nobody reads at the other end of a FIFO, it leaves the writing to a
    /// thread that ends with the process.
    pub(crate) async fn write(&mut self, text: String) -> Result<(), CredentialsError> {
        if is_replaceable(&self.path) {
            write_private(&self.path, text.as_bytes())?;
            self.own = OwnFile::at(&self.path);
            self.text = text;
            return Ok(());
        }
        let (tell, told) = oneshot::channel();
        let path = self.path.clone();
        let writing = thread::Builder::new().spawn(move || {
            // Nobody asks any more when the simulator was ended meanwhile.
            tell.send(write_through(&path, &text)).ok();
        });
        let written = match writing {
            Ok(_) => told.await.map_err(io::Error::other).flatten(),
            Err(error) => Err(error),
        };
        written.map_err(|source| CredentialsError::File {
            path: self.path.clone(),
            verb: "written",
            source,
        })
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        // Another program may have written something of its own into it.
        let is_ours = || fs::read(&self.path).is_ok_and(|found| found == self.text.as_bytes());
        if let Some(own) = self.own.as_ref().filter(|_| is_ours()) {
            own.remove();
        }
    }
}

fn write_through(path: &Path, text: &str) -> io::Result<()> {
    // What is open has a place at which to go on, which opening it anew would not know.
    let target = fs::read_link(path).unwrap_or_default();
    let is = |descriptor: &str| [path, &target].contains(&Path::new(descriptor));
    if is("/proc/self/fd/1") {
        let mut out = io::stdout().lock();
        return out
            .write_all(text.as_bytes())
            .and_then(|()| writeln!(out))
            .and_then(|()| out.flush());
    }
    if is("/proc/self/fd/2") {
        return writeln!(io::stderr(), "{text}");
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "what users and others left there"
)]
mod tests {
    use std::os::unix::fs::{FileTypeExt as _, symlink};

    use super::*;

    async fn written(path: &Path, text: &str) -> ReadyFile {
        let mut file = ReadyFile::new(path);
        file.write(text.to_owned()).await.unwrap();
        file
    }

    #[tokio::test]
    async fn a_regular_file_takes_the_place_of_an_older_one_and_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ready.json");
        fs::write(&path, "").unwrap();

        let file = written(&path, "{}").await;

        assert_eq!(fs::read_to_string(&path).unwrap(), "{}");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        drop(file);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn what_another_one_wrote_there_since_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ready.json");
        let first = written(&path, r#"{"pid":1}"#).await;
        let second = written(&path, r#"{"pid":2}"#).await;

        drop(first);
        assert_eq!(fs::read_to_string(&path).unwrap(), r#"{"pid":2}"#);

        drop(second);
        assert!(!path.exists());
    }

    #[test]
    fn only_what_a_simulator_left_goes_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ready.json");
        for (text, stays) in [(r#"{"pid":4711}"#, false), ("notes", true), ("", true)] {
            fs::write(&path, text).unwrap();
            let _file = ReadyFile::new(&path);
            assert_eq!(path.exists(), stays, "{text}");
        }
    }

    #[tokio::test]
    async fn a_link_is_written_through_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        symlink(&target, &link).unwrap();
        for before in [None, Some("something longer than what comes")] {
            if let Some(before) = before {
                fs::write(&target, before).unwrap();
            }

            drop(written(&link, "{}").await);

            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            assert_eq!(fs::read_to_string(&target).unwrap(), "{}");
        }
    }

    #[tokio::test]
    async fn a_fifo_is_written_through_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let reader = {
            let path = path.clone();
            thread::spawn(move || fs::read_to_string(path).unwrap())
        };

        drop(written(&path, "{}").await);

        assert_eq!(reader.join().unwrap(), "{}");
        assert!(fs::metadata(&path).unwrap().file_type().is_fifo());
    }

    #[tokio::test]
    async fn a_device_that_takes_nothing_is_told_of_and_stays() {
        let path = Path::new("/dev/full");
        let mut file = ReadyFile::new(path);

        let error = file.write("{}".to_owned()).await.unwrap_err();

        assert!(error.to_string().contains("/dev/full"), "{error}");
        drop(file);
        let kind = fs::metadata(path).unwrap().file_type();
        assert!(kind.is_char_device());
    }
}
