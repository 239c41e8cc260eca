//! The second cloud: its client's bounds, what its backend promises, and its whole road.

mod commands;
mod promises;
mod road;
mod sign_in;
mod sweep;
mod tenants;
mod wire;

use std::sync::Arc;

use azure::backend::resource_manager::{Client, Connection, ResourceManager, Transport};
use azure::backend::wire::{Endpoint, Patience};
use azure::backend::{Backend, OpenSshKey, SshKey};
use azure::clock::{Clock, SystemClock};
use azure::domain::Port;
use azure::entra::{Around, Cloud, Credential, IdentityService, Login, TokenSource};
use azure::provision::{KeyWish, Order, ResourceOrder, SiteOrder, SshEndpoint, SshWish};
use fake_azure::{Builder, FakeAzure, Pace};

use crate::provision::BIRTH;
use crate::provision::time::Patient;

/// A simulated cloud, asked over the wire of its Resource Manager.
pub(crate) struct Managed {
    pub(crate) azure: FakeAzure,
    pub(crate) client: Arc<Client>,
    pub(crate) backend: Arc<dyn Backend>,
}

impl Managed {
    pub(crate) async fn new(pace: Pace) -> Self {
        Self::of(FakeAzure::builder().pace(pace)).await
    }

    pub(crate) async fn of(builder: Builder) -> Self {
        let azure = builder.start().await.expect("a simulator");
        let client = Arc::new(client(&azure));
        let backend = Arc::new(ResourceManager::new(Arc::clone(&client)));
        Self {
            azure,
            client,
            backend,
        }
    }

    /// The same cloud for hosts in one group.
    pub(crate) fn within(&self, group: &str) -> ResourceManager {
        ResourceManager::new(Arc::clone(&self.client)).within(Some(group.to_owned()))
    }

    /// What there is: groups, and what lies in them.
    pub(crate) async fn things(&self) -> Vec<String> {
        let mut things = Vec::new();
        for group in self.client.groups().await.expect("groups") {
            let resources = self.client.resources(&group.name).await.expect("resources");
            things.extend(resources.into_iter().map(|one| one.id));
            things.push(group.id);
        }
        things
    }
}

/// What a simulator's application signs in with.
pub(crate) fn login(azure: &FakeAzure) -> Login {
    let text = std::fs::read_to_string(azure.service_principal()).expect("a service principal");
    let told: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let word = |name: &str| told[name].as_str().expect("a text").to_owned();
    Login {
        name: word("clientId"),
        tenant: word("tenantId"),
        cloud: Cloud {
            name: "AzureCloud".to_owned(),
            resource_manager: azure.resource_manager_url().to_owned(),
            authority: azure.authority_url().to_owned(),
            audience: "https://management.azure.com/".to_owned(),
        },
        ca: Some(ca(azure)),
        credential: Credential::Secret {
            client: word("clientId"),
            secret: word("clientSecret").into(),
        },
    }
}

pub(crate) fn ca(azure: &FakeAzure) -> String {
    std::fs::read_to_string(azure.ca()).expect("an authority")
}

pub(crate) fn around() -> Around {
    Around {
        clock: Arc::new(SystemClock),
        patience: Patience::default(),
        drawn: || 7,
        identity: IdentityService::default(),
        keep: None,
    }
}

pub(crate) fn client(azure: &FakeAzure) -> Client {
    let clock: Arc<dyn Clock> = Arc::new(Patient::at(BIRTH));
    let connection = Connection {
        endpoint: Endpoint::parse(azure.resource_manager_url()).expect("an address"),
        tokens: Arc::new(TokenSource::new(login(azure), around())),
        authorities: vec![ca(azure)],
        patience: Patience::default(),
    };
    let transport = Transport::new(connection, clock).expect("a transport");
    Client::new(
        transport,
        azure.subscription_id().as_str(),
        "cloudapp.azure.com",
    )
}

/// A Docker host in a group of its own name.
pub(crate) fn order(host: &str) -> Order {
    let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGZvb2Zvb2Zvb2Zvb2Zvb2Zvb2Zvb2Zvb2Zvb2Zv me";
    Order {
        image: "Ubuntu-24_04".to_owned(),
        location: Some("West US".to_owned()),
        user: Some("azureuser".to_owned()),
        ssh: SshWish {
            endpoint: SshEndpoint::Port(Port::SSH),
            key: KeyWish::Given(SshKey::Public(OpenSshKey {
                line: line.to_owned(),
            })),
            without_password: true,
        },
        docker: Some(Port::DOCKER_TLS),
        nonce: "0123456789abcdef".to_owned(),
        site: SiteOrder::ResourceManager(ResourceOrder {
            resource_group: host.to_owned(),
            open_to: Vec::new(),
        }),
        ..Order::new(host.parse().expect("a name"))
    }
}
