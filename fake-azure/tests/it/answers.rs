//! Every recorded answer of the real service, against the simulator's.
//!
//! Each is arranged on a simulator of its own, out of what the answer itself tells, the request
//! and the other exchanges of its test; then the recorded request is sent.

mod comparison;
mod contradictions;
mod limits;
mod masks;
mod recordings;
mod scenery;
mod score;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use futures_util::StreamExt as _;
use reqwest::Client;

use crate::stage::owner;

use recordings::{Exchange, Story};
use score::Score;

/// Exchanges that ask and answer the same are replayed once.
fn likeness(exchange: &Exchange) -> String {
    let sent = exchange.sent.as_ref().map_or("", |sent| &sent.body);
    let read = ["content-type", "cache-control", "location"];
    let headers = read.map(|name| exchange.headers.get(name));
    without_moments(&format!(
        "{} {} {sent} {} {} {} {headers:?}",
        exchange.method,
        exchange.path(),
        exchange.status,
        exchange.body,
        exchange.rewritten
    ))
}

/// The text without dates to the second and without identifiers.
fn without_moments(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_date = |at: usize| {
        "dddd-dd-ddTdd:dd:dd"
            .bytes()
            .enumerate()
            .all(|(n, shape)| match bytes.get(at + n) {
                Some(byte) if shape == b'd' => byte.is_ascii_digit(),
                byte => byte == Some(&shape),
            })
    };
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes[at..]
            .iter()
            .take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'))
            .count();
        if is_date(at) {
            at += 19;
        } else if run >= 32 {
            at += run;
        } else {
            let end = at + run.max(1);
            let next = (at + 1..end).find(|&n| is_date(n)).unwrap_or(end);
            out.extend_from_slice(&bytes[at..next]);
            at = next;
        }
    }
    String::from_utf8(out).unwrap()
}

/// What came of replaying an exchange.
struct Replayed {
    /// The rules by which the recorded answer was read as a newer one.
    older: Vec<&'static str>,
    differences: Vec<String>,
}

async fn replay(exchange: &Exchange, story: &Story, client: &Client) -> Replayed {
    let (body, older) = contradictions::renewed(exchange);
    let differences = match scenery::arrange(exchange, story, &body, client).await {
        Ok(scene) => comparison::differences(exchange, &body, &scene.ask().await),
        Err(why) => vec![format!("not arranged: {why}")],
    };
    Replayed { older, differences }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_recorded_answer_is_given_or_the_reason_why_not_is_known() {
    let stories: Arc<Vec<Story>> = Arc::new(recordings::read());
    if stories.is_empty() {
        writeln!(std::io::stderr(), "SKIPPED: no recordings in ../shared").unwrap();
        return;
    }
    let mut score = Score::default();
    let mut alike: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
    for (s, story) in stories.iter().enumerate() {
        for (n, exchange) in story.iter().enumerate() {
            score.all += 1;
            match limits::beyond(exchange) {
                Some(why) => *score.beyond.entry(why).or_default() += 1,
                None => alike.entry(likeness(exchange)).or_default().push((s, n)),
            }
        }
    }
    let client = owner().build().unwrap();
    let replays = futures_util::stream::iter(alike.into_values().map(|places| {
        let (client, stories) = (client.clone(), stories.clone());
        tokio::spawn(async move {
            let (s, n) = places[0];
            let replayed = replay(&stories[s][n], &stories[s], &client).await;
            (places, replayed)
        })
    }));
    let mut replays = replays.buffer_unordered(4);
    while let Some(replayed) = replays.next().await {
        let (places, replayed) = replayed.unwrap();
        let places = places
            .iter()
            .map(|(s, n)| &stories[*s][*n])
            .collect::<Vec<_>>();
        score.add(&places, &replayed.older, &replayed.differences);
    }
    score.print();
    assert!(score.different.is_empty());
    assert_eq!(score.matched, score.all - score.not_modelled());
}
