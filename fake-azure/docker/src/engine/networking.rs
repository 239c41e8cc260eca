//! A container's place in its networks while it runs.

use std::sync::Arc;

use jiff::Timestamp;

use super::Engine;
use crate::fault::Fault;
use crate::process::Network;
use crate::process::network::{Isolated, Ports};
use crate::state::State;
use crate::state::container::Container;
use crate::state::id::ObjectId;

/// What a container that starts gets of its networks.
pub(super) struct Place {
    /// What its processes see.
    pub(super) network: Arc<dyn Network>,
    /// The ports that they listen on.
    pub(super) ports: Ports,
    /// The files that the engine gives it, by path.
    pub(super) files: Vec<(&'static str, String)>,
}

impl Engine {
    /// Lets a container that starts join its networks.
    pub(super) fn join_networks(
        &self,
        state: &mut State,
        container: &mut Container,
        now: Timestamp,
    ) -> Result<Place, Fault> {
        let State {
            networks,
            chance,
            events,
            ..
        } = state;
        let joined = networks
            .join(container, &mut || ObjectId::new(chance.bytes()))
            .map_err(|error| {
                Fault::of(
                    error.kind(),
                    format!("failed to set up container networking: {error}"),
                )
            })?;
        for network in joined {
            if let Some(network) = networks.get(network) {
                events.push(network.event(now, "connect", Some(container.id)));
            }
        }
        let ports = Ports::default();
        Ok(Place {
            network: Arc::new(Isolated(ports.clone())),
            ports,
            files: Vec::new(),
        })
    }

    /// Lets a container that ended leave its networks.
    pub(super) fn leave_networks(
        &self,
        state: &mut State,
        container: &mut Container,
        now: Timestamp,
    ) {
        let State {
            networks, events, ..
        } = state;
        for network in networks.leave(container) {
            if let Some(network) = networks.get(network) {
                events.push(network.event(now, "disconnect", Some(container.id)));
            }
        }
        container.ports.clear();
    }
}
