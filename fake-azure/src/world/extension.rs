//! What a machine makes of an extension.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::catalogue;
use super::docker_settings::{DockerCertificates, DockerSettings, Generation, Settings};
use super::names::Name;

/// What a machine makes of an extension: judged once, when it is set, so that what follows is
/// a matter of time alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Verdict {
    /// The version that its handler shows.
    pub(crate) version: String,
    handler: Handler,
    /// What went wrong, if anything did.
    error: Option<String>,
    /// The engine to start, for a Docker extension with good settings.
    pub(crate) engine: Option<Arc<DockerSettings>>,
}

/// Whose program runs in the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Handler {
    /// One that tells nothing but that it is there.
    Silent,
    Chef,
    Docker,
}

/// The one setting that an extension's handler reports on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    /// Who reports, where the handler says so.
    pub(crate) name: Option<&'static str>,
    /// The words for what is done, e.g. `Enable Docker`.
    pub(crate) operation: &'static str,
    /// What it says when that is done.
    pub(crate) done: &'static str,
    /// The language tag of its messages, as each handler writes it.
    pub(crate) language: &'static str,
    /// What went wrong, if anything did.
    pub(crate) error: Option<&'a str>,
}

impl Verdict {
    /// What the handler is busy with, and how that ends.
    pub(crate) fn setting(&self) -> Option<Setting<'_>> {
        let error = self.error.as_deref();
        match self.handler {
            Handler::Silent => error.map(|error| Setting {
                name: None,
                operation: "Enable",
                done: "Enable",
                language: "en-US",
                error: Some(error),
            }),
            Handler::Chef => Some(Setting {
                name: Some("Chef Extension Handler"),
                operation: "chef-client-run",
                done: "chef-service enabled",
                language: "en-US",
                error,
            }),
            Handler::Docker => Some(Setting {
                name: None,
                operation: "Enable Docker",
                done: "Enable Docker",
                language: "en",
                error,
            }),
        }
    }

    /// The certificates of the engine, where it has some.
    pub(crate) fn certificates(&self) -> Option<&DockerCertificates> {
        self.engine.as_ref()?.tls.as_deref()
    }

    /// Settings that would give the engine its certificates again.
    pub(crate) fn protected_settings(&self, publisher: &Name, name: &Name) -> Option<String> {
        let generation = Generation::of(publisher, name)?;
        Some(self.certificates()?.told_to(generation))
    }

    /// It goes wrong with these words, whatever was set.
    pub(crate) fn fail(&mut self, message: &str) {
        self.error = Some(message.to_owned());
        self.engine = None;
    }

    /// Judges an extension that is set.
    pub(super) fn of(publisher: &Name, name: &Name, version: &str, settings: Settings<'_>) -> Self {
        let version = catalogue::extension(publisher, name)
            .and_then(|known| known.resolve(version))
            .unwrap_or(version)
            .to_owned();
        let generation = Generation::of(publisher, name);
        let (handler, read) = match generation {
            Some(generation) => (Handler::Docker, DockerSettings::read(generation, settings)),
            None if *publisher == "Chef.Bootstrap.WindowsAzure" => (Handler::Chef, Ok(None)),
            None => (Handler::Silent, Ok(None)),
        };
        let (engine, error) = match read {
            Ok(settings) => (settings.map(Arc::new), None),
            Err(error) => (None, Some(format!("Enable Docker failed: ERROR: {error}"))),
        };
        Self {
            version,
            handler,
            error,
            engine,
        }
    }
}
