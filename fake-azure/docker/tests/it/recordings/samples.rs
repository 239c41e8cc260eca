//! Answers of a real engine as bytes: negative cases, limits, and what versions change.

use std::time::Duration;

use fake_docker::Clock;
use serde_json::{Value, json};

use super::alike::Judge;
use super::call::{Call, Stage, settle};
use super::exchange::{Heard, escaped};
use super::literal::{literal, words};
use super::names::Names;
use super::sample_world::{self, BEFORE, BUILDKIT, PASSING, UNTOLD};
use crate::recorded_world;

/// How many of the samples are answered as the real engine did.
const FLOOR: usize = 287;

/// A body of which the recorder kept so much may have lost its beginning or its end.
const CUT: usize = 150;

struct Samples {
    stage: Stage,
    judge: Judge,
    names: Names,
    section: String,
    all: usize,
    wrong: Vec<String>,
}

impl Samples {
    fn note(&mut self, what: &str, why: Option<String>) {
        self.all += 1;
        if let Some(why) = why {
            self.wrong
                .push(format!("{}: {what}\n    {why}", self.section));
        }
    }

    async fn send(&self, method: &str, target: &str, kind: &str, body: &[u8]) -> Heard {
        let length = body.len();
        let head = format!(
            "{method} {} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\
             Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n",
            as_sent(target)
        );
        let answer = self.stage.ask([head.as_bytes(), body].concat()).await;
        Heard::read(&answer).unwrap_or(Heard {
            status: 0,
            headers: Vec::new(),
            body: b"no answer".to_vec(),
        })
    }

    async fn post(&self, target: &str, body: &Value) -> Heard {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.send("POST", target, "application/json", body.as_bytes())
            .await
    }

    async fn get(&self, target: &str) -> Value {
        let heard = self.send("GET", target, "application/json", b"").await;
        serde_json::from_slice(&heard.body).unwrap_or_default()
    }

    async fn begin(&mut self, section: &str) {
        section.clone_into(&mut self.section);
        let steps = BEFORE.iter().filter(|(of, _)| *of == section);
        for (target, body) in steps.flat_map(|(_, steps)| steps.iter()) {
            let kind = "application/json";
            let heard = self.send("POST", target, kind, body.as_bytes()).await;
            // Several sections have one beginning.
            assert!(
                matches!(heard.status, 200..=204 | 304 | 409),
                "{target}: {heard:?}"
            );
        }
    }

    /// A sample that is a request and an answer.
    async fn request(&mut self, line: &str, told: &str) {
        if BUILDKIT.iter().any(|known| line.starts_with(known))
            || UNTOLD.iter().any(|(known, _)| line.starts_with(known))
        {
            return;
        }
        let (method, rest) = line.split_once(' ').unwrap();
        let (target, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        let target = self.names.ours(target);
        let body = match literal(rest) {
            None => Vec::new(),
            Some((body, _)) => sample_world::whole(body.bytes),
        };
        if PASSING.contains(&target.as_str()) {
            self.send("DELETE", "/containers/hc?force=1", "application/json", b"")
                .await;
        }
        let kind = sample_world::kind(&target, &body);
        let heard = self.send(method, &target, kind, &body).await;
        let recorded = told.strip_prefix("HTTP/1.1 ").unwrap_or(told);
        let status = recorded.get(..3).unwrap_or_default();
        let at = recorded
            .find(" b'")
            .or_else(|| recorded.find(" b\""))
            .unwrap();
        let (body, _) = literal(&recorded[at + 1..]).unwrap();
        let why = self.differs(status, &body.bytes, &heard);
        self.note(line, why);
    }

    fn differs(&mut self, status: &str, body: &[u8], heard: &Heard) -> Option<String> {
        let recorded = String::from_utf8_lossy(body).replace("<<reset>>", "");
        let ours = String::from_utf8_lossy(&heard.body);
        let statuses = if status == heard.status.to_string() {
            ""
        } else {
            "another status: "
        };
        let (theirs, own) = (self.judge.masked(&recorded), self.judge.masked(&ours));
        let is_cut = recorded.len() >= CUT;
        let is_alike = theirs == own
            || (is_cut && (own.starts_with(&theirs) || own.ends_with(from_first_line(&theirs))))
            || self.are_alike(&recorded, &ours, is_cut);
        if statuses.is_empty() && is_alike {
            self.names.learn(&recorded, &ours);
            return None;
        }
        Some(format!(
            "{statuses}{status} {recorded}\n    is {} {ours}",
            heard.status
        ))
    }

    /// Whether two bodies are one as values; one whose end was lost, up to there.
    fn are_alike(&self, recorded: &str, ours: &str, is_cut: bool) -> bool {
        let read = |text: &str| serde_json::from_str::<Value>(text).ok();
        match (read(recorded), read(ours)) {
            (Some(recorded), Some(ours)) => {
                let mut found = Vec::new();
                let mut names = Names::new();
                self.judge
                    .values("", &recorded, &ours, &mut names, &mut found);
                found.is_empty()
            }
            (None, Some(Value::Object(ours))) if is_cut => {
                // As many keys as are there, in their order.
                let mut at = 0;
                ours.keys().take(3).all(|key| {
                    let found = recorded[at..].find(&format!("\"{key}\":"));
                    at += found.unwrap_or(0);
                    found.is_some()
                })
            }
            _ => false,
        }
    }

    /// A sample that is a Dockerfile, parameters, and what a build of it says.
    async fn build(&mut self, line: &str, told: &str) {
        let (dockerfile, parameters) = literal(line).unwrap();
        let parameters = parameters.trim();
        let target = match parameters.split_once('=') {
            None => "/build".to_owned(),
            Some((name, value)) => format!("/build?{name}={}", escaped(value)),
        };
        let context = sample_world::context(&dockerfile.bytes);
        let heard = self
            .send("POST", &target, "application/x-tar", &context)
            .await;
        let (first, rest) = literal(told).unwrap();
        let first = String::from_utf8(first.bytes).unwrap();
        let (body, _) = literal(rest.trim_start()).unwrap();
        let status = first.split(' ').nth(1).unwrap();
        let why = self.differs(status, &body.bytes, &heard);
        self.note(line, why);
    }

    /// A container, made and started.
    async fn run(&self, config: Value) -> String {
        let made = self.post("/containers/create", &config).await;
        let made: Value = serde_json::from_slice(&made.body).unwrap();
        let id = made["Id"].as_str().unwrap().to_owned();
        self.post(&format!("/containers/{id}/start"), &Value::Null)
            .await;
        settle().await;
        id
    }

    /// A sample of what ends which first process.
    async fn stop(&mut self, line: &str) {
        let (cmd, rest) = words(line).unwrap();
        let (_, told) = rest.split_once(" -> ").unwrap();
        let (status, told) = told.split_once(" in ").unwrap();
        let (took, told) = told.split_once(" s ").unwrap();
        let id = self.run(json!({"Image": "busybox", "Cmd": cmd})).await;
        self.pass(300).await;
        let before = self.stage.clock.now();
        let stopped = self
            .post(&format!("/containers/{id}/stop?t=2"), &Value::Null)
            .await;
        let passed = self.stage.clock.now().duration_since(before).as_secs_f64();
        let shown = self.get(&format!("/containers/{id}/json")).await;
        let state = &shown["State"];
        let recorded = told.replace('\'', "\"").replace("False", "false");
        let recorded: Value = serde_json::from_str(&recorded).unwrap();
        let keys = recorded.as_object().unwrap();
        let is_as_told = keys.iter().all(|(key, value)| state[key] == *value);
        let took: f64 = took.parse().unwrap();
        let is_right = stopped.status.to_string() == status && is_as_told;
        let is_timely = (passed - took).abs() < 0.5;
        let why = format!("{} in {passed} s: {state}", stopped.status);
        self.note(line, (!is_right || !is_timely).then_some(why));
    }

    async fn pass(&self, millis: u64) {
        let to = self.stage.clock.now() + Duration::from_millis(millis);
        self.stage.advance(to).await;
    }

    async fn init(&mut self, line: &str) {
        let id = self
            .run(json!({"Image": "busybox", "Cmd": ["sleep", "300"], "HostConfig": {"Init": true}}))
            .await;
        self.pass(300).await;
        self.post(&format!("/containers/{id}/stop?t=2"), &Value::Null)
            .await;
        let shown = self.get(&format!("/containers/{id}/json")).await;
        let code = shown["State"]["ExitCode"].to_string();
        let is_right = line.ends_with(&code);
        self.note(line, (!is_right).then_some(code));
    }

    /// How a policy of restarts looks after some time.
    async fn restarts(&mut self, lines: &[&str]) {
        let policy = json!({"Name": "on-failure", "MaximumRetryCount": 2});
        let id = self
            .run(json!({
                "Image": "busybox", "Cmd": ["false"], "HostConfig": {"RestartPolicy": policy},
            }))
            .await;
        let born = self.stage.clock.now();
        for line in lines {
            let told: Vec<&str> = line.split(' ').collect();
            let after = Duration::from_secs_f64(told[2].parse().unwrap());
            self.stage.advance(born + after).await;
            let shown = self.get(&format!("/containers/{id}/json")).await;
            let state = &shown["State"];
            let ours = (
                state["Status"].as_str().unwrap().to_owned(),
                shown["RestartCount"].to_string(),
                state["ExitCode"].to_string(),
            );
            let is_right = ours.0 == told[3] && ours.1 == told[4] && ours.2 == told[5];
            self.note(line, (!is_right).then(|| format!("{ours:?}")));
        }
    }

    /// A sample of a connection that is taken over, to the byte.
    async fn hijack(&mut self, line: &str, told: &str) {
        let (recorded, _) = literal(told).unwrap();
        let recorded = String::from_utf8_lossy(&recorded.bytes).into_owned();
        let cat = json!({
            "Image": "busybox", "Cmd": ["cat"], "OpenStdin": true, "StdinOnce": true,
            "AttachStdin": true, "AttachStdout": true,
        });
        let all = "stream=1&stdout=1&stderr=1";
        let upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n";
        let attach = |id: &str, query: &str, upgrade: &str| {
            format!("POST /containers/{id}/attach?{query} HTTP/1.1\r\nHost: d\r\n{upgrade}\r\n")
        };
        let heard = match line {
            "attach without upgrade, stdout only" => {
                let script = "echo out; echo err >&2; sleep 1; echo end";
                let id = self
                    .run(json!({"Image": "busybox", "Cmd": ["sh", "-c", script]}))
                    .await;
                self.pass(300).await;
                let call = Call::start(
                    &self.stage.engine,
                    attach(&id, "stream=1&stdout=1", "").into_bytes(),
                );
                self.stage.finish(&call).await;
                self.names.learn(&"0".repeat(64), &id);
                call.heard()
            }
            "attach with upgrade to an ended one (logs=1)" => {
                let id = self.names.ours(&"0".repeat(64));
                let query = format!("logs=1&{all}");
                let head = attach(&id, &query, upgrade).into_bytes();
                let call = Call::start(&self.stage.engine, head);
                settle().await;
                self.pass(2000).await;
                if call.is_over() {
                    call.heard()
                } else {
                    [call.heard(), b"<<still open>>".to_vec()].concat()
                }
            }
            "attach stdin, upgrade, half-close" => {
                self.typed(&cat, &attach, &format!("stdin=1&{all}"), upgrade)
                    .await
            }
            "attach stdin WITHOUT upgrade, bytes after the head, half-close" => {
                self.typed(&cat, &attach, &format!("stdin=1&{all}"), "")
                    .await
            }
            "attach tty before start" => {
                let config = json!({"Image": "busybox", "Cmd": ["sh"], "Tty": true});
                let made = self.post("/containers/create", &config).await;
                let made: Value = serde_json::from_slice(&made.body).unwrap();
                let id = made["Id"].as_str().unwrap();
                let head = attach(id, all, upgrade).into_bytes();
                let call = Call::start(&self.stage.engine, head);
                settle().await;
                [call.heard(), b"<<still open>>".to_vec()].concat()
            }
            _ => self.exec(line, upgrade).await,
        };
        let ours = String::from_utf8_lossy(&heard);
        let without = |text: &str| {
            let lines = text.split("\r\n").filter(|line| {
                let line = line.to_ascii_lowercase();
                !line.starts_with("date: ")
            });
            let lines: Vec<&str> = lines.collect();
            self.judge.masked(&lines.join("\r\n"))
        };
        let is_alike = sorted_head(&without(&recorded)) == sorted_head(&without(&ours));
        self.note(
            line,
            (!is_alike).then(|| format!("{recorded:?}\n    is {ours:?}")),
        );
    }

    async fn typed(
        &self,
        config: &Value,
        attach: &dyn Fn(&str, &str, &str) -> String,
        query: &str,
        upgrade: &str,
    ) -> Vec<u8> {
        let id = self.run(config.clone()).await;
        let call = Call::start(&self.stage.engine, attach(&id, query, upgrade).into_bytes());
        settle().await;
        call.say(b"abc\n".to_vec());
        call.no_more();
        self.stage.finish(&call).await;
        call.heard()
    }

    async fn exec(&self, line: &str, upgrade: &str) -> Vec<u8> {
        let (config, upgrade) = match line {
            "exec start of a missing command, upgrade" => (
                json!({"Cmd": ["nosuch"], "AttachStdout": true, "AttachStderr": true}),
                upgrade,
            ),
            "exec in a missing folder" => (
                json!({"Cmd": ["pwd"], "WorkingDir": "/nope", "AttachStdout": true}),
                upgrade,
            ),
            _ => (
                json!({"Cmd": ["sh", "-c", "echo e; exit 5"], "AttachStdout": true}),
                "",
            ),
        };
        let id = match line {
            // The one that was made just before, of which the next samples tell.
            "exec start, no upgrade" => self.names.ours(LAST_EXECS[0]),
            "exec start of a missing command, upgrade" => self.names.ours(LAST_EXECS[1]),
            _ => {
                let made = self.post("/containers/hr/exec", &config).await;
                let made: Value = serde_json::from_slice(&made.body).unwrap();
                made["Id"].as_str().unwrap().to_owned()
            }
        };
        let body = r#"{"Detach":false}"#;
        let head = format!(
            "POST /exec/{id}/start HTTP/1.1\r\nHost: d\r\n{upgrade}\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stage.ask(head.into_bytes()).await
    }

    /// A sample of which keys an older version has beside those of the version after it.
    async fn versions(&mut self, line: &str) {
        let (version, rest) = line.split_once(' ').unwrap();
        let (target, rest) = rest.split_once(" new ").unwrap();
        let (new, _) = words(rest).unwrap();
        let minor: u32 = version.strip_prefix("1.").unwrap().parse().unwrap();
        let mut keys = Vec::new();
        for minor in [minor, minor + 1] {
            let mut found = Vec::new();
            key_paths(
                "",
                &self.get(&format!("/v1.{minor}{target}")).await,
                &mut found,
            );
            keys.push(found);
        }
        let mut ours: Vec<&String> = keys[0]
            .iter()
            .filter(|key| !keys[1].contains(key))
            .collect();
        ours.sort();
        ours.dedup();
        // The recorder kept twelve of them.
        let is_right = ours
            .iter()
            .take(new.len())
            .map(|key| key.as_str())
            .eq(new.iter().map(String::as_str));
        self.note(line, (!is_right).then(|| format!("{ours:?}")));
    }
}

/// The execs of which samples tell before and after they are started.
const LAST_EXECS: [&str; 2] = [
    "1c79b2d183f31000fdc9cae1239be0aa1197a41bd35c6a122e0b8486f1bd3d9d",
    "9f646e4ef89435ff199f9f51fe6bea5ab839dc6d0ed9f26c9369ebbcbff9279e",
];

/// The image of the samples.
const BUSYBOX: &str = "5181c6d19a86b0cec36e1c54aa1b3146bb5e3cc48cdcfbdf63e79c8ef1cc44c1";

/// A text whose beginning was lost, from where a line begins.
fn from_first_line(text: &str) -> &str {
    match text.split_once("\r\n") {
        Some((_, rest)) if !rest.is_empty() => rest,
        _ => text,
    }
}

fn key_paths(path: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let path = format!("{path}.{key}");
                found.push(path.clone());
                key_paths(&path, value, found);
            }
        }
        Value::Array(values) => {
            for value in values {
                key_paths(&format!("{path}[]"), value, found);
            }
        }
        _ => {}
    }
}

/// An answer with its headers in one order: which comes first has no meaning.
fn sorted_head(answer: &str) -> String {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let mut lines: Vec<&str> = head.split("\r\n").collect();
    lines[1..].sort_unstable();
    format!("{}\r\n\r\n{body}", lines.join("\r\n"))
}

/// A target in which everything may stand.
fn as_sent(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if query.is_empty() {
        return target.to_owned();
    }
    let special = ['{', '}', '"', '[', ']', '(', ' ', '!'];
    let query = query.chars().fold(String::new(), |sent, char| {
        if special.contains(&char) {
            format!("{sent}%{:02X}", u32::from(char))
        } else {
            sent + char.encode_utf8(&mut [0; 4])
        }
    });
    format!("{path}?{query}")
}

#[tokio::test]
async fn recorded_samples_are_answered_here_too() {
    let Some(folder) = super::folder("docker-recordings-more") else {
        return;
    };
    let clock = Clock::by_hand("2026-11-26T12:19:00Z".parse().unwrap());
    let mut samples = Samples {
        stage: Stage {
            engine: recorded_world::engine_at(clock.clone()),
            clock,
        },
        judge: Judge::new(),
        names: Names::new(),
        section: String::new(),
        all: 0,
        wrong: Vec::new(),
    };
    samples
        .post("/images/create?fromImage=busybox&tag=latest", &Value::Null)
        .await;
    let image = samples.get("/images/busybox/json").await;
    samples
        .names
        .learn(&format!("sha256:{BUSYBOX}"), image["Id"].as_str().unwrap());

    for file in ["1.txt", "2.txt", "3.txt"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let told = lines.peek().and_then(|next| next.strip_prefix("    -> "));
            if let Some(section) = line.strip_prefix("## ") {
                samples.begin(section).await;
            } else if let Some(told) = told {
                match samples.section.as_str() {
                    "build" if line.starts_with('\'') => samples.build(line, told).await,
                    "hijack, the bytes" if !line.starts_with(|c: char| c.is_ascii_uppercase()) => {
                        samples.hijack(line.trim(), told).await;
                    }
                    _ => samples.request(line.trim_end(), told).await,
                }
                lines.next();
            } else if line.starts_with("false on-failure") {
                let mut all = vec![line];
                while let Some(next) = lines.next_if(|next| next.starts_with("false ")) {
                    all.push(next);
                }
                samples.restarts(&all).await;
            } else if line.starts_with("sleep with --init") {
                samples.init(line).await;
            } else if line.starts_with("1.") {
                samples.versions(line).await;
            } else if line.contains(" stop?t=2 -> ") {
                samples.stop(line).await;
            }
        }
    }

    super::hold("recorded samples", samples.all, &samples.wrong, FLOOR);
}
