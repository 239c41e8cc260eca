//! What happens when an operation ends.

use serde::{Deserialize, Serialize};

use super::capture::{Capture, VmCapture};
use super::deployment::Disks;
use super::report::InstanceStatus;
use crate::world::operation::{Ended, OperationId};
use crate::world::{Name, OrphanKind, SubscriptionId, World};

/// What an operation does to the world at its end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Effect {
    /// New machines begin to boot.
    Boot { service: Name, roles: Vec<Name> },
    /// Machines have come to rest.
    Rest {
        service: Name,
        roles: Vec<Name>,
        deallocate: bool,
    },
    /// A deployment is gone.
    DeleteDeployment { service: Name, disks: Disks },
    /// A machine is gone.
    DeleteRole {
        service: Name,
        role: Name,
        disks: Disks,
    },
    /// A hosted service is gone with all that was in it.
    DeleteService { service: Name },
    /// A data disk is off its machine.
    DetachDataDisk {
        service: Name,
        role: Name,
        lun: u32,
        disks: Disks,
    },
    /// A machine's OS disk is an image.
    Capture {
        service: Name,
        role: Name,
        capture: Capture,
    },
    /// A machine with all its disks is an image.
    CaptureVm {
        service: Name,
        role: Name,
        capture: VmCapture,
        /// How the machine was when it was captured.
        state: InstanceStatus,
    },
    /// A reserved address is anybody's again.
    ReleaseReservedIp { name: Name },
}

impl World {
    /// Ends an operation that is due, where it is one of classic Azure's.
    pub(in crate::world) fn end_classic_operation(
        &mut self,
        subscription: &SubscriptionId,
        id: &OperationId,
    ) {
        let held = self.held_mut(subscription);
        let Some(Ended {
            effect,
            started,
            at,
        }) = held.and_then(|held| held.operations.end(id))
        else {
            return;
        };
        match effect {
            None => {}
            Some(Effect::Boot { service, roles }) => {
                self.boot(subscription, &service, &roles, started);
            }
            Some(Effect::Rest {
                service,
                roles,
                deallocate,
            }) => {
                self.rest(subscription, &service, &roles, deallocate, at);
            }
            Some(Effect::DeleteDeployment { service, disks }) => {
                self.remove_deployment(subscription, &service, disks, at);
            }
            Some(Effect::DeleteRole {
                service,
                role,
                disks,
            }) => self.remove_role(subscription, &service, &role, disks, at),
            Some(Effect::DeleteService { service }) => {
                self.remove_deployment(subscription, &service, Disks::Delete, at);
                if let Some(held) = self.held_mut(subscription) {
                    held.remove_service(&service);
                    held.forget_service(&service);
                }
                self.touch(subscription, &service);
            }
            Some(Effect::DetachDataDisk {
                service,
                role,
                lun,
                disks,
            }) => self.detach_data_disk(subscription, &service, &role, lun, disks, at),
            Some(Effect::Capture {
                service,
                role,
                capture,
            }) => self.finish_capture(subscription, &service, &role, capture, at),
            Some(Effect::CaptureVm {
                service,
                role,
                capture,
                state,
            }) => self.finish_vm_capture(subscription, &service, &role, capture, state, at),
            Some(Effect::ReleaseReservedIp { name }) => {
                if let Some(held) = self.held_mut(subscription)
                    && let Some(ip) = held.reserved_ips.remove(&name)
                {
                    held.ledger.forget(&OrphanKind::ReservedIp, &name);
                    self.ground.sources.addresses.give_back(ip.address);
                }
            }
        }
    }
}
