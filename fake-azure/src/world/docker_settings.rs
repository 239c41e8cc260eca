//! The Docker VM extension: its settings in both generations, and what it makes of them.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value, json};

use super::names::Name;
use super::spelling::is_same;
use crate::tls_material::TlsMaterial;

/// Which Docker extension it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    /// `MSOpenTech.Extensions`, 2014: `dockerport`, and `ca`, `server-cert`, `server-key`.
    OpenTech,
    /// `Microsoft.Azure.Extensions`, 2015 on: `docker.port`, and `certs`.
    Azure,
}

impl Generation {
    pub(crate) fn of(publisher: &Name, name: &Name) -> Option<Self> {
        if *name != "DockerExtension" {
            return None;
        }
        if *publisher == "MSOpenTech.Extensions" {
            Some(Self::OpenTech)
        } else if *publisher == "Microsoft.Azure.Extensions" {
            Some(Self::Azure)
        } else {
            None
        }
    }
}

/// What an extension is told, as its machine gets it: JSON in base64, empty where there is none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings<'a> {
    /// What everybody may read.
    pub(crate) public: &'a str,
    /// What only the machine reads.
    pub(crate) protected: &'a str,
}

/// What the daemon is to listen on, and with which certificates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DockerSettings {
    /// Where it listens inside the machine; nowhere when it has its own socket alone.
    pub(crate) listeners: Vec<SocketAddr>,
    /// Its certificates; without any it is open to everybody.
    pub(crate) tls: Option<Arc<DockerCertificates>>,
}

/// The certificates that were uploaded, as PEM: what the machine's TLS is made of.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DockerCertificates {
    /// Whoever this has signed may come in; without it whoever likes.
    #[serde(with = "super::encoded::maybe")]
    pub(crate) ca: Option<Vec<u8>>,
    /// The server's certificate.
    #[serde(with = "super::encoded")]
    pub(crate) certificate: Vec<u8>,
    /// Its key. A secret.
    #[serde(with = "super::encoded")]
    pub(crate) key: Vec<u8>,
}

impl fmt::Debug for DockerCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DockerCertificates").finish_non_exhaustive()
    }
}

impl DockerCertificates {
    /// Those that TLS can be made of; whatever is wrong with one is told by its name.
    pub(crate) fn of(
        names: [&str; 3],
        ca: Option<Vec<u8>>,
        [certificate, key]: [Vec<u8>; 2],
    ) -> Result<Arc<Self>, Fault> {
        TlsMaterial::of(names, ca.as_deref(), [&certificate, &key])?;
        Ok(Arc::new(Self {
            ca,
            certificate,
            key,
        }))
    }
}

impl DockerCertificates {
    /// Protected settings, in base64, of which an extension would read them.
    pub(crate) fn told_to(&self, generation: Generation) -> String {
        let ca = self.ca.as_deref().unwrap_or_default();
        let [ca, certificate, key] =
            [ca, &self.certificate, &self.key].map(|pem| STANDARD.encode(pem));
        let settings = match generation {
            Generation::OpenTech => {
                json!({"ca": ca, "server-cert": certificate, "server-key": key})
            }
            Generation::Azure => json!({"certs": {"ca": ca, "cert": certificate, "key": key}}),
        };
        STANDARD.encode(settings.to_string())
    }
}

/// What is wrong with the settings, in words for the extension's status.
type Fault = String;

/// The public settings of the later generation, as the extension's own types read them; what
/// they do not name is not looked at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PublicSettings {
    #[serde(deserialize_with = "object")]
    docker: Option<DockerEngine>,
    #[serde(rename = "azure-environment")]
    environment: Option<String>,
    /// What the extension gives to Compose, which is not run here.
    #[serde(rename = "compose", deserialize_with = "object")]
    _compose: Option<Map<String, Value>>,
    #[serde(rename = "compose-environment")]
    _compose_environment: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DockerEngine {
    port: Option<String>,
    /// Arguments of the daemon, which are not used here.
    #[serde(rename = "options")]
    _options: Option<Vec<String>>,
}

/// The private settings of the later generation.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ProtectedSettings {
    #[serde(deserialize_with = "object")]
    certs: Option<Certificates>,
    /// A registry's account, which is not signed in to here.
    #[serde(rename = "login", deserialize_with = "object")]
    _login: Option<Login>,
    /// What the extension gives to Compose beside the public part.
    #[serde(rename = "environment")]
    _environment: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Login {
    #[serde(rename = "server")]
    _server: Option<String>,
    #[serde(rename = "username")]
    _username: Option<String>,
    #[serde(rename = "password")]
    _password: Option<String>,
    #[serde(rename = "email")]
    _email: Option<String>,
}

/// The members of the later generation's settings, and those of the objects among them.
type Members = [(&'static str, &'static [&'static str])];

const PUBLIC_MEMBERS: &Members = &[
    ("docker", &["port", "options"]),
    ("azure-environment", &[]),
    ("compose", &[]),
    ("compose-environment", &[]),
];
const PROTECTED_MEMBERS: &Members = &[
    ("certs", &["ca", "cert", "key"]),
    ("login", &["server", "username", "password", "email"]),
    ("environment", &[]),
];

/// The settings with their members as they are declared: Go takes a name in any case.
fn declared(settings: Option<Map<String, Value>>, members: &Members) -> Value {
    let named = |map: Map<String, Value>, names: &mut dyn Iterator<Item = &'static str>| {
        let names: Vec<_> = names.collect();
        let entries = map.into_iter().map(|(name, value)| {
            let known = names.iter().find(|known| is_same(known, &name));
            (known.map_or(name, |known| (*known).to_owned()), value)
        });
        entries.collect::<Map<_, _>>()
    };
    let settings = settings.unwrap_or_default();
    let mut settings = named(settings, &mut members.iter().map(|(name, _)| *name));
    for (name, inner) in members.iter().filter(|(_, inner)| !inner.is_empty()) {
        if let Some(Value::Object(object)) = settings.get_mut(*name) {
            *object = named(std::mem::take(object), &mut inner.iter().copied());
        }
    }
    Value::Object(settings)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Certificates {
    ca: Option<String>,
    cert: Option<String>,
    key: Option<String>,
}

/// An object, for which serde would take a list, too.
fn object<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    let map: Option<Map<String, Value>> = Option::deserialize(deserializer)?;
    map.map(|map| T::deserialize(Value::Object(map)).map_err(serde::de::Error::custom))
        .transpose()
}

/// The clouds that the later generation knows.
const ENVIRONMENTS: &[&str] = &[
    "AzureCloud",
    "AzureChinaCloud",
    "AzureGermanCloud",
    "AzureUSGovernment",
];

impl DockerSettings {
    /// What listens on one port of all addresses.
    pub(crate) fn on_port(port: u16, tls: Option<Arc<DockerCertificates>>) -> Self {
        let listeners = vec![SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))];
        Self { listeners, tls }
    }

    /// Whether the daemon answers who reaches the machine on this port.
    pub(crate) fn answers_on(&self, port: u16) -> bool {
        let mut listeners = self.listeners.iter();
        listeners.any(|at| at.port() == port && !at.ip().is_loopback())
    }

    /// Reads an extension's settings; `None` when they ask for no network port at all.
    pub(crate) fn read(
        generation: Generation,
        settings: Settings<'_>,
    ) -> Result<Option<Self>, Fault> {
        match generation {
            Generation::OpenTech => Self::open_tech(settings).map(Some),
            Generation::Azure => Self::azure(settings),
        }
    }

    /// The script of 2014 looks for what it needs, and takes what it finds.
    fn open_tech(settings: Settings<'_>) -> Result<Self, Fault> {
        let object = |word, text| -> Result<Value, Fault> {
            let found: Option<Map<String, Value>> = parsed(word, text)?;
            Ok(Value::Object(found.unwrap_or_default()))
        };
        let public = object(PUBLIC, settings.public)?;
        let private = object(PROTECTED, settings.protected)?;
        let port = match public.get("dockerport") {
            None => 4243,
            Some(Value::String(text)) => port_of(text)?,
            Some(other) => port_of(&other.to_string())?,
        };
        let names = ["ca", "server-cert", "server-key"];
        let texts = names.map(|name| private.get(name).and_then(Value::as_str));
        let tls = match texts.map(|text| text.filter(|text| !text.is_empty())) {
            [None, None, None] => None,
            [Some(ca), Some(certificate), Some(key)] => {
                let [ca_name, certificate_name, key_name] = names;
                Some(DockerCertificates::of(
                    names,
                    Some(decoded(ca_name, ca)?),
                    [
                        decoded(certificate_name, certificate)?,
                        decoded(key_name, key)?,
                    ],
                )?)
            }
            some => {
                let missing = names.iter().zip(some).filter(|(_, text)| text.is_none());
                let missing: Vec<_> = missing.map(|(name, _)| *name).collect();
                return Err(format!("the settings lack {}", missing.join(", ")));
            }
        };
        Ok(Self::on_port(port, tls))
    }

    /// The program of 2015 reads its settings by types, and runs without TLS unless it has
    /// all three certificates.
    fn azure(settings: Settings<'_>) -> Result<Option<Self>, Fault> {
        let public = declared(parsed(PUBLIC, settings.public)?, PUBLIC_MEMBERS);
        let public: PublicSettings = typed(PUBLIC, public)?;
        let private = declared(parsed(PROTECTED, settings.protected)?, PROTECTED_MEMBERS);
        let private: ProtectedSettings = typed(PROTECTED, private)?;
        if let Some(environment) = public.environment.as_deref().filter(|e| !e.is_empty())
            && !ENVIRONMENTS.contains(&environment)
        {
            return Err(format!(
                "error parsing handler settings: invalid value for 'azure-environment': {environment}"
            ));
        }
        let port = public.docker.and_then(|docker| docker.port);
        let Some(port) = port.filter(|port| !port.is_empty()) else {
            return Ok(None);
        };
        let port = port_of(&port)?;
        let Certificates { ca, cert, key } = private.certs.unwrap_or_default();
        let texts = [ca, cert, key].map(|text| text.filter(|text| !text.is_empty()));
        let tls = match texts {
            [Some(ca), Some(cert), Some(key)] => Some(DockerCertificates::of(
                ["ca", "cert", "key"],
                Some(decoded_or_plain("ca", &ca)?),
                [
                    decoded_or_plain("cert", &cert)?,
                    decoded_or_plain("key", &key)?,
                ],
            )?),
            _ => None,
        };
        Ok(Some(Self::on_port(port, tls)))
    }
}

/// What is behind base64, in which there may be line breaks.
fn decoded(name: &str, text: &str) -> Result<Vec<u8>, Fault> {
    let bare: String = text.split_ascii_whitespace().collect();
    STANDARD
        .decode(bare)
        .map_err(|_| format!("error decoding {name}: illegal base64 data"))
}

/// The later generation takes PEM as it is, too.
fn decoded_or_plain(name: &str, text: &str) -> Result<Vec<u8>, Fault> {
    if text.trim_start().starts_with("-----BEGIN ") {
        return Ok(text.as_bytes().to_vec());
    }
    decoded(name, text)
}

/// What errors call the two kinds of settings.
const PUBLIC: &str = "public";
const PROTECTED: &str = "protected";

/// The JSON in settings, read by the extension's types; `None` when there is none.
fn parsed<T: DeserializeOwned>(word: &str, settings: &str) -> Result<Option<T>, Fault> {
    if settings.is_empty() {
        return Ok(None);
    }
    let bare: String = settings.split_ascii_whitespace().collect();
    let text = STANDARD
        .decode(bare)
        .map_err(|_| format!("the {word} settings are not base64"))?;
    // serde would take a list for an object; its words may tell a secret, so they stay here.
    let parsed: Option<Value> = serde_json::from_slice(&text).ok();
    match parsed {
        Some(Value::Null) => Ok(None),
        Some(object @ Value::Object(_)) => typed(word, object).map(Some),
        _ => Err(format!(
            "error parsing handler settings: error parsing {word} settings: they are not a JSON object"
        )),
    }
}

/// The value as the type that it is to be.
fn typed<T: DeserializeOwned>(word: &str, value: Value) -> Result<T, Fault> {
    serde_json::from_value(value).map_err(|_| {
        format!(
            "error parsing handler settings: error parsing {word} settings: a value is of the wrong type"
        )
    })
}

fn port_of(text: &str) -> Result<u16, Fault> {
    let port = text.parse().ok().filter(|port| *port > 0);
    port.ok_or_else(|| format!("invalid docker port: {text}"))
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads settings; an empty text stands for none.
    fn read(
        generation: Generation,
        public: &str,
        protected: &str,
    ) -> Result<Option<DockerSettings>, Fault> {
        let [public, protected] = [public, protected].map(|json| STANDARD.encode(json));
        let settings = Settings {
            public: &public,
            protected: &protected,
        };
        DockerSettings::read(generation, settings)
    }

    /// The one port that it listens on.
    fn port(settings: &DockerSettings) -> u16 {
        let [listener] = settings.listeners[..] else {
            panic!("{:?}", settings.listeners);
        };
        assert!(listener.ip().is_unspecified());
        listener.port()
    }

    #[test]
    fn both_generations_say_their_port() {
        let old = read(Generation::OpenTech, r#"{ "dockerport": "4243" }"#, "");
        let new = read(Generation::Azure, r#"{"docker":{"port":"2376"}}"#, "");
        assert_eq!(port(&old.unwrap().unwrap()), 4243);
        let new = new.unwrap().unwrap();
        assert_eq!(port(&new), 2376);
        assert!(new.tls.is_none());
    }

    #[test]
    fn the_newer_one_listens_only_where_it_is_told() {
        assert!(read(Generation::Azure, "", "").unwrap().is_none());
        let old = read(Generation::OpenTech, "", "").unwrap();
        assert_eq!(port(&old.unwrap()), 4243);
    }

    #[test]
    fn the_newer_one_takes_its_members_in_any_case_and_by_their_types() {
        let public = r#"{"Docker":{"PORT":"2376"},"Compose":{"web":{"image":"x"}},"compose-environment":{"A":"b"}}"#;
        let read_one = read(Generation::Azure, public, r#"{"Login":{"Username":"me"}}"#);
        assert_eq!(port(&read_one.unwrap().unwrap()), 2376);
        for (public, protected) in [
            (r#"{"docker":{"port":"2376"},"compose":"x"}"#, "{}"),
            (
                r#"{"docker":{"port":"2376"},"compose-environment":{"A":1}}"#,
                "{}",
            ),
            (
                r#"{"docker":{"port":"2376"}}"#,
                r#"{"login":{"username":1}}"#,
            ),
            (r#"{"docker":{"port":"2376"}}"#, r#"{"environment":["A"]}"#),
        ] {
            let fault = read(Generation::Azure, public, protected).unwrap_err();
            assert!(
                fault.contains("wrong type"),
                "{public} {protected}: {fault}"
            );
        }
    }

    #[test]
    fn bad_settings_are_told_apart() {
        let public = |json| read(Generation::OpenTech, json, "").unwrap_err();
        let private = |json| read(Generation::OpenTech, "", json).unwrap_err();
        assert!(public("{").contains("public settings"));
        assert!(public(r#"{"dockerport":"3.2"}"#).contains("port"));
        assert!(private(r#"{"ca":"YQ=="}"#).contains("server-cert, server-key"));
        assert!(private(r#"{"ca":"%","server-cert":"YQ==","server-key":"YQ=="}"#).contains("ca"));
    }

    /// The later generation is a program with types; the words before the reason are its own.
    #[test]
    fn settings_of_a_wrong_type_are_refused_by_the_later_generation_alone() {
        for json in [
            r#"{"docker":{"port":2376}}"#,
            r#"{"docker":"4243"}"#,
            r#"{"docker":{"port":"2376","options":"-D"}}"#,
            r#"{"docker":["2376"]}"#,
            r#"{"docker":{"port":"2376"},"azure-environment":"Moon"}"#,
            r#"{"azure-environment":7}"#,
            r#"["docker"]"#,
        ] {
            let fault = read(Generation::Azure, json, "").unwrap_err();
            assert!(
                fault.starts_with("error parsing handler settings: "),
                "{json} {fault}"
            );
        }
        for json in [
            r#"{"docker":{"port":"2376","options":["-D"]},"compose":{"db":{}}}"#,
            r#"{"docker":{"port":"2376"},"azure-environment":"AzureChinaCloud"}"#,
        ] {
            let read = read(Generation::Azure, json, "");
            assert_eq!(port(&read.unwrap().unwrap()), 2376, "{json}");
        }
        let read = read(Generation::OpenTech, r#"{"dockerport":2375}"#, "");
        assert_eq!(port(&read.unwrap().unwrap()), 2375);
    }

    /// CA, certificate and key in PEM.
    fn pair() -> [String; 3] {
        let key = rcgen::KeyPair::generate().unwrap();
        let name = vec!["docker".to_owned()];
        let certificate = rcgen::CertificateParams::new(name).unwrap();
        let certificate = certificate.self_signed(&key).unwrap().pem();
        [certificate.clone(), certificate, key.serialize_pem()]
    }

    #[test]
    fn certificates_are_read_as_each_generation_reads_them() {
        let broken = |pem: &String| {
            let text = STANDARD.encode(pem);
            let lines: Vec<&str> = (0..text.len())
                .step_by(64)
                .map(|n| &text[n..text.len().min(n + 64)])
                .collect();
            lines.join("\r\n")
        };
        let has_tls = |generation, [ca, certificate, key]: [String; 3]| {
            let json = match generation {
                Generation::OpenTech => serde_json::json!({
                    "ca": ca, "server-cert": certificate, "server-key": key,
                }),
                Generation::Azure => serde_json::json!({
                    "certs": {"ca": ca, "cert": certificate, "key": key},
                }),
            };
            let public = r#"{"dockerport":"2376","docker":{"port":"2376"}}"#;
            read(generation, public, &json.to_string())
                .map(|settings| settings.unwrap().tls.is_some())
        };
        let pem = pair();
        for generation in [Generation::OpenTech, Generation::Azure] {
            let encoded = pem.clone().map(|text| STANDARD.encode(text));
            assert_eq!(has_tls(generation, encoded), Ok(true));
            assert_eq!(has_tls(generation, pem.each_ref().map(broken)), Ok(true));
        }
        assert_eq!(has_tls(Generation::Azure, pem.clone()), Ok(true));
        assert!(has_tls(Generation::OpenTech, pem.clone()).is_err());
        let [ca, certificate, _] = pem;
        let two = [ca, certificate, String::new()];
        assert_eq!(has_tls(Generation::Azure, two.clone()), Ok(false));
        assert!(has_tls(Generation::OpenTech, two).is_err());
    }
}
