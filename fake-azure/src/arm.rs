//! Resource Manager: a thin skin of JSON over HTTPS on the world. Whoever comes here has shown a good
//! token, whose claims are an extension of the request.
#![expect(
    clippy::unnecessary_wraps,
    reason = "all handlers have the signature of those that may refuse"
)]

mod catalogue;
mod deployments;
mod door;
mod envelope;
mod groups;
mod machines;
mod meant;
mod networks;
mod operations;
mod page;
mod providers;
mod refusals;
mod relaxed_json;
mod resources;
mod route;
mod storage;
mod subscriptions;
mod table;
mod tags;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use simulation::http::Query;

use crate::cloud::Hand;
use crate::world::resource_manager::{
    Command, Conditions, Kind, Path, Refusal, Request, RequestFault, View,
};
use crate::world::{OperationId, Performed, SubscriptionId};

pub(crate) use deployments::DEPLOY;
pub(crate) use door::router;
pub(crate) use meant::{PUT_MACHINE, meant, within};
pub(crate) use refusals::Refused;
pub use table::{ManagedOperation, managed_operations};

/// A request on its way into the world.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) world: Hand<'a>,
    pub(crate) now: Timestamp,
    /// Whose things it is about; empty above the subscriptions.
    pub(crate) subscription: SubscriptionId,
    /// The request's identifier, and that of the operation that it may start.
    pub(crate) id: OperationId,
    /// The path after the subscription.
    pub(crate) object: String,
    /// A fault that was arranged for it.
    pub(crate) fault: Option<RequestFault>,
    /// The whole path with its query.
    pub(crate) target: String,
    /// What stands in the places of `{…}` in the route.
    pub(crate) names: Vec<String>,
    /// The kind of resource that the route is about.
    pub(crate) kind: Option<Kind>,
    /// The query, decoded.
    pub(crate) query: Query,
    pub(crate) body: &'a [u8],
    /// The versions that must be there, or must not.
    pub(crate) conditions: Conditions,
    /// The tenant of the subscriptions.
    pub(crate) tenant: &'a str,
    /// How the service was called: a URL without a slash at its end.
    pub(crate) base: &'a str,
}

/// How a call ends when it ends well.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Option<Content>,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// What of the body was not taken.
    pub(crate) skipped: Vec<String>,
    /// What was done otherwise than in life.
    pub(crate) notes: Vec<&'static str>,
}

/// What an answer holds.
#[derive(Debug)]
pub(crate) enum Content {
    /// A document that may still be looked at.
    Document(Value),
    /// The JSON of one that is too long to be a tree of values first.
    Written(String),
}

impl Content {
    fn into_json(self) -> String {
        match self {
            Self::Document(document) => json(&document),
            Self::Written(json) => json,
        }
    }
}

#[expect(
    clippy::expect_used,
    reason = "only keys that are no texts, or a type that fails by itself, are refused"
)]
fn json(document: &impl Serialize) -> String {
    serde_json::to_string(document).expect("all keys are texts")
}

impl Answer {
    /// A document.
    pub(crate) fn document(body: Value) -> Self {
        Self {
            status: 200,
            body: Some(Content::Document(body)),
            headers: Vec::new(),
            skipped: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A document that is written at once.
    pub(crate) fn written(body: &impl Serialize) -> Self {
        Self {
            body: Some(Content::Written(json(body))),
            ..Self::bare(200)
        }
    }

    /// Nothing but a status.
    pub(crate) fn bare(status: u16) -> Self {
        Self {
            status,
            body: None,
            headers: Vec::new(),
            skipped: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A list.
    #[expect(clippy::needless_pass_by_value, reason = "lists are made for this")]
    pub(crate) fn list(all: Vec<Value>) -> Self {
        Self::document(serde_json::json!({ "value": all }))
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Call<'_> {
    /// What the subscription holds.
    pub(crate) fn here(&self) -> Result<View<'_>, Refused> {
        Ok(self.world.world().managed(&self.subscription)?)
    }

    /// The n-th name in the path.
    pub(crate) fn name(&self, n: usize) -> &str {
        self.names.get(n).map_or("", String::as_str)
    }

    /// A parameter of the query, whose name has no case.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.pairs();
        pairs
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The version of the API that the client speaks.
    pub(crate) fn version(&self) -> &str {
        self.parameter("api-version").unwrap_or_default()
    }

    /// Whether something is to be told with more: `$expand`.
    pub(crate) fn expands(&self, what: &str) -> bool {
        self.parameter("$expand").is_some_and(|expand| {
            let mut words = expand.split(',');
            words.any(|word| word.trim().eq_ignore_ascii_case(what))
        })
    }

    /// The resource that the path names.
    pub(crate) fn path(&self) -> Result<Path, Refused> {
        let kind = self
            .kind
            .ok_or_else(|| Refused::not_modelled(&self.object))?;
        Ok(Path {
            group: self.name(0).to_owned(),
            kind,
            name: self.name(1).to_owned(),
            child: kind.parent().map(|_| self.name(2).to_owned()),
        })
    }

    /// The body, which must be JSON.
    pub(crate) fn document(&self) -> Result<Value, Refused> {
        document(self.body)
    }

    /// Asks the world for what the request is about.
    pub(crate) fn perform(&mut self, command: Command) -> Result<Performed, Refusal> {
        let request = Request {
            subscription: self.subscription.clone(),
            id: self.id.clone(),
            // No client asks Resource Manager what an operation was asked of.
            object: String::new(),
            fault: self.fault.take(),
            command,
        };
        self.world.perform_managed(request)
    }
}

/// The JSON of a body.
fn document(body: &[u8]) -> Result<Value, Refused> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err(Refused::no_body());
    }
    let body = strip_mark(body);
    serde_json::from_slice(body).or_else(|error| {
        let relaxed = str::from_utf8(body).map(relaxed_json::strict);
        let read = relaxed
            .ok()
            .and_then(|strict| serde_json::from_str(&strict).ok());
        read.ok_or_else(|| Refused::content(&error.to_string()))
    })
}

/// Clients of Windows begin with the mark of their encoding.
fn strip_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}
