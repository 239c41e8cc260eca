//! Why the engine refuses, in its own sentences.

use crate::reference::InvalidReference;
use crate::registry::Refusal;
use crate::state::image::ImageError;
use crate::state::network::error::NetworkError;
use crate::state::refusal::RefusalKind;
use crate::state::volume::error::VolumeError;

/// Why the engine refuses.
///
/// The sentences are part of the interface: clients match on them. Which status goes with a
/// reason is the API's to say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// There is no such route.
    #[error("page not found")]
    PageNotFound,
    /// The real engine has this route and this one does not model it.
    #[error("{method} {pattern} is not modelled by this simulated engine")]
    NotModelled {
        /// The method.
        method: String,
        /// The path, with variables.
        pattern: String,
    },
    /// Nothing of this name is there.
    #[error("{0}")]
    NotFound(String),
    /// No container has this name.
    #[error("No such container: {0}")]
    NoSuchContainer(String),
    /// No exec has this identifier.
    #[error("No such exec instance: {0}")]
    NoSuchExec(String),
    /// No image has this name.
    #[error("No such image: {0}")]
    NoSuchImage(String),
    /// An image without a name.
    #[error("image name cannot be blank")]
    BlankImage,
    /// A text that names no image.
    #[error(transparent)]
    Reference(#[from] InvalidReference),
    /// No plugin has this name.
    #[error("plugin \"{0}\" not found")]
    NoSuchPlugin(String),
    /// Only a manager of a swarm answers this.
    #[error(
        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again."
    )]
    NotSwarmManager,
    /// Only a member of a swarm answers this.
    #[error("This node is not part of a swarm")]
    NotInSwarm,
    /// Nothing is to be done: it is so already.
    #[error("nothing to do")]
    NotModified,
    /// What is there stands against it.
    #[error("{0}")]
    Conflict(String),
    /// It is not permitted.
    #[error("{0}")]
    Forbidden(String),
    /// A mistake of the client's.
    #[error("{0}")]
    Invalid(String),
    /// The account is none, or its password is wrong.
    #[error("{0}")]
    Unauthorized(String),
    /// What the real engine takes for a failure of its own.
    #[error("{0}")]
    Internal(String),
    /// A body that is larger than is read.
    #[error("the request is larger than {limit} bytes, which is the most this engine reads")]
    TooLarge {
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// The engine cannot do it now.
    #[error("{0}")]
    Unavailable(String),
}

impl Fault {
    /// The refusal of this kind.
    pub(crate) fn of(kind: RefusalKind, words: String) -> Self {
        match kind {
            RefusalKind::Invalid => Self::Invalid(words),
            RefusalKind::Forbidden => Self::Forbidden(words),
            RefusalKind::NotFound => Self::NotFound(words),
            RefusalKind::Conflict => Self::Conflict(words),
            RefusalKind::Internal => Self::Internal(words),
        }
    }
}

impl From<VolumeError> for Fault {
    fn from(error: VolumeError) -> Self {
        Self::of(error.kind(), error.to_string())
    }
}

impl From<NetworkError> for Fault {
    fn from(error: NetworkError) -> Self {
        Self::of(error.kind(), error.to_string())
    }
}

impl From<ImageError> for Fault {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Missing(name) => Self::NoSuchImage(name),
            ImageError::Reference(invalid) => invalid.into(),
            ImageError::Registry(Refusal::Unauthorized) => Self::Unauthorized(error.to_string()),
            error => Self::of(error.kind(), error.to_string()),
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        ImageError::from(refusal).into()
    }
}
