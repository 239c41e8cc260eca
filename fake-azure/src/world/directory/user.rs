//! Users: people who sign in with a name and a password, or by approving a code.

use rand::RngExt as _;
use rand::distr::Alphanumeric;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use simulation::Chance;

use super::Secret;

/// A user of the tenant.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    /// `name@domain`.
    pub(crate) name: String,
    pub(crate) object_id: String,
    pub(super) password: Secret,
}

impl User {
    /// One that follows from chance, without a name.
    pub(super) fn drawn(chance: &mut Chance) -> Self {
        let object_id = chance.uuid();
        let password: String = (0..20)
            .map(|_| char::from(chance.sample(Alphanumeric)))
            .collect();
        Self {
            name: String::new(),
            object_id,
            password: Secret::new(password),
        }
    }

    pub(super) fn called(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }

    pub(super) fn with(self, password: &Secret) -> Self {
        Self {
            password: password.clone(),
            ..self
        }
    }

    /// What the user is found by, whatever the case.
    pub(crate) fn key(&self) -> String {
        self.name.to_lowercase()
    }

    pub(super) fn shown(&self) -> Value {
        json!({ "name": self.name, "object_id": self.object_id })
    }
}
