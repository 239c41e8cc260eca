//! Reserved addresses and virtual networks.

use serde::{Deserialize, Serialize};

/// A reserved public address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct ReservedIp {
    /// Its name.
    pub name: String,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The service's own id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// For instance `Created`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Is it in use?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_use: Option<bool>,
    /// The cloud service that uses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// The deployment that uses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_name: Option<String>,
    /// The location it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// A virtual network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct VirtualNetwork {
    /// The name servers of its machines.
    #[serde(
        rename(serialize = "dnsServers", deserialize = "Dns"),
        deserialize_with = "dns"
    )]
    pub dns_servers: Vec<DnsServer>,
    /// Its parts.
    pub subnets: Vec<Subnet>,
    /// Its name.
    pub name: String,
    /// Its name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The service's own id of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The affinity group it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity_group: Option<String>,
    /// The location it lies in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// For instance `Created`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Its addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_space: Option<AddressSpace>,
    /// The way out to other networks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<Gateway>,
}

/// Whether an address of a virtual network is free.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct AddressAvailability {
    /// Is it?
    pub is_available: bool,
    /// Some that are.
    pub available_addresses: Vec<String>,
}

/// Addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct AddressSpace {
    /// Each as address and prefix.
    pub address_prefixes: Vec<String>,
}

/// A part of a virtual network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct Subnet {
    /// Its name.
    pub name: String,
    /// Its addresses, as address and prefix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_prefix: Option<String>,
    /// Its security group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network_security_group: Option<String>,
}

/// A name server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct DnsServer {
    /// Its name.
    pub name: String,
    /// Its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// The way out of a virtual network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    rename_all(serialize = "camelCase", deserialize = "PascalCase")
)]
pub struct Gateway {
    /// Its size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
}

fn dns<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<DnsServer>, D::Error> {
    #[derive(Deserialize, Default)]
    #[serde(default, rename_all = "PascalCase")]
    struct Dns {
        dns_servers: Vec<DnsServer>,
    }

    Dns::deserialize(deserializer).map(|dns| dns.dns_servers)
}
