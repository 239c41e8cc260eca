//! A log's file: nobody else's as long as it is open.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::Storage;
use crate::lock::Locked;

/// Says what was tried when the system refused.
fn during(step: impl fmt::Display) -> impl FnOnce(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{step}: {error}"))
}

/// How often the file may be replaced by its owner while it is being opened.
const ATTEMPTS: usize = 10;

/// A file that holds a log. What is in it may be secret, so it is its owner's alone.
#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    /// Open and locked; none before the file is there.
    file: Option<Locked>,
}

impl LogFile {
    /// The file of this name, there or not yet. A link is followed.
    pub fn new(path: &Path) -> io::Result<Self> {
        let path = match fs::canonicalize(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => std::path::absolute(path)?,
            found => found?,
        };
        Ok(Self { path, file: None })
    }

    /// Opens the file under the name and locks it; none where there is none.
    fn locked(&self) -> io::Result<Option<Locked>> {
        for _ in 0..ATTEMPTS {
            let found = match fs::metadata(&self.path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                found => found.map_err(during("looking at it failed"))?,
            };
            // A device or a FIFO would keep whoever opens it waiting.
            if !found.is_file() {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            let file = OpenOptions::new().read(true).write(true).open(&self.path);
            let file = file.map_err(|error| {
                let may_read = File::open(&self.path).is_ok();
                during(if may_read {
                    "it may be read, but not written"
                } else {
                    "it may not be read and written"
                })(error)
            })?;
            let file = Locked::take(file)?;
            // Its owner may have put another in its place before letting go.
            let opened = file.metadata()?;
            let is_same =
                |named: fs::Metadata| (named.dev(), named.ino()) == (opened.dev(), opened.ino());
            if fs::metadata(&self.path).is_ok_and(is_same) {
                return Ok(Some(file));
            }
        }
        Err(io::ErrorKind::WouldBlock.into())
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    /// A new file beside the old one, with this in it.
    fn beside(&self, bytes: &[u8]) -> io::Result<(PathBuf, Locked)> {
        let mut name = self.path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.new", std::process::id()));
        let path = self.folder().join(name);
        // One of the same process's number that was killed.
        fs::remove_file(&path).ok();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(during(format_args!(
                "no file can be made in its folder `{}`",
                self.folder().display()
            )))?;
        let written = file
            .write_all(bytes)
            .and_then(|()| file.sync_data())
            .and_then(|()| Ok(Locked::take(file)?));
        match written {
            Ok(file) => Ok((path, file)),
            Err(error) => {
                fs::remove_file(&path).ok();
                Err(error)
            }
        }
    }

    fn open(&mut self) -> io::Result<&mut File> {
        self.file
            .as_deref_mut()
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Storage for LogFile {
    fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        self.file = self.locked()?;
        let Some(file) = &mut self.file else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(during("reading it failed"))?;
        Ok(Some(bytes))
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.open()?.write_all(bytes)
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        let file = self.open()?;
        file.set_len(length)?;
        file.seek(SeekFrom::Start(length))?;
        Ok(())
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (beside, file) = self.beside(bytes)?;
        if self.file.is_none() {
            // Whoever made a file of this name meanwhile keeps it.
            let linked = fs::hard_link(&beside, &self.path);
            fs::remove_file(&beside)?;
            linked.map_err(during("it cannot be put under its name"))?;
        } else if let Err(error) = fs::rename(&beside, &self.path) {
            fs::remove_file(&beside).ok();
            return Err(during("another cannot take its place")(error));
        }
        self.file = Some(file);
        // The new name has come to stay, too.
        File::open(self.folder())?.sync_all()
    }

    fn sync(&mut self) -> io::Result<()> {
        self.open()?.sync_data()
    }
}
