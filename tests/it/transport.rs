//! The manners of the management client on a bad line: what it repeats, follows, and gives up on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use azure::backend::service_management::write::CreateHostedService;
use azure::backend::service_management::{Client, Connection, Endpoint, Patience, Transport};
use azure::backend::{Accepted, Kind, OperationId, Place};
use azure::clock::Clock;
use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use wiremock::matchers::{any, body_string_contains, header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

const LOCATIONS: &str = r#"<Locations xmlns="http://schemas.microsoft.com/windowsazure"><Location><Name>West US</Name></Location></Locations>"#;

/// A clock whose waits end at once and are remembered.
#[derive(Debug, Clone, Default)]
struct Waits(Arc<Mutex<Vec<Duration>>>);

impl Waits {
    fn seconds(&self) -> Vec<u64> {
        let waits = self.0.lock().expect("no panic");
        waits.iter().map(Duration::as_secs).collect()
    }
}

#[async_trait]
impl Clock for Waits {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    async fn sleep(&self, duration: Duration) {
        self.0.lock().expect("no panic").push(duration);
    }
}

fn client(uri: &str, waits: &Waits) -> Client {
    trusting(uri, waits, Vec::new())
}

fn trusting(uri: &str, waits: &Waits, authorities: Vec<String>) -> Client {
    Client::new(transport(uri, waits, authorities))
}

fn transport(uri: &str, waits: &Waits, authorities: Vec<String>) -> Transport {
    transport_for(uri, waits, authorities, Duration::from_millis(400))
}

/// That waits so long for a whole answer.
fn transport_for(
    uri: &str,
    waits: &Waits,
    authorities: Vec<String>,
    answer: Duration,
) -> Transport {
    let connection = Connection {
        endpoint: Endpoint::parse(uri).expect("an endpoint"),
        subscription: "sub".to_owned(),
        identity: None,
        authorities,
        patience: Patience {
            connect: Duration::from_secs(2),
            answer,
            ..Patience::default()
        },
    };
    Transport::new(connection, Arc::new(waits.clone())).expect("a transport")
}

fn new_service() -> CreateHostedService {
    CreateHostedService {
        name: "web".to_owned(),
        label: "web".to_owned(),
        description: None,
        place: Place::Location("West US".to_owned()),
    }
}

fn refusal(code: &str) -> String {
    format!("<Error><Code>{code}</Code><Message>No.</Message></Error>")
}

async fn calls(server: &MockServer) -> usize {
    server
        .received_requests()
        .await
        .expect("requests are kept")
        .len()
}

#[tokio::test]
async fn a_question_is_repeated_and_its_retry_after_honoured() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    for (status, answer) in [
        (
            503,
            ResponseTemplate::new(503).insert_header("Retry-After", "7"),
        ),
        (429, ResponseTemplate::new(429)),
        (
            500,
            ResponseTemplate::new(500).set_body_string(refusal("InternalError")),
        ),
    ] {
        let name = format!("{status}");
        Mock::given(any())
            .respond_with(answer)
            .up_to_n_times(1)
            .named(name)
            .mount(&server)
            .await;
    }
    Mock::given(path("/sub/locations"))
        .respond_with(ResponseTemplate::new(200).set_body_string(LOCATIONS))
        .mount(&server)
        .await;

    let locations = client(&server.uri(), &waits).locations().await;

    assert_eq!(locations.expect("locations")[0].name, "West US");
    assert_eq!(waits.seconds(), [7, 2, 4]);
}

#[tokio::test]
async fn a_question_is_not_repeated_for_ever() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    Mock::given(any())
        .respond_with(ResponseTemplate::new(503).set_body_string(refusal("ServerBusy")))
        .mount(&server)
        .await;

    let error = client(&server.uri(), &waits).locations().await.unwrap_err();

    assert_eq!(error.kind(), Kind::Busy);
    assert_eq!(error.code(), Some("ServerBusy"));
    assert_eq!(calls(&server).await, 4);
}

#[tokio::test]
async fn a_change_that_failed_inside_is_not_repeated() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(500).set_body_string(refusal("InternalError")))
        .mount(&server)
        .await;

    let error = client(&server.uri(), &waits)
        .create_hosted_service(&new_service())
        .await
        .unwrap_err();

    assert!(error.may_have_happened());
    assert_eq!(calls(&server).await, 1);
}

#[tokio::test]
async fn a_change_that_was_throttled_is_sent_again() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(503).set_body_string(refusal("TooManyRequests")))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(201))
        .mount(&server)
        .await;

    client(&server.uri(), &waits)
        .create_hosted_service(&new_service())
        .await
        .expect("created");

    assert_eq!(calls(&server).await, 2);
}

#[tokio::test]
async fn a_redirect_is_followed_with_method_body_and_version() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    Mock::given(path("/sub/services/hostedservices"))
        .respond_with(ResponseTemplate::new(307).insert_header("Location", "/region/sub"))
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .and(path("/region/sub"))
        .and(header("x-ms-version", "2017-01-01"))
        .and(header("content-type", "application/xml"))
        .and(body_string_contains("<ServiceName>web</ServiceName>"))
        .respond_with(ResponseTemplate::new(201))
        .expect(1)
        .mount(&server)
        .await;

    client(&server.uri(), &waits)
        .create_hosted_service(&new_service())
        .await
        .expect("created");
}

#[tokio::test]
async fn redirects_in_circles_and_to_strangers_are_not_followed() {
    for location in ["/sub/locations", "http://192.0.2.1/sub/locations"] {
        let (server, waits) = (MockServer::start().await, Waits::default());
        Mock::given(any())
            .respond_with(ResponseTemplate::new(307).insert_header("Location", location))
            .mount(&server)
            .await;

        let error = client(&server.uri(), &waits).locations().await.unwrap_err();

        assert_eq!(error.kind(), Kind::Unexpected, "{location}");
        assert!(error.message().contains("redirect"), "{error}");
        assert!(calls(&server).await <= 6);
    }
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_lost() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    Mock::given(any())
        .respond_with(ResponseTemplate::new(201).set_delay(Duration::from_secs(30)))
        .mount(&server)
        .await;

    let error = client(&server.uri(), &waits)
        .create_hosted_service(&new_service())
        .await
        .unwrap_err();

    assert!(error.is_lost());
    assert_eq!(error.kind(), Kind::Busy);
    assert_eq!(calls(&server).await, 1);
}

#[tokio::test]
async fn an_answer_of_another_kind_makes_no_sense() {
    for answer in [
        ResponseTemplate::new(200).set_body_raw("<html><body>Welcome</html>", "text/html"),
        ResponseTemplate::new(200).set_body_raw("<html><body>Welcome</body></html>", "text/html"),
        ResponseTemplate::new(200).set_body_raw(
            r#"<feed xmlns="http://www.w3.org/2005/Atom"/>"#,
            "application/xml",
        ),
        ResponseTemplate::new(200).set_body_raw(r#"{"value": []}"#, "application/json"),
        ResponseTemplate::new(200),
    ] {
        let (server, waits) = (MockServer::start().await, Waits::default());
        Mock::given(any()).respond_with(answer).mount(&server).await;

        let client = client(&server.uri(), &waits);

        let list = client.locations().await.unwrap_err();
        // Taken for an empty one, it would be written back over what there is.
        let document = client.network_configuration().await.unwrap_err();

        assert_eq!(list.kind(), Kind::Unexpected);
        assert_eq!(document.kind(), Kind::Unexpected);
    }
}

#[tokio::test]
async fn polls_wait_as_the_service_asks() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    let progress = "<Operation><Status>InProgress</Status></Operation>";
    let asked = Arc::new(Mutex::new(0));
    Mock::given(path("/sub/operations/0af"))
        .respond_with(move |_: &Request| {
            let mut asked = asked.lock().expect("no panic");
            *asked += 1;
            match *asked {
                1 => ResponseTemplate::new(200)
                    .insert_header("Retry-After", "11")
                    .set_body_string(progress),
                2 => ResponseTemplate::new(200).set_body_string(progress),
                _ => ResponseTemplate::new(200).set_body_string(
                    "<Operation><Status>Failed</Status><HttpStatusCode>409</HttpStatusCode><Error><Code>ConflictError</Code><Message>Taken.</Message></Error></Operation>",
                ),
            }
        })
        .mount(&server)
        .await;

    let error = client(&server.uri(), &waits)
        .settle(Accepted::new(OperationId::new("0af")))
        .await
        .unwrap_err();

    assert_eq!(error.message(), "ConflictError : Taken.");
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(error.is_operation_failure());
    assert_eq!(waits.seconds()[0], 11);
}

/// Serves `answer`, raw, to every connection, and then closes it.
async fn rude_server(answer: &'static [u8]) -> (String, Arc<Mutex<u32>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let count = Arc::new(Mutex::new(0));
    let served = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            *served.lock().expect("no panic") += 1;
            let mut buffer = [0; 4096];
            _ = stream.read(&mut buffer).await.ok();
            _ = stream.write_all(answer).await.ok();
        }
    });
    (format!("http://{address}"), count)
}

#[tokio::test]
async fn a_cut_off_answer_is_asked_for_again_but_a_change_is_not_repeated() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<Locations>";
    for answer in [&cut[..], b""] {
        let (uri, count) = rude_server(answer).await;
        let waits = Waits::default();

        let question = client(&uri, &waits).locations().await.unwrap_err();
        let asked = std::mem::take(&mut *count.lock().expect("no panic"));
        let change = client(&uri, &waits)
            .create_hosted_service(&new_service())
            .await
            .unwrap_err();

        assert!(question.is_lost() && change.is_lost());
        assert_eq!(asked, 4);
        assert_eq!(*count.lock().expect("no panic"), 1);
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_can_have_happened() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let uri = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let waits = Waits::default();

    let error = client(&uri, &waits)
        .create_hosted_service(&new_service())
        .await
        .unwrap_err();

    assert_eq!(error.kind(), Kind::Busy);
    assert!(!error.is_lost());
    assert_eq!(waits.seconds().len(), 3);
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_is_told_from_one_that_is_away() {
    let (uri, count) = rude_server(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    let waits = Waits::default();

    let error = client(&uri.replace("http:", "https:"), &waits)
        .locations()
        .await
        .unwrap_err();

    assert_eq!(error.kind(), Kind::Unexpected);
    assert_eq!(error.message(), "`127.0.0.1` does not speak TLS");
    assert_eq!(*count.lock().expect("no panic"), 1);
}

/// Serves handshakes with a certificate for `name` that is valid from `years.0` to `years.1`.
/// Returns the address and the PEM of the authority that signed it.
async fn secret_server(name: &str, years: (i32, i32)) -> (String, String) {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority =
        CertifiedIssuer::self_signed(authority, KeyPair::generate().expect("a key")).expect("a CA");
    let key = KeyPair::generate().expect("a key");
    let mut leaf = CertificateParams::new([name.to_owned()]).expect("a name");
    leaf.not_before = rcgen::date_time_ymd(years.0, 1, 1);
    leaf.not_after = rcgen::date_time_ymd(years.1, 1, 1);
    let leaf = leaf.signed_by(&key, &authority).expect("a certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            rustls_pki_types::PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
        )
        .expect("a configuration");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let uri = format!("https://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(acceptor.accept(stream).await);
        }
    });
    (uri, authority.pem())
}

#[tokio::test]
async fn a_certificate_that_is_no_good_is_named_and_not_asked_again() {
    for (name, years, is_known, message) in [
        ("127.0.0.1", (2020, 2050), false, "is not trusted"),
        ("other.example", (2020, 2050), true, "is for another name"),
        ("127.0.0.1", (2020, 2021), true, "is not valid at this time"),
        ("127.0.0.1", (2048, 2050), true, "is not valid at this time"),
    ] {
        let (uri, authority) = secret_server(name, years).await;
        let waits = Waits::default();
        let authorities = if is_known {
            vec![authority]
        } else {
            Vec::new()
        };

        let error = trusting(&uri, &waits, authorities)
            .locations()
            .await
            .unwrap_err();

        assert_eq!(error.kind(), Kind::Denied, "{error}");
        assert!(error.message().ends_with(message), "{error}");
        assert_eq!(waits.seconds(), [0; 0], "{error}");
    }
}

fn held() -> ResponseTemplate {
    ResponseTemplate::new(409).set_body_string(
        "<Error><Code>ConflictError</Code><Message>Windows Azure is currently performing an \
         operation with x-ms-requestid ff on this deployment that requires exclusive access.\
         </Message></Error>",
    )
}

#[tokio::test]
async fn an_operation_that_requires_exclusive_access_is_waited_out() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    Mock::given(method("POST"))
        .respond_with(held().insert_header("Retry-After", "9"))
        .up_to_n_times(6)
        .mount(&server)
        .await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(201))
        .mount(&server)
        .await;

    client(&server.uri(), &waits)
        .create_hosted_service(&new_service())
        .await
        .expect("created");

    assert_eq!(waits.seconds(), [9; 6]);
}

#[tokio::test]
async fn an_operation_that_never_ends_is_waited_for_as_long_as_was_wished() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    Mock::given(any())
        .respond_with(held().insert_header("Retry-After", "100000"))
        .mount(&server)
        .await;

    let error = client(&server.uri(), &waits)
        .create_hosted_service(&new_service())
        .await
        .unwrap_err();

    assert_eq!(error.kind(), Kind::Conflict);
    // The default of ten minutes, in waits that are cut at one.
    assert_eq!(waits.seconds(), [60; 10]);
}

#[tokio::test]
async fn who_wants_to_stop_waits_no_longer() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    Mock::given(any()).respond_with(held()).mount(&server).await;
    let (stop, stopped) = tokio::sync::watch::channel(0_u32);
    let client = Client::new(transport(&server.uri(), &waits, Vec::new()).until(stopped));

    stop.send(1).expect("somebody listens");
    let error = client
        .create_hosted_service(&new_service())
        .await
        .unwrap_err();

    assert_eq!(error.kind(), Kind::Conflict);
    assert_eq!(calls(&server).await, 1);
    assert!(waits.seconds().is_empty());
}

#[tokio::test]
async fn a_wait_that_is_cut_is_said() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    Mock::given(any())
        .respond_with(
            ResponseTemplate::new(200)
                .insert_header("Retry-After", "100000")
                .set_body_string("<Operation><ID>ff</ID><Status>InProgress</Status></Operation>"),
        )
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(any())
        .respond_with(
            ResponseTemplate::new(200)
                .set_body_string("<Operation><ID>ff</ID><Status>Succeeded</Status></Operation>"),
        )
        .mount(&server)
        .await;
    let said = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&said);
    let told =
        transport(&server.uri(), &waits, Vec::new()).told_to(Arc::new(move |words: &str| {
            listener.lock().expect("no panic").push(words.to_owned());
        }));

    Client::new(told)
        .settle(Accepted::new(OperationId::new("ff")))
        .await
        .expect("settled");

    assert_eq!(waits.seconds(), [60]);
    let said = said.lock().expect("no panic");
    assert!(said[0].contains("100000"), "{said:?}");
}

#[tokio::test]
async fn an_answer_has_a_length_and_a_time_and_the_error_says_which() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_string(" ".repeat(33 << 20)))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_delay(Duration::from_secs(30)))
        .mount(&server)
        .await;
    let client = client(&server.uri(), &waits);
    let minute = Duration::from_mins(1);
    let patient = Client::new(transport_for(&server.uri(), &waits, Vec::new(), minute));

    let long = patient.locations().await.unwrap_err();
    let slow = client.locations().await.unwrap_err();

    assert!(long.message().contains("bytes"), "{long}");
    assert!(slow.message().contains("seconds"), "{slow}");
    // The same wait is not had several times over.
    assert_eq!(calls(&server).await, 2);
}

fn hosted(name: &str) -> String {
    format!("<HostedService><ServiceName>{name}</ServiceName></HostedService>")
}

#[tokio::test]
async fn deployments_tell_the_domain_of_a_cloud_that_is_not_known() {
    let (server, waits) = (MockServer::start().await, Waits::default());
    let services = format!(
        "<HostedServices>{}{}</HostedServices>",
        hosted("none"),
        hosted("web")
    );
    let at = |service: &str| {
        format!("/sub/services/hostedservices/{service}/deploymentslots/Production")
    };
    Mock::given(path("/sub/services/hostedservices"))
        .respond_with(ResponseTemplate::new(200).set_body_string(services))
        .mount(&server)
        .await;
    Mock::given(path(at("none")))
        .respond_with(ResponseTemplate::new(404).set_body_string(refusal("ResourceNotFound")))
        .mount(&server)
        .await;
    let deployment =
        "<Deployment><Name>web</Name><Url>http://web.cloud.example/</Url></Deployment>";
    Mock::given(path(at("web")))
        .respond_with(ResponseTemplate::new(200).set_body_string(deployment))
        .mount(&server)
        .await;
    let client = client(&server.uri(), &waits);
    assert_eq!(client.domain(), "cloudapp.net");

    client.learn_domain().await.expect("an answer");

    assert_eq!(client.domain(), "cloud.example");
    let asked = calls(&server).await;
    client.learn_domain().await.expect("nothing to ask");
    assert_eq!(calls(&server).await, asked);
    let told = client.named_under("told.example");
    assert_eq!(told.domain(), "told.example");
}
