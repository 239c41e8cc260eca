//! The bounds of the client: what it repeats, and where its token goes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use azure::backend::resource_manager::{Client, Connection, Need, Thing, Tokens, Transport};
use azure::backend::wire::{Endpoint, Patience};
use azure::backend::{Begun, Kind, OperationId, Progress, Reason, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::SecretString;
use serde_json::json;
use wiremock::matchers::{header, method, path, path_regex};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::provision::BIRTH;
use crate::provision::time::Patient;

/// Gives tokens that are counted, and notes what they were to prove.
#[derive(Debug, Default)]
struct Counted {
    given: AtomicUsize,
    claims: Mutex<Vec<String>>,
}

#[async_trait]
impl Tokens for Counted {
    async fn token(&self, need: Need<'_>) -> Result<SecretString> {
        if let Need::Claims(claims) = need {
            let mut all = self.claims.lock().expect("no panic");
            all.push(claims.to_owned());
        }
        let n = match need {
            Need::Any => self.given.load(Ordering::Relaxed),
            Need::Another | Need::Claims(_) => self.given.fetch_add(1, Ordering::Relaxed) + 1,
        };
        Ok(format!("token-{n}").into())
    }
}

struct Stage {
    server: MockServer,
    elsewhere: MockServer,
    tokens: Arc<Counted>,
    client: Client,
}

impl Stage {
    async fn new() -> Self {
        let (server, elsewhere) = (MockServer::start().await, MockServer::start().await);
        let tokens = Arc::new(Counted::default());
        let connection = Connection {
            endpoint: Endpoint::parse(&server.uri()).expect("an address"),
            tokens: Arc::clone(&tokens) as Arc<dyn Tokens>,
            authorities: Vec::new(),
            patience: Patience::default(),
        };
        let transport =
            Transport::new(connection, Arc::new(Patient::at(BIRTH))).expect("a transport");
        Self {
            server,
            elsewhere,
            tokens,
            client: Client::new(transport, "S", "cloudapp.azure.com"),
        }
    }

    async fn answers(&self, verb: &str, answer: ResponseTemplate) {
        let mock = Mock::given(method(verb)).and(path_regex("^/subscriptions/"));
        mock.respond_with(answer).mount(&self.server).await;
    }

    /// Nothing was sent where no token goes.
    async fn stayed_here(&self) {
        let sent = self.elsewhere.received_requests().await.unwrap_or_default();
        assert!(sent.is_empty(), "{sent:?}");
    }

    async fn requests(&self) -> usize {
        self.server
            .received_requests()
            .await
            .unwrap_or_default()
            .len()
    }
}

#[tokio::test]
async fn a_claims_challenge_is_met_once() {
    let stage = Stage::new().await;
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1"}}}"#;
    let challenge = format!(
        "Bearer authorization_uri=\"https://login.example/\", error=\"insufficient_claims\", claims=\"{}\"",
        BASE64_STANDARD.encode(claims)
    );
    let refusal = ResponseTemplate::new(401).insert_header("WWW-Authenticate", challenge.as_str());
    Mock::given(method("GET"))
        .and(header("Authorization", "Bearer token-1"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"value": []})))
        .mount(&stage.server)
        .await;
    stage.answers("GET", refusal.clone()).await;

    let groups = stage.client.groups().await;

    assert!(groups.is_ok(), "{groups:?}");
    assert_eq!(*stage.tokens.claims.lock().expect("no panic"), [claims]);

    // Whoever asks again and again is not met again and again.
    stage.server.reset().await;
    stage.answers("GET", refusal).await;
    let denied = stage.client.groups().await;
    assert!(
        matches!(&denied, Err(error) if error.kind() == Kind::Denied),
        "{denied:?}"
    );
    assert_eq!(stage.requests().await, 2);
}

#[tokio::test]
async fn a_token_that_has_expired_is_renewed_once() {
    let stage = Stage::new().await;
    let expired = json!({"error": {"code": "ExpiredAuthenticationToken", "message": "old"}});
    Mock::given(method("PUT"))
        .and(header("Authorization", "Bearer token-1"))
        .respond_with(ResponseTemplate::new(201).set_body_json(json!({"name": "g"})))
        .mount(&stage.server)
        .await;
    stage
        .answers("PUT", ResponseTemplate::new(401).set_body_json(expired))
        .await;

    let put = stage.client.put(Thing::Group, "g", "g", json!({})).await;

    assert!(matches!(&put, Ok(put) if put.is_new), "{put:?}");
    assert_eq!(stage.requests().await, 2);
}

#[tokio::test]
async fn a_list_is_followed_to_its_end_and_to_no_other_host() {
    let stage = Stage::new().await;
    let second = format!("{}/more", stage.server.uri());
    Mock::given(path("/more"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({
            "value": [{"name": "b", "location": "westus"}],
            "nextLink": format!("{}/evil", stage.elsewhere.uri()),
        })))
        .mount(&stage.server)
        .await;
    stage
        .answers(
            "GET",
            ResponseTemplate::new(200).set_body_json(json!({
                "value": [{"name": "a", "location": "westus"}], "nextLink": second,
            })),
        )
        .await;

    let groups = stage.client.groups().await;

    assert!(
        matches!(&groups, Err(error) if error.reason() == Some(Reason::Redirected)),
        "{groups:?}"
    );
    assert_eq!(stage.requests().await, 2);
    stage.stayed_here().await;
}

#[tokio::test]
async fn an_operation_elsewhere_is_not_asked_and_its_request_counts_as_lost() {
    for name in ["Azure-AsyncOperation", "Location"] {
        let stage = Stage::new().await;
        let url = format!("{}/operations/1", stage.elsewhere.uri());
        stage
            .answers(
                "DELETE",
                ResponseTemplate::new(202).insert_header(name, url.as_str()),
            )
            .await;

        let begun = stage.client.delete(Thing::Group, "g", "g").await;

        assert!(
            matches!(&begun, Err(error) if error.is_lost() && error.reason() == Some(Reason::Redirected)),
            "{name}: {begun:?}"
        );
        stage.stayed_here().await;
    }
    // Nor is one that a file tells.
    let stage = Stage::new().await;
    let id = OperationId::new(format!("status {}/x", stage.elsewhere.uri()));
    assert!(stage.client.operation(&id).await.is_err());
    stage.stayed_here().await;
}

#[tokio::test]
async fn a_redirect_is_followed_nowhere() {
    let stage = Stage::new().await;
    let url = format!("{}/x", stage.elsewhere.uri());
    stage
        .answers(
            "GET",
            ResponseTemplate::new(307).insert_header("Location", url.as_str()),
        )
        .await;

    let groups = stage.client.groups().await;

    assert!(
        matches!(&groups, Err(error) if error.reason() == Some(Reason::Redirected)),
        "{groups:?}"
    );
    stage.stayed_here().await;
}

#[tokio::test]
async fn a_change_is_repeated_only_when_it_was_refused_unread() {
    for (status, retry_after, requests) in [
        (429, Some("7"), 4),
        (503, Some("1"), 4),
        (503, None, 1),
        (500, None, 1),
        (429, Some("100000"), 1),
        (409, None, 1),
    ] {
        let stage = Stage::new().await;
        let mut answer = ResponseTemplate::new(status);
        if let Some(seconds) = retry_after {
            answer = answer.insert_header("Retry-After", seconds);
        }
        stage.answers("PUT", answer).await;

        let put = stage.client.put(Thing::Group, "g", "g", json!({})).await;

        assert!(put.is_err());
        assert_eq!(stage.requests().await, requests, "{status} {retry_after:?}");
    }
    let stage = Stage::new().await;
    stage.answers("GET", ResponseTemplate::new(500)).await;
    assert!(stage.client.groups().await.is_err());
    assert_eq!(stage.requests().await, 4);
}

#[tokio::test]
async fn an_operation_tells_how_it_fares() {
    let stage = Stage::new().await;
    let url = format!("{}/operations/1?api-version=1", stage.server.uri());
    stage
        .answers(
            "DELETE",
            ResponseTemplate::new(202).insert_header("Azure-AsyncOperation", url.as_str()),
        )
        .await;
    let begun = stage.client.delete(Thing::VirtualMachine, "g", "v").await;
    let Ok(Begun::Accepted(accepted)) = begun else {
        panic!("{begun:?}");
    };
    for (body, fares) in [
        (json!({"status": "InProgress"}), "underway"),
        (json!({"status": "succeeded"}), "succeeded"),
        (
            json!({"status": "Failed", "error": {"code": "AllocationFailed", "message": "No room."}}),
            "No room.",
        ),
    ] {
        stage.server.reset().await;
        Mock::given(path("/operations/1"))
            .respond_with(ResponseTemplate::new(200).set_body_json(body))
            .mount(&stage.server)
            .await;
        let told = match stage.client.operation(accepted.operation()).await {
            Ok(Progress::Underway { .. }) => "underway".to_owned(),
            Ok(Progress::Succeeded) => "succeeded".to_owned(),
            Ok(Progress::Failed(error)) => {
                assert!(error.is_operation_failure());
                assert_eq!(error.reason(), Some(Reason::NoRoom));
                error.message().to_owned()
            }
            Err(error) => panic!("{error}"),
        };
        assert_eq!(told, fares);
    }
}

#[tokio::test]
async fn a_namespace_that_is_not_registered_is_registered_once() {
    let stage = Stage::new().await;
    let unregistered =
        json!({"error": {"code": "MissingSubscriptionRegistration", "message": "no"}});
    Mock::given(method("POST"))
        .and(path_regex("/providers/Microsoft.Network/register$"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({})))
        .expect(1)
        .mount(&stage.server)
        .await;
    stage
        .answers(
            "GET",
            ResponseTemplate::new(200).set_body_json(json!({"registrationState": "Registered"})),
        )
        .await;
    Mock::given(method("PUT"))
        .respond_with(ResponseTemplate::new(409).set_body_json(unregistered))
        .up_to_n_times(1)
        .mount(&stage.server)
        .await;
    stage
        .answers("PUT", ResponseTemplate::new(201).set_body_json(json!({})))
        .await;

    let put = stage
        .client
        .put(Thing::VirtualNetwork, "g", "v", json!({}))
        .await;

    assert!(put.is_ok(), "{put:?}");
}

#[tokio::test]
async fn what_is_no_answer_of_resource_manager_is_nonsense() {
    let stage = Stage::new().await;
    stage
        .answers(
            "GET",
            ResponseTemplate::new(200).set_body_string("<html>Log in</html>"),
        )
        .await;
    let groups = stage.client.groups().await;
    assert!(
        matches!(&groups, Err(error) if error.reason() == Some(Reason::Nonsense)),
        "{groups:?}"
    );
}
