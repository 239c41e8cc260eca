//! What every backend promises, asked of Resource Manager.

use azure::backend::{
    Availability, Backend, Begun, Effect, Kind, Os, Reason, Secrets, SiteFacts, SshKey, Trace,
};
use azure::domain::Port;
use azure::event::Event;
use azure::provision::{self, KeyWish, Problem, ResourceProblem, SiteOrder, SshWish};
use azure::saga::Interrupt;
use fake_azure::Pace;
use serde_json::json;

use super::{Managed, order};
use crate::provision::{Ending, Known, run};

pub(super) async fn effects(managed: &Managed, order: &provision::Order) -> Vec<Effect> {
    effects_of(&*managed.backend, order).await
}

async fn effects_of(backend: &dyn Backend, order: &provision::Order) -> Vec<Effect> {
    let events = |_: Event| {};
    let valid = order.validated(backend.site(), &events).expect("valid");
    let plan = provision::check(valid, backend, &Known, &events)
        .await
        .expect("a plan")
        .plan;
    backend.effects(&plan).await.expect("effects")
}

async fn make(managed: &Managed, order: &provision::Order) -> Ending {
    run(
        &*managed.backend,
        order,
        &|_: Event| {},
        &Interrupt::never(),
    )
    .await
}

#[tokio::test]
async fn what_is_not_there_is_none() {
    let managed = Managed::new(Pace::Instant).await;
    let backend = &*managed.backend;

    assert!(matches!(
        backend.image("no-such-image", Some("westus")).await,
        Ok(None)
    ));
    assert!(matches!(backend.host("no-such-host").await, Ok(None)));
    assert!(matches!(backend.deployment("no-such-host").await, Ok(None)));
    let SiteFacts::ResourceManager(facts) = backend.site_facts() else {
        panic!("another cloud");
    };
    assert!(matches!(facts.group("no-such-group").await, Ok(None)));
}

#[tokio::test]
async fn an_image_is_a_family_or_a_urn() {
    let managed = Managed::new(Pace::Instant).await;
    let backend = &*managed.backend;
    for family in ["Ubuntu-24_04", "ubuntu 22.04", "DEBIAN-12"] {
        let image = backend.image(family, Some("West US")).await;
        let Ok(Some(image)) = image else {
            panic!("{family}: {image:?}");
        };
        assert_eq!(image.os, Os::Linux);
        assert!(!image.name.ends_with(":latest"), "{}", image.name);
        let again = backend.image(&image.name, Some("westus")).await;
        assert!(
            matches!(&again, Ok(Some(again)) if again.name == image.name),
            "{again:?}"
        );
    }
    let absent = backend
        .image("Canonical:nothing:server:latest", Some("westus"))
        .await;
    assert!(
        matches!(&absent, Err(error) if error.kind() == Kind::Refused),
        "{absent:?}"
    );
}

#[tokio::test]
async fn names_that_others_hold_are_taken() {
    let managed = Managed::new(Pace::Instant).await;
    let made = make(&managed, &order("web")).await;
    assert!(matches!(made, Ending::Complete), "{made:?}");

    let taken = managed.backend.availability("WEB", Some("West US")).await;
    let elsewhere = managed.backend.availability("web", Some("eastus")).await;

    assert!(matches!(taken, Ok(Availability::Taken(_))), "{taken:?}");
    assert!(matches!(elsewhere, Ok(Availability::Free)), "{elsewhere:?}");
    let mut other = order("web");
    if let SiteOrder::ResourceManager(own) = &mut other.site {
        own.resource_group = "other".to_owned();
    }
    let within = managed.within("other");
    let ending = run(&within, &other, &|_: Event| {}, &Interrupt::never()).await;
    assert!(
        matches!(&ending, Ending::Refused(Problem::NameTaken { .. })),
        "{ending:?}"
    );
}

#[tokio::test]
async fn effects_are_found_by_their_run_and_gone_when_undone() {
    let managed = Managed::new(Pace::Instant).await;
    let backend = &*managed.backend;
    let ours = effects(&managed, &order("web")).await;
    assert_eq!(ours.len(), 6);
    for effect in &ours {
        assert!(matches!(backend.look_up(effect).await, Ok(Trace::Absent)));
        let undone = backend.undo(effect).await;
        assert!(
            matches!(&undone, Err(error) if error.kind() == Kind::NotFound),
            "{}: {undone:?}",
            effect.task().name()
        );
    }
    for effect in &ours {
        let begun = backend.begin(effect, &Secrets::default()).await;
        assert!(matches!(begun, Ok(Begun::Done)), "{effect:?}: {begun:?}");
        assert!(matches!(backend.look_up(effect).await, Ok(Trace::Present)));
        let tenants = backend.tenants(effect).await;
        assert!(
            matches!(&tenants, Ok(tenants) if tenants.is_empty()),
            "{tenants:?}"
        );
    }
    // A run that asks again for what it has made finds it.
    let again = backend.begin(&ours[0], &Secrets::default()).await;
    assert!(matches!(again, Ok(Begun::Done)), "{again:?}");
    for effect in ours.iter().rev() {
        let undone = backend.undo(effect).await;
        let is_gone = match &undone {
            Ok(_) => true,
            // Its machine took it along.
            Err(error) => error.kind() == Kind::NotFound,
        };
        assert!(is_gone, "{effect:?}: {undone:?}");
        assert!(matches!(backend.look_up(effect).await, Ok(Trace::Absent)));
    }
    assert!(managed.things().await.is_empty());
}

#[tokio::test]
async fn what_another_run_made_is_foreign_and_stays() {
    let managed = Managed::new(Pace::Instant).await;
    let theirs = provision::Order {
        nonce: "fedcba9876543210".to_owned(),
        ..order("web")
    };
    let ours = effects(&managed, &order("web")).await;
    let made = make(&managed, &theirs).await;
    assert!(matches!(made, Ending::Complete), "{made:?}");
    let before = managed.things().await;
    for effect in &ours {
        let trace = managed.backend.look_up(effect).await;
        assert!(matches!(trace, Ok(Trace::Foreign)), "{effect:?}: {trace:?}");
    }

    let ending = make(&managed, &order("web")).await;

    assert!(
        matches!(
            &ending,
            Ending::Refused(Problem::ResourceManager(ResourceProblem::NameInUse { .. }))
        ),
        "{ending:?}"
    );
    assert_eq!(managed.things().await, before);
}

#[tokio::test]
async fn a_group_that_was_there_stays_and_nothing_in_it_is_changed() {
    let managed = Managed::new(Pace::Instant).await;
    let body = serde_json::json!({"location": "westus", "tags": {"whose": "mine"}});
    let thing = azure::backend::resource_manager::Thing::Group;
    managed
        .client
        .put(thing, "web", "web", body)
        .await
        .expect("a group");

    let made = make(&managed, &order("web")).await;
    assert!(matches!(made, Ending::Complete), "{made:?}");

    let group = managed
        .client
        .group("web")
        .await
        .expect("an answer")
        .expect("a group");
    assert_eq!(group.tags.expect("tags")["whose"], "mine");
    let deployment = managed.backend.deployment("WEB").await.expect("an answer");
    let deployment = deployment.expect("a deployment");
    assert!(deployment.address.is_some());
    assert_eq!(
        deployment.public_name.as_deref(),
        Some("web.westus.cloudapp.azure.com")
    );
    let machine = deployment.machine("web").expect("the machine");
    assert_eq!(machine.endpoints[0].public, 2376);
}

#[tokio::test]
async fn a_group_that_comes_meanwhile_is_its_makers() {
    let managed = Managed::new(Pace::Instant).await;
    let backend = &*managed.backend;
    let run_of = async |name: &str| {
        let group = managed.client.group(name).await.expect("an answer");
        group.expect("a group").tags.expect("tags")["run"].clone()
    };
    let of = |host: &str, group: &str, nonce: &str| {
        let mut order = order(host);
        order.nonce = nonce.to_owned();
        if let SiteOrder::ResourceManager(own) = &mut order.site {
            own.resource_group = group.to_owned();
        }
        order
    };
    // Two that were both checked while nothing was there.
    let (late, early) = (of("web", "web", "late"), of("web", "web", "early"));
    let effects_of_late = effects(&managed, &late).await;
    let effects_of_early = effects(&managed, &early).await;
    let made = make(&managed, &early).await;
    assert!(matches!(made, Ending::Complete), "{made:?}");

    let begun = backend
        .begin(&effects_of_late[0], &Secrets::default())
        .await;

    let Err(error) = &begun else {
        panic!("{begun:?}");
    };
    assert_eq!(error.reason(), Some(Reason::OfAnother), "{error}");
    assert_eq!(run_of("web").await, "early");
    let trace = backend.look_up(&effects_of_late[0]).await;
    assert!(matches!(trace, Ok(Trace::Foreign)), "{trace:?}");

    // Where the later request came through all the same, what lies in it tells whose it is.
    let tags = serde_json::json!({"location": "westus", "tags": {
        "run": "late", "created-by": "azure vm docker create", "docker-host": "web",
    }});
    let group = azure::backend::resource_manager::Thing::Group;
    managed
        .client
        .put(group, "web", "web", tags)
        .await
        .expect("a group");
    let trace = backend.look_up(&effects_of_early[0]).await;
    assert!(matches!(trace, Ok(Trace::Present)), "{trace:?}");

    // Hosts that share a group share one that the other made.
    let (one, other) = (of("one", "both", "1"), of("other", "both", "2"));
    let shared = managed.within("both");
    let effects_of_other = effects_of(&shared, &other).await;
    let ending = run(&shared, &one, &|_: Event| {}, &Interrupt::never()).await;
    assert!(matches!(ending, Ending::Complete), "{ending:?}");
    let begun = shared
        .begin(&effects_of_other[0], &Secrets::default())
        .await;
    assert!(matches!(begun, Ok(Begun::Standing)), "{begun:?}");
    assert_eq!(run_of("both").await, "1");
}

#[tokio::test]
async fn an_interface_of_others_keeps_the_network_and_the_group() {
    let managed = Managed::new(Pace::Instant).await;
    let ours = effects(&managed, &order("web")).await;
    let made = make(&managed, &order("web")).await;
    assert!(matches!(made, Ending::Complete), "{made:?}");
    let subscription = managed.azure.subscription_id().as_str().to_owned();
    let subnet = format!(
        "/subscriptions/{subscription}/resourceGroups/web/providers/Microsoft.Network/virtualNetworks/web-vnet/subnets/default"
    );
    let body = serde_json::json!({"location": "westus", "properties": {"ipConfigurations": [
        {"name": "ip", "properties": {"subnet": {"id": subnet}}}
    ]}});
    let thing = azure::backend::resource_manager::Thing::Interface;
    managed
        .client
        .put(thing, "web", "theirs", body)
        .await
        .expect("an interface");

    for effect in &ours {
        let tenants = managed.backend.tenants(effect).await.expect("an answer");
        let is_held = matches!(
            effect.task().name(),
            "create resource group" | "create virtual network"
        );
        assert_eq!(!tenants.is_empty(), is_held, "{effect:?}: {tenants:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_before_anything_is_made() {
    let managed = Managed::new(Pace::Instant).await;
    let changed = |change: &dyn Fn(&mut provision::Order)| {
        let mut order = order("web");
        change(&mut order);
        order
    };
    let cases: [(provision::Order, &str); 10] = [
        (changed(&|order| order.location = None), "a location"),
        (
            changed(&|order| order.location = Some("Mars".to_owned())),
            "Mars",
        ),
        (
            changed(&|order| order.size = Some("Standard_None".to_owned())),
            "Standard_None",
        ),
        (
            changed(&|order| order.size = Some("Standard_M416ms_v2".to_owned())),
            "Standard_M416ms_v2",
        ),
        (
            changed(&|order| order.machine = Some("other".to_owned())),
            "other",
        ),
        (order("1web"), "label"),
        (
            changed(&|order| order.size = Some("Standard_A2".to_owned())),
            "hardware of generation V2",
        ),
        (
            changed(&|order| order.size = Some("standard_d2ps_v5".to_owned())),
            "x64 processors",
        ),
        (
            changed(&|order| order.docker = Some(Port::SSH)),
            "port 22 is for ssh",
        ),
        (
            // Its public ports are the machine's own, and sshd listens there in any case.
            changed(&|order| {
                order.docker = Some(Port::SSH);
                order.ssh = SshWish::default();
            }),
            "port 22 is for ssh",
        ),
    ];
    for (order, words) in cases {
        let ending = make(&managed, &order).await;
        let Ending::Refused(problem) = &ending else {
            panic!("{words}: {ending:?}");
        };
        assert!(problem.to_string().contains(words), "{words}: {problem}");
    }
    assert!(managed.things().await.is_empty());
}

#[tokio::test]
async fn a_size_is_looked_at_with_its_family_before_anything_is_made() {
    let managed = Managed::new(Pace::Instant).await;
    let allow = async |quota: serde_json::Value| {
        let url = format!("{}/_fake/quota", managed.azure.admin_url());
        let client = reqwest::Client::builder()
            .no_proxy()
            .build()
            .expect("a client");
        let answer = client.post(url).body(quota.to_string()).send().await;
        assert_eq!(answer.expect("an answer").status(), 200, "{quota}");
    };
    let sized = |size: &str| {
        let mut order = order("web");
        order.size = Some(size.to_owned());
        order
    };
    allow(json!({"location": "westus", "family": "standardDSv3Family", "cores": 3})).await;
    allow(json!({"sizes_not_offered": {"westus": ["Standard_D2s_v5"]}})).await;

    let ending = make(&managed, &sized("standard_d4s_v3")).await;
    let Ending::Refused(Problem::ResourceManager(ResourceProblem::NoCores { quota, .. })) = &ending
    else {
        panic!("{ending:?}");
    };
    assert_eq!(quota, "Standard DSv3 Family vCPUs");
    let ending = make(&managed, &sized("standard_d2s_v5")).await;
    let Ending::Refused(Problem::ResourceManager(ResourceProblem::SizeBarred {
        size,
        reason,
        instead,
        ..
    })) = &ending
    else {
        panic!("{ending:?}");
    };
    assert_eq!(
        (&**size, &**reason),
        ("Standard_D2s_v5", "NotAvailableForSubscription")
    );
    assert!(instead.iter().any(|size| size == "Standard_D4s_v5"));
    assert!(!instead.contains(size));
    assert!(managed.things().await.is_empty());

    let made = make(&managed, &sized("Standard_D2s_v3")).await;
    assert!(matches!(made, Ending::Complete), "{made:?}");
    allow(json!({"location": "westus", "cores": 2})).await;
    let ending = make(&managed, &order("more")).await;
    let Ending::Refused(Problem::ResourceManager(ResourceProblem::NoCores { quota, .. })) = &ending
    else {
        panic!("{ending:?}");
    };
    // The family has no quota of its own, and shows the one of all.
    assert!(quota.contains("vCPUs"), "{quota}");
}

#[tokio::test]
async fn a_key_of_classic_azure_is_none_here() {
    let managed = Managed::new(Pace::Instant).await;
    let effects = effects(&managed, &order("web")).await;
    let key = effects
        .iter()
        .find_map(Effect::machine)
        .map(|machine| machine.account.clone());
    let told = format!("{key:?}");
    assert!(told.contains("ssh-ed25519"), "{told}");
    assert!(matches!(
        order("web").ssh.key,
        KeyWish::Given(SshKey::Public(_))
    ));
}
