//! `storage account sas`: permits to use a storage account, signed here.

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::{CommandResult, Context};
use crate::answer::{Answer, Level};
use crate::cli::storage::SasCreateArgs;
use crate::failure::Failure;
use crate::settings::{sas, slot};

/// `storage account sas create`.
pub async fn create(context: &Context, args: SasCreateArgs) -> CommandResult {
    let [services, resource_types, permissions, expiry] = slot::fill(
        [
            args.services_word,
            args.resource_types_word,
            args.permissions_word,
            args.expiry_word,
        ],
        [
            args.services,
            args.resource_types,
            args.permissions,
            args.expiry,
        ],
    );
    let permit = sas::understand(&sas::Typed {
        services: &slot::required(services, "services")?,
        resource_types: &slot::required(resource_types, "resourceTypes")?,
        permissions: &slot::required(permissions, "permissions")?,
        start: args.start.as_deref(),
        expiry: &slot::required(expiry, "expiry")?,
        addresses: args.ip_range.as_deref(),
        protocol: args.protocol.as_deref(),
    })
    .map_err(|error| Failure::of(&error))?;
    let by_string = args.connection_string.as_ref().map(told);
    let (account, key) = match (args.account_name, by_string) {
        (Some(_), Some(_)) => {
            return Err(Failure::new(
                "name the storage account or give its connection string, not both",
            ));
        }
        (None, Some(told)) => told?,
        (Some(account), None) => {
            let key = match args.account_key {
                Some(key) => key,
                None => key(context, &account).await?,
            };
            (account, key)
        }
        (None, None) => {
            return Err(Failure::new("Please set the storage account parameters")
                .with_hint("--account-name NAME, or --connection-string STRING"));
        }
    };
    context
        .terminal
        .progress("Creating shared access signature");
    let query = permit
        .sign(&account, key.expose_secret())
        .map_err(|error| Failure::of(&error))?;
    Ok(Answer::none()
        .with(Level::Data, format!("Shared Access Signature {query}"))
        .with_json(json!({ "sas": query }))
        .into())
}

async fn key(context: &Context, account: &str) -> Result<SecretString, Failure> {
    let client = context.client()?;
    context.terminal.progress("Getting storage account keys");
    let keys = client.storage_keys(account).await?.value.keys;
    let primary = keys
        .primary
        .ok_or_else(|| Failure::new("the service tells no key of the storage account"))?;
    Ok(SecretString::from(primary.expose()))
}

/// The account and the key that a connection string tells.
fn told(string: &SecretString) -> Result<(String, SecretString), Failure> {
    let part = |name: &str| {
        string
            .expose_secret()
            .split(';')
            .filter_map(|part| part.split_once('='))
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .ok_or_else(|| Failure::new(format!("the connection string has no {name}")))
    };
    Ok((
        part("AccountName")?.to_owned(),
        SecretString::from(part("AccountKey")?),
    ))
}
