//! How much subscriptions may have, as an admin sets it.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use super::body::{Body, fault};
use crate::asm::Refused;
use crate::cloud::Cloud;
use crate::world::quota::Command;
use crate::world::resource_manager::offers::{regions, sizes};
use crate::world::{Name, Quota, Refusal, Size, SubscriptionId, resource_manager};

/// What is set: of one subscription, or of each.
#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "what there may be, such as {\"cores\": 20}"
)]
pub(super) struct Asked {
    subscription: Option<String>,
    /// A region of Resource Manager, whose machines may have so many `cores`.
    location: Option<String>,
    /// The family of sizes whose machines may have so many there, such as `standardDSv5Family`.
    family: Option<String>,
    cores: Option<u32>,
    hosted_services: Option<u32>,
    reserved_ips: Option<u32>,
    storage_accounts: Option<u32>,
    /// By region.
    #[serde(default)]
    sizes_not_offered: BTreeMap<Name, BTreeSet<Name>>,
    /// By region the cores; null where there is room for all.
    #[serde(default)]
    capacity: BTreeMap<Name, Option<u32>>,
}

/// Sets how many cores machines of Resource Manager may have in a region.
fn set_region(
    cloud: &Cloud,
    subscriptions: &[SubscriptionId],
    location: &str,
    family: Option<&str>,
    cores: u32,
) -> Response {
    let known = family.map(|name| (name, sizes::family(name)));
    if let Some((name, None)) = known {
        let words = format!(
            "there is no family of sizes `{name}`; `az vm list-usage` names them, such as `standardDSv5Family`"
        );
        return fault(StatusCode::BAD_REQUEST, words);
    }
    let family = known.and_then(|(_, family)| family);
    for subscription in subscriptions {
        let command = resource_manager::Command::Quota {
            location: location.to_owned(),
            family: family.map(str::to_owned),
            cores,
        };
        let (status, words) = match cloud.perform_managed(subscription, command) {
            Ok(_) => continue,
            Err(resource_manager::Refusal::NoSubscription(id)) => (
                StatusCode::NOT_FOUND,
                format!("there is no subscription `{id}`"),
            ),
            Err(resource_manager::Refusal::NotWritten(why)) => {
                (StatusCode::INTERNAL_SERVER_ERROR, why)
            }
            Err(_) => (
                StatusCode::BAD_REQUEST,
                format!("there is no region `{location}`"),
            ),
        };
        return fault(status, words);
    }
    Json(json!({})).into_response()
}

/// What is to be of Resource Manager's regions.
type Managed = Vec<resource_manager::Command>;

fn is_classic(cloud: &Cloud, location: &Name) -> bool {
    cloud.look(|world| {
        world
            .locations()
            .iter()
            .any(|known| known.name == *location)
    })
}

/// Tells sizes by the API that knows them; what none knows classic Azure refuses.
fn sizes_told_apart(
    cloud: &Cloud,
    asked: BTreeMap<Name, BTreeSet<Name>>,
) -> (BTreeMap<Name, BTreeSet<Name>>, Managed) {
    let mut managed = Managed::new();
    let mut classic = BTreeMap::new();
    for (name, sizes) in asked {
        let Some(region) = regions::region(name.as_str()) else {
            classic.insert(name, sizes);
            continue;
        };
        let known = sizes.iter().filter_map(|size| sizes::size(size.as_str()));
        managed.push(resource_manager::Command::Withhold {
            location: region.name.to_owned(),
            sizes: known.map(|size| size.name().to_owned()).collect(),
        });
        let rest: BTreeSet<Name> = sizes
            .into_iter()
            .filter(|size| {
                Size::named(size.as_str()).is_some() || sizes::size(size.as_str()).is_none()
            })
            .collect();
        let name = Name::from(region.display_name);
        if is_classic(cloud, &name) || !rest.is_empty() {
            classic.insert(name, rest);
        }
    }
    (classic, managed)
}

/// Tells regions by the API that knows them: each counts its own machines in the same room.
fn rooms_told_apart(
    cloud: &Cloud,
    asked: BTreeMap<Name, Option<u32>>,
) -> (BTreeMap<Name, Option<u32>>, Managed) {
    let mut managed = Managed::new();
    let mut classic = BTreeMap::new();
    for (name, cores) in asked {
        let Some(region) = regions::region(name.as_str()) else {
            classic.insert(name, cores);
            continue;
        };
        managed.push(resource_manager::Command::Room {
            location: region.name.to_owned(),
            cores,
        });
        let name = Name::from(region.display_name);
        if is_classic(cloud, &name) {
            classic.insert(name, cores);
        }
    }
    (classic, managed)
}

pub(super) async fn set(State(cloud): State<Cloud>, Body(asked): Body<Asked>) -> Response {
    let says_nothing = asked.sizes_not_offered.is_empty() && asked.capacity.is_empty();
    let (sizes_not_offered, mut managed) = sizes_told_apart(&cloud, asked.sizes_not_offered);
    let (capacity, rooms) = rooms_told_apart(&cloud, asked.capacity);
    managed.extend(rooms);
    let quota = Quota {
        cores: asked.cores,
        hosted_services: asked.hosted_services,
        reserved_ips: asked.reserved_ips,
        storage_accounts: asked.storage_accounts,
        sizes_not_offered,
        capacity,
    };
    if quota == Quota::default() && says_nothing {
        return fault(
            StatusCode::BAD_REQUEST,
            "this says nothing of `cores`, `hosted_services`, `reserved_ips`, `storage_accounts`, \
             `sizes_not_offered` or `capacity`",
        );
    }
    let subscriptions = match &asked.subscription {
        Some(id) => vec![SubscriptionId::new(id)],
        None => cloud.look(|world| world.subscription_ids().collect()),
    };
    if let Some(location) = &asked.location {
        let Some(cores) = asked.cores else {
            let words = "with a `location` go the `cores` that machines may have there";
            return fault(StatusCode::BAD_REQUEST, words);
        };
        let others = Quota {
            cores: None,
            ..quota
        };
        if others != Quota::default() || !managed.is_empty() {
            let words = "with a `location` go `cores` and a `family` alone";
            return fault(StatusCode::BAD_REQUEST, words);
        }
        let family = asked.family.as_deref();
        return set_region(&cloud, &subscriptions, location, family, cores);
    }
    if asked.family.is_some() {
        let words = "with a `family` go the `location` and the `cores` of its machines";
        return fault(StatusCode::BAD_REQUEST, words);
    }
    for subscription in subscriptions {
        let command = Command::Set {
            quota: quota.clone(),
        };
        match cloud.perform(&subscription, command) {
            Ok(_) => {
                for command in managed.iter().cloned() {
                    if let Err(resource_manager::Refusal::NotWritten(why)) =
                        cloud.perform_managed(&subscription, command)
                    {
                        return fault(StatusCode::INTERNAL_SERVER_ERROR, why);
                    }
                }
            }
            Err(Refusal::NoSubscription(id)) => {
                let words = format!("there is no subscription `{id}`");
                return fault(StatusCode::NOT_FOUND, words);
            }
            Err(refusal @ Refusal::NotWritten(_)) => {
                return fault(StatusCode::INTERNAL_SERVER_ERROR, refusal.to_string());
            }
            Err(refusal) => {
                let words = Refused::from(refusal).to_string();
                return fault(StatusCode::BAD_REQUEST, words);
            }
        }
    }
    Json(json!({})).into_response()
}
