//! What one cloud alone knows of a create and a removal; which of them it is, is told here.

pub(super) mod classic;
pub(super) mod resource_manager;

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use jiff::Timestamp;

use super::failure::CreateFailure;
use super::look::Look;
use super::order::SiteOrder;
use super::problem::Problem;
use super::site::resource_manager::removal::ResourceStays;
use super::stays::{Kept, Stays, Why};
use crate::backend::{
    Deployment, Effect, Host, Image, Location, Machine, MachinePlan, SiteFacts, SiteHost, SitePlan,
    SshKey,
};
use crate::saga::Noted;

/// What a cloud checks of the part of an order that it alone knows.
#[async_trait]
pub(super) trait SiteCheck: Send + Sync {
    /// Chooses where a new host goes, and checks that the machine can be there.
    async fn new_host(&mut self, image: &Image) -> Result<(), Problem>;

    /// Holds the order against a host that is there.
    fn standing_host(&mut self, host: &Host) -> Result<(), Problem>;

    /// Checks that the machine can stand beside those of `deployment`.
    fn joins(&self, deployment: &Deployment) -> Result<(), Problem>;

    /// Decides the cloud's own part of the plan. Is the machine the host's first?
    fn plan(&self, machine: &MachinePlan, is_first: bool) -> Result<SitePlan, Problem>;
}

/// Looks up what the order names and only its cloud knows; `place` is what was foreseen.
pub(super) async fn check(
    look: Look<'_>,
    place: Option<Location>,
) -> Result<Box<dyn SiteCheck + '_>, Problem> {
    match (&look.order.site, look.backend.site_facts()) {
        (SiteOrder::Classic(order), SiteFacts::Classic(facts)) => {
            Ok(Box::new(classic::Check::of(look, order, facts).await?))
        }
        (SiteOrder::ResourceManager(order), SiteFacts::ResourceManager(facts)) => Ok(Box::new(
            resource_manager::Check::of(look, order, facts, place).await?,
        )),
        _ => Err(Problem::OtherCloud),
    }
}

/// Finds the place where it has to be known before an image can be looked for.
pub(super) async fn foresee(look: Look<'_>) -> Result<Option<Location>, Problem> {
    match look.backend.site_facts() {
        SiteFacts::Classic(_) => Ok(None),
        SiteFacts::ResourceManager(_) => resource_manager::place(look).await.map(Some),
    }
}

/// Finds or makes the key of `host` in `folder`; returns the private key's path, too.
pub(super) fn ssh_key(
    plan: &SitePlan,
    folder: &Path,
    host: &str,
    now: Timestamp,
) -> Result<(SshKey, PathBuf), CreateFailure> {
    match plan {
        SitePlan::Classic(_) => classic::ssh_key::key(folder, host, now),
        SitePlan::ResourceManager(_) => resource_manager::ssh_key::key(folder, host),
    }
}

/// What of an effect was there before it, and stays when it is taken back.
pub(super) fn spared(effect: &Effect) -> Option<Kept> {
    let thing = match effect {
        Effect::Classic(effect) => Stays::Classic(classic::removal::spared(effect)?),
        Effect::ResourceManager(_) => return None,
    };
    Some(Kept {
        thing,
        why: Why::WasThere,
    })
}

/// What of a host is not the run's own, where `effects` are what it made.
pub(super) fn not_made(host: &str, effects: &[Noted]) -> Stays {
    let group = effects.iter().find_map(|noted| match &noted.effect {
        Effect::ResourceManager(effect) => Some(effect.at().group.clone()),
        Effect::Classic(_) => None,
    });
    match group {
        Some(group) => Stays::ResourceManager(ResourceStays::Group(group)),
        None => Stays::Host(host.to_owned()),
    }
}

/// The effects that make a host such as the one that was found, without its machine.
pub(super) fn host(machine: &str, found: Host) -> Vec<Effect> {
    match found.site {
        SiteHost::Classic(place) => vec![classic::removal::host(found.name, place)],
        SiteHost::ResourceManager { group, location } => {
            resource_manager::removal::host(&found.name, machine, group, location)
        }
    }
}

/// The effect that makes a machine such as the one that was found, if it was; and what of it stays
/// when it goes, because nothing tells who made it.
pub(super) fn machine(
    cloud: &SiteFacts<'_>,
    host: &str,
    name: &str,
    found: Option<&Machine>,
) -> (Effect, Option<Kept>) {
    let (effect, kept) = match cloud {
        SiteFacts::Classic(_) => {
            let (effect, kept) = classic::removal::machine(host, name, found);
            (effect, kept.map(Stays::Classic))
        }
        SiteFacts::ResourceManager(facts) => {
            let effect = resource_manager::removal::machine(host, name, facts.group_of(host));
            (effect, None)
        }
    };
    let why = Why::Unknown;
    (effect, kept.map(|thing| Kept { thing, why }))
}
