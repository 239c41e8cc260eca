//! Text that is shown to nobody.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A secret: written down with the state, and told nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whoever it was made for.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }

    /// Whether somebody knows it. All of it is looked at, however early it differs.
    pub(crate) fn is(&self, told: &str) -> bool {
        let differs = self.0.bytes().zip(told.bytes());
        let differs = differs.fold(0, |differs, (a, b)| differs | (a ^ b));
        differs == 0 && self.0.len() == told.len()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
