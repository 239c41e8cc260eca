//! What storage accounts alone have: keys, and names that are to be had.

use serde_json::json;

use super::route::{Route, routes};
use super::{Answer, Call, Refused};
use crate::world::names::is_storage_account;
use crate::world::resource_manager::{Core, Refusal};
use crate::world::storage_hosts;

pub(super) const ROUTES: &[Route] = routes! {
    below "" of StorageAccount;
    POST "/providers/Microsoft.Storage/checkNameAvailability": "Check Storage Account Name" => name_availability;
    POST "/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{name}/listKeys": "List Storage Account Keys" => list_keys;
    POST "/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{name}/regenerateKey": "Regenerate Storage Account Key";
    POST "/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{name}/ListAccountSas": "List Account SAS";
    POST "/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{name}/ListServiceSas": "List Service SAS";
    GET "/providers/Microsoft.Storage/skus": "List Storage SKUs";
    GET "/providers/Microsoft.Storage/locations/{location}/usages": "List Storage Usage";
};

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

fn list_keys(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    let here = call.here()?;
    let resource = here.resource(&path)?;
    let Core::StorageAccount(account) = &resource.core else {
        return Err(Refusal::NoResource(path).into());
    };
    Ok(Answer::document(account.told_keys()))
}
