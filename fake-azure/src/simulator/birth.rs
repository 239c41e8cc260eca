//! The world that a simulator begins with.

use simulation::Clock;

use super::{Builder, StartError};
use crate::credentials::Credentials;
use crate::world::directory::Directory;
use crate::world::engine_claim::EngineClaim;
use crate::world::holdings::Holdings;
use crate::world::{
    ManagementCertificate, OperationId, Prefix, Request, Subnet, SubscriptionId, VirtualNetwork,
    World, affinity_group,
};

impl Builder {
    /// The world at birth, and its subscriptions for the `.publishsettings`.
    pub(super) fn world(
        &self,
        credentials: &Credentials,
        block: Prefix,
        clock: &Clock,
        seed: u64,
    ) -> Result<(World, Vec<(SubscriptionId, String)>), StartError> {
        let first = credentials.subscription_id();
        let now = clock.now();
        let holder = |thumbprint: String, der: Option<Vec<u8>>| ManagementCertificate {
            thumbprint: thumbprint.into(),
            der,
            created: now,
        };
        let own = holder(
            credentials.thumbprint(),
            Some(credentials.certificate_der()),
        );
        let mut terms = self.directory.clone();
        terms.certificates.push(credentials.certificate_der());
        let mut world = World::new(
            self.pace,
            seed,
            block,
            self.catalogue.clone(),
            self.gallery.clone(),
            Directory::born(seed, &terms),
        );
        if self.engine.is_some() && !self.engine_shared {
            world.ground.engine_claim = EngineClaim::One;
        }
        let mut told = vec![(first.clone(), "Simulated subscription".to_owned())];
        let holdings = Holdings::managed_by([own.clone()]);
        world.add_subscription(first.clone(), &told[0].1, holdings);
        for further in &self.subscriptions {
            let id = SubscriptionId::new(&further.id);
            let holdings = if further.certificates.is_empty() {
                told.push((id.clone(), further.name.clone()));
                Holdings::managed_by([own.clone()])
            } else {
                let thumbprints = further.certificates.iter();
                Holdings::managed_by(thumbprints.map(|t| holder(t.to_ascii_uppercase(), None)))
            };
            world.add_subscription(id, &further.name, holdings);
        }
        world.ground.taken_names.clone_from(&self.taken_names);
        for (name, location) in &self.storage_accounts {
            world.seed_storage_account(&first, name, location, now)?;
        }
        for (n, (name, location)) in self.affinity_groups.iter().enumerate() {
            let label = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, name);
            let command = affinity_group::Command::Create {
                name: name.into(),
                label,
                description: None,
                location: location.into(),
            };
            let request = Request {
                subscription: first.clone(),
                id: OperationId::new(&format!("{n:032x}")),
                object: String::new(),
                fault: None,
                command: command.into(),
            };
            world.perform(request, now)?;
        }
        self.seed_networks(&mut world, &first)?;
        for disk in &self.disks {
            world.seed_disk(&first, disk.clone())?;
        }
        world.settle(now);
        world.note_birth(now);
        Ok((world, told))
    }

    fn seed_networks(
        &self,
        world: &mut World,
        subscription: &SubscriptionId,
    ) -> Result<(), StartError> {
        for network in &self.networks {
            let prefix = |text: &str| {
                text.parse::<Prefix>()
                    .map_err(|error| StartError::Seed(error.to_string()))
            };
            let subnets = network
                .subnets
                .iter()
                .map(|(name, text)| {
                    Ok(Subnet {
                        name: name.into(),
                        prefix: prefix(text)?,
                    })
                })
                .collect::<Result<_, StartError>>()?;
            let made = VirtualNetwork {
                name: network.name.clone().into(),
                id: world.ground.sources.chance.guid(),
                place: network.place.clone(),
                address_space: vec![prefix(&network.address_space)?],
                subnets,
                dns_servers: Vec::new(),
                gateway: None,
                position: 0,
            };
            world.seed_virtual_network(subscription, made)?;
        }
        Ok(())
    }
}
