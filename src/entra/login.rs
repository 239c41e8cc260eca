//! Who is signed in, and how it is proved: what the profile keeps.

use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Cloud;

/// Somebody who signed in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// Who: a user's name, an application's id, or whose word is taken.
    pub name: String,
    /// The tenant.
    pub tenant: String,
    /// The cloud.
    pub cloud: Cloud,
    /// The authority to trust at its endpoints, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
    /// How it is proved.
    pub credential: Credential,
}

/// How somebody proves who it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Credential {
    /// An application, by its secret.
    #[serde(rename_all = "camelCase")]
    Secret {
        /// The application.
        client: String,
        /// The secret.
        #[serde(serialize_with = "exposed", deserialize_with = "hidden")]
        secret: SecretString,
    },
    /// An application, by a certificate and its key in a file.
    #[serde(rename_all = "camelCase")]
    Certificate {
        /// The application.
        client: String,
        /// The file, PEM.
        file: PathBuf,
    },
    /// An application, by a token that another authority writes into a file, and renews there.
    #[serde(rename_all = "camelCase")]
    FederatedToken {
        /// The application.
        client: String,
        /// The file.
        file: PathBuf,
    },
    /// A machine's own identity, as its host tells it.
    #[serde(rename_all = "camelCase")]
    ManagedIdentity {
        /// The one that is meant where a machine has several.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<String>,
    },
    /// Whoever is signed in with `az`.
    Az,
    /// A user who approved this program.
    #[serde(rename_all = "camelCase")]
    User {
        /// What gives the next token, and another of its kind.
        #[serde(serialize_with = "exposed", deserialize_with = "hidden")]
        refresh_token: SecretString,
    },
}

impl Login {
    /// Is it the same one, in the same cloud?
    pub fn is_same(&self, other: &Self) -> bool {
        self.name.eq_ignore_ascii_case(&other.name)
            && self.tenant.eq_ignore_ascii_case(&other.tenant)
            && self.cloud.resource_manager == other.cloud.resource_manager
    }

    /// What kind of thing is signed in, in a word that lists show.
    pub fn kind(&self) -> &'static str {
        match self.credential {
            Credential::User { .. } => "user",
            Credential::Az => "az",
            _ => "servicePrincipal",
        }
    }
}

fn exposed<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

fn hidden<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_kept_and_does_not_show() {
        let login = Login {
            name: "app".to_owned(),
            tenant: "T".to_owned(),
            cloud: Cloud::public(),
            ca: None,
            credential: Credential::Secret {
                client: "app".to_owned(),
                secret: "s3cret".into(),
            },
        };
        assert!(!format!("{login:?}").contains("s3cret"));
        let text = serde_json::to_string(&login).unwrap();
        let again: Login = serde_json::from_str(&text).unwrap();
        assert!(again.is_same(&login));
        assert!(
            matches!(&again.credential, Credential::Secret { secret, .. } if secret.expose_secret() == "s3cret")
        );
    }
}
