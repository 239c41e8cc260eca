//! How `vm docker create --fake` speaks to its simulator: in process, or through its door.

use std::sync::Arc;

use fake_azure::FakeAzure;
use secrecy::SecretString;

use super::{FakeFailure, simulated};
use crate::backend::classic::Classic;
use crate::backend::fake::Fake;
use crate::backend::resource_manager::ResourceManager;
use crate::backend::service_management::{
    Client, Connection, Endpoint, ManagementIdentity, Patience, Transport,
};
use crate::backend::{self, Backend};
use crate::commands::cloud;
use crate::settings::create::DockerSettings;
use crate::settings::mode::Mode;

/// Prepares to talk to a service, as the commands do that talk to real ones.
pub type Connect<'a> = &'a (dyn Fn(Connection) -> backend::Result<Transport> + Sync);

/// The way to `azure`. Resource Manager is asked over its wire alone. Where something is to go wrong with calls it leads through the simulator's
/// door: what a reset, a late answer or half of one comes to is the client's to say, and there is
/// no other that could say it.
pub(super) fn to(
    azure: &FakeAzure,
    settings: &DockerSettings,
    connect: Connect<'_>,
) -> Result<Box<dyn Backend>, FakeFailure> {
    let (mode, group) = cloud::of_order(&settings.create.job.order.site);
    if mode == Mode::Arm {
        let client = simulated::client(azure).map_err(FakeFailure::Door)?;
        return Ok(Box::new(
            ResourceManager::new(Arc::new(client)).within(group),
        ));
    }
    if settings.simulated.all.faults.is_none() {
        let cloud = azure.cloud().clone();
        return Ok(Box::new(Fake::new(cloud, azure.subscription_id().clone())));
    }
    let transport = connect(connection(azure)?).map_err(of_door)?;
    Ok(Box::new(Classic::new(Arc::new(Client::new(transport)))))
}

fn connection(azure: &FakeAzure) -> Result<Connection, FakeFailure> {
    let credentials = azure.credentials();
    let identity = SecretString::from(credentials.management_pem());
    Ok(Connection {
        endpoint: Endpoint::parse(azure.management_url()).map_err(of_door)?,
        subscription: azure.subscription_id().as_str().to_owned(),
        identity: Some(ManagementIdentity::from_pem(identity).map_err(of_door)?),
        authorities: vec![credentials.ca_pem().to_owned()],
        patience: Patience::default(),
    })
}

fn of_door(error: impl std::error::Error + Send + Sync + 'static) -> FakeFailure {
    FakeFailure::Door(Box::new(error))
}
