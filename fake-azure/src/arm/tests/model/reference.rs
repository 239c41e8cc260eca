//! A small model of what is there, and of what is refused.

use std::collections::{BTreeMap, BTreeSet};

use super::super::told::{SIZES, usages};
use super::request::{group_name, name};
use super::step::{Ask, Deed, Id, Kind, Power, Rule, Step, Subnet};

/// How many cores there may be.
pub(super) const CORES: u64 = 6;

/// What must come of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Expected {
    #[default]
    Taken,
    /// It is taken, and makes what was not there, whatever its case.
    Made,
    /// It is taken, and does not come to its end.
    Fails,
    /// It is refused with one of these codes.
    Refused(BTreeSet<&'static str>),
}

#[derive(Clone, Debug)]
struct Interface {
    guard: Option<Id>,
    network: Id,
    subnet: u8,
    public: Option<Id>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Running,
    Stopped,
    Deallocated,
}

#[derive(Clone, Debug)]
struct Machine {
    size: usize,
    interface: Id,
    interface_goes: bool,
    os: Id,
    os_goes: bool,
    data: Vec<Id>,
    set: Option<Id>,
    state: State,
    is_generalized: bool,
}

/// What is there.
#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    /// Groups, as they were called first.
    groups: BTreeMap<u8, String>,
    /// All resources, as they were called first.
    names: BTreeMap<(Kind, Id), String>,
    networks: BTreeMap<Id, [Option<Subnet>; 2]>,
    guards: BTreeMap<Id, BTreeMap<u8, Rule>>,
    labels: BTreeMap<Id, Option<u8>>,
    interfaces: BTreeMap<Id, Interface>,
    machines: BTreeMap<Id, Machine>,
    pub(super) expected: Expected,
}

const NO_GROUP: &str = "ResourceGroupNotFound";
const REFERENCE: &str = "InvalidResourceReference";
const NOT_ALLOWED: &str = "OperationNotAllowed";
const DISK_TAKEN: &str = "ConflictingUserInput";

impl Model {
    pub(super) fn is_there(&self, kind: Kind, id: Id) -> bool {
        self.names.contains_key(&(kind, id))
    }

    /// The identifiers of all resources below the subscription, as they are to be told.
    pub(super) fn ids(&self) -> BTreeSet<String> {
        self.names
            .iter()
            .map(|((kind, id), name)| {
                format!(
                    "/resourceGroups/{}/providers/{}/{name}",
                    self.groups[&id.0],
                    kind.path()
                )
            })
            .collect()
    }

    /// What Compute must count of it.
    pub(super) fn usages(&self) -> BTreeMap<String, u64> {
        let sizes = self.machines.values().map(|machine| &SIZES[machine.size]);
        let sets = self.names.keys().filter(|(kind, _)| *kind == Kind::Set);
        usages(sizes, sets.count())
    }

    /// The names of the groups.
    pub(super) fn group_names(&self) -> BTreeSet<String> {
        self.groups.values().cloned().collect()
    }

    /// Who refers to what.
    fn references(&self) -> Vec<((Kind, Id), (Kind, Id))> {
        let mut all = Vec::new();
        for (id, subnets) in &self.networks {
            for guard in subnets
                .iter()
                .flatten()
                .filter_map(|subnet| subnet.guard.as_ref())
            {
                all.push(((Kind::Network, *id), (Kind::Guard, *guard)));
            }
        }
        for (id, interface) in &self.interfaces {
            let from = (Kind::Interface, *id);
            all.push((from, (Kind::Network, interface.network)));
            all.extend(interface.guard.map(|guard| (from, (Kind::Guard, guard))));
            all.extend(
                interface
                    .public
                    .map(|public| (from, (Kind::Address, public))),
            );
        }
        for (id, machine) in &self.machines {
            let from = (Kind::Machine, *id);
            all.push((from, (Kind::Interface, machine.interface)));
            let disks = machine.data.iter().chain([&machine.os]);
            all.extend(disks.map(|disk| (from, (Kind::Disk, *disk))));
            all.extend(machine.set.map(|set| (from, (Kind::Set, set))));
        }
        all
    }

    fn user(&self, kind: Kind, id: Id) -> Option<(Kind, Id)> {
        let all = self.references();
        let found = all.into_iter().find(|(_, used)| *used == (kind, id));
        found.map(|(user, _)| user)
    }

    /// Whether somebody other than this machine has something.
    fn is_anothers(&self, kind: Kind, id: Id, machine: Id) -> bool {
        let all = self.references();
        all.into_iter()
            .any(|(user, used)| used == (kind, id) && user != (Kind::Machine, machine))
    }

    fn is_subnet_used(&self, network: Id, subnet: u8) -> bool {
        self.interfaces
            .values()
            .any(|one| (one.network, one.subnet) == (network, subnet))
    }

    /// Whether machines have too many cores when one has so many more.
    fn is_over(&self, machine: Option<Id>, size: usize) -> bool {
        let others = self.machines.iter().filter(|(id, _)| Some(**id) != machine);
        let used: u64 = others.map(|(_, one)| SIZES[one.size].cores).sum();
        used + SIZES[size].cores > CORES
    }

    /// The reasons why a request is refused.
    #[expect(clippy::too_many_lines, reason = "one arm for each request")]
    fn reasons(&self, ask: &Ask) -> BTreeSet<&'static str> {
        let mut reasons = BTreeSet::new();
        let mut when = |is_so: bool, reason| {
            if is_so {
                reasons.insert(reason);
            }
        };
        let misses = |kind, id: &Id| !self.is_there(kind, *id);
        let in_group = |id: &Id| !self.groups.contains_key(&id.0);
        match ask {
            Ask::PutGroup(_) | Ask::Again(..) => {}
            Ask::TagGroup(group) | Ask::DeleteGroup(group) => {
                when(!self.groups.contains_key(group), NO_GROUP);
            }
            Ask::PutNetwork(id, subnets) => {
                when(in_group(id), NO_GROUP);
                let mut guards = subnets
                    .iter()
                    .flatten()
                    .filter_map(|subnet| subnet.guard.as_ref());
                when(guards.any(|guard| misses(Kind::Guard, guard)), REFERENCE);
                let loses = (0..2_u8)
                    .any(|n| subnets[usize::from(n)].is_none() && self.is_subnet_used(*id, n));
                when(loses, "InUseSubnetCannotBeDeleted");
            }
            Ask::PutSubnet(id, _, guard) => {
                when(in_group(id), NO_GROUP);
                when(misses(Kind::Network, id), "ParentResourceNotFound");
                when(
                    guard.is_some_and(|guard| misses(Kind::Guard, &guard)),
                    REFERENCE,
                );
            }
            Ask::DeleteSubnet(id, n) => {
                when(in_group(id), NO_GROUP);
                when(self.is_subnet_used(*id, *n), "InUseSubnetCannotBeDeleted");
            }
            Ask::PutGuard(id, rules) => {
                when(in_group(id), NO_GROUP);
                let mut seen = BTreeSet::new();
                let twice = rules
                    .iter()
                    .any(|rule| !seen.insert((rule.priority, rule.is_inbound)));
                when(twice, "SecurityRuleConflict");
            }
            Ask::PutRule(id, n, rule) => {
                when(in_group(id), NO_GROUP);
                when(misses(Kind::Guard, id), "ParentResourceNotFound");
                let mut others = self.guards.get(id).into_iter().flatten();
                let twice = others.any(|(other, known)| {
                    other != n
                        && (known.priority, known.is_inbound) == (rule.priority, rule.is_inbound)
                });
                when(twice, "SecurityRuleConflict");
            }
            Ask::PutAddress(id, _, label) => {
                when(in_group(id), NO_GROUP);
                let mut labels = self.labels.iter();
                let is_taken = labels.any(|(other, l)| other != id && l.is_some() && l == label);
                when(is_taken, "DnsRecordInUse");
            }
            Ask::PutInterface {
                id,
                guard,
                network,
                subnet,
                public,
            } => {
                when(in_group(id), NO_GROUP);
                when(
                    guard.is_some_and(|guard| misses(Kind::Guard, &guard)),
                    REFERENCE,
                );
                let subnets = self.networks.get(network);
                let is_missing = subnets.is_none_or(|all| all[usize::from(*subnet)].is_none());
                when(is_missing, REFERENCE);
                when(
                    public.is_some_and(|public| misses(Kind::Address, &public)),
                    REFERENCE,
                );
                let user = public.and_then(|public| self.user(Kind::Address, public));
                let is_taken = user.is_some_and(|user| user != (Kind::Interface, *id));
                when(is_taken, "PublicIPAddressInUse");
            }
            Ask::PutDisk(id) | Ask::PutSet(id) | Ask::DeleteRule(id, _) => {
                when(in_group(id), NO_GROUP);
            }
            Ask::PutImage(id, of) => {
                when(in_group(id), NO_GROUP);
                // What it was made of is not looked at again.
                if misses(Kind::Image, id) {
                    when(misses(Kind::Machine, of), REFERENCE);
                    let machine = self.machines.get(of);
                    when(machine.is_some_and(|one| !one.is_generalized), NOT_ALLOWED);
                }
            }
            Ask::PutMachine(id, machine) => {
                when(in_group(id), NO_GROUP);
                when(misses(Kind::Interface, &machine.interface), REFERENCE);
                when(
                    self.user(Kind::Interface, machine.interface).is_some(),
                    "NicInUse",
                );
                if let Some(data) = machine.data {
                    when(misses(Kind::Disk, &data), REFERENCE);
                    when(self.user(Kind::Disk, data).is_some(), DISK_TAKEN);
                }
                when(
                    machine.set.is_some_and(|set| misses(Kind::Set, &set)),
                    REFERENCE,
                );
                when(self.is_over(None, machine.size), NOT_ALLOWED);
                when(
                    self.is_there(Kind::Disk, os_disk(*id)),
                    "ConflictingUserInput",
                );
            }
            Ask::Resize(id, size) => {
                when(in_group(id), NO_GROUP);
                when(misses(Kind::Machine, id), "ResourceNotFound");
                when(self.is_over(Some(*id), *size), NOT_ALLOWED);
            }
            Ask::Attach(id, disks) => {
                when(in_group(id), NO_GROUP);
                when(misses(Kind::Machine, id), "ResourceNotFound");
                for (n, disk) in disks.iter().enumerate() {
                    when(misses(Kind::Disk, disk), REFERENCE);
                    when(self.is_anothers(Kind::Disk, *disk, *id), DISK_TAKEN);
                    let is_own = self.machines.get(id).is_some_and(|one| one.os == *disk);
                    when(is_own || disks[..n].contains(disk), DISK_TAKEN);
                }
            }
            Ask::Move(id, interface) => {
                when(in_group(id), NO_GROUP);
                when(misses(Kind::Machine, id), "ResourceNotFound");
                when(misses(Kind::Interface, interface), REFERENCE);
                when(
                    self.is_anothers(Kind::Interface, *interface, *id),
                    "NicInUse",
                );
            }
            Ask::Power(id, power) => {
                when(in_group(id), NO_GROUP);
                when(misses(Kind::Machine, id), "ResourceNotFound");
                if let Some(machine) = self.machines.get(id) {
                    let rests = machine.state != State::Running;
                    let is_allowed = match power {
                        Power::Start | Power::Stop => !machine.is_generalized,
                        Power::Restart | Power::Redeploy => !rests && !machine.is_generalized,
                        Power::Deallocate => true,
                        Power::Generalize => rests,
                    };
                    when(!is_allowed, NOT_ALLOWED);
                }
            }
            Ask::Delete(kind, id) => {
                when(in_group(id), NO_GROUP);
                let is_used = self.user(*kind, *id).is_some();
                match kind {
                    Kind::Network => when(is_used, "InUseSubnetCannotBeDeleted"),
                    Kind::Guard => when(is_used, "InUseNetworkSecurityGroupCannotBeDeleted"),
                    Kind::Address => when(is_used, "PublicIPAddressCannotBeDeleted"),
                    Kind::Interface => when(is_used, "NicInUse"),
                    Kind::Disk | Kind::Set => when(is_used, NOT_ALLOWED),
                    Kind::Image | Kind::Machine => {}
                }
            }
        }
        reasons
    }

    fn is_used_from_outside(&self, group: u8) -> bool {
        let all = self.references();
        all.iter()
            .any(|(user, used)| used.1.0 == group && user.1.0 != group)
    }

    /// Does what a step does.
    pub(super) fn take(&mut self, step: &Step) {
        self.expected = Expected::Taken;
        let Deed::Ask(ask) = &step.deed else {
            return;
        };
        let reasons = self.reasons(ask);
        if !reasons.is_empty() {
            self.expected = Expected::Refused(reasons);
            return;
        }
        if let Ask::DeleteGroup(group) = ask
            && self.is_used_from_outside(*group)
        {
            self.expected = Expected::Fails;
            return;
        }
        if self.makes(ask) {
            self.expected = Expected::Made;
        }
        self.carry_out(step, ask);
    }

    /// Whether a request makes something that is not there; sets and disks are
    /// told with 200 all the same.
    fn makes(&self, ask: &Ask) -> bool {
        let is_new = |kind, id: &Id| !self.is_there(kind, *id);
        match ask {
            Ask::PutGroup(group) => !self.groups.contains_key(group),
            Ask::PutNetwork(id, _) => is_new(Kind::Network, id),
            Ask::PutSubnet(id, n, _) => self.networks[id][usize::from(*n)].is_none(),
            Ask::PutGuard(id, _) => is_new(Kind::Guard, id),
            Ask::PutRule(id, n, _) => !self.guards[id].contains_key(n),
            Ask::PutAddress(id, ..) => is_new(Kind::Address, id),
            Ask::PutInterface { id, .. } => is_new(Kind::Interface, id),
            Ask::PutImage(id, _) => is_new(Kind::Image, id),
            Ask::PutMachine(id, _) => is_new(Kind::Machine, id),
            _ => false,
        }
    }

    fn note(&mut self, step: &Step, kind: Kind, id: Id) {
        let path = step.twisted(&super::request::path(kind, id));
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        self.names.entry((kind, id)).or_insert(name);
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each request")]
    fn carry_out(&mut self, step: &Step, ask: &Ask) {
        match ask {
            Ask::PutGroup(group) => {
                let path = step.twisted(&format!("/resourceGroups/{}", group_name(*group)));
                let name = path.rsplit('/').next().unwrap_or_default().to_owned();
                self.groups.entry(*group).or_insert(name);
            }
            Ask::TagGroup(_) | Ask::Again(..) => {}
            Ask::DeleteGroup(group) => {
                let gone: Vec<_> = self
                    .names
                    .keys()
                    .copied()
                    .filter(|(_, id)| id.0 == *group)
                    .collect();
                for (kind, id) in gone {
                    self.forget(kind, id);
                }
                self.groups.remove(group);
            }
            Ask::PutNetwork(id, subnets) => {
                self.note(step, Kind::Network, *id);
                self.networks.insert(*id, *subnets);
            }
            Ask::PutSubnet(id, n, guard) => {
                if let Some(network) = self.networks.get_mut(id) {
                    network[usize::from(*n)] = Some(Subnet { guard: *guard });
                }
            }
            Ask::DeleteSubnet(id, n) => {
                if let Some(network) = self.networks.get_mut(id) {
                    network[usize::from(*n)] = None;
                }
            }
            Ask::PutGuard(id, rules) => {
                self.note(step, Kind::Guard, *id);
                let rules = (0..).zip(rules.iter().copied()).collect();
                self.guards.insert(*id, rules);
            }
            Ask::PutRule(id, n, rule) => {
                self.guards.entry(*id).or_default().insert(*n, *rule);
            }
            Ask::DeleteRule(id, n) => {
                if let Some(rules) = self.guards.get_mut(id) {
                    rules.remove(n);
                }
            }
            Ask::PutAddress(id, _, label) => {
                self.note(step, Kind::Address, *id);
                self.labels.insert(*id, *label);
            }
            Ask::PutInterface {
                id,
                guard,
                network,
                subnet,
                public,
            } => {
                self.note(step, Kind::Interface, *id);
                let interface = Interface {
                    guard: *guard,
                    network: *network,
                    subnet: *subnet,
                    public: *public,
                };
                self.interfaces.insert(*id, interface);
            }
            Ask::PutDisk(id) => self.note(step, Kind::Disk, *id),
            Ask::PutImage(id, _) => self.note(step, Kind::Image, *id),
            Ask::PutSet(id) => self.note(step, Kind::Set, *id),
            Ask::PutMachine(id, machine) => {
                self.note(step, Kind::Machine, *id);
                let os = os_disk(*id);
                self.names.insert((Kind::Disk, os), name(Kind::Disk, os));
                let machine = Machine {
                    size: machine.size,
                    interface: machine.interface,
                    interface_goes: machine.goes,
                    os,
                    os_goes: machine.goes,
                    data: machine.data.into_iter().collect(),
                    set: machine.set,
                    state: State::Running,
                    is_generalized: false,
                };
                self.machines.insert(*id, machine);
            }
            Ask::Resize(id, size) => self.change(*id, |machine| machine.size = *size),
            Ask::Attach(id, disks) => self.change(*id, |machine| machine.data.clone_from(disks)),
            Ask::Move(id, interface) => self.change(*id, |machine| {
                machine.interface = *interface;
                machine.interface_goes = false;
            }),
            Ask::Power(id, power) => self.change(*id, |machine| match power {
                Power::Start => machine.state = State::Running,
                Power::Restart | Power::Redeploy => {}
                Power::Stop if machine.state == State::Deallocated => {}
                Power::Stop => machine.state = State::Stopped,
                Power::Deallocate => machine.state = State::Deallocated,
                Power::Generalize => machine.is_generalized = true,
            }),
            Ask::Delete(kind, id) => self.forget(*kind, *id),
        }
    }

    fn change(&mut self, id: Id, change: impl FnOnce(&mut Machine)) {
        if let Some(machine) = self.machines.get_mut(&id) {
            change(machine);
        }
    }

    /// Something goes, and with a machine what goes along.
    fn forget(&mut self, kind: Kind, id: Id) {
        self.names.remove(&(kind, id));
        match kind {
            Kind::Network => drop(self.networks.remove(&id)),
            Kind::Guard => drop(self.guards.remove(&id)),
            Kind::Address => drop(self.labels.remove(&id)),
            Kind::Interface => drop(self.interfaces.remove(&id)),
            Kind::Disk | Kind::Image | Kind::Set => {}
            Kind::Machine => {
                let Some(gone) = self.machines.remove(&id) else {
                    return;
                };
                if gone.interface_goes {
                    self.forget(Kind::Interface, gone.interface);
                }
                if gone.os_goes {
                    self.forget(Kind::Disk, gone.os);
                }
            }
        }
    }
}

/// The disk that a machine boots from.
pub(super) fn os_disk(machine: Id) -> Id {
    Id(machine.0, machine.1 + 10)
}
