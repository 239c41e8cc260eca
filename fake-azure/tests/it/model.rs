//! Random sequences of all operations, against a small model of what must be there.
//!
//! After each request the world must have taken it exactly when the model does, hold what the
//! model holds, and contradict itself nowhere. Now and then it is written down and goes on from
//! what was read; in the end all that was granted, done again, must make the same world.

mod deeds;
mod reasons;
pub(crate) mod reference;
pub(crate) mod request;
pub(crate) mod step;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use fake_azure::command::{Refusal, Request};
use fake_azure::view::{Link, Name, View};
use fake_azure::{FakeAzure, OperationId, Pace, Refused, SubscriptionId};
use jiff::Timestamp;
use proptest::test_runner::Config;
use proptest_state_machine::{StateMachineTest, prop_state_machine};
use serde_json::Value;

use self::reference::{Course, Model};
use self::request::{blob, image, reserved, role, service};
use self::step::Step;
use crate::stage::builder;

/// One simulator for all sequences; each begins with a reset.
#[derive(Debug)]
struct Subject {
    us: SubscriptionId,
    /// What was granted since, and when.
    granted: Vec<(Timestamp, Request)>,
}

impl Subject {
    /// Asks for what a step wants.
    fn send(&mut self, step: &Step) -> Result<(), Refusal> {
        azure().cloud().act(|hand, now| {
            let Some(command) = request::command(hand.of(&self.us), step) else {
                return Ok(());
            };
            let request = Request {
                subscription: self.us.clone(),
                id: OperationId::new(&format!("{:032x}", self.granted.len())),
                object: String::new(),
                fault: None,
                command,
            };
            hand.perform(request.clone())?;
            self.granted.push((now, request));
            Ok(())
        })
    }

    /// The world written down and read again is the same, and goes on.
    fn write_down_and_read() {
        let cloud = azure().cloud();
        let before = cloud.snapshot().unwrap();
        cloud.restore(&before).unwrap();
        assert_eq!(written(&before), written(&cloud.snapshot().unwrap()));
    }

    /// What was granted, done again from the beginning, makes the same world byte by byte.
    fn do_it_all_again(self) {
        let cloud = azure().cloud();
        let (is, end) = (cloud.snapshot().unwrap(), cloud.now());
        cloud.reset().unwrap();
        let pass_until = |then: Timestamp| {
            let left = then.duration_since(cloud.now());
            cloud.advance(left.try_into().unwrap());
        };
        for (at, request) in self.granted {
            pass_until(at);
            cloud.act(|hand, _| hand.perform(request)).unwrap();
        }
        pass_until(end);
        assert_eq!(written(&cloud.snapshot().unwrap()), written(&is));
    }
}

/// The world in a snapshot, as it is written.
fn written(snapshot: &str) -> String {
    let snapshot: Value = serde_json::from_str(snapshot).unwrap();
    snapshot["world"].to_string()
}

fn azure() -> &'static FakeAzure {
    static RUNNING: OnceLock<(tokio::runtime::Runtime, FakeAzure)> = OnceLock::new();
    let (_, azure) = RUNNING.get_or_init(|| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        // What is never dropped is not cleaned up either.
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("model");
        let azure = runtime
            .block_on(
                builder()
                    .credentials_folder(&folder)
                    .pace(Pace::ByHand)
                    .start(),
            )
            .unwrap();
        (runtime, azure)
    });
    azure
}

impl StateMachineTest for Subject {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(_: &Model) -> Self {
        let cloud = azure().cloud();
        cloud.reset().unwrap();
        let mut subject = Self {
            us: azure().subscription_id().clone(),
            granted: Vec::new(),
        };
        // The account that the model begins with.
        let account = Step::CreateAccount(0);
        subject.send(&account).unwrap();
        cloud.advance(Duration::from_secs(31));
        subject
    }

    fn apply(mut subject: Self, model: &Model, step: Step) -> Self {
        let cloud = azure().cloud();
        if let Step::Pass(seconds) = step {
            cloud.advance(Duration::from_secs(seconds));
            if seconds % 5 == 0 {
                Self::write_down_and_read();
            }
        }
        let done = subject.send(&step);
        match done {
            Ok(()) => assert!(
                model.refusals.is_empty(),
                "{step:?} was taken, but should be refused with one of {:?}",
                model.refusals
            ),
            Err(refusal) => assert!(
                model
                    .refusals
                    .contains(&Refused::from(refusal.clone()).status),
                "{step:?} was refused with {refusal}, but should be with one of {:?} (none: taken)",
                model.refusals
            ),
        }
        subject
    }

    fn teardown(subject: Self, _: Model) {
        subject.do_it_all_again();
    }

    fn check_invariants(subject: &Self, model: &Model) {
        azure().cloud().act(|world, _| {
            let held = world.of(&subject.us);
            holds_what_the_model_holds(held, model);
            nothing_dangles(held);
        });
        hosts_file_tells_the_world();
    }
}

fn set<T: Ord>(items: impl Iterator<Item = T>) -> BTreeSet<T> {
    items.collect()
}

fn holds_what_the_model_holds(world: View<'_>, model: &Model) {
    assert_eq!(
        set(world.services().map(|s| s.name.clone())),
        set(model.services.keys().map(|n| service(*n)))
    );
    for (n, expected) in &model.services {
        let held = world.service(&service(*n)).unwrap();
        assert_eq!(world.is_locked(&held.name), model.is_locked(*n), "lock");
        let certificates = world.service_certificates(&held.name).unwrap().count();
        assert_eq!(certificates, usize::from(expected.certificate));
        assert_eq!(held.deployment.is_some(), expected.deployment.is_some());
        let (Some(held), Some(expected)) = (&held.deployment, &expected.deployment) else {
            continue;
        };
        assert_eq!(held.reserved_ip, expected.reserved.map(reserved));
        assert_eq!(held.virtual_network.is_some(), expected.in_network);
        assert_eq!(held.load_balancers.len(), usize::from(expected.balancer));
        assert_eq!(held.dns_servers.len(), usize::from(expected.dns_server));
        assert_eq!(
            set(held.roles.iter().map(|r| r.name.clone())),
            set(expected.roles.keys().map(|n| role(*n)))
        );
        let link = |name: &str| world.disk(name).unwrap().media_link.clone();
        for (n, expected) in &expected.roles {
            let held = held.role(&role(*n)).unwrap();
            assert_eq!(link(&held.os_disk), blob(expected.os));
            assert_eq!(held.endpoints[0].port, expected.port);
            let data = held.data_disks.iter();
            let data: BTreeMap<u32, Link> = data.map(|(n, name)| (*n, link(name))).collect();
            let known = expected.data.iter();
            let known: BTreeMap<u32, Link> = known.map(|(n, b)| (*n, blob(*b))).collect();
            assert_eq!(data, known);
            let gone = expected.course == Course::Deallocated;
            assert_eq!(held.address.is_none(), gone, "the address of {}", held.name);
        }
        let idle = expected
            .roles
            .values()
            .all(|role| role.course == Course::Deallocated);
        assert_eq!(held.vip.is_none(), idle);
    }
    let disks = world.disks().map(|disk| {
        let at = disk.attached.as_ref();
        let at = at.map(|at| (at.service.clone(), at.role.clone()));
        (disk.media_link.clone(), at)
    });
    let known = model.disks.iter().map(|(b, disk)| {
        let at = disk.attached.map(|(s, r)| (service(s), role(r)));
        (blob(*b), at)
    });
    assert_eq!(set(disks), set(known));
    let own = world
        .images()
        .into_iter()
        .filter(|i| i.media_link.is_some());
    let own = own.map(|i| (i.name.clone(), i.media_link.clone().unwrap()));
    assert_eq!(
        set(own),
        set(model.images.iter().map(|(n, b)| (image(*n), blob(*b))))
    );
    let own = world
        .vm_images()
        .into_iter()
        .filter(|i| i.media_link.is_some());
    assert_eq!(
        set(own.map(|i| i.name.clone())),
        set(model.vm_images.keys().map(|n| image(*n)))
    );
    assert_eq!(
        set(world
            .reserved_ips()
            .map(|ip| (ip.name.clone(), ip.used_by.clone()))),
        set(model
            .reserved
            .iter()
            .map(|(n, ip)| { (reserved(*n), ip.user.map(|s| (service(s), service(s)))) }))
    );
    assert_eq!(world.affinity_groups().count(), usize::from(model.group));
    assert_eq!(world.virtual_networks().count(), usize::from(model.network));
    assert_eq!(
        set(world.storage_accounts().map(|a| a.name.clone())),
        set(model
            .accounts
            .keys()
            .map(|n| Name::from(request::account(*n))))
    );
}

/// What one thing says of another, the other says too; what must be alone, is.
fn nothing_dangles(world: View<'_>) {
    let mut in_use: BTreeMap<Name, (Name, Name)> = BTreeMap::new();
    let mut addresses = BTreeSet::new();
    for held in world.services() {
        let Some(deployment) = &held.deployment else {
            continue;
        };
        if let Some(vip) = deployment.vip {
            assert!(addresses.insert(vip), "{vip} is given twice");
        }
        if let Some(name) = &deployment.reserved_ip {
            let ip = world.reserved_ip(name).unwrap();
            let user = (held.name.clone(), deployment.name.clone());
            assert_eq!(ip.used_by, Some(user));
            assert!(deployment.vip.is_none_or(|vip| vip == ip.address));
        }
        if let Some(name) = &deployment.virtual_network {
            world.virtual_network(name).unwrap();
        }
        let mut inner = BTreeSet::new();
        for role in &deployment.roles {
            if let (Some(address), true) = (role.address, deployment.virtual_network.is_some()) {
                assert!(inner.insert(address), "{address} is given twice");
            }
            let disks = role.data_disks.iter().map(|(_, name)| name);
            for name in disks.chain([&role.os_disk]) {
                let user = (held.name.clone(), role.name.clone());
                let twice = in_use.insert(name.clone(), user);
                assert!(twice.is_none(), "{name} is attached twice");
            }
            for thumbprint in &role.certificates {
                world.service_certificate(&held.name, thumbprint).unwrap();
            }
        }
    }
    for ip in world.reserved_ips() {
        let own = ip.used_by.is_none();
        assert!(!own || addresses.insert(ip.address), "{}", ip.address);
        if let Some((service, deployment)) = &ip.used_by {
            let user = world.deployment(service, deployment).unwrap();
            assert_eq!(user.reserved_ip.as_ref(), Some(&ip.name));
        }
    }
    let mut blobs = BTreeSet::new();
    for disk in world.disks() {
        assert!(blobs.insert(&disk.media_link), "{} twice", disk.media_link);
        let at = disk.attached.as_ref();
        let at = at.map(|at| (at.service.clone(), at.role.clone()));
        assert_eq!(in_use.remove(&disk.name), at, "{}", disk.name);
    }
    assert!(in_use.is_empty(), "{in_use:?} are attached but not there");
}

/// The hosts file has the public names of the world with their addresses; all others that it has
/// lead to one address, which is none of them.
fn hosts_file_tells_the_world() {
    let text = std::fs::read_to_string(azure().hosts_file()).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut told: BTreeMap<String, String> = lines
        .map(|line| {
            let (address, name) = line.split_once(' ').unwrap();
            (name.to_owned(), address.to_owned())
        })
        .collect();
    let mut taken = BTreeSet::new();
    for (name, address) in azure().cloud().public_names() {
        assert_eq!(told.remove(&name), Some(address.to_string()), "{name}");
        taken.insert(address.to_string());
    }
    let closed: BTreeSet<_> = told.into_values().collect();
    assert!(
        closed.len() <= 1 && closed.is_disjoint(&taken),
        "{closed:?}"
    );
}

prop_state_machine! {
    // 256 sequences, or as many as PROPTEST_CASES says.
    #![proptest_config(Config {
        max_shrink_iters: 4096,
        ..Config::default()
    })]

    #[test]
    fn the_world_does_what_a_small_model_does(sequential 1..60 => Subject);
}
