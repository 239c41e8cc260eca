//! What the engine does for a reaper in one of its containers: it is asked over its own API, as
//! the real reaper asks through the socket that is mounted for it.

use std::fmt;
use std::sync::Weak;

use axum::body::{Body, Bytes};
use futures_util::future::BoxFuture;
use hyper::header::HOST;
use hyper::{Method, Request, Response};
use serde_json::{Map, Value};

use super::{Engine, Shared};
use crate::process::script::services::{Filter, Reaped, Reaper};
use crate::stream::client::Client;

/// How many bytes wait in each direction.
const BUFFER: usize = 64 * 1024;
/// The longest list that is read, in bytes.
const LONGEST: usize = 64 * 1024 * 1024;

/// The engine's socket, as a container has it.
pub(super) struct Socket(pub(super) Weak<Shared>);

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Socket")
    }
}

impl Reaper for Socket {
    fn reap(&self, filters: Vec<Filter>) -> BoxFuture<'static, Reaped> {
        let engine = self.0.upgrade().map(|shared| Engine { shared });
        Box::pin(async move {
            let Some(engine) = engine else {
                return Reaped::default();
            };
            let (near, far) = tokio::io::duplex(BUFFER);
            let reaping = async {
                let mut asking = Asking(Client::open(near).await.ok()?);
                Some(asking.reap(&filters).await)
            };
            tokio::select! {
                biased;
                reaped = reaping => reaped.unwrap_or_default(),
                () = engine.serve(far) => Reaped::default(),
            }
        })
    }
}

/// A connection to the engine.
struct Asking(Client);

impl Asking {
    async fn reap(&mut self, filters: &[Filter]) -> Reaped {
        let mut reaped = Reaped::default();
        let queries: Vec<String> = filters.iter().map(query).collect();
        // Containers go before what they use.
        for query in &queries {
            let list = format!("/containers/json?all=1&{query}");
            let gone = self.remove(&list, None, "Id", |id| {
                format!("/containers/{id}?force=1&v=1")
            });
            reaped.containers += gone.await;
        }
        for query in &queries {
            let list = format!("/networks?{query}");
            let gone = self.remove(&list, None, "Id", |id| format!("/networks/{id}"));
            reaped.networks += gone.await;
            let list = format!("/volumes?{query}");
            let gone = self.remove(&list, Some("Volumes"), "Name", |name| {
                format!("/volumes/{name}?force=1")
            });
            reaped.volumes += gone.await;
            let list = format!("/images/json?all=1&{query}");
            let gone = self.remove(&list, None, "Id", |id| format!("/images/{id}?force=1"));
            reaped.images += gone.await;
        }
        reaped
    }

    /// Removes what a list names; how many went.
    async fn remove(
        &mut self,
        list: &str,
        within: Option<&str>,
        key: &str,
        place: impl Fn(&str) -> String,
    ) -> usize {
        let listed = self.ask(Method::GET, list).await;
        let listed = listed.and_then(|answer| serde_json::from_slice::<Value>(answer.body()).ok());
        let mut listed = listed.unwrap_or_default();
        let entries = match within {
            Some(within) => listed[within].take(),
            None => listed,
        };
        let mut gone = 0;
        for entry in entries.as_array().into_iter().flatten() {
            let Some(name) = entry[key].as_str() else {
                continue;
            };
            let answer = self.ask(Method::DELETE, &place(name)).await;
            gone += usize::from(answer.is_some_and(|answer| answer.status().is_success()));
        }
        gone
    }

    async fn ask(&mut self, method: Method, target: &str) -> Option<Response<Bytes>> {
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header(HOST, "docker")
            .body(Body::empty());
        self.0.ask(request.ok()?, LONGEST).await.ok()
    }
}

/// The filters of a list, as a query has them.
fn query(filter: &Filter) -> String {
    let mut filters: Map<String, Value> = Map::new();
    for (key, value) in filter {
        let values = filters
            .entry(key)
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(values) = values {
            values.push(Value::String(value.clone()));
        }
    }
    let text = Value::Object(filters).to_string();
    let escaped: String = text
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("filters={escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_become_a_query() {
        let filter = vec![
            ("label".to_owned(), "a=b".to_owned()),
            ("label".to_owned(), "c".to_owned()),
        ];
        assert_eq!(
            query(&filter),
            "filters=%7B%22label%22%3A%5B%22a%3Db%22%2C%22c%22%5D%7D"
        );
    }
}
