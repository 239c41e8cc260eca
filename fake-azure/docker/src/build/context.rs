//! The files that a client sends for a build.

use std::io::Read;

use jiff::Timestamp;

use super::dockerfile::{Dockerfile, Mistake};
use super::ignore::Ignore;
use crate::files::compression::Decoder;
use crate::files::extract::{ExtractError, Extraction, Rules};
use crate::files::tar::{Limits, Reader};
use crate::files::{Credentials, Errno, Tree, View, path};

const ROOT: &Credentials = &Credentials::ROOT;
/// The Dockerfile that is meant when none is named.
const DEFAULT: &str = "Dockerfile";

/// How large a Dockerfile may be, in bytes.
const LARGEST: usize = 1 << 20;

/// Why a context or its Dockerfile is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InvalidContext {
    #[error(transparent)]
    Archive(#[from] ExtractError),
    #[error("Cannot locate specified Dockerfile: {0}")]
    NoDockerfile(String),
    #[error("forbidden path outside the build context: {0} ()")]
    Outside(String),
    #[error("unexpected error reading Dockerfile: {}", .0.to_string().to_lowercase())]
    Unreadable(Errno),
    #[error("the Dockerfile ({0}) cannot be empty")]
    Empty(String),
    #[error(
        "the Dockerfile ({0}) is larger than {LARGEST} bytes, which is the most this engine reads"
    )]
    TooLarge(String),
    #[error("failed to parse {name}: {mistake}")]
    Unparsed { name: String, mistake: Mistake },
    #[error(transparent)]
    Mistake(Mistake),
}

impl InvalidContext {
    /// Whether the engine answers that the client is to blame.
    pub(crate) fn is_client_s(&self) -> bool {
        matches!(
            self,
            Self::Empty(_) | Self::TooLarge(_) | Self::Unparsed { .. } | Self::Mistake(_)
        )
    }
}

/// Unpacks an archive, compressed or not; nothing is an archive without files.
pub(crate) async fn unpacked(
    archive: impl Read,
    limits: Limits,
    now: Timestamp,
) -> Result<View, InvalidContext> {
    let files = View::of(Tree::new(now));
    let decoder = Decoder::new(archive).map_err(|e| ExtractError::Tar(e.into()))?;
    let reader = Reader::new(decoder, limits);
    let mut extraction = Extraction::new(&files, "/", reader, Rules::default(), Some(now))?;
    while extraction.step()? {
        tokio::task::yield_now().await;
    }
    Ok(files)
}

/// Reads the Dockerfile of a context. What `.dockerignore` leaves out of itself and of the
/// Dockerfile is taken out of the context then; all else the client left out before.
pub(crate) fn dockerfile(
    files: &View,
    name: &str,
    now: Timestamp,
) -> Result<Dockerfile, InvalidContext> {
    let tidy = path::clean(name);
    if tidy == ".." || tidy.starts_with("../") {
        return Err(InvalidContext::Outside(name.to_owned()));
    }
    let at = path::join("/", &tidy);
    let (name, content) = match files.read(&at, ROOT) {
        Ok(content) => (name, content),
        Err(Errno::NotFound) if name == DEFAULT => {
            let lower = "dockerfile";
            let content = files.read(&path::join("/", lower), ROOT);
            let missing = |_| InvalidContext::NoDockerfile(name.to_owned());
            (lower, content.map_err(missing)?)
        }
        Err(Errno::NotFound) => return Err(InvalidContext::NoDockerfile(name.to_owned())),
        Err(errno) => return Err(InvalidContext::Unreadable(errno)),
    };
    match content.len() {
        0 => return Err(InvalidContext::Empty(name.to_owned())),
        1..=LARGEST => {}
        _ => return Err(InvalidContext::TooLarge(name.to_owned())),
    }
    let dockerfile = match Dockerfile::read(&String::from_utf8_lossy(&content)) {
        Ok(dockerfile) => dockerfile,
        Err(mistake @ Mistake::Unreadable(_)) => {
            let name = name.to_owned();
            return Err(InvalidContext::Unparsed { name, mistake });
        }
        Err(mistake) => return Err(InvalidContext::Mistake(mistake)),
    };
    remove_ignored(files, name, now);
    Ok(dockerfile)
}

fn remove_ignored(files: &View, dockerfile: &str, now: Timestamp) {
    let Ok(patterns) = files.read("/.dockerignore", ROOT) else {
        return;
    };
    let Ok(ignore) = Ignore::read(&String::from_utf8_lossy(&patterns)) else {
        return;
    };
    for name in [".dockerignore", dockerfile] {
        if ignore.excludes(name) {
            // One that cannot be taken away stays, which is all that the engine does, too.
            let _stays = files.remove_all(&path::join("/", &path::clean(name)), ROOT, now);
        }
    }
}

#[cfg(test)]
mod tests;
