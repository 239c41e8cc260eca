//! Today's Azure as a [`Backend`]: resource groups, and what a machine hangs on.

mod challenge;
mod client;
mod cloud_config;
mod effect;
mod fact;
mod fault;
mod http;
mod image;
mod kind;
mod poll;
pub mod read;
mod write;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

pub use client::{Client, Put};
pub use http::{Connection, Need, Tokens, Transport};
pub use image::{NotAUrn, Urn};
pub use kind::Kind as Thing;

use super::site::resource_manager::{
    Facts, Group, Provider, ResourceEffect, SizeFact, Usage, canonical,
};
use super::{
    Availability, Backend, Begun, Deployment, Effect, Error, Host, Image, Kind, Location,
    OperationId, Os, Plan, Progress, Result, Secrets, Site, SiteFacts, SitePlan, Trace,
};
use crate::backoff::Backoff;

/// How long a machine may take to say why Docker does not come.
const DIAGNOSIS: Duration = Duration::from_mins(3);

/// What is asked of a machine whose Docker does not come.
const WHY: &[&str] = &[
    "cloud-init status --long 2>&1 | tail -n 5",
    "systemctl is-active docker 2>&1",
    "journalctl -u docker -n 5 --no-pager 2>&1",
    "tail -n 15 /var/log/cloud-init-output.log 2>&1",
];

/// One subscription of Resource Manager.
#[derive(Debug, Clone)]
pub struct ResourceManager {
    client: Arc<Client>,
    group: Option<String>,
}

impl ResourceManager {
    /// Provisions through `client`; each host in a resource group of its own name.
    pub fn new(client: Arc<Client>) -> Self {
        Self {
            client,
            group: None,
        }
    }

    /// The same, with every host in this resource group.
    #[must_use]
    pub fn within(self, group: Option<String>) -> Self {
        Self { group, ..self }
    }

    /// The client that it provisions through.
    pub fn client(&self) -> &Client {
        &self.client
    }
}

#[async_trait]
impl Backend for ResourceManager {
    async fn image(&self, name: &str, location: Option<&str>) -> Result<Option<Image>> {
        let (Some(urn), Some(location)) = (Urn::meant(name), location) else {
            return Ok(None);
        };
        let location = canonical(location);
        let version = match urn.version() {
            Some(version) => Some(version.to_owned()),
            None => self.client.newest_version(&location, urn.image()).await?,
        };
        let Some(version) = version else {
            return Err(not_offered(name, &location));
        };
        let Some(found) = self
            .client
            .version(&location, urn.image(), &version)
            .await?
        else {
            return Err(not_offered(name, &location));
        };
        let os = if found.is_windows() {
            Os::Windows
        } else {
            Os::Linux
        };
        Ok(Some(image::found(
            &urn.at(&found.name),
            name,
            os,
            found.hardware(),
        )))
    }

    async fn images(&self) -> Result<Vec<Image>> {
        Ok(Urn::families())
    }

    async fn locations(&self) -> Result<Vec<Location>> {
        let locations = self.client.locations().await?;
        Ok(locations
            .into_iter()
            .filter(read::Location::is_physical)
            .map(|location| Location {
                name: location.name,
                display_name: location.display_name,
                has_machines: true,
                sizes: Vec::new(),
            })
            .collect())
    }

    async fn host(&self, name: &str) -> Result<Option<Host>> {
        fact::host(&self.client, &self.group_of(name), name).await
    }

    async fn availability(&self, name: &str, location: Option<&str>) -> Result<Availability> {
        let Some(location) = location.map(canonical) else {
            return Ok(Availability::Unknown);
        };
        let label = name.to_ascii_lowercase();
        let answer = self.client.label_availability(&location, &label).await?;
        Ok(if answer.available {
            Availability::Free
        } else {
            let domain = self.domain(Some(&location));
            Availability::Taken(format!(
                "DNS record {label}.{domain} is already used by another public IP."
            ))
        })
    }

    async fn deployment(&self, host: &str) -> Result<Option<Deployment>> {
        fact::deployment(&self.client, &self.group_of(host), host).await
    }

    async fn effects(&self, plan: &Plan) -> Result<Vec<Effect>> {
        let SitePlan::ResourceManager(own) = &plan.site else {
            return Err(Error::of_another_cloud());
        };
        let effects = effect::of(plan, own);
        if !own.makes_group {
            effect::are_absent(&self.client, &effects).await?;
        }
        Ok(effects.into_iter().map(Effect::from).collect())
    }

    async fn begin(&self, effect: &Effect, secrets: &Secrets) -> Result<Begun> {
        effect::begin(&self.client, own(effect)?, secrets).await
    }

    async fn look_up(&self, effect: &Effect) -> Result<Trace> {
        effect::look_up(&self.client, own(effect)?).await
    }

    async fn undo(&self, effect: &Effect) -> Result<Begun> {
        effect::undo(&self.client, own(effect)?).await
    }

    async fn tenants(&self, effect: &Effect) -> Result<Vec<String>> {
        effect::tenants(&self.client, own(effect)?).await
    }

    async fn operation(&self, id: &OperationId) -> Result<Progress> {
        self.client.operation(id).await
    }

    async fn diagnosis(&self, host: &str, machine: &str) -> Result<Option<String>> {
        let group = self.group_of(host);
        let said = self
            .client
            .run_command(&group, machine, WHY, DIAGNOSIS)
            .await?;
        Ok(Some(said))
    }

    fn domain(&self, location: Option<&str>) -> Cow<'_, str> {
        match location {
            Some(location) => format!("{}.{}", canonical(location), self.client.domain()).into(),
            None => self.client.domain().into(),
        }
    }

    fn site(&self) -> Site {
        Site::RESOURCE_MANAGER
    }

    fn site_facts(&self) -> SiteFacts<'_> {
        SiteFacts::ResourceManager(self)
    }

    fn polls(&self) -> Backoff {
        self.client.polls()
    }

    fn looks(&self) -> Backoff {
        if self.client.is_nearby() {
            Backoff::nearby_boot()
        } else {
            Backoff::boot()
        }
    }
}

#[async_trait]
impl Facts for ResourceManager {
    async fn group(&self, name: &str) -> Result<Option<Group>> {
        let group = self.client.group(name).await?;
        Ok(group.map(|group| Group {
            name: group.name,
            location: group.location,
        }))
    }

    async fn provider(&self, namespace: &str) -> Result<Provider> {
        let state = self.client.provider(namespace).await?.registration_state;
        Ok(if state.eq_ignore_ascii_case("registered") {
            Provider::Registered
        } else {
            Provider::Unregistered(state)
        })
    }

    async fn sizes(&self, location: &str) -> Result<Vec<SizeFact>> {
        let skus = self.client.skus(location).await?;
        Ok(skus
            .into_iter()
            .filter(read::Sku::is_size)
            .map(|size| SizeFact {
                cores: size.cores(),
                barred: size.barred().map(str::to_owned),
                generations: size.generations(),
                architecture: size.architecture().map(str::to_owned),
                name: size.name,
                family: size.family,
            })
            .collect())
    }

    async fn usages(&self, location: &str) -> Result<Vec<Usage>> {
        let usages = self.client.usages(location).await?;
        Ok(usages
            .into_iter()
            .filter_map(|usage| {
                Some(Usage {
                    name: usage.name.value,
                    words: usage.name.words,
                    used: usage.used.try_into().ok()?,
                    limit: usage.limit.try_into().ok()?,
                })
            })
            .collect())
    }

    fn group_of(&self, host: &str) -> String {
        self.group.clone().unwrap_or_else(|| host.to_owned())
    }
}

/// The Docker host that a machine was made for, as its tags tell.
pub fn host_of(machine: &read::Resource) -> Option<&str> {
    let is_ours = machine.tag(write::tag::MADE_BY) == Some(write::tag::US);
    machine.tag(write::tag::HOST).filter(|_| is_ours)
}

fn own(effect: &Effect) -> Result<&ResourceEffect> {
    match effect {
        Effect::ResourceManager(effect) => Ok(effect),
        Effect::Classic(_) => Err(Error::of_another_cloud()),
    }
}

fn not_offered(name: &str, location: &str) -> Error {
    Error::new(
        Kind::Refused,
        format!("image `{name}` is not offered in {location}"),
    )
}
