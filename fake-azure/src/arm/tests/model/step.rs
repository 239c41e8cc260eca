//! What can be asked of Resource Manager, with few enough names that requests meet each other.

use proptest::prelude::*;

/// A group, and a name in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(pub(super) u8, pub(super) u8);

/// A kind of resource of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Network,
    Guard,
    Address,
    Interface,
    Disk,
    Image,
    Set,
    Machine,
}

/// A rule of a security group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) priority: u16,
    pub(super) is_inbound: bool,
    pub(super) access: &'static str,
    pub(super) protocol: &'static str,
    pub(super) ports: &'static str,
    pub(super) source: &'static str,
}

/// A subnet, and the security group before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Subnet {
    pub(super) guard: Option<Id>,
}

/// What is done with a machine's power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Power {
    Start,
    Restart,
    Redeploy,
    Stop,
    Deallocate,
    Generalize,
}

/// A machine to be made.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    pub(super) size: usize,
    pub(super) interface: Id,
    pub(super) data: Option<Id>,
    pub(super) set: Option<Id>,
    /// Whether interface and disk go with it.
    pub(super) goes: bool,
    pub(super) has_docker: bool,
}

/// A request.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    PutGroup(u8),
    TagGroup(u8),
    DeleteGroup(u8),
    /// A network with these subnets, each with the security group before it.
    PutNetwork(Id, [Option<Subnet>; 2]),
    PutSubnet(Id, u8, Option<Id>),
    DeleteSubnet(Id, u8),
    PutGuard(Id, Vec<Rule>),
    PutRule(Id, u8, Rule),
    DeleteRule(Id, u8),
    PutAddress(Id, bool, Option<u8>),
    PutInterface {
        id: Id,
        guard: Option<Id>,
        network: Id,
        subnet: u8,
        public: Option<Id>,
    },
    PutDisk(Id),
    /// An image of a machine.
    PutImage(Id, Id),
    PutSet(Id),
    PutMachine(Id, Machine),
    Resize(Id, usize),
    /// These data disks, and no others.
    Attach(Id, Vec<Id>),
    /// This interface, and no other.
    Move(Id, Id),
    /// What is told of it is written back.
    Again(Kind, Id),
    Power(Id, Power),
    Delete(Kind, Id),
}

/// A request or something else that happens.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Ask(Ask),
    /// So many seconds pass.
    Pass(u16),
    /// The simulator is killed, and another goes on with its state.
    Kill,
}

/// A deed, with the case in which everything is written.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) deed: Deed,
    pub(super) twist: u64,
}

impl Step {
    /// A text in a case of its own.
    pub(super) fn twisted(&self, text: &str) -> String {
        let mut bits = self.twist;
        text.chars()
            .map(|letter| {
                bits = bits.rotate_left(7) ^ u64::from(letter);
                if bits.is_multiple_of(4) {
                    letter.to_ascii_uppercase()
                } else if bits % 4 == 1 {
                    letter.to_ascii_lowercase()
                } else {
                    letter
                }
            })
            .collect()
    }
}

fn id() -> impl Strategy<Value = Id> {
    (0..2_u8, 0..2_u8).prop_map(|(group, name)| Id(group, name))
}

/// A disk: one of its own, or one that a machine boots from.
fn disk() -> impl Strategy<Value = Id> {
    (0..2_u8, prop::sample::select(&[0_u8, 1, 10, 11][..]))
        .prop_map(|(group, name)| Id(group, name))
}

fn rule() -> impl Strategy<Value = Rule> {
    (
        0..4_u16,
        prop::bool::weighted(0.9),
        prop::sample::select(&["Allow", "Allow", "Deny"][..]),
        prop::sample::select(&["*", "Tcp", "Udp"][..]),
        prop::sample::select(&["*", "2375", "2000-3000", "22"][..]),
        prop::sample::select(&["*", "Internet", "VirtualNetwork", "203.0.113.0/24"][..]),
    )
        .prop_map(
            |(priority, is_inbound, access, protocol, ports, source)| Rule {
                priority: 100 + 10 * priority,
                is_inbound,
                access,
                protocol,
                ports,
                source,
            },
        )
}

fn machine() -> impl Strategy<Value = Machine> {
    (
        0..3_usize,
        id(),
        prop::option::weighted(0.3, disk()),
        prop::option::weighted(0.3, id()),
        any::<bool>(),
        prop::bool::weighted(0.7),
    )
        .prop_map(|(size, interface, data, set, goes, has_docker)| Machine {
            size,
            interface,
            data,
            set,
            goes,
            has_docker,
        })
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(
        &[
            Kind::Network,
            Kind::Guard,
            Kind::Address,
            Kind::Interface,
            Kind::Disk,
            Kind::Image,
            Kind::Set,
            Kind::Machine,
        ][..],
    )
}

fn power() -> impl Strategy<Value = Power> {
    prop::sample::select(
        &[
            Power::Start,
            Power::Restart,
            Power::Redeploy,
            Power::Stop,
            Power::Deallocate,
            Power::Deallocate,
            Power::Generalize,
        ][..],
    )
}

fn ask() -> impl Strategy<Value = Ask> {
    let guard = || prop::option::weighted(0.5, id());
    let subnet = || prop::option::weighted(0.8, guard().prop_map(|guard| Subnet { guard }));
    prop_oneof![
        6 => (0..2_u8).prop_map(Ask::PutGroup),
        1 => (0..2_u8).prop_map(Ask::TagGroup),
        1 => (0..2_u8).prop_map(Ask::DeleteGroup),
        5 => (id(), [subnet(), subnet()]).prop_map(|(id, subnets)| Ask::PutNetwork(id, subnets)),
        2 => (id(), 0..2_u8, guard()).prop_map(|(id, n, guard)| Ask::PutSubnet(id, n, guard)),
        1 => (id(), 0..2_u8).prop_map(|(id, n)| Ask::DeleteSubnet(id, n)),
        3 => (id(), prop::collection::vec(rule(), 0..3)).prop_map(|(id, rules)| Ask::PutGuard(id, rules)),
        2 => (id(), 0..3_u8, rule()).prop_map(|(id, n, rule)| Ask::PutRule(id, n, rule)),
        1 => (id(), 0..3_u8).prop_map(|(id, n)| Ask::DeleteRule(id, n)),
        4 => (id(), any::<bool>(), prop::option::weighted(0.5, 0..2_u8))
            .prop_map(|(id, is_standard, label)| Ask::PutAddress(id, is_standard, label)),
        8 => (id(), guard(), id(), 0..2_u8, prop::option::weighted(0.8, id())).prop_map(
            |(id, guard, network, subnet, public)| Ask::PutInterface { id, guard, network, subnet, public }),
        3 => id().prop_map(Ask::PutDisk),
        2 => (id(), id()).prop_map(|(id, machine)| Ask::PutImage(id, machine)),
        2 => id().prop_map(Ask::PutSet),
        8 => (id(), machine()).prop_map(|(id, machine)| Ask::PutMachine(id, machine)),
        2 => (id(), 0..3_usize).prop_map(|(id, size)| Ask::Resize(id, size)),
        2 => (id(), prop::collection::vec(disk(), 0..3)).prop_map(|(id, disks)| Ask::Attach(id, disks)),
        2 => (id(), id()).prop_map(|(id, interface)| Ask::Move(id, interface)),
        3 => (kind(), id()).prop_map(|(kind, id)| Ask::Again(kind, id)),
        6 => (id(), power()).prop_map(|(id, power)| Ask::Power(id, power)),
        8 => prop_oneof![
            3 => (kind(), id()).prop_map(|(kind, id)| Ask::Delete(kind, id)),
            1 => disk().prop_map(|id| Ask::Delete(Kind::Disk, id)),
        ],
    ]
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let deed = prop_oneof![
        14 => ask().prop_map(Deed::Ask),
        2 => (0..120_u16).prop_map(Deed::Pass),
        1 => Just(Deed::Kill),
    ];
    (deed, any::<u64>()).prop_map(|(deed, twist)| Step { deed, twist })
}
