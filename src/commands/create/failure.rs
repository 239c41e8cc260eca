//! Why a create failed, with what to do about it.

use std::path::PathBuf;

use super::removal;
use crate::backend::{self, RequestId};
use crate::domain::{UserNameError, did_you_mean};
use crate::pki::docker::{CertFolderError, NoClientConfig};
use crate::provision::{NotReady, Problem};
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
    /// Docker did not answer.
    #[error("{why}")]
    NotReady {
        /// What is missing.
        why: Box<NotReady>,
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
}

impl Left {
    /// One sentence about what is left, and one for each thing.
    fn hints(&self) -> Vec<String> {
        let mut hints = removal::hints(&self.things);
        if self.kept && hints.is_empty() {
            hints.push("nothing was made".to_owned());
        }
        hints
    }
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
    /// Makes the failure of a run whose saga is told.
    pub(super) fn stopped(stop: Stop, left: Left) -> Self {
        match stop {
            Stop::Failed(error) => Self::Failed {
                error: Box::new(error),
                left,
            },
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

    /// What is left of the run.
    pub fn left(&self) -> &[Leftover] {
        match self {
            Self::Failed { left, .. }
            | Self::NotReady { left, .. }
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

    /// What the 2014 CLI said as `help:` before the error.
    pub fn help(&self) -> Vec<&'static str> {
        match self {
            Self::Problem(Problem::HostInhabited(_)) => {
                vec!["Specify --connect option to connect the new VM to an existing VM"]
            }
            Self::Problem(Problem::NoPlace) => vec![
                "following commands show available locations and affinity groups:",
                "    azure vm location list",
                "    azure account affinity-group list",
            ],
            Self::Problem(Problem::LocationWithoutMachines(_)) => vec![
                "following command show available locations along with supported services:",
                "    azure vm location list --json",
            ],
            _ => Vec::new(),
        }
    }

    /// What the user can do.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Problem(problem) => hints_of(problem),
            Self::Certificates(error) => vec![error.hint().to_owned()],
            Self::NoClient(_) | Self::SshKey { .. } => Vec::new(),
            Self::Failed { left, .. } | Self::Interrupted { left } => left.hints(),
            Self::NotReady { left, .. } => {
                let mut hints = left.hints();
                if !left.kept {
                    hints.push(
                        "everything was removed again; `--keep` leaves it to look into, \
                         `--wait SECONDS` waits longer"
                            .to_owned(),
                    );
                }
                hints
            }
        }
    }
}

/// What may have been meant, before all that there is.
fn meant(word: &str, known: &[String], all: Vec<String>) -> Vec<String> {
    let question = did_you_mean(word, known.iter().map(String::as_str));
    question.into_iter().chain(all).collect()
}

fn hints_of(problem: &Problem) -> Vec<String> {
    let listed = |words: &str, names: &[String]| {
        if names.is_empty() {
            Vec::new()
        } else {
            vec![format!("{words}: {}", names.join(", "))]
        }
    };
    match problem {
        Problem::ImageNotFound { near, .. } if near.is_empty() => {
            vec!["`azure vm image list` shows what there is".to_owned()]
        }
        Problem::ImageNotFound { near, .. } => listed("near matches", near),
        Problem::ImageAmbiguous { matches, .. } => listed("it may mean", matches),
        Problem::LocationNotFound { name, known } => meant(name, known, listed("locations", known)),
        Problem::SizeNotOffered { size, offered, .. } => {
            meant(size, offered, listed("sizes offered there", offered))
        }
        Problem::NameTaken { name, .. } => {
            vec![format!("choose another name, e.g. `{name}-2`")]
        }
        Problem::CommunityImage(_) => {
            vec!["take one of `azure vm image list`, without --community".to_owned()]
        }
        Problem::User(UserNameError::Characters(_)) => {
            vec!["the user name comes before the password".to_owned()]
        }
        Problem::Password(error) => vec![error.reason().to_owned()],
        Problem::NoPassword(_) => {
            vec!["give it with --password-file, --password-stdin or AZURE_VM_PASSWORD".to_owned()]
        }
        _ => Vec::new(),
    }
}
