//! XML both ways: what the client writes the simulator reads, and what it writes the client
//! reads. The two share no type, so a text that comes back whole was understood twice.

use std::sync::{Arc, OnceLock};

use azure::backend::Place;
use azure::backend::service_management::write::CreateHostedService;
use azure::backend::service_management::{
    Client, Connection, Element, Endpoint, ManagementIdentity, Patience, Transport,
};
use azure::clock::{Clock, SystemClock};
use fake_azure::FakeAzure;
use proptest::prelude::*;
use tokio::runtime::Runtime;

/// One simulator for all cases: each makes a service of its own.
struct Stage {
    runtime: Runtime,
    client: Client,
    _azure: FakeAzure,
}

fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(|| {
        let runtime = Runtime::new().unwrap();
        let azure = runtime.block_on(FakeAzure::builder().start()).unwrap();
        let pem = std::fs::read_to_string(azure.management_certificate()).unwrap();
        let connection = Connection {
            endpoint: Endpoint::parse(azure.management_url()).unwrap(),
            subscription: azure.subscription_id().to_string(),
            identity: Some(ManagementIdentity::from_pem(pem.into()).unwrap()),
            authorities: vec![azure.credentials().ca_pem().to_owned()],
            patience: Patience::default(),
        };
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let client = Client::new(Transport::new(connection, clock).unwrap());
        Stage {
            runtime,
            client,
            _azure: azure,
        }
    })
}

proptest! {
    #[test]
    fn a_text_survives_both_ways(
        label in "[<>&\"' ]{0,4}\\PC{1,40}[<>&\"'\u{e9}\u{1f433}]{0,4}",
        description in "[<>&\"']{1,4}\\PC{0,60}[<>&\"'\u{e9}\u{1f433}]{1,4}",
        name in "[a-z][a-z0-9]{20}",
    ) {
        let stage = stage();
        let shown = stage.runtime.block_on(async {
            let new = CreateHostedService {
                name: name.clone(),
                label: label.clone(),
                description: Some(description.clone()),
                place: Place::Location("West US".to_owned()),
            };
            stage.client.create_hosted_service(&new).await.unwrap();
            stage.client.hosted_service(&name, false).await.unwrap().value
        });
        prop_assert_eq!(shown.service_name, name);
        prop_assert_eq!(shown.properties.label, Some(label));
        prop_assert_eq!(shown.properties.description, Some(description));
    }

    #[test]
    fn no_answer_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in "[<>/a-b =\"&;!?\\[\\]-]{0,80}") {
        Element::parse(&String::from_utf8_lossy(&bytes)).ok();
        Element::parse(&text).ok();
    }
}
