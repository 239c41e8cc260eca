//! A simulator as programs of today meet it: the authority, and whoever asks it for tokens.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fake_azure::{Builder, FakeAzure};
use reqwest::{Client, Method, Proxy};
use serde_json::Value;

use crate::stage::{Answer, stranger};

/// What Resource Manager's tokens are for.
pub(crate) const MANAGEMENT: &str = "https://management.azure.com";

/// A value as forms have it.
fn encoded(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").unwrap();
        }
    }
    text
}

/// A simulator, and a client that trusts its authority alone.
#[derive(Debug)]
pub(crate) struct Today {
    pub(crate) azure: FakeAzure,
    pub(crate) client: Client,
    /// What programs sign in with.
    pub(crate) principal: BTreeMap<String, String>,
}

impl Today {
    pub(crate) async fn of(builder: Builder) -> Self {
        let azure = builder.start().await.unwrap();
        let principal = std::fs::read_to_string(azure.service_principal()).unwrap();
        Self {
            client: stranger().build().unwrap(),
            principal: serde_json::from_str(&principal).unwrap(),
            azure,
        }
    }

    /// The same client, who goes through the simulator's proxy.
    pub(crate) fn through_proxy(&self) -> Client {
        let proxy = Proxy::all(self.azure.proxy_url()).unwrap();
        let ca = reqwest::Certificate::from_pem(&std::fs::read(self.azure.ca()).unwrap());
        Client::builder()
            .proxy(proxy)
            .tls_certs_only([ca.unwrap()])
            .build()
            .unwrap()
    }

    pub(crate) fn told(&self, name: &str) -> &str {
        &self.principal[name]
    }

    /// Posts a form below a tenant.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        let url = format!("{}/{path}", self.azure.authority_url());
        let form: Vec<_> = form
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let request = self
            .client
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.join("&"));
        Answer::of(request.send().await.unwrap()).await
    }

    /// Asks the second version of the token API, in the simulator's own tenant.
    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let path = format!("{}/oauth2/v2.0/token", self.told("tenantId"));
        self.post(&path, form).await
    }

    /// A form by which the program that the simulator tells of signs in for a resource.
    pub(crate) fn program<'a>(&'a self, scope: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("grant_type", "client_credentials"),
            ("client_id", self.told("clientId")),
            ("client_secret", self.told("clientSecret")),
            ("scope", scope),
        ]
    }

    /// A token of that program's.
    pub(crate) async fn bearer(&self, resource: &str) -> String {
        let scope = format!("{resource}/.default");
        let granted = self.token(&self.program(&scope)).await.is(200).json();
        granted["access_token"].as_str().unwrap().to_owned()
    }

    /// Asks Resource Manager for the subscription.
    pub(crate) async fn subscription(&self, bearer: Option<&str>) -> Answer {
        let url = format!(
            "{}/subscriptions/{}?api-version=2022-12-01",
            self.azure.resource_manager_url(),
            self.azure.subscription_id()
        );
        let mut request = self.client.request(Method::GET, url);
        if let Some(bearer) = bearer {
            request = request.bearer_auth(bearer);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let url = format!("{}{path}", self.azure.authority_url());
        Answer::of(self.client.get(url).send().await.unwrap()).await
    }

    /// What the admin API says.
    pub(crate) async fn admin(&self, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{}/_fake/{path}", self.azure.admin_url());
        let request = match body {
            None => self.client.get(url),
            Some(body) => self.client.post(url).body(body.to_string()),
        };
        let answer = Answer::of(request.send().await.unwrap()).await;
        let body = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        (answer.status, body)
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{}", self.body))
    }

    /// Status, error and number of a refusal of the authority's, all of whose other members have
    /// been looked at.
    #[track_caller]
    pub(crate) fn denied(&self) -> (u16, String, u64) {
        let document = self.json();
        let number = document["error_codes"][0].as_u64().unwrap();
        let words = document["error_description"].as_str().unwrap();
        assert!(words.starts_with(&format!("AADSTS{number}: ")), "{words}");
        for name in ["trace_id", "correlation_id", "timestamp"] {
            let value = document[name].as_str().unwrap();
            assert!(words.contains(value), "{name}: {words}");
        }
        let error = document["error"].as_str().unwrap().to_owned();
        (self.status, error, number)
    }

    /// Status and code of a refusal of Resource Manager's.
    #[track_caller]
    pub(crate) fn failure(&self) -> (u16, String) {
        let error = &self.json()["error"];
        assert!(!error["message"].as_str().unwrap().is_empty());
        (self.status, error["code"].as_str().unwrap().to_owned())
    }
}

/// A part of a token: 0 is the header, 1 the claims.
pub(crate) fn part(token: &str, n: usize) -> Value {
    let part = token.split('.').nth(n).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
