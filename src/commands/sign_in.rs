//! What programs sign in with to the simulated cloud.

use std::io;
use std::path::Path;

use secrecy::SecretString;
use serde::Deserialize;

use crate::entra::{Cloud, Credential, Login};
use crate::input;

/// A service principal, as a simulator writes it down.
#[derive(Debug, Deserialize)]
pub(super) struct SignIn {
    #[serde(rename = "clientId")]
    pub(super) client: String,
    #[serde(rename = "clientSecret", deserialize_with = "secret")]
    pub(super) secret: SecretString,
    #[serde(rename = "tenantId")]
    pub(super) tenant: String,
    #[serde(rename = "subscriptionId")]
    pub(super) subscription: String,
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

impl SignIn {
    /// The same, as a profile keeps it for a simulator's `cloud`, whose authority is `ca`.
    pub(super) fn login(&self, cloud: Cloud, ca: Option<String>) -> Login {
        Login {
            name: self.client.clone(),
            tenant: self.tenant.clone(),
            cloud,
            ca,
            credential: Credential::Secret {
                client: self.client.clone(),
                secret: self.secret.clone(),
            },
        }
    }

    /// Reads it from the file that the ready file names.
    pub(super) fn read(path: &Path) -> io::Result<Self> {
        let text = input::read_text(path, input::LONGEST_SETTINGS)?;
        Ok(serde_json::from_str(&text)?)
    }
}
