//! Signing in, each way with its refusals, at the simulated authority.

use std::sync::Arc;

use azure::backend::resource_manager::{Client, Connection, Need, Tokens as _, Transport};
use azure::backend::wire::{Endpoint, Patience};
use azure::backend::{Kind, Reason};
use azure::clock::{Clock as _, SystemClock};
use azure::entra::{
    self, Authority, Az, Credential, DeviceCode, IdentityService, Login, TokenSource,
};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use fake_azure::{FakeAzure, Pace};
use rcgen::SigningKey as _;
use secrecy::ExposeSecret as _;
use sha1::{Digest as _, Sha1};

use super::{around, ca, login};
use crate::provision::BIRTH;
use crate::provision::time::Patient;

async fn started() -> FakeAzure {
    FakeAzure::builder()
        .pace(Pace::Instant)
        .start()
        .await
        .expect("a simulator")
}

/// How many subscriptions a source's tokens show.
async fn reached(azure: &FakeAzure, source: TokenSource) -> usize {
    let connection = Connection {
        endpoint: Endpoint::parse(azure.resource_manager_url()).expect("an address"),
        tokens: Arc::new(source),
        authorities: vec![ca(azure)],
        patience: Patience::default(),
    };
    let transport = Transport::new(connection, Arc::new(Patient::at(BIRTH))).expect("a transport");
    let all = Client::subscriptions(&transport).await;
    all.expect("subscriptions").len()
}

#[tokio::test]
async fn a_secret_signs_in_and_a_wrong_one_is_refused_in_the_authoritys_words() {
    let azure = started().await;
    let source = TokenSource::new(login(&azure), around());
    assert_eq!(reached(&azure, source).await, 1);

    let mut wrong = login(&azure);
    wrong.credential = Credential::Secret {
        client: wrong.name.clone(),
        secret: "wrong".into(),
    };
    let refused = TokenSource::new(wrong, around()).token(Need::Any).await;
    let error = refused.expect_err("a refusal");
    assert!(error.message().starts_with("AADSTS7000215"), "{error}");
    assert_eq!(
        (error.kind(), error.reason()),
        (Kind::Denied, Some(Reason::SignIn))
    );
}

#[tokio::test]
async fn a_certificate_signs_in_and_another_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = |name: &str| {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("a key");
        let params = rcgen::CertificateParams::new(vec!["app".to_owned()]).expect("params");
        let certificate = params.self_signed(&pair).expect("a certificate");
        let file = folder.path().join(name);
        let text = format!("{}{}", certificate.pem(), pair.serialize_pem());
        azure::files::replace(&file, text.as_bytes()).expect("a file");
        (file, certificate.der().to_vec())
    };
    let (file, der) = written("known.pem");
    let (other, _) = written("other.pem");
    let azure = FakeAzure::builder()
        .client_certificate(der)
        .start()
        .await
        .expect("a simulator");
    let by = |file: &std::path::Path| {
        let mut login = login(&azure);
        login.credential = Credential::Certificate {
            client: login.name.clone(),
            file: file.to_owned(),
        };
        TokenSource::new(login, around())
    };
    assert_eq!(reached(&azure, by(&file)).await, 1);

    let refused = by(&other).token(Need::Any).await.expect_err("a refusal");
    assert!(refused.message().starts_with("AADSTS"), "{refused}");
    let missing = by(&folder.path().join("none")).token(Need::Any).await;
    assert!(
        matches!(&missing, Err(error) if error.kind() == Kind::Refused),
        "{missing:?}"
    );
}

#[tokio::test]
async fn a_code_that_is_approved_signs_a_user_in_and_the_next_token_comes_by_itself() {
    let azure = started().await;
    let kept = Arc::new(std::sync::Mutex::new(0));
    let mut login = login(&azure);
    let authority = Authority::new(
        &login.cloud.authority,
        "organizations",
        login.ca.as_deref(),
        Patience::default(),
    )
    .expect("an authority");
    let scope = format!("{} offline_access", login.cloud.scope());
    let clock = Patient::at(BIRTH);
    let code = DeviceCode::ask(&authority, &scope, azure::clock::Clock::now(&clock))
        .await
        .expect("a code");
    assert!(code.message.contains("/device"), "{}", code.message);

    let token = code.approved(&authority, &clock).await.expect("a token");

    let tenant = entra::tenant_of(token.access.expose_secret()).expect("a tenant");
    login.tenant = tenant;
    login.credential = Credential::User {
        refresh_token: token.refresh.expect("a refresh token"),
    };
    let mut around = around();
    let count = Arc::clone(&kept);
    around.keep = Some(Arc::new(move |_| *count.lock().expect("no panic") += 1));
    assert_eq!(
        reached(&azure, TokenSource::new(login.clone(), around.clone())).await,
        1
    );
    assert_eq!(*kept.lock().expect("no panic"), 1);

    login.credential = Credential::User {
        refresh_token: "forged".into(),
    };
    let refused = TokenSource::new(login, around).token(Need::Any).await;
    assert!(
        matches!(&refused, Err(error) if error.kind() == Kind::Denied),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_machines_own_identity_signs_in() {
    let azure = started().await;
    let by = |client: Option<&str>| {
        let mut login = login(&azure);
        login.credential = Credential::ManagedIdentity {
            client: client.map(str::to_owned),
        };
        let mut around = around();
        around.identity = IdentityService {
            host: Some(azure.metadata_service_url().to_owned()),
            ..IdentityService::default()
        };
        TokenSource::new(login, around)
    };
    assert_eq!(reached(&azure, by(None)).await, 1);

    let refused = by(Some("11111111-2222-3333-4444-555555555555"))
        .token(Need::Any)
        .await;
    assert!(
        matches!(&refused, Err(error) if error.kind() == Kind::Denied),
        "{refused:?}"
    );
}

/// An `az` that has a token, or says why not.
#[derive(Debug)]
struct Printing(Result<String, &'static str>);

#[async_trait::async_trait]
impl Az for Printing {
    async fn access_token(&self, _: &str, _: Option<&str>) -> azure::backend::Result<Vec<u8>> {
        match &self.0 {
            Ok(token) => {
                Ok(format!(r#"{{"accessToken":"{token}","expires_on":4102444800}}"#).into())
            }
            Err(words) => Err(azure::backend::Error::new(Kind::Denied, *words)),
        }
    }
}

#[tokio::test]
async fn the_word_of_az_is_taken_and_nothing_of_it_is_kept() {
    let azure = started().await;
    let token = TokenSource::new(login(&azure), around())
        .token(Need::Any)
        .await
        .expect("a token");
    let by = |said: Result<String, &'static str>| {
        let login = Login {
            credential: Credential::Az,
            ..login(&azure)
        };
        assert!(
            !serde_json::to_string(&login)
                .expect("JSON")
                .contains("secret")
        );
        TokenSource::new(login, around()).with_az(Arc::new(Printing(said)))
    };
    assert_eq!(
        reached(&azure, by(Ok(token.expose_secret().to_owned()))).await,
        1
    );

    let refused = by(Err("Please run 'az login'")).token(Need::Any).await;
    let error = refused.expect_err("a refusal");
    assert_eq!(error.message(), "Please run 'az login'");
}

#[tokio::test]
async fn a_cloud_tells_its_authority_and_one_that_tells_another_is_not_believed() {
    let azure = started().await;
    let now = BIRTH.parse().expect("a moment");
    let trusted = ca(&azure);
    let found = entra::discover(
        azure.resource_manager_url(),
        Some(&trusted),
        Patience::default(),
        now,
    )
    .await
    .expect("a cloud");
    assert_eq!(
        found.authority.trim_end_matches('/'),
        azure.authority_url().trim_end_matches('/')
    );
    for url in [
        "http://management.azure.com",
        "no address",
        "https://127.0.0.1:1",
    ] {
        let found = entra::discover(url, None, Patience::default(), now).await;
        assert!(found.is_err(), "{url}: {found:?}");
    }
}

#[tokio::test]
async fn a_token_is_renewed_before_it_ends_and_used_until_then() {
    let azure = started().await;
    let source = TokenSource::new(login(&azure), around());
    let first = source.token(Need::Any).await.expect("a token");
    let again = source.token(Need::Any).await.expect("a token");
    assert_eq!(first.expose_secret(), again.expose_secret());
    let held = source.held().await.expect("a token");
    assert!(!held.is_good(held.expires));
}

/// A token as an authority writes it that vouches for `client`.
fn vouched(pair: &rcgen::KeyPair, der: &[u8], client: &str, audience: &str) -> String {
    let part = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let now = SystemClock.now().as_second();
    let thumbprint = BASE64_URL_SAFE_NO_PAD.encode(Sha1::digest(der));
    let head = part(serde_json::json!({"alg": "RS256", "typ": "JWT", "x5t": thumbprint}));
    let body = part(serde_json::json!({
        "aud": audience, "iss": client, "sub": client, "jti": "1", "nbf": now, "exp": now + 600,
    }));
    let signed = format!("{head}.{body}");
    let signature = pair.sign(signed.as_bytes()).expect("a signature");
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

#[tokio::test]
async fn a_token_that_another_authority_writes_into_a_file_is_read_each_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("token");
    let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).expect("a key");
    let params = rcgen::CertificateParams::new(vec!["app".to_owned()]).expect("params");
    let certificate = params.self_signed(&pair).expect("a certificate");
    let azure = FakeAzure::builder()
        .client_certificate(certificate.der().to_vec())
        .start()
        .await
        .expect("a simulator");
    let mut login = login(&azure);
    let client = login.name.clone();
    login.credential = Credential::FederatedToken {
        client: client.clone(),
        file: file.clone(),
    };
    let missing = TokenSource::new(login.clone(), around())
        .token(Need::Any)
        .await
        .expect_err("there is no file");
    assert!(missing.message().contains("cannot be read"), "{missing}");

    let write = |text: &str| azure::files::replace(&file, text.as_bytes()).expect("a file");
    write("no token");
    let source = TokenSource::new(login.clone(), around());
    let refused = source.token(Need::Any).await.expect_err("a refusal");
    assert!(refused.message().starts_with("AADSTS"), "{refused}");

    let base = azure.authority_url().trim_end_matches('/').to_owned();
    let audience = format!("{base}/{}/oauth2/v2.0/token", login.tenant);
    write(&format!(
        "{}\n",
        vouched(&pair, certificate.der(), &client, &audience)
    ));
    assert_eq!(reached(&azure, source).await, 1);
}
