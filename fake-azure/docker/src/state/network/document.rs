//! A network as the API shows it, in the engine's order.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::ipam::IpamConfig;
use super::{Member, Network, Pool};
use crate::state::id::ObjectId;
use crate::state::subnet::Family;

/// What an inspection of a network answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the document has that many switches"
)]
pub struct Document<'a> {
    name: &'a str,
    id: ObjectId,
    created: Timestamp,
    scope: &'static str,
    driver: &'a str,
    #[serde(rename = "EnableIPv4")]
    enable_ipv4: bool,
    #[serde(rename = "EnableIPv6")]
    enable_ipv6: bool,
    #[serde(rename = "IPAM")]
    ipam: IpamDocument<'a>,
    internal: bool,
    attachable: bool,
    ingress: bool,
    config_from: ConfigFrom<'a>,
    config_only: bool,
    containers: BTreeMap<ObjectId, MemberDocument<'a>>,
    options: &'a BTreeMap<String, String>,
    labels: &'a BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct ConfigFrom<'a> {
    network: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct IpamDocument<'a> {
    driver: &'a str,
    options: Option<&'a BTreeMap<String, String>>,
    config: Option<Vec<Cow<'a, IpamConfig>>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct MemberDocument<'a> {
    name: &'a str,
    #[serde(rename = "EndpointID")]
    endpoint_id: ObjectId,
    mac_address: &'a str,
    #[serde(rename = "IPv4Address")]
    ipv4_address: String,
    #[serde(rename = "IPv6Address")]
    ipv6_address: String,
}

impl<'a> Document<'a> {
    pub(super) fn of(network: &'a Network, with_members: bool) -> Self {
        let members = network.members.iter().filter(|_| with_members);
        Self {
            name: &network.name,
            id: network.id,
            created: network.created,
            scope: "local",
            driver: &network.driver,
            enable_ipv4: network.enable_ipv4,
            enable_ipv6: network.enable_ipv6,
            ipam: IpamDocument {
                driver: &network.ipam.driver,
                options: network.ipam.options.as_ref(),
                config: subnets(network),
            },
            internal: network.internal,
            attachable: network.attachable,
            ingress: false,
            config_from: ConfigFrom {
                network: &network.config_from,
            },
            config_only: network.config_only,
            containers: members
                .map(|(id, member)| (*id, MemberDocument::from(member)))
                .collect(),
            options: &network.options,
            labels: &network.labels,
        }
    }
}

/// The subnets as they were asked for, or those that the engine chose where none was.
fn subnets(network: &Network) -> Option<Vec<Cow<'_, IpamConfig>>> {
    let mut subnets = Vec::new();
    for family in [Family::V4, Family::V6] {
        let asked: Vec<_> = network.ipam.subnets_of(family).collect();
        if asked.is_empty() {
            let chosen = network.pools_of(family).map(chosen);
            subnets.extend(chosen.map(Cow::Owned));
        } else {
            subnets.extend(asked.into_iter().map(Cow::Borrowed));
        }
    }
    (!subnets.is_empty()).then_some(subnets)
}

fn chosen(pool: &Pool) -> IpamConfig {
    IpamConfig {
        subnet: pool.addresses.subnet().to_string(),
        gateway: pool
            .gateway
            .map(|gateway| gateway.to_string())
            .unwrap_or_default(),
        ..IpamConfig::default()
    }
}

impl<'a> From<&'a Member> for MemberDocument<'a> {
    fn from(member: &'a Member) -> Self {
        Self {
            name: &member.name,
            endpoint_id: member.endpoint,
            mac_address: &member.mac,
            ipv4_address: member
                .ipv4
                .map(|address| address.to_string())
                .unwrap_or_default(),
            ipv6_address: member
                .ipv6
                .map(|address| address.to_string())
                .unwrap_or_default(),
        }
    }
}
