//! Applications: programs that sign in as themselves.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use rand::RngExt as _;
use rand::distr::Alphanumeric;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use simulation::Chance;

use super::{DirectoryRefusal, DirectoryTerms, Secret};
use crate::thumbprint::thumbprint;

/// An application, with its service principal in the tenant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Application {
    /// A lower-case GUID.
    pub(crate) id: String,
    /// That of its service principal.
    pub(crate) object_id: String,
    pub(crate) name: String,
    secrets: Vec<ClientSecret>,
    /// In DER as base64url, by thumbprint.
    certificates: BTreeMap<String, String>,
}

/// A password of an application's.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ClientSecret {
    pub(crate) text: Secret,
    /// For ever when absent.
    pub(crate) expires: Option<Timestamp>,
}

impl Application {
    /// One that follows from chance.
    pub(super) fn drawn(chance: &mut Chance) -> Self {
        let (id, object_id) = (chance.uuid(), chance.uuid());
        Self {
            id,
            object_id,
            name: "fake-azure".to_owned(),
            secrets: vec![ClientSecret {
                text: Secret::new(secret(chance)),
                expires: None,
            }],
            certificates: BTreeMap::new(),
        }
    }

    /// The same, as the terms want it.
    pub(super) fn under(mut self, terms: &DirectoryTerms) -> Self {
        if let Some(id) = &terms.client_id {
            self.id = id.to_ascii_lowercase();
        }
        if let Some(text) = &terms.client_secret {
            self.secrets[0].text = text.clone();
        }
        self.secrets.extend(terms.further_secrets.iter().cloned());
        self.certificates = terms
            .certificates
            .iter()
            .map(|der| (thumbprint(der), URL_SAFE_NO_PAD.encode(der)))
            .collect();
        self
    }

    /// The secret that programs are told.
    pub(crate) fn secret(&self) -> &Secret {
        &self.secrets[0].text
    }

    /// Whether somebody who knows this signs in as the application.
    pub(crate) fn check_secret(&self, told: &str, now: Timestamp) -> Result<(), DirectoryRefusal> {
        let known = self.secrets.iter().find(|secret| secret.text.is(told));
        let known = known.ok_or_else(|| DirectoryRefusal::WrongSecret(self.id.clone()))?;
        if known.expires.is_some_and(|end| end <= now) {
            return Err(DirectoryRefusal::OldSecret(self.id.clone()));
        }
        Ok(())
    }

    /// The certificate of this thumbprint, in DER.
    pub(crate) fn certificate(&self, thumbprint: &str) -> Result<Vec<u8>, DirectoryRefusal> {
        let known = self.certificates.get(&thumbprint.to_ascii_uppercase());
        known
            .and_then(|der| URL_SAFE_NO_PAD.decode(der).ok())
            .ok_or_else(|| DirectoryRefusal::NoCertificate(thumbprint.to_owned()))
    }

    /// Its certificates, in DER.
    pub(crate) fn certificates(&self) -> impl Iterator<Item = Vec<u8>> {
        let all = self.certificates.values();
        all.filter_map(|der| URL_SAFE_NO_PAD.decode(der).ok())
    }

    pub(super) fn shown(&self) -> Value {
        json!({
            "client_id": self.id,
            "object_id": self.object_id,
            "name": self.name,
            "secrets": self.secrets.len(),
            "certificates": self.certificates.keys().collect::<Vec<_>>(),
        })
    }
}

/// A secret as the portal makes them: 40 letters, digits and signs, a `~` among them.
fn secret(chance: &mut Chance) -> String {
    let mut text: String = (0..37)
        .map(|_| char::from(chance.sample(Alphanumeric)))
        .collect();
    text.insert_str(3, "8Q~");
    text
}
