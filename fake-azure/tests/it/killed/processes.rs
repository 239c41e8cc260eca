//! The program itself, with `kill -9` while a request is under way.
//!
//! What that request comes to is tried before: it is sent, looked at, and taken back by a snapshot.

use std::hint::spin_loop;
use std::path::PathBuf;
use std::sync::OnceLock;

use proptest::prelude::*;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::sequences;
use crate::bodies::{self, Machine, hosted_service, root, slot};
use crate::certs;
use crate::process::client;
use crate::program::{Program, folder};
use crate::stage::VERSION;

/// Something that is asked for, in one request.
#[derive(Clone, Debug)]
enum Ask {
    Service(u8),
    DropService(u8),
    Machine(u8),
    AddMachine(u8),
    Stop(u8),
    Start(u8),
    DropMachines(u8),
    Reserve(u8),
    Release(u8),
    Advance(u16),
    Quota(u8),
    Volume(u8),
    DropVolume(u8),
    Container(u8),
    StartContainer(u8),
    DropContainer(u8),
    Tag(u8),
    Push(u8),
    Break(u8),
    BreakEngine(u8),
    Mend,
}

fn ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        (0..3_u8).prop_map(Ask::Service),
        (0..3_u8).prop_map(Ask::DropService),
        (0..3_u8).prop_map(Ask::Machine),
        (0..3_u8).prop_map(Ask::AddMachine),
        (0..3_u8).prop_map(Ask::Stop),
        (0..3_u8).prop_map(Ask::Start),
        (1..3_u8).prop_map(Ask::DropMachines),
        (0..2_u8).prop_map(Ask::Reserve),
        (0..2_u8).prop_map(Ask::Release),
        prop_oneof![Just(10), Just(45), Just(900)].prop_map(Ask::Advance),
        (0..4_u8).prop_map(Ask::Quota),
        (0..3_u8).prop_map(Ask::Volume),
        (0..3_u8).prop_map(Ask::DropVolume),
        (0..3_u8).prop_map(Ask::Container),
        (0..3_u8).prop_map(Ask::StartContainer),
        (0..3_u8).prop_map(Ask::DropContainer),
        (0..3_u8).prop_map(Ask::Tag),
        (0..3_u8).prop_map(Ask::Push),
    ]
}

/// What is asked for before a request that is under way.
fn aside() -> impl Strategy<Value = Ask> {
    prop_oneof![
        20 => ask(),
        1 => (0..3_u8).prop_map(Ask::Break),
        1 => (0..2_u8).prop_map(Ask::BreakEngine),
        1 => Just(Ask::Mend),
    ]
}

/// Some requests, and one amid which the program is killed.
#[derive(Clone, Debug)]
struct Round {
    asks: Vec<Ask>,
    last: Ask,
    /// How long the last one is on its way: other answers that come meanwhile, and some turns of a
    /// loop.
    others: u8,
    turns: u32,
    is_synced: bool,
}

fn round() -> impl Strategy<Value = Round> {
    let asks = prop::collection::vec(aside(), 1..8);
    (asks, ask(), 0..3_u8, 0..3_000_000_u32, any::<bool>()).prop_map(
        |(asks, last, others, turns, is_synced)| Round {
            asks,
            last,
            others,
            turns,
            is_synced,
        },
    )
}

/// All that is to survive, as it is shown.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    world: String,
    /// The engine of the first service's first machine, while anybody can reach it.
    engine: Option<String>,
}

/// The program from one start to its end.
struct Life {
    program: Program,
    ready: Value,
    client: Client,
    plain: Client,
}

const DOCKER: &str = "docker";
const FAULTS: &str = "/_fake/faults";

impl Life {
    fn begin(state: &str, is_synced: bool) -> Self {
        let mut arguments = vec!["serve", "--pace", "by-hand"];
        arguments.extend(["--state", state]);
        arguments.extend(is_synced.then_some("--state-sync"));
        let program = Program::go_on(folder, &arguments);
        let ready = program.ready();
        Self {
            client: client(&ready),
            plain: Client::builder().no_proxy().build().unwrap(),
            program,
            ready,
        }
    }

    fn admin(&self, method: &str, path: &str, body: String) -> RequestBuilder {
        let url = format!("{}{path}", self.ready["admin"].as_str().unwrap());
        self.plain
            .request(method.parse().unwrap(), url)
            .header("content-type", "application/json")
            .body(body)
    }

    fn azure(&self, method: &str, path: &str, body: String) -> RequestBuilder {
        let word = |name: &str| self.ready[name].as_str().unwrap();
        let url = format!("{}/{}{path}", word("management"), word("subscription_id"));
        self.client
            .request(method.parse().unwrap(), url)
            .header("x-ms-version", VERSION)
            .header("content-type", "application/xml")
            .body(body)
    }

    /// A request to the engine of the first machine; none where that has no address.
    fn engine(&self, method: &str, path: &str, body: &Value) -> Option<RequestBuilder> {
        let path_of_hosts = PathBuf::from(self.ready["hosts_file"].as_str().unwrap());
        let hosts = std::fs::read_to_string(path_of_hosts).unwrap();
        let mut lines = hosts.lines().filter(|line| !line.starts_with('#'));
        let line = lines.find(|line| line.ends_with(" s0.cloudapp.net"))?;
        let address = line.split(' ').next()?;
        let request = self
            .plain
            .request(
                method.parse().unwrap(),
                format!("http://{address}:4243{path}"),
            )
            .header("content-type", "application/json");
        Some(request.body(body.to_string()))
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each kind of request")]
    fn request(&self, ask: &Ask) -> Option<RequestBuilder> {
        let reserved = "/services/networking/reservedips";
        let name = |kind: &str, n: u8| format!("{kind}{n}");
        Some(match *ask {
            Ask::Service(n) => {
                let body = hosted_service(&name("s", n));
                self.azure("POST", "/services/hostedservices", body)
            }
            Ask::DropService(n) => {
                self.azure("DELETE", &bodies::service(&name("s", n)), String::new())
            }
            Ask::Machine(n) => {
                let service = name("s", n);
                let path = format!("{}/deployments", bodies::service(&service));
                self.azure("POST", &path, docker_host(n).deployment(&service))
            }
            Ask::AddMachine(n) => {
                let machine = Machine::ubuntu(&name("m", n));
                self.azure("POST", &bodies::roles("s0"), machine.role())
            }
            Ask::Stop(n) => {
                let path = bodies::operations("s0", &name("m", n));
                self.azure("POST", &path, bodies::shutdown("Stopped"))
            }
            Ask::Start(n) => {
                let path = bodies::operations("s0", &name("m", n));
                self.azure("POST", &path, bodies::operation("StartRoleOperation"))
            }
            Ask::DropMachines(n) => self.azure("DELETE", &slot(&name("s", n)), String::new()),
            Ask::Reserve(n) => {
                let name = name("ip", n);
                let inner =
                    format!("<Name>{name}</Name><Label>l</Label><Location>West US</Location>");
                self.azure("POST", reserved, root("ReservedIP", &inner))
            }
            Ask::Release(n) => {
                let path = format!("{reserved}/{}", name("ip", n));
                self.azure("DELETE", &path, String::new())
            }
            Ask::Advance(seconds) => {
                let body = json!({ "seconds": seconds });
                self.admin("POST", "/_fake/advance", body.to_string())
            }
            Ask::Quota(n) => {
                let body = json!({"cores": 10 + n, "hosted_services": 2 + n});
                self.admin("POST", "/_fake/quota", body.to_string())
            }
            Ask::Volume(n) => {
                let body = json!({"Name": name("v", n)});
                self.engine("POST", "/volumes/create", &body)?
            }
            Ask::DropVolume(n) => {
                let path = format!("/volumes/{}", name("v", n));
                self.engine("DELETE", &path, &Value::Null)?
            }
            Ask::Container(n) => {
                let path = format!("/containers/create?name={}", name("c", n));
                let body = json!({
                    "Image": "alpine",
                    "Cmd": ["sleep", "1000000000"],
                    "HostConfig": {
                        "Binds": [format!("{}:/data", name("v", n))],
                        "RestartPolicy": {"Name": "always"},
                    },
                });
                self.engine("POST", &path, &body)?
            }
            Ask::StartContainer(n) => {
                let path = format!("/containers/{}/start", name("c", n));
                self.engine("POST", &path, &json!({}))?
            }
            Ask::DropContainer(n) => {
                let path = format!("/containers/{}?force=1", name("c", n));
                self.engine("DELETE", &path, &Value::Null)?
            }
            Ask::Tag(n) => {
                let path = format!("/images/alpine/tag?repo={}&tag=1", repository(n));
                self.engine("POST", &path, &json!({}))?
            }
            Ask::Push(n) => {
                let path = format!("/images/{}/push?tag=1", repository(n));
                let request = self.engine("POST", &path, &json!({}))?;
                request.header("X-Registry-Auth", "e30=")
            }
            Ask::Break(n) => {
                let kinds = ["Create Hosted Service", "Add Role", "Create Reserved IP"];
                let rule = json!({
                    "match": {"operation": kinds[usize::from(n) % kinds.len()]},
                    "effect": {"status": 500},
                    "every": 2,
                });
                self.admin("POST", "/_fake/break", rule.to_string())
            }
            Ask::BreakEngine(n) => {
                let rule = json!({
                    "match": {"method": (if n == 0 { "POST" } else { "DELETE" })},
                    "effect": {"status": 500},
                    "nth": 2,
                    "every": 3,
                });
                self.admin("POST", "/_fake/docker/s0/m0/break", rule.to_string())
            }
            Ask::Mend => self.admin("DELETE", FAULTS, String::new()),
        })
    }

    /// Whether a request was answered, whatever the answer; true where nobody could be asked.
    async fn send(&self, ask: &Ask) -> bool {
        match self.request(ask) {
            None => true,
            Some(request) => answered(request).await,
        }
    }

    async fn told(&self, path: &str) -> String {
        let answer = self.admin("GET", path, String::new()).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    async fn seen(&self) -> Seen {
        let mut world: Value = serde_json::from_str(&self.told("/_fake/world").await).unwrap();
        // Counts connections of this process.
        world["problems"].take();
        for subscription in world["subscriptions"].as_array_mut().unwrap() {
            // By the identifiers of requests, none of which comes twice.
            let operations = subscription["operations"].take();
            let mut all: Vec<_> = operations.as_object().unwrap().values().collect();
            all.sort_by_cached_key(ToString::to_string);
            subscription["operations"] = json!(all);
        }
        Seen {
            world: world.to_string(),
            engine: self.engine_seen().await,
        }
    }

    async fn engine_seen(&self) -> Option<String> {
        let get = async |path: &str| {
            let answer = self.engine("GET", path, &Value::Null)?.send().await.ok()?;
            let status = answer.status().as_u16();
            let told: Value = serde_json::from_str(&answer.text().await.ok()?).ok()?;
            Some((status, told))
        };
        let (_, containers) = get("/containers/json?all=1").await?;
        let containers: Vec<_> = containers
            .as_array()?
            .iter()
            .map(|container| {
                let told = |name: &str| container[name].clone();
                // What is tried first and taken back draws other identifiers the second time: a
                // container that runs has drawn some in between.
                json!([told("Names"), told("Image"), told("State")])
            })
            .collect();
        let (_, volumes) = get("/volumes").await?;
        let (_, images) = get("/images/json").await?;
        let mut pushed = Vec::new();
        for n in 0..3 {
            pushed.push(get(&format!("/distribution/{}:1/json", repository(n))).await?);
        }
        Some(json!([containers, volumes, images, pushed]).to_string())
    }

    /// Which faults are arranged, and how often each was counted.
    async fn faults(&self) -> Vec<(String, u64)> {
        let mut all = Vec::new();
        for path in [FAULTS, "/_fake/docker/s0/m0/faults"] {
            let answer = self.admin("GET", path, String::new()).send().await.unwrap();
            if answer.status() != 200 {
                continue;
            }
            let told: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
            all.extend(told["faults"].as_array().unwrap().iter().map(|fault| {
                let rule = json!([path, fault["match"], fault["effect"]]);
                (rule.to_string(), fault["matched"].as_u64().unwrap())
            }));
        }
        all
    }
}

fn repository(n: u8) -> String {
    format!("localhost:5000/app{n}")
}

/// Whether a request was answered, to the last byte.
async fn answered(request: RequestBuilder) -> bool {
    let answer = request.send().await;
    match answer {
        Ok(answer) => answer.bytes().await.is_ok(),
        // Nobody listens: a machine that is off, or no engine yet.
        Err(error) => error.is_connect(),
    }
}

/// A machine whose engine anybody may ask.
fn docker_host(service: u8) -> Machine {
    let extension = certs::open_tech("{\"dockerport\":\"4243\"}", "{}");
    let mut machine = Machine::ubuntu("m0")
        .with(&extension)
        .opened(DOCKER, 4243, 4243);
    let blob = format!("s{service}-m0");
    machine.os_disk = bodies::os_disk(&blob, bodies::UBUNTU);
    machine
}

/// Kills the program while its last request is under way; whether that was answered.
async fn kill_amid(life: &mut Life, round: &Round) -> bool {
    let Some(request) = life.request(&round.last) else {
        life.program.end("-KILL");
        return true;
    };
    let on_its_way = tokio::spawn(async move {
        let answer = request.send().await.ok()?;
        answer.bytes().await.ok()
    });
    for _ in 0..round.others {
        life.told(FAULTS).await;
    }
    for _ in 0..round.turns {
        spin_loop();
    }
    life.program.child.as_mut().unwrap().kill().unwrap();
    life.program.output();
    on_its_way.await.unwrap().is_some()
}

async fn live_through(rounds: Vec<Round>) {
    let home: TempDir = folder();
    let state = home.path().join("state");
    let state = state.to_str().unwrap();
    let mut life = Life::begin(state, false);
    let account = life.azure(
        "POST",
        "/services/storageservices",
        bodies::storage("store"),
    );
    assert!(answered(account).await);
    for ask in [Ask::Advance(45), Ask::Service(0), Ask::Machine(0)] {
        assert!(life.send(&ask).await);
    }
    assert!(life.send(&Ask::Advance(900)).await);
    let pull = "/images/create?fromImage=alpine&tag=latest";
    let pull = life.engine("POST", pull, &json!({})).unwrap();
    assert_eq!(pull.send().await.unwrap().status(), 200);
    for round in rounds {
        for ask in &round.asks {
            assert!(life.send(ask).await, "{ask:?} is not answered");
        }
        let before = life.seen().await;
        let uncounted = life.faults().await;
        let snapshot = life.told("/_fake/snapshot").await;
        assert!(life.send(&round.last).await);
        let after = life.seen().await;
        let restored = life.admin("POST", "/_fake/restore", snapshot);
        assert_eq!(restored.send().await.unwrap().status(), 200);
        assert_eq!(life.seen().await, before, "{:?} is taken back", round.last);
        let faults = life.faults().await;
        if faults != uncounted {
            // Faults stay through a restore: one that counted this request may treat the next other
            // than this one, so that nothing says what it comes to.
            continue;
        }

        let is_acknowledged = kill_amid(&mut life, &round).await;

        life = Life::begin(state, round.is_synced);
        let found = life.seen().await;
        let is_done = found == after;
        assert!(
            is_done || (found == before && !is_acknowledged),
            "{round:?}, acknowledged: {is_acknowledged}\nbefore {before:?}\nafter {after:?}\nfound {found:?}"
        );
        let counted = life.faults().await;
        assert_eq!(counted.len(), faults.len(), "{counted:?}, not {faults:?}");
        for (now, then) in counted.iter().zip(&faults) {
            assert_eq!(now.0, then.0);
            assert!(
                (then.1..=then.1 + 1).contains(&now.1),
                "{counted:?}, not {faults:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(sequences(2))]

    #[test]
    fn what_was_acknowledged_survives_a_kill_and_what_was_under_way_is_whole_or_not_at_all(
        rounds in prop::collection::vec(round(), 3..7),
    ) {
        static RUNTIME: OnceLock<Runtime> = OnceLock::new();
        let runtime = RUNTIME.get_or_init(|| Runtime::new().unwrap());
        runtime.block_on(live_through(rounds));
    }
}
