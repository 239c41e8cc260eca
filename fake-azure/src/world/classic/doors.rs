//! The doors of a hosted service.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use jiff::Timestamp;

use super::role::{Protocol, Role};
use super::view::View;
use crate::world::Name;
use crate::world::docker_settings::DockerSettings;
use crate::world::door::{Calls, Door, Machine, PortDoors, PublicPort, Transport};
use crate::world::flaw::DockerFlaw;
use crate::world::phase::Extensions;

/// The port of a machine's own ssh daemon: no container can have it.
const SSH: u16 = 22;

impl View<'_> {
    /// The doors that stand open in a hosted service, and what leads to other ports of the
    /// machines behind them.
    pub(crate) fn doors(self, service: &str, now: Timestamp) -> (Vec<Door>, Vec<PortDoors>) {
        let (mut doors, mut others): (Vec<Door>, Vec<PortDoors>) = Default::default();
        let Ok(service) = self.service(service) else {
            return (doors, others);
        };
        let Some(deployment) = &service.deployment else {
            return (doors, others);
        };
        let Some(address) = deployment.vip else {
            return (doors, others);
        };
        let mut taken = BTreeSet::new();
        for role in &deployment.roles {
            let Some(settings) = self.daemon_of(role, now) else {
                continue;
            };
            let machine = self.machine(&service.name, role);
            let mut public = BTreeSet::new();
            for endpoint in &role.endpoints {
                let told = &endpoint.settings;
                let transport = match told.protocol {
                    Protocol::Tcp => Transport::Stream,
                    Protocol::Udp => Transport::Datagrams,
                };
                // Of a load-balanced set the first machine answers.
                if told.load_balancer.is_some() || !taken.insert((transport, endpoint.port)) {
                    continue;
                }
                let is_stream = transport == Transport::Stream;
                if is_stream && settings.answers_on(told.local_port) {
                    doors.push(Door {
                        address,
                        port: endpoint.port,
                        machine: machine.clone(),
                        settings: settings.clone(),
                        is_foreign: role.has_docker_flaw(DockerFlaw::OtherCertificate),
                    });
                } else if !is_stream || told.local_port != SSH {
                    public.insert(PublicPort {
                        transport,
                        public: SocketAddr::from((address, endpoint.port)),
                        local: told.local_port,
                    });
                }
            }
            others.push(PortDoors {
                machine,
                public,
                ranges: Vec::new(),
                calls: Calls::default(),
            });
        }
        (doors, others)
    }

    /// What a machine's Docker daemon was told, once it runs.
    fn daemon_of(&self, role: &Role, now: Timestamp) -> Option<Arc<DockerSettings>> {
        if !role.has_agent() || role.has_docker_flaw(DockerFlaw::Refuses) {
            return None;
        }
        role.enabled_extensions()
            .filter(|e| role.progress_of(e, self.world.ground.pace, now) == Extensions::Done)
            .find_map(|e| e.verdict.engine.clone())
    }

    fn machine(self, service: &Name, role: &Role) -> Machine {
        let size = role.size.row();
        Machine {
            serial: role.serial,
            service: service.to_owned(),
            name: role.name.clone(),
            host_name: role.host_name.clone(),
            cores: size.cores,
            memory_mb: size.memory_mb,
            system: self.system_name(&role.os_disk),
            address: role.address,
            boot: role.life.since,
        }
    }

    /// What tells a machine from any other, before or after.
    pub(crate) fn serial(self, service: &str, machine: &str) -> Option<u64> {
        let service = self.service(service).ok()?;
        let role = service.deployment.as_ref()?.role(machine).ok()?;
        Some(role.serial)
    }

    /// The machines of a hosted service, so that what runs in others can be forgotten.
    pub(crate) fn machines(self, service: &str) -> Vec<u64> {
        let deployment = self
            .service(service)
            .ok()
            .and_then(|s| s.deployment.as_ref());
        deployment
            .into_iter()
            .flat_map(|d| d.roles.iter().map(|r| r.serial))
            .collect()
    }

    /// The public name of a hosted service with its address, or without while it has none.
    pub(crate) fn public_address(self, service: &str) -> Option<Ipv4Addr> {
        self.service(service).ok()?.deployment.as_ref()?.vip
    }

    fn system_name(self, disk: &str) -> String {
        let image = self.disk(disk).ok().and_then(|d| d.source_image.clone());
        let label = image.and_then(|name| self.image(&name).ok().map(|i| i.label.clone()));
        label.map_or_else(
            || "Linux".to_owned(),
            |label| label.replace("Ubuntu Server", "Ubuntu"),
        )
    }
}
