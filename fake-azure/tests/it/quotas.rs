//! How much a subscription may have, and what it is told beyond that.

use serde_json::{Value, json};

use crate::bodies::{
    Machine, hosted_service, operation, operations, roles, root, shutdown, slot, storage,
};
use crate::stage::Stage;
use crate::xml::Node;

const SERVICES: &str = "/services/hostedservices";
const ACCOUNTS: &str = "/services/storageservices";
const RESERVED: &str = "/services/networking/reservedips";

async fn set(stage: &Stage, quota: Value) {
    assert_eq!(stage.admin("quota", Some(quota)).await, (200, json!({})));
}

/// What Get Subscription says of these.
async fn told(stage: &Stage, fields: [&str; 2]) -> [String; 2] {
    let subscription = stage.get("").await.document();
    fields.map(|field| subscription.text(field))
}

fn beyond(what: &str, limit: u32, current: u32, increment: u32) -> (u16, String, String) {
    (
        403,
        "ForbiddenError".to_owned(),
        format!(
            "The subscription policy limit for resource type '{what}' was exceeded. The limit for resource type '{what}' is {limit} per subscription, the current count is {current}, and the requested increment is {increment}."
        ),
    )
}

#[tokio::test]
async fn cores_are_counted_in_new_added_and_larger_machines() {
    let stage = Stage::new().await;
    let cores = ["MaxCoreCount", "CurrentCoreCount"];
    assert_eq!(told(&stage, cores).await, ["100000", "0"]);
    set(&stage, json!({"cores": 3})).await;
    assert_eq!(told(&stage, cores).await, ["3", "0"]);
    let sized = |name: &str, size: &str| {
        let mut machine = Machine::ubuntu(name);
        machine.endpoints.clear();
        size.clone_into(&mut machine.size);
        machine
    };
    let large = stage.machine("web", &sized("web", "Large")).await;
    assert_eq!(large.refusal(), beyond("cores count", 3, 0, 4));
    // A refusal leaves nothing behind.
    assert_eq!(stage.get(&slot("web")).await.status, 404);
    assert_eq!(
        stage.get("/services/disks").await.document().children.len(),
        0
    );
    let small = stage.deploy("web", &sized("web", "Small")).await;
    stage.done(small).await;
    let added = |name: &str| sized(name, "Medium").role();
    let two = stage.post(&roles("web"), &added("two")).await;
    stage.done(two).await;
    assert_eq!(told(&stage, cores).await, ["3", "3"]);
    let three = sized("three", "Small").role();
    let three = stage.post(&roles("web"), &three).await;
    assert_eq!(three.refusal(), beyond("cores count", 3, 3, 1));
    let path = format!("{}/web", roles("web"));
    let larger = stage.put(&path, &sized("web", "Medium").changed()).await;
    assert_eq!(larger.refusal(), beyond("cores count", 3, 3, 1));
    // What takes no more is no matter of a limit, not even of one that has sunk below what is there.
    set(&stage, json!({"cores": 1})).await;
    let same = stage.put(&path, &sized("web", "Small").changed()).await;
    stage.done(same).await;
    let gone = stage.delete(&format!("{}/two", roles("web"))).await;
    stage.done(gone).await;
    assert_eq!(told(&stage, cores).await, ["1", "1"]);
}

#[tokio::test]
async fn services_accounts_and_addresses_are_counted_by_themselves() {
    let stage = Stage::new().await;
    let reserved = |name: &str| {
        root(
            "ReservedIP",
            &format!("<Name>{name}</Name><Location>West US</Location>"),
        )
    };
    let told_accounts = told(&stage, ["MaxStorageAccounts", "CurrentStorageAccounts"]).await;
    let accounts: u32 = told_accounts[1].parse().unwrap();
    set(
        &stage,
        json!({"hosted_services": 1, "storage_accounts": accounts + 1, "reserved_ips": 1}),
    )
    .await;
    for (path, bodies, what, most) in [
        (
            SERVICES,
            [hosted_service("one"), hosted_service("two")],
            "hosted service count",
            1,
        ),
        (
            ACCOUNTS,
            [storage("one"), storage("two")],
            "storage account count",
            accounts + 1,
        ),
        (
            RESERVED,
            [reserved("one"), reserved("two")],
            "reserved IP count",
            1,
        ),
    ] {
        let first = stage.post(path, &bodies[0]).await;
        if first.status != 201 {
            stage.done(first.is(202)).await;
        }
        let second = stage.post(path, &bodies[1]).await;
        assert_eq!(second.refusal(), beyond(what, most, most, 1));
    }
    let services = ["MaxHostedServices", "CurrentHostedServices"];
    assert_eq!(told(&stage, services).await, ["1", "1"]);
    // What is set of one leaves the others.
    set(&stage, json!({"hosted_services": 2})).await;
    stage.post(SERVICES, &hosted_service("two")).await.is(201);
    let refused = stage.post(RESERVED, &reserved("two")).await;
    assert_eq!(refused.refusal(), beyond("reserved IP count", 1, 1, 1));

    // It is a part of the state, and gone with a reset.
    let (_, snapshot) = stage.admin("snapshot", None).await;
    assert_eq!(stage.admin("reset", Some(json!({}))).await.0, 200);
    assert_eq!(told(&stage, services).await, ["100000", "0"]);
    assert_eq!(stage.admin("restore", Some(snapshot)).await.0, 200);
    assert_eq!(told(&stage, services).await, ["2", "2"]);
}

/// The sizes of machines that a place offers, of a document that tells of one.
fn sizes(place: &Node) -> Vec<String> {
    let sizes = place.all("ComputeCapabilities/VirtualMachinesRoleSizes");
    sizes.iter().map(|size| size.content.clone()).collect()
}

/// The sizes that are offered in West US.
async fn offered(stage: &Stage) -> Vec<String> {
    let locations = stage.get("/locations").await.document();
    let mut found = locations.children.iter();
    let west = found.find(|location| location.text("Name") == "West US");
    sizes(west.unwrap())
}

fn sized(name: &str, size: &str) -> Machine {
    let mut machine = Machine::ubuntu(name);
    machine.endpoints.clear();
    size.clone_into(&mut machine.size);
    machine
}

#[tokio::test]
async fn sizes_that_a_region_does_not_offer_are_not_listed_and_fail_later() {
    let stage = Stage::new().await;
    let all = offered(&stage).await;
    assert!(all.contains(&"Medium".to_owned()));
    set(
        &stage,
        json!({"sizes_not_offered": {"west us": ["medium", "Large"]}}),
    )
    .await;
    let left = offered(&stage).await;
    assert_eq!(left.len(), all.len() - 2);
    assert!(!left.contains(&"Medium".to_owned()));
    let listed = stage.machine("web", &sized("web", "Small")).await;
    stage.done(listed).await;
    let services = stage.get(SERVICES).await.document();
    assert_eq!(sizes(&services.children[0]), left);

    let words = |answer: &crate::stage::Answer| {
        (
            "400".to_owned(),
            "LocationNotFoundForRoleSize".to_owned(),
            format!(
                "The operation '{}' failed: 'The requested VM tier is currently not available in Region (West US) for this subscription. Please try another tier or deploy to a different location.'",
                answer.request_id()
            ),
        )
    };
    let added = stage
        .post(&roles("web"), &sized("two", "Medium").role())
        .await;
    let expected = words(&added);
    assert_eq!(stage.fails(added).await, expected);
    let path = format!("{}/web", roles("web"));
    let larger = stage.put(&path, &sized("web", "Large").changed()).await;
    let expected = words(&larger);
    assert_eq!(stage.fails(larger).await, expected);
    let other = stage.machine("other", &sized("other", "Large")).await;
    let expected = words(&other);
    assert_eq!(stage.fails(other).await, expected);
    // A failure leaves nothing behind.
    assert_eq!(stage.get(&slot("other")).await.status, 404);
    let disks = stage.get("/services/disks").await.document();
    assert_eq!(disks.children.len(), 1);

    set(&stage, json!({"sizes_not_offered": {"West US": []}})).await;
    assert_eq!(offered(&stage).await, all);
    let larger = stage.put(&path, &sized("web", "Large").changed()).await;
    stage.done(larger).await;
}

#[tokio::test]
async fn a_region_has_room_for_so_many_cores_of_machines_that_are_not_deallocated() {
    let stage = Stage::new().await;
    set(&stage, json!({"capacity": {"West US": 3}})).await;
    let no_room = async |answer| {
        let (status, code, message) = stage.fails(answer).await;
        assert_eq!(status, "409");
        assert_eq!(code, "Compute.OverconstrainedAllocationRequest");
        assert!(message.starts_with("The VM size (or combination of VM sizes) required by"));
    };
    no_room(stage.machine("web", &sized("web", "Large")).await).await;
    stage
        .done(stage.deploy("web", &sized("web", "Medium")).await)
        .await;
    stage
        .done(stage.machine("two", &sized("two", "Small")).await)
        .await;
    no_room(
        stage
            .post(&roles("two"), &sized("three", "Small").role())
            .await,
    )
    .await;
    let two = format!("{}/two", roles("two"));
    no_room(stage.put(&two, &sized("two", "Medium").changed()).await).await;

    // Hardware that is given back is anybody's.
    let stop = shutdown("StoppedDeallocated");
    stage
        .done(stage.post(&operations("web", "web"), &stop).await)
        .await;
    let added = stage
        .post(&roles("two"), &sized("three", "Medium").role())
        .await;
    stage.done(added).await;
    let start = operation("StartRoleOperation");
    no_room(stage.post(&operations("web", "web"), &start).await).await;
    let stopped = stage.get(&slot("web")).await.document();
    let instance = &stopped.all("RoleInstanceList")[0];
    assert_eq!(instance.text("InstanceStatus"), "StoppedDeallocated");

    set(&stage, json!({"capacity": {"West US": null}})).await;
    stage
        .done(stage.post(&operations("web", "web"), &start).await)
        .await;
    let (_, world) = stage.admin("world", None).await;
    assert_eq!(world["subscriptions"][0]["quota"]["capacity"], Value::Null);
}

#[tokio::test]
async fn a_quota_is_told_in_known_words() {
    let stage = Stage::new().await;
    let id = stage.azure.subscription_id().to_string();
    set(&stage, json!({"subscription": id, "cores": 7})).await;
    let (_, world) = stage.admin("world", None).await;
    assert_eq!(world["subscriptions"][0]["quota"]["cores"], json!(7));
    for (quota, status, words) in [
        (json!({"core": 20}), 400, "unknown field `core`"),
        (json!({"cores": -1}), 400, "cores"),
        (json!({"cores": "many"}), 400, "cores"),
        (json!({}), 400, "says nothing"),
        (json!({"location": "westus"}), 400, "says nothing"),
        (
            json!({"location": "westus", "hosted_services": 1}),
            400,
            "`cores`",
        ),
        (
            json!({"location": "westus", "cores": 1, "hosted_services": 1}),
            400,
            "`cores` and a `family` alone",
        ),
        (
            json!({"location": "westus", "cores": 1, "sizes_not_offered": {"UK West": ["Standard_D2s_v3"]}}),
            400,
            "`cores` and a `family` alone",
        ),
        (json!({"capacity": {"Atlantis": 1}}), 400, "Atlantis"),
        (
            json!({"sizes_not_offered": {"Atlantis": []}}),
            400,
            "Atlantis",
        ),
        (
            json!({"sizes_not_offered": {"West US": ["Huge"]}}),
            400,
            "Huge",
        ),
        (json!({"capacity": {"West US": -1}}), 400, "capacity"),
        (
            json!({"subscription": "none", "cores": 1}),
            404,
            "no subscription `none`",
        ),
    ] {
        let (answered, told) = stage.admin("quota", Some(quota.clone())).await;
        let error = told["error"].as_str().unwrap();
        assert_eq!(answered, status, "{quota}: {error}");
        assert!(error.contains(words), "{quota}: {error}");
    }
    let cores = told(&stage, ["MaxCoreCount", "CurrentCoreCount"]).await;
    assert_eq!(cores[0], "7");
}
