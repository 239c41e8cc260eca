//! A service, and an engine, that mean ill: the client takes so much of them, and says when it was
//! too much. docs/security.md has the bounds.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use azure::backend::Kind;
use azure::backend::service_management::{Client, Connection, Endpoint, Patience, Transport};
use azure::clock::SystemClock;
use azure::event::Layer;
use azure::failure::Failure;
use azure::provision::{Engines as _, TlsEngines};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

const LOCATIONS: &str = r#"<Locations xmlns="http://schemas.microsoft.com/windowsazure"/>"#;

/// Says `first`, and then `again` as long as anybody listens.
async fn say(mut stream: impl AsyncRead + AsyncWrite + Unpin, first: String, again: String) {
    let mut request = vec![0; 4096];
    if stream.read(&mut request).await.is_err() || stream.write_all(first.as_bytes()).await.is_err()
    {
        return;
    }
    while !again.is_empty() && stream.write_all(again.as_bytes()).await.is_ok() {}
}

async fn client_of(first: String, again: String) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(say(stream, first.clone(), again.clone()));
        }
    });
    client_at(address)
}

fn client_at(address: SocketAddr) -> Client {
    let connection = Connection {
        endpoint: Endpoint::parse(&format!("http://{address}")).expect("an endpoint"),
        subscription: "sub".to_owned(),
        identity: None,
        authorities: Vec::new(),
        patience: Patience {
            answer: Duration::from_secs(2),
            repeats: 0,
            ..Patience::default()
        },
    };
    Client::new(Transport::new(connection, Arc::new(SystemClock)).expect("a transport"))
}

fn ok(headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn told(failure: &Failure) -> String {
    let lines = failure.lines();
    let lines: Vec<String> = lines
        .iter()
        .map(|(level, line)| format!("{level} {line}"))
        .collect();
    lines.join("\n")
}

#[tokio::test]
async fn interim_answers_without_end_have_one() {
    let again = "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000);
    let client = client_of(String::new(), again).await;

    let error = client.locations().await.unwrap_err();

    assert!(
        matches!(error.kind(), Kind::Busy | Kind::Unexpected),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_head_without_end_has_one() {
    for again in ["X-More: of the same\r\n".repeat(1000), "x".repeat(4096)] {
        let client = client_of("HTTP/1.1 200 OK\r\nX: ".to_owned(), again).await;

        let error = client.locations().await.unwrap_err();

        assert!(
            matches!(error.kind(), Kind::Busy | Kind::Unexpected),
            "{error:?}"
        );
    }
}

#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "it is slow by the client's own clock"
)]
async fn bytes_that_come_slowly_are_waited_for_so_long() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = [0; 4096];
        assert_ne!(stream.read(&mut request).await.expect("a request"), 0);
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
        let mut going = stream.write_all(head).await.is_ok();
        while going {
            tokio::time::sleep(Duration::from_millis(50)).await;
            going = stream.write_all(b" ").await.is_ok();
        }
    });

    let error = client_at(address).locations().await.unwrap_err();

    assert!(error.message().contains("2 seconds"), "{error}");
}

#[tokio::test]
async fn an_id_that_is_none_is_not_believed() {
    for (id, is_believed) in [("f".repeat(200), true), ("f".repeat(201), false)] {
        let refusal = "<Error><Code>ConflictError</Code><Message>No.</Message></Error>";
        let first = format!(
            "HTTP/1.1 409 Conflict\r\nx-ms-request-id: {id}\r\nContent-Length: {}\r\n\r\n{refusal}",
            refusal.len()
        );
        let client = client_of(first, String::new()).await;

        let error = client.locations().await.unwrap_err();

        assert_eq!(error.request().is_some(), is_believed);
    }
}

#[tokio::test]
async fn an_address_elsewhere_is_told_in_short() {
    let place = format!("https://{}.example/", "long".repeat(10_000));
    let first = format!("HTTP/1.1 307 Elsewhere\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n");
    let client = client_of(first, String::new()).await;

    let error = client.locations().await.unwrap_err();

    let told = told(&Failure::of_backend(&error));
    assert!(told.contains("is not followed"), "{told:.300}");
    assert!(told.len() < 2000, "{} bytes", told.len());
}

#[tokio::test]
async fn a_longer_wait_than_is_reasonable_is_not_had() {
    let again = String::new();
    let first = "HTTP/1.1 503 Busy\r\nRetry-After: 4294967295\r\nContent-Length: 0\r\n\r\n";
    let client = client_of(first.to_owned(), again).await;

    let error = client.locations().await.unwrap_err();

    let told = told(&Failure::of_backend(&error));
    assert!(told.contains("4294967295 seconds"), "{told}");
}

#[tokio::test]
async fn elements_by_the_million_are_refused_by_their_number() {
    let body = format!("<Locations>{}</Locations>", "<L/>".repeat(1_000_001));
    let client = client_of(ok("", &body), String::new()).await;

    let error = client.locations().await.unwrap_err();

    let told = told(&Failure::of_backend(&error));
    assert!(told.contains("1000000 elements"), "{told:.300}");
}

#[tokio::test]
async fn an_honest_answer_is_read_all_the_same() {
    let client = client_of(ok("", LOCATIONS), String::new()).await;

    assert!(client.locations().await.expect("an answer").is_empty());
}

/// An engine that speaks TLS as `web.cloudapp.net`, and whoever trusts it.
async fn engine(first: &str, again: &str) -> (SocketAddr, TlsEngines) {
    let host = "web.cloudapp.net".to_owned();
    let made = rcgen::generate_simple_self_signed([host]).expect("a certificate");
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .expect("a configuration");
    let mut roots = RootCertStore::empty();
    roots.add(certificate).expect("an authority");
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (first, again) = (first.to_owned(), again.to_owned());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a connection");
        let acceptor = TlsAcceptor::from(Arc::new(server));
        let stream = acceptor.accept(stream).await.expect("TLS");
        say(stream, first, again).await;
    });
    (address, TlsEngines::new(Arc::new(client)))
}

#[tokio::test]
async fn an_engine_that_never_stops_is_not_read_to_its_end() {
    let head = "HTTP/1.0 200 OK\r\n\r\n{\"Name\": \"";
    let (address, engines) = engine(head, &"x".repeat(4096)).await;

    let missing = engines.ask(address, "web.cloudapp.net").await.unwrap_err();

    assert_eq!(missing.layer, Layer::Docker);
    assert!(missing.detail.contains("not JSON"), "{}", missing.detail);
    assert!(missing.detail.len() < 300);
}
