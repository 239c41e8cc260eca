//! Storage accounts, as clients of old need them for the disks of machines.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::change::Change;
use super::decision::{Decided, Scope};
use super::document::{self, Known};
use super::path::Path;
use super::refusal::Refusal;
use super::resource::{Core, Resource, known_top};
use crate::world::blob;

/// What rules go by of a storage account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct StorageAccount {
    /// Its two keys, in base64. Secrets.
    pub(crate) keys: [String; 2],
}

pub(crate) const KNOWN: Known = known_top! {
    "sku": Known::Any,
    "kind": Known::Any,
    "identity": Known::Any,
    "properties": Known::Object(&[
        ("accountType", Known::Any),
        ("accessTier", Known::Any),
        ("allowBlobPublicAccess", Known::Any),
        ("allowSharedKeyAccess", Known::Any),
        ("allowCrossTenantReplication", Known::Any),
        ("allowedCopyScope", Known::Any),
        ("azureFilesIdentityBasedAuthentication", Known::Any),
        ("customDomain", Known::Any),
        ("defaultToOAuthAuthentication", Known::Any),
        ("dnsEndpointType", Known::Any),
        ("encryption", Known::Any),
        ("isHnsEnabled", Known::Any),
        ("isNfsV3Enabled", Known::Any),
        ("isSftpEnabled", Known::Any),
        ("isLocalUserEnabled", Known::Any),
        ("keyPolicy", Known::Any),
        ("largeFileSharesState", Known::Any),
        ("minimumTlsVersion", Known::Any),
        ("networkAcls", Known::Any),
        ("publicNetworkAccess", Known::Any),
        ("routingPreference", Known::Any),
        ("sasPolicy", Known::Any),
        ("supportsHttpsTrafficOnly", Known::Flag),
        ("immutableStorageWithVersioning", Known::Any),
        ("creationTime", Known::Told),
        ("keyCreationTime", Known::Told),
        ("primaryEndpoints", Known::Told),
        ("primaryLocation", Known::Told),
        ("secondaryEndpoints", Known::Told),
        ("secondaryLocation", Known::Told),
        ("statusOfPrimary", Known::Told),
        ("statusOfSecondary", Known::Told),
        ("privateEndpointConnections", Known::Told),
        ("provisioningState", Known::Told),
    ]),
};

pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    let draft = scope.draft(path, body)?;
    let account = if let Some(Core::StorageAccount(old)) = draft.old.map(|old| &old.core) {
        old.clone()
    } else {
        let host = &blob::hosts(&path.name)[0];
        if scope.view.world.has_public_name(host) {
            return Err(Refusal::AccountTaken(path.name.clone()));
        }
        StorageAccount {
            keys: [0; 2].map(|_| STANDARD.encode(scope.draw.chance.bytes::<64>())),
        }
    };
    // An account that is there answers at once.
    let is_there = draft.old.is_some();
    let core = Core::StorageAccount(account);
    Ok(if is_there {
        draft.done(scope, &KNOWN, body, core)
    } else {
        draft.decided(scope, &KNOWN, body, core, 17)
    })
}

/// One of its keys is another from now on.
pub(super) fn new_key(scope: &mut Scope<'_>, path: &Path, name: &str) -> Result<Decided, Refusal> {
    scope.writable_group(&path.group)?;
    let resource = scope.resource(path)?;
    let Core::StorageAccount(account) = &resource.core else {
        return Err(Refusal::NoResource(path.clone()));
    };
    let named = (0..account.keys.len()).find(|n| key_name(*n).eq_ignore_ascii_case(name));
    let n = named.ok_or_else(|| Refusal::NoAccountKey(name.to_owned()))?;
    let mut keys = account.keys.clone();
    keys[n] = STANDARD.encode(scope.draw.chance.bytes::<64>());
    let written = Resource {
        core: Core::StorageAccount(StorageAccount { keys }),
        ..resource.clone()
    };
    let change = Change::Resource(path.key(), Box::new(written));
    Ok(Decided::done("Regenerate Storage Account Key").change(change))
}

fn key_name(n: usize) -> String {
    format!("key{}", n + 1)
}

impl StorageAccount {
    /// Its keys as the service tells them.
    pub(crate) fn told_keys(&self) -> Value {
        let keys: Vec<Value> = self
            .keys
            .iter()
            .enumerate()
            .map(|(n, key)| {
                json!({
                    "keyName": key_name(n),
                    "permissions": "FULL",
                    "value": key,
                })
            })
            .collect();
        json!({ "keys": keys })
    }

    pub(super) fn tell(resource: &Resource, told: &mut Value) {
        let old = told["properties"]["accountType"]
            .as_str()
            .map(str::to_owned);
        let sku = told["sku"]["name"].as_str().map(str::to_owned);
        let name = sku.or(old).unwrap_or_else(|| "Standard_LRS".to_owned());
        let tier = name.split('_').next().unwrap_or("Standard").to_owned();
        document::set(told, "sku", json!({"name": name, "tier": tier}));
        document::set_default(told, "kind", "Storage");
        let properties = document::object(told, "properties");
        let endpoint = |kind: &str| format!("https://{}.{kind}.core.windows.net/", resource.name);
        document::set(
            properties,
            "primaryEndpoints",
            json!({
                "blob": endpoint("blob"),
                "file": endpoint("file"),
                "queue": endpoint("queue"),
                "table": endpoint("table"),
            }),
        );
        document::set(properties, "primaryLocation", resource.location.clone());
        document::set(properties, "statusOfPrimary", "available");
        document::set_default(properties, "supportsHttpsTrafficOnly", false);
        document::set(properties, "creationTime", resource.created.to_string());
    }
}
