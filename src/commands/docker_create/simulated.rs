//! Resource Manager of an embedded simulator, asked over its wire as the real one is.

use std::path::Path;
use std::sync::Arc;

use fake_azure::FakeAzure;

use crate::backend::BoxError;
use crate::backend::resource_manager::{Client, Connection, Transport};
use crate::backend::wire::{Endpoint, Patience};
use crate::clock::SystemClock;
use crate::commands::sign_in::SignIn;
use crate::entra::{Around, Cloud, IdentityService, TokenSource};
use crate::input;

/// A client that is signed in as the simulator's own application.
pub(super) fn client(azure: &FakeAzure) -> Result<Client, BoxError> {
    let ca = input::read_text(azure.ca(), input::LONGEST_PEM)?.to_string();
    let sign_in = SignIn::read(Path::new(azure.service_principal()))?;
    let cloud = Cloud {
        name: "AzureCloud".to_owned(),
        resource_manager: azure.resource_manager_url().to_owned(),
        authority: azure.authority_url().to_owned(),
        audience: Cloud::public().audience,
    };
    let login = sign_in.login(cloud, Some(ca.clone()));
    let clock = Arc::new(SystemClock);
    let around = Around {
        clock: Arc::clone(&clock) as _,
        patience: Patience::default(),
        drawn: no_chance,
        identity: IdentityService::default(),
        keep: None,
    };
    let connection = Connection {
        endpoint: Endpoint::parse(azure.resource_manager_url())?,
        tokens: Arc::new(TokenSource::new(login, around)),
        authorities: vec![ca],
        patience: Patience::default(),
    };
    let transport = Transport::new(connection, clock)?;
    let domain = Cloud::public().domain();
    Ok(Client::new(transport, sign_in.subscription, domain))
}

/// A secret is no assertion, and needs no number that nobody has.
fn no_chance() -> u64 {
    0
}
