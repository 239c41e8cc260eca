//! Every recorded answer of the real service, against the simulator's.
//!
//! Each is arranged on a simulator of its own, out of what the answer itself tells, the request
//! and the other exchanges of its test; then the recorded request is sent.

mod arrange;
mod beyond;
mod compare;
mod masks;
mod older;
mod recordings;
mod score;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use futures_util::StreamExt as _;
use regex::Regex;
use reqwest::Client;

use crate::stage::owner;

use recordings::{Exchange, Story};
use score::Score;

/// Exchanges that ask and answer the same are replayed once.
fn likeness(exchange: &Exchange) -> String {
    let moments = Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap();
    let sent = exchange.sent.as_ref().map(|sent| &sent.body);
    let whole = format!(
        "{} {:?} {sent:?} {} {} {}",
        exchange.method, exchange.path, exchange.status, exchange.body, exchange.rewritten
    );
    let mut headers = exchange.headers.clone();
    for name in [
        "date",
        "content-length",
        "transfer-encoding",
        "server",
        "x-ms-servedbyregion",
    ] {
        headers.remove(name);
    }
    moments
        .replace_all(&format!("{whole} {headers:?}"), "-")
        .into_owned()
}

/// What differs when an exchange is replayed.
async fn replay(exchange: &Exchange, story: &Story, client: &Client) -> Vec<String> {
    let (body, _) = older::renewed(exchange);
    let scene = match arrange::arrange(exchange, story, &body, client).await {
        Ok(scene) => scene,
        Err(why) => return vec![format!("not arranged: {why}")],
    };
    let answer = scene.ask().await;
    compare::differences(exchange, &body, &answer)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_recorded_answer_is_given_or_the_reason_why_not_is_known() {
    let stories: Arc<Vec<Story>> = Arc::new(recordings::read());
    let mut score = Score::default();
    if stories.is_empty() {
        writeln!(std::io::stderr(), "SKIPPED: no recordings in ../shared").unwrap();
        return;
    }
    let mut alike: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    for (s, story) in stories.iter().enumerate() {
        for (n, exchange) in story.iter().enumerate() {
            score.all += 1;
            if let Some(why) = beyond::beyond(exchange) {
                *score.beyond.entry(why).or_default() += 1;
                continue;
            }
            for what in older::renewed(exchange).1 {
                score.older.entry(what).or_default().push(exchange.place());
            }
            alike.entry(likeness(exchange)).or_default().push((s, n));
        }
    }
    let client = owner().build().unwrap();
    let replays = futures_util::stream::iter(alike.into_values().map(|places| {
        let (client, stories) = (client.clone(), stories.clone());
        tokio::spawn(async move {
            let (s, n) = places[0];
            let exchange = &stories[s][n];
            let found = replay(exchange, &stories[s], &client).await;
            (places, found)
        })
    }));
    let mut replays = replays.buffer_unordered(8);
    let mut distinct = 0;
    while let Some(replayed) = replays.next().await {
        let (places, found) = replayed.unwrap();
        distinct += 1;
        if found.is_empty() {
            score.matched += places.len();
            continue;
        }
        let (s, n) = places[0];
        let exchange = &stories[s][n];
        let path = Regex::new("[^/?]*[0-9A-F][^/?]*").unwrap();
        let path = path.replace_all(exchange.path(), "*");
        let shown: Vec<String> = found
            .iter()
            .take(4)
            .map(|t| t.chars().take(700).collect())
            .collect();
        let what = format!("{} {path}: {}", exchange.method, shown.join("; "));
        let places = places.iter().map(|(s, n)| stories[*s][*n].place());
        score.different.entry(what).or_default().extend(places);
    }
    writeln!(std::io::stderr(), "{distinct} simulators").unwrap();
    score.print();
    // As far as we have come.
    assert!(score.matched >= 1850);
}
