//! What the Docker hosts of a simulator are told on a command line.

use crate::{Builder, EngineAddress};

/// What Docker hosts are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
#[group(id = "docker_options")]
pub struct DockerOptions {
    /// Stand in front of this real engine, unix:///PATH or tcp://HOST:PORT, not a simulated one
    #[arg(long, value_name = "URL")]
    pub engine: Option<EngineAddress>,
    /// Let several machines share the real engine
    #[arg(long, requires = "engine")]
    pub engine_shared: bool,
    /// Make identifiers the same at every start
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

impl DockerOptions {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Tells a simulator.
    pub fn tell(&self, mut builder: Builder) -> Builder {
        if let Some(address) = &self.engine {
            builder = builder.engine(address.clone());
        }
        if self.engine_shared {
            builder = builder.engine_shared();
        }
        if let Some(seed) = self.seed {
            builder = builder.seed(seed);
        }
        builder
    }
}
