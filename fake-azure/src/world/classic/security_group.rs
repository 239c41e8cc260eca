//! Network security groups: named lists of rules, and what they guard. Nothing is kept out: they
//! are kept and shown.

use crate::world::word::words;
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::deployment::RolePath;
use super::label::check_new;
use super::refusal::Thing;
use super::service::Place;
use super::view::View;
use crate::world::names::Name;

/// A network security group.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SecurityGroup {
    /// Its name, unique in the subscription.
    pub name: Name,
    /// What it is called.
    pub label: Option<String>,
    /// The region that it is in.
    pub location: Name,
    /// The owner's rules, by name.
    pub rules: Vec<SecurityRule>,
}

/// A rule of a network security group, in the words of the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecurityRule {
    /// Its name, unique in the group.
    pub name: Name,
    /// `Inbound` or `Outbound`.
    pub direction: Direction,
    /// Rules of lower numbers come first, each number once a direction.
    pub priority: u32,
    /// `Allow` or `Deny`.
    pub action: Access,
    /// Where from: a block in CIDR notation, or a word.
    pub source_prefix: String,
    /// From which ports.
    pub source_ports: String,
    /// Where to.
    pub destination_prefix: String,
    /// To which ports.
    pub destination_ports: String,
    /// `TCP`, `UDP` or `*`.
    pub protocol: RuleProtocol,
}

/// Numbers that the owner's rules may have.
pub(crate) const PRIORITIES: std::ops::RangeInclusive<u32> = 100..=4096;
/// So many rules are in a group at most.
const MOST_RULES: usize = 200;

words! {
    /// Which way what a rule is about goes.
    pub enum Direction {
        /// Into what is guarded.
        Inbound = "Inbound",
        /// Out of it.
        Outbound = "Outbound",
    }
}

words! {
    /// Whether a rule lets through.
    pub enum Access {
        /// It does.
        Allow = "Allow",
        /// It does not.
        Deny = "Deny",
    }
}

words! {
    /// Which protocols a rule is about.
    pub enum RuleProtocol {
        /// TCP.
        Tcp = "TCP",
        /// UDP.
        Udp = "UDP",
        /// All.
        Any = "*",
    }
}

/// What a network security group guards.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Guarded {
    /// A subnet of a virtual network.
    Subnet {
        /// The network.
        network: Name,
        /// The subnet.
        subnet: Name,
    },
    /// A machine.
    Role(RolePath),
    /// One of a machine's further interfaces.
    Interface {
        /// The machine.
        of: RolePath,
        /// The interface.
        interface: Name,
    },
}

/// The rules that every group ends with.
pub fn default_rules() -> Vec<SecurityRule> {
    let rule =
        |name: &str, direction, priority, action, source: &str, destination: &str| SecurityRule {
            name: name.into(),
            direction,
            priority,
            action,
            source_prefix: source.to_owned(),
            source_ports: "*".to_owned(),
            destination_prefix: destination.to_owned(),
            destination_ports: "*".to_owned(),
            protocol: RuleProtocol::Any,
        };
    let (inside, all) = ("VIRTUAL_NETWORK", "*");
    vec![
        rule(
            "ALLOW VNET INBOUND",
            Direction::Inbound,
            65000,
            Access::Allow,
            inside,
            inside,
        ),
        rule(
            "ALLOW AZURE LOAD BALANCER INBOUND",
            Direction::Inbound,
            65001,
            Access::Allow,
            "AZURE_LOADBALANCER",
            all,
        ),
        rule(
            "DENY ALL INBOUND",
            Direction::Inbound,
            65500,
            Access::Deny,
            all,
            all,
        ),
        rule(
            "ALLOW VNET OUTBOUND",
            Direction::Outbound,
            65000,
            Access::Allow,
            inside,
            inside,
        ),
        rule(
            "ALLOW INTERNET OUTBOUND",
            Direction::Outbound,
            65001,
            Access::Allow,
            all,
            "INTERNET",
        ),
        rule(
            "DENY ALL OUTBOUND",
            Direction::Outbound,
            65500,
            Access::Deny,
            all,
            all,
        ),
    ]
}

/// What can be asked about network security groups.
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
    /// Delete one that guards nothing.
    Delete {
        /// Its name.
        name: Name,
    },
    /// Add a rule to one, or replace the one of its name.
    SetRule {
        /// The group.
        group: Name,
        /// The rule.
        rule: SecurityRule,
    },
    /// Take a rule out of one.
    DeleteRule {
        /// The group.
        group: Name,
        /// The rule's name.
        rule: Name,
    },
    /// Set one before something.
    Guard {
        /// What it is to guard.
        guarded: Guarded,
        /// The group.
        group: Name,
    },
    /// Take one away from something.
    Unguard {
        /// What it guards.
        guarded: Guarded,
        /// The group.
        group: Name,
    },
}

impl<'w> View<'w> {
    /// The subscription's network security groups, by name.
    pub fn security_groups(self) -> impl Iterator<Item = &'w SecurityGroup> {
        let held = self.held.into_iter();
        held.flat_map(|s| s.security_groups.values())
    }

    /// The network security group of this name.
    pub fn security_group(self, name: &str) -> Result<&'w SecurityGroup, Refusal> {
        self.held
            .and_then(|s| s.security_groups.get(name))
            .ok_or_else(|| no_group(name))
    }

    fn guards(self, name: &str) -> bool {
        let is = |group: &Option<Name>| group.as_ref().is_some_and(|g| *g == *name);
        let held = self.held;
        let subnets = held
            .into_iter()
            .flat_map(|s| s.subnet_links.values().flat_map(|n| n.values()));
        let roles = self
            .services()
            .filter_map(|s| s.deployment.as_ref())
            .flat_map(|d| &d.roles);
        subnets.map(|links| &links.security_group).any(is)
            || roles.into_iter().any(|role| {
                is(&role.security_group) || role.interfaces.iter().any(|i| is(&i.security_group))
            })
    }

    /// The name of the network security group that guards this, if one does.
    fn guard(self, guarded: &Guarded) -> Result<Option<&'w Name>, Refusal> {
        Ok(match guarded {
            Guarded::Subnet { network, subnet } => self
                .subnet_links(network, subnet)?
                .and_then(|links| links.security_group.as_ref()),
            Guarded::Role(at) => self.role(at)?.security_group.as_ref(),
            Guarded::Interface { of, interface } => {
                let interface = self.role(of)?.interface(interface)?;
                interface.security_group.as_ref()
            }
        })
    }

    /// The name of the network security group that guards this.
    pub fn guard_of(self, guarded: &Guarded) -> Result<&'w Name, Refusal> {
        self.guard(guarded)?
            .ok_or(Refusal::Unset(Thing::SecurityGroup))
    }
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
                scope.security_group(&name)?;
                if scope.guards(&name) {
                    return Err(Refusal::InUse {
                        what: Thing::SecurityGroup,
                        name,
                        by: "a subnet, a role or a network interface".to_owned(),
                    });
                }
                Ok(Decided::accepted("Delete Network Security Group", 30)
                    .change(Change::NoSecurityGroup(name)))
            }
            Self::SetRule { group, rule } => set_rule(scope, &group, rule),
            Self::DeleteRule { group, rule } => {
                let mut held = scope.security_group(&group)?.clone();
                let at = held.rules.iter().position(|r| r.name == rule);
                let at = at.ok_or_else(|| Refusal::NoMember {
                    what: "rule".into(),
                    of: group,
                    name: rule,
                })?;
                held.rules.remove(at);
                Ok(Decided::accepted("Delete Network Security Rule", 30)
                    .change(Change::SecurityGroup(held)))
            }
            Self::Guard { guarded, group } => {
                if let Some(other) = scope.guard(&guarded)? {
                    return Err(Refusal::Guarded(other.into()));
                }
                let group = scope.security_group(&group)?.name.clone();
                let operation = match guarded {
                    Guarded::Subnet { .. } => "Add Network Security Group To Subnet",
                    Guarded::Role(_) => "Add Network Security Group To Role",
                    Guarded::Interface { .. } => "Add Network Security Group To Network Interface",
                };
                set_guard(scope, operation, guarded, Some(group))
            }
            Self::Unguard { guarded, group } => {
                if group != *scope.guard_of(&guarded)? {
                    return Err(no_group(&group));
                }
                let operation = match guarded {
                    Guarded::Subnet { .. } => "Remove Network Security Group From Subnet",
                    Guarded::Role(_) => "Remove Network Security Group From Role",
                    Guarded::Interface { .. } => {
                        "Remove Network Security Group From Network Interface"
                    }
                };
                set_guard(scope, operation, guarded, None)
            }
        }
    }
}

fn no_group(name: &str) -> Refusal {
    Refusal::missing(Thing::SecurityGroup, name)
}

fn create(
    scope: &Scope<'_>,
    name: Name,
    label: Option<String>,
    location: Name,
) -> Result<Decided, Refusal> {
    let is_taken = scope.security_group(&name).is_ok();
    check_new(Thing::SecurityGroup, &name, label.as_deref(), is_taken)?;
    let group = SecurityGroup {
        location: scope.region_of(&Place::Location(location))?,
        name,
        label,
        rules: Vec::new(),
    };
    Ok(Decided::accepted("Create Network Security Group", 30).change(Change::SecurityGroup(group)))
}

fn set_rule(scope: &Scope<'_>, group: &str, rule: SecurityRule) -> Result<Decided, Refusal> {
    let held = scope.security_group(group)?;
    let others = || held.rules.iter().filter(|r| r.name != rule.name);
    if !PRIORITIES.contains(&rule.priority) {
        return Err(Refusal::parameter(format!("Priority: `{}`", rule.priority)));
    }
    if let Some(other) =
        others().find(|r| (r.direction, r.priority) == (rule.direction, rule.priority))
    {
        return Err(Refusal::SamePriority {
            other: other.name.clone(),
            name: rule.name,
        });
    }
    if others().count() >= MOST_RULES {
        return Err(Refusal::ListFull {
            what: Thing::SecurityGroup,
            name: group.into(),
            most: MOST_RULES,
        });
    }
    let mut held = held.clone();
    held.rules.retain(|r| r.name != rule.name);
    held.rules.push(rule);
    held.rules.sort_by_key(|r| (r.direction, r.priority));
    Ok(Decided::accepted("Set Network Security Rule", 30).change(Change::SecurityGroup(held)))
}

fn set_guard(
    scope: &Scope<'_>,
    operation: &'static str,
    guarded: Guarded,
    group: Option<Name>,
) -> Result<Decided, Refusal> {
    let decided = Decided::accepted(operation, 30);
    let (of, interface) = match guarded {
        Guarded::Subnet { network, subnet } => {
            let mut links = scope.subnet_links(&network, &subnet)?.cloned();
            links.get_or_insert_default().security_group = group;
            return Ok(decided.change(Change::SubnetLinks {
                network,
                subnet,
                links: links.unwrap_or_default(),
            }));
        }
        Guarded::Role(of) => (of, None),
        Guarded::Interface { of, interface } => (of, Some(interface)),
    };
    scope.unlocked(&of.service)?;
    let mut deployment = Box::new(scope.deployment(&of.service, &of.deployment)?.clone());
    deployment.modified = scope.now;
    let role = deployment.role_mut(&of.role)?;
    match interface {
        None => role.security_group = group,
        Some(name) => role.interface_mut(&name)?.security_group = group,
    }
    Ok(decided.locks(&of.service).change(Change::Deployment {
        service: of.service,
        deployment,
    }))
}
