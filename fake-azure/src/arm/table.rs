//! Which operation a method and path are: those that are modelled, and those that the real service
//! has and the simulator names in its 501.

use axum::http::Method;
use simulation::http::tables::{count, joined};
use simulation::http::{Found, Miss, Query, Router, Words};

use super::route::{Route, resource, routes};
use super::{
    Refused, catalogue, deployments, groups, machines, networks, operations, providers, resources,
    storage, subscriptions, tags,
};

/// The tables below a subscription. Routes with words stand before those with names in the same
/// place.
const TABLES: &[&[Route]] = &[
    subscriptions::ROUTES,
    tags::NAMES,
    tags::OF_SUBSCRIPTION,
    tags::OF_GROUPS,
    tags::OF_RESOURCES,
    tags::OF_CHILDREN,
    tags::OF_DEPLOYMENTS,
    providers::ROUTES,
    groups::ROUTES,
    deployments::ROUTES,
    deployments::OPERATIONS,
    deployments::OF_SUBSCRIPTION,
    operations::ROUTES,
    catalogue::ROUTES,
    catalogue::OF_SETS,
    networks::SUBNETS,
    networks::RULES,
    networks::OTHERS,
    networks::ADDRESSES,
    storage::ROUTES,
    machines::ROUTES,
    machines::EXTENSIONS,
    machines::IN_REGION,
    resource!(
        Machine,
        "Microsoft.Compute/virtualMachines",
        "Virtual Machine",
        "Virtual Machines"
    ),
    resource!(
        AvailabilitySet,
        "Microsoft.Compute/availabilitySets",
        "Availability Set",
        "Availability Sets"
    ),
    resource!(Disk, "Microsoft.Compute/disks", "Disk", "Disks"),
    resource!(
        Snapshot,
        "Microsoft.Compute/snapshots",
        "Snapshot",
        "Snapshots"
    ),
    resource!(Image, "Microsoft.Compute/images", "Image", "Images"),
    resource!(
        VirtualNetwork,
        "Microsoft.Network/virtualNetworks",
        "Virtual Network",
        "Virtual Networks"
    ),
    resource!(
        SecurityGroup,
        "Microsoft.Network/networkSecurityGroups",
        "Network Security Group",
        "Network Security Groups"
    ),
    resource!(
        PublicAddress,
        "Microsoft.Network/publicIPAddresses",
        "Public IP Address",
        "Public IP Addresses"
    ),
    resource!(
        Interface,
        "Microsoft.Network/networkInterfaces",
        "Network Interface",
        "Network Interfaces"
    ),
    resource!(
        StorageAccount,
        "Microsoft.Storage/storageAccounts",
        "Storage Account",
        "Storage Accounts"
    ),
    resources::ROUTES,
];

/// What is above the subscriptions.
const ABOVE: &[Route] = routes! {
    below "";
    GET "/subscriptions": "List Subscriptions" => subscriptions::list;
    GET "/tenants": "List Tenants" => subscriptions::tenants;
    GET "/providers": "List Tenant Providers" => providers::list_of_tenant;
    GET "/providers/{namespace}": "Get Tenant Provider" => providers::get_of_tenant;
};

static BELOW: [Route; count(TABLES)] = joined(TABLES);

/// An operation of Resource Manager and whether the simulator models it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ManagedOperation {
    /// The HTTP method.
    pub method: &'static str,
    /// The path after the subscription, or the whole where it is above subscriptions.
    pub path: &'static str,
    /// The operation's name in the documentation.
    pub operation: &'static str,
    /// False where the answer is 501.
    pub modelled: bool,
}

/// All operations of Resource Manager that the simulator knows of.
pub fn managed_operations() -> impl Iterator<Item = ManagedOperation> {
    ABOVE.iter().chain(&BELOW).map(|route| ManagedOperation {
        method: route.method,
        path: route.path,
        operation: route.operation,
        modelled: route.handler.is_some(),
    })
}

/// Finds an operation below a subscription, or (`is_above`) above.
pub(super) fn find<S: AsRef<str>>(
    method: &Method,
    path: &[S],
    query: &Query,
    is_above: bool,
) -> Result<Found<Route>, Refused> {
    let routes: &'static [Route] = if is_above { ABOVE } else { &BELOW };
    let found = Router::new(routes, Words::AnyCase).find(method, path, query);
    found.map_err(|miss| match miss {
        Miss::Path => {
            let words: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
            Refused::not_modelled(&format!("/{}", words.join("/")))
        }
        Miss::Method | Miss::Query => Refused::method(method.as_str()),
    })
}
