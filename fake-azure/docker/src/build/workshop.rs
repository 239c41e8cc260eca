//! What a builder needs of an engine.

use jiff::Timestamp;

use super::output::Output;
use super::trouble::Trouble;
use crate::files::{SharedTree, Tree};
use crate::state::config::Config;
use crate::state::host_config::HostConfig;

/// An engine, as a build sees it. Images are known by their ids; an empty one is `scratch`.
pub(crate) trait Workshop: Send + Sync {
    /// The engine's time.
    fn now(&self) -> Timestamp;

    /// Finds an image by name or id, and pulls it if it is not here, or always, or never.
    /// The progress of a pull goes to `output`.
    fn image(
        &self,
        name: &str,
        platform: &str,
        pull: Pull,
        output: &mut Output,
    ) -> impl Future<Output = Result<Image, Trouble>> + Send;

    /// Returns the id of an image that is here.
    fn local(&self, name: &str) -> Option<String>;

    /// Returns the image on which another was built here.
    fn parent(&self, image: &str) -> Option<String>;

    /// Returns the images that were built here on `parent`.
    fn built_on(&self, parent: &str) -> Vec<Built>;

    /// Returns a tree that begins with the files of an image.
    fn files(&self, image: &str) -> Result<Tree, Trouble>;

    /// Makes a container; its image is named in the configuration.
    fn create(
        &self,
        config: &Config,
        host: &HostConfig,
    ) -> impl Future<Output = Result<Created, Trouble>> + Send;

    /// Makes the directory in which the container would start.
    fn make_working_directory(&self, container: &str) -> Result<(), Trouble>;

    /// Runs a container and returns its exit code. What it writes goes to `output` as it
    /// comes: [`Output::stream`] and [`Output::red`].
    fn run(
        &self,
        container: &str,
        output: &mut Output,
    ) -> impl Future<Output = Result<i64, Trouble>> + Send;

    /// Makes an image of what a container changed, and returns its id.
    fn commit(
        &self,
        container: &str,
        image: NewImage,
    ) -> impl Future<Output = Result<String, Trouble>> + Send;

    /// Makes an image of what a tree changed over `parent`, and returns its id.
    fn add(
        &self,
        parent: &str,
        files: SharedTree,
        image: NewImage,
    ) -> impl Future<Output = Result<String, Trouble>> + Send;

    /// Removes a container, running or not, with its volumes.
    fn remove(&self, container: &str) -> impl Future<Output = Result<(), Trouble>> + Send;

    /// Gives an image a name: `built:1`.
    fn tag(&self, image: &str, name: &str) -> Result<(), Trouble>;
}

/// Whether an image is asked for at its registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pull {
    Always,
    IfMissing,
    Never,
}

/// An image to build on.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Image {
    pub(crate) id: String,
    pub(crate) config: Config,
}

/// An image that was built here, as the cache sees it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Built {
    pub(crate) id: String,
    pub(crate) created: Timestamp,
    /// What the container ran with that it was made of.
    pub(crate) container_config: Config,
}

/// A container that was made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Created {
    pub(crate) id: String,
    pub(crate) warnings: Vec<String>,
}

/// What an image says of itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewImage {
    pub(crate) author: String,
    pub(crate) config: Config,
    /// What the container ran with; its command is the step's line in the history.
    pub(crate) container_config: Config,
}

#[cfg(test)]
pub(in crate::build) mod fake;
