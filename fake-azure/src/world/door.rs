//! Doors: public ports behind which something answers.

use std::net::Ipv4Addr;
use std::sync::Arc;

use jiff::Timestamp;

use crate::guest::DockerSettings;

use super::phase::Extensions;
use super::role::Protocol;
use super::{SubscriptionId, World, catalogue};

/// A public port that leads to a Docker engine.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    pub(crate) address: Ipv4Addr,
    pub(crate) port: u16,
    /// The machine behind it.
    pub(crate) machine: Machine,
    pub(crate) settings: Arc<DockerSettings>,
}

/// What an engine shows of the machine that it runs on.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// Tells it from any other machine, before or after.
    pub(crate) serial: u64,
    pub(crate) host_name: String,
    pub(crate) cores: u32,
    pub(crate) memory_mb: u32,
    /// What its system calls itself.
    pub(crate) system: String,
}

impl World {
    /// The doors that stand open in a hosted service.
    pub(crate) fn doors(
        &self,
        subscription: &SubscriptionId,
        service: &str,
        now: Timestamp,
    ) -> Vec<Door> {
        let Some(deployment) = self
            .service(subscription, service)
            .ok()
            .and_then(|s| s.deployment.as_ref())
        else {
            return Vec::new();
        };
        let Some(address) = deployment.vip else {
            return Vec::new();
        };
        let mut doors: Vec<Door> = Vec::new();
        for role in &deployment.roles {
            if !role.has_agent() {
                continue;
            }
            let Some(settings) = role
                .enabled_extensions()
                .filter(|e| role.progress_of(e, self.pace, now) == Extensions::Done)
                .find_map(|e| e.verdict.engine.clone())
            else {
                continue;
            };
            let leads_in = role.endpoints.iter().filter(|e| {
                e.settings.protocol == Protocol::Tcp
                    && e.settings.local_port == settings.port
                    && e.settings.load_balancer.is_none()
            });
            for endpoint in leads_in {
                // Of a load-balanced set the first machine answers.
                if doors.iter().any(|door| door.port == endpoint.port) {
                    continue;
                }
                let size = catalogue::role_size(&role.size);
                let machine = Machine {
                    serial: role.serial,
                    host_name: role.host_name.clone(),
                    cores: size.map_or(1, |s| s.cores),
                    memory_mb: size.map_or(1792, |s| s.memory_mb),
                    system: self.system_name(subscription, &role.os_disk),
                };
                doors.push(Door {
                    address,
                    port: endpoint.port,
                    machine,
                    settings: settings.clone(),
                });
            }
        }
        doors
    }

    /// What tells a machine from any other, before or after.
    pub(crate) fn serial(
        &self,
        subscription: &SubscriptionId,
        service: &str,
        machine: &str,
    ) -> Option<u64> {
        let service = self.service(subscription, service).ok()?;
        let role = service.deployment.as_ref()?.role(machine).ok()?;
        Some(role.serial)
    }

    /// The machines of a hosted service, so that what runs in others can be forgotten.
    pub(crate) fn machines(&self, subscription: &SubscriptionId, service: &str) -> Vec<u64> {
        let deployment = self
            .service(subscription, service)
            .ok()
            .and_then(|s| s.deployment.as_ref());
        deployment
            .into_iter()
            .flat_map(|d| d.roles.iter().map(|r| r.serial))
            .collect()
    }

    /// The public name of a hosted service with its address, or without while it has none.
    pub(crate) fn public_address(
        &self,
        subscription: &SubscriptionId,
        service: &str,
    ) -> Option<Ipv4Addr> {
        self.service(subscription, service)
            .ok()?
            .deployment
            .as_ref()?
            .vip
    }

    fn system_name(&self, subscription: &SubscriptionId, disk: &str) -> String {
        let image = self
            .disk(subscription, disk)
            .ok()
            .and_then(|d| d.source_image.clone());
        let label = image.and_then(|name| {
            self.image(subscription, &name)
                .ok()
                .map(|i| i.label.clone())
        });
        label.map_or_else(
            || "Linux".to_owned(),
            |label| label.replace("Ubuntu Server", "Ubuntu"),
        )
    }
}
