//! A running simulator with a client of its own: raw requests, nothing of the real client.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fake_azure::{Builder, Credentials, FakeAzure, Pace};
use reqwest::{Client, ClientBuilder, Identity, Method};
use serde_json::Value;

use crate::xml::Node;

/// The version header that the newest old CLI sends.
pub(crate) const VERSION: &str = "2017-01-01";

/// Credentials made once: an RSA key takes some tenths of a second.
pub(crate) fn credentials() -> Credentials {
    static MADE: OnceLock<Credentials> = OnceLock::new();
    MADE.get_or_init(|| Credentials::generate().unwrap())
        .clone()
}

/// A builder with the credentials that all tests share. Each has a seed of its own: by hand those
/// of one would want the same addresses.
pub(crate) fn builder() -> Builder {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let own = u64::from(std::process::id()) << 32 | MADE.fetch_add(1, Ordering::Relaxed);
    FakeAzure::builder().credentials(credentials()).seed(own)
}

/// A client that trusts the simulator and shows no certificate.
pub(crate) fn stranger() -> ClientBuilder {
    let ca = reqwest::Certificate::from_pem(credentials().ca_pem().as_bytes()).unwrap();
    Client::builder().no_proxy().tls_certs_only([ca])
}

/// A client with the management certificate.
pub(crate) fn owner() -> ClientBuilder {
    let identity = Identity::from_pem(credentials().management_pem().as_bytes()).unwrap();
    stranger().identity(identity)
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn request_id(&self) -> &str {
        self.header("x-ms-request-id")
    }

    /// Which element or name was at fault.
    pub(crate) fn detail(&self) -> &str {
        self.header("x-fake-azure-detail")
    }

    pub(crate) fn document(&self) -> Node {
        Node::parse(&self.body)
    }

    /// Status, code and message of a refusal.
    pub(crate) fn refusal(&self) -> (u16, String, String) {
        let error = self.document();
        assert_eq!(error.name, "Error", "{}", self.body);
        (self.status, error.text("Code"), error.text("Message"))
    }

    /// Status and code of a refusal whose words are ours.
    pub(crate) fn refused(&self) -> (u16, String) {
        let (status, code, message) = self.refusal();
        assert!(!message.is_empty());
        (status, code)
    }

    /// The answer must be this status.
    #[track_caller]
    pub(crate) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} {}", self.body, self.detail());
        self
    }
}

/// A simulator, and whoever asks it.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) azure: FakeAzure,
    pub(crate) client: Client,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::of(builder()).await
    }

    pub(crate) async fn at(pace: Pace) -> Self {
        Self::of(builder().pace(pace)).await
    }

    pub(crate) async fn of(builder: Builder) -> Self {
        Self {
            azure: builder.start().await.unwrap(),
            client: owner().build().unwrap(),
        }
    }

    /// The URL of a path below the subscription.
    pub(crate) fn url(&self, path: &str) -> String {
        let (base, id) = (self.azure.management_url(), self.azure.subscription_id());
        format!("{base}/{id}{path}")
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client
            .request(
                Method::from_bytes(method.as_bytes()).unwrap(),
                self.url(path),
            )
            .header("x-ms-version", VERSION)
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        let request = self
            .request(method, path)
            .header("content-type", "application/xml")
            .body(body.to_owned());
        Answer::of(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request("GET", path).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &str) -> Answer {
        self.call("POST", path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: &str) -> Answer {
        self.call("PUT", path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, "").await
    }

    /// What a poll of an accepted request's operation shows.
    pub(crate) async fn operation(&self, accepted: &Answer) -> Node {
        assert_eq!(
            accepted.status,
            202,
            "{} {}",
            accepted.body,
            accepted.detail()
        );
        let id = accepted.request_id();
        self.get(&format!("/operations/{id}"))
            .await
            .is(200)
            .document()
    }

    /// How an accepted request's operation stands.
    pub(crate) async fn standing(&self, accepted: &Answer) -> String {
        self.operation(accepted).await.text("Status")
    }

    /// A write that must be accepted and end well at once or by being polled.
    pub(crate) async fn done(&self, accepted: Answer) {
        for _ in 0..100 {
            let operation = self.operation(&accepted).await;
            match operation.text("Status").as_str() {
                "Succeeded" => return,
                "InProgress" => {}
                _ => panic!("{operation:?}"),
            }
        }
        panic!("the operation does not end");
    }

    /// A write whose operation must end with this error: status, code and message.
    pub(crate) async fn fails(&self, accepted: Answer) -> (String, String, String) {
        let operation = self.operation(&accepted).await;
        assert_eq!(operation.text("Status"), "Failed", "{operation:?}");
        (
            operation.text("HttpStatusCode"),
            operation.text("Error/Code"),
            operation.text("Error/Message"),
        )
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.azure.cloud().advance(Duration::from_secs(seconds));
    }

    /// The address behind a public name.
    pub(crate) fn address(&self, service: &str) -> Option<Ipv4Addr> {
        let names = self.azure.cloud().public_names();
        names.get(&format!("{service}.cloudapp.net")).copied()
    }

    /// Whether anything accepts connections there.
    pub(crate) async fn answers(&self, address: Ipv4Addr, port: u16) -> bool {
        let at = SocketAddr::from((address, port));
        tokio::net::TcpStream::connect(at).await.is_ok()
    }

    pub(crate) async fn admin(&self, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}/_fake/{path}", self.azure.admin_url());
        let client = Client::builder().no_proxy().build().unwrap();
        let request = match body {
            None => client.get(url),
            Some(body) => client.post(url).body(body.to_string()),
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}
