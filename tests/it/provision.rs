//! The story of a create, told on a cloud of fifty lines.

pub(crate) mod faulty;
pub(crate) mod time;
pub(crate) mod tiny;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use azure::backend::site::classic::ClassicTask;
use azure::backend::{Backend, Os, Site, Task};
use azure::domain::{Password, Port, UserName};
use azure::event::{Event, Events};
use azure::pki::docker::{DockerCertificates, NoClientConfig};
use azure::provision::{
    self, ClassicOrder, ClassicProblem, CreateFailure, Dialler, DockerWish, EngineInfo, Engines,
    Job, Missing, Order, PasswordSource, Ports, Problem, Records, SiteOrder, SshEndpoint, SshWish,
};
use azure::saga::{Interrupt, Interrupter};

use serde_json::json;
use time::Patient;
use tiny::Tiny;

/// The moment at which every create begins.
pub(crate) const BIRTH: &str = "2026-11-25T00:00:00Z";

pub(crate) struct Known;

#[async_trait]
impl PasswordSource for Known {
    async fn password(&self, _user: &UserName, _os: Os) -> Result<Password, Problem> {
        Ok("Pa$$w0rd1".parse()?)
    }
}

pub(crate) fn order(host: &str) -> Order {
    Order {
        image: tiny::IMAGE.to_owned(),
        location: Some("West US".to_owned()),
        user: Some("azureuser".to_owned()),
        ssh: SshWish {
            endpoint: SshEndpoint::Port(Port::SSH),
            ..SshWish::default()
        },
        docker: Some(azure::backend::site::classic::DOCKER_PORT),
        nonce: "0123456789abcdef".to_owned(),
        ..Order::new(host.parse().unwrap())
    }
}

/// What is ordered of classic Azure alone.
pub(crate) fn classic(order: &mut Order) -> &mut ClassicOrder {
    match &mut order.site {
        SiteOrder::Classic(order) => order,
        other => panic!("{other:?}"),
    }
}

/// Daemons that answer whoever asks.
struct Answering;

#[async_trait]
impl Engines for Answering {
    async fn ask(&self, _: SocketAddr, _: &str) -> Result<EngineInfo, Missing> {
        Ok(EngineInfo(json!({"Name": "web"})))
    }
}

impl Dialler for Answering {
    fn with(&self, _: &DockerCertificates) -> Result<Box<dyn Engines>, NoClientConfig> {
        Ok(Box::new(Self))
    }
}

/// How a create ended.
#[derive(Debug)]
pub(crate) enum Ending {
    Complete,
    Refused(Problem),
    Undone(CreateFailure),
}

/// The whole story, but for a daemon that is asked.
pub(crate) async fn run(
    backend: &dyn Backend,
    order: &Order,
    events: &dyn Events,
    interrupt: &Interrupt,
) -> Ending {
    let folder = tempfile::tempdir().expect("a folder");
    let job = Job {
        order: order.clone(),
        docker: order.docker.map(|_| DockerWish {
            folder: folder.path().join("certificates"),
            certificate_name: None,
            wait: Some(Duration::from_mins(10)),
        }),
        warnings: Vec::new(),
        custom_data_file: None,
        keep: false,
        dry_run: false,
    };
    let ports = Ports {
        backend,
        clock: &Patient::at(BIRTH),
        events,
        passwords: &Known,
        dialler: &Answering,
        interrupt,
        ssh_folder: folder.path(),
        records: Some(&Records::of(
            folder.path(),
            "11111111-2222-3333-4444-555555555555",
        )),
    };
    match provision::run(&job, ports).await {
        Ok(_) => Ending::Complete,
        Err(CreateFailure::Problem(problem)) => Ending::Refused(problem),
        Err(failure) => Ending::Undone(failure),
    }
}

fn silent(_: Event) {}

#[tokio::test]
async fn a_create_makes_all_of_it() {
    let cloud = Tiny::default();

    let ending = run(&cloud, &order("web"), &silent, &Interrupt::never()).await;

    assert!(matches!(ending, Ending::Complete), "{ending:?}");
    let state = cloud.state();
    assert!(state.hosts.contains("web"));
    assert_eq!(state.machines.get("web"), Some(&true));
}

#[tokio::test]
async fn an_operation_that_fails_later_leaves_nothing_and_says_so_in_order() {
    let cloud = Tiny {
        machine_fails: true,
        ..Tiny::default()
    };
    let seen = Mutex::new(Vec::new());
    let listener = |event: Event| seen.lock().expect("no panic").push(event);

    let ending = run(&cloud, &order("web"), &listener, &Interrupt::never()).await;

    assert!(
        matches!(&ending, Ending::Undone(failure @ CreateFailure::Failed { error, .. })
            if failure.left().is_empty() && error.message() == "Port 22 is in use"),
        "{ending:?}"
    );
    assert_eq!(cloud.state().things(), tiny::State::default());
    let seen = seen.into_inner().expect("no panic");
    let undone: Vec<&str> = seen
        .iter()
        .filter_map(|event| match event {
            Event::Undone { task, .. } => Some(task.name()),
            _ => None,
        })
        .collect();
    assert_eq!(
        undone,
        [
            "create machine",
            "add certificate",
            "create storage account",
            "create host"
        ]
    );
}

#[tokio::test]
async fn a_name_that_somebody_holds_is_refused_before_anything_is_made() {
    let cloud = Tiny::default();

    let ending = run(&cloud, &order("taken"), &silent, &Interrupt::never()).await;

    assert!(
        matches!(&ending, Ending::Refused(Problem::NameTaken { .. })),
        "{ending:?}"
    );
    assert_eq!(cloud.state().things(), tiny::State::default());
}

#[tokio::test]
async fn an_inhabited_host_is_refused_and_stays() {
    let cloud = Tiny::default();
    run(&cloud, &order("web"), &silent, &Interrupt::never()).await;
    let before = cloud.state().things();

    let ending = run(&cloud, &order("web"), &silent, &Interrupt::never()).await;

    assert!(
        matches!(&ending, Ending::Refused(Problem::HostInhabited(name)) if name == "web"),
        "{ending:?}"
    );
    assert_eq!(cloud.state().things(), before);
}

#[tokio::test]
async fn a_host_that_was_there_stays_when_the_machine_fails() {
    let cloud = Tiny {
        machine_fails: true,
        ..Tiny::default()
    };
    cloud.state().hosts.insert("web".to_owned());

    let ending = run(&cloud, &order("web"), &silent, &Interrupt::never()).await;

    assert!(matches!(ending, Ending::Undone(..)), "{ending:?}");
    assert!(cloud.state().hosts.contains("web"));
    assert!(cloud.state().machines.is_empty());
}

#[tokio::test]
async fn an_interrupt_at_any_event_ends_complete_or_clean() {
    for n in 0.. {
        let cloud = Tiny::default();
        let (interrupter, interrupt) = Interrupter::new();
        let interrupter = Arc::new(interrupter);
        let count = Mutex::new(0);
        let listener = |_: Event| {
            let mut count = count.lock().expect("no panic");
            if *count == n {
                interrupter.ask();
            }
            *count += 1;
        };

        let ending = run(&cloud, &order("web"), &listener, &interrupt).await;

        match ending {
            Ending::Complete => assert!(cloud.state().machines.contains_key("web")),
            Ending::Undone(failure @ CreateFailure::Interrupted { .. }) => {
                assert!(failure.left().is_empty(), "{failure:?}");
                assert_eq!(cloud.state().things(), tiny::State::default(), "event {n}");
            }
            other => panic!("event {n}: {other:?}"),
        }
        if !interrupt.is_asked() {
            return;
        }
    }
}

#[tokio::test]
async fn a_second_interrupt_leaves_at_once_and_tells_what_remains() {
    let cloud = Tiny::default();
    let (interrupter, interrupt) = Interrupter::new();
    let listener = |event: Event| match event {
        Event::Started {
            task: Task::Classic(ClassicTask::CreateMachine { .. }),
        }
        | Event::Undone {
            task: Task::Classic(ClassicTask::CreateMachine { .. }),
            ..
        } => {
            interrupter.ask();
        }
        _ => {}
    };

    let ending = run(&cloud, &order("web"), &listener, &interrupt).await;

    let Ending::Undone(failure @ CreateFailure::Interrupted { .. }) = &ending else {
        panic!("{ending:?}");
    };
    let left = failure.left().iter();
    let left: Vec<&str> = left.map(|left| left.task.name()).collect();
    assert_eq!(
        left,
        ["add certificate", "create storage account", "create host"]
    );
}

/// What the service would refuse after something was spent is refused before.
#[test]
fn ports_and_disks_that_cannot_be_are_refused_without_a_look() {
    let with = |change: &dyn Fn(&mut Order)| {
        let mut order = order("web");
        change(&mut order);
        order.validated(Site::CLASSIC, &silent).err()
    };
    let ssh_twice = with(&|order| {
        order.ssh.endpoint = SshEndpoint::Port("2222".parse().unwrap());
        order.docker = Some(Port::SSH);
    });
    assert!(
        matches!(
            ssh_twice,
            Some(Problem::LocalPortTaken {
                port: Port::SSH,
                ..
            })
        ),
        "{ssh_twice:?}"
    );
    for nowhere in [
        "/x.vhd",
        "/$root/x.vhd",
        "https://a.blob.core.windows.net/x.vhd",
    ] {
        let refused = with(&|order| classic(order).disk = Some(nowhere.to_owned()));
        assert!(
            matches!(
                refused,
                Some(Problem::Classic(ClassicProblem::NoContainer(_)))
            ),
            "{nowhere}: {refused:?}"
        );
    }
    for somewhere in ["/vhds/x.vhd", "https://a.blob.core.windows.net/vhds/x.vhd"] {
        let taken = with(&|order| classic(order).disk = Some(somewhere.to_owned()));
        assert!(taken.is_none(), "{somewhere}: {taken:?}");
    }
}
