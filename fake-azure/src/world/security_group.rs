//! Network security groups: named lists of rules, and what they guard. Nothing is kept out: they
//! are kept and shown.

use jiff::Timestamp;
use serde::Serialize;

use super::names::{check_label, is_plain, key, same};
use super::operation::OperationId;
use super::service::Place;
use super::{Refusal, SubscriptionId, World};

/// A network security group.
#[derive(Clone, Debug, Serialize)]
pub struct SecurityGroup {
    /// Its name, unique in the subscription.
    pub name: String,
    /// What it is called.
    pub label: Option<String>,
    /// The region that it is in.
    pub location: String,
    /// The owner's rules, by name.
    pub rules: Vec<SecurityRule>,
}

/// A rule of a network security group, in the words of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecurityRule {
    /// Its name, unique in the group.
    pub name: String,
    /// `Inbound` or `Outbound`.
    pub direction: &'static str,
    /// Rules of lower numbers come first, each number once a direction.
    pub priority: u32,
    /// `Allow` or `Deny`.
    pub action: &'static str,
    /// Where from: a block in CIDR notation, or a word.
    pub source_prefix: String,
    /// From which ports.
    pub source_ports: String,
    /// Where to.
    pub destination_prefix: String,
    /// To which ports.
    pub destination_ports: String,
    /// `TCP`, `UDP` or `*`.
    pub protocol: &'static str,
}

/// Numbers that the owner's rules may have.
pub(crate) const PRIORITIES: std::ops::RangeInclusive<u32> = 100..=4096;
/// So many rules are in a group at most.
const MOST_RULES: usize = 200;

/// What a network security group guards.
#[derive(Clone, Copy, Debug)]
pub enum Guarded<'a> {
    /// A subnet of a virtual network.
    Subnet {
        /// The network.
        network: &'a str,
        /// The subnet.
        subnet: &'a str,
    },
    /// A machine, or one of its further interfaces.
    Role {
        /// The hosted service.
        service: &'a str,
        /// The deployment.
        deployment: &'a str,
        /// The role.
        role: &'a str,
        /// The interface.
        interface: Option<&'a str>,
    },
}

/// The rules that every group ends with.
pub fn default_rules() -> Vec<SecurityRule> {
    let rule =
        |name: &str, direction, priority, action, source: &str, destination: &str| SecurityRule {
            name: name.to_owned(),
            direction,
            priority,
            action,
            source_prefix: source.to_owned(),
            source_ports: "*".to_owned(),
            destination_prefix: destination.to_owned(),
            destination_ports: "*".to_owned(),
            protocol: "*",
        };
    let (inside, all) = ("VIRTUAL_NETWORK", "*");
    vec![
        rule(
            "ALLOW VNET INBOUND",
            "Inbound",
            65000,
            "Allow",
            inside,
            inside,
        ),
        rule(
            "ALLOW AZURE LOAD BALANCER INBOUND",
            "Inbound",
            65001,
            "Allow",
            "AZURE_LOADBALANCER",
            all,
        ),
        rule("DENY ALL INBOUND", "Inbound", 65500, "Deny", all, all),
        rule(
            "ALLOW VNET OUTBOUND",
            "Outbound",
            65000,
            "Allow",
            inside,
            inside,
        ),
        rule(
            "ALLOW INTERNET OUTBOUND",
            "Outbound",
            65001,
            "Allow",
            all,
            "INTERNET",
        ),
        rule("DENY ALL OUTBOUND", "Outbound", 65500, "Deny", all, all),
    ]
}

impl World {
    /// The subscription's network security groups, by name.
    pub fn security_groups<'a>(
        &'a self,
        subscription: &SubscriptionId,
    ) -> impl Iterator<Item = &'a SecurityGroup> + use<'a> {
        let held = self.subscription(subscription).into_iter();
        held.flat_map(|s| s.security_groups.values())
    }

    /// The network security group of this name.
    pub fn security_group(
        &self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<&SecurityGroup, Refusal> {
        self.subscription(subscription)
            .and_then(|s| s.security_groups.get(&key(name)))
            .ok_or_else(|| Refusal::resource(format!("network security group `{name}`")))
    }

    /// Makes a network security group.
    pub fn create_security_group(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &str,
        label: Option<String>,
        location: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        if !is_plain(name, 80) {
            return Err(
                Refusal::bad_request("The network security group name is invalid.").detail(name),
            );
        }
        if let Some(label) = &label {
            check_label(label)?;
        }
        if self.security_group(subscription, name).is_ok() {
            return Err(Refusal::conflict(
                "A network security group with the specified name already exists.",
            )
            .detail(name));
        }
        let location = self.region_of(subscription, &Place::Location(location.to_owned()))?;
        let group = SecurityGroup {
            name: name.to_owned(),
            label,
            location,
            rules: Vec::new(),
        };
        self.subscription_mut(subscription)?
            .security_groups
            .insert(key(name), group);
        let operation = "Create Network Security Group";
        self.accept(subscription, id, operation, 30, None, None, now)
    }

    /// Deletes a network security group that guards nothing.
    pub fn delete_security_group(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.security_group(subscription, name)?;
        if self.guards(subscription, name) {
            return Err(Refusal::conflict(format!(
                "The network security group {name} is in use by a subnet, a role or a network interface."
            )));
        }
        self.subscription_mut(subscription)?
            .security_groups
            .remove(&key(name));
        let operation = "Delete Network Security Group";
        self.accept(subscription, id, operation, 30, None, None, now)
    }

    fn guards(&self, subscription: &SubscriptionId, name: &str) -> bool {
        let is = |group: &Option<String>| group.as_deref().is_some_and(|g| same(g, name));
        let held = self.subscription(subscription);
        let subnets = held.into_iter().flat_map(|s| s.subnet_links.values());
        let roles = self
            .services(subscription)
            .filter_map(|s| s.deployment.as_ref())
            .flat_map(|d| &d.roles);
        subnets.map(|links| &links.security_group).any(is)
            || roles.into_iter().any(|role| {
                is(&role.security_group) || role.interfaces.iter().any(|i| is(&i.security_group))
            })
    }

    /// Adds a rule to a network security group, or replaces the one of its name.
    pub fn set_security_rule(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        group: &str,
        rule: SecurityRule,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let held = self.security_group(subscription, group)?;
        let others = || held.rules.iter().filter(|r| !same(&r.name, &rule.name));
        if !PRIORITIES.contains(&rule.priority) {
            return Err(Refusal::parameter(format!("Priority: `{}`", rule.priority)));
        }
        if let Some(other) =
            others().find(|r| (r.direction, r.priority) == (rule.direction, rule.priority))
        {
            return Err(Refusal::conflict(format!(
                "The rules {} and {} have the same priority and direction.",
                other.name, rule.name
            )));
        }
        if others().count() >= MOST_RULES {
            return Err(Refusal::conflict(format!(
                "The network security group {group} has {MOST_RULES} rules, and can have no more."
            )));
        }
        let held = self.security_group_mut(subscription, group)?;
        held.rules.retain(|r| !same(&r.name, &rule.name));
        held.rules.push(rule);
        held.rules.sort_by_key(|r| (r.direction, r.priority));
        let operation = "Set Network Security Rule";
        self.accept(subscription, id, operation, 30, None, None, now)
    }

    /// Takes a rule out of a network security group.
    pub fn delete_security_rule(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        group: &str,
        rule: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let held = self.security_group_mut(subscription, group)?;
        let at = held.rules.iter().position(|r| same(&r.name, rule));
        let at = at.ok_or_else(|| Refusal::resource(format!("rule `{rule}` of `{group}`")))?;
        held.rules.remove(at);
        let operation = "Delete Network Security Rule";
        self.accept(subscription, id, operation, 30, None, None, now)
    }

    fn security_group_mut(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<&mut SecurityGroup, Refusal> {
        self.subscription_mut(subscription)?
            .security_groups
            .get_mut(&key(name))
            .ok_or_else(|| Refusal::resource(format!("network security group `{name}`")))
    }

    /// The name of the network security group that guards this.
    pub fn guard_of(
        &self,
        subscription: &SubscriptionId,
        guarded: Guarded<'_>,
    ) -> Result<&str, Refusal> {
        let found = match guarded {
            Guarded::Subnet { network, subnet } => self
                .subnet_links(subscription, network, subnet)?
                .and_then(|links| links.security_group.as_deref()),
            Guarded::Role {
                service,
                deployment,
                role,
                interface,
            } => {
                let role = self
                    .deployment(subscription, service, deployment)?
                    .role(role)?;
                match interface {
                    None => role.security_group.as_deref(),
                    Some(name) => role.interface(name)?.security_group.as_deref(),
                }
            }
        };
        found.ok_or_else(|| Refusal::resource("no network security group"))
    }

    /// Sets a network security group before something, or takes it away.
    pub fn set_guard(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        guarded: Guarded<'_>,
        change: GuardChange<'_>,
        operation: &'static str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        let there = self.guard_of(subscription, guarded).map(str::to_owned);
        let group = match change {
            GuardChange::Add(name) => {
                // What is not there at all is told before the group.
                if let Err(refusal) = &there
                    && refusal.detail.as_deref() != Some("no network security group")
                {
                    return Err(refusal.clone());
                }
                if let Ok(other) = &there {
                    return Err(Refusal::conflict(format!(
                        "The network security group {other} guards it already."
                    )));
                }
                Some(self.security_group(subscription, name)?.name.clone())
            }
            GuardChange::Remove(name) => {
                let there = there?;
                if !same(&there, name) {
                    return Err(Refusal::resource(format!(
                        "network security group `{name}`"
                    )));
                }
                None
            }
        };
        let lock = match guarded {
            Guarded::Subnet { network, subnet } => {
                self.subnet_links_mut(subscription, network, subnet)?
                    .security_group = group;
                None
            }
            Guarded::Role {
                service,
                role,
                interface,
                ..
            } => {
                self.unlocked(subscription, service)?;
                let deployment = self.deployment_mut(subscription, service)?;
                deployment.modified = now;
                let role = deployment.role_mut(role)?;
                match interface {
                    None => role.security_group = group,
                    Some(name) => role.interface_mut(name)?.security_group = group,
                }
                Some(key(service))
            }
        };
        self.accept(subscription, id, operation, 30, lock, None, now)
    }
}

/// What is to become of a guard.
#[derive(Clone, Copy, Debug)]
pub enum GuardChange<'a> {
    /// This group is set before it.
    Add(&'a str),
    /// This group is taken away.
    Remove(&'a str),
}
