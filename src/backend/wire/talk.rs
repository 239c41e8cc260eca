//! What a client does between its requests: it waits, is stopped, and tells what it does.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, Response, Url};
use tokio::sync::watch;

use super::{Endpoint, Exchange, Observer, Patience, Waits};
use crate::backend::{LONGEST_POLL, RequestId};
use crate::backoff::Backoff;
use crate::clock::Clock;

/// The longest id of a request that is believed; the services' have 32 to 36 characters.
const LONGEST_ID: usize = 200;

/// By what a client waits, and who is told.
#[derive(Clone)]
pub(in crate::backend) struct Talk {
    pub(in crate::backend) clock: Arc<dyn Clock>,
    pub(in crate::backend) patience: Patience,
    /// Told of every exchange.
    pub(in crate::backend) observer: Option<Observer>,
    /// Told of waits that take long.
    pub(in crate::backend) waits: Option<Waits>,
    /// Nothing is repeated any more once it holds more than 0.
    pub(in crate::backend) stop: Option<watch::Receiver<u32>>,
}

impl Talk {
    pub(in crate::backend) fn new(clock: Arc<dyn Clock>, patience: Patience) -> Self {
        Self {
            clock,
            patience,
            observer: None,
            waits: None,
            stop: None,
        }
    }

    pub(in crate::backend) fn tell(&self, words: &str) {
        if let Some(waits) = &self.waits {
            waits(words);
        }
    }

    /// Tells of a request that was sent; `names` are the headers that may bear its id.
    pub(in crate::backend) fn saw(
        &self,
        method: &Method,
        url: &Url,
        sent: &reqwest::Result<Response>,
        names: &[&str],
    ) {
        let Some(observer) = &self.observer else {
            return;
        };
        let answer = sent.as_ref().ok();
        observer(&Exchange {
            method: method.to_string(),
            path: match url.query() {
                Some(query) => format!("{}?{query}", url.path()),
                None => url.path().to_owned(),
            },
            status: answer.map(|answer| answer.status().as_u16()),
            request: answer.and_then(|answer| request_id(answer.headers(), names)),
        });
    }

    /// The wait that the service wishes, but no longer than a poll may take; says so when it is cut.
    pub(in crate::backend) fn bounded(&self, wish: Duration) -> Duration {
        if wish > LONGEST_POLL {
            self.tell(&format!(
                "The service asks to wait for {} seconds; asking again after {}",
                wish.as_secs(),
                LONGEST_POLL.as_secs()
            ));
        }
        wish.min(LONGEST_POLL)
    }

    /// Waits; false when the user asked to stop meanwhile.
    pub(in crate::backend) async fn pause(&self, wait: Duration) -> bool {
        let Some(mut stop) = self.stop.clone() else {
            self.clock.sleep(wait).await;
            return true;
        };
        let stopped = async {
            if stop.wait_for(|times| *times > 0).await.is_err() {
                // Nobody is left who could ask.
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = stopped => false,
            () = self.clock.sleep(wait) => true,
        }
    }
}

/// How often an operation at this place is asked after.
pub(in crate::backend) fn polls(endpoint: &Endpoint) -> Backoff {
    if endpoint.is_loopback() {
        Backoff::nearby()
    } else {
        Backoff::polls()
    }
}

/// The id that the service gave to a request, in the first of these headers.
pub(in crate::backend) fn request_id(headers: &HeaderMap, names: &[&str]) -> Option<RequestId> {
    names
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok())
        .filter(|id| id.len() <= LONGEST_ID)
        .map(RequestId::new)
}
