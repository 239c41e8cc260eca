//! Who knows what other resources became.

use serde_json::Value;

use crate::problem::{Kind, Problem};

/// A running deployment, as expressions ask it. Refusals are its own, by [`Problem::runtime`].
pub trait Runtime {
    /// What a resource is: its properties, or (`full`) all of it. A version is absent when the
    /// template gives none at all.
    fn reference(&self, id: &str, api_version: Option<&str>, full: bool) -> Result<Value, Problem>;

    /// What a resource answers to an action such as `listKeys`, whose name stands as it is written.
    fn list(
        &self,
        function: &str,
        id: &str,
        api_version: &str,
        body: Option<&Value>,
    ) -> Result<Value, Problem>;
}

/// A deployment that does not run: it knows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Runtime for Nothing {
    fn reference(&self, _: &str, _: Option<&str>, _: bool) -> Result<Value, Problem> {
        Err(Kind::NeedsRuntime("reference".to_owned()).into())
    }

    fn list(&self, function: &str, _: &str, _: &str, _: Option<&Value>) -> Result<Value, Problem> {
        Err(Kind::NeedsRuntime(function.to_owned()).into())
    }
}
