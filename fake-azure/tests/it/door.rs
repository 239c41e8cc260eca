//! Who is let in, and how everybody is answered.

use std::collections::BTreeSet;

use crate::bodies::thumbprint;
use crate::hostile::peer::{connect, head};
use crate::stage::{Answer, Stage, VERSION, builder, owner, stranger};
use fake_azure::Subscription;
use rcgen::{CertificateParams, KeyPair};
use reqwest::Identity;
use reqwest::tls::Version;

const NOT_LET_IN: &str = "The server failed to authenticate the request. Verify that the certificate is valid and is associated with this subscription.";

/// A certificate of somebody's own: PEM with its key, and its thumbprint.
fn foreign() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["somebody".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    let thumbprint = thumbprint(certificate.der());
    (certificate.pem() + &key.serialize_pem(), thumbprint)
}

async fn ask(client: &reqwest::Client, url: String) -> Answer {
    let request = client.get(url).header("x-ms-version", VERSION);
    Answer::of(request.send().await.unwrap()).await
}

fn is_forbidden(answer: &Answer) {
    let refusal = (403, "ForbiddenError".to_owned(), NOT_LET_IN.to_owned());
    assert_eq!(answer.refusal(), refusal);
    assert_eq!(answer.request_id().len(), 32);
}

#[tokio::test]
async fn an_unknown_subscription_is_forbidden() {
    let stage = Stage::new().await;
    let base = stage.azure.management_url();
    for id in [
        "00000000-0000-0000-0000-000000000000",
        "nonsense",
        "",
        "subscriptions",
    ] {
        let answer = ask(&stage.client, format!("{base}/{id}/locations")).await;
        is_forbidden(&answer);
    }
}

#[tokio::test]
async fn without_a_certificate_or_with_a_foreign_one_everything_is_forbidden() {
    let stage = Stage::new().await;
    let nobody = stranger().build().unwrap();
    is_forbidden(&ask(&nobody, stage.url("/locations")).await);
    let (pem, _) = foreign();
    let identity = Identity::from_pem(pem.as_bytes()).unwrap();
    let somebody = stranger().identity(identity).build().unwrap();
    is_forbidden(&ask(&somebody, stage.url("/locations")).await);
    is_forbidden(&ask(&somebody, stage.url("/nowhere")).await);
}

#[tokio::test]
async fn each_subscription_has_its_own_certificates_and_its_own_world() {
    let ((one, one_print), (two, two_print)) = (foreign(), foreign());
    let id = "11111111-2222-3333-4444-555555555555";
    let further = Subscription {
        id: id.to_ascii_uppercase(),
        name: "Another".to_owned(),
        certificates: vec![one_print, two_print.to_ascii_uppercase()],
    };
    let shared = Subscription {
        id: "99999999-2222-3333-4444-555555555555".to_owned(),
        name: "A second of the owner's".to_owned(),
        certificates: Vec::new(),
    };
    let stage = Stage::of(builder().subscription(further).subscription(shared)).await;
    let base = stage.azure.management_url();
    for pem in [&one, &two] {
        let identity = Identity::from_pem(pem.as_bytes()).unwrap();
        let client = stranger().identity(identity).build().unwrap();
        let inside = ask(&client, format!("{base}/{id}/services/storageservices")).await;
        assert_eq!(inside.status, 200);
        assert!(inside.document().children.is_empty());
        is_forbidden(&ask(&client, stage.url("/locations")).await);
    }
    is_forbidden(&ask(&stage.client, format!("{base}/{id}/locations")).await);
    let second = format!("{base}/99999999-2222-3333-4444-555555555555/locations");
    assert_eq!(ask(&stage.client, second).await.status, 200);
    let settings = std::fs::read_to_string(stage.azure.publish_settings()).unwrap();
    assert!(settings.contains("A second of the owner") && !settings.contains("Another"));
}

#[tokio::test]
async fn the_version_header_is_required_and_must_be_a_date_from_2009_10_01_on() {
    let stage = Stage::new().await;
    let url = stage.url("/locations");
    let wrong = (
        400,
        "MissingOrIncorrectVersionHeader".to_owned(),
        "The versioning header is not specified or was specified incorrectly.".to_owned(),
    );
    let missing = Answer::of(stage.client.get(&url).send().await.unwrap()).await;
    assert_eq!(missing.refusal(), wrong);
    for version in [
        "",
        "2014",
        "2014-13-01",
        "2014-02-30",
        "14-10-01",
        "2009-09-30",
        "2014-10-01T00",
        "latest",
    ] {
        let request = stage.client.get(&url).header("x-ms-version", version);
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.refusal(), wrong, "{version}");
    }
    for version in [
        "2009-10-01",
        "2012-03-01",
        "2014-04-01",
        "2014-10-01",
        "2017-01-01",
        "2031-12-31",
    ] {
        let request = stage.client.get(&url).header("x-ms-version", version);
        assert_eq!(request.send().await.unwrap().status(), 200, "{version}");
    }
}

#[tokio::test]
async fn tls_1_2_and_1_3_both_work() {
    let stage = Stage::new().await;
    for version in [Version::TLS_1_2, Version::TLS_1_3] {
        let client = owner()
            .tls_version_min(version)
            .tls_version_max(version)
            .build()
            .unwrap();
        let answer = ask(&client, stage.url("/locations")).await;
        assert_eq!(answer.status, 200, "{version:?}");
        let nobody = stranger()
            .tls_version_min(version)
            .tls_version_max(version)
            .build()
            .unwrap();
        is_forbidden(&ask(&nobody, stage.url("/locations")).await);
    }
}

#[tokio::test]
async fn an_unknown_path_is_not_found_and_a_wrong_verb_is_none() {
    let stage = Stage::new().await;
    for path in [
        "/nowhere",
        "/services/hostedservices/a/b",
        "/services/nothing",
        "/services//hostedservices",
        "//locations",
    ] {
        let answer = stage.get(path).await;
        let (status, code, message) = answer.refusal();
        assert_eq!((status, code.as_str()), (404, "ResourceNotFound"), "{path}");
        assert_eq!(message, "The specified resource does not exist.");
    }
    for (method, path) in [
        ("DELETE", "/locations"),
        ("PATCH", "/services/hostedservices"),
        ("POST", "/services/disks/x"),
        ("PUT", "/services/hostedservices"),
    ] {
        let (status, code, message) = stage.call(method, path, "").await.refusal();
        assert_eq!((status, code.as_str()), (400, "InvalidHttpVerb"), "{path}");
        assert_eq!(
            message,
            "The HTTP verb specified was not recognized by the server or isn't valid for this resource."
        );
    }
    let (status, code, _) = stage.put("/services", "").await.refusal();
    assert_eq!(
        (status, code.as_str()),
        (400, "MissingOrInvalidRequiredQueryParameter")
    );
}

#[tokio::test]
async fn every_operation_that_is_not_modelled_answers_501_with_its_name() {
    let stage = Stage::new().await;
    let mut seen = BTreeSet::new();
    for operation in fake_azure::operations().filter(|o| !o.modelled) {
        let path = operation.path.replace(['{', '}'], "");
        let path = match operation.query {
            None => path,
            Some((key, value)) => format!("{path}?{key}={value}"),
        };
        let (status, code, message) = stage.call(operation.method, &path, "").await.refusal();
        assert_eq!((status, code.as_str()), (501, "NotImplemented"), "{path}");
        assert!(
            message.contains(&format!("'{}'", operation.operation)),
            "{message}"
        );
        seen.insert(operation.operation);
    }
    assert!(seen.len() > 40);
    let journal = stage.azure.cloud().journal();
    assert!(
        journal
            .iter()
            .all(|e| e.status == 501 && seen.contains(&*e.operation))
    );
}

#[tokio::test]
async fn every_modelled_operation_is_reached() {
    let stage = Stage::new().await;
    for operation in fake_azure::operations().filter(|o| o.modelled) {
        let path = operation.path.replace(['{', '}'], "");
        let path = match operation.query {
            None => path,
            Some((key, value)) => format!("{path}?{key}={value}"),
        };
        let answer = stage.call(operation.method, &path, "").await;
        assert!(answer.status < 500, "{operation:?} {answer:?}");
        let journal = stage.azure.cloud().journal();
        assert_eq!(journal.last().unwrap().operation, operation.operation);
    }
}

#[tokio::test]
async fn every_answer_carries_a_request_id_of_its_own_and_the_services_headers() {
    let stage = Stage::new().await;
    let mut ids = BTreeSet::new();
    for (method, path) in [
        ("GET", "/locations"),
        ("GET", "/nowhere"),
        ("POST", "/services/vmimages"),
        ("DELETE", "/locations"),
        ("POST", "/services/hostedservices"),
        ("HEAD", "/locations"),
    ] {
        let answer = stage.call(method, path, "").await;
        let id = answer.request_id();
        assert_eq!(id.len(), 32, "{method} {path}");
        assert!(id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')));
        assert!(ids.insert(id.to_owned()));
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert!(answer.header("server").contains("Microsoft-HTTPAPI/2.0"));
        assert_eq!(answer.header("x-ms-servedbyregion"), "ussouth3");
        assert!(answer.header("date").ends_with(" GMT"));
        if !answer.body.is_empty() {
            assert_eq!(
                answer.header("content-type"),
                "application/xml; charset=utf-8"
            );
            assert_eq!(
                answer.header("content-length"),
                answer.body.len().to_string()
            );
            assert!(!answer.body.contains('\n') && !answer.body.starts_with("<?xml"));
            let root = answer.body.split('>').next().unwrap().to_owned();
            assert!(
                root.ends_with(" xmlns=\"http://schemas.microsoft.com/windowsazure\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"")
                    || root.contains("/>"),
                "{root}"
            );
        }
    }
}

#[tokio::test]
async fn one_connection_serves_on_after_errors() {
    let stage = Stage::new().await;
    let one = owner().pool_max_idle_per_host(1).build().unwrap();
    let mut peers = BTreeSet::new();
    for path in [
        "/locations",
        "/nowhere",
        "/services/vmimages",
        "/locations",
        "/services/disks/none",
    ] {
        let request = one.post(stage.url(path)).header("x-ms-version", VERSION);
        let response = request.body("x".repeat(100_000)).send().await.unwrap();
        assert_ne!(response.status(), 200);
        peers.insert(response.remote_addr().unwrap());
        response.bytes().await.unwrap();
        let response = ask(&one, stage.url("/locations")).await;
        assert_eq!(response.status, 200);
    }
    assert_eq!(peers.len(), 1);
}

#[tokio::test]
async fn paths_are_read_without_case_and_with_escapes_and_a_slash_at_the_end() {
    let stage = Stage::new().await;
    for path in [
        "/Services/HostedServices",
        "/services/hostedservices/",
        "/services/%68ostedservices",
    ] {
        assert_eq!(stage.get(path).await.status, 200, "{path}");
    }
    let upper = stage.azure.subscription_id().as_str().to_ascii_uppercase();
    let url = format!("{}/{upper}/locations", stage.azure.management_url());
    assert_eq!(ask(&stage.client, url).await.status, 200);
    let answer = stage
        .get("/services/networking/reservedips/a%2Fb%+1%zz")
        .await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.detail(), "reserved IP `a/b%+1%zz`");
    let query = "/services?SERVICE=website&Action=REGISTER";
    assert_eq!(stage.put(query, "").await.status, 200);
}

#[tokio::test]
async fn a_body_may_wait_for_100_continue_or_come_in_chunks() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let stage = Stage::new().await;
    let mut stream = connect(&stage, true).await;
    let head = head(
        &stage,
        "/services/hostedservices",
        3,
        "Expect: 100-continue\r\n",
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut seen = [0; 25];
    stream.read_exact(&mut seen).await.unwrap();
    assert_eq!(&seen, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"<a>").await.unwrap();
    let mut seen = [0; 12];
    stream.read_exact(&mut seen).await.unwrap();
    assert_eq!(&seen, b"HTTP/1.1 400");
    let mut stream = connect(&stage, true).await;
    let head = head.replace("Content-Length: 3", "Transfer-Encoding: chunked");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut seen = [0; 25];
    stream.read_exact(&mut seen).await.unwrap();
    let chunks = b"1\r\n<\r\n2\r\na>\r\n0\r\n\r\n";
    stream.write_all(chunks).await.unwrap();
    let mut seen = [0; 12];
    stream.read_exact(&mut seen).await.unwrap();
    assert_eq!(&seen, b"HTTP/1.1 400");
}

#[tokio::test]
async fn a_management_certificate_lets_its_holder_in_until_it_is_taken_away() {
    let stage = Stage::new().await;
    let (pem, print) = foreign();
    let identity = Identity::from_pem(pem.as_bytes()).unwrap();
    let somebody = stranger().identity(identity).build().unwrap();
    let url = stage.url("/locations");
    is_forbidden(&ask(&somebody, url.clone()).await);
    let certificate = pem::parse_many(&pem)
        .unwrap()
        .into_iter()
        .find(|p| p.tag() == "CERTIFICATE")
        .unwrap();
    let data = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        certificate.contents(),
    );
    let body = format!(
        "<SubscriptionCertificate xmlns=\"http://schemas.microsoft.com/windowsazure\"><SubscriptionCertificatePublicKey>YQ==</SubscriptionCertificatePublicKey><SubscriptionCertificateThumbprint>{print}</SubscriptionCertificateThumbprint><SubscriptionCertificateData>{data}</SubscriptionCertificateData></SubscriptionCertificate>"
    );

    stage.post("/certificates", &body).await.is(200);
    assert_eq!(ask(&somebody, url.clone()).await.status, 200);
    assert_eq!(
        stage.post("/certificates", &body).await.refused(),
        (409, "ConflictError".to_owned())
    );
    let wrong = body.replace(&print, &"0".repeat(40));
    assert_eq!(
        stage.post("/certificates", &wrong).await.refused(),
        (400, "BadRequest".to_owned())
    );
    let list = stage.get("/certificates").await.is(200).document();
    assert_eq!(list.children.len(), 2);
    let one = stage
        .get(&format!("/certificates/{print}"))
        .await
        .is(200)
        .document();
    assert_eq!(one.text("SubscriptionCertificateData"), data);

    stage
        .delete(&format!("/certificates/{print}"))
        .await
        .is(200);
    is_forbidden(&ask(&somebody, url).await);
    stage.get(&format!("/certificates/{print}")).await.is(404);
}

#[tokio::test]
async fn a_certificate_is_told_its_subscriptions() {
    let stage = Stage::new().await;
    let all = format!("{}/subscriptions", stage.azure.management_url());

    let told = ask(&stage.client, all.clone()).await;

    let list = told.is(200).document();
    let [one] = list.children.as_slice() else {
        panic!("{list:?}")
    };
    assert_eq!(
        one.text("SubscriptionID"),
        stage.azure.subscription_id().as_str()
    );
    assert_eq!(one.text("SubscriptionStatus"), "Active");
    let (pem, _) = foreign();
    let identity = Identity::from_pem(pem.as_bytes()).unwrap();
    let somebody = stranger().identity(identity).build().unwrap();
    let told = ask(&somebody, all.clone()).await;
    assert_eq!(told.status, 200);
    assert!(told.document().children.is_empty());
    is_forbidden(&ask(&stranger().build().unwrap(), all).await);
}
