//! Why a tool stops, when it is not that its work is done.

use crate::files::Errno;

/// What becomes of a tool: its exit code, or why it stopped.
pub(super) type Outcome = Result<u8, Stop>;

/// Why a tool stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Stop {
    /// Its command line is not understood; a usage line follows these words.
    #[error("{0}")]
    Usage(String),
    /// It was asked how it is used.
    #[error("help was asked for")]
    Help,
    /// It cannot go on.
    #[error("{words}")]
    Told {
        /// Why, without the tool's name.
        words: String,
        /// The exit code.
        code: u8,
    },
    /// Standard output takes no more.
    #[error("write error: {0}")]
    Output(#[from] Errno),
    /// It becomes another program.
    #[error("it becomes another program")]
    Become(Vec<String>),
}

impl Stop {
    /// Stops with these words and exit code 1.
    pub(super) fn told(words: impl Into<String>) -> Self {
        Self::with(1, words)
    }

    /// Stops with these words and this exit code.
    pub(super) fn with(code: u8, words: impl Into<String>) -> Self {
        Self::Told {
            words: words.into(),
            code,
        }
    }

    /// Stops because a file cannot be read.
    pub(super) fn cannot_open(name: &str, errno: Errno) -> Self {
        Self::told(format!("can't open '{name}': {errno}"))
    }
}
