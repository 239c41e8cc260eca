//! What the real service does to a client, over mutual TLS: it sends it to another region, throttles
//! it, fails what it took on, loses answers, does not know its certificate. Each error says what to do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use azure::backend::service_management::write::CreateHostedService;
use azure::backend::service_management::{
    Client, Connection, Endpoint, ManagementIdentity, Patience, Transport,
};
use azure::backend::{Accepted, Error, Kind, OperationId, Place};
use azure::clock::Clock;
use azure::failure::Failure;
use jiff::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

const LOCATIONS: &str = r#"<Locations xmlns="http://schemas.microsoft.com/windowsazure"><Location><Name>West US</Name></Location></Locations>"#;

/// What this machine's clock says, unless a test says otherwise; the certificates are valid then.
const NOW: &str = "2015-03-15T10:00:00Z";

/// A clock that stands still, and whose waits end at once and are remembered.
#[derive(Debug, Clone)]
struct Stopped {
    now: Timestamp,
    waits: Arc<Mutex<Vec<u64>>>,
}

impl Stopped {
    fn at(now: &str) -> Self {
        Self {
            now: now.parse().expect("a moment"),
            waits: Arc::default(),
        }
    }

    fn waits(&self) -> Vec<u64> {
        self.waits.lock().expect("no panic").clone()
    }
}

#[async_trait]
impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        self.now
    }

    async fn sleep(&self, duration: Duration) {
        let mut waits = self.waits.lock().expect("no panic");
        waits.push(duration.as_secs());
    }
}

/// A certificate of our own making with its key.
struct Made {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Made {
    fn key(&self) -> PrivateKeyDer<'static> {
        PrivateKeyDer::try_from(self.key.serialize_der()).expect("a key")
    }

    /// As the client carries it.
    fn identity(&self) -> ManagementIdentity {
        let certificate = pem::encode(&pem::Pem::new("CERTIFICATE", self.certificate.to_vec()));
        let text = format!("{certificate}{}", self.key.serialize_pem());
        ManagementIdentity::from_pem(text.into()).expect("an identity")
    }
}

/// Who signs servers, and a management certificate that signs itself.
struct Papers {
    authority: CertifiedIssuer<'static, KeyPair>,
    management: Made,
}

impl Papers {
    fn new() -> Self {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self {
            authority: CertifiedIssuer::self_signed(authority, key).expect("an authority"),
            management: Self::self_signed(),
        }
    }

    fn self_signed() -> Made {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.not_before = rcgen::date_time_ymd(2015, 1, 1);
        params.not_after = rcgen::date_time_ymd(2050, 1, 1);
        let certificate = params.self_signed(&key).expect("a certificate");
        Made {
            certificate: certificate.der().clone(),
            key,
        }
    }

    fn server(&self, years: (i32, i32)) -> Made {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
        params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
        params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
        let leaf = params.signed_by(&key, &self.authority).expect("a leaf");
        Made {
            certificate: leaf.der().clone(),
            key,
        }
    }

    fn client(&self, uri: &str, clock: &Stopped) -> Client {
        let connection = Connection {
            endpoint: Endpoint::parse(uri).expect("an endpoint"),
            subscription: "sub".to_owned(),
            identity: Some(self.management.identity()),
            authorities: vec![self.authority.pem()],
            patience: Patience::default(),
        };
        Client::new(Transport::new(connection, Arc::new(clock.clone())).expect("a transport"))
    }
}

/// One request as it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    line: String,
    body: String,
    certificate: Vec<u8>,
}

/// A service that gives the scripted answers in their order, the last one for ever. An empty answer
/// cuts the line.
struct Service {
    uri: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Service {
    async fn start(papers: &Papers, answers: Vec<String>) -> Self {
        Self::knowing(papers.server((2010, 2050)), &papers.management, answers).await
    }

    async fn knowing(server: Made, known: &Made, answers: Vec<String>) -> Self {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = rustls::RootCertStore::empty();
        roots.add(known.certificate.clone()).expect("a root");
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .expect("a verifier");
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![server.certificate.clone()], server.key())
            .expect("a configuration");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let uri = format!("https://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream, &answers, &log).await;
                }
            }
        });
        Self { uri, seen }
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no panic").clone()
    }
}

async fn serve(mut stream: TlsStream<TcpStream>, answers: &[String], log: &Mutex<Vec<Seen>>) {
    let mut text = Vec::new();
    let (head, length) = loop {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => text.extend_from_slice(&buffer[..read]),
        }
        let so_far = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = so_far.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.parse::<usize>().expect("a length"));
            if body.len() >= length {
                break (head.to_owned(), length);
            }
        }
    };
    let body = text[text.len() - length..].to_vec();
    let certificates = stream.get_ref().1.peer_certificates();
    let nth = {
        let mut log = log.lock().expect("no panic");
        log.push(Seen {
            line: head.lines().next().unwrap_or_default().to_owned(),
            body: String::from_utf8(body).expect("a text"),
            certificate: certificates.map_or_else(Vec::new, |all| all[0].to_vec()),
        });
        log.len() - 1
    };
    let answer = &answers[nth.min(answers.len() - 1)];
    stream.write_all(answer.as_bytes()).await.ok();
    stream.shutdown().await.ok();
}

fn answer(status: &str, headers: &[(&str, &str)], body: &str) -> String {
    let headers = headers.iter().fold(String::new(), |all, (name, value)| {
        all + name + ": " + value + "\r\n"
    });
    format!(
        "HTTP/1.1 {status}\r\n{headers}Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn refusal(code: &str, message: &str) -> String {
    format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>")
}

fn found() -> String {
    answer("200 OK", &[], LOCATIONS)
}

fn new_service() -> CreateHostedService {
    CreateHostedService {
        name: "web".to_owned(),
        label: "web".to_owned(),
        description: None,
        place: Place::Location("West US".to_owned()),
    }
}

/// The way out that a user is shown.
fn hint(error: Error) -> String {
    let failure = Failure::from(error);
    let hints: Vec<&str> = failure
        .lines()
        .into_iter()
        .filter(|(level, _)| *level == "hint:")
        .map(|(_, text)| text)
        .collect();
    hints.join("\n")
}

#[tokio::test]
async fn a_redirect_takes_method_body_and_certificate_to_the_regional_host() {
    let (papers, clock) = (Papers::new(), Stopped::at(NOW));
    let region = Service::start(&papers, vec![answer("201 Created", &[], "")]).await;
    let place = format!("{}/sub/services/hostedservices", region.uri);
    let moved = answer("307 Temporary Redirect", &[("Location", &place)], "");
    let service = Service::start(&papers, vec![moved]).await;

    papers
        .client(&service.uri, &clock)
        .create_hosted_service(&new_service())
        .await
        .expect("created");

    assert_eq!(service.seen(), region.seen());
    let seen = &region.seen()[0];
    assert_eq!(seen.line, "POST /sub/services/hostedservices HTTP/1.1");
    assert!(seen.body.contains("<ServiceName>web</ServiceName>"));
    assert_eq!(seen.certificate, papers.management.certificate.to_vec());
    assert_eq!(clock.waits(), [0; 0]);
}

#[tokio::test]
async fn neither_certificate_nor_request_follows_to_strangers_or_out_of_tls() {
    let (papers, clock) = (Papers::new(), Stopped::at(NOW));
    let stranger = Service::start(&papers, vec![found()]).await;
    for place in [
        stranger.uri.replace("https:", "http:"),
        stranger.uri.replace("127.0.0.1", "localhost"),
        "https://evil.example/".to_owned(),
        "//evil.example/".to_owned(),
    ] {
        let moved = answer("307 Temporary Redirect", &[("Location", &place)], "");
        let service = Service::start(&papers, vec![moved]).await;

        let error = papers
            .client(&service.uri, &clock)
            .create_hosted_service(&new_service())
            .await
            .unwrap_err();

        assert_eq!(error.kind(), Kind::Unexpected, "{place}");
        assert!(!error.is_lost(), "{place}");
        assert!(hint(error).contains("nothing was done"), "{place}");
        assert_eq!(service.seen().len(), 1, "{place}");
    }
    assert_eq!(stranger.seen(), []);
}

#[tokio::test]
async fn a_change_follows_no_redirect_that_would_make_another_request_of_it() {
    let (papers, clock) = (Papers::new(), Stopped::at(NOW));
    let region = Service::start(&papers, vec![found()]).await;
    for status in ["301 Moved Permanently", "302 Found", "303 See Other"] {
        let moved = answer(status, &[("Location", &region.uri)], "");
        let service = Service::start(&papers, vec![moved]).await;

        let error = papers
            .client(&service.uri, &clock)
            .create_hosted_service(&new_service())
            .await
            .unwrap_err();

        assert!(error.message().contains("redirect"), "{error}");
    }
    assert_eq!(region.seen(), []);
}

#[tokio::test]
async fn redirects_without_end_are_given_up() {
    let (papers, clock) = (Papers::new(), Stopped::at(NOW));
    let circle = answer("307 Temporary Redirect", &[("Location", "/again")], "");
    let service = Service::start(&papers, vec![circle]).await;

    let client = papers.client(&service.uri, &clock);
    let error = client.locations().await.unwrap_err();

    assert_eq!(error.kind(), Kind::Unexpected);
    assert_eq!(service.seen().len(), 6);
}

#[tokio::test]
async fn a_throttled_change_waits_for_seconds_or_for_a_date_and_is_sent_as_it_was() {
    let (papers, clock) = (Papers::new(), Stopped::at(NOW));
    let busy = refusal("TooManyRequests", "Too many requests received.");
    let throttled = |when: &str| answer("503 Service Unavailable", &[("Retry-After", when)], &busy);
    let service = Service::start(
        &papers,
        vec![
            throttled("7"),
            throttled("Sun, 15 Mar 2015 10:00:30 GMT"),
            answer("201 Created", &[], ""),
        ],
    )
    .await;

    papers
        .client(&service.uri, &clock)
        .create_hosted_service(&new_service())
        .await
        .expect("created");

    assert_eq!(clock.waits(), [7, 30]);
    let seen = service.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|one| *one == seen[0]));
}

#[tokio::test]
async fn a_service_that_asks_for_an_hour_is_left_alone_and_the_user_told() {
    let (papers, clock) = (Papers::new(), Stopped::at(NOW));
    let busy = refusal("TooManyRequests", "Too many requests received.");
    let throttled = answer("503 Service Unavailable", &[("Retry-After", "3600")], &busy);
    let service = Service::start(&papers, vec![throttled]).await;

    let client = papers.client(&service.uri, &clock);
    let error = client.locations().await.unwrap_err();

    assert_eq!(error.kind(), Kind::Busy);
    assert_eq!(service.seen().len(), 1);
    assert_eq!(clock.waits(), [0; 0]);
    assert_eq!(
        hint(error),
        "the service asks to be left alone for 3600 seconds; try again then"
    );
}

#[tokio::test]
async fn an_operation_that_fails_after_its_acceptance_says_why_and_to_look() {
    let (papers, clock) = (Papers::new(), Stopped::at(NOW));
    let failed = "<Operation><Status>Failed</Status><HttpStatusCode>400</HttpStatusCode><Error><Code>BadRequest</Code><Message>Port 22 is already in use.</Message></Error></Operation>";
    let service = Service::start(&papers, vec![answer("200 OK", &[], failed)]).await;

    let error = papers
        .client(&service.uri, &clock)
        .settle(Accepted::new(OperationId::new("0af")))
        .await
        .unwrap_err();

    assert_eq!(error.message(), "BadRequest : Port 22 is already in use.");
    assert!(hint(error).contains("had taken the request on"));
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_not_repeated_but_to_be_looked_up() {
    for lost in ["", "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n<"] {
        let (papers, clock) = (Papers::new(), Stopped::at(NOW));
        let service = Service::start(&papers, vec![lost.to_owned()]).await;

        let error = papers
            .client(&service.uri, &clock)
            .create_hosted_service(&new_service())
            .await
            .unwrap_err();

        assert!(error.is_lost(), "{lost}");
        assert!(hint(error).contains("look before repeating it"), "{lost}");
        assert_eq!(service.seen().len(), 1, "{lost}");
    }
}

#[tokio::test]
async fn a_question_whose_answer_is_lost_is_put_again() {
    let (papers, clock) = (Papers::new(), Stopped::at(NOW));
    let service = Service::start(&papers, vec![String::new(), found()]).await;

    let client = papers.client(&service.uri, &clock);
    let locations = client.locations().await.expect("locations");

    assert_eq!(locations[0].name, "West US");
    assert_eq!(service.seen().len(), 2);
}

#[tokio::test]
async fn a_certificate_that_is_not_known_is_told_from_a_subscription_that_is_disabled() {
    for (status, code, way_out) in [
        ("403 Forbidden", "ForbiddenError", "azure account import"),
        (
            "403 Forbidden",
            "AuthenticationFailed",
            "azure account import",
        ),
        (
            "401 Unauthorized",
            "AuthenticationFailed",
            "azure account import",
        ),
        (
            "403 Forbidden",
            "SubscriptionDisabled",
            "enabled again in the portal",
        ),
    ] {
        let (papers, clock) = (Papers::new(), Stopped::at(NOW));
        let body = refusal(code, "The server failed to authenticate the request.");
        let date = ("Date", "Sun, 15 Mar 2015 10:00:02 GMT");
        let service = Service::start(&papers, vec![answer(status, &[date], &body)]).await;

        let error = papers
            .client(&service.uri, &clock)
            .create_hosted_service(&new_service())
            .await
            .unwrap_err();

        assert_eq!(error.kind(), Kind::Denied, "{code}");
        assert_eq!(error.code(), Some(code));
        assert!(!error.may_have_happened(), "{code}");
        let hint = hint(error);
        assert!(hint.contains(way_out) && !hint.contains("clock"), "{hint}");
        assert_eq!(service.seen().len(), 1, "{code}");
    }
}

#[tokio::test]
async fn a_handshake_that_refuses_the_certificate_is_not_tried_again() {
    let (papers, clock) = (Papers::new(), Stopped::at(NOW));
    let (server, other) = (papers.server((2010, 2050)), Papers::self_signed());
    let service = Service::knowing(server, &other, vec![found()]).await;

    let client = papers.client(&service.uri, &clock);
    let error = client.locations().await.unwrap_err();

    assert_eq!(error.kind(), Kind::Denied, "{error}");
    assert_eq!(
        error.message(),
        "`127.0.0.1` does not accept the management certificate"
    );
    assert!(hint(error).contains("azure account import"));
    assert_eq!(clock.waits(), [0; 0]);
}

#[tokio::test]
async fn a_refusal_by_a_service_whose_clock_says_otherwise_blames_the_clock() {
    let (papers, clock) = (Papers::new(), Stopped::at("2031-01-01T00:00:00Z"));
    let body = refusal(
        "ForbiddenError",
        "The server failed to authenticate the request.",
    );
    let date = ("Date", "Sun, 15 Mar 2015 10:00:00 GMT");
    let service = Service::start(&papers, vec![answer("403 Forbidden", &[date], &body)]).await;

    let client = papers.client(&service.uri, &clock);
    let hint = hint(client.locations().await.unwrap_err());

    assert!(
        hint.starts_with(
            "this machine's clock says 2031-01-01 00:00:00 UTC, the service's says 2015-03-15 10:00:00 UTC: set the clock"
        ),
        "{hint}"
    );
}

#[tokio::test]
async fn a_management_certificate_out_of_its_time_is_named_with_its_dates() {
    for now in ["1970-01-01T00:00:00Z", "2060-01-01T00:00:00Z"] {
        let (papers, clock) = (Papers::new(), Stopped::at(now));
        let body = refusal("AuthenticationFailed", "The certificate is not valid.");
        let service = Service::start(&papers, vec![answer("403 Forbidden", &[], &body)]).await;

        let client = papers.client(&service.uri, &clock);
        let hint = hint(client.locations().await.unwrap_err());

        assert!(
            hint.contains("valid from 2015-01-01 00:00:00 UTC to 2050-01-01 00:00:00 UTC"),
            "{hint}"
        );
        assert!(hint.contains(&now[..10]), "{hint}");
    }
}

#[tokio::test]
async fn a_server_certificate_out_of_its_time_tells_both_clocks() {
    for (years, bound) in [
        ((2010, 2012), "was valid until 2012-01-01 00:00:00 UTC"),
        ((2048, 2050), "is valid from 2048-01-01 00:00:00 UTC"),
    ] {
        let (papers, clock) = (Papers::new(), Stopped::at(NOW));
        let server = papers.server(years);
        let service = Service::knowing(server, &papers.management, vec![found()]).await;

        let client = papers.client(&service.uri, &clock);
        let error = client.locations().await.unwrap_err();

        assert_eq!(error.kind(), Kind::Denied);
        let hint = hint(error);
        assert!(hint.contains("this machine's clock says 20"), "{hint}");
        assert!(hint.contains(bound), "{hint}");
        assert_eq!(service.seen(), []);
    }
}
