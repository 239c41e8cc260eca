//! How security groups and their rules are told, those that every group has among them.

use serde_json::{Value, json};

use super::document;
use super::kind::Kind;
use super::path::{Key, Path};
use super::refusal::Refusal;
use super::resource::{Core, Resource};
use super::security_group::{Rule, SecurityGroup, group_of};
use super::view::View;

/// Name, description, priority, direction, access, source, destination.
type DefaultRule = (
    &'static str,
    &'static str,
    u16,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const DEFAULT_RULES: &[DefaultRule] = &[
    (
        "AllowVnetInBound",
        "Allow inbound traffic from all VMs in VNET",
        65000,
        "Inbound",
        "Allow",
        "VirtualNetwork",
        "VirtualNetwork",
    ),
    (
        "AllowAzureLoadBalancerInBound",
        "Allow inbound traffic from azure load balancer",
        65001,
        "Inbound",
        "Allow",
        "AzureLoadBalancer",
        "*",
    ),
    (
        "DenyAllInBound",
        "Deny all inbound traffic",
        65500,
        "Inbound",
        "Deny",
        "*",
        "*",
    ),
    (
        "AllowVnetOutBound",
        "Allow outbound traffic from all VMs to all VMs in VNET",
        65000,
        "Outbound",
        "Allow",
        "VirtualNetwork",
        "VirtualNetwork",
    ),
    (
        "AllowInternetOutBound",
        "Allow outbound traffic from all VMs to Internet",
        65001,
        "Outbound",
        "Allow",
        "*",
        "Internet",
    ),
    (
        "DenyAllOutBound",
        "Deny all outbound traffic",
        65500,
        "Outbound",
        "Deny",
        "*",
        "*",
    ),
];

const PLURALS: [&str; 4] = [
    "sourcePortRanges",
    "destinationPortRanges",
    "sourceAddressPrefixes",
    "destinationAddressPrefixes",
];

impl View<'_> {
    /// The identifiers of what is behind a security group: interfaces, then subnets.
    pub(super) fn guarded_by(self, key: &Key) -> Vec<String> {
        let mut interfaces = Vec::new();
        let mut subnets = Vec::new();
        for user in self.held.shelf.users(key) {
            let Some(resource) = self.held.shelf.get(user) else {
                continue;
            };
            let path = self.path(user, resource);
            match &resource.core {
                Core::Interface(_) => interfaces.push(path.id(self.id)),
                Core::VirtualNetwork(network) => {
                    let guarded = network
                        .subnets
                        .iter()
                        .filter(|subnet| subnet.guard.as_ref() == Some(key));
                    subnets.extend(
                        guarded.map(|subnet| path.child(Kind::Subnet, &subnet.name).id(self.id)),
                    );
                }
                _ => {}
            }
        }
        interfaces.extend(subnets);
        interfaces
    }

    pub(super) fn tell_security_group(
        self,
        path: &Path,
        resource: &Resource,
        group: &SecurityGroup,
        told: &mut Value,
    ) {
        document::set(told, "etag", resource.weak_etag());
        let rules: Vec<Value> = group
            .rules
            .iter()
            .map(|rule| self.told_rule(path, resource, rule))
            .collect();
        let id = path.id(self.id);
        let defaults: Vec<Value> = DEFAULT_RULES
            .iter()
            .map(|rule| default_rule(&id, resource, rule))
            .collect();
        let by = self.guarded_by(&path.key());
        let (subnets, interfaces): (Vec<_>, Vec<_>) =
            by.into_iter().partition(|id| id.contains("/subnets/"));
        let ids = |ids: Vec<String>| -> Vec<Value> {
            ids.into_iter().map(|id| json!({"id": id})).collect()
        };
        let properties = document::object(told, "properties");
        document::set(properties, "resourceGuid", resource.guid.clone());
        document::set(properties, "securityRules", rules);
        document::set(properties, "defaultSecurityRules", defaults);
        if !interfaces.is_empty() {
            document::set(properties, "networkInterfaces", ids(interfaces));
        }
        if !subnets.is_empty() {
            document::set(properties, "subnets", ids(subnets));
        }
    }

    fn told_rule(self, group: &Path, resource: &Resource, rule: &Rule) -> Value {
        let path = group.child(Kind::SecurityRule, &rule.name);
        let mut told = rule.document.read();
        document::set(&mut told, "name", rule.name.clone());
        document::set(&mut told, "id", path.id(self.id));
        document::set(&mut told, "etag", resource.weak_etag());
        document::set(&mut told, "type", path.kind.full());
        let state = self.provisioning_state(resource);
        let properties = document::object(&mut told, "properties");
        document::set(properties, "provisioningState", state);
        for plural in PLURALS {
            document::set_default(properties, plural, json!([]));
        }
        told
    }

    /// A rule as the service tells it, one of the service's own, too.
    pub(crate) fn told_rule_at(self, path: &Path) -> Result<Value, Refusal> {
        let (key, resource, group) = group_of(self, path)?;
        let rule = group
            .rule(path.last())
            .ok_or_else(|| Refusal::NoChild(path.id(self.id)))?;
        Ok(self.told_rule(&self.path(&key, resource), resource, rule))
    }

    /// All rules of a group, but for the service's own.
    pub(crate) fn told_rules(self, path: &Path) -> Result<Vec<Value>, Refusal> {
        let (key, resource, group) = group_of(self, path)?;
        let path = self.path(&key, resource);
        Ok(group
            .rules
            .iter()
            .map(|rule| self.told_rule(&path, resource, rule))
            .collect())
    }

    /// The rules that the service gives every group.
    pub(crate) fn told_default_rules(self, path: &Path) -> Result<Vec<Value>, Refusal> {
        let (key, resource, _) = group_of(self, path)?;
        let id = self.path(&key, resource).id(self.id);
        Ok(DEFAULT_RULES
            .iter()
            .map(|rule| default_rule(&id, resource, rule))
            .collect())
    }
}

fn default_rule(group: &str, resource: &Resource, rule: &DefaultRule) -> Value {
    let (name, description, priority, direction, access, source, destination) = rule;
    json!({
        "name": name,
        "id": format!("{group}/defaultSecurityRules/{name}"),
        "etag": resource.weak_etag(),
        "type": "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
        "properties": {
            "provisioningState": "Succeeded",
            "description": description,
            "protocol": "*",
            "sourcePortRange": "*",
            "destinationPortRange": "*",
            "sourceAddressPrefix": source,
            "destinationAddressPrefix": destination,
            "access": access,
            "priority": priority,
            "direction": direction,
            "sourcePortRanges": [],
            "destinationPortRanges": [],
            "sourceAddressPrefixes": [],
            "destinationAddressPrefixes": [],
        },
    })
}
