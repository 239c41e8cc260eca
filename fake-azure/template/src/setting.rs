//! What expressions of one deployment refer to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::scope::Scope;

/// Parameters, variables, functions and what is around, by their names in lower case.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Setting {
    pub(crate) parameters: BTreeMap<String, Value>,
    pub(crate) variables: BTreeMap<String, Variable>,
    pub(crate) functions: BTreeMap<String, UserFunction>,
    pub(crate) scope: Scope,
}

/// A variable as it is written.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum Variable {
    /// A value, with expressions in it.
    Value(Value),
    /// A loop, of `name`, `count` and `input`.
    Loop(Value),
}

/// A function that the template itself has.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct UserFunction {
    pub(crate) parameters: Vec<String>,
    pub(crate) output: Value,
}
