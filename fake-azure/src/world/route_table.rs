//! Route tables: named lists of routes, and the subnets that have them. Nothing is routed: they
//! are kept and shown.

use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::Serialize;

use super::names::{check_label, is_plain, key, same};
use super::network::Prefix;
use super::operation::OperationId;
use super::service::Place;
use super::{Refusal, SubscriptionId, World};

/// A route table.
#[derive(Clone, Debug, Serialize)]
pub struct RouteTable {
    /// Its name, unique in the subscription.
    pub name: String,
    /// What it is called.
    pub label: Option<String>,
    /// The region that it is in.
    pub location: String,
    /// Its routes, by name.
    pub routes: Vec<Route>,
}

/// A route of a table.
#[derive(Clone, Debug, Serialize)]
pub struct Route {
    /// Its name, unique in the table.
    pub name: String,
    /// Where it leads.
    pub prefix: Prefix,
    /// `VirtualAppliance` and its kin.
    pub hop: &'static str,
    /// The appliance's address.
    pub hop_address: Option<Ipv4Addr>,
}

/// So many routes are in a table at most.
const MOST_ROUTES: usize = 100;

/// What was set before a subnet.
#[derive(Clone, Debug, Default)]
pub(crate) struct SubnetLinks {
    pub(crate) security_group: Option<String>,
    pub(crate) route_table: Option<String>,
}

impl World {
    /// The subscription's route tables, by name.
    pub fn route_tables<'a>(
        &'a self,
        subscription: &SubscriptionId,
    ) -> impl Iterator<Item = &'a RouteTable> + use<'a> {
        let held = self.subscription(subscription).into_iter();
        held.flat_map(|s| s.route_tables.values())
    }

    /// The route table of this name.
    pub fn route_table(
        &self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<&RouteTable, Refusal> {
        self.subscription(subscription)
            .and_then(|s| s.route_tables.get(&key(name)))
            .ok_or_else(|| no_table(name))
    }

    /// Makes a route table.
    pub fn create_route_table(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &str,
        label: Option<String>,
        location: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        if !is_plain(name, 80) {
            return Err(Refusal::bad_request("The route table name is invalid.").detail(name));
        }
        if let Some(label) = &label {
            check_label(label)?;
        }
        if self.route_table(subscription, name).is_ok() {
            return Err(
                Refusal::conflict("A route table with the specified name already exists.")
                    .detail(name),
            );
        }
        let location = self.region_of(subscription, &Place::Location(location.to_owned()))?;
        let table = RouteTable {
            name: name.to_owned(),
            label,
            location,
            routes: Vec::new(),
        };
        self.subscription_mut(subscription)?
            .route_tables
            .insert(key(name), table);
        self.accept(subscription, id, "Create Route Table", 30, None, None, now)
    }

    /// Deletes a route table that no subnet has.
    pub fn delete_route_table(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.route_table(subscription, name)?;
        let held = self.subscription_mut(subscription)?;
        let used =
            |links: &SubnetLinks| links.route_table.as_deref().is_some_and(|t| same(t, name));
        if held.subnet_links.values().any(used) {
            return Err(Refusal::conflict(format!(
                "The route table {name} is in use by a subnet."
            )));
        }
        held.route_tables.remove(&key(name));
        self.accept(subscription, id, "Delete Route Table", 30, None, None, now)
    }

    /// Adds a route to a table, or replaces the one of its name.
    pub fn set_route(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        table: &str,
        route: Route,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let held = self.route_table_mut(subscription, table)?;
        let others = || held.routes.iter().filter(|r| !same(&r.name, &route.name));
        if let Some(other) = others().find(|r| r.prefix == route.prefix) {
            return Err(Refusal::conflict(format!(
                "The routes {} and {} have the same address prefix.",
                other.name, route.name
            )));
        }
        if others().count() >= MOST_ROUTES {
            return Err(Refusal::conflict(format!(
                "The route table {table} has {MOST_ROUTES} routes, and can have no more."
            )));
        }
        held.routes.retain(|r| !same(&r.name, &route.name));
        held.routes.push(route);
        held.routes.sort_by_key(|r| key(&r.name));
        self.accept(subscription, id, "Set Route", 30, None, None, now)
    }

    /// Takes a route out of a table.
    pub fn delete_route(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        table: &str,
        route: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let held = self.route_table_mut(subscription, table)?;
        let at = held.routes.iter().position(|r| same(&r.name, route));
        let at = at.ok_or_else(|| Refusal::resource(format!("route `{route}` of `{table}`")))?;
        held.routes.remove(at);
        self.accept(subscription, id, "Delete Route", 30, None, None, now)
    }

    fn route_table_mut(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<&mut RouteTable, Refusal> {
        self.subscription_mut(subscription)?
            .route_tables
            .get_mut(&key(name))
            .ok_or_else(|| no_table(name))
    }

    /// Gives a subnet a route table, in the place of any other; with none takes it away.
    pub fn set_route_table(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        (network, subnet): (&str, &str),
        table: Option<&str>,
        operation: &'static str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let links = self.subnet_links(subscription, network, subnet)?;
        let table = match table {
            Some(name) => Some(self.route_table(subscription, name)?.name.clone()),
            None if links.is_some_and(|l| l.route_table.is_some()) => None,
            None => return Err(Refusal::resource("no route table")),
        };
        self.subnet_links_mut(subscription, network, subnet)?
            .route_table = table;
        self.accept(subscription, id, operation, 30, None, None, now)
    }

    /// What was set before a subnet, which must be there.
    pub(crate) fn subnet_links(
        &self,
        subscription: &SubscriptionId,
        network: &str,
        subnet: &str,
    ) -> Result<Option<&SubnetLinks>, Refusal> {
        let site = self.virtual_network(subscription, network)?;
        super::machine_network::subnet(site, subnet)?;
        let held = self.subscription(subscription);
        Ok(held.and_then(|s| s.subnet_links.get(&(key(network), key(subnet)))))
    }

    pub(super) fn subnet_links_mut(
        &mut self,
        subscription: &SubscriptionId,
        network: &str,
        subnet: &str,
    ) -> Result<&mut SubnetLinks, Refusal> {
        let links = &mut self.subscription_mut(subscription)?.subnet_links;
        Ok(links.entry((key(network), key(subnet))).or_default())
    }
}

fn no_table(name: &str) -> Refusal {
    Refusal::resource(format!("route table `{name}`"))
}
