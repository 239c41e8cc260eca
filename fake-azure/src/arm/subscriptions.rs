//! Subscriptions, tenants, and the regions that a subscription has.

use serde_json::{Value, json};

use super::route::{Route, routes};
use super::{Answer, Call, Refused};
use crate::world::SubscriptionId;
use crate::world::resource_manager::offers::regions;

pub(super) const ROUTES: &[Route] = routes! {
    below "";
    GET "": "Get Subscription" => get;
    GET "/locations": "List Locations" => locations;
};

fn told(call: &Call<'_>, id: &SubscriptionId) -> Option<Value> {
    let (name, is_disabled) = call.world.world().subscription_name(id)?;
    let mut told = json!({
        "id": format!("/subscriptions/{id}"),
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": id.as_str(),
        "tenantId": call.tenant,
        "displayName": name,
        "state": if is_disabled { "Disabled" } else { "Enabled" },
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    });
    if let Some(tags) = call.world.world().managed(id).ok()?.own_tags() {
        told["tags"] = tags;
    }
    Some(told)
}

/// List Subscriptions.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let ids = call.world.subscription_ids();
    let all: Vec<Value> = ids.filter_map(|id| told(call, &id)).collect();
    let count = all.len();
    Ok(Answer::document(json!({
        "value": all,
        "count": {"type": "Total", "value": count},
    })))
}

fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let id = call.subscription.clone();
    Ok(Answer::document(told(call, &id).unwrap_or_default()))
}

fn locations(call: &mut Call<'_>) -> Result<Answer, Refused> {
    Ok(Answer::document(regions::listed(&call.subscription)))
}

/// List Tenants.
pub(super) fn tenants(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let domain = call.world.world().directory().domain().to_owned();
    Ok(Answer::list(vec![json!({
        "id": format!("/tenants/{}", call.tenant),
        "tenantId": call.tenant,
        "countryCode": "US",
        "displayName": "Default Directory",
        "defaultDomain": domain,
        "domains": [domain],
        "tenantType": "AAD",
        "tenantCategory": "Home",
    })]))
}
