//! All that is there as the service tells it, and what must be true of it whatever was asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use serde_json::Value;

use super::Azure;
use super::rules::{Packet, lets_in};
use crate::Pace;
use crate::world::Transport;

/// The documents of all resources, by their identifiers without case.
pub(super) struct Documents(BTreeMap<String, Value>);

/// The tag that tells on which port the engine of a machine listens.
pub(super) const DOCKER: &str = "docker";

/// A size that machines have here.
pub(super) struct Size {
    pub(super) name: &'static str,
    pub(super) cores: u64,
    pub(super) family: &'static str,
}

/// Two of one family, and one of another.
pub(super) const SIZES: [Size; 3] = [
    Size {
        name: "Standard_B1s",
        cores: 1,
        family: "standardBSFamily",
    },
    Size {
        name: "Standard_B2s",
        cores: 2,
        family: "standardBSFamily",
    },
    Size {
        name: "Standard_D4s_v5",
        cores: 4,
        family: "standardDSv5Family",
    },
];

/// What Compute counts of all these sizes of machines, and of so many availability sets; what there
/// is none of is left out.
pub(super) fn usages<'s>(
    sizes: impl IntoIterator<Item = &'s Size>,
    sets: usize,
) -> BTreeMap<String, u64> {
    let mut used = BTreeMap::new();
    let mut add = |name: &str, more: u64| *used.entry(name.to_owned()).or_default() += more;
    for size in sizes {
        add("cores", size.cores);
        add(size.family, size.cores);
        add("virtualMachines", 1);
    }
    if sets > 0 {
        add("availabilitySets", sets as u64);
    }
    used
}

/// What Compute tells of the same.
pub(super) fn told_usages(azure: &mut Azure) -> BTreeMap<String, u64> {
    let told = azure
        .get("/providers/Microsoft.Compute/locations/westus/usages")
        .body;
    let mut used = BTreeMap::new();
    for one in list(&told, "/value") {
        let name = text(one, "/name/value").unwrap().to_owned();
        let count = one["currentValue"].as_u64().unwrap();
        assert!(count <= one["limit"].as_u64().unwrap(), "{one}");
        let known = used.insert(name, count);
        assert_eq!(known, None, "{one} is told twice");
    }
    used.retain(|_, count| *count > 0);
    used
}

/// The text at a place.
fn text<'a>(value: &'a Value, place: &str) -> Option<&'a str> {
    value.pointer(place)?.as_str()
}

fn list<'a>(value: &'a Value, place: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value
        .pointer(place)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn lower(text: &str) -> String {
    text.to_ascii_lowercase()
}

/// The power of a machine, in the service's word.
fn power(machine: &Value) -> &str {
    list(machine, "/properties/instanceView/statuses")
        .filter_map(|status| text(status, "/code"))
        .find_map(|code| code.strip_prefix("PowerState/"))
        .unwrap_or_default()
}

type Pairs = BTreeSet<(String, String)>;

impl Documents {
    pub(super) fn of(azure: &mut Azure) -> Self {
        let all = azure.get("/resources").body;
        let ids: Vec<String> = list(&all, "/value")
            .filter_map(|one| text(one, "/id"))
            .filter(|id| !id.contains("/extensions/"))
            .map(str::to_owned)
            .collect();
        let told = ids.iter().map(|id| {
            let view = if id.contains("/virtualMachines/") {
                "?$expand=instanceView"
            } else {
                ""
            };
            let told = azure.get(&format!("{id}{view}"));
            assert_eq!(told.status, 200, "{id}: {told:?}");
            assert_eq!(text(&told.body, "/id"), Some(id.as_str()));
            (lower(id), told.body)
        });
        let told: BTreeMap<_, _> = told.collect();
        assert_eq!(told.len(), ids.len(), "two are called alike: {ids:?}");
        Self(told)
    }

    /// The identifiers, as they are written.
    pub(super) fn ids(&self) -> BTreeSet<String> {
        let ids = self.0.values().filter_map(|one| text(one, "/id"));
        ids.map(str::to_owned).collect()
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = (&String, &Value)> {
        let part = format!("/{}/", lower(kind));
        self.0.iter().filter(move |(id, _)| id.contains(&part))
    }

    /// All that must be true of them.
    pub(super) fn check(&self, azure: &mut Azure) {
        self.nothing_dangles();
        self.both_sides_say_the_same();
        self.private_addresses_are_alone_and_inside();
        let addresses = self.public_addresses();
        self.cores_are_counted(azure);
        self.doors_are_as_the_rules(azure, &addresses);
        self.orphans_are_those_without_users(azure);
    }

    /// Each identifier leads to something that is there; but for those that only tell where
    /// something came from.
    fn nothing_dangles(&self) {
        let mut known: BTreeSet<String> = self.0.keys().cloned().collect();
        for one in self.0.values() {
            for children in [
                "subnets",
                "securityRules",
                "defaultSecurityRules",
                "ipConfigurations",
            ] {
                let children = list(one, &format!("/properties/{children}"));
                known.extend(children.filter_map(|child| text(child, "/id")).map(lower));
            }
        }
        for (id, one) in &self.0 {
            if id.contains("/images/") {
                continue;
            }
            let mut open = vec![("", one)];
            while let Some((name, value)) = open.pop() {
                match value {
                    Value::Object(members) => {
                        let members = members.iter().map(|(name, value)| (name.as_str(), value));
                        open.extend(members.filter(|(name, _)| {
                            !matches!(*name, "creationData" | "imageReference")
                        }));
                    }
                    Value::Array(all) => open.extend(all.iter().map(|value| ("", value))),
                    Value::String(to) if name == "id" || name == "managedBy" => {
                        assert!(known.contains(&lower(to)), "{id} refers to {to}");
                    }
                    _ => {}
                }
            }
        }
    }

    /// Who refers to what, as those say who refer.
    fn forward(&self) -> Pairs {
        let mut pairs = Pairs::new();
        let mut add = |from: &str, to: Option<&str>| {
            pairs.extend(to.map(|to| (lower(from), lower(to))));
        };
        for (id, one) in self.of_kind("virtualMachines") {
            for interface in list(one, "/properties/networkProfile/networkInterfaces") {
                add(id, text(interface, "/id"));
            }
            let profile = &one["properties"]["storageProfile"];
            add(id, text(&profile["osDisk"], "/managedDisk/id"));
            for disk in list(profile, "/dataDisks") {
                add(id, text(disk, "/managedDisk/id"));
            }
            add(id, text(one, "/properties/availabilitySet/id"));
        }
        for (id, one) in self.of_kind("networkInterfaces") {
            add(id, text(one, "/properties/networkSecurityGroup/id"));
            for ip in list(one, "/properties/ipConfigurations") {
                let id = text(ip, "/id").unwrap();
                add(id, text(ip, "/properties/subnet/id"));
                add(id, text(ip, "/properties/publicIPAddress/id"));
            }
        }
        for (_, one) in self.of_kind("virtualNetworks") {
            for subnet in list(one, "/properties/subnets") {
                let id = text(subnet, "/id").unwrap();
                add(id, text(subnet, "/properties/networkSecurityGroup/id"));
            }
        }
        pairs
    }

    /// Who refers to what, as those say who are referred to.
    fn backward(&self) -> Pairs {
        let mut pairs = Pairs::new();
        let mut add = |from: Option<&str>, to: &str| {
            pairs.extend(from.map(|from| (lower(from), lower(to))));
        };
        for (id, one) in &self.0 {
            add(text(one, "/managedBy"), id);
            add(text(one, "/properties/ipConfiguration/id"), id);
            for users in ["virtualMachines", "networkInterfaces", "subnets"] {
                if users == "subnets" && id.contains("/virtualnetworks/") {
                    continue;
                }
                for user in list(one, &format!("/properties/{users}")) {
                    add(text(user, "/id"), id);
                }
            }
            if id.contains("/networkinterfaces/") {
                add(text(one, "/properties/virtualMachine/id"), id);
            }
        }
        for (_, one) in self.of_kind("virtualNetworks") {
            for subnet in list(one, "/properties/subnets") {
                let id = text(subnet, "/id").unwrap();
                for ip in list(subnet, "/properties/ipConfigurations") {
                    add(text(ip, "/id"), id);
                }
            }
        }
        pairs
    }

    fn both_sides_say_the_same(&self) {
        let forward = self.forward();
        assert_eq!(forward, self.backward());
        // What only one can have.
        let mut had = BTreeMap::new();
        for (from, to) in forward {
            let is_alone = ["/disks/", "/networkinterfaces/", "/publicipaddresses/"]
                .iter()
                .any(|kind| to.contains(kind));
            if is_alone {
                let other = had.insert(to.clone(), from.clone());
                assert_eq!(other, None, "{from} has {to}, too");
            }
        }
    }

    fn private_addresses_are_alone_and_inside(&self) {
        let mut taken = BTreeSet::new();
        for (id, one) in self.of_kind("networkInterfaces") {
            for ip in list(one, "/properties/ipConfigurations") {
                let address = text(ip, "/properties/privateIPAddress").unwrap();
                let subnet = text(ip, "/properties/subnet/id").map(lower).unwrap();
                let network = subnet.split("/subnets/").next().unwrap();
                assert!(
                    taken.insert((network.to_owned(), address.to_owned())),
                    "{id}: {address}"
                );
                let mut subnets = list(&self.0[network], "/properties/subnets");
                let subnet =
                    subnets.find(|one| text(one, "/id").map(lower).as_ref() == Some(&subnet));
                let block = text(subnet.unwrap(), "/properties/addressPrefix").unwrap();
                let block: crate::world::Prefix = block.parse().unwrap();
                let address = address.parse().unwrap();
                assert!(
                    block.contains(address) && !block.keeps(address),
                    "{id}: {address}"
                );
            }
        }
    }

    /// The machine that has an interface.
    fn machine_of(&self, interface: &Value) -> Option<&Value> {
        let id = text(interface, "/properties/virtualMachine/id")?;
        self.0.get(&lower(id))
    }

    /// The public addresses by their identifiers: each is somebody's alone, and given to those who
    /// are to have one.
    fn public_addresses(&self) -> BTreeMap<String, Ipv4Addr> {
        let mut addresses = BTreeMap::new();
        let mut given = BTreeSet::new();
        for (id, one) in self.of_kind("publicIPAddresses") {
            let is_static = one["properties"]["publicIPAllocationMethod"] == "Static";
            let interface = text(one, "/properties/ipConfiguration/id")
                .map(|ip| lower(ip.split("/ipConfigurations/").next().unwrap()));
            let machine = interface.and_then(|id| self.machine_of(&self.0[&id]));
            let is_held = machine.is_some_and(|machine| power(machine) != "deallocated");
            let address = text(one, "/properties/ipAddress");
            // One that is being deleted keeps what it had, and does not tell what that was.
            let is_going = machine
                .is_some_and(|machine| machine["properties"]["provisioningState"] == "Deleting");
            if is_static || !is_going {
                assert_eq!(address.is_some(), is_static || is_held, "{id}: {address:?}");
            }
            if let Some(address) = address {
                assert!(given.insert(address.to_owned()), "{address} is given twice");
                addresses.insert(id.clone(), address.parse().unwrap());
            }
        }
        addresses
    }

    fn cores_are_counted(&self, azure: &mut Azure) {
        let sizes = self.of_kind("virtualMachines").map(|(_, one)| {
            let size = text(one, "/properties/hardwareProfile/vmSize").unwrap();
            SIZES.iter().find(|known| known.name == size).unwrap()
        });
        let sets = self.of_kind("availabilitySets").count();
        assert_eq!(told_usages(azure), usages(sizes, sets));
    }

    /// What is reachable at the machines' addresses is what the rules let in.
    fn doors_are_as_the_rules(&self, azure: &Azure, addresses: &BTreeMap<String, Ipv4Addr>) {
        let mut expected = BTreeSet::new();
        let mut open = BTreeSet::new();
        for (_, machine) in self.of_kind("virtualMachines") {
            let Some(docker) = text(machine, &format!("/tags/{DOCKER}")) else {
                continue;
            };
            if power(machine) != "running" {
                continue;
            }
            let docker: u16 = docker.parse().unwrap();
            for interface in list(machine, "/properties/networkProfile/networkInterfaces") {
                let interface = &self.0[&lower(text(interface, "/id").unwrap())];
                for ip in list(interface, "/properties/ipConfigurations") {
                    let public = text(ip, "/properties/publicIPAddress/id").map(lower);
                    let Some(address) = public.as_ref().and_then(|public| addresses.get(public))
                    else {
                        continue;
                    };
                    let is_standard = self.0[public.as_ref().unwrap()]["sku"]["name"] == "Standard";
                    let guards = self.guards(interface, ip);
                    let to = text(ip, "/properties/privateIPAddress").unwrap();
                    for (is_udp, port) in [(false, 22), (false, 2375), (true, 2375), (false, 2999)]
                    {
                        let to = to.parse().unwrap();
                        if lets_in(&guards, is_standard, Packet { is_udp, to, port }) {
                            open.insert((*address, is_udp, port));
                            if port == docker && !is_udp {
                                expected.insert((*address, port));
                            }
                        }
                    }
                }
            }
        }
        let seen = azure.seen();
        let doors = seen.iter().flat_map(|(_, presence)| &presence.doors);
        let doors: BTreeSet<_> = doors.map(|door| (door.address, door.port)).collect();
        let ranges = seen.iter().flat_map(|(_, presence)| &presence.ports);
        let ranges: Vec<_> = ranges.flat_map(|doors| &doors.ranges).collect();
        let reached: BTreeSet<(Ipv4Addr, bool, u16)> = addresses
            .values()
            .flat_map(|address| {
                [
                    (*address, false, 22),
                    (*address, false, 2375),
                    (*address, true, 2375),
                    (*address, false, 2999),
                ]
            })
            .filter(|(address, is_udp, port)| {
                ranges.iter().any(|range| {
                    range.first.ip() == *address
                        && (range.transport == Transport::Datagrams) == *is_udp
                        && (range.first.port()..=range.last).contains(port)
                })
            })
            .collect();
        if azure.pace == Pace::Instant {
            assert_eq!(doors, expected);
            assert_eq!(reached, open);
        } else {
            // An engine is there some time after its machine.
            assert!(doors.is_subset(&expected), "{doors:?}, not {expected:?}");
            assert!(reached.is_subset(&open), "{reached:?}, not {open:?}");
        }
    }

    /// The security groups before a configuration of an interface.
    fn guards(&self, interface: &Value, ip: &Value) -> Vec<&Value> {
        let subnet = text(ip, "/properties/subnet/id").map(lower).unwrap();
        let network = &self.0[subnet.split("/subnets/").next().unwrap()];
        let mut subnets = list(network, "/properties/subnets");
        let subnet = subnets.find(|one| text(one, "/id").map(lower).as_ref() == Some(&subnet));
        [interface, subnet.unwrap()]
            .into_iter()
            .filter_map(|one| text(one, "/properties/networkSecurityGroup/id"))
            .map(|id| &self.0[&lower(id)])
            .collect()
    }

    /// The ledger names all that nobody refers to, and nothing else.
    fn orphans_are_those_without_users(&self, azure: &Azure) {
        let used: BTreeSet<String> = self.forward().into_iter().map(|(_, to)| to).collect();
        let networks: BTreeSet<&str> = used
            .iter()
            .filter_map(|id| Some(id.split_once("/subnets/")?.0))
            .collect();
        let made_of: BTreeSet<String> = self
            .of_kind("disks")
            .filter_map(|(_, one)| text(one, "/properties/creationData/imageReference/id"))
            .map(lower)
            .collect();
        let expected: BTreeSet<&String> = self
            .0
            .iter()
            .filter(|(id, one)| {
                let is_used = used.contains(*id)
                    || networks.contains(id.as_str())
                    || made_of.contains(*id)
                    || id.contains("/virtualmachines/");
                !is_used && text(one, "/properties/provisioningState") != Some("Deleting")
            })
            .map(|(id, _)| id)
            .collect();
        let told: Vec<String> = azure
            .world
            .orphans(azure.now)
            .into_iter()
            .filter_map(|orphan| orphan.id)
            .map(|id| lower(&id))
            .filter(|id| id.contains("/providers/"))
            .collect();
        let told: BTreeSet<&String> = told.iter().collect();
        if azure.pace == Pace::Instant {
            assert_eq!(told, expected);
        } else {
            // What goes with its group is on its way out as well.
            assert!(told.is_subset(&expected), "{told:?}, not {expected:?}");
        }
    }
}
