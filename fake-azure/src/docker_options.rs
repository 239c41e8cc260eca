//! What Docker hosts are told on a command line.

use std::path::PathBuf;

use crate::{Builder, EngineAddress};

/// What an engine is told, whoever has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
#[group(id = "engine_options")]
pub struct EngineOptions {
    /// Stand in front of this real engine, unix:///PATH or tcp://HOST:PORT, not a simulated one
    #[arg(long, value_name = "URL")]
    pub engine: Option<EngineAddress>,
    /// Script of what containers do, or a folder of them; may be said again
    #[arg(long, value_name = "FILE|DIR", conflicts_with = "engine")]
    pub scripts: Vec<PathBuf>,
    /// Let a pull of an image that nobody published bring one all the same
    #[arg(long, conflicts_with = "engine")]
    pub pull_any: bool,
    /// Let commands that neither an image nor a script has end well in containers
    #[arg(long, conflicts_with = "engine")]
    pub assume_ok: bool,
    /// File of what is to go wrong (docs/faults.md)
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// Make identifiers the same at every start, by hand addresses and time as well
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// What the Docker hosts of a simulated cloud are told.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
#[group(id = "docker_options")]
pub struct DockerOptions {
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub all: EngineOptions,
    /// Let several machines share the real engine
    #[arg(long, requires = "engine")]
    pub engine_shared: bool,
}

impl DockerOptions {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Tells a simulator.
    pub fn tell(&self, mut builder: Builder) -> Builder {
        let EngineOptions {
            engine,
            scripts,
            pull_any,
            assume_ok,
            faults,
            seed,
        } = &self.all;
        if let Some(address) = engine {
            builder = builder.engine(address.clone());
        }
        if self.engine_shared {
            builder = builder.engine_shared();
        }
        for path in scripts {
            builder = builder.script_file(path);
        }
        if *pull_any {
            builder = builder.pull_any();
        }
        if *assume_ok {
            builder = builder.assume_ok();
        }
        if let Some(path) = faults {
            builder = builder.fault_file(path);
        }
        if let Some(seed) = seed {
            builder = builder.seed(*seed);
        }
        builder
    }
}
