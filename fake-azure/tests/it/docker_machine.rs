//! docker-machine 0.6, by the bytes of its requests: a Docker host from nothing to nothing.

use crate::stage::{Answer, Stage};

/// The version that its SDK speaks.
const VERSION: &str = "2014-05-01";

async fn send(stage: &Stage, method: &str, path: &str, body: &'static str) -> Answer {
    let url = stage.url(path);
    let request = stage
        .client
        .request(method.parse().unwrap(), url)
        .header("x-ms-version", VERSION)
        .header("content-type", "application/xml")
        .body(body);
    Answer::of(request.send().await.unwrap()).await
}

/// Its SDK asks after the operation of each change, also of what was answered at once.
async fn changed(stage: &Stage, method: &str, path: &str, body: &'static str, status: u16) {
    let answer = send(stage, method, path, body).await.is(status);
    let operation = format!("/operations/{}", answer.request_id());
    let operation = send(stage, "GET", &operation, "").await.is(200).document();
    assert_eq!(operation.text("Status"), "Succeeded", "{method} {path}");
}

macro_rules! body {
    ($name:literal) => {
        include_str!(concat!(
            "../../../fixtures/clients/docker-machine/",
            $name,
            ".xml"
        ))
    };
}

#[tokio::test]
async fn a_host_is_made_looked_at_stopped_started_and_removed() {
    let stage = Stage::new().await;
    let service = "/services/hostedservices/web";
    let available = "/services/hostedservices/operations/isavailable/web";
    let answer = send(&stage, "GET", available, "").await.is(200);
    assert_eq!(answer.document().text("Result"), "true");

    let create = body!("create-storage-service");
    changed(&stage, "POST", "/services/storageservices", create, 202).await;
    let create = body!("create-hosted-service");
    changed(&stage, "POST", "/services/hostedservices", create, 201).await;
    let certificates = format!("{service}/certificates");
    changed(&stage, "POST", &certificates, body!("add-certificate"), 202).await;
    let deployments = format!("{service}/deployments");
    changed(
        &stage,
        "POST",
        &deployments,
        body!("create-deployment"),
        202,
    )
    .await;

    let deployment = format!("{service}/deployments/web");
    let shown = send(&stage, "GET", &deployment, "")
        .await
        .is(200)
        .document();
    let instance = &shown.all("RoleInstanceList")[0];
    assert_eq!(instance.text("InstanceStatus"), "ReadyRole");
    assert_eq!(instance.text("PowerState"), "Started");
    assert_eq!(shown.all("VirtualIPs").len(), 1);

    let operations = format!("{deployment}/roleinstances/web/Operations");
    for (body, power) in [
        (body!("shutdown"), "Stopped"),
        (body!("start"), "Started"),
        (body!("restart"), "Started"),
    ] {
        changed(&stage, "POST", &operations, body, 202).await;
        let shown = send(&stage, "GET", &deployment, "")
            .await
            .is(200)
            .document();
        assert_eq!(shown.all("RoleInstanceList")[0].text("PowerState"), power);
    }

    let remove = format!("{service}?comp=media");
    changed(&stage, "DELETE", &remove, "", 202).await;
    send(&stage, "GET", service, "").await.is(404);
}
