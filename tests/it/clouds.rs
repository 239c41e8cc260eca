//! The two roads to the simulated cloud: its world in process, and its wire over mutual TLS.

use std::sync::{Arc, OnceLock};

use azure::backend::Backend;
use azure::backend::classic::Classic;
use azure::backend::fake::Fake;
use azure::backend::service_management::{
    Client, Connection, Endpoint, ManagementIdentity, Patience, Transport,
};
use azure::clock::Clock;
use fake_azure::{Credentials, FakeAzure, Pace};

use crate::provision::BIRTH;
use crate::provision::time::Patient;

/// How a backend reaches the cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Road {
    InProcess,
    OverTheWire,
}

/// A simulated cloud and the backend that is under test.
pub(crate) struct Subject {
    pub(crate) azure: FakeAzure,
    pub(crate) backend: Arc<dyn Backend>,
}

impl Subject {
    pub(crate) async fn new(road: Road, pace: Pace) -> Self {
        /// Made once: an RSA key takes its time.
        static CREDENTIALS: OnceLock<Credentials> = OnceLock::new();
        let credentials = CREDENTIALS.get_or_init(|| Credentials::generate().expect("credentials"));
        let azure = FakeAzure::builder()
            .credentials(credentials.clone())
            .pace(pace)
            .refuse_misplaced(true)
            .taken_service("somebody-elses")
            .start()
            .await
            .expect("a simulator");
        let clock: Arc<dyn Clock> = Arc::new(Patient::at(BIRTH));
        let backend: Arc<dyn Backend> = match road {
            Road::InProcess => Arc::new(Fake::new(
                azure.cloud().clone(),
                azure.subscription_id().clone(),
            )),
            Road::OverTheWire => Arc::new(Classic::new(Arc::new(client(&azure, &clock)))),
        };
        Self { azure, backend }
    }

    /// Everything that there is, apart from the memory of how it came to be.
    pub(crate) fn things(&self) -> serde_json::Value {
        let mut world = self.azure.cloud().act(|world, now| world.to_json(now));
        if let Some(world) = world.as_object_mut() {
            world.remove("now");
        }
        for subscription in world["subscriptions"].as_array_mut().into_iter().flatten() {
            if let Some(subscription) = subscription.as_object_mut() {
                subscription.remove("operations");
            }
        }
        world
    }
}

fn client(azure: &FakeAzure, clock: &Arc<dyn Clock>) -> Client {
    let pem = std::fs::read_to_string(azure.management_certificate()).expect("a certificate");
    let ca = std::fs::read_to_string(azure.ca()).expect("an authority");
    let connection = Connection {
        endpoint: Endpoint::parse(azure.management_url()).expect("an address"),
        subscription: azure.subscription_id().as_str().to_owned(),
        identity: Some(ManagementIdentity::from_pem(pem.into()).expect("an identity")),
        authorities: vec![ca],
        patience: Patience::default(),
    };
    Client::new(Transport::new(connection, Arc::clone(clock)).expect("a transport"))
}
