//! Making a container.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::{Engine, check, mounts, names, options};
use crate::fault::Fault;
use crate::files::{Credentials, Tree, View};
use crate::registry::Platform;
use crate::state::State;
use crate::state::config::Config;
use crate::state::container::{Container, ContainerState, Networks};
use crate::state::host_config::HostConfig;
use crate::state::id::ObjectId;
use crate::state::log::Log;
use crate::state::network::mode::NetworkMode;

/// A container that somebody asks for.
#[derive(Debug)]
pub(crate) struct CreateRequest {
    /// Its name; one is made when it is empty.
    pub(crate) name: String,
    /// The platform of the image; any when empty.
    pub(crate) platform: String,
    pub(crate) config: Config,
    pub(crate) host: HostConfig,
    /// What is asked of its places in networks.
    pub(crate) endpoints: Networks,
}

impl Engine {
    /// Makes a container; its identifier, and what the engine warns of.
    pub(crate) fn create(&self, request: CreateRequest) -> Result<(ObjectId, Vec<String>), Fault> {
        let CreateRequest {
            name,
            platform,
            mut config,
            mut host,
            mut endpoints,
        } = request;
        if !name.is_empty() && !names::is_valid(&name) {
            return Err(invalid_name(&name));
        }
        check::config(&config)?;
        NetworkMode(&host.network_mode)
            .check(&config, &host)
            .map_err(|error| Fault::Invalid(error.to_string()))?;
        let mut warnings = check::host(&host, self.host().cpus)?;
        let image = if config.image.is_empty() {
            None
        } else {
            Some(self.image_to_run(&config.image, &platform)?)
        };
        if let Some(image) = &image {
            config.inherit(&image.config);
            if platform.is_empty() && !Platform::host().takes(&image.platform) {
                warnings.push(format!(
                    "The requested image's platform ({}) does not match the detected host platform ({HOST_PLATFORM}) and no specific platform was requested",
                    image.platform
                ));
            }
        }
        tidy(&mut config);
        if config.command_line().is_empty() {
            return Err(Fault::Invalid("no command specified".to_owned()));
        }
        check::complete(&mut host);
        options::log(&host.log_config)?;
        let now = self.now();
        let limits = self.limits();
        let mut tree = match &image {
            Some(image) => Tree::on(self.ground_of(&image.id, &image.files)?),
            None => Tree::new(now),
        };
        tree.set_disk(self.disk().clone());
        let files = tree.shared();
        let mut state = self.state();
        super::check_count(state.containers.len(), limits.containers, "containers")?;
        let name = name_for(&mut state, &name)?;
        options::security(&host)?;
        options::storage(&host)?;
        let wanted = endpoints
            .iter()
            .map(|(name, place)| (name, Some(place.as_ref())));
        state.networks.check_endpoints(wanted)?;
        for place in endpoints.values_mut() {
            place.begin();
        }
        let id = state.fresh_id();
        check_links(&state, &host)?;
        let host_name = match std::mem::take(&mut config.hostname) {
            name if !name.is_empty() => name,
            _ if host.network_mode == "host" => self.host().name.clone(),
            _ => id.short(),
        };
        let view = View::new(files.clone());
        make_working_dir(&view, &config.working_dir, now)?;
        let host_files = self.host_files();
        let mounts = mounts::prepare(&mut state, host_files, &config, &host, &view, now)?;
        let is_kept = host.log_config.driver != "none";
        let mut container = Container {
            id,
            name,
            created: now,
            layer: image.as_ref().and_then(|image| image.layer),
            image: image.map(|image| image.id).unwrap_or_default(),
            host_name,
            config: state.configs.share(config),
            host: state.host_configs.share(host),
            networks: endpoints,
            mounts,
            state: ContainerState::default(),
            ports: BTreeMap::new(),
            files,
            log: Arc::new(Mutex::new(Log::new(limits.log_bytes, is_kept))),
        };
        if let Some(place) = container.networks.remove("default") {
            let mode = container.host.network_mode.clone();
            container.networks.or_insert(mode, place);
        }
        state.networks.settle(&mut container);
        if let Some(layer) = container.layer {
            state.images.layers_mut().hold(layer);
        }
        state.containers.insert(container);
        state.tell(now, id, "create", &[]);
        drop(state);
        self.happened();
        Ok((id, warnings))
    }
}

/// The host's platform as the engine detects it, with what its processor can.
const HOST_PLATFORM: &str = "linux/amd64/v3";

/// The name that a new container gets: the one that is wished for, without its slash, or a fresh one.
fn name_for(state: &mut State, wished: &str) -> Result<String, Fault> {
    let containers = &state.containers;
    let name = match wished.strip_prefix('/').unwrap_or(wished) {
        "" => names::fresh(&mut state.chance, |name| containers.named(name).is_some()),
        name => name.to_owned(),
    };
    free(containers, &name)?;
    Ok(name)
}

/// The refusal of a name that nobody may have.
pub(crate) fn invalid_name(name: &str) -> Fault {
    Fault::Invalid(format!(
        "Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
    ))
}

/// Refuses a name that somebody has.
pub(crate) fn free(
    containers: &crate::state::store::Store<Container>,
    name: &str,
) -> Result<(), Fault> {
    match containers.named(name) {
        None => Ok(()),
        Some(holder) => Err(Fault::Conflict(format!(
            "Conflict. The container name \"/{name}\" is already in use by container \"{holder}\". You have to remove (or rename) that container to be able to reuse that name."
        ))),
    }
}

/// Makes the folder where the command is to start, if the image has none.
fn make_working_dir(view: &View, dir: &str, now: Timestamp) -> Result<(), Fault> {
    let root = &Credentials::ROOT;
    if dir.is_empty() || view.is_dir(dir, root) {
        return Ok(());
    }
    if view.exists(dir, root) {
        return Err(Fault::Internal(format!(
            "Cannot mkdir: {dir} is not a directory"
        )));
    }
    // What is in its way keeps the container from its start, where the runtime tells it.
    view.create_dir_all(dir, 0o755, root, now).ok();
    Ok(())
}

/// Writes what is empty as the engine does.
fn tidy(config: &mut Config) {
    if config.volumes.as_ref().is_some_and(|set| set.0.is_empty()) {
        config.volumes = None;
    }
    if config
        .exposed_ports
        .as_ref()
        .is_some_and(|set| set.0.is_empty())
    {
        config.exposed_ports = None;
    }
    // One empty word is how a client takes the image's entry point away.
    if config
        .entrypoint
        .as_ref()
        .is_some_and(|words| words.0.is_empty() || words.0 == [""])
    {
        config.entrypoint = None;
    }
    config.labels.get_or_insert_default();
}

/// Refuses links to containers that are not there.
fn check_links(state: &State, host: &HostConfig) -> Result<(), Fault> {
    for link in host.links.iter().flatten() {
        let other = link.split(':').next().unwrap_or_default();
        if state.containers.find(other).is_err() {
            return Err(Fault::Invalid(format!(
                "could not get container for {other}: No such container: {other}"
            )));
        }
    }
    Ok(())
}
