//! The whole road: a create, what it makes of refusals, and what goes wrong on the way.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use azure::backend::{Begun, MachineState, Progress, Reason, Secrets, Trace};
use azure::event::{Event, Layer};
use azure::pki::docker::{DockerCertificates, NoClientConfig};
use azure::provision::{
    self, CreateFailure, Dialler, DockerWish, EngineInfo, Engines, Job, Missing, NotReady, Order,
    Ports,
};
use azure::saga::Interrupt;
use fake_azure::{FakeAzure, Pace};

use super::{Managed, order};
use crate::provision::time::Patient;
use crate::provision::{BIRTH, Ending, Known, run};

/// A simulator in which these faults are arranged.
async fn with_faults(faults: &str) -> Managed {
    let file = tempfile::NamedTempFile::with_suffix(".toml").expect("a file");
    azure::files::replace(file.path(), faults.as_bytes()).expect("faults");
    Managed::of(
        FakeAzure::builder()
            .pace(Pace::Instant)
            .fault_file(file.path()),
    )
    .await
}

/// The paths at which a host's things are made, as faults match them.
const MADE: [&str; 6] = [
    "^/resource[gG]roups/web\\\\?",
    "/networkSecurityGroups/web",
    "/virtualNetworks/web",
    "/publicIPAddresses/web",
    "/networkInterfaces/web",
    "/virtualMachines/web",
];

async fn make(managed: &Managed, order: &Order) -> Ending {
    run(
        &*managed.backend,
        order,
        &|_: Event| {},
        &Interrupt::never(),
    )
    .await
}

#[tokio::test]
async fn what_fails_on_the_way_is_told_and_leaves_nothing() {
    let machine = "path = \"/virtualMachines/web\", method = \"PUT\"";
    for (effect, reason, words) in [
        (
            "status = 403, code = \"RequestDisallowedByPolicy\", message = \"Resource 'web' was disallowed by policy.\"",
            Some(Reason::Policy),
            "disallowed by policy",
        ),
        (
            "status = 409, code = \"SkuNotAvailable\", message = \"The requested VM size is currently not available.\"",
            Some(Reason::NotOffered),
            "not available",
        ),
        (
            "status = 409, code = \"OperationNotAllowed\", message = \"Operation could not be completed as it results in exceeding approved Total Regional Cores quota.\"",
            Some(Reason::Quota),
            "quota",
        ),
        (
            "fail_operation = { code = \"AllocationFailed\", message = \"Allocation failed. We do not have sufficient capacity.\" }",
            Some(Reason::NoRoom),
            "sufficient capacity",
        ),
        (
            "fail_operation = { code = \"OSProvisioningTimedOut\", message = \"OS Provisioning for VM 'web' did not finish in the allotted time.\" }",
            None,
            "allotted time",
        ),
    ] {
        let managed = with_faults(&format!(
            "[[fault]]\nmatch = {{ {machine} }}\neffect = {{ {effect} }}\n"
        ))
        .await;

        let ending = make(&managed, &order("web")).await;

        let Ending::Undone(CreateFailure::Failed { error, left }) = &ending else {
            panic!("{effect}: {ending:?}");
        };
        assert_eq!(error.reason(), reason, "{effect}: {error:?}");
        assert!(error.message().contains(words), "{effect}: {error}");
        assert!(left.things.is_empty(), "{effect}: {left:?}");
        let things = managed.things().await;
        assert!(things.is_empty(), "{effect}: {things:?}");
    }
}

#[tokio::test]
async fn a_machine_that_was_not_placed_stays_failed_until_it_is_asked_for_again() {
    let managed = with_faults(
        "[[fault]]\nmatch = { path = \"/virtualMachines/web\", method = \"PUT\" }\nnth = 1\neffect = { fail_operation = { code = \"AllocationFailed\", message = \"No room.\" } }\n",
    )
    .await;
    let backend = &*managed.backend;
    let effects = super::promises::effects(&managed, &order("web")).await;
    let (machine, before) = effects.split_last().expect("effects");
    for effect in before {
        let begun = backend.begin(effect, &Secrets::default()).await;
        assert!(matches!(begun, Ok(Begun::Done)), "{begun:?}");
    }

    let begun = backend.begin(machine, &Secrets::default()).await;

    let Ok(Begun::Accepted(accepted)) = begun else {
        panic!("{begun:?}");
    };
    let told = backend.operation(accepted.operation()).await;
    let Ok(Progress::Failed(error)) = &told else {
        panic!("{told:?}");
    };
    assert_eq!(error.code(), Some("AllocationFailed"));
    assert!(matches!(backend.look_up(machine).await, Ok(Trace::Failed)));
    let deployment = backend.deployment("web").await.expect("an answer");
    let deployment = deployment.expect("the machine");
    let state = &deployment.machine("web").expect("the machine").state;
    assert!(
        matches!(state, MachineState::Stuck(why) if why == "No room."),
        "{state:?}"
    );

    let again = backend.begin(machine, &Secrets::default()).await;

    assert!(matches!(again, Ok(Begun::Done)), "{again:?}");
    assert!(matches!(backend.look_up(machine).await, Ok(Trace::Present)));
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_the_tag() {
    for path in MADE {
        let managed = with_faults(&format!(
            "[[fault]]\nmatch = {{ path = \"{path}\", method = \"PUT\" }}\nwhen = \"after\"\neffect = {{ drop = true }}\n"
        ))
        .await;

        let ending = make(&managed, &order("web")).await;

        assert!(matches!(ending, Ending::Complete), "{path}: {ending:?}");
    }
}

#[tokio::test]
async fn an_answer_of_somebody_on_the_way_is_no_success() {
    for path in MADE {
        let managed = with_faults(&format!(
            "[[fault]]\nmatch = {{ path = \"{path}\", method = \"PUT\" }}\nwhen = \"before\"\neffect = {{ garbage = true }}\n"
        ))
        .await;

        let ending = make(&managed, &order("web")).await;

        let Ending::Undone(CreateFailure::Failed { error, .. }) = &ending else {
            panic!("{path}: {ending:?}");
        };
        let words = "is not one of Resource Manager's";
        assert!(error.message().contains(words), "{path}: {error}");
        assert!(managed.things().await.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn what_is_not_taken_back_says_why() {
    let managed = with_faults(
        "[[fault]]
match = { path = \"/virtualMachines/web\", method = \"PUT\" }
effect = { status = 409, code = \"SkuNotAvailable\", message = \"Not here.\" }
[[fault]]
match = { method = \"DELETE\" }
every = 1
effect = { status = 403, code = \"AuthorizationFailed\", message = \"You may not.\" }
",
    )
    .await;
    let told = Mutex::new(Vec::new());
    let events = |event: Event| {
        if let Event::LeftBehind { why, .. } = event {
            told.lock().expect("no panic").push(why);
        }
    };

    let ending = run(
        &*managed.backend,
        &order("web"),
        &events,
        &Interrupt::never(),
    )
    .await;

    let Ending::Undone(CreateFailure::Failed { error, left }) = &ending else {
        panic!("{ending:?}");
    };
    assert!(!left.things.is_empty());
    let told = told.into_inner().expect("no panic");
    assert!(
        !told.is_empty() && told.iter().all(|why| why == "You may not."),
        "{told:?}"
    );
    // The way out is of this cloud.
    let hint = error.hint().expect("a hint");
    assert!(hint.contains("azure location list"), "{hint}");
}

#[tokio::test]
async fn machines_take_their_time_and_are_waited_for() {
    let managed = Managed::new(Pace::Reads(2)).await;
    let ending = make(&managed, &order("web")).await;
    assert!(matches!(ending, Ending::Complete), "{ending:?}");
    let deployment = managed.backend.deployment("web").await;
    assert!(matches!(deployment, Ok(Some(_))), "{deployment:?}");
}

#[tokio::test]
async fn a_token_that_ends_in_the_middle_is_renewed() {
    let managed = Managed::new(Pace::ByHand).await;
    managed.client.groups().await.expect("groups");
    managed
        .azure
        .cloud()
        .advance(std::time::Duration::from_hours(30));
    let groups = managed.client.groups().await;
    assert!(groups.is_ok(), "{groups:?}");
}

#[tokio::test]
async fn a_create_outlives_each_of_its_tokens() {
    for pace in [Pace::Instant, Pace::Reads(1)] {
        let managed = Managed::new(pace).await;
        let cloud = managed.azure.cloud();
        // Whatever was given is good no more when the next thing is told of.
        let events = |_: Event| cloud.advance(Duration::from_hours(30));

        let ending = run(
            &*managed.backend,
            &order("web"),
            &events,
            &Interrupt::never(),
        )
        .await;

        assert!(matches!(ending, Ending::Complete), "{pace:?}: {ending:?}");
        let journal = cloud.journal();
        let tokens = journal
            .iter()
            .filter(|entry| entry.operation == "Get Token")
            .count();
        assert!(tokens > 6, "{pace:?}: {tokens}");
        let refused = journal.iter().filter(|entry| entry.status == 401).count();
        assert_eq!(refused + 1, tokens, "{pace:?}");
    }
}

/// Daemons that answer nobody.
struct Silent;

#[async_trait]
impl Engines for Silent {
    async fn ask(&self, _: SocketAddr, _: &str) -> Result<EngineInfo, Missing> {
        Err(Missing::new(Layer::Port, "connection refused"))
    }
}

impl Dialler for Silent {
    fn with(&self, _: &DockerCertificates) -> Result<Box<dyn Engines>, NoClientConfig> {
        Ok(Box::new(Self))
    }
}

#[tokio::test]
async fn a_machine_whose_docker_never_comes_is_asked_why_and_taken_back() {
    let managed = Managed::new(Pace::Instant).await;
    let folder = tempfile::tempdir().expect("a folder");
    let job = Job {
        order: order("web"),
        docker: Some(DockerWish {
            folder: folder.path().join("certificates"),
            certificate_name: None,
            wait: Some(Duration::from_mins(10)),
        }),
        warnings: Vec::new(),
        custom_data_file: None,
        keep: false,
        dry_run: false,
    };
    let seen = Mutex::new(Vec::new());
    let ports = Ports {
        backend: &*managed.backend,
        clock: &Patient::at(BIRTH),
        events: &|event: Event| seen.lock().expect("no panic").push(event),
        passwords: &Known,
        dialler: &Silent,
        interrupt: &Interrupt::never(),
        ssh_folder: folder.path(),
        records: None,
    };

    let ended = provision::run(&job, ports).await;

    let Err(CreateFailure::NotReady { why, left }) = ended else {
        panic!("{ended:?}");
    };
    assert!(matches!(*why, NotReady::TimedOut { .. }), "{why}");
    assert!(left.things.is_empty(), "{left:?}");
    assert!(managed.things().await.is_empty());
    let seen = seen.into_inner().expect("no panic");
    let said = seen.iter().find_map(|event| match event {
        Event::Diagnosed { said } => Some(said.as_str()),
        _ => None,
    });
    assert!(said.is_some_and(|said| said.contains("active")), "{said:?}");
}
