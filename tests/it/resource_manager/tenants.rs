//! Whoever is known in several tenants signs in to all of them at once.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use wiremock::matchers::{body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::clean_room::{CleanRoom, Ran, run};

const HOME: &str = "11111111-0000-0000-0000-000000000000";
const GUEST: &str = "22222222-0000-0000-0000-000000000000";
const STRICT: &str = "33333333-0000-0000-0000-000000000000";

/// A token of a tenant, as far as anybody here looks.
fn token(tenant: &str) -> String {
    let payload = json!({"tid": tenant, "upn": "me@home.example"}).to_string();
    format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(payload))
}

fn given(tenant: &str, refresh: &str) -> Value {
    json!({"access_token": token(tenant), "expires_in": 3600, "refresh_token": refresh})
}

fn subscription(id: &str, tenant: &str) -> Value {
    json!({"subscriptionId": id, "displayName": format!("the {id}"), "state": "Enabled", "tenantId": tenant})
}

/// A cloud in which a user has a home, is a guest, and is known where more is asked of them.
struct Cloud {
    server: MockServer,
    uri: String,
    ca: String,
}

/// Ends TLS before a server; tells the address and the certificate to trust.
async fn https(server: &MockServer) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()])
        .and_then(|params| params.self_signed(&key))
        .expect("a certificate");
    let private = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("a configuration");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let uri = format!("https://{}", listener.local_addr().expect("an address"));
    let inner = *server.address();
    tokio::spawn(async move {
        while let Ok((outside, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut outside = acceptor.accept(outside).await?;
                let mut inside = TcpStream::connect(inner).await?;
                tokio::io::copy_bidirectional(&mut outside, &mut inside).await
            });
        }
    });
    (uri, certificate.pem())
}

async fn cloud() -> Cloud {
    let server = MockServer::start().await;
    let (uri, ca) = https(&server).await;
    let get = |at: &str| Mock::given(method("GET")).and(path(at));
    let bearer = |tenant| {
        header(
            "Authorization",
            format!("Bearer {}", token(tenant)).as_str(),
        )
    };
    let ok = |body: Value| ResponseTemplate::new(200).set_body_json(body);
    let metadata = json!({"name": "Two", "authentication": {
        "loginEndpoint": uri, "audiences": ["https://management.azure.com/"],
    }});
    let code = json!({
        "message": "enter the code 123", "device_code": "D", "user_code": "123", "interval": 1,
    });
    let post = |at: String| Mock::given(method("POST")).and(path(at));
    let tokens = |tenant: &str| post(format!("/{tenant}/oauth2/v2.0/token"));
    for mock in [
        get("/metadata/endpoints").respond_with(ok(metadata)),
        post("/organizations/oauth2/v2.0/devicecode".to_owned()).respond_with(ok(code)),
        tokens("organizations").respond_with(ok(given(HOME, "first"))),
        tokens(HOME)
            .and(body_string_contains("refresh_token=first"))
            .respond_with(ok(given(HOME, "second"))),
        tokens(GUEST)
            .and(body_string_contains("refresh_token=first"))
            .respond_with(ok(given(GUEST, "of-guest"))),
        tokens(GUEST)
            .and(body_string_contains("refresh_token=of-guest"))
            .respond_with(ok(given(GUEST, "of-guest-2"))),
        tokens(STRICT).respond_with(ResponseTemplate::new(400).set_body_json(json!({
            "error": "interaction_required",
            "error_description": "AADSTS50076: You must use multi-factor authentication.",
        }))),
        get("/tenants").respond_with(ok(json!({"value": [
            {"tenantId": HOME.to_uppercase(), "displayName": "Home"},
            {"tenantId": GUEST, "displayName": "Guest"},
            {"tenantId": STRICT, "displayName": "Strict"},
        ]}))),
        get("/subscriptions")
            .and(bearer(HOME))
            .respond_with(ok(json!({"value": [subscription("A", HOME)]}))),
        get("/subscriptions").and(bearer(GUEST)).respond_with(ok(
            json!({"value": [subscription("A", HOME), subscription("B", GUEST)]}),
        )),
        get("/subscriptions/B/resourcegroups")
            .and(bearer(GUEST))
            .respond_with(ok(
                json!({"value": [{"id": "/x", "name": "of-b", "location": "westus"}]}),
            )),
    ] {
        mock.mount(&server).await;
    }
    Cloud { server, uri, ca }
}

/// Runs the binary beside the cloud, which is served by this thread.
async fn azure(room: &CleanRoom, line: &[&str]) -> Ran {
    let mut command = room.azure_command(line);
    let running = tokio::task::spawn_blocking(move || run(&mut command));
    running.await.expect("no panic")
}

async fn login(room: &CleanRoom, cloud: &Cloud) -> Ran {
    let ca = room.write("ca.pem", &cloud.ca);
    let ca = ca.to_str().expect("a path");
    azure(
        room,
        &["login", "--resource-manager", &cloud.uri, "--ca", ca],
    )
    .await
}

async fn accounts(room: &CleanRoom) -> Vec<[String; 2]> {
    let ran = azure(room, &["account", "list", "--json"]).await;
    let all: Vec<Value> = serde_json::from_str(&ran.stdout).expect("JSON");
    let word = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    all.iter()
        .map(|one| [word(one, "id"), word(one, "tenantId")])
        .collect()
}

#[tokio::test]
async fn who_is_known_in_several_tenants_sees_the_subscriptions_of_all() {
    let (cloud, room) = (cloud().await, CleanRoom::new());

    let ran = login(&room, &cloud).await;

    assert_eq!(ran.code, Some(0), "{ran:?}");
    let said = format!("{}{}", ran.stdout, ran.stderr);
    for words in [
        "Added subscription the A",
        "Added subscription the B",
        "Tenant Strict was not asked: AADSTS50076",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(
        said.contains(&format!("azure login --tenant {STRICT}")),
        "{said}"
    );
    let both = [["A", HOME], ["B", GUEST]].map(|pair| pair.map(str::to_owned));
    assert_eq!(accounts(&room).await, both);

    // Each is asked for with a token of its own tenant, and what gives the next one is kept.
    let ran = azure(&room, &["account", "set", "B"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let ran = azure(&room, &["group", "list"]).await;
    assert!(ran.stdout.contains("of-b"), "{ran:?}");
    let kept = std::fs::read_to_string(room.home().join(".azure/classic.json")).expect("a profile");
    assert!(
        kept.contains("of-guest-2") && kept.contains("\"first\""),
        "{kept}"
    );

    let ran = azure(&room, &["logout", "ME@home.example"]).await;
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(accounts(&room).await, Vec::<[String; 2]>::new());
    let kept = std::fs::read_to_string(room.home().join(".azure/classic.json")).expect("a profile");
    assert!(
        !kept.contains("of-guest") && !kept.contains("first"),
        "{kept}"
    );
}

#[tokio::test]
async fn a_subscription_that_a_login_reaches_no_more_is_forgotten() {
    let room = CleanRoom::new();
    {
        let cloud = cloud().await;
        let ran = login(&room, &cloud).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert_eq!(accounts(&room).await.len(), 2);
        // From now on the guest sees what is managed from home alone.
        let bare = ResponseTemplate::new(200).set_body_json(json!({"value": []}));
        Mock::given(method("GET"))
            .and(path("/subscriptions"))
            .and(header(
                "Authorization",
                format!("Bearer {}", token(GUEST)).as_str(),
            ))
            .respond_with(bare)
            .with_priority(1)
            .mount(&cloud.server)
            .await;
        let ran = login(&room, &cloud).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    assert_eq!(accounts(&room).await, [["A", HOME].map(str::to_owned)]);
}
