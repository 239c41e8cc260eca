//! Network security groups and their rules.

use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::change::Change;
use super::decision::{Decided, Draft, Scope};
use super::document::{self, Document, Known};
use super::effect::Effect;
use super::kind::Kind;
use super::path::{Key, Path};
use super::refusal::{InUse, NetworkRefusal, Refusal};
use super::resource::{Core, Doing, Pending, Resource, known_child, known_top};
use super::view::View;
use crate::world::address::Prefix;
use crate::world::door::Transport;
use crate::world::names::Name;

/// What lets traffic in and keeps it out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct SecurityGroup {
    pub(crate) rules: Vec<Rule>,
}

/// A rule of a client's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) priority: u16,
    pub(crate) direction: Direction,
    pub(crate) access: Access,
    pub(crate) protocol: Protocol,
    /// Ranges of ports at the machine, first and last.
    pub(crate) ports: Vec<(u16, u16)>,
    /// Ranges of ports that traffic comes from.
    pub(crate) from_ports: Vec<(u16, u16)>,
    /// Who it is about.
    pub(crate) sources: Vec<Peer>,
    /// Where traffic goes to.
    pub(crate) destinations: Vec<Peer>,
    pub(crate) document: Document,
}

/// Which way traffic goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Direction {
    Inbound,
    Outbound,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Access {
    Allow,
    Deny,
}

/// What traffic a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Protocol {
    Any,
    Tcp,
    Udp,
    /// Icmp, Esp, Ah: nothing that comes to a port.
    Other,
}

/// Whom a rule names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Peer {
    /// Everybody.
    Anybody,
    /// Everybody who is outside.
    Internet,
    /// A block of addresses.
    Block(Prefix),
    /// Those inside a virtual network: a machine, and nobody who comes to it from outside.
    Inside,
    /// A service, IPv6: nobody who comes here, and nothing that anybody comes to.
    Others,
}

/// The port that clients come from: one of those that all systems give them.
const CLIENT_PORT: u16 = 50_000;

/// Traffic that comes to a machine from outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet {
    pub(crate) transport: Transport,
    /// The private address that it goes to, behind the public one.
    pub(crate) to: Option<Ipv4Addr>,
    pub(crate) port: u16,
}

const RULE_PROPERTIES: Known = Known::Object(&[
    ("description", Known::Any),
    ("protocol", Known::Any),
    ("sourcePortRange", Known::Text),
    ("sourcePortRanges", Known::List(&Known::Text)),
    ("destinationPortRange", Known::Text),
    ("destinationPortRanges", Known::List(&Known::Text)),
    ("sourceAddressPrefix", Known::Any),
    ("sourceAddressPrefixes", Known::Any),
    ("sourceApplicationSecurityGroups", Known::Any),
    ("destinationAddressPrefix", Known::Any),
    ("destinationAddressPrefixes", Known::Any),
    ("destinationApplicationSecurityGroups", Known::Any),
    ("access", Known::Any),
    ("priority", Known::Any),
    ("direction", Known::Any),
    ("provisioningState", Known::Told),
]);

pub(crate) const KNOWN_RULE: Known = known_child!(RULE_PROPERTIES);

pub(crate) const KNOWN: Known = known_top! {
    "properties": Known::Object(&[
        ("securityRules", Known::List(&KNOWN_RULE)),
        ("flushConnection", Known::Any),
        ("defaultSecurityRules", Known::Told),
        ("networkInterfaces", Known::Told),
        ("subnets", Known::Told),
        ("flowLogs", Known::Told),
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
    security_rules: Vec<WrittenRule>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WrittenRule {
    name: Option<String>,
    properties: WrittenRuleProperties,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WrittenRuleProperties {
    description: Option<String>,
    protocol: Option<String>,
    source_port_range: Option<String>,
    source_port_ranges: Vec<String>,
    destination_port_range: Option<String>,
    destination_port_ranges: Vec<String>,
    source_address_prefix: Option<String>,
    source_address_prefixes: Vec<String>,
    destination_address_prefix: Option<String>,
    destination_address_prefixes: Vec<String>,
    access: Option<String>,
    #[serde(deserialize_with = "document::number")]
    priority: Option<i64>,
    direction: Option<String>,
}

/// How long a description may be.
const DESCRIPTION: usize = 140;

fn range(text: &str) -> Result<(u16, u16), Refusal> {
    let bad = || Refusal::from(NetworkRefusal::PortRange(text.to_owned()));
    if text == "*" {
        return Ok((0, u16::MAX));
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let [first, last] = [first, last].map(|port| port.trim().parse::<u16>());
    match (first, last) {
        (Ok(first), Ok(last)) if first <= last => Ok((first, last)),
        _ => Err(bad()),
    }
}

fn peer(text: &str) -> Result<Peer, Refusal> {
    if let Ok(prefix) = text.parse::<Prefix>() {
        return Ok(match prefix.bits {
            0 => Peer::Anybody,
            _ => Peer::Block(prefix),
        });
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Ok(Peer::Block(Prefix { address, bits: 32 }));
    }
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "*" | "any" => return Ok(Peer::Anybody),
        "internet" => return Ok(Peer::Internet),
        "virtualnetwork" => return Ok(Peer::Inside),
        "" => return Err(NetworkRefusal::AddressPrefix(text.to_owned()).into()),
        _ => {}
    }
    let is_v6 = text
        .split('/')
        .next()
        .is_some_and(|address| address.parse::<IpAddr>().is_ok_and(|a| a.is_ipv6()));
    // A service tag, whichever there are.
    let is_tag = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if is_v6 || is_tag {
        Ok(Peer::Others)
    } else {
        Err(NetworkRefusal::AddressPrefix(text.to_owned()).into())
    }
}

/// The words of one choice, in whatever case; told in the service's own.
fn word<T: Copy>(
    text: Option<&str>,
    words: &[(&'static str, T)],
    member: &'static str,
    rule: &str,
) -> Result<(&'static str, T), Refusal> {
    let found = text.and_then(|text| {
        let mut words = words.iter();
        words.find(|(word, _)| word.eq_ignore_ascii_case(text))
    });
    found.copied().ok_or_else(|| {
        NetworkRefusal::RuleWord {
            rule: rule.to_owned(),
            member: member.to_owned(),
            value: text.unwrap_or_default().to_owned(),
        }
        .into()
    })
}

const DIRECTIONS: &[(&str, Direction)] = &[
    ("Inbound", Direction::Inbound),
    ("Outbound", Direction::Outbound),
];
const ACCESS: &[(&str, Access)] = &[("Allow", Access::Allow), ("Deny", Access::Deny)];
const PROTOCOLS: &[(&str, Protocol)] = &[
    ("*", Protocol::Any),
    ("Tcp", Protocol::Tcp),
    ("Udp", Protocol::Udp),
    ("Icmp", Protocol::Other),
    ("Esp", Protocol::Other),
    ("Ah", Protocol::Other),
];

fn read_rule(name: &str, value: &Value) -> Result<Rule, Refusal> {
    let written: WrittenRule = document::typed(value)?;
    let told = written.properties;
    let too_long = told
        .description
        .as_ref()
        .is_some_and(|text| text.chars().count() > DESCRIPTION);
    if too_long {
        return Err(NetworkRefusal::LongDescription.into());
    }
    let priority = told.priority.unwrap_or_default();
    let allowed = u16::try_from(priority)
        .ok()
        .filter(|priority| (100..=4096).contains(priority));
    let priority = allowed.ok_or(NetworkRefusal::Priority(priority))?;
    let (direction_word, direction) =
        word(told.direction.as_deref(), DIRECTIONS, "direction", name)?;
    let (access_word, access) = word(told.access.as_deref(), ACCESS, "access", name)?;
    let protocol = told.protocol.as_deref();
    let protocol = if protocol.is_some_and(|p| p.eq_ignore_ascii_case("any")) {
        Some("*")
    } else {
        protocol
    };
    let (protocol_word, protocol) = word(protocol, PROTOCOLS, "protocol", name)?;
    let ranges = |one: Option<String>, many: Vec<String>| -> Result<Vec<_>, Refusal> {
        many.iter().chain(&one).map(|text| range(text)).collect()
    };
    let from_ports = ranges(told.source_port_range, told.source_port_ranges)?;
    let ports = ranges(told.destination_port_range, told.destination_port_ranges)?;
    let peers = |one: Option<String>, many: Vec<String>| -> Result<Vec<_>, Refusal> {
        many.iter().chain(&one).map(|text| peer(text)).collect()
    };
    let destinations = peers(
        told.destination_address_prefix,
        told.destination_address_prefixes,
    )?;
    let sources = peers(told.source_address_prefix, told.source_address_prefixes)?;
    let mut document = value.clone();
    if let Value::Object(members) = &mut document {
        members.remove("name");
    }
    let properties = document::object(&mut document, "properties");
    document::set(properties, "direction", direction_word);
    document::set(properties, "access", access_word);
    document::set(properties, "protocol", protocol_word);
    document::set(properties, "priority", priority);
    Ok(Rule {
        name: name.to_owned(),
        priority,
        direction,
        access,
        protocol,
        ports,
        from_ports,
        sources,
        destinations,
        document: Document::of(&KNOWN_RULE, &document),
    })
}

impl Rule {
    /// Whether it is about traffic that comes from outside.
    fn is_about(&self, packet: Packet) -> bool {
        let fits = matches!(
            (self.protocol, packet.transport),
            (Protocol::Any, _)
                | (Protocol::Tcp, Transport::Stream)
                | (Protocol::Udp, Transport::Datagrams)
        );
        let holds = |ranges: &[(u16, u16)], port| {
            let mut ranges = ranges.iter();
            ranges.any(|(first, last)| (*first..=*last).contains(&port))
        };
        fits && self.direction == Direction::Inbound
            && holds(&self.from_ports, CLIENT_PORT)
            && holds(&self.ports, packet.port)
            && self.is_about_clients()
            && self.is_about_machine(packet.to)
    }

    /// Whether it is about those who come here. Nobody knows the address that a client would
    /// have in life: a rule that lets a block of public addresses in is taken to mean its author.
    fn is_about_clients(&self) -> bool {
        self.sources.iter().any(|source| match source {
            Peer::Anybody | Peer::Internet => true,
            Peer::Block(prefix) => self.access == Access::Allow && !is_private(prefix.address),
            Peer::Inside | Peer::Others => false,
        })
    }

    /// Whether it is about a machine of this private address.
    fn is_about_machine(&self, address: Option<Ipv4Addr>) -> bool {
        self.destinations.iter().any(|to| match to {
            Peer::Anybody | Peer::Inside => true,
            Peer::Block(prefix) => address.is_some_and(|address| prefix.contains(address)),
            Peer::Internet | Peer::Others => false,
        })
    }
}

fn is_private(address: Ipv4Addr) -> bool {
    address.is_private() || address.is_link_local()
}

impl SecurityGroup {
    /// Whether it lets somebody from outside come to a machine behind it.
    pub(crate) fn admits(&self, packet: Packet) -> bool {
        let about = self.rules.iter().filter(|rule| rule.is_about(packet));
        let first = about.min_by_key(|rule| rule.priority);
        first.is_some_and(|rule| rule.access == Access::Allow)
    }

    /// The ports at which something changes: between two of them all are treated alike.
    pub(crate) fn edges(&self) -> impl Iterator<Item = u32> {
        self.rules
            .iter()
            .flat_map(|rule| &rule.ports)
            .flat_map(|(first, last)| [u32::from(*first), u32::from(*last) + 1])
    }

    /// Gives back what its lists have too much.
    pub(super) fn shrink(&mut self) {
        self.rules.shrink_to_fit();
        for rule in &mut self.rules {
            rule.ports.shrink_to_fit();
            rule.from_ports.shrink_to_fit();
            rule.sources.shrink_to_fit();
            rule.destinations.shrink_to_fit();
        }
    }

    pub(super) fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules
            .iter()
            .find(|rule| rule.name.eq_ignore_ascii_case(name))
    }

    fn check(&self) -> Result<(), Refusal> {
        for (n, rule) in self.rules.iter().enumerate() {
            let same = self.rules[..n]
                .iter()
                .find(|other| (other.priority, other.direction) == (rule.priority, rule.direction));
            if let Some(other) = same {
                return Err(NetworkRefusal::RuleConflict {
                    rule: rule.name.clone(),
                    other: other.name.clone(),
                }
                .into());
            }
        }
        Ok(())
    }
}

pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    let draft = scope.draft(path, body)?;
    let written: Written = document::typed(body)?;
    let values = body["properties"]["securityRules"].as_array();
    let mut group = SecurityGroup::default();
    let rules = written.properties.security_rules.iter();
    for (rule, value) in rules.zip(values.into_iter().flatten()) {
        let name = rule.name.clone().unwrap_or_default();
        if !super::names::is_resource_name(&name) {
            return Err(Refusal::InvalidName(path.child(Kind::SecurityRule, &name)));
        }
        if group.rule(&name).is_some() {
            return Err(NetworkRefusal::RuleTwice(name).into());
        }
        group.rules.push(read_rule(&name, value)?);
    }
    group.check()?;
    let mut document = body.clone();
    if let Some(Value::Object(properties)) = document.get_mut("properties") {
        properties.remove("securityRules");
    }
    Ok(draft.decided(scope, &KNOWN, &document, Core::SecurityGroup(group), 5))
}

pub(super) fn put_rule(
    scope: &mut Scope<'_>,
    path: &Path,
    body: &Value,
) -> Result<Decided, Refusal> {
    let (key, old, group) = group_of(scope.view, path)?;
    let mut group = group.clone();
    let place = group
        .rules
        .iter()
        .position(|rule| rule.name.eq_ignore_ascii_case(path.last()));
    let name = place.map_or(path.last(), |place| &group.rules[place].name);
    let rule = read_rule(name, body)?;
    match place {
        Some(place) => group.rules[place] = rule,
        None => group.rules.push(rule),
    }
    group.check()?;
    let resource = Resource {
        version: old.version + 1,
        changed: scope.now,
        pending: Some(Pending {
            operation: scope.id.clone(),
            doing: Doing::Updating,
        }),
        core: Core::SecurityGroup(group),
        ..old.clone()
    };
    Ok(Decided::accepted("Create or Update Security Rule", 10)
        .change(Change::Resource(key, Box::new(resource))))
}

pub(super) fn delete_rule(scope: &Scope<'_>, path: &Path) -> Decided {
    let Ok((key, _, group)) = group_of(scope.view, path) else {
        return Decided::nothing();
    };
    if group.rule(path.last()).is_none() {
        return Decided::nothing();
    }
    Decided::accepted("Delete Security Rule", 10)
        .change(Change::Pending(
            key.clone(),
            Pending {
                operation: scope.id.clone(),
                doing: Doing::Updating,
            },
        ))
        .at_end(Effect::DeleteRule {
            group: key,
            rule: Name::from(path.last()),
        })
}

pub(super) fn delete(scope: &Scope<'_>, draft: &Draft<'_>) -> Result<(), Refusal> {
    let mut by = scope.guarded_by(&draft.key);
    if by.is_empty() {
        return Ok(());
    }
    Err(InUse::SecurityGroup {
        id: draft.path.id(scope.view.id),
        by: by.swap_remove(0),
    }
    .into())
}

pub(super) fn group_of<'w>(
    view: View<'w>,
    path: &Path,
) -> Result<(Key, &'w Resource, &'w SecurityGroup), Refusal> {
    let key = path.key();
    let missing = || Refusal::NoParent {
        path: path.clone(),
        parent: path.parent().map(|p| p.id(view.id)).unwrap_or_default(),
    };
    let resource = view.held.shelf.get(&key).ok_or_else(missing)?;
    match &resource.core {
        Core::SecurityGroup(group) => Ok((key, resource, group)),
        _ => Err(missing()),
    }
}
