//! Certificates for the names that the simulator answers to, made when somebody asks for one.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::azure_names;
use crate::cloud::Cloud;
use crate::credentials::{Credentials, CredentialsError, Validity};

/// How many certificates are kept; whoever asks for one more has all made anew.
const KEPT: usize = 256;

/// What somebody is shown who calls the simulator by no name of Azure's.
const OWN: &str = "";

/// The certificates by name, each with a key of its own.
pub(crate) struct Leaves {
    cloud: Cloud,
    credentials: Credentials,
    /// The addresses at which the simulator listens.
    addresses: Vec<IpAddr>,
    made: Mutex<BTreeMap<String, Arc<CertifiedKey>>>,
}

impl fmt::Debug for Leaves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaves")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

impl Leaves {
    pub(crate) fn new(cloud: Cloud, credentials: Credentials, addresses: Vec<IpAddr>) -> Self {
        Self {
            cloud,
            credentials,
            addresses,
            made: Mutex::default(),
        }
    }

    /// How TLS is ended with these certificates.
    pub(crate) fn server(self) -> Result<Arc<ServerConfig>, rustls::Error> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(self));
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }

    fn leaf(&self, name: &str) -> Result<Arc<CertifiedKey>, CredentialsError> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leaf) = made.get(name) {
            return Ok(leaf.clone());
        }
        let names: Vec<String> = if name == OWN {
            let addresses = self.addresses.iter().map(IpAddr::to_string);
            std::iter::once("localhost".to_owned())
                .chain(addresses)
                .collect()
        } else {
            vec![name.to_owned()]
        };
        let title = names.first().map_or("fake-azure", String::as_str);
        let validity = Validity::at(self.cloud.clock());
        let identity = self.credentials.issue(names.clone(), title, validity)?;
        let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&identity.key)
            .map_err(|_| rcgen::Error::CouldNotParseKeyPair)?;
        let leaf = Arc::new(CertifiedKey::new(identity.chain, key));
        if made.len() >= KEPT {
            made.clear();
        }
        made.insert(name.to_owned(), leaf.clone());
        Ok(leaf)
    }
}

impl ResolvesServerCert for Leaves {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let called = hello.server_name().map(azure_names::plain);
        let name = called.filter(|name| azure_names::whose(name).is_some());
        self.leaf(name.as_deref().unwrap_or(OWN))
            .inspect_err(|error| tracing::error!(%error, "no certificate is made"))
            .ok()
    }
}
