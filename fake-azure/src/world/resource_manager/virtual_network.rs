//! Virtual networks and their subnets.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::change::Change;
use super::decision::{Decided, Draft, Scope};
use super::document::{self, Document, Known, REFERENCE};
use super::effect::Effect;
use super::kind::Kind;
use super::path::{Key, Path};
use super::refusal::{InUse, NetworkRefusal, Refusal};
use super::resource::{Core, Doing, Pending, Resource, known_child, known_top};
use super::view::View;
use crate::world::address::Prefix;
use crate::world::names::Name;

/// What rules go by of a virtual network.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct VirtualNetwork {
    /// The blocks of IPv4 addresses that it has.
    pub(crate) prefixes: Vec<Prefix>,
    pub(crate) subnets: Vec<Subnet>,
}

/// A part of a virtual network.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Subnet {
    pub(crate) name: String,
    /// The block of IPv4 addresses that it has.
    pub(crate) prefix: Option<Prefix>,
    /// The security group before it.
    pub(crate) guard: Option<Key>,
    pub(crate) document: Document,
}

const SUBNET_PROPERTIES: Known = Known::Object(&[
    ("addressPrefix", Known::Any),
    ("addressPrefixes", Known::Any),
    ("networkSecurityGroup", REFERENCE),
    ("routeTable", REFERENCE),
    ("natGateway", REFERENCE),
    ("serviceEndpoints", Known::Any),
    ("serviceEndpointPolicies", Known::Any),
    ("delegations", Known::Any),
    ("privateEndpointNetworkPolicies", Known::Any),
    ("privateLinkServiceNetworkPolicies", Known::Any),
    ("applicationGatewayIPConfigurations", Known::Any),
    ("ipAllocations", Known::Any),
    ("sharingScope", Known::Any),
    ("defaultOutboundAccess", Known::Any),
    ("ipamPoolPrefixAllocations", Known::Any),
    ("ipConfigurations", Known::Told),
    ("ipConfigurationProfiles", Known::Told),
    ("privateEndpoints", Known::Told),
    ("resourceNavigationLinks", Known::Told),
    ("serviceAssociationLinks", Known::Told),
    ("purpose", Known::Told),
    ("provisioningState", Known::Told),
]);

pub(crate) const KNOWN_SUBNET: Known = known_child!(SUBNET_PROPERTIES);

pub(crate) const KNOWN: Known = known_top! {
    "properties": Known::Object(&[
        ("addressSpace", Known::Object(&[
            ("addressPrefixes", Known::Any),
            ("ipamPoolPrefixAllocations", Known::Any),
        ])),
        ("dhcpOptions", Known::Object(&[("dnsServers", Known::Any)])),
        ("subnets", Known::List(&KNOWN_SUBNET)),
        ("virtualNetworkPeerings", Known::Any),
        ("enableDdosProtection", Known::Flag),
        ("enableVmProtection", Known::Flag),
        ("ddosProtectionPlan", REFERENCE),
        ("bgpCommunities", Known::Any),
        ("encryption", Known::Any),
        ("flowTimeoutInMinutes", Known::Any),
        ("ipAllocations", Known::Any),
        ("privateEndpointVNetPolicies", Known::Any),
        ("flowLogs", Known::Told),
        ("defaultPublicNatGateway", Known::Told),
        ("resourceGuid", Known::Told),
        ("provisioningState", Known::Told),
    ]),
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    properties: WrittenProperties,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WrittenProperties {
    address_space: AddressSpace,
    dhcp_options: DhcpOptions,
    subnets: Vec<WrittenSubnet>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct AddressSpace {
    address_prefixes: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct DhcpOptions {
    dns_servers: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WrittenSubnet {
    name: Option<String>,
    properties: WrittenSubnetProperties,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WrittenSubnetProperties {
    address_prefix: Option<String>,
    address_prefixes: Vec<String>,
    network_security_group: Option<Referred>,
}

/// A reference as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Referred {
    pub(super) id: Option<String>,
}

/// The block that a text tells: none for one of IPv6.
fn prefix(text: &str, of: &str) -> Result<Option<Prefix>, Refusal> {
    if let Ok(prefix) = text.parse() {
        return Ok(Some(prefix));
    }
    let is_v6 = text.split_once('/').is_some_and(|(address, bits)| {
        address.parse::<Ipv6Addr>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= 128)
    });
    if is_v6 {
        return Ok(None);
    }
    Err(NetworkRefusal::Prefix {
        value: text.to_owned(),
        of: of.to_owned(),
    }
    .into())
}

impl VirtualNetwork {
    pub(super) fn refers_to(&self) -> Vec<Key> {
        self.subnets
            .iter()
            .filter_map(|subnet| subnet.guard.clone())
            .collect()
    }

    pub(crate) fn subnet(&self, name: &str) -> Option<&Subnet> {
        self.subnets
            .iter()
            .find(|subnet| subnet.name.eq_ignore_ascii_case(name))
    }

    /// Whether a subnet lies where it may among the others.
    fn check(&self, subnet: &Subnet, network: &str) -> Result<(), Refusal> {
        let Some(prefix) = subnet.prefix else {
            return Ok(());
        };
        if !self.prefixes.iter().any(|whole| whole.holds(prefix)) {
            return Err(NetworkRefusal::SubnetOutside {
                subnet: subnet.name.clone(),
                network: network.to_owned(),
            }
            .into());
        }
        let overlapping = self.subnets.iter().find(|other| {
            other.name != subnet.name && other.prefix.is_some_and(|other| other.overlaps(prefix))
        });
        match overlapping {
            None => Ok(()),
            Some(other) => Err(NetworkRefusal::SubnetsOverlap {
                subnet: subnet.name.clone(),
                other: other.name.clone(),
            }
            .into()),
        }
    }
}

fn read_subnet(scope: &Scope<'_>, path: &Path, value: &Value) -> Result<Subnet, Refusal> {
    let written: WrittenSubnet = document::typed(value)?;
    let name = path.last().to_owned();
    let id = path.id(scope.view.id);
    let told = written.properties;
    let mut texts = told.address_prefixes;
    texts.extend(told.address_prefix);
    let mut found = None;
    for text in &texts {
        if let Some(prefix) = prefix(text, &id)? {
            found = Some(prefix);
        }
    }
    if texts.is_empty() {
        return Err(NetworkRefusal::Prefix {
            value: String::new(),
            of: id,
        }
        .into());
    }
    let guard = scope.reference(
        told.network_security_group.as_ref(),
        Kind::SecurityGroup,
        &id,
        "properties.networkSecurityGroup.id",
    )?;
    let mut document = value.clone();
    if let Value::Object(members) = &mut document {
        members.remove("name");
    }
    Ok(Subnet {
        name,
        prefix: found,
        guard,
        document: Document::of(&KNOWN_SUBNET, &document),
    })
}

pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    let draft = scope.draft(path, body)?;
    let written: Written = document::typed(body)?;
    let id = path.id(scope.view.id);
    let mut network = VirtualNetwork::default();
    for text in &written.properties.address_space.address_prefixes {
        network.prefixes.extend(prefix(text, &id)?);
    }
    if let Some(server) = written
        .properties
        .dhcp_options
        .dns_servers
        .iter()
        .find(|server| server.parse::<IpAddr>().is_err())
    {
        return Err(NetworkRefusal::DnsServer(server.clone()).into());
    }
    let values = body["properties"]["subnets"].as_array();
    for (subnet, value) in written
        .properties
        .subnets
        .iter()
        .zip(values.into_iter().flatten())
    {
        let name = subnet.name.clone().unwrap_or_default();
        if !super::names::is_resource_name(&name) {
            return Err(Refusal::InvalidName(path.child(Kind::Subnet, &name)));
        }
        if network.subnet(&name).is_some() {
            return Err(NetworkRefusal::SubnetTwice(name).into());
        }
        let read = read_subnet(scope, &path.child(Kind::Subnet, &name), value)?;
        network.subnets.push(read);
    }
    for subnet in &network.subnets {
        network.check(subnet, &path.name)?;
    }
    // A subnet that is in use cannot vanish.
    if let Some(Core::VirtualNetwork(old)) = draft.old.map(|old| &old.core) {
        let gone = old
            .subnets
            .iter()
            .find(|old| network.subnet(&old.name).is_none() && scope.is_used(&draft.key, old));
        if let Some(gone) = gone {
            return Err(subnet_in_use(scope.view, &draft.key, gone));
        }
    }
    let mut document = body.clone();
    if let Some(Value::Object(properties)) = document.get_mut("properties") {
        properties.remove("subnets");
    }
    Ok(draft.decided(scope, &KNOWN, &document, Core::VirtualNetwork(network), 4))
}

pub(super) fn put_subnet(
    scope: &mut Scope<'_>,
    path: &Path,
    body: &Value,
) -> Result<Decided, Refusal> {
    let (key, old, network) = network_of(scope.view, path)?;
    let subnet = read_subnet(scope, path, body)?;
    let mut network = network.clone();
    let name = &subnet.name;
    let place = network
        .subnets
        .iter()
        .position(|other| other.name.eq_ignore_ascii_case(name));
    match place {
        Some(place) => {
            let name = network.subnets[place].name.clone();
            network.subnets[place] = Subnet { name, ..subnet };
        }
        None => network.subnets.push(subnet),
    }
    let place = place.unwrap_or(network.subnets.len() - 1);
    network.check(&network.subnets[place], &old.name)?;
    Ok(rewritten(
        scope,
        key,
        old,
        network,
        "Create or Update Subnet",
    ))
}

pub(super) fn delete_subnet(scope: &Scope<'_>, path: &Path) -> Result<Decided, Refusal> {
    let Ok((key, _, network)) = network_of(scope.view, path) else {
        return Ok(Decided::nothing());
    };
    let Some(subnet) = network.subnet(path.last()) else {
        return Ok(Decided::nothing());
    };
    if scope.is_used(&key, subnet) {
        return Err(subnet_in_use(scope.view, &key, subnet));
    }
    Ok(Decided::accepted("Delete Subnet", 10)
        .change(Change::Pending(
            key.clone(),
            Pending {
                operation: scope.id.clone(),
                doing: Doing::Updating,
            },
        ))
        .at_end(Effect::DeleteSubnet {
            network: key,
            subnet: Name::from(path.last()),
        }))
}

/// A network with other subnets.
fn rewritten(
    scope: &Scope<'_>,
    key: Key,
    old: &Resource,
    network: VirtualNetwork,
    operation: &'static str,
) -> Decided {
    let resource = Resource {
        version: old.version + 1,
        changed: scope.now,
        pending: Some(Pending {
            operation: scope.id.clone(),
            doing: Doing::Updating,
        }),
        core: Core::VirtualNetwork(network),
        ..old.clone()
    };
    Decided::accepted(operation, 4).change(Change::Resource(key, Box::new(resource)))
}

fn network_of<'w>(
    view: View<'w>,
    path: &Path,
) -> Result<(Key, &'w Resource, &'w VirtualNetwork), Refusal> {
    let key = path.key();
    let missing = || Refusal::NoParent {
        path: path.clone(),
        parent: path.parent().map(|p| p.id(view.id)).unwrap_or_default(),
    };
    let resource = view.held.shelf.get(&key).ok_or_else(missing)?;
    match &resource.core {
        Core::VirtualNetwork(network) => Ok((key, resource, network)),
        _ => Err(missing()),
    }
}

fn subnet_in_use(view: View<'_>, network: &Key, subnet: &Subnet) -> Refusal {
    let by = view.configurations_in(network, subnet);
    InUse::Subnet {
        name: subnet.name.clone(),
        by: by.into_iter().next().unwrap_or_default(),
    }
    .into()
}

/// The service keeps the first four addresses of a subnet, and the last.
const FIRST: u32 = 4;

impl View<'_> {
    fn is_used(self, network: &Key, subnet: &Subnet) -> bool {
        self.is_subnet_used(network, &Name::from(&subnet.name))
    }

    /// Whether an interface is in a subnet.
    pub(super) fn is_subnet_used(self, network: &Key, subnet: &Name) -> bool {
        let mut users = self.users_of(network, Kind::Interface);
        users.any(|user| {
            self.interface_at(user).is_ok_and(|(interface, _)| {
                let mut all = interface.configurations.iter();
                all.any(|one| one.network == *network && one.subnet == *subnet)
            })
        })
    }

    /// A private address of a subnet that nobody has, beside those that are taken just now.
    pub(super) fn free_address(
        self,
        network: &Key,
        subnet: &Subnet,
        besides: &[Ipv4Addr],
    ) -> Option<Ipv4Addr> {
        let prefix = subnet.prefix?;
        let name = Name::from(&subnet.name);
        let mut wanted = FIRST;
        let mut taken = self.held.shelf.taken_in(network, &name).peekable();
        loop {
            let address = prefix.nth(wanted)?;
            if prefix.keeps(address) {
                return None;
            }
            while taken.peek().is_some_and(|other| *other < address) {
                taken.next();
            }
            if taken.peek() != Some(&address) && !besides.contains(&address) {
                return Some(address);
            }
            wanted += 1;
        }
    }

    /// The identifiers of the configurations of interfaces in a subnet.
    fn configurations_in(self, network: &Key, subnet: &Subnet) -> Vec<String> {
        let mut found = Vec::new();
        for user in self.held.shelf.users(network) {
            let Some(resource) = self.held.shelf.get(user) else {
                continue;
            };
            let Core::Interface(interface) = &resource.core else {
                continue;
            };
            let id = self.path(user, resource).id(self.id);
            for configuration in &interface.configurations {
                if configuration.network == *network
                    && configuration.subnet == Name::from(&subnet.name)
                {
                    found.push(format!("{id}/ipConfigurations/{}", configuration.name));
                }
            }
        }
        found
    }

    pub(super) fn tell_network(
        self,
        path: &Path,
        resource: &Resource,
        network: &VirtualNetwork,
        told: &mut Value,
    ) {
        document::set(told, "etag", resource.weak_etag());
        let key = path.key();
        let subnets: Vec<Value> = network
            .subnets
            .iter()
            .map(|subnet| self.told_subnet(&key, path, resource, subnet))
            .collect();
        let properties = document::object(told, "properties");
        document::set(properties, "resourceGuid", resource.guid.clone());
        document::set(properties, "subnets", subnets);
        document::set_default(properties, "virtualNetworkPeerings", json!([]));
        document::set_default(properties, "enableDdosProtection", false);
    }

    fn told_subnet(self, key: &Key, network: &Path, resource: &Resource, subnet: &Subnet) -> Value {
        let path = network.child(Kind::Subnet, &subnet.name);
        let mut told = subnet.document.read();
        document::set(&mut told, "name", subnet.name.clone());
        document::set(&mut told, "id", path.id(self.id));
        document::set(&mut told, "etag", resource.weak_etag());
        document::set(&mut told, "type", path.kind.full());
        let properties = document::object(&mut told, "properties");
        document::set(
            properties,
            "provisioningState",
            self.provisioning_state(resource),
        );
        if let Some(guard) = &subnet.guard {
            document::set(
                properties,
                "networkSecurityGroup",
                json!({"id": self.id_of(guard)}),
            );
        }
        let by: Vec<Value> = self
            .configurations_in(key, subnet)
            .into_iter()
            .map(|id| json!({"id": id}))
            .collect();
        if !by.is_empty() {
            document::set(properties, "ipConfigurations", by);
        }
        document::set_default(properties, "delegations", json!([]));
        document::set_default(properties, "privateEndpointNetworkPolicies", "Disabled");
        document::set_default(properties, "privateLinkServiceNetworkPolicies", "Enabled");
        told
    }

    /// A subnet as the service tells it.
    pub(crate) fn told_subnet_at(self, path: &Path) -> Result<Value, Refusal> {
        let (key, resource, network) = network_of(self, path)?;
        let subnet = network
            .subnet(path.last())
            .ok_or_else(|| Refusal::NoChild(path.id(self.id)))?;
        Ok(self.told_subnet(&key, &self.path(&key, resource), resource, subnet))
    }

    /// All subnets of a network.
    pub(crate) fn told_subnets(self, path: &Path) -> Result<Vec<Value>, Refusal> {
        let (key, resource, network) = network_of(self, path)?;
        let path = self.path(&key, resource);
        Ok(network
            .subnets
            .iter()
            .map(|subnet| self.told_subnet(&key, &path, resource, subnet))
            .collect())
    }
}

pub(super) fn delete(scope: &Scope<'_>, draft: &Draft<'_>) -> Result<(), Refusal> {
    let Some(Core::VirtualNetwork(network)) = draft.old.map(|old| &old.core) else {
        return Ok(());
    };
    match network
        .subnets
        .iter()
        .find(|subnet| scope.is_used(&draft.key, subnet))
    {
        None => Ok(()),
        Some(used) => Err(subnet_in_use(scope.view, &draft.key, used)),
    }
}
