//! Why something is refused that concerns a volume, in the engine's own sentences.

use crate::state::refusal::RefusalKind;

/// Why a volume is not made, found or removed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VolumeError {
    /// It is not made.
    #[error("create {name}: {why}")]
    Create {
        /// Its name.
        name: String,
        /// Why not.
        why: Why,
    },
    /// It is not there.
    #[error("get {0}: no such volume")]
    Missing(String),
    /// Containers use it.
    #[error("remove {name}: volume is in use - [{users}]")]
    InUse {
        /// Its name.
        name: String,
        /// The containers' identifiers.
        users: String,
    },
}

/// Why a volume is not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    /// One letter alone.
    #[error("volume name is too short, names should be at least two alphanumeric characters")]
    ShortName,
    /// A folder cannot have this name.
    #[error("mkdir /var/lib/docker/volumes/{0}: file name too long")]
    LongName(String),
    /// Letters that a name cannot have.
    #[error(
        "{0:?} includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path"
    )]
    Name(String),
    /// No driver has this name.
    #[error("error looking up volume plugin {0}: plugin {0:?} not found")]
    Driver(String),
    /// The driver does not know this option.
    #[error("invalid option: {0:?}")]
    Option(String),
    /// One of its options needs this one.
    #[error("missing required option: {0:?}")]
    Needed(String),
    /// Volumes cannot be limited.
    #[error("quota size requested but no quota support")]
    Quota,
}

impl VolumeError {
    pub(super) fn create(name: &str, why: Why) -> Self {
        Self::Create {
            name: name.to_owned(),
            why,
        }
    }

    /// Of what kind it is.
    pub fn kind(&self) -> RefusalKind {
        match self {
            Self::Missing(_)
            | Self::Create {
                why: Why::Driver(_),
                ..
            } => RefusalKind::NotFound,
            Self::Create {
                why: Why::LongName(_),
                ..
            } => RefusalKind::Internal,
            Self::Create { .. } => RefusalKind::Invalid,
            Self::InUse { .. } => RefusalKind::Conflict,
        }
    }
}
