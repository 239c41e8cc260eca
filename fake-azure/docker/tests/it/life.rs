//! Random sequences of what people do to containers, against a small model of their life.
//!
//! After each deed the engine must have answered as the model does, hold what the model holds,
//! and have told of everything that happened, in its order.

mod model;

use std::collections::BTreeMap;

use fake_docker::{Clock, Engine};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use self::model::{Deed, Model, Program, SECOND, Status};
use crate::recordings::call::Stage;
use crate::recordings::exchange::Heard;

const START: i64 = 1_700_000_000;
/// How many names there are for containers.
const NAMES: u8 = 3;

struct Subject {
    stage: Stage,
    model: Model,
    /// The ids of the containers, by the model's numbers.
    ids: BTreeMap<String, usize>,
}

fn command(program: Program) -> Value {
    match program {
        Program::Sleeps => json!(["sleep", "86400"]),
        Program::Naps => json!(["sleep", "5"]),
        Program::Fails => json!(["sh", "-c", "exit 3"]),
        Program::Listens => {
            json!(["sh", "-c", "trap 'exit 7' TERM; while :; do sleep 1; done"])
        }
    }
}

impl Subject {
    async fn new() -> Self {
        let clock = Clock::by_hand(Timestamp::from_second(START).unwrap());
        let engine = Engine::builder().seed(1).clock(clock.clone()).build();
        let stage = Stage { engine, clock };
        let subject = Self {
            stage,
            model: Model::default(),
            ids: BTreeMap::new(),
        };
        let pulled = subject
            .ask("POST", "/images/create?fromImage=busybox&tag=latest", "")
            .await;
        assert_eq!(pulled.status, 200);
        subject
    }

    async fn ask(&self, method: &str, target: &str, body: &str) -> Heard {
        let length = body.len();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let answer = self.stage.ask_in_time(request.into_bytes()).await;
        Heard::read(&answer).unwrap_or_else(|| panic!("no answer to {method} {target}"))
    }

    async fn json(&self, target: &str) -> Value {
        let heard = self.ask("GET", target, "").await;
        serde_json::from_slice(&heard.body).unwrap()
    }

    fn moment(&self) -> Timestamp {
        let start = Timestamp::from_second(START).unwrap();
        start + SignedDuration::from_micros(self.model.now)
    }

    /// Does a deed, and returns the status of the answer.
    async fn act(&mut self, deed: &Deed) -> u16 {
        let post =
            async |subject: &Self, target: String| subject.ask("POST", &target, "").await.status;
        match deed {
            Deed::Create(name, program, auto_remove) => {
                let body = json!({
                    "Image": "busybox",
                    "Cmd": command(*program),
                    "HostConfig": {"AutoRemove": auto_remove},
                });
                let target = format!("/containers/create?name=n{name}");
                let made = self.ask("POST", &target, &body.to_string()).await;
                if made.status == 201 {
                    let made: Value = serde_json::from_slice(&made.body).unwrap();
                    let id = made["Id"].as_str().unwrap().to_owned();
                    let number = self.ids.len();
                    self.ids.insert(id, number);
                }
                made.status
            }
            Deed::Start(name) => post(self, format!("/containers/n{name}/start")).await,
            Deed::Stop(name, t) => post(self, format!("/containers/n{name}/stop?t={t}")).await,
            Deed::Kill(name, signal) => {
                post(self, format!("/containers/n{name}/kill?signal={signal}")).await
            }
            Deed::Pause(name) => post(self, format!("/containers/n{name}/pause")).await,
            Deed::Unpause(name) => post(self, format!("/containers/n{name}/unpause")).await,
            Deed::Restart(name, t) => {
                post(self, format!("/containers/n{name}/restart?t={t}")).await
            }
            Deed::Rename(name, to) => {
                post(self, format!("/containers/n{name}/rename?name=n{to}")).await
            }
            Deed::Remove(name, force) => {
                let target = format!("/containers/n{name}?force={force}");
                self.ask("DELETE", &target, "").await.status
            }
            Deed::Wait(name) => post(self, format!("/containers/n{name}/wait")).await,
            Deed::Exec(name) => self.exec(*name).await,
            Deed::Pass(_) => 200,
        }
    }

    async fn exec(&self, name: u8) -> u16 {
        let body = r#"{"Cmd":["echo","hi"],"AttachStdout":true}"#;
        let made = self
            .ask("POST", &format!("/containers/n{name}/exec"), body)
            .await;
        if made.status == 201 {
            let made: Value = serde_json::from_slice(&made.body).unwrap();
            let id = made["Id"].as_str().unwrap();
            let ran = self.ask("POST", &format!("/exec/{id}/start"), "{}").await;
            assert_eq!(ran.body, b"\x01\0\0\0\0\0\0\x03hi\n");
            let shown = self.json(&format!("/exec/{id}/json")).await;
            assert_eq!(
                (&shown["Running"], &shown["ExitCode"]),
                (&json!(false), &json!(0))
            );
        }
        made.status
    }

    /// One step: the deed, and a moment that is no other's, so that nothing happens at once.
    async fn step(&mut self, at: usize, deed: &Deed) {
        // One cannot wait here for what nobody ends.
        if let Deed::Wait(name) = deed
            && self.model.containers.get(name).is_some_and(|container| {
                matches!(container.status, Status::Running | Status::Paused)
            })
        {
            return;
        }
        let expected = self.model.act(deed);
        let answered = self.act(deed).await;
        assert_eq!(answered, expected, "{deed:?}");
        let now = self.stage.clock.now();
        if !matches!(deed, Deed::Pass(_)) {
            assert_eq!(now, self.moment(), "{deed:?} took another time");
        }
        let own = 1_000 * i64::try_from(at).unwrap() + 137;
        self.model.pass(self.model.now + own);
        self.stage.advance(self.moment()).await;
        self.check(deed).await;
    }

    async fn check(&self, deed: &Deed) {
        let listed = self.json("/containers/json?all=1").await;
        let mut found: Vec<(String, String)> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|container| {
                let name = container["Names"][0].as_str().unwrap();
                (
                    name.to_owned(),
                    container["State"].as_str().unwrap().to_owned(),
                )
            })
            .collect();
        found.sort();
        let word = |status| match status {
            Status::Created => "created",
            Status::Running => "running",
            Status::Paused => "paused",
            Status::Exited => "exited",
        };
        let expected: Vec<(String, String)> = self
            .model
            .containers
            .iter()
            .map(|(name, container)| (format!("/n{name}"), word(container.status).to_owned()))
            .collect();
        assert_eq!(found, expected, "after {deed:?}");
        for (name, container) in &self.model.containers {
            let shown = self.json(&format!("/containers/n{name}/json")).await;
            let state = &shown["State"];
            let is_up = matches!(container.status, Status::Running | Status::Paused);
            assert_eq!(state["Status"], word(container.status), "after {deed:?}");
            assert_eq!(state["Running"], is_up, "after {deed:?}");
            assert_eq!(state["Paused"], container.status == Status::Paused);
            assert_eq!(state["ExitCode"], container.code, "n{name} after {deed:?}");
            assert_eq!(state["Pid"] != 0, is_up, "after {deed:?}");
        }
        let now = self.moment();
        let until = format!("{}.{:09}", now.as_second(), now.subsec_nanosecond());
        let filters = "%7B%22type%22:%5B%22container%22%5D%7D";
        let target = format!("/events?since={START}&until={until}&filters={filters}");
        let told = self.ask("GET", &target, "").await;
        let told: Vec<(usize, String)> = serde_json::Deserializer::from_slice(&told.body)
            .into_iter::<Value>()
            .map(|event| {
                let event = event.unwrap();
                let action = event["Action"].as_str().unwrap();
                let action = action.split(':').next().unwrap().to_owned();
                (self.ids[event["Actor"]["ID"].as_str().unwrap()], action)
            })
            .collect();
        let expected: Vec<(usize, String)> = self
            .model
            .events
            .iter()
            .map(|(number, what)| (*number, (*what).to_owned()))
            .collect();
        assert_eq!(told, expected, "after {deed:?}");
    }
}

fn deed() -> impl Strategy<Value = Deed> {
    let name = || 0..NAMES;
    let program = prop_oneof![
        Just(Program::Sleeps),
        Just(Program::Naps),
        Just(Program::Fails),
        Just(Program::Listens),
    ];
    let grace = || prop_oneof![Just(2_i64), Just(3)];
    prop_oneof![
        4 => (name(), program, any::<bool>()).prop_map(|(n, p, r)| Deed::Create(n, p, r)),
        5 => name().prop_map(Deed::Start),
        3 => (name(), grace()).prop_map(|(n, t)| Deed::Stop(n, t)),
        2 => (name(), prop_oneof![Just("KILL"), Just("TERM")]).prop_map(|(n, s)| Deed::Kill(n, s)),
        2 => name().prop_map(Deed::Pause),
        2 => name().prop_map(Deed::Unpause),
        2 => (name(), grace()).prop_map(|(n, t)| Deed::Restart(n, t)),
        1 => (name(), name()).prop_map(|(n, to)| Deed::Rename(n, to)),
        2 => (name(), any::<bool>()).prop_map(|(n, f)| Deed::Remove(n, f)),
        1 => name().prop_map(Deed::Wait),
        2 => name().prop_map(Deed::Exec),
        3 => (1..70_i64).prop_map(|tenths| Deed::Pass(tenths * SECOND / 10)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn containers_live_as_the_model_says(deeds in proptest::collection::vec(deed(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let mut subject = Subject::new().await;
            for (at, deed) in deeds.iter().enumerate() {
                subject.step(at, deed).await;
            }
        });
    }
}
