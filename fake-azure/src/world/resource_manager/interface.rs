//! Network interfaces: what joins a machine to a subnet, a security group and public addresses.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::change::Change;
use super::decision::{Decided, Draft, Scope};
use super::document::{self, Known, REFERENCE};
use super::kind::Kind;
use super::path::{Key, Path};
use super::public_address::Method;
use super::refusal::{InUse, NetworkRefusal, Refusal};
use super::resource::{Core, Resource, known_top};
use super::view::View;
use super::virtual_network::Referred;
use crate::world::names::Name;

/// What rules and machines go by of an interface.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Interface {
    /// The security group before it.
    pub(crate) guard: Option<Key>,
    pub(crate) configurations: Vec<Configuration>,
    /// Its hardware address, once a machine has run on it.
    pub(crate) mac: Option<String>,
}

/// One address of an interface.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Configuration {
    pub(crate) name: String,
    pub(crate) network: Key,
    pub(crate) subnet: Name,
    pub(crate) private: Option<Ipv4Addr>,
    pub(crate) public: Option<Key>,
    /// Whether the public address goes with the machine.
    pub(crate) public_goes: bool,
}

pub(crate) const KNOWN: Known = known_top! {
    "properties": Known::Object(&[
        ("networkSecurityGroup", REFERENCE),
        ("ipConfigurations", Known::List(&Known::Object(&[
            ("id", Known::Told),
            ("name", Known::Any),
            ("type", Known::Told),
            ("etag", Known::Told),
            ("resourceGroup", Known::Told),
            ("properties", Known::Object(&[
                ("privateIPAddress", Known::Any),
                ("privateIPAddressPrefixLength", Known::Any),
                ("privateIPAllocationMethod", Known::Any),
                ("privateIPAddressVersion", Known::Any),
                ("subnet", REFERENCE),
                ("primary", Known::Flag),
                ("publicIPAddress", Known::Object(&[
                    ("id", Known::Any),
                    ("name", Known::Told),
                    ("type", Known::Told),
                    ("etag", Known::Told),
                    ("location", Known::Told),
                    ("tags", Known::Told),
                    ("sku", Known::Told),
                    ("zones", Known::Told),
                    ("resourceGroup", Known::Told),
                    ("properties", Known::Any),
                ])),
                ("applicationGatewayBackendAddressPools", Known::Any),
                ("applicationSecurityGroups", Known::Any),
                ("loadBalancerBackendAddressPools", Known::Any),
                ("loadBalancerInboundNatRules", Known::Any),
                ("gatewayLoadBalancer", REFERENCE),
                ("virtualNetworkTaps", Known::Any),
                ("privateLinkConnectionProperties", Known::Told),
                ("provisioningState", Known::Told),
            ])),
        ]))),
        ("dnsSettings", Known::Object(&[
            ("dnsServers", Known::Any),
            ("internalDnsNameLabel", Known::Any),
            ("appliedDnsServers", Known::Told),
            ("internalDomainNameSuffix", Known::Told),
            ("internalFqdn", Known::Told),
        ])),
        ("enableAcceleratedNetworking", Known::Flag),
        ("enableIPForwarding", Known::Flag),
        ("disableTcpStateTracking", Known::Flag),
        ("auxiliaryMode", Known::Any),
        ("auxiliarySku", Known::Any),
        ("nicType", Known::Any),
        ("workloadType", Known::Any),
        ("migrationPhase", Known::Any),
        ("privateLinkService", REFERENCE),
        ("virtualMachine", Known::Told),
        ("macAddress", Known::Told),
        ("primary", Known::Told),
        ("vnetEncryptionSupported", Known::Told),
        ("defaultOutboundConnectivityEnabled", Known::Told),
        ("hostedWorkloads", Known::Told),
        ("tapConfigurations", Known::Told),
        ("privateEndpoint", Known::Told),
        ("dscpConfiguration", Known::Told),
        ("allowPort25Out", Known::Told),
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
    network_security_group: Option<Referred>,
    ip_configurations: Vec<WrittenConfiguration>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WrittenConfiguration {
    name: Option<String>,
    properties: WrittenConfigurationProperties,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WrittenConfigurationProperties {
    #[serde(rename = "privateIPAddress")]
    private_address: Option<String>,
    #[serde(rename = "privateIPAllocationMethod")]
    method: Option<String>,
    #[serde(rename = "privateIPAddressVersion")]
    version: Option<String>,
    subnet: Option<Referred>,
    #[serde(rename = "publicIPAddress")]
    public: Option<WrittenPublic>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WrittenPublic {
    id: Option<String>,
    properties: WrittenPublicProperties,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WrittenPublicProperties {
    delete_option: Option<String>,
}

impl Interface {
    pub(super) fn refers_to(&self) -> Vec<Key> {
        let mut keys: Vec<Key> = self.guard.iter().cloned().collect();
        for configuration in &self.configurations {
            keys.push(configuration.network.clone());
            keys.extend(configuration.public.clone());
        }
        keys
    }

    /// The public addresses that it has.
    pub(super) fn public_addresses(&self) -> impl Iterator<Item = &Key> {
        let configurations = self.configurations.iter();
        configurations.filter_map(|configuration| configuration.public.as_ref())
    }

    /// The private addresses that it has: network, subnet, address.
    pub(super) fn private_addresses(&self) -> impl Iterator<Item = (Key, Name, Ipv4Addr)> {
        self.configurations.iter().filter_map(|configuration| {
            Some((
                configuration.network.clone(),
                configuration.subnet.clone(),
                configuration.private?,
            ))
        })
    }
}

pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    let draft = scope.draft(path, body)?;
    let written: Written = document::typed(body)?;
    let id = path.id(scope.view.id);
    let told = written.properties;
    let old = match draft.old.map(|old| &old.core) {
        Some(Core::Interface(old)) => Some(old),
        _ => None,
    };
    let guard = scope.reference(
        told.network_security_group.as_ref(),
        Kind::SecurityGroup,
        &id,
        "properties.networkSecurityGroup.id",
    )?;
    if told.ip_configurations.is_empty() {
        return Err(NetworkRefusal::NoConfiguration(path.name.clone()).into());
    }
    let mut configurations = Vec::new();
    let mut besides = Vec::new();
    for written in &told.ip_configurations {
        let read = configuration(scope, &draft, &id, written, old, &besides)?;
        besides.extend(read.private);
        let mut others = configurations.iter();
        if let Some(public) = &read.public
            && others.any(|other: &Configuration| other.public.as_ref() == Some(public))
        {
            return Err(InUse::PublicAddressTaken {
                id: scope.id_of(public),
                of: format!("{id}/ipConfigurations/{}", read.name),
            }
            .into());
        }
        configurations.push(read);
    }
    let interface = Interface {
        guard,
        configurations,
        mac: old.and_then(|old| old.mac.clone()),
    };
    // A machine that runs takes dynamic addresses along.
    let machine = scope.machine_of(&draft.key).cloned();
    let mut changes = Vec::new();
    if let Some(machine) = &machine
        && scope.runs(machine)
    {
        let given = scope.give_addresses(&interface)?;
        changes.extend(given);
    }
    // What it no longer has, no machine holds.
    let kept: Vec<&Key> = interface.public_addresses().collect();
    let left = old.into_iter().flat_map(Interface::public_addresses);
    changes.extend(scope.take_addresses(left.filter(|key| !kept.contains(key))));
    let decided = draft.decided(scope, &KNOWN, body, Core::Interface(interface), 1);
    Ok(decided.changes(changes))
}

#[expect(
    clippy::too_many_lines,
    reason = "what a configuration must be, member by member"
)]
fn configuration(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    id: &str,
    written: &WrittenConfiguration,
    old: Option<&Interface>,
    besides: &[Ipv4Addr],
) -> Result<Configuration, Refusal> {
    let told = &written.properties;
    let name = written.name.clone().unwrap_or_default();
    let of = format!("{id}/ipConfigurations/{name}");
    let text = told.subnet.as_ref().and_then(|subnet| subnet.id.as_deref());
    let Some(text) = text else {
        return Err(NetworkRefusal::NoSubnet(of).into());
    };
    let (network_key, subnet_name) = scope.subnet_reference(text, &draft.location, &of)?;
    let missing = || Refusal::Reference {
        of: of.clone(),
        to: text.to_owned(),
    };
    let network = scope.held.shelf.get(&network_key).ok_or_else(missing)?;
    let Core::VirtualNetwork(network) = &network.core else {
        return Err(missing());
    };
    let subnet = network.subnet(subnet_name.as_str()).ok_or_else(missing)?;
    let had = old.and_then(|old| {
        let mut configurations = old.configurations.iter();
        configurations.find(|c| c.name.eq_ignore_ascii_case(&name))
    });
    let kept = had
        .filter(|had| had.network == network_key && had.subnet == subnet_name)
        .and_then(|had| had.private);
    let is_free = |address: Ipv4Addr| {
        kept == Some(address)
            || (!besides.contains(&address)
                && !scope
                    .held
                    .shelf
                    .is_taken(&network_key, &subnet_name, address))
    };
    let is_static = told
        .method
        .as_deref()
        .is_some_and(|method| method.eq_ignore_ascii_case("Static"));
    let wanted = told.private_address.as_deref().filter(|a| !a.is_empty());
    let is_v6 = told
        .version
        .as_deref()
        .is_some_and(|version| version.eq_ignore_ascii_case("IPv6"));
    let private = match wanted {
        _ if is_v6 => None,
        Some(text) if is_static => {
            let bad = || NetworkRefusal::PrivateAddress(text.to_owned());
            let address: Ipv4Addr = text.parse().map_err(|_| bad())?;
            if let Some(prefix) = subnet.prefix
                && (!prefix.contains(address) || prefix.keeps(address))
            {
                return Err(NetworkRefusal::PrivateAddressOutside {
                    address: text.to_owned(),
                    subnet: subnet.name.clone(),
                }
                .into());
            }
            if !is_free(address) {
                return Err(NetworkRefusal::PrivateAddressTaken {
                    address: text.to_owned(),
                    of,
                }
                .into());
            }
            Some(address)
        }
        _ => {
            let free = kept.or_else(|| scope.free_address(&network_key, subnet, besides));
            if free.is_none() && subnet.prefix.is_some() {
                return Err(NetworkRefusal::SubnetFull(subnet.name.clone()).into());
            }
            free
        }
    };
    let public = match told.public.as_ref().and_then(|public| public.id.as_deref()) {
        None => None,
        Some(text) => {
            let key = scope.referred(
                text,
                Kind::PublicAddress,
                &draft.location,
                id,
                "properties.ipConfigurations.publicIPAddress.id",
            )?;
            let is_taken = scope
                .held
                .shelf
                .users(&key)
                .any(|holder| *holder != draft.key);
            if is_taken {
                return Err(InUse::PublicAddressTaken {
                    id: text.to_owned(),
                    of,
                }
                .into());
            }
            Some(key)
        }
    };
    let public_goes = told.public.as_ref().is_some_and(|public| {
        let option = public.properties.delete_option.as_deref();
        option.is_some_and(|option| option.eq_ignore_ascii_case("Delete"))
    });
    Ok(Configuration {
        name,
        network: network_key,
        subnet: subnet_name,
        private,
        public,
        public_goes,
    })
}

pub(super) fn delete(scope: &Scope<'_>, draft: &Draft<'_>) -> Result<(), Refusal> {
    match scope.machine_of(&draft.key) {
        None => Ok(()),
        Some(machine) => Err(InUse::Interface {
            id: draft.path.id(scope.view.id),
            by: scope.id_of(machine),
        }
        .into()),
    }
}

impl Scope<'_> {
    /// The changes that give dynamic public addresses to an interface of a machine that runs.
    pub(super) fn give_addresses(&mut self, interface: &Interface) -> Result<Vec<Change>, Refusal> {
        let mut changes = Vec::new();
        for key in interface.public_addresses() {
            let Some(resource) = self.view.held.shelf.get(key) else {
                continue;
            };
            let Core::PublicAddress(held) = &resource.core else {
                continue;
            };
            if held.address.is_none() {
                let address = self.draw.take_address()?;
                changes.push(Change::Address(key.clone(), Some(address)));
            }
        }
        Ok(changes)
    }

    /// The changes by which dynamic public addresses are anybody's again.
    pub(super) fn take_addresses<'k>(&self, keys: impl Iterator<Item = &'k Key>) -> Vec<Change> {
        let held = keys.filter_map(|key| {
            let address = self.address_at(key)?;
            let is_dynamic = address.method == Method::Dynamic;
            Some((key, address.address.filter(|_| is_dynamic)?))
        });
        held.flat_map(|(key, address)| {
            [
                Change::Address(key.clone(), None),
                Change::GiveBack(address),
            ]
        })
        .collect()
    }
}

impl<'w> View<'w> {
    /// The machine that has an interface.
    pub(crate) fn machine_of(self, interface: &Key) -> Option<&'w Key> {
        self.users_of(interface, Kind::Machine).next()
    }

    pub(super) fn tell_interface(
        self,
        path: &Path,
        resource: &Resource,
        interface: &Interface,
        told: &mut Value,
    ) {
        document::set(told, "etag", resource.weak_etag());
        document::set_default(told, "kind", "Regular");
        let id = path.id(self.id);
        let machine = self.machine_of(&path.key());
        let state = self.provisioning_state(resource);
        let properties = document::object(told, "properties");
        document::set(properties, "resourceGuid", resource.guid.clone());
        if let Some(Value::Array(list)) = properties.get_mut("ipConfigurations") {
            let all = list.iter_mut().zip(&interface.configurations).enumerate();
            for (n, (told, configuration)) in all {
                document::set(
                    told,
                    "id",
                    format!("{id}/ipConfigurations/{}", configuration.name),
                );
                document::set(told, "etag", resource.weak_etag());
                document::set(
                    told,
                    "type",
                    "Microsoft.Network/networkInterfaces/ipConfigurations",
                );
                let properties = document::object(told, "properties");
                document::set(properties, "provisioningState", state);
                if let Some(address) = configuration.private {
                    document::set(properties, "privateIPAddress", address.to_string());
                }
                document::set_default(properties, "privateIPAllocationMethod", "Dynamic");
                document::set_default(properties, "privateIPAddressVersion", "IPv4");
                document::set_default(properties, "primary", n == 0);
            }
        }
        let dns = document::object(properties, "dnsSettings");
        document::set_default(dns, "dnsServers", json!([]));
        document::set(dns, "appliedDnsServers", json!([]));
        let suffix: String = resource
            .guid
            .bytes()
            .filter(|b| *b != b'-')
            .map(|b| {
                char::from(if b.is_ascii_digit() {
                    b - b'0' + b'g'
                } else {
                    b
                })
            })
            .take(26)
            .collect();
        document::set(
            dns,
            "internalDomainNameSuffix",
            format!("{suffix}.dx.internal.cloudapp.net"),
        );
        document::set_default(properties, "enableAcceleratedNetworking", false);
        document::set_default(properties, "enableIPForwarding", false);
        document::set_default(properties, "disableTcpStateTracking", false);
        document::set_default(properties, "nicType", "Standard");
        document::set_default(properties, "auxiliaryMode", "None");
        document::set_default(properties, "auxiliarySku", "None");
        document::set(properties, "vnetEncryptionSupported", false);
        document::set(properties, "allowPort25Out", false);
        document::set(properties, "hostedWorkloads", json!([]));
        document::set(properties, "tapConfigurations", json!([]));
        if let Some(mac) = &interface.mac {
            document::set(properties, "macAddress", mac.clone());
        }
        if let Some(machine) = machine {
            document::set(
                properties,
                "virtualMachine",
                json!({"id": self.id_of(machine)}),
            );
            document::set(properties, "primary", self.is_primary(machine, &path.key()));
        }
    }
}
