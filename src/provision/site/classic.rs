//! Classic Azure's own part of a create: affinity groups, reserved addresses, networks, where the
//! disk goes.

pub(in crate::provision) mod order;
pub(in crate::provision) mod part;
mod place;
pub(in crate::provision) mod problem;
pub(in crate::provision) mod removal;
pub(in crate::provision) mod ssh_key;
mod subnet;

use async_trait::async_trait;

use self::order::ClassicOrder;
use self::place::{Asked, Parts, agree};
use self::problem::{Apart, ClassicProblem};
use super::SiteCheck;
use crate::backend::site::classic::{
    AffinityGroup, ClassicPlan, DiskPlan, Facts, MachineParts, Network, Place, ReservedAddress,
};
use crate::backend::{Deployment, Host, Image, MachinePlan, SiteHost, SitePlan};
use crate::event::{
    Because, ClassicSubject, ClassicWarning, Derived, Event, Subject, Warning, Wish,
};
use crate::provision::look::{Look, Offer};
use crate::provision::problem::Problem;

/// An order for classic Azure, with what was found of it.
pub(super) struct Check<'a> {
    look: Look<'a>,
    order: &'a ClassicOrder,
    facts: &'a dyn Facts,
    network: Option<Network>,
    address: Option<ReservedAddress>,
    place: Option<Place>,
}

impl<'a> Check<'a> {
    /// Looks up the network and the address that the order names.
    pub(super) async fn of(
        look: Look<'a>,
        order: &'a ClassicOrder,
        facts: &'a dyn Facts,
    ) -> Result<Self, Problem> {
        let mut check = Self {
            look,
            order,
            facts,
            network: None,
            address: None,
            place: None,
        };
        check.network = check.network().await?;
        check.address = check.address().await?;
        Ok(check)
    }

    async fn network(&self) -> Result<Option<Network>, Problem> {
        let Some(name) = &self.order.network else {
            return Ok(None);
        };
        self.look.ask(Subject::Classic(ClassicSubject::Network));
        match self.facts.network(name).await? {
            Some(network) => Ok(Some(network)),
            None => Err(ClassicProblem::NetworkNotFound(name.clone()).into()),
        }
    }

    async fn address(&self) -> Result<Option<ReservedAddress>, Problem> {
        let Some(name) = &self.order.reserved_address else {
            return Ok(None);
        };
        self.look
            .ask(Subject::Classic(ClassicSubject::ReservedAddress));
        let address = self
            .facts
            .reserved_address(name)
            .await?
            .ok_or_else(|| ClassicProblem::AddressNotFound(name.clone()))?;
        match &address.used_by {
            Some(host) if !self.look.order.host.is_same(host) => {
                Err(ClassicProblem::AddressInUse {
                    address: address.name.clone(),
                    host: host.clone(),
                }
                .into())
            }
            _ => Ok(Some(address)),
        }
    }

    /// Finds the chosen place in the cloud's list, and checks what it offers.
    async fn offered(
        &self,
        place: Place,
        mut groups: Vec<AffinityGroup>,
        image: &Image,
    ) -> Result<Place, Problem> {
        match place {
            Place::Location(name) => {
                let location = self.look.location(&name).await?;
                let offer = Offer {
                    place: &location.name,
                    region: &location.name,
                    sizes: &location.sizes,
                };
                self.look.fits(&offer, image)?;
                Ok(Place::Location(location.name))
            }
            Place::AffinityGroup(name) => {
                if groups.is_empty() {
                    groups = self.facts.affinity_groups().await?;
                }
                let group = find_group(&groups, &name)
                    .ok_or_else(|| ClassicProblem::AffinityGroupNotFound(name.clone()))?;
                if !group.has_machines {
                    return Err(ClassicProblem::AffinityGroupWithoutMachines(name).into());
                }
                let offer = Offer {
                    place: &group.name,
                    region: &group.location,
                    sizes: &group.sizes,
                };
                self.look.fits(&offer, image)?;
                Ok(Place::AffinityGroup(group.name.clone()))
            }
        }
    }

    fn disk(&self, machine: &str) -> DiskPlan {
        match &self.order.disk {
            Some(path) if path.starts_with('/') => DiskPlan::PathInAccount(path.clone()),
            Some(url) => DiskPlan::At(url.clone()),
            None => DiskPlan::InAccount {
                blob: format!("{machine}-{}", self.look.order.nonce),
            },
        }
    }
}

#[async_trait]
impl SiteCheck for Check<'_> {
    async fn new_host(&mut self, image: &Image) -> Result<(), Problem> {
        let network = self.network.as_ref();
        let network_group = match network.map(|network| &network.place) {
            Some(Place::AffinityGroup(name)) => self.facts.affinity_group(name).await?,
            _ => None,
        };
        let asked = Asked {
            location: self.look.order.location.as_deref(),
            group: self.order.affinity_group.as_deref(),
        };
        let groups = match asked.group {
            Some(_) if asked.location.is_none() => self.facts.affinity_groups().await?,
            _ => Vec::new(),
        };
        let parts = Parts {
            network: network.map(|network| (network, network_group.as_ref())),
            group: asked.group.and_then(|name| find_group(&groups, name)),
            address: self.address.as_ref(),
            image: Some(image),
        };
        let (place, derived) = place::choose(asked, parts)?;
        if let Some(value) = derived {
            let value = Derived::Classic(value);
            self.look.events.emit(Event::Derived { value });
        }
        self.place = Some(self.offered(place, groups, image).await?);
        Ok(())
    }

    fn standing_host(&mut self, host: &Host) -> Result<(), Problem> {
        if self.order.affinity_group.is_some() {
            self.look
                .warn(Warning::Classic(ClassicWarning::AffinityGroupIgnored));
        }
        self.look
            .ask(Subject::Classic(ClassicSubject::HostProperties));
        let SiteHost::Classic(place) = &host.site else {
            return Err(Problem::OtherCloud);
        };
        if let (Some(address), Place::Location(location)) = (&self.address, place) {
            agree(&address.location, location, Apart::HostAndAddress)?;
        }
        self.place = Some(place.clone());
        Ok(())
    }

    fn joins(&self, deployment: &Deployment) -> Result<(), Problem> {
        if !self.order.connect {
            return Err(Problem::HostInhabited(self.look.order.host.to_string()));
        }
        if let Some(network) = &self.order.network
            && !deployment
                .network
                .as_ref()
                .is_some_and(|theirs| theirs.eq_ignore_ascii_case(network))
        {
            return Err(ClassicProblem::OtherNetwork(network.clone()).into());
        }
        self.look.ports_are_free(deployment)?;
        if self.order.reserved_address.is_some() {
            self.look.warn(Warning::WithoutEffect {
                wish: Wish::ReservedAddress,
                because: Because::HostHasAddress,
            });
        }
        Ok(())
    }

    fn plan(&self, machine: &MachinePlan, is_first: bool) -> Result<SitePlan, Problem> {
        let order = self.order;
        let subnets = subnet::choose(order, self.network.as_ref())?;
        if let Some(address) = &self.address
            && machine.endpoints.is_empty()
            && is_first
        {
            return Err(ClassicProblem::AddressWithoutEndpoint(address.name.clone()).into());
        }
        // The 2014 CLI described the whole network for these wishes alone; a Docker endpoint by
        // itself got a shorter description.
        let has_entrance = machine.endpoints.len() > usize::from(machine.docker.is_some());
        let full_network = has_entrance
            || !subnets.is_empty()
            || order.public_address.is_some()
            || !order.interfaces.is_empty();
        Ok(SitePlan::Classic(ClassicPlan {
            place: self.place.clone().ok_or(Problem::NoPlace)?,
            network: self.network.as_ref().map(|network| network.name.clone()),
            reserved_address: self.address.as_ref().map(|address| address.name.clone()),
            machine: MachineParts {
                full_network,
                subnets,
                static_address: order.static_address,
                public_address: order.public_address.clone(),
                interfaces: order.interfaces.clone(),
                availability_set: order.availability_set.clone(),
                disk: self.disk(machine.name.as_str()),
            },
        }))
    }
}

fn find_group<'a>(groups: &'a [AffinityGroup], name: &str) -> Option<&'a AffinityGroup> {
    groups
        .iter()
        .find(|group| group.name.eq_ignore_ascii_case(name))
}
