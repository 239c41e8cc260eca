//! What every backend promises, asked of each road to the simulated cloud.

use azure::backend::site::classic::{ClassicEffect, ClassicPlan};
use azure::backend::{
    Availability, Backend, Effect, Kind, OpenSshKey, Os, Place, Secrets, SiteFacts, SitePlan,
    SshKey, Standing, Trace,
};
use azure::event::Event;
use azure::pki::certificate::Certificate;
use azure::pki::ssh_rsa;
use azure::provision::{self, KeyWish};
use azure::saga::Interrupt;
use fake_azure::Pace;
use fake_azure::command::{NewHostedService, NewStorageAccount, reserved_ip, service, storage};
use fake_azure::view::Place as SimulatedPlace;
use rcgen::PublicKeyData as _;

use crate::clouds::{Road, Subject};
use crate::provision::{Ending, Known, classic, order, run};

/// Makes a test of each function for each road, so that a failure names both.
macro_rules! conformance {
    ($($name:ident),+ $(,)?) => {
        mod in_process {
            use super::*;
            $(#[tokio::test]
            async fn $name() {
                super::$name(&Subject::new(Road::InProcess, Pace::Instant).await).await;
            })+
        }
        mod over_the_wire {
            use super::*;
            $(#[tokio::test]
            async fn $name() {
                super::$name(&Subject::new(Road::OverTheWire, Pace::Instant).await).await;
            })+
        }
    };
}

conformance!(
    what_is_not_there_is_none,
    an_image_is_found_by_its_name_in_any_case,
    there_is_a_linux_and_a_windows_image,
    locations_say_where_machines_can_be,
    names_that_others_hold_are_taken,
    names_are_unique,
    an_effect_that_was_begun_is_found_and_one_that_was_undone_is_not,
    undoing_what_is_gone_is_not_found,
    a_machine_reports_its_ports_and_address,
    a_second_machine_joins_the_first,
    a_disk_goes_to_an_account_that_can_hold_it,
    a_reserved_address_needs_an_endpoint,
    what_another_made_under_the_name_is_foreign,
    who_is_in_a_host_and_an_account_is_named,
    whoever_joined_stays_when_the_first_is_undone,
    a_public_key_opens_ssh_in_a_certificate,
);

const LINUX: &str =
    "b39f27a8b8c64d52b05eac6a62ebad85__Ubuntu-14_10-amd64-server-20140729-alpha2-en-us-30GB";

fn linux(host: &str) -> provision::Order {
    provision::Order {
        image: LINUX.to_owned(),
        ..order(host)
    }
}

async fn make(backend: &dyn Backend, order: &provision::Order) -> Ending {
    run(backend, order, &|_: Event| {}, &Interrupt::never()).await
}

async fn what_is_not_there_is_none(subject: &Subject) {
    let backend = subject.backend.as_ref();

    assert!(matches!(
        backend.image("no-such-image", None).await,
        Ok(None)
    ));
    assert!(matches!(backend.host("no-such-host").await, Ok(None)));
    assert!(matches!(backend.deployment("no-such-host").await, Ok(None)));
    let SiteFacts::Classic(facts) = backend.site_facts() else {
        return;
    };
    assert!(matches!(facts.network("no-such-network").await, Ok(None)));
    assert!(matches!(
        facts.reserved_address("no-such-ip").await,
        Ok(None)
    ));
    assert!(matches!(
        facts.affinity_group("no-such-group").await,
        Ok(None)
    ));
}

async fn an_image_is_found_by_its_name_in_any_case(subject: &Subject) {
    let found = subject.backend.image(&LINUX.to_uppercase(), None).await;

    assert!(
        matches!(&found, Ok(Some(image)) if image.name == LINUX && image.os == Os::Linux),
        "{found:?}"
    );
}

async fn there_is_a_linux_and_a_windows_image(subject: &Subject) {
    let images = subject.backend.images().await.expect("images");

    for os in [Os::Linux, Os::Windows] {
        assert!(images.iter().any(|image| image.os == os), "{os:?}");
    }
}

async fn locations_say_where_machines_can_be(subject: &Subject) {
    let locations = subject.backend.locations().await.expect("locations");

    assert!(
        locations
            .iter()
            .any(|location| location.name == "West US" && location.has_machines)
    );
}

async fn names_that_others_hold_are_taken(subject: &Subject) {
    let backend = subject.backend.as_ref();

    let free = backend.availability("surely-free", None).await;
    let taken = backend.availability("somebody-elses", None).await;

    assert!(matches!(free, Ok(Availability::Free)), "{free:?}");
    assert!(matches!(taken, Ok(Availability::Taken(_))), "{taken:?}");
}

async fn names_are_unique(subject: &Subject) {
    let backend = subject.backend.as_ref();
    let plan = plan(subject, "web").await;
    let effects = backend.effects(&plan).await.expect("effects");

    let first = backend.begin(&effects[0], &secrets()).await;
    let second = backend.begin(&effects[0], &secrets()).await;

    assert!(first.is_ok(), "{first:?}");
    assert!(
        matches!(&second, Err(error) if error.kind() == Kind::Conflict && !error.may_have_happened()),
        "{second:?}"
    );
}

async fn an_effect_that_was_begun_is_found_and_one_that_was_undone_is_not(subject: &Subject) {
    let backend = subject.backend.as_ref();
    let plan = plan(subject, "web").await;
    let effects = backend.effects(&plan).await.expect("effects");
    let host = &effects[0];

    assert!(matches!(backend.look_up(host).await, Ok(Trace::Absent)));
    assert!(backend.begin(host, &secrets()).await.is_ok());
    assert!(matches!(backend.look_up(host).await, Ok(Trace::Present)));
    assert!(backend.undo(host).await.is_ok());
    assert!(matches!(backend.look_up(host).await, Ok(Trace::Absent)));
}

async fn undoing_what_is_gone_is_not_found(subject: &Subject) {
    let plan = plan(subject, "web").await;
    let backend = subject.backend.as_ref();
    for effect in backend.effects(&plan).await.expect("effects") {
        if effect.is_given() {
            continue;
        }
        let undone = backend.undo(&effect).await;

        assert!(
            matches!(&undone, Err(error) if error.kind() == Kind::NotFound),
            "{}: {undone:?}",
            effect.task().name()
        );
    }
}

async fn a_machine_reports_its_ports_and_address(subject: &Subject) {
    let ending = make(subject.backend.as_ref(), &linux("web")).await;
    assert!(matches!(ending, Ending::Complete), "{ending:?}");

    let deployment = subject.backend.deployment("web").await;

    let Ok(Some(deployment)) = deployment else {
        panic!("{deployment:?}");
    };
    assert!(deployment.address.is_some());
    let machine = deployment.machine("WEB").expect("the machine");
    let mut ports: Vec<(&str, u16, u16)> = machine
        .endpoints
        .iter()
        .map(|port| (port.name.as_str(), port.public, port.local))
        .collect();
    ports.sort_unstable();
    assert_eq!(ports, [("docker", 4243, 4243), ("ssh", 22, 22)]);
}

async fn a_second_machine_joins_the_first(subject: &Subject) {
    let backend = subject.backend.as_ref();
    let first = make(backend, &linux("web")).await;
    assert!(matches!(first, Ending::Complete), "{first:?}");
    let mut second = linux("web");
    classic(&mut second).connect = true;
    second.docker = Some("4244".parse().unwrap());
    second.ssh = provision::SshWish::default();

    let ending = make(backend, &second).await;

    assert!(matches!(ending, Ending::Complete), "{ending:?}");
    let deployment = backend
        .deployment("web")
        .await
        .expect("an answer")
        .expect("a deployment");
    assert!(deployment.machine("web-2").is_some(), "{deployment:?}");
}

/// What effects need besides their list.
fn secrets() -> Secrets {
    Secrets {
        password: Some("Pa$$w0rd1".to_owned().into()),
        ..Secrets::default()
    }
}

async fn plan(subject: &Subject, host: &str) -> azure::backend::Plan {
    plan_of(subject, &linux(host)).await
}

async fn plan_of(subject: &Subject, order: &provision::Order) -> azure::backend::Plan {
    let events = |_: Event| {};
    let valid = order
        .validated(subject.backend.site(), &events)
        .expect("a valid order");
    let plan = provision::check(valid, subject.backend.as_ref(), &Known, &events)
        .await
        .expect("a plan")
        .plan;
    assert_eq!(plan.host.standing, Standing::New);
    assert_eq!(own(&plan).place, Place::Location("West US".to_owned()));
    plan
}

/// What only classic Azure knows of a plan.
fn own(plan: &azure::backend::Plan) -> &ClassicPlan {
    match &plan.site {
        SitePlan::Classic(own) => own,
        other => panic!("{other:?}"),
    }
}

/// Makes an account of this type in the place of the orders.
fn account(subject: &Subject, name: &str, kind: &str) {
    let us = subject.azure.subscription_id();
    let new = NewStorageAccount {
        name: name.into(),
        description: None,
        label: "YQ==".to_owned(),
        place: SimulatedPlace::Location("West US".into()),
        account_type: Some(kind.parse().expect("a type of accounts")),
        extended_properties: Vec::new(),
    };
    let cloud = subject.azure.cloud();
    let made = cloud.perform(us, storage::Command::Create { new });
    assert!(made.is_ok(), "{made:?}");
}

/// Where the blob of a host's disk lies.
fn disk_of(subject: &Subject, host: &str) -> String {
    let things = subject.things();
    let disks = things["subscriptions"][0]["disks"].as_array();
    let disk = disks
        .into_iter()
        .flatten()
        .find(|disk| disk["attached"]["service"] == host);
    let link = disk.and_then(|disk| disk["media_link"].as_str());
    link.unwrap_or_default().to_owned()
}

async fn a_disk_goes_to_an_account_that_can_hold_it(subject: &Subject) {
    account(subject, "azones", "Standard_ZRS");
    account(subject, "bfast", "Premium_LRS");
    let fast = provision::Order {
        size: Some("Standard_DS1".to_owned()),
        ..linux("fast")
    };
    for (order, account) in [(&fast, Some("https://bfast.")), (&linux("web"), None)] {
        let ending = make(subject.backend.as_ref(), order).await;
        assert!(matches!(ending, Ending::Complete), "{ending:?}");
        let link = disk_of(subject, order.host.as_str());
        match account {
            Some(account) => assert!(link.starts_with(account), "{link}"),
            None => assert!(
                !link.contains("azones") && !link.contains("bfast"),
                "{link}"
            ),
        }
    }
}

async fn a_reserved_address_needs_an_endpoint(subject: &Subject) {
    let us = subject.azure.subscription_id();
    let wanted = reserved_ip::Command::Create {
        name: "fixed".into(),
        label: None,
        location: "West US".into(),
        of: None,
    };
    let reserved = subject.azure.cloud().perform(us, wanted);
    assert!(reserved.is_ok(), "{reserved:?}");
    let before = subject.things();
    let mut order = provision::Order {
        docker: None,
        ssh: provision::SshWish::default(),
        ..linux("web")
    };
    classic(&mut order).reserved_address = Some("fixed".to_owned());

    let ending = make(subject.backend.as_ref(), &order).await;

    assert!(
        matches!(
            &ending,
            Ending::Refused(provision::Problem::Classic(
                provision::ClassicProblem::AddressWithoutEndpoint(_)
            ))
        ),
        "{ending:?}"
    );
    assert_eq!(subject.things(), before);
}

async fn what_another_made_under_the_name_is_foreign(subject: &Subject) {
    let backend = subject.backend.as_ref();
    let ours = backend
        .effects(&plan(subject, "web").await)
        .await
        .expect("effects");
    let us = subject.azure.subscription_id();
    let new = NewHostedService {
        name: "web".into(),
        label: "d2Vi".to_owned(),
        description: Some("by hand".to_owned()),
        place: SimulatedPlace::Location("West US".into()),
        extended_properties: Vec::new(),
        reverse_dns: None,
    };
    let cloud = subject.azure.cloud();
    let made = cloud.perform(us, service::Command::Create { new });
    assert!(made.is_ok(), "{made:?}");
    let theirs = provision::Order {
        nonce: "fedcba9876543210".to_owned(),
        ..linux("web")
    };
    let ending = make(backend, &theirs).await;
    assert!(matches!(ending, Ending::Complete), "{ending:?}");

    for effect in ours {
        let trace = backend.look_up(&effect).await;
        if effect.is_host() || effect.is_machine() {
            assert!(matches!(trace, Ok(Trace::Foreign)), "{effect:?}: {trace:?}");
        }
    }
}

async fn who_is_in_a_host_and_an_account_is_named(subject: &Subject) {
    let backend = subject.backend.as_ref();
    let effects = backend
        .effects(&plan(subject, "web").await)
        .await
        .expect("effects");
    for effect in &effects {
        let tenants = backend.tenants(effect).await.expect("an answer");
        assert!(tenants.is_empty(), "{effect:?}: {tenants:?}");
    }

    let ending = make(backend, &linux("web")).await;

    assert!(matches!(ending, Ending::Complete), "{ending:?}");
    let host = backend.tenants(&effects[0]).await.expect("an answer");
    assert_eq!(host, ["machine `web`"]);
    let link = disk_of(subject, "web");
    let account = link
        .split_once("://")
        .and_then(|(_, rest)| rest.split('.').next());
    let account = Effect::Classic(ClassicEffect::Account {
        name: account.expect("an account").to_owned(),
        place: Place::Location("West US".to_owned()),
        given: false,
    });
    let disks = backend.tenants(&account).await.expect("an answer");
    assert_eq!(disks.len(), 1, "{disks:?}");
    assert!(disks[0].starts_with("disk `web-web-0-"), "{disks:?}");
}

async fn whoever_joined_stays_when_the_first_is_undone(subject: &Subject) {
    let backend = subject.backend.as_ref();
    let effects = backend
        .effects(&plan(subject, "web").await)
        .await
        .expect("effects");
    let first = make(backend, &linux("web")).await;
    assert!(matches!(first, Ending::Complete), "{first:?}");
    let mut second = linux("web");
    classic(&mut second).connect = true;
    second.docker = Some("4244".parse().unwrap());
    second.ssh = provision::SshWish::default();
    let joined = make(backend, &second).await;
    assert!(matches!(joined, Ending::Complete), "{joined:?}");
    let machine = effects.last().expect("the machine");

    let undone = backend.undo(machine).await;

    assert!(undone.is_ok(), "{undone:?}");
    let deployment = backend.deployment("web").await.expect("an answer");
    let deployment = deployment.expect("a deployment");
    assert!(deployment.machine("web-2").is_some(), "{deployment:?}");
}

async fn a_public_key_opens_ssh_in_a_certificate(subject: &Subject) {
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("a key");
    let public = pair.subject_public_key_info();
    let line = ssh_rsa::line(&public, "me@here").expect("a line");
    let mut order = linux("web");
    order.ssh.key = KeyWish::Given(SshKey::Public(OpenSshKey { line }));
    let backend = subject.backend.as_ref();

    let effects = backend.effects(&plan_of(subject, &order).await).await;

    let effects = effects.expect("effects");
    let [.., certificate, machine] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let Effect::Classic(ClassicEffect::Certificate {
        thumbprint, pem, ..
    }) = certificate
    else {
        panic!("{certificate:?}");
    };
    let held = Certificate::from_pem(pem.as_bytes()).expect("a certificate");
    assert_eq!(held.public_key(), public);
    let machine = serde_json::to_string(machine).expect("JSON");
    assert!(machine.contains(thumbprint.as_str()), "{machine}");
    let ending = make(backend, &order).await;
    assert!(matches!(ending, Ending::Complete), "{ending:?}");
}
