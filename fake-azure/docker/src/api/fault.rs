//! What can be wrong with a request, in the engine's own sentences.

use hyper::StatusCode;
use serde::Serialize;

use super::answer::Answer;
use super::routes::Route;
use crate::reference::InvalidReference;
use crate::world::NetworkLookup;

/// Why a request is refused.
///
/// The sentences are part of the interface: clients match on them.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("page not found")]
    PageNotFound,
    #[error(
        "{method} {pattern} is not modelled: this simulated engine only shows the empty world of a new engine"
    )]
    NotModelled {
        method: String,
        pattern: &'static str,
    },
    #[error("No such container: {0}")]
    NoSuchContainer(String),
    #[error("No such exec instance: {0}")]
    NoSuchExec(String),
    #[error("No such image: {0}")]
    NoSuchImage(String),
    #[error("image name cannot be blank")]
    BlankImage,
    #[error(transparent)]
    Reference(#[from] InvalidReference),
    #[error("get {0}: no such volume")]
    NoSuchVolume(String),
    #[error(transparent)]
    Network(#[from] NetworkLookup),
    #[error("{0} is a pre-defined network and cannot be removed")]
    PredefinedNetwork(String),
    #[error("plugin \"{0}\" not found")]
    NoSuchPlugin(String),
    #[error(
        "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again."
    )]
    NotSwarmManager,
    #[error("This node is not part of a swarm")]
    NotInSwarm,
    /// A parameter or filter that the engine refuses as the client's mistake.
    #[error("{0}")]
    Invalid(String),
    /// A parameter whose mistake the real engine takes for its own.
    #[error("{0}")]
    Internal(String),
}

#[derive(Serialize)]
struct Message {
    message: String,
}

impl Fault {
    /// Says that a route of the real engine is not modelled.
    pub(super) fn not_modelled(route: &Route) -> Self {
        Self::NotModelled {
            method: route.method.to_string(),
            pattern: route.pattern,
        }
    }

    /// The status that goes with the sentence.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::PageNotFound
            | Self::NoSuchContainer(_)
            | Self::NoSuchExec(_)
            | Self::NoSuchImage(_)
            | Self::NoSuchVolume(_)
            | Self::NoSuchPlugin(_)
            | Self::Network(NetworkLookup::Missing(_)) => StatusCode::NOT_FOUND,
            Self::NotModelled { .. } => StatusCode::NOT_IMPLEMENTED,
            Self::BlankImage
            | Self::Reference(_)
            | Self::Network(NetworkLookup::Ambiguous { .. })
            | Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::PredefinedNetwork(_) => StatusCode::FORBIDDEN,
            Self::NotSwarmManager | Self::NotInSwarm => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Makes the answer that carries the sentence.
    pub(super) fn answer(&self) -> Answer {
        let message = self.to_string();
        Answer::json(self.status(), &Message { message })
    }
}
