//! Classic Azure as a [`Backend`]: cloud services, storage accounts, deployments.

mod effect;
mod extension;
mod fact;
mod role;
mod storage;

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;

use super::service_management::Client;
use super::site::classic::{
    AffinityGroup, ClassicEffect, Facts, MachineNeeds, Network, ReservedAddress, certified,
    to_upload,
};
use super::{
    Availability, Backend, Begun, Deployment, Effect, Error, Host, HostPlan, Image, Kind, Location,
    MachinePlan, OperationId, Plan, Progress, Result, Secrets, Site, SiteFacts, SitePlan, Standing,
    Trace,
};
use crate::backoff::Backoff;

/// One subscription of classic Azure.
#[derive(Debug, Clone)]
pub struct Classic {
    client: Arc<Client>,
}

impl Classic {
    /// Provisions through `client`.
    pub fn new(client: Arc<Client>) -> Self {
        Self { client }
    }

    /// The certificate of the ssh key to be uploaded; none when it is there already, and so not ours
    /// to undo.
    async fn certificate(&self, host: &HostPlan, machine: &MachinePlan) -> Result<Option<Effect>> {
        let Some(certificate) = to_upload(host.name.as_str(), machine) else {
            return Ok(None);
        };
        let certificate = Effect::Classic(certificate);
        let is_there =
            host.standing != Standing::New && self.look_up(&certificate).await? == Trace::Present;
        Ok((!is_there).then_some(certificate))
    }
}

#[async_trait]
impl Backend for Classic {
    async fn image(&self, name: &str, _location: Option<&str>) -> Result<Option<Image>> {
        let (machines, disk) = tokio::join!(self.client.vm_images(), self.client.os_image(name));
        let machine = machines?
            .into_iter()
            .find(|image| image.name.eq_ignore_ascii_case(name));
        // A machine's image wins over a disk's of the same name, as in the old CLI.
        Ok(match machine {
            Some(image) => Some(fact::machine_image(image)),
            None => disk?.map(fact::disk_image),
        })
    }

    async fn images(&self) -> Result<Vec<Image>> {
        let (disks, machines) = tokio::join!(self.client.os_images(), self.client.vm_images());
        let disks = disks?.into_iter().map(fact::disk_image);
        let machines = machines?.into_iter().map(fact::machine_image);
        Ok(disks.chain(machines).collect())
    }

    async fn locations(&self) -> Result<Vec<Location>> {
        let locations = self.client.locations().await?;
        Ok(locations.into_iter().map(fact::location).collect())
    }

    async fn host(&self, name: &str) -> Result<Option<Host>> {
        let hosts = self.client.hosted_services().await?;
        Ok(hosts
            .into_iter()
            .find(|host| host.service_name.eq_ignore_ascii_case(name))
            .map(fact::host))
    }

    async fn availability(&self, name: &str, _location: Option<&str>) -> Result<Availability> {
        match self.client.hosted_service_availability(name).await {
            Ok(answer) if answer.is_available => Ok(Availability::Free),
            Ok(answer) => Ok(Availability::Taken(answer.reason.unwrap_or_else(|| {
                "The specified DNS name is already taken.".to_owned()
            }))),
            Err(error) if error.kind() == Kind::NotFound => Ok(Availability::Unknown),
            Err(error) => Err(error),
        }
    }

    async fn deployment(&self, host: &str) -> Result<Option<Deployment>> {
        match self.client.deployment(host).await {
            Ok(deployment) => Ok(deployment.map(fact::deployment)),
            // The service itself is gone.
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn effects(&self, plan: &Plan) -> Result<Vec<Effect>> {
        let SitePlan::Classic(own) = &plan.site else {
            return Err(Error::of_another_cloud());
        };
        let machine = certified(plan.machine.clone())?;
        let storage = storage::choose(&self.client, plan, own).await?;
        let blobs = storage.as_ref().and_then(storage::Choice::endpoint);
        let disk = own.machine.disk_address(blobs);
        let mut effects = Vec::new();
        if plan.host.standing == Standing::New {
            effects.push(Effect::Classic(ClassicEffect::Host {
                name: plan.host.name.to_string(),
                place: own.place.clone(),
            }));
        }
        if let Some(storage) = storage {
            effects.push(Effect::Classic(ClassicEffect::Account {
                given: !storage.made,
                name: storage.name,
                place: storage.place,
            }));
        }
        effects.extend(self.certificate(&plan.host, &machine).await?);
        effects.push(Effect::Classic(ClassicEffect::Machine {
            host: plan.host.name.to_string(),
            name: plan.machine.name.to_string(),
            joins: match &plan.host.standing {
                Standing::Inhabited(deployment) => Some(deployment.clone()),
                Standing::New | Standing::Empty => None,
            },
            disk,
            chosen: Vec::new(),
            needs: Some(Box::new(MachineNeeds::of(machine, own))),
        }));
        Ok(effects)
    }

    async fn begin(&self, effect: &Effect, secrets: &Secrets) -> Result<Begun> {
        let effect = own(effect)?;
        effect::begin(&self.client, effect, secrets).await
    }

    async fn look_up(&self, effect: &Effect) -> Result<Trace> {
        let effect = own(effect)?;
        effect::look_up(&self.client, effect).await
    }

    async fn undo(&self, effect: &Effect) -> Result<Begun> {
        let effect = own(effect)?;
        effect::undo(&self.client, effect).await
    }

    async fn tenants(&self, effect: &Effect) -> Result<Vec<String>> {
        let effect = own(effect)?;
        effect::tenants(&self.client, effect).await
    }

    async fn operation(&self, id: &OperationId) -> Result<Progress> {
        self.client.operation(id).await
    }

    fn domain(&self, _location: Option<&str>) -> Cow<'_, str> {
        self.client.domain().into()
    }

    fn site(&self) -> Site {
        Site::CLASSIC
    }

    fn site_facts(&self) -> SiteFacts<'_> {
        SiteFacts::Classic(self)
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
impl Facts for Classic {
    async fn affinity_groups(&self) -> Result<Vec<AffinityGroup>> {
        let groups = self.client.affinity_groups().await?;
        Ok(groups.into_iter().map(fact::affinity_group).collect())
    }

    async fn affinity_group(&self, name: &str) -> Result<Option<AffinityGroup>> {
        Ok(absent(self.client.affinity_group(name).await)?
            .map(|answered| fact::affinity_group(answered.value)))
    }

    async fn network(&self, name: &str) -> Result<Option<Network>> {
        let networks = self.client.virtual_networks().await?;
        Ok(networks
            .into_iter()
            .find(|network| network.name.eq_ignore_ascii_case(name))
            .map(fact::network))
    }

    async fn reserved_address(&self, name: &str) -> Result<Option<ReservedAddress>> {
        Ok(self
            .client
            .reserved_ip(name)
            .await?
            .map(fact::reserved_address))
    }
}

/// What is not there is no error.
fn absent<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What has happened already is no error either.
fn gone(error: &Error) -> bool {
    error.kind() == Kind::NotFound
}

/// An effect of this cloud.
fn own(effect: &Effect) -> Result<&ClassicEffect> {
    match effect {
        Effect::Classic(effect) => Ok(effect),
        Effect::ResourceManager(_) => Err(Error::of_another_cloud()),
    }
}
