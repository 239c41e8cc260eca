//! What security groups let in, told a second time: naively, out of the documents that the
//! service answers with.

use std::net::Ipv4Addr;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Azure, compute, id, network};
use crate::Pace;
use crate::world::Transport;

/// Traffic that comes from somewhere to a machine.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet {
    pub(super) is_udp: bool,
    /// The machine's private address.
    pub(super) to: Ipv4Addr,
    pub(super) port: u16,
}

/// The port that a client comes from.
const FROM: u16 = 50_000;

/// Whether somebody from outside comes through: by the groups before subnet and interface, and by
/// the kind of public address where there is none.
pub(super) fn lets_in(guards: &[&Value], is_standard: bool, packet: Packet) -> bool {
    if guards.is_empty() {
        return !is_standard;
    }
    guards.iter().all(|group| verdict(group, packet) == "Allow")
}

/// What the first rule says that is about a packet; the service's own rules are about any.
fn verdict(group: &Value, packet: Packet) -> String {
    let properties = &group["properties"];
    let mut rules: Vec<&Value> = ["securityRules", "defaultSecurityRules"]
        .iter()
        .flat_map(|list| properties[list].as_array().unwrap())
        .map(|rule| &rule["properties"])
        .filter(|rule| rule["direction"] == "Inbound")
        .collect();
    rules.sort_by_key(|rule| rule["priority"].as_i64().unwrap());
    let first = rules.into_iter().find(|rule| is_about(rule, packet));
    first.unwrap()["access"].as_str().unwrap().to_owned()
}

/// The texts of a member and of its plural.
fn texts<'a>(rule: &'a Value, one: &str, many: &str) -> Vec<&'a str> {
    let many = rule[many].as_array().into_iter().flatten();
    many.chain(rule.get(one))
        .map(|text| text.as_str().unwrap())
        .collect()
}

fn is_about(rule: &Value, packet: Packet) -> bool {
    let is_allowed = rule["access"] == "Allow";
    let protocol = if packet.is_udp { "Udp" } else { "Tcp" };
    if rule["protocol"] != "*" && rule["protocol"] != protocol {
        return false;
    }
    let ports = |one, many, port: u16| {
        texts(rule, one, many).into_iter().any(|text| {
            if text == "*" {
                return true;
            }
            let ends: Vec<u16> = text.split('-').map(|end| end.parse().unwrap()).collect();
            (ends[0]..=ends[ends.len() - 1]).contains(&port)
        })
    };
    let sources = texts(rule, "sourceAddressPrefix", "sourceAddressPrefixes");
    let destinations = texts(
        rule,
        "destinationAddressPrefix",
        "destinationAddressPrefixes",
    );
    ports("sourcePortRange", "sourcePortRanges", FROM)
        && ports("destinationPortRange", "destinationPortRanges", packet.port)
        && sources.into_iter().any(|text| match text {
            "*" | "Internet" | "0.0.0.0/0" => true,
            "VirtualNetwork" | "AzureLoadBalancer" | "Storage" => false,
            // The block of whoever has written it, where it lets somebody in.
            block => is_allowed && !block.starts_with("10."),
        })
        && destinations.into_iter().any(|text| match text {
            "*" | "VirtualNetwork" | "0.0.0.0/0" => true,
            "Internet" | "AzureLoadBalancer" | "Storage" => false,
            block => holds(block, packet.to),
        })
}

/// Whether a block of addresses, or one address, holds this one.
fn holds(block: &str, address: Ipv4Addr) -> bool {
    let (first, bits) = block.split_once('/').unwrap_or((block, "32"));
    let first = u32::from(first.parse::<Ipv4Addr>().unwrap());
    let rest = 32 - bits.parse::<u32>().unwrap();
    let cut = |address: u32| u64::from(address) >> rest;
    cut(first) == cut(u32::from(address))
}

/// The ports that rules speak of, and those beside them.
const PORTS: [u16; 13] = [
    1, 21, 22, 23, 79, 80, 81, 2374, 2375, 2376, 2999, 3000, 65535,
];

fn ports() -> impl Strategy<Value = String> {
    let range = [
        "*",
        "22",
        "80",
        "2375",
        "22-80",
        "80-2375",
        "2375-3000",
        "0-65535",
        "3000-65535",
    ];
    prop::sample::select(range.to_vec()).prop_map(str::to_owned)
}

fn peers() -> impl Strategy<Value = String> {
    let known = [
        "*",
        "Internet",
        "VirtualNetwork",
        "AzureLoadBalancer",
        "Storage",
        "0.0.0.0/0",
        "10.0.0.0/24",
        "10.0.0.4",
        "10.0.1.0/24",
        "203.0.113.0/24",
        "203.0.113.9",
    ];
    prop::sample::select(known.to_vec()).prop_map(str::to_owned)
}

/// One or several, in the member for one or that for several.
fn told(
    one: &'static str,
    many: &'static str,
    each: impl Strategy<Value = String>,
) -> impl Strategy<Value = Value> {
    (prop::collection::vec(each, 1..3), any::<bool>()).prop_map(move |(mut all, is_plural)| {
        if all.len() == 1 && !is_plural {
            json!({ one: all.remove(0) })
        } else {
            json!({ many: all })
        }
    })
}

fn rule() -> impl Strategy<Value = Value> {
    let mostly_any = |member: &'static str| {
        prop_oneof![
            3 => Just(json!({ member: "*" })),
            1 => ports().prop_map(move |text| json!({ member: text })),
        ]
    };
    (
        told("destinationPortRange", "destinationPortRanges", ports()),
        mostly_any("sourcePortRange"),
        told("sourceAddressPrefix", "sourceAddressPrefixes", peers()),
        told(
            "destinationAddressPrefix",
            "destinationAddressPrefixes",
            peers(),
        ),
        prop::sample::select(&["*", "Tcp", "udp", "Icmp"][..]),
        prop::sample::select(&["allow", "Deny"][..]),
        prop::sample::select(&["Inbound", "inbound", "Inbound", "Outbound"][..]),
    )
        .prop_map(
            |(ports, from, sources, destinations, protocol, access, direction)| {
                let mut rule =
                    json!({"protocol": protocol, "access": access, "direction": direction});
                for part in [ports, from, sources, destinations] {
                    for (name, value) in part.as_object().unwrap() {
                        rule[name] = value.clone();
                    }
                }
                rule
            },
        )
}

/// The rules of a group, in any order of priorities.
fn group() -> impl Strategy<Value = Option<Vec<(i64, Value)>>> {
    let rules = prop::collection::btree_map(100..130_i64, rule(), 0..6);
    let rules = rules.prop_map(|rules| rules.into_iter().collect::<Vec<_>>());
    prop::option::weighted(0.8, rules.prop_shuffle())
}

/// A machine whose engine listens on 2375, without any group.
fn stage() -> Azure {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let made = azure.ask(
        &format!("PUT {}", compute("virtualMachines/v")),
        &super::docker_machine("i"),
    );
    assert_eq!(made.status, 201, "{made:?}");
    azure
}

impl Azure {
    /// Puts groups before subnet and interface.
    fn guard(&mut self, sku: &str, groups: &[Option<Vec<(i64, Value)>>; 2]) {
        let mut ids = Vec::new();
        for (name, rules) in ["subnet", "interface"].iter().zip(groups) {
            let path = network(&format!("networkSecurityGroups/{name}"));
            let Some(rules) = rules else {
                ids.push(Value::Null);
                continue;
            };
            let rules: Vec<Value> = rules
                .iter()
                .map(|(priority, rule)| {
                    let mut rule = rule.clone();
                    rule["priority"] = json!(priority);
                    json!({"name": format!("r{priority}"), "properties": rule})
                })
                .collect();
            let body = json!({"location": "westus", "properties": {"securityRules": rules}});
            let made = self.ask(&format!("PUT {path}"), &body);
            assert!(made.status < 300, "{made:?}");
            ids.push(json!({"id": id(&path)}));
        }
        let address = network("publicIPAddresses/p");
        let subnet = network("virtualNetworks/net/subnets/s");
        let interface = network("networkInterfaces/i");
        for (path, body) in [
            (
                &address,
                json!({"location": "westus", "sku": {"name": sku},
                    "properties": {"publicIPAllocationMethod": "Static"}}),
            ),
            (
                &subnet,
                json!({"properties": {"addressPrefix": "10.0.0.0/24", "networkSecurityGroup": ids[0]}}),
            ),
            (
                &interface,
                json!({"location": "westus", "properties": {"networkSecurityGroup": ids[1],
                    "ipConfigurations": [{"name": "ip", "properties": {
                        "subnet": {"id": id(&subnet)}, "publicIPAddress": {"id": id(&address)}}}]}}),
            ),
        ] {
            let made = self.ask(&format!("PUT {path}"), &body);
            assert!(made.status < 300, "{path}: {made:?}");
        }
    }
}

proptest! {
    #[test]
    fn what_stands_open_is_what_the_first_rule_of_each_group_lets_in(
        is_standard: bool,
        groups in [group(), group()],
    ) {
        thread_local! {
            static STAGE: Azure = stage();
        }
        let mut azure = STAGE.with(Azure::clone);
        azure.guard(if is_standard { "Standard" } else { "Basic" }, &groups);
        let documents: Vec<Value> = ["subnet", "interface"]
            .iter()
            .zip(&groups)
            .filter(|(_, rules)| rules.is_some())
            .map(|(name, _)| azure.get(&network(&format!("networkSecurityGroups/{name}"))).body)
            .collect();
        let guards: Vec<&Value> = documents.iter().collect();
        let seen = azure.seen();
        let ranges: Vec<_> = seen
            .iter()
            .flat_map(|(_, presence)| &presence.ports)
            .flat_map(|doors| &doors.ranges)
            .collect();
        for is_udp in [false, true] {
            let transport = if is_udp { Transport::Datagrams } else { Transport::Stream };
            for port in PORTS {
                let packet = Packet { is_udp, to: Ipv4Addr::new(10, 0, 0, 4), port };
                let is_open = ranges.iter().any(|range| {
                    range.transport == transport && (range.first.port()..=range.last).contains(&port)
                });
                prop_assert_eq!(is_open, lets_in(&guards, is_standard, packet), "{:?}", packet);
            }
        }
        let doors = seen.iter().flat_map(|(_, presence)| &presence.doors);
        let packet = Packet { is_udp: false, to: Ipv4Addr::new(10, 0, 0, 4), port: 2375 };
        prop_assert_eq!(doors.count() == 1, lets_in(&guards, is_standard, packet));
    }
}
