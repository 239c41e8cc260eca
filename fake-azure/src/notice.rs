//! What a simulator that has started has to say of its state file.

use std::fmt;
use std::path::PathBuf;

/// Something that whoever started a simulator with a state file should know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// The state file was there, and empty.
    NewWorld {
        /// The state file.
        path: PathBuf,
    },
    /// So many bytes at the end of the state file are left out.
    LeftOut {
        /// The state file.
        path: PathBuf,
        /// How many.
        bytes: u64,
    },
    /// The state is of another seed than the one that was asked for, and goes on with it.
    SeedHolds {
        /// The state's.
        held: u64,
        /// The one that was asked for.
        asked: u64,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewWorld { path } => write!(
                f,
                "the state file `{}` is empty: a new world begins",
                path.display()
            ),
            Self::LeftOut { path, bytes } => write!(
                f,
                "the last {bytes} bytes of the state file `{}` are no whole record, and are left out: a simulator \
                 that was killed leaves such an end of what it had answered nobody yet; all before it is there",
                path.display()
            ),
            Self::SeedHolds { held, asked } => write!(
                f,
                "the state goes on with its own seed, {held}: the one that was asked for, {asked}, is without \
                 effect"
            ),
        }
    }
}
