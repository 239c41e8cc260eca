//! The Docker VM extension: its settings in both generations, and what it makes of them.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use serde_json::Value;

use crate::world::{Parameter, Visibility};

/// Which Docker extension it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Generation {
    /// `MSOpenTech.Extensions`, 2014: `dockerport`, and `ca`, `server-cert`, `server-key`.
    OpenTech,
    /// `Microsoft.Azure.Extensions`, 2015 on: `docker.port`, and `certs`.
    Azure,
}

impl Generation {
    pub(crate) fn of(publisher: &str, name: &str) -> Option<Self> {
        if !name.eq_ignore_ascii_case("DockerExtension") {
            return None;
        }
        if publisher.eq_ignore_ascii_case("MSOpenTech.Extensions") {
            Some(Self::OpenTech)
        } else if publisher.eq_ignore_ascii_case("Microsoft.Azure.Extensions") {
            Some(Self::Azure)
        } else {
            None
        }
    }
}

/// What the daemon is to listen on, and with which certificates.
#[derive(Clone, Debug)]
pub(crate) struct DockerSettings {
    /// The daemon's port inside the machine.
    pub(crate) port: u16,
    /// Its certificates; without any it is open to everybody.
    pub(crate) tls: Option<TlsMaterial>,
}

/// The certificates that were uploaded, ready to serve.
#[derive(Clone)]
pub(crate) struct TlsMaterial {
    /// The server's certificate and key.
    pub(crate) server: Arc<CertifiedKey>,
    /// Whoever these have signed may come in.
    pub(crate) clients: Arc<RootCertStore>,
}

impl fmt::Debug for TlsMaterial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsMaterial").finish_non_exhaustive()
    }
}

/// What is wrong with the settings, in words for the extension's status.
type Fault = String;

impl DockerSettings {
    /// Reads an extension's settings; `None` when they ask for no network port at all.
    pub(crate) fn read(
        generation: Generation,
        parameters: &[Parameter],
    ) -> Result<Option<Self>, Fault> {
        let public = object(parameters, Visibility::Public)?;
        let private = object(parameters, Visibility::Private)?;
        let (port, names, certificates) = match generation {
            Generation::OpenTech => {
                let port = match public.get("dockerport") {
                    None => Some(4243),
                    Some(port) => Some(port_of(port)?),
                };
                (port, ["ca", "server-cert", "server-key"], Some(&private))
            }
            Generation::Azure => {
                let port = match public.get("docker").and_then(|docker| docker.get("port")) {
                    None => None,
                    Some(port) => Some(port_of(port)?),
                };
                (port, ["ca", "cert", "key"], private.get("certs"))
            }
        };
        let Some(port) = port else { return Ok(None) };
        let tls = match certificates {
            None => None,
            Some(certificates) => TlsMaterial::read(certificates, names)?,
        };
        Ok(Some(Self { port, tls }))
    }
}

impl TlsMaterial {
    /// Reads CA, certificate and key by these names; `None` when there is none of them.
    fn read(values: &Value, names: [&str; 3]) -> Result<Option<Self>, Fault> {
        let texts: Vec<Option<&str>> = names
            .iter()
            .map(|name| {
                values
                    .get(name)
                    .and_then(Value::as_str)
                    .filter(|t| !t.is_empty())
            })
            .collect();
        let [ca, certificate, key] = match texts[..] {
            [None, None, None] => return Ok(None),
            [Some(ca), Some(certificate), Some(key)] => [ca, certificate, key],
            _ => {
                let missing: Vec<_> = names
                    .iter()
                    .zip(&texts)
                    .filter(|(_, text)| text.is_none())
                    .map(|(name, _)| *name)
                    .collect();
                return Err(format!("the settings lack {}", missing.join(", ")));
            }
        };
        let pem = |name: &str, text: &str| {
            STANDARD
                .decode(text)
                .map_err(|_| format!("error decoding {name}: illegal base64 data"))
        };
        let [ca_name, certificate_name, key_name] = names;
        let read = Self::of(
            names,
            [
                &pem(ca_name, ca)?,
                &pem(certificate_name, certificate)?,
                &pem(key_name, key)?,
            ],
        )?;
        Ok(Some(read))
    }

    /// Reads CA, certificate and key in PEM; whatever is wrong with one is told by its name.
    pub(crate) fn of(names: [&str; 3], [ca, certificate, key]: [&[u8]; 3]) -> Result<Self, Fault> {
        let read = |name: &str, pem: &[u8]| -> Result<Vec<CertificateDer<'static>>, Fault> {
            let list: Vec<_> = CertificateDer::pem_slice_iter(pem)
                .collect::<Result<_, _>>()
                .map_err(|_| format!("{name} is not a certificate in PEM"))?;
            if list.is_empty() {
                Err(format!("{name} holds no certificate in PEM"))
            } else {
                Ok(list)
            }
        };
        let mut clients = RootCertStore::empty();
        for authority in read(names[0], ca)? {
            clients
                .add(authority)
                .map_err(|_| format!("{} is not usable as an authority", names[0]))?;
        }
        let chain = read(names[1], certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| {
            format!(
                "{} is not a private key in PEM without a pass phrase",
                names[2]
            )
        })?;
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&key)
            .map_err(|_| format!("{} is not a usable private key", names[2]))?;
        if let Some(public) = key.public_key()
            && !same_key(&chain[0], public.as_ref())
        {
            return Err(format!(
                "{} and {} are not a pair: private key does not match public key",
                names[1], names[2]
            ));
        }
        Ok(Self {
            server: Arc::new(CertifiedKey::new(chain, key)),
            clients: Arc::new(clients),
        })
    }
}

/// Whether the certificate is for this public key. An X.509 v1 certificate, which the old
/// CLI makes, is none that rustls reads, so it is looked at here.
fn same_key(certificate: &CertificateDer<'_>, public: &[u8]) -> bool {
    use x509_parser::prelude::FromDer as _;
    x509_parser::certificate::X509Certificate::from_der(certificate)
        .is_ok_and(|(_, certificate)| certificate.public_key().raw == public)
}

/// The JSON object in the parameter of this kind; empty when there is none.
fn object(parameters: &[Parameter], visibility: Visibility) -> Result<Value, Fault> {
    let word = if visibility == Visibility::Public {
        "public"
    } else {
        "protected"
    };
    let Some(parameter) = parameters.iter().find(|p| p.visibility == Some(visibility)) else {
        return Ok(Value::Object(serde_json::Map::new()));
    };
    if parameter.value.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    let text = STANDARD
        .decode(&parameter.value)
        .map_err(|_| format!("the {word} settings are not base64"))?;
    match serde_json::from_slice(&text) {
        Ok(object @ Value::Object(_)) => Ok(object),
        _ => Err(format!(
            "error parsing the {word} settings: they are not a JSON object"
        )),
    }
}

fn port_of(value: &Value) -> Result<u16, Fault> {
    let port = match value {
        Value::String(text) => text.parse().ok(),
        Value::Number(number) => number.as_u64().and_then(|n| u16::try_from(n).ok()),
        _ => None,
    };
    port.filter(|port| *port > 0)
        .ok_or_else(|| format!("invalid docker port: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(visibility: Visibility, json: &str) -> Parameter {
        Parameter {
            key: "ignored".to_owned(),
            value: STANDARD.encode(json),
            visibility: Some(visibility),
        }
    }

    #[test]
    fn both_generations_say_their_port() {
        let old = [parameter(Visibility::Public, r#"{ "dockerport": "4243" }"#)];
        let new = [parameter(
            Visibility::Public,
            r#"{"docker":{"port":"2376"}}"#,
        )];
        let read = |generation, parameters: &[Parameter]| {
            DockerSettings::read(generation, parameters)
                .unwrap()
                .unwrap()
        };
        assert_eq!(read(Generation::OpenTech, &old).port, 4243);
        assert_eq!(read(Generation::Azure, &new).port, 2376);
        assert!(read(Generation::Azure, &new).tls.is_none());
    }

    #[test]
    fn the_newer_one_listens_only_where_it_is_told() {
        assert!(
            DockerSettings::read(Generation::Azure, &[])
                .unwrap()
                .is_none()
        );
        assert_eq!(
            DockerSettings::read(Generation::OpenTech, &[])
                .unwrap()
                .unwrap()
                .port,
            4243
        );
    }

    #[test]
    fn bad_settings_are_told_apart() {
        let fault = |generation, parameters: &[Parameter]| {
            DockerSettings::read(generation, parameters).unwrap_err()
        };
        assert!(
            fault(Generation::OpenTech, &[parameter(Visibility::Public, "{")])
                .contains("public settings")
        );
        assert!(
            fault(
                Generation::OpenTech,
                &[parameter(Visibility::Public, r#"{"dockerport":"3.2"}"#)]
            )
            .contains("port")
        );
        assert!(
            fault(
                Generation::OpenTech,
                &[parameter(Visibility::Private, r#"{"ca":"YQ=="}"#)]
            )
            .contains("server-cert, server-key")
        );
        let all = r#"{"ca":"%","server-cert":"YQ==","server-key":"YQ=="}"#;
        assert!(fault(Generation::OpenTech, &[parameter(Visibility::Private, all)]).contains("ca"));
    }
}
