//! Classic Azure as a [`Backend`]: cloud services, storage accounts, deployments.

mod extension;
mod fact;
mod role;
mod step;
mod storage;

use std::sync::Arc;

use async_trait::async_trait;

use super::service_management::Client;
use super::{
    AffinityGroup, Availability, Backend, Deployment, Error, Host, Image, Kind, Location, Network,
    OperationId, Plan, Progress, ReservedAddress, Result, Standing, Step,
};
use crate::backoff::Backoff;
use step::{CertificateStep, HostStep, MachineStep, StorageStep};

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
}

#[async_trait]
impl Backend for Classic {
    async fn image(&self, name: &str) -> Result<Option<Image>> {
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

    async fn host(&self, name: &str) -> Result<Option<Host>> {
        let hosts = self.client.hosted_services().await?;
        Ok(hosts
            .into_iter()
            .find(|host| host.service_name.eq_ignore_ascii_case(name))
            .map(fact::host))
    }

    async fn availability(&self, name: &str) -> Result<Availability> {
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

    async fn steps(&self, plan: &Plan) -> Result<Vec<Box<dyn Step>>> {
        let storage = storage::choose(&self.client, plan).await?;
        let role = role::role(plan, storage.as_ref().and_then(storage::Choice::endpoint));
        let mut steps: Vec<Box<dyn Step>> = Vec::new();
        if plan.host.standing == Standing::New {
            steps.push(Box::new(HostStep::new(Arc::clone(&self.client), plan)));
        }
        if let Some(storage) = storage {
            steps.push(Box::new(StorageStep::new(
                Arc::clone(&self.client),
                storage,
            )));
        }
        if let Some(step) = CertificateStep::new(&self.client, plan).await? {
            steps.push(Box::new(step));
        }
        steps.push(Box::new(MachineStep::new(
            Arc::clone(&self.client),
            plan,
            role,
        )));
        Ok(steps)
    }

    async fn operation(&self, id: &OperationId) -> Result<Progress> {
        self.client.operation(id).await
    }

    fn domain(&self) -> &str {
        self.client.domain()
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
