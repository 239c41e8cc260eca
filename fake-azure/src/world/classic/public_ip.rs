//! Public addresses of machines' own.

use std::net::Ipv4Addr;

use super::role::{PublicIp, Role};
use crate::world::phase::Course;
use crate::world::{SubscriptionId, World};

impl World {
    /// Gives the machines of a hosted service the public addresses that they lack, and takes
    /// them from those that are deallocated.
    pub(super) fn settle_public_ips(&mut self, subscription: &SubscriptionId, service: &str) {
        let Ok(deployment) = self.of(subscription).production(service) else {
            return;
        };
        if deployment
            .roles
            .iter()
            .all(|role| role.public_ips.is_empty())
        {
            return;
        }
        let mut roles = deployment.roles.clone();
        for role in &mut roles {
            let rests = role.life.course == Course::Deallocated;
            for ip in &mut role.public_ips {
                match (rests, ip.address) {
                    (true, Some(address)) => {
                        self.ground.sources.addresses.give_back(address);
                        ip.address = None;
                    }
                    (false, None) => ip.address = self.ground.sources.addresses.take().ok(),
                    _ => {}
                }
            }
        }
        if let Some(deployment) = self.deployment_mut(subscription, service) {
            deployment.roles = roles;
        }
    }

    /// Takes the public addresses of a machine that goes.
    pub(super) fn release_public_ips(&mut self, role: &Role) {
        for address in role.public_ips.iter().filter_map(|ip| ip.address) {
            self.ground.sources.addresses.give_back(address);
        }
    }
}

/// The public addresses after an update: those of a name that was there stay as they are, and
/// the others, which are told, are given back.
pub(super) fn keep_public_ips(old: &[PublicIp], new: &mut [PublicIp]) -> Vec<Ipv4Addr> {
    let mut given_back = Vec::new();
    for had in old {
        let Some(address) = had.address else { continue };
        match new.iter_mut().find(|ip| ip.name == had.name) {
            Some(kept) => kept.address = Some(address),
            None => given_back.push(address),
        }
    }
    given_back
}
