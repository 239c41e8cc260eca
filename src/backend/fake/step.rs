//! The steps of a create, done to the world itself.

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fake_azure::Cloud;
use fake_azure::world::{
    Disks, NewDeployment, NewHostedService, NewRole, NewStorageAccount, OperationId as TheirId,
    Refusal, SubscriptionId, World,
};
use jiff::Timestamp;

use super::{error, their_place};
use crate::backend::{Accepted, Begun, OperationId, Place, Result, Step, Task, Trace};

/// What a step does.
#[derive(Debug)]
pub(super) enum Deed {
    Host {
        name: String,
        place: Place,
    },
    Storage {
        name: String,
        made: bool,
        place: Place,
    },
    Certificate {
        host: String,
        thumbprint: String,
        der: Vec<u8>,
    },
    Machine {
        host: String,
        joins: Option<String>,
        role: Box<NewRole>,
        network: Option<String>,
        reserved_address: Option<String>,
    },
}

#[derive(Debug)]
pub(super) struct FakeStep {
    pub(super) cloud: Cloud,
    pub(super) subscription: SubscriptionId,
    pub(super) deed: Deed,
}

type Taken = std::result::Result<Option<TheirId>, Refusal>;

impl FakeStep {
    fn act(&self, deed: impl FnOnce(&mut World, Timestamp) -> Taken) -> Result<Begun> {
        Ok(match self.cloud.act(deed).map_err(error)? {
            None => Begun::Done,
            Some(id) => Begun::Accepted(Accepted::new(OperationId::new(id.as_str()))),
        })
    }

    fn make(&self, world: &mut World, now: Timestamp) -> Taken {
        let us = &self.subscription;
        match &self.deed {
            Deed::Host { name, place } => {
                let new = NewHostedService {
                    name: name.clone(),
                    label: BASE64_STANDARD.encode(name),
                    description: Some("Implicitly created hosted service".to_owned()),
                    place: their_place(place),
                    extended_properties: Vec::new(),
                    reverse_dns: None,
                };
                world.create_service(us, new, now).map(|()| None)
            }
            Deed::Storage { name, place, .. } => {
                let id = world.new_operation_id();
                let new = NewStorageAccount {
                    name: name.clone(),
                    description: None,
                    label: BASE64_STANDARD.encode(name),
                    place: their_place(place),
                    account_type: Some("Standard_LRS".to_owned()),
                    extended_properties: Vec::new(),
                };
                world.create_storage_account(us, id, new, now).map(Some)
            }
            Deed::Certificate { host, der, .. } => {
                let id = world.new_operation_id();
                world
                    .add_service_certificate(us, id, host, der.clone(), now)
                    .map(Some)
            }
            Deed::Machine {
                host,
                joins: Some(deployment),
                role,
                ..
            } => {
                let id = world.new_operation_id();
                world
                    .add_role(us, id, host, deployment, role.as_ref().clone(), now)
                    .map(Some)
            }
            Deed::Machine {
                host,
                joins: None,
                role,
                network,
                reserved_address,
            } => {
                let id = world.new_operation_id();
                let new = NewDeployment {
                    name: host.clone(),
                    label: host.clone(),
                    roles: vec![role.as_ref().clone()],
                    virtual_network: network.clone(),
                    reserved_ip: reserved_address.clone(),
                    dns_servers: Vec::new(),
                    load_balancers: Vec::new(),
                };
                world.create_deployment(us, id, host, new, now).map(Some)
            }
        }
    }

    fn unmake(&self, world: &mut World, now: Timestamp) -> Taken {
        let us = &self.subscription;
        match &self.deed {
            Deed::Host { name, .. } => world.delete_service(us, name).map(|()| None),
            Deed::Storage { name, .. } => world.delete_storage_account(us, name).map(|()| None),
            Deed::Certificate {
                host, thumbprint, ..
            } => {
                let id = world.new_operation_id();
                world
                    .delete_service_certificate(us, id, host, thumbprint, now)
                    .map(Some)
            }
            Deed::Machine {
                host, joins, role, ..
            } => {
                let id = world.new_operation_id();
                match joins {
                    Some(deployment) => {
                        world.delete_role(us, id, host, deployment, &role.name, Disks::Delete, now)
                    }
                    None => world.delete_deployment(us, id, host, host, Disks::Delete, now),
                }
                .map(Some)
            }
        }
    }

    fn trace(&self, world: &mut World, now: Timestamp) -> Trace {
        let us = &self.subscription;
        let found = |is_there: bool| {
            if is_there {
                Trace::Present
            } else {
                Trace::Absent
            }
        };
        match &self.deed {
            Deed::Host { name, .. } => found(world.service(us, name).is_ok()),
            Deed::Storage { name, .. } => match world.storage_account(us, name) {
                Err(_) => Trace::Absent,
                Ok(account) if world.storage_status(us, account) == "Creating" => Trace::Underway,
                Ok(_) => Trace::Present,
            },
            Deed::Certificate {
                host, thumbprint, ..
            } => found(world.service_certificate(us, host, thumbprint).is_ok()),
            Deed::Machine { host, role, .. } => {
                if world.report(us, host, now).is_err() {
                    return Trace::Absent;
                }
                if world.is_locked(us, host) {
                    return Trace::Underway;
                }
                let there = world
                    .production(us, host)
                    .is_ok_and(|deployment| deployment.role(&role.name).is_ok());
                found(there)
            }
        }
    }
}

#[async_trait]
impl Step for FakeStep {
    fn task(&self) -> Task {
        match &self.deed {
            Deed::Host { name, place } => Task::CreateHost {
                name: name.clone(),
                place: place.name().to_owned(),
            },
            Deed::Storage { name, made, .. } => Task::ChooseStorage {
                name: name.clone(),
                made: *made,
            },
            Deed::Certificate {
                host, thumbprint, ..
            } => Task::AddCertificate {
                host: host.clone(),
                thumbprint: thumbprint.clone(),
            },
            Deed::Machine {
                host, joins, role, ..
            } => Task::CreateMachine {
                host: host.clone(),
                name: role.name.clone(),
                joins: joins.is_some(),
            },
        }
    }

    fn is_given(&self) -> bool {
        matches!(self.deed, Deed::Storage { made: false, .. })
    }

    async fn begin(&self) -> Result<Begun> {
        self.act(|world, now| self.make(world, now))
    }

    async fn look_up(&self) -> Result<Trace> {
        Ok(self.cloud.act(|world, now| self.trace(world, now)))
    }

    async fn undo(&self) -> Result<Begun> {
        self.act(|world, now| self.unmake(world, now))
    }
}
