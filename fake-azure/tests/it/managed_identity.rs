//! The metadata service: tokens of a managed identity, in both forms.

use reqwest::Client;
use serde_json::Value;

use crate::stage::{Answer, builder};
use crate::today::{MANAGEMENT, Today, part};

async fn ask(today: &Today, path: &str, header: Option<(&str, &str)>) -> Answer {
    let url = format!("{}{path}", today.azure.metadata_service_url());
    let mut request = Client::builder().no_proxy().build().unwrap().get(url);
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    Answer::of(request.send().await.unwrap()).await
}

const MACHINE: &str = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=";
const APPLICATION: &str = "/msi/token?api-version=2019-08-01&resource=";

#[tokio::test]
async fn both_forms_give_a_token_that_resource_manager_takes() {
    let today = Today::of(builder()).await;
    for (path, header) in [
        (MACHINE, ("Metadata", "true")),
        (APPLICATION, ("X-IDENTITY-HEADER", "anything")),
    ] {
        let granted = ask(&today, &format!("{path}{MANAGEMENT}"), Some(header)).await;
        let granted: Value = granted.is(200).json();
        for name in ["expires_in", "expires_on", "access_token", "client_id"] {
            assert!(granted[name].is_string(), "{name}: {granted}");
        }
        assert_eq!(granted["resource"], MANAGEMENT);
        let token = granted["access_token"].as_str().unwrap();
        assert_eq!(part(token, 1)["tid"], today.told("tenantId"));
        assert_ne!(today.subscription(Some(token)).await.status, 401);
    }
}

#[tokio::test]
async fn what_a_page_could_send_is_refused() {
    let today = Today::of(builder()).await;
    for (path, header, status) in [
        (format!("{MACHINE}{MANAGEMENT}"), None, 400),
        (
            format!("{MACHINE}{MANAGEMENT}"),
            Some(("Metadata", "no")),
            400,
        ),
        (format!("{APPLICATION}{MANAGEMENT}"), None, 401),
        (MACHINE.to_owned(), Some(("Metadata", "true")), 400),
        (format!("{MACHINE}words"), Some(("Metadata", "true")), 400),
        (
            "/metadata/identity/oauth2/token?resource=https://a.b".to_owned(),
            Some(("Metadata", "true")),
            400,
        ),
        (
            format!("{MACHINE}{MANAGEMENT}&client_id=somebody"),
            Some(("Metadata", "true")),
            400,
        ),
        (
            "/metadata/instance?api-version=2021-02-01".to_owned(),
            Some(("Metadata", "true")),
            501,
        ),
        (
            "/metadata/instance/compute/name".to_owned(),
            Some(("Metadata", "true")),
            501,
        ),
        ("/elsewhere".to_owned(), Some(("Metadata", "true")), 404),
    ] {
        let answer = ask(&today, &path, header).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        assert!(answer.json()["error"].is_string());
    }
}
