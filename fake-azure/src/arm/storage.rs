//! What storage accounts alone have: keys, and names that are to be had.

use serde_json::json;

use super::route::{Route, routes};
use super::{Answer, Call, Refused};
use crate::world::names::is_storage_account;
use crate::world::resource_manager::offers::regions;
use crate::world::resource_manager::offers::usage::usage;
use crate::world::resource_manager::{Command, Core, Kind, Refusal};
use crate::world::storage_hosts;

pub(super) const ROUTES: &[Route] = routes! {
    below "" of StorageAccount;
    POST "/providers/Microsoft.Storage/checkNameAvailability": "Check Storage Account Name" => name_availability;
    POST "/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{name}/listKeys": "List Storage Account Keys" => list_keys;
    POST "/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{name}/regenerateKey": "Regenerate Storage Account Key" => regenerate_key;
    POST "/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{name}/ListAccountSas": "List Account SAS";
    POST "/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{name}/ListServiceSas": "List Service SAS";
    GET "/providers/Microsoft.Storage/skus": "List Storage SKUs";
    GET "/providers/Microsoft.Storage/locations/{location}/usages": "List Storage Usage" => usages;
};

/// How many accounts a subscription may have in a region unless it asks for more, as documented.
const ACCOUNTS: u32 = 250;

fn name_availability(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let body = call.document()?;
    let name = body["name"].as_str().unwrap_or_default();
    let (reason, message) = if is_storage_account(name) {
        let host = &storage_hosts(name)[0];
        if !call.world.world().has_public_name(host) {
            return Ok(Answer::document(json!({ "nameAvailable": true })));
        }
        (
            "AlreadyExists",
            format!("The storage account named {name} is already taken."),
        )
    } else {
        (
            "AccountNameInvalid",
            format!(
                "{name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only."
            ),
        )
    };
    Ok(Answer::document(json!({
        "nameAvailable": false,
        "reason": reason,
        "message": message,
    })))
}

fn usages(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let location = call.name(0);
    let region = regions::region(location).ok_or_else(|| Refused::no_location(location))?;
    let here = call.here()?;
    let all = here.held.shelf.iter();
    let used = all.filter(|(key, resource)| {
        key.kind == Kind::StorageAccount && resource.location == region.name
    });
    let used = u32::try_from(used.count()).unwrap_or(u32::MAX);
    let told = usage("StorageAccounts", "Storage Accounts", (used, ACCOUNTS));
    Ok(Answer::list(vec![told]))
}

fn regenerate_key(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    let body = call.document()?;
    let key = body["keyName"].as_str().unwrap_or_default().to_owned();
    call.perform(Command::NewAccountKey { path, key })?;
    list_keys(call)
}

fn list_keys(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    let here = call.here()?;
    let resource = here.resource(&path)?;
    let Core::StorageAccount(account) = &resource.core else {
        return Err(Refusal::NoResource(path).into());
    };
    Ok(Answer::document(account.told_keys()))
}
