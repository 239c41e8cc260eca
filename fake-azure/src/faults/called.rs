//! A call as it is written down, to be counted again.

use serde::{Deserialize, Serialize};
use simulation::faults::{Call, Own as _};

use super::CloudFault;

/// A call that faults are about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Called {
    method: String,
    path: String,
    operation: String,
    names: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    within: Option<String>,
}

impl Called {
    pub(crate) fn new(call: &Call<'_>) -> Self {
        let names = call.names.iter();
        Self {
            method: call.method.to_owned(),
            path: call.path.to_owned(),
            operation: call.operation.to_owned(),
            names: names
                .map(|(word, name)| ((*word).to_owned(), name.clone()))
                .collect(),
            within: call.within.map(str::to_owned),
        }
    }

    /// The same as rules see it.
    pub(crate) fn as_call(&self) -> Call<'_> {
        let names = self.names.iter().filter_map(|(word, name)| {
            let word = CloudFault::NAMES.iter().find(|known| *known == word)?;
            Some((*word, name.clone()))
        });
        Call {
            method: &self.method,
            path: &self.path,
            operation: &self.operation,
            names: names.collect(),
            within: self.within.as_deref(),
        }
    }
}
