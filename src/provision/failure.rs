//! Why a create failed.

use std::path::PathBuf;

use super::{NotReady, Problem, RecordError};
use crate::backend::{self, RequestId};
use crate::pki::docker::{CertFolderError, NoClientConfig};
use crate::saga::{Leftover, Stop};

/// A create that did not reach its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateFailure {
    /// It was refused before anything was made.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The certificate folder cannot be used.
    #[error(transparent)]
    Certificates(#[from] CertFolderError),
    /// The certificates cannot be used by our own client.
    #[error(transparent)]
    NoClient(#[from] NoClientConfig),
    /// What an earlier run noted is of no use, or another process is at work.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// Not everything that an earlier run made could be taken back.
    #[error("what an earlier run made could not all be taken back")]
    StillThere {
        /// What is left.
        left: Left,
    },
    /// The ssh key cannot be made.
    #[error("cannot make the ssh key `{}`", .path.display())]
    SshKey {
        /// Where it was to lie.
        path: PathBuf,
        /// Why.
        source: backend::BoxError,
    },
    /// A step failed.
    #[error("{}", told(.error))]
    Failed {
        /// The step's error, whose own causes are [`CreateFailure::backend`]'s.
        error: Box<backend::Error>,
        /// What is left.
        left: Left,
    },
    /// What was to be asked for could not be noted.
    #[error("cannot note what is about to be done")]
    Unnoted {
        /// What the system said.
        source: std::io::Error,
        /// What is left.
        left: Left,
    },
    /// Docker did not answer.
    #[error("{why}")]
    NotReady {
        /// What is missing.
        why: Box<NotReady>,
        /// What is left.
        left: Left,
    },
    /// What the daemon needs could not be made when the cloud had begun.
    #[error("{why}")]
    Unprepared {
        /// Why not.
        why: Box<Self>,
        /// What is left.
        left: Left,
    },
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted {
        /// What is left.
        left: Left,
    },
}

/// What is left of a run.
#[derive(Debug, Default)]
pub struct Left {
    /// The things, last first.
    pub things: Vec<Leftover>,
    /// Was that wished?
    pub kept: bool,
    /// The host under which it is noted, so that another run can go on with it.
    pub noted: Option<String>,
    /// Is a password needed to go on with it?
    pub needs_password: bool,
}

/// What a failed operation is told as: `Code : Message`, as the old CLI did.
fn told(error: &backend::Error) -> String {
    match error.code() {
        Some(code) if error.is_operation_failure() && !error.message().starts_with(code) => {
            format!("{code} : {}", error.message())
        }
        _ => error.message().to_owned(),
    }
}

impl CreateFailure {
    /// Makes the failure of a note that could not be kept, before anything was done.
    pub(super) fn unnoted(source: std::io::Error) -> Self {
        Self::Unnoted {
            source,
            left: Left::default(),
        }
    }

    /// Makes the failure of a run whose saga is told.
    pub(super) fn stopped(stop: Stop, left: Left) -> Self {
        match stop {
            Stop::Failed(error) => Self::Failed {
                error: Box::new(error),
                left,
            },
            Stop::Unnoted(source) => Self::Unnoted { source, left },
            Stop::Interrupted => Self::Interrupted { left },
        }
    }

    /// Makes the failure of a wait.
    pub(super) fn not_ready(why: NotReady, left: Left) -> Self {
        match why {
            NotReady::Interrupted => Self::Interrupted { left },
            why => Self::NotReady {
                why: Box::new(why),
                left,
            },
        }
    }

    /// Did the user ask to stop?
    pub fn is_interrupt(&self) -> bool {
        matches!(self, Self::Interrupted { .. })
    }

    /// Was everything that the run had made taken back?
    pub fn is_undone(&self) -> bool {
        match self {
            Self::Failed { left, .. } | Self::NotReady { left, .. } => {
                left.things.is_empty() && !left.kept
            }
            _ => false,
        }
    }

    /// What is left of the run.
    pub fn left(&self) -> &[Leftover] {
        match self {
            Self::Failed { left, .. }
            | Self::Unnoted { left, .. }
            | Self::StillThere { left }
            | Self::NotReady { left, .. }
            | Self::Unprepared { left, .. }
            | Self::Interrupted { left } => &left.things,
            _ => &[],
        }
    }

    /// The cloud's own error, for its kind and the id of its request.
    pub fn backend(&self) -> Option<&backend::Error> {
        match self {
            Self::Failed { error, .. } => Some(error),
            Self::Problem(Problem::Backend(error)) => Some(error),
            Self::NotReady { why, .. } => match why.as_ref() {
                NotReady::Backend(error) => Some(error),
                _ => None,
            },
            _ => None,
        }
    }

    /// The id of the request that failed.
    pub fn request(&self) -> Option<&RequestId> {
        self.backend().and_then(backend::Error::request)
    }
}
