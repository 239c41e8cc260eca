//! What runs inside a virtual machine.

pub(crate) mod daemon;
pub(crate) mod docker;
pub(crate) mod engine_address;
pub(crate) mod engines;
pub(crate) mod machine_ports;
pub(crate) mod mutual_tls;
pub(crate) mod real_engine;
pub(crate) mod recipe;

use std::sync::Arc;

use crate::world::names::same;
use crate::world::{NewExtension, catalogue};

pub(crate) use docker::DockerSettings;

/// What a machine makes of an extension.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    /// The version that its handler shows.
    pub(crate) version: String,
    /// What the handler is busy with, and how that ends.
    pub(crate) setting: Option<Setting>,
    /// The engine to start, for a Docker extension with good settings.
    pub(crate) engine: Option<Arc<DockerSettings>>,
}

/// The one setting that an extension's handler reports on.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// Who reports, where the handler says so.
    pub(crate) name: Option<&'static str>,
    /// The words for what is done, e.g. `Enable Docker`.
    pub(crate) operation: &'static str,
    /// What it says when that is done.
    pub(crate) done: &'static str,
    /// The language tag of its messages, as each handler writes it.
    pub(crate) language: &'static str,
    /// What went wrong, if anything did.
    pub(crate) error: Option<String>,
}

/// Judges an extension once, when it is set: what follows is a matter of time alone.
pub(crate) fn judge(extension: &NewExtension) -> Verdict {
    let version = catalogue::extension(&extension.publisher, &extension.name)
        .and_then(|known| known.resolve(&extension.version))
        .unwrap_or(&extension.version)
        .to_owned();
    if same(&extension.publisher, "Chef.Bootstrap.WindowsAzure") {
        return Verdict {
            version,
            setting: Some(Setting {
                name: Some("Chef Extension Handler"),
                operation: "chef-client-run",
                done: "chef-service enabled",
                language: "en-US",
                error: None,
            }),
            engine: None,
        };
    }
    let Some(generation) = docker::Generation::of(&extension.publisher, &extension.name) else {
        return Verdict {
            version,
            setting: None,
            engine: None,
        };
    };
    let (engine, error) = match DockerSettings::read(generation, &extension.parameters) {
        Ok(settings) => (settings.map(Arc::new), None),
        Err(error) => (None, Some(format!("Enable Docker failed: ERROR: {error}"))),
    };
    let setting = Setting {
        name: None,
        operation: "Enable Docker",
        done: "Enable Docker",
        language: "en",
        error,
    };
    Verdict {
        version,
        setting: Some(setting),
        engine,
    }
}
