//! Why a build ends without an image.

use std::fmt::Display;

use super::output::Gone;

/// What ends a build at a step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    #[error(transparent)]
    Gone(#[from] Gone),
    #[error("{message}")]
    Failed {
        message: String,
        /// How the command of a RUN ended.
        code: Option<i64>,
    },
}

impl Trouble {
    /// A step cannot be done.
    pub(crate) fn new(message: impl Display) -> Self {
        Self::Failed {
            message: message.to_string(),
            code: None,
        }
    }

    /// Says what was being done.
    pub(crate) fn during(self, what: impl Display) -> Self {
        match self {
            Self::Failed { message, code } => Self::Failed {
                message: format!("{what}: {message}"),
                code,
            },
            gone @ Self::Gone(_) => gone,
        }
    }
}
