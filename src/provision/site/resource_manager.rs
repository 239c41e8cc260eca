//! Resource Manager's own part of a create: groups, quotas, names, what must be registered.

pub(in crate::provision) mod order;
pub(in crate::provision) mod problem;
pub(in crate::provision) mod removal;
pub(in crate::provision) mod ssh_key;

use async_trait::async_trait;

use self::order::ResourceOrder;
use self::problem::ResourceProblem;
use super::SiteCheck;
use crate::backend::site::resource_manager::{Facts, Group, Provider, ResourcePlan, SizeFact};
use crate::backend::{Deployment, Host, Image, Location, MachinePlan, SiteHost, SitePlan};
use crate::event::Warning;
use crate::provision::look::{Look, Offer};
use crate::provision::problem::Problem;

/// The namespaces that a host's things are of.
const NAMESPACES: [&str; 2] = ["Microsoft.Compute", "Microsoft.Network"];

/// The quota of all cores of a region.
const CORES: &str = "cores";

/// An order for Resource Manager, with what was found of it.
pub(super) struct Check<'a> {
    look: Look<'a>,
    order: &'a ResourceOrder,
    facts: &'a dyn Facts,
    location: Location,
    group: Option<Group>,
}

/// The place that the order names.
pub(super) async fn place(look: Look<'_>) -> Result<Location, Problem> {
    let name = look.order.location.as_deref();
    look.location(name.ok_or(ResourceProblem::NoLocation)?)
        .await
}

impl<'a> Check<'a> {
    /// Looks up the group that the order names, and the place where that is not known yet.
    pub(super) async fn of(
        look: Look<'a>,
        order: &'a ResourceOrder,
        facts: &'a dyn Facts,
        known: Option<Location>,
    ) -> Result<Self, Problem> {
        let location = match known {
            Some(location) => location,
            None => place(look).await?,
        };
        Ok(Self {
            look,
            order,
            facts,
            location,
            group: facts.group(&order.resource_group).await?,
        })
    }

    /// Says which namespaces are to be registered.
    async fn look_at_providers(&self) -> Result<(), Problem> {
        for namespace in NAMESPACES {
            if let Provider::Unregistered(_) = self.facts.provider(namespace).await? {
                self.look.warn(Warning::Unregistered(namespace));
            }
        }
        Ok(())
    }

    /// May the subscription have the size here, does the image start on it, and are there so many
    /// cores left: of its family, and in all? What the cloud does not say is not held against it.
    async fn has_room(&self, sizes: &[SizeFact], size: &str, image: &Image) -> Result<(), Problem> {
        let wanted = sizes
            .iter()
            .find(|known| known.name.eq_ignore_ascii_case(size));
        let Some(wanted) = wanted else {
            return Ok(());
        };
        let instead = || {
            let is_fit = |size: &&SizeFact| {
                let hardware = image.hardware.as_ref();
                size.barred.is_none() && hardware.is_none_or(|hardware| size.starts(hardware))
            };
            let fit = sizes.iter().filter(is_fit);
            fit.map(|size| size.name.clone()).collect()
        };
        if let Some(reason) = &wanted.barred {
            return Err(ResourceProblem::SizeBarred {
                location: self.location.name.clone(),
                size: wanted.name.clone(),
                reason: reason.clone(),
                instead: instead(),
            }
            .into());
        }
        if let Some(hardware) = image.hardware.as_ref().filter(|need| !wanted.starts(need)) {
            return Err(ResourceProblem::OtherHardware {
                size: wanted.name.clone(),
                image: image.name.clone(),
                needs: if wanted.has_processor_for(hardware) {
                    format!("hardware of generation {}", hardware.generation)
                } else {
                    format!("{} processors", hardware.architecture)
                },
                instead: instead(),
            }
            .into());
        }
        let usages = self.facts.usages(&self.location.name).await?;
        let names = wanted.family.as_deref().into_iter().chain([CORES]);
        let quotas = names.filter_map(|name| {
            let mut usages = usages.iter();
            usages.find(|usage| usage.name.eq_ignore_ascii_case(name))
        });
        for quota in quotas {
            if quota.used.saturating_add(wanted.cores) > quota.limit {
                return Err(ResourceProblem::NoCores {
                    location: self.location.name.clone(),
                    size: wanted.name.clone(),
                    wanted: wanted.cores,
                    quota: quota.words.clone(),
                    used: quota.used,
                    limit: quota.limit,
                }
                .into());
            }
        }
        Ok(())
    }
}

#[async_trait]
impl SiteCheck for Check<'_> {
    async fn new_host(&mut self, image: &Image) -> Result<(), Problem> {
        self.look_at_providers().await?;
        let sizes = self.facts.sizes(&self.location.name).await?;
        let names: Vec<String> = sizes.iter().map(|size| size.name.clone()).collect();
        let offer = Offer {
            place: &self.location.name,
            region: &self.location.name,
            sizes: &names,
        };
        self.look.fits(&offer, image)?;
        let default = self.look.backend.site().default_size;
        let size = self.look.order.size.as_deref().unwrap_or(default);
        self.has_room(&sizes, size, image).await
    }

    fn standing_host(&mut self, host: &Host) -> Result<(), Problem> {
        match &host.site {
            SiteHost::ResourceManager { group, .. } => Err(ResourceProblem::NameInUse {
                name: host.name.clone(),
                group: group.clone(),
            }
            .into()),
            SiteHost::Classic(_) => Err(Problem::OtherCloud),
        }
    }

    fn joins(&self, _deployment: &Deployment) -> Result<(), Problem> {
        Err(Problem::HostInhabited(self.look.order.host.to_string()))
    }

    fn plan(&self, _machine: &MachinePlan, _is_first: bool) -> Result<SitePlan, Problem> {
        let location = self.location.name.clone();
        let domain = self.look.backend.domain(Some(&location));
        let label = self.look.order.host.as_str().to_ascii_lowercase();
        let (group, makes_group) = match &self.group {
            Some(group) => (group.name.clone(), false),
            None => (self.order.resource_group.clone(), true),
        };
        Ok(SitePlan::ResourceManager(ResourcePlan {
            group,
            makes_group,
            public_name: format!("{label}.{domain}"),
            open_to: self.order.open_to.clone(),
            run: self.look.order.nonce.clone(),
            location,
        }))
    }
}
