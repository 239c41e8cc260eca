//! Route tables: named lists of routes, and the subnets that have them. Nothing is routed: they
//! are kept and shown.

use crate::world::word::words;
use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::label::check_new;
use super::refusal::Thing;
use super::service::Place;
use super::view::View;
use crate::world::address::Prefix;
use crate::world::names::Name;

/// A route table.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RouteTable {
    /// Its name, unique in the subscription.
    pub name: Name,
    /// What it is called.
    pub label: Option<String>,
    /// The region that it is in.
    pub location: Name,
    /// Its routes, by name.
    pub routes: Vec<Route>,
}

/// A route of a table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Route {
    /// Its name, unique in the table.
    pub name: Name,
    /// Where it leads.
    pub prefix: Prefix,
    /// `VirtualAppliance` and its kin.
    pub hop: Hop,
    /// The appliance's address.
    pub hop_address: Option<Ipv4Addr>,
}

/// So many routes are in a table at most.
const MOST_ROUTES: usize = 100;

/// What was set before a subnet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct SubnetLinks {
    pub(crate) security_group: Option<Name>,
    pub(crate) route_table: Option<Name>,
}

words! {
    /// Kinds of next hops.
    pub enum Hop {
        /// A machine that passes on, told by its address.
        VirtualAppliance = "VirtualAppliance",
        /// The gateway of the network.
        VpnGateway = "VPNGateway",
        /// The network itself.
        VnetLocal = "VNETLocal",
        /// The internet.
        Internet = "Internet",
        /// Nowhere.
        Null = "Null",
    }
}

/// What can be asked about route tables.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Make one.
    Create {
        /// Its name.
        name: Name,
        /// What it is called.
        label: Option<String>,
        /// Its region.
        location: Name,
    },
    /// Delete one that no subnet has.
    Delete {
        /// Its name.
        name: Name,
    },
    /// Add a route to one, or replace the one of its name.
    SetRoute {
        /// The table.
        table: Name,
        /// The route.
        route: Route,
    },
    /// Take a route out of one.
    DeleteRoute {
        /// The table.
        table: Name,
        /// The route's name.
        route: Name,
    },
    /// Give a subnet one, in the place of any other; with none take it away.
    Link {
        /// The network.
        network: Name,
        /// The subnet.
        subnet: Name,
        /// The table.
        table: Option<Name>,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Create {
                name,
                label,
                location,
            } => create(scope, name, label, location),
            Self::Delete { name } => {
                scope.route_table(&name)?;
                let networks = scope.held.into_iter().flat_map(|s| s.subnet_links.values());
                let mut links = networks.flat_map(|network| network.values());
                let used = |links: &SubnetLinks| {
                    let table = links.route_table.as_ref();
                    table.is_some_and(|table| *table == name)
                };
                if links.any(used) {
                    return Err(Refusal::InUse {
                        what: Thing::RouteTable,
                        name,
                        by: "a subnet".to_owned(),
                    });
                }
                Ok(Decided::accepted("Delete Route Table", 30).change(Change::NoRouteTable(name)))
            }
            Self::SetRoute { table, route } => set_route(scope, &table, route),
            Self::DeleteRoute { table, route } => {
                let mut held = scope.route_table(&table)?.clone();
                let at = held.routes.iter().position(|r| r.name == route);
                let at = at.ok_or_else(|| Refusal::NoMember {
                    what: "route".into(),
                    of: table,
                    name: route,
                })?;
                held.routes.remove(at);
                Ok(Decided::accepted("Delete Route", 30).change(Change::RouteTable(held)))
            }
            Self::Link {
                network,
                subnet,
                table,
            } => link(scope, network, subnet, table.as_ref()),
        }
    }
}

fn create(
    scope: &Scope<'_>,
    name: Name,
    label: Option<String>,
    location: Name,
) -> Result<Decided, Refusal> {
    let is_taken = scope.route_table(&name).is_ok();
    check_new(Thing::RouteTable, &name, label.as_deref(), is_taken)?;
    let table = RouteTable {
        location: scope.region_of(&Place::Location(location))?,
        name,
        label,
        routes: Vec::new(),
    };
    Ok(Decided::accepted("Create Route Table", 30).change(Change::RouteTable(table)))
}

fn set_route(scope: &Scope<'_>, table: &str, route: Route) -> Result<Decided, Refusal> {
    let held = scope.route_table(table)?;
    let others = || held.routes.iter().filter(|r| r.name != route.name);
    if let Some(other) = others().find(|r| r.prefix == route.prefix) {
        return Err(Refusal::SamePrefix {
            other: other.name.clone(),
            name: route.name,
        });
    }
    if others().count() >= MOST_ROUTES {
        return Err(Refusal::ListFull {
            what: Thing::RouteTable,
            name: table.into(),
            most: MOST_ROUTES,
        });
    }
    let mut held = held.clone();
    held.routes.retain(|r| r.name != route.name);
    held.routes.push(route);
    held.routes.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(Decided::accepted("Set Route", 30).change(Change::RouteTable(held)))
}

fn link(
    scope: &Scope<'_>,
    network: Name,
    subnet: Name,
    table: Option<&Name>,
) -> Result<Decided, Refusal> {
    let mut links = scope
        .subnet_links(&network, &subnet)?
        .cloned()
        .unwrap_or_default();
    let (table, operation) = match table {
        Some(name) => {
            let table = scope.route_table(name)?.name.clone();
            (Some(table), "Add Route Table To Subnet")
        }
        None if links.route_table.is_some() => (None, "Remove Route Table From Subnet"),
        None => return Err(Refusal::Unset(Thing::RouteTable)),
    };
    links.route_table = table;
    Ok(
        Decided::accepted(operation, 30).change(Change::SubnetLinks {
            network,
            subnet,
            links,
        }),
    )
}

impl<'w> View<'w> {
    /// The subscription's route tables, by name.
    pub fn route_tables(self) -> impl Iterator<Item = &'w RouteTable> {
        let held = self.held.into_iter();
        held.flat_map(|s| s.route_tables.values())
    }

    /// The route table of this name.
    pub fn route_table(self, name: &str) -> Result<&'w RouteTable, Refusal> {
        self.held
            .and_then(|s| s.route_tables.get(name))
            .ok_or_else(|| no_table(name))
    }

    /// What was set before a subnet, which must be there.
    pub(crate) fn subnet_links(
        self,
        network: &str,
        subnet: &str,
    ) -> Result<Option<&'w SubnetLinks>, Refusal> {
        let site = self.virtual_network(network)?;
        super::machine_network::subnet(site, subnet)?;
        Ok(self
            .held
            .and_then(|s| s.subnet_links.get(network)?.get(subnet)))
    }
}

fn no_table(name: &str) -> Refusal {
    Refusal::missing(Thing::RouteTable, name)
}
