//! What a build is asked for, besides its files.

use std::collections::BTreeMap;

use crate::state::host_config::HostConfig;

/// The order for a build.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(crate) struct Order {
    /// The names that the image gets, in the words that `Successfully tagged` says.
    pub(crate) tags: Vec<String>,
    /// The path of the Dockerfile in the context.
    pub(crate) dockerfile: String,
    /// `--build-arg`; `None` is a name without a value.
    pub(crate) arguments: BTreeMap<String, Option<String>>,
    pub(crate) labels: BTreeMap<String, String>,
    /// The stage to stop at, or nothing.
    pub(crate) target: String,
    pub(crate) platform: String,
    pub(crate) no_cache: bool,
    /// The images whose steps alone count as a cache, if there are any.
    pub(crate) cache_from: Vec<String>,
    /// Whether bases are pulled even if they are here.
    pub(crate) pull: bool,
    /// Whether containers go when their step is done.
    pub(crate) remove: bool,
    /// Whether they go when their step fails, too.
    pub(crate) force_remove: bool,
    /// What containers get of the host.
    pub(crate) host: HostConfig,
}

impl Default for Order {
    fn default() -> Self {
        Self {
            tags: Vec::new(),
            dockerfile: "Dockerfile".to_owned(),
            arguments: BTreeMap::new(),
            labels: BTreeMap::new(),
            target: String::new(),
            platform: String::new(),
            no_cache: false,
            cache_from: Vec::new(),
            pull: false,
            remove: true,
            force_remove: false,
            host: HostConfig::default(),
        }
    }
}
