//! Containers are connected to networks and disconnected, running or not.

use super::{Fresh, Networks};
use crate::state::container::{Container, Status};
use crate::state::endpoint::Endpoint;
use crate::state::id::ObjectId;
use crate::state::network::Network;
use crate::state::network::error::NetworkError;
use crate::state::network::mode::NetworkMode;

const SHARED: &str = "container sharing network namespace with another container or host cannot be connected to any other network";

impl Networks {
    /// Connects a container to a network: at once when it runs, else when it starts. The network
    /// that it joined, if it runs.
    ///
    /// # Errors
    /// When the network is not there, the two do not go together, or the container is in it.
    pub fn connect(
        &mut self,
        container: &mut Container,
        network: &str,
        endpoint: Option<Endpoint>,
        fresh: Fresh<'_>,
    ) -> Result<Option<ObjectId>, NetworkError> {
        let mut endpoint = Box::new(endpoint.unwrap_or_default());
        endpoint.begin();
        if !container.is_running() {
            refuse_removed(container)?;
            let Ok(found) = self.find(network) else {
                // A network that is not there yet may be when the container starts.
                container.networks.insert(network.to_owned(), endpoint);
                return Ok(None);
            };
            let (id, name) = (found.id, found.name.clone());
            self.prepare(id, container, &mut endpoint)?;
            self.check_company(id, container)?;
            container.networks.or_insert(name, endpoint);
            return Ok(None);
        }
        if NetworkMode(&container.host.network_mode)
            .container()
            .is_some()
        {
            return Err(NetworkError::Invalid(SHARED.to_owned()));
        }
        let found = self.find(network)?;
        let (id, name) = (found.id, found.name.clone());
        self.prepare(id, container, &mut endpoint)?;
        self.check_company(id, container)?;
        let endpoint = self.admit(id, container, endpoint, fresh)?;
        container.networks.insert(name, endpoint);
        Ok(Some(id))
    }

    /// Disconnects a container from a network. The network that it left, if it runs.
    ///
    /// # Errors
    /// When the network is not there or the container is not in it.
    pub fn disconnect(
        &mut self,
        container: &mut Container,
        network: &str,
        force: bool,
    ) -> Result<Option<ObjectId>, NetworkError> {
        let found = self.find(network);
        if !container.is_running() || found.is_err() && force {
            refuse_removed(container)?;
            let name = found.map_or_else(|_| network.to_owned(), |found| found.name.clone());
            return match container.networks.remove(&name) {
                Some(_) => Ok(None),
                None => Err(NetworkError::NotInThe {
                    container: container.id,
                    network: name,
                }),
            };
        }
        let found = found?;
        let (id, name) = (found.id, found.name.clone());
        if NetworkMode(&container.host.network_mode).is_host() && found.driver == "host" {
            let words = "cannot disconnect container from host network - container was created in host network mode";
            return Err(NetworkError::Invalid(words.to_owned()));
        }
        if !self.dismiss(id, container.id) {
            return Err(NetworkError::NotIn {
                container: container.id,
                network: name,
            });
        }
        container.networks.remove(&name);
        Ok(Some(id))
    }

    /// Lets go of a place in a network whose container is not there any more.
    ///
    /// # Errors
    /// When nobody of this name is in it.
    pub fn forget(&mut self, container: &str, network: &str) -> Result<ObjectId, NetworkError> {
        let found = self.find(network)?;
        let member = found
            .members
            .iter()
            .find(|(_, member)| member.name == container);
        let Some((member, _)) = member else {
            return Err(NetworkError::NoEndpoint(container.to_owned()));
        };
        let (id, member) = (found.id, *member);
        self.dismiss(id, member);
        Ok(id)
    }

    /// Refuses networks that do not go together with those that a container is in.
    fn check_company(&self, network: ObjectId, container: &Container) -> Result<(), NetworkError> {
        let missing = || NetworkError::Missing(network.to_string());
        let network = self.all.get(network).ok_or_else(missing)?;
        let invalid = |words: &str| Err(NetworkError::Invalid(words.to_owned()));
        let is_host = |network: &Network| network.driver == "host";
        if !NetworkMode(&container.host.network_mode).is_host() && is_host(network) {
            return invalid(
                "cannot connect container to host network - container must be created in host network mode",
            );
        }
        let others: Vec<&Network> = container
            .networks
            .keys()
            .filter_map(|name| self.find(name).ok())
            .collect();
        if others.iter().any(|other| other.id == network.id) {
            return Ok(());
        }
        for other in others {
            if is_host(other) || is_host(network) {
                return invalid(SHARED);
            }
            if other.name == "none" || network.name == "none" {
                return invalid(
                    "container cannot be connected to multiple networks with one of the networks in private (none) mode",
                );
            }
        }
        Ok(())
    }
}

fn refuse_removed(container: &Container) -> Result<(), NetworkError> {
    match container.state.status {
        Status::Removing | Status::Dead => Err(NetworkError::Removing(container.id)),
        _ => Ok(()),
    }
}
