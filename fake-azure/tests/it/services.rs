//! Hosted services, their certificates, and storage accounts.

use crate::bodies::{Machine, base64, hosted_service, root, service, storage, storage_in};
use fake_azure::Pace;

use crate::stage::{Stage, builder};

const SERVICES: &str = "/services/hostedservices";
const ACCOUNTS: &str = "/services/storageservices";

#[tokio::test]
async fn a_hosted_service_is_made_listed_shown_changed_and_gone() {
    let stage = Stage::new().await;
    let made = stage.post(SERVICES, &hosted_service("Web-1")).await.is(201);
    assert!(made.body.is_empty());
    assert_eq!(made.header("content-length"), "0");
    let (base, id) = (stage.azure.management_url(), stage.azure.subscription_id());
    assert_eq!(
        made.header("location"),
        format!("{base}/subscriptions/{id}/compute/Web-1")
    );
    let list = stage.get(SERVICES).await.document();
    assert_eq!(list.each("", "ServiceName"), ["Web-1"]);
    let shown = stage.get(&service("wEB-1")).await.is(200).document();
    assert_eq!(
        shown.names(),
        ["Url", "ServiceName", "HostedServiceProperties"]
    );
    let listed = list.children[0].names();
    assert_eq!(listed[..3], shown.names());
    assert_eq!(listed[3..], ["ComputeCapabilities"]);
    assert_eq!(
        shown.text("Url"),
        stage.url("/services/hostedservices/Web-1")
    );
    let properties = shown.find("HostedServiceProperties").unwrap();
    assert_eq!(
        properties.names(),
        [
            "Description",
            "Location",
            "Label",
            "Status",
            "DateCreated",
            "DateLastModified",
            "ExtendedProperties"
        ]
    );
    assert_eq!(properties.text("Label"), base64("Web-1"));
    assert_eq!(properties.text("Status"), "Created");
    // A resource group comes with the first deployment.
    assert!(properties.all("ExtendedProperties").is_empty());

    let change = root(
        "UpdateHostedService",
        "<Label>bmV3</Label><Description>for &lt;tests&gt; &amp; more</Description>",
    );
    stage.put(&service("web-1"), &change).await.is(200);
    let detailed = format!("{}?embed-detail=true", service("web-1"));
    let shown = stage.get(&detailed).await.document();
    assert!(shown.has("Deployments"));
    assert!(shown.each("Deployments", "Name").is_empty());
    let text = |path: &str| shown.text(&format!("HostedServiceProperties/{path}"));
    assert_eq!(text("Label"), "bmV3");
    assert_eq!(text("Description"), "for <tests> & more");

    stage.delete(&service("WEB-1")).await.is(200);
    let gone = stage.get(&service("web-1")).await.refusal();
    let words = "The hosted service does not exist.".to_owned();
    assert_eq!(gone, (404, "ResourceNotFound".to_owned(), words));
    assert!(stage.get(SERVICES).await.document().children.is_empty());
}

#[tokio::test]
async fn names_of_hosted_services_are_checked_and_taken() {
    let stage = Stage::of(builder().taken_service("Taken")).await;
    for bad in ["-a", "a-", "a_b", "a.b", "a b", &"a".repeat(64), "ü"] {
        let (status, code, message) = stage.post(SERVICES, &hosted_service(bad)).await.refusal();
        assert_eq!((status, code.as_str()), (400, "BadRequest"), "{bad}");
        assert_eq!(message, "The hosted service name is invalid.");
    }
    stage.post(SERVICES, &hosted_service("web")).await.is(201);
    for taken in ["web", "WEB", "taken"] {
        let refusal = stage.post(SERVICES, &hosted_service(taken)).await.refusal();
        let words = "The specified DNS name is already taken.".to_owned();
        assert_eq!(refusal, (409, "ConflictError".to_owned(), words));
        let check = format!("{SERVICES}/operations/isavailable/{taken}");
        let told = stage.get(&check).await.is(200).document();
        assert_eq!(told.text("Result"), "false");
        assert!(!told.text("Reason").is_empty());
    }
    let told = stage
        .get(&format!("{SERVICES}/operations/isavailable/free"))
        .await
        .document();
    assert_eq!(told.names(), ["Result", "Reason"]);
    assert_eq!(told.text("Result"), "true");
    assert_eq!(told.children[1].attributes[0].0, "i:nil");
}

#[tokio::test]
async fn a_wrong_place_is_refused() {
    let stage = Stage::new().await;
    let nowhere = hosted_service("web").replace("West US", "Atlantis");
    assert_eq!(
        stage.post(SERVICES, &nowhere).await.refused(),
        (404, "ResourceNotFound".to_owned())
    );
    let group = hosted_service("web").replace("Location", "AffinityGroup");
    let (status, _, message) = stage.post(SERVICES, &group).await.refusal();
    assert_eq!(status, 404);
    assert_eq!(message, "The affinity group does not exist.");
    let account = storage("store").replace("West US", "Atlantis");
    assert_eq!(stage.post(ACCOUNTS, &account).await.refused().0, 404);
}

#[tokio::test]
async fn a_service_with_a_deployment_is_not_deleted_unless_with_media() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let detailed = format!("{}?embed-detail=true", service("web"));
    let shown = stage.get(&detailed).await.document();
    assert_eq!(
        shown.each("HostedServiceProperties/ExtendedProperties", "Name"),
        ["ResourceGroup", "ResourceLocation"]
    );
    assert_eq!(shown.each("Deployments", "Name"), ["web"]);
    let (status, code, message) = stage.delete(&service("web")).await.refusal();
    assert_eq!((status, code.as_str()), (409, "ConflictError"));
    assert_eq!(
        message,
        "A hosted service cannot be deleted while it still contains deployments."
    );
    let path = format!("{}?comp=media", service("web"));
    let asked = stage.delete(&path).await;
    stage.done(asked).await;
    assert_eq!(stage.get(&service("web")).await.status, 404);
    let disks = stage.get("/services/disks").await.document();
    assert!(disks.children.is_empty());
    let unknown = format!("{}?comp=everything", service("web"));
    assert_eq!(
        stage.delete(&unknown).await.refused(),
        (400, "MissingOrInvalidRequiredQueryParameter".to_owned())
    );
}

#[tokio::test]
async fn resource_types_are_registered_once() {
    let stage = Stage::new().await;
    let path = |service: &str, action: &str| format!("/services?service={service}&action={action}");
    let unknown = stage
        .put(&path("sqlserver", "register"), "")
        .await
        .refusal();
    let words = "The service name is unknown.".to_owned();
    assert_eq!(unknown, (404, "ResourceNotFound".to_owned(), words));
    stage.put(&path("website", "register"), "").await.is(200);
    let again = stage.put(&path("website", "register"), "").await.refusal();
    let words = "The resource type website is already registered for this subscription.".to_owned();
    assert_eq!(again, (409, "ConflictError".to_owned(), words));
    stage.put(&path("website", "unregister"), "").await.is(200);
    stage.put(&path("website", "register"), "").await.is(200);
    assert_eq!(stage.put("/services?action=register", "").await.status, 400);
}

#[tokio::test]
async fn a_storage_account_is_made_listed_shown_changed_and_gone() {
    let stage = Stage::new().await;
    let made = stage.post(ACCOUNTS, &storage("store1")).await.is(202);
    assert!(made.header("location").ends_with("/storage/store1"));
    stage.done(made).await;
    let path = format!("{ACCOUNTS}/store1");
    let shown = stage.get(&path).await.document();
    assert_eq!(
        shown.names(),
        [
            "Url",
            "ServiceName",
            "StorageServiceProperties",
            "ExtendedProperties",
            "Capabilities"
        ]
    );
    let told = shown.find("StorageServiceProperties").unwrap();
    let endpoints: Vec<_> = told
        .all("Endpoints")
        .iter()
        .map(|e| e.content.as_str())
        .collect();
    assert_eq!(
        endpoints,
        [
            "https://store1.blob.core.windows.net/",
            "https://store1.queue.core.windows.net/",
            "https://store1.table.core.windows.net/",
            "https://store1.file.core.windows.net/"
        ]
    );
    assert_eq!(told.text("Status"), "Created");
    assert_eq!(told.text("GeoSecondaryRegion"), "");
    assert_eq!(told.text("AccountType"), "Standard_LRS");
    let list = stage.get(ACCOUNTS).await.document();
    assert!(list.each("", "ServiceName").contains(&"store1".to_owned()));

    let keys = stage.get(&format!("{path}/keys")).await.document();
    assert_eq!(keys.names(), ["Url", "StorageServiceKeys"]);
    let renew = root("RegenerateKeys", "<KeyType>primary</KeyType>");
    let renewed = stage
        .post(&format!("{path}/keys?action=regenerate"), &renew)
        .await
        .is(200)
        .document();
    let key =
        |node: &crate::xml::Node, which: &str| node.text(&format!("StorageServiceKeys/{which}"));
    assert_ne!(key(&keys, "Primary"), key(&renewed, "Primary"));
    assert_eq!(key(&keys, "Secondary"), key(&renewed, "Secondary"));

    let change = root(
        "UpdateStorageServiceInput",
        "<Description>d</Description><Label>bA==</Label><AccountType>Standard_GRS</AccountType>",
    );
    stage.put(&path, &change).await.is(200);
    let shown = stage.get(&path).await.document();
    let text = |name: &str| shown.text(&format!("StorageServiceProperties/{name}"));
    assert_eq!(
        (text("Description"), text("Label")),
        ("d".to_owned(), "bA==".to_owned())
    );
    assert_eq!(text("GeoSecondaryRegion"), "East US");
    stage.delete(&path).await.is(200);
    let gone = stage.get(&path).await.refusal();
    let words = "The storage account 'store1' was not found.".to_owned();
    assert_eq!(gone, (404, "ResourceNotFound".to_owned(), words));
}

#[tokio::test]
async fn names_of_storage_accounts_are_checked_and_taken() {
    let stage = Stage::of(builder().taken_storage_account("theirs")).await;
    let check = |name: &str| format!("{ACCOUNTS}/operations/isavailable/{name}");
    for bad in ["ab", "Upper", "with-hyphen", &"a".repeat(25)] {
        let asked = [
            stage.get(&check(bad)).await,
            stage.post(ACCOUNTS, &storage(bad)).await,
        ];
        for answer in asked {
            let (status, code, message) = answer.refusal();
            assert_eq!((status, code.as_str()), (400, "BadRequest"));
            assert_eq!(
                message,
                "The name is not a valid storage account name. Storage account names must be between 3 and 24 characters in length and use numbers and lower-case letters only."
            );
        }
    }
    stage.storage().await;
    let told = stage.get(&check("store")).await.document();
    assert_eq!(
        told.text("Reason"),
        "A storage account named 'store' already exists in the subscription."
    );
    let told = stage.get(&check("theirs")).await.document();
    assert_eq!(told.text("Result"), "false");
    assert_eq!(
        told.text("Reason"),
        "The storage account named 'theirs' is already taken."
    );
    for name in ["store", "theirs"] {
        let refused = stage.post(ACCOUNTS, &storage(name)).await.refused();
        assert_eq!(refused, (409, "ConflictError".to_owned()));
    }
    let kind = storage_in("other", "<Location>West US</Location>").replace("_LRS", "_XXX");
    assert_eq!(stage.post(ACCOUNTS, &kind).await.refused().0, 400);
}

#[tokio::test]
async fn a_storage_account_with_disks_in_it_is_not_deleted() {
    let stage = Stage::new().await;
    stage.ready("web", &Machine::ubuntu("web")).await;
    let (status, code, message) = stage.delete(&format!("{ACCOUNTS}/store")).await.refusal();
    assert_eq!((status, code.as_str()), (409, "ConflictError"));
    assert!(message.starts_with("Storage account store has some active image(s) and/or disk(s)"));
}

/// Recorded: docker-machine asks for the operation of a service's creation.
#[tokio::test]
async fn what_was_answered_at_once_has_an_operation_too() {
    let stage = Stage::new().await;
    let made = stage.post(SERVICES, &hosted_service("web")).await.is(201);
    let changed = root("UpdateHostedService", "<Label>bmV3</Label>");
    let changed = stage.put(&service("web"), &changed).await.is(200);
    let gone = stage.delete(&service("web")).await.is(200);
    for write in [made, changed, gone] {
        let path = format!("/operations/{}", write.request_id());
        let operation = stage.get(&path).await.is(200).document();
        assert_eq!(operation.text("Status"), "Succeeded");
        assert_eq!(operation.text("ID").replace('-', ""), write.request_id());
    }
    let read = stage.get(SERVICES).await.is(200);
    let refused = stage.delete(&service("web")).await;
    assert_eq!(refused.status, 404);
    for other in [read, refused] {
        let path = format!("/operations/{}", other.request_id());
        assert_eq!(stage.get(&path).await.status, 404);
    }
}

/// As clients of 2013 wrote it, before accounts had types.
#[tokio::test]
async fn accounts_are_made_and_changed_as_before_there_were_types() {
    let stage = Stage::new().await;
    let all = "/services/storageservices";
    for (name, told, kind) in [
        (
            "lrs",
            "<GeoReplicationEnabled>false</GeoReplicationEnabled>",
            "Standard_LRS",
        ),
        (
            "grs",
            "<GeoReplicationEnabled>true</GeoReplicationEnabled>",
            "Standard_GRS",
        ),
        (
            "readable",
            "<GeoReplicationEnabled>true</GeoReplicationEnabled><SecondaryReadEnabled>true</SecondaryReadEnabled>",
            "Standard_RAGRS",
        ),
    ] {
        let body = root(
            "CreateStorageServiceInput",
            &format!(
                "<ServiceName>{name}</ServiceName><Description/><Label>YQ==</Label><Location>West US</Location>{told}"
            ),
        );
        let asked = stage.post(all, &body).await.is(202);
        assert_eq!(asked.detail(), "");
        stage.done(asked).await;
        let shown = stage.get(&format!("{all}/{name}")).await.document();
        assert_eq!(shown.text("StorageServiceProperties/AccountType"), kind);
    }
    let change = root(
        "UpdateStorageServiceInput",
        "<Description>d</Description><GeoReplicationEnabled>false</GeoReplicationEnabled>",
    );
    stage.put(&format!("{all}/grs"), &change).await.is(200);
    let shown = stage.get(&format!("{all}/grs")).await.document();
    assert_eq!(
        shown.text("StorageServiceProperties/AccountType"),
        "Standard_LRS"
    );
}

#[tokio::test]
async fn the_operations_of_a_subscription_are_told_by_time() {
    let stage = Stage::at(Pace::ByHand).await;
    let made = stage.post(SERVICES, &hosted_service("web")).await.is(201);
    stage.advance(3600);
    let asked = stage.post(ACCOUNTS, &storage("store")).await.is(202);
    let between = |start: &str, end: &str| format!("/operations?StartTime={start}&EndTime={end}");
    let all = between("2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z");
    let told = stage.get(&all).await.is(200).document();
    let each = |name: &str| told.each("SubscriptionOperations", name);
    let ids: Vec<_> = each("OperationId")
        .iter()
        .map(|id| id.replace('-', ""))
        .collect();
    assert_eq!(ids, [made.request_id(), asked.request_id()]);
    assert_eq!(
        each("OperationName"),
        ["CreateHostedService", "CreateStorageAccount"]
    );
    let statuses: Vec<_> = told
        .find("SubscriptionOperations")
        .unwrap()
        .children
        .iter()
        .map(|operation| operation.text("OperationStatus/Status"))
        .collect();
    assert_eq!(statuses, ["Succeeded", "InProgress"]);
    let running = format!("{all}&OperationResultFilter=InProgress");
    let running = stage.get(&running).await.document();
    assert_eq!(
        running.each("SubscriptionOperations", "OperationId").len(),
        1
    );
    let object = each("OperationObjectId").remove(0);
    let filtered = stage
        .get(&format!("{all}&ObjectIdFilter={object}"))
        .await
        .document();
    assert_eq!(
        filtered.each("SubscriptionOperations", "OperationName"),
        ["CreateHostedService"]
    );
    let before = between("2000-01-01T00:00:00Z", "2000-01-02T00:00:00Z");
    let none = stage.get(&before).await.document();
    assert!(
        none.each("SubscriptionOperations", "OperationId")
            .is_empty()
    );
    for wrong in ["/operations", "/operations?StartTime=now&EndTime=then"] {
        assert_eq!(stage.get(wrong).await.refused().0, 400);
    }
    // A page holds a hundred.
    for n in 0..120 {
        stage
            .post(SERVICES, &hosted_service(&format!("s{n}")))
            .await
            .is(201);
    }
    let first = stage.get(&all).await.document();
    assert_eq!(
        first.each("SubscriptionOperations", "OperationId").len(),
        100
    );
    let token = first.text("ContinuationToken");
    let rest = stage
        .get(&format!("{all}&ContinuationToken={token}"))
        .await
        .document();
    assert_eq!(rest.each("SubscriptionOperations", "OperationId").len(), 22);
    assert!(!rest.has("ContinuationToken"));
}
