//! Every recorded exchange in its order, against one engine, in the recorder's time.
//!
//! The engine's clock is moved by hand to where the recording stood: what took the real engine
//! eight minutes takes none here, and what happens at a moment happens at that moment.

use std::collections::BTreeMap;

use fake_docker::Clock;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::alike::Judge;
use super::call::{Call, Stage, settle};
use super::exchange::{Exchange, Heard, recorded_frames, text};
use super::names::Names;
use super::upload;
use super::world::{AFTER, BEFORE, BUILT, SWEPT_AFTER, Step};
use crate::recorded_world;
use crate::wire::{ask, post, send};

/// How many of the exchanges that are no BuildKit's are answered as the real engine did.
const FLOOR: usize = 622;

/// What happens in a recording, in the order of its milliseconds.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    End(usize),
    Left(usize),
    Typed(usize, Option<Vec<u8>>),
    Begin(usize),
}

struct Replay {
    stage: Stage,
    names: Names,
    judge: Judge,
    /// When the command before was over.
    free_at: Timestamp,
    /// The last archive of images that was asked for.
    saved: Vec<u8>,
    all: usize,
    grpc: usize,
    wrong: Vec<String>,
}

impl Replay {
    async fn arrange(&self, steps: &[Step], command: &str) {
        for step in steps
            .iter()
            .filter(|step| command.starts_with(step.command))
        {
            let answer = match step.method {
                "POST" => post(&self.stage.engine, step.target, step.body).await,
                method => ask(&self.stage.engine, method, step.target).await,
            };
            if answer.status >= 400 {
                let said = String::from_utf8_lossy(&answer.body);
                eprintln!("{command}: {} {}: {said}", step.method, step.target);
            }
        }
    }

    async fn build_classically(&self, command: &str) {
        for (before, tag) in BUILT
            .iter()
            .filter(|(before, _)| command.starts_with(before))
        {
            let members = json!([
                {"name": "Dockerfile", "type": "0", "size": 0, "mode": "0o644"},
                {"name": "data.txt", "type": "0", "size": 0, "mode": "0o644"},
            ]);
            let context = upload::archive("170", &members);
            let target = format!("/build?t={tag}");
            let built = send(&self.stage.engine, &target, "application/x-tar", &context).await;
            assert_eq!(built.status, 200, "{before}");
        }
    }

    async fn sweep(&self) {
        let filter = r"%7B%22ancestor%22:%5B%22busybox%22%5D,%22name%22:%5B%22_%22%5D%7D";
        let target = format!("/containers/json?filters={filter}");
        let running = ask(&self.stage.engine, "GET", &target).await.json();
        for container in running.as_array().into_iter().flatten() {
            let id = text(&container["Id"]);
            ask(
                &self.stage.engine,
                "DELETE",
                &format!("/containers/{id}?force=1"),
            )
            .await;
        }
    }

    async fn command(&mut self, recording: &Value) {
        let name = text(&recording["name"]).to_owned();
        let exchanges: Vec<Exchange<'_>> = recording["exchanges"]
            .as_array()
            .unwrap()
            .iter()
            .map(Exchange)
            .collect();
        let Some(start) = exchanges.iter().find_map(began) else {
            return;
        };
        let start = start.max(self.free_at);
        self.arrange(BEFORE, &name).await;
        self.stage.advance(start).await;

        let mut calls: BTreeMap<usize, Call> = BTreeMap::new();
        for (at, event) in events(&exchanges) {
            let at = start + SignedDuration::from_millis(at);
            self.stage.advance(at).await;
            match event {
                Event::Begin(i) if exchanges[i].is_grpc() => {
                    self.grpc += 1;
                    self.build_classically(&name).await;
                }
                Event::Begin(i) => {
                    let bytes = exchanges[i].request(&name, &self.names, &self.saved);
                    calls.insert(i, Call::start(&self.stage.engine, bytes));
                    settle().await;
                }
                Event::Typed(i, bytes) => {
                    if let Some(call) = calls.get(&i) {
                        match bytes {
                            Some(bytes) => call.say(bytes),
                            None => call.no_more(),
                        }
                    }
                    settle().await;
                }
                Event::End(i) | Event::Left(i) => {
                    let Some(call) = calls.remove(&i) else {
                        continue;
                    };
                    if matches!(event, Event::End(_)) {
                        self.stage.finish(&call).await;
                    }
                    self.judge(recording, &exchanges[i], &call.heard());
                }
            }
        }
        for (i, call) in calls {
            self.judge(recording, &exchanges[i], &call.heard());
        }
        let took = recording["cli"]["elapsed_ms"].as_i64().unwrap();
        self.free_at = start + SignedDuration::from_millis(took);
        self.arrange(AFTER, &name).await;
        if name.starts_with(SWEPT_AFTER) {
            self.sweep().await;
        }
    }

    fn judge(&mut self, recording: &Value, exchange: &Exchange<'_>, heard: &[u8]) {
        self.all += 1;
        let command = text(&recording["name"]);
        let is_interrupted = exchange.is_left_at().is_some()
            || (recording["cli"]["interrupted_after_s"].is_number()
                && exchange.0.get("hijack").is_some());
        let mut found = Vec::new();
        match Heard::read(heard) {
            None => found.push("no answer".to_owned()),
            Some(heard) => {
                self.compare(exchange, is_interrupted, &heard, &mut found);
                if heard.header("Content-Type") == Some("application/x-tar")
                    && exchange.line().contains("/images/")
                {
                    self.saved.clone_from(&heard.body);
                }
            }
        }
        if !found.is_empty() {
            let line = exchange.line();
            self.wrong
                .push(format!("{command} {line}\n    {}", found.join("\n    ")));
        }
    }

    fn compare(
        &mut self,
        exchange: &Exchange<'_>,
        is_interrupted: bool,
        heard: &Heard,
        found: &mut Vec<String>,
    ) {
        let response = exchange.response();
        if response["status"] != heard.status {
            let said = String::from_utf8_lossy(&heard.body);
            found.push(format!(
                "status {} is {}: {said}",
                response["status"], heard.status
            ));
            return;
        }
        self.judge
            .headers(&response["headers"], &heard.headers, found);
        let told = &exchange.0["hijack"]["server_to_client"];
        let (kind, recorded) = match (told["frames"].is_array(), &told["text"]) {
            (true, _) => ("frames", recorded_frames(&told["frames"])),
            (false, Value::String(_)) => ("text", told["text"].clone()),
            _ => recorded(&response["body"]),
        };
        if kind.is_empty() {
            if !heard.body.is_empty() && !is_interrupted {
                found.push(format!("a body: {}", String::from_utf8_lossy(&heard.body)));
            }
            return;
        }
        let Some(mut ours) = heard.as_kind(kind) else {
            let body = String::from_utf8_lossy(&heard.body);
            found.push(format!("the body is no {kind}: {body}"));
            return;
        };
        let mut recorded = recorded;
        if kind == "tar" && recorded.as_array().is_some_and(|members| members.len() > 2) {
            // Of an image: its files are the catalogue's here.
            if ours.as_array().is_none_or(Vec::is_empty) {
                found.push("an empty archive".to_owned());
            }
            return;
        }
        if is_interrupted {
            cut_alike(&mut recorded, &mut ours);
        }
        self.judge
            .values("", &recorded, &ours, &mut self.names, found);
    }
}

/// The kind of a recorded body, and what it holds.
fn recorded(body: &Value) -> (&str, Value) {
    let kind = text(&body["kind"]);
    let held = match kind {
        "ndjson" => body["values"].clone(),
        "frames" => recorded_frames(&body["frames"]),
        "tar" => body["members"].clone(),
        _ => body["value"].clone(),
    };
    (kind, held)
}

/// Of an answer that a client left, what both got to see is compared; where the recorder's saw
/// something, ours has to.
fn cut_alike(recorded: &mut Value, ours: &mut Value) {
    match (recorded, ours) {
        (Value::Array(recorded), Value::Array(ours)) => {
            let both = recorded.len().min(ours.len().max(1));
            recorded.truncate(both);
            ours.truncate(both);
        }
        (Value::Object(recorded), Value::Object(ours)) => {
            for (key, recorded) in recorded {
                if let Some(ours) = ours.get_mut(key) {
                    cut_alike(recorded, ours);
                }
            }
        }
        (Value::String(recorded), Value::String(ours)) => {
            let lines = |text: &str| text.lines().count();
            let both = lines(recorded).min(lines(ours).max(1));
            let first = |text: &str| text.lines().take(both).collect::<Vec<_>>().join("\n");
            (*recorded, *ours) = (first(recorded), first(ours));
        }
        _ => {}
    }
}

/// When the command of an exchange began.
fn began(exchange: &Exchange<'_>) -> Option<Timestamp> {
    let date = exchange.response()["headers"]["Date"].as_str()?;
    let date = jiff::fmt::rfc2822::parse(date).unwrap().timestamp();
    let first = exchange.response()["t_first_ms"].as_i64().unwrap();
    Some(date - SignedDuration::from_millis(first))
}

fn events(exchanges: &[Exchange<'_>]) -> Vec<(i64, Event)> {
    let mut events = Vec::new();
    for (i, exchange) in exchanges.iter().enumerate() {
        let begins = exchange.begins();
        events.push((begins, Event::Begin(i)));
        for (at, typed) in exchange.typed() {
            events.push((at.max(begins), Event::Typed(i, typed)));
        }
        match exchange.is_left_at() {
            Some(left) => events.push((left.max(begins), Event::Left(i))),
            None if exchange.ends() < i64::MAX => {
                // Who asks again on a connection has had the answer.
                let mut later = exchanges[i + 1..].iter();
                let next = later.find(|next| next.0["conn"] == exchange.0["conn"]);
                let ends = next.map_or(i64::MAX, Exchange::begins).min(exchange.ends());
                events.push((ends.max(begins), Event::End(i)));
            }
            None => {}
        }
    }
    // What begins before something of the same millisecond ends cannot have waited for it, but
    // a client that made both made them one after the other.
    let order = |event: &Event| match event {
        Event::Begin(i) => (1, *i),
        Event::Typed(i, _) => (2, *i),
        Event::End(i) => (0, *i),
        Event::Left(i) => (3, *i),
    };
    events.sort_by_key(|(at, event)| (*at, order(event)));
    let mut begun = vec![false; exchanges.len()];
    let mut sorted = Vec::new();
    let mut late = Vec::new();
    for (at, event) in events {
        match event {
            Event::Begin(i) => begun[i] = true,
            Event::End(i) if !begun[i] => {
                late.push((i, (at, event)));
                continue;
            }
            _ => {}
        }
        sorted.push((at, event));
        if let Some((at, Event::Begin(i))) = sorted.last() {
            let (at, i) = (*at, *i);
            if let Some(found) = late.iter().position(|(of, _)| *of == i) {
                let (_, (_, event)) = late.remove(found);
                sorted.push((at, event));
            }
        }
    }
    sorted
}

#[tokio::test]
async fn recorded_exchanges_happen_here_too() {
    let Some(folder) = super::folder("docker-recordings") else {
        return;
    };
    let mut files: Vec<_> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let recordings: Vec<Value> = files
        .iter()
        .map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
        .collect();
    let first = recordings[0]["exchanges"].as_array().unwrap();
    let start = first.iter().find_map(|exchange| began(&Exchange(exchange)));
    let clock = Clock::by_hand(start.unwrap() - SignedDuration::from_mins(1));
    let mut replay = Replay {
        stage: Stage {
            engine: recorded_world::engine_at(clock.clone()),
            clock,
        },
        names: Names::new(),
        judge: Judge::new(),
        free_at: Timestamp::MIN,
        saved: Vec::new(),
        all: 0,
        grpc: 0,
        wrong: Vec::new(),
    };

    for recording in &recordings {
        replay.command(recording).await;
    }

    eprintln!("{} of BuildKit's are not compared", replay.grpc);
    super::hold("recorded exchanges", replay.all, &replay.wrong, FLOOR);
}
