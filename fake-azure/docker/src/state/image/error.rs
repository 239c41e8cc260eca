//! Why something cannot be done with images, in the engine's words.

use crate::reference::InvalidReference;
use crate::registry::{Digest, Refusal};
use crate::state::refusal::RefusalKind;

/// Why something cannot be done with images.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The text is no reference.
    #[error(transparent)]
    Reference(#[from] InvalidReference),
    /// There is no such image.
    #[error("No such image: {0}")]
    Missing(String),
    /// No tag is called so.
    #[error("reference does not exist")]
    NoReference,
    /// The image is for another platform.
    #[error(
        "image with reference {reference} was found but its platform ({found}) does not match the specified platform ({wanted})"
    )]
    Platform {
        /// What was asked for.
        reference: String,
        /// What the image is for.
        found: String,
        /// What it was asked to be for.
        wanted: String,
    },
    /// A container needs the name.
    #[error(
        "conflict: unable to remove repository reference {reference:?} (must force) - container {container} is using its referenced image {}",
        image.short()
    )]
    NameInUse {
        /// The name.
        reference: String,
        /// The beginning of the container's id.
        container: String,
        /// The image.
        image: Digest,
    },
    /// Something needs the image.
    #[error(
        "conflict: unable to delete {} ({}) - {reason}",
        image.short(),
        if *hard { "cannot be forced" } else { "must be forced" }
    )]
    InUse {
        /// The image.
        image: Digest,
        /// Whether force does not help.
        hard: bool,
        /// What needs it.
        reason: Reason,
    },
    /// A pattern is none.
    #[error("syntax error in pattern")]
    Pattern,
    /// More history than layers.
    #[error("too many non-empty layers in History section")]
    History,
    /// An uploaded layer cannot be read.
    #[error("{0}")]
    Archive(String),
    /// The registry refuses.
    #[error(transparent)]
    Registry(#[from] Refusal),
}

/// What needs an image.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Images that were made from it.
    #[error("image has dependent child images")]
    Children,
    /// A container that runs.
    #[error("image is being used by running container {0}")]
    Running(String),
    /// Names of several repositories.
    #[error("image is referenced in multiple repositories")]
    Names,
    /// A container that does not run.
    #[error("image is being used by stopped container {0}")]
    Stopped(String),
}

impl ImageError {
    /// Of what kind the refusal is; that of a wrong login is told as invalid here and has a
    /// status of its own.
    pub fn kind(&self) -> RefusalKind {
        match self {
            Self::Reference(_) | Self::Registry(Refusal::Unauthorized) => RefusalKind::Invalid,
            Self::Missing(_)
            | Self::NoReference
            | Self::Platform { .. }
            | Self::Registry(Refusal::NoAccess(_) | Refusal::NoManifest(_)) => {
                RefusalKind::NotFound
            }
            Self::NameInUse { .. } | Self::InUse { .. } => RefusalKind::Conflict,
            Self::Registry(Refusal::Denied) => RefusalKind::Forbidden,
            Self::Pattern
            | Self::History
            | Self::Archive(_)
            | Self::Registry(Refusal::NoHost | Refusal::Unreachable(_)) => RefusalKind::Internal,
        }
    }
}
