//! An image as a container begins on it.

use std::sync::Arc;

use crate::files::Tree;
use crate::state::config::Config;

/// An image as a container begins on it.
#[derive(Clone, Debug)]
pub(crate) struct RunImage {
    /// Its identifier, `sha256:…`.
    pub(crate) id: String,
    /// What it says of containers.
    pub(crate) config: Config,
    /// Its files.
    pub(crate) files: Arc<Tree>,
}
