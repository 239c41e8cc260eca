//! The subscription itself: locations, sizes, affinity groups, operations.

use std::sync::{Arc, LazyLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use jiff::Timestamp;

use crate::world::catalogue::ROLE_SIZES;
use crate::world::quota::UNSET;
use crate::world::registration::Command;
use crate::world::{Counted, Look, Name, Operation, OperationId, Progress, RoleSize, View, World};

use super::route::{Route, routes};
use super::writer::{Xml, again, element, seconds, text};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    GET "/": "Get Subscription" => get;
    GET "/operations": "List Subscription Operations" => operations;
    GET "/operations/{id}": "Get Operation Status" => operation;
    PUT "/services" if "action" = "register": "Register Resource Provider" => register;
    PUT "/services" if "action" = "unregister": "Unregister Resource Provider" => unregister;
    GET "/locations": "List Locations" => locations;
    GET "/rolesizes": "List Role Sizes" => role_sizes;
};

/// Get Subscription.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let shown = shown(call.subscription.as_str(), call.here());
    Ok(Answer::Document(shown))
}

/// List Subscriptions, the one operation above all subscriptions. The real service asks its
/// caller for a token; a certificate has those that know it.
pub(super) fn list(world: &World, thumbprint: &str) -> Answer {
    let known = world.subscription_ids().filter_map(|id| {
        let view = world.of(&id);
        let knows = view.held?.management_certificates.contains_key(thumbprint);
        knows.then(|| shown(id.as_str(), view))
    });
    Answer::Document(element("Subscriptions").all(known))
}

fn shown(id: &str, view: View<'_>) -> Xml {
    let name = view
        .subscription
        .map(|s| s.name.clone())
        .unwrap_or_default();
    let disabled = view.subscription.is_some_and(|s| s.disabled);
    let quota = view.quota();
    let most = |what| quota.of(what).unwrap_or(UNSET);
    let current = |what| view.count(what);
    element("Subscription")
        .text("SubscriptionID", id)
        .text("SubscriptionName", name)
        .text(
            "SubscriptionStatus",
            if disabled { "Disabled" } else { "Active" },
        )
        .text("AccountAdminLiveEmailId", "admin@example.com")
        .text("ServiceAdminLiveEmailId", "admin@example.com")
        .text("MaxCoreCount", most(Counted::Cores))
        .text("MaxStorageAccounts", most(Counted::StorageAccounts))
        .text("MaxHostedServices", most(Counted::HostedServices))
        .text("CurrentCoreCount", current(Counted::Cores))
        .text("CurrentHostedServices", current(Counted::HostedServices))
        .text("CurrentStorageAccounts", current(Counted::StorageAccounts))
}

/// Get Operation Status.
pub(crate) fn operation(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let id = OperationId::new(call.name(0));
    let progress = call.here().operation(&id)?.clone();
    call.look(&Look::Operation(id.clone()));
    let document = element("Operation").text("ID", id.dashed());
    Ok(Answer::Document(match progress {
        Progress::InProgress => document.text("Status", "InProgress"),
        Progress::Succeeded => document
            .text("Status", "Succeeded")
            .text("HttpStatusCode", 200),
        Progress::Failed { error } => {
            let error = Refused::from(error);
            let told = element("Error")
                .text("Code", &error.code)
                .text("Message", &error.message);
            document
                .text("Status", "Failed")
                .text("HttpStatusCode", error.status)
                .with(told)
        }
    }))
}

/// So many operations are told at once.
const PAGE: usize = 100;

/// List Subscription Operations: those that were begun between two moments, a page at a time.
pub(crate) fn operations(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let moment = |name: &str| {
        let text = call.parameter(name).unwrap_or_default();
        text.parse::<Timestamp>()
            .map_err(|_| Refused::query(format!("{name}: `{text}`")))
    };
    let (start, end) = (moment("StartTime")?, moment("EndTime")?);
    let from: usize = match call.parameter("ContinuationToken") {
        None | Some("") => 0,
        Some(token) => token
            .parse()
            .map_err(|_| Refused::query(format!("ContinuationToken: `{token}`")))?,
    };
    let object = call.parameter("ObjectIdFilter").filter(|o| !o.is_empty());
    let result = call
        .parameter("OperationResultFilter")
        .filter(|r| !r.is_empty());
    let status = |progress: &Progress| match progress {
        Progress::InProgress => "InProgress",
        Progress::Succeeded => "Succeeded",
        Progress::Failed { .. } => "Failed",
    };
    let all = call.here().operations_between(start, end);
    let matching: Vec<_> = all
        .into_iter()
        .filter(|operation| {
            let wanted =
                object.is_none_or(|o| told_object(call, operation).eq_ignore_ascii_case(o));
            wanted && result.is_none_or(|r| status(&operation.progress).eq_ignore_ascii_case(r))
        })
        .collect();
    let next = from.saturating_add(PAGE);
    let token = (next < matching.len()).then_some(next);
    let page = matching.into_iter().skip(from).take(PAGE).map(|operation| {
        let ended = element("OperationStatus")
            .text("ID", operation.id.dashed())
            .text("Status", status(&operation.progress));
        let ended = match &operation.progress {
            Progress::InProgress => ended,
            Progress::Succeeded => ended.text("HttpStatusCode", 200),
            Progress::Failed { error } => {
                let error = Refused::from(error.clone());
                let told = element("Error")
                    .text("Code", &error.code)
                    .text("Message", &error.message);
                ended.text("HttpStatusCode", error.status).with(told)
            }
        };
        element("SubscriptionOperation")
            .text("OperationId", operation.id.dashed())
            .text("OperationObjectId", told_object(call, operation))
            .text("OperationName", operation.name.replace(' ', ""))
            .with(element("OperationParameters"))
            .with(element("OperationCaller").text("UsedServiceManagementApi", true))
            .with(ended)
            .text("OperationStartedTime", seconds(operation.started))
            .maybe_text("OperationCompletedTime", operation.ended.map(seconds))
    });
    let page: Vec<_> = page.collect();
    Ok(Answer::Document(
        element("SubscriptionOperationCollection")
            .with(element("SubscriptionOperations").all(page))
            .maybe_text("ContinuationToken", token),
    ))
}

fn told_object(call: &Call<'_>, operation: &Operation) -> String {
    format!("/{}{}", call.subscription, operation.object)
}

/// Register Resource Provider.
pub(crate) fn register(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let resource = service_parameter(call)?;
    call.perform(Command::Register {
        resource: resource.into(),
    })?;
    Ok(Answer::Done)
}

/// Unregister Resource Provider.
pub(crate) fn unregister(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let resource = service_parameter(call)?;
    call.perform(Command::Unregister {
        resource: resource.into(),
    })?;
    Ok(Answer::Done)
}

fn service_parameter(call: &Call<'_>) -> Result<String, Refused> {
    let service = call.parameter("service").unwrap_or_default();
    if service.is_empty() {
        Err(Refused::query("service is missing"))
    } else {
        Ok(service.to_owned())
    }
}

/// List Locations.
pub(crate) fn locations(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let here = call.here();
    let locations = call.world.locations().iter().map(|location| {
        let mut services = element("AvailableServices");
        let machines: &[&str] = if location.virtual_machines {
            &["PersistentVMRole", "HighMemory"]
        } else {
            &[]
        };
        for service in ["Compute", "Storage"].iter().chain(machines) {
            services = services.text("AvailableService", service);
        }
        let types = location
            .account_types
            .iter()
            .map(|t| text("StorageAccountType", t));
        element("Location")
            .text("Name", &location.name)
            .text("DisplayName", &location.name)
            .with(services)
            .with(compute_capabilities(here, &location.name))
            .with(element("StorageCapabilities").with(element("StorageAccountTypes").all(types)))
    });
    Ok(Answer::Document(element("Locations").all(locations)))
}

/// All sizes: what most regions offer, and long.
static CAPABILITIES: LazyLock<Arc<str>> =
    LazyLock::new(|| capabilities(&ROLE_SIZES.iter()).written());

/// The sizes that a region offers.
pub(crate) fn compute_capabilities(here: View<'_>, region: &Name) -> Xml {
    if here.offers_all(region) {
        again(CAPABILITIES.clone())
    } else {
        capabilities(&here.role_sizes_in(region))
    }
}

fn capabilities<'s>(sizes: &(impl Iterator<Item = &'s RoleSize> + Clone)) -> Xml {
    let names = |list: &mut dyn Iterator<Item = &'s RoleSize>| {
        list.map(|size| text("RoleSize", size.name))
            .collect::<Vec<_>>()
    };
    element("ComputeCapabilities")
        .with(element("WebWorkerRoleSizes").all(names(&mut sizes.clone().filter(|s| s.web_worker))))
        .with(element("VirtualMachinesRoleSizes").all(names(&mut sizes.clone())))
}

/// List Role Sizes.
pub(crate) fn role_sizes(_: &mut Call<'_>) -> Result<Answer, Refused> {
    let sizes = ROLE_SIZES.iter().map(|size| {
        element("RoleSize")
            .text("Name", size.name)
            .text(
                "Label",
                format!(
                    "{} ({} cores, {} MB)",
                    size.name, size.cores, size.memory_mb
                ),
            )
            .text("Cores", size.cores)
            .text("MemoryInMb", size.memory_mb)
            .text("SupportedByWebWorkerRoles", size.web_worker)
            .text("SupportedByVirtualMachines", true)
            .text("MaxDataDiskCount", size.data_disks)
            .text("WebWorkerResourceDiskSizeInMb", size.resource_disk_mb)
            .text("VirtualMachineResourceDiskSizeInMb", size.resource_disk_mb)
    });
    Ok(Answer::Document(element("RoleSizes").all(sizes)))
}

/// Text in base64, as labels travel.
pub(crate) fn base64_of(text: &str) -> String {
    STANDARD.encode(text)
}
