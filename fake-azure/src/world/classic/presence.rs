//! What of classic Azure has public names: hosted services, and storage accounts, at which nothing
//! answers here.

use std::net::Ipv4Addr;

use jiff::Timestamp;

use crate::world::owner::{Owner, Presence};
use crate::world::{SubscriptionId, World, blob};

/// What public names of hosted services end with.
const DOMAIN: &str = ".cloudapp.net";

const SERVICES: &str = "hostedservices/";
const ACCOUNTS: &str = "storageservices/";

/// The public name of a hosted service, in lower case as the name system tells it.
pub(crate) fn public_name(service: &str) -> String {
    format!("{}{DOMAIN}", service.to_ascii_lowercase())
}

fn owner(subscription: &SubscriptionId, kind: &str, name: &str) -> Owner {
    Owner {
        subscription: subscription.clone(),
        path: format!("{kind}{name}").into(),
    }
}

impl World {
    /// A hosted service's doors or address may have changed.
    pub(super) fn touch(&mut self, subscription: &SubscriptionId, service: &str) {
        self.ground.touch(owner(subscription, SERVICES, service));
    }

    /// A storage account is there, of which nobody has been told yet.
    pub(super) fn touch_account(&mut self, subscription: &SubscriptionId, account: &str) {
        self.ground.touch(owner(subscription, ACCOUNTS, account));
    }

    /// A hosted service must be looked at again at this moment.
    pub(super) fn alarm(&mut self, at: Timestamp, subscription: &SubscriptionId, service: &str) {
        self.ground
            .alarm(at, owner(subscription, SERVICES, service));
    }

    /// Lets machines of an owner rest that have died by this moment, where it is one of classic
    /// Azure's.
    pub(in crate::world) fn bury_classic(&mut self, owner: &Owner, at: Timestamp) {
        if let Some(service) = owner.path.strip_prefix(SERVICES) {
            self.bury(&owner.subscription, service, at);
        }
    }

    /// Whether a public name is one of classic Azure's; a storage account's is that of its blobs.
    pub(in crate::world) fn is_classic_name(&self, name: &str) -> bool {
        if let Some(service) = name.strip_suffix(DOMAIN) {
            return self
                .holdings()
                .any(|(_, held)| held.services.contains_key(service));
        }
        let account = blob::account_of_host(name);
        account.is_some_and(|account| {
            self.holdings()
                .any(|(_, held)| held.storage.contains_key(account))
        })
    }

    /// All of classic Azure's that has public names.
    pub(in crate::world) fn classic_owners(&self) -> impl Iterator<Item = Owner> {
        self.holdings().flat_map(|(id, held)| {
            let services = held.services.keys().map(|name| owner(id, SERVICES, name));
            let accounts = held.storage.keys().map(|name| owner(id, ACCOUNTS, name));
            services.chain(accounts)
        })
    }

    /// The public names of an owner, where it is one of classic Azure's.
    pub(in crate::world) fn classic_names(
        &self,
        owner: &Owner,
    ) -> Option<Vec<(String, Option<Ipv4Addr>)>> {
        if let Some(service) = owner.path.strip_prefix(SERVICES) {
            let address = self.of(&owner.subscription).public_address(service);
            return Some(vec![(public_name(service), address)]);
        }
        let account = owner.path.strip_prefix(ACCOUNTS)?;
        Some(blob::hosts(account).map(|name| (name, None)).to_vec())
    }

    /// What is seen of an owner from outside, where it is one of classic Azure's.
    pub(in crate::world) fn classic_presence(
        &self,
        owner: &Owner,
        now: Timestamp,
    ) -> Option<Presence> {
        let names = self.classic_names(owner)?;
        let Some(service) = owner.path.strip_prefix(SERVICES) else {
            return Some(Presence {
                names,
                ..Presence::default()
            });
        };
        let view = self.of(&owner.subscription);
        let (doors, ports) = view.doors(service, now);
        Some(Presence {
            names,
            doors,
            ports,
            machines: view.machines(service),
        })
    }
}
