//! Two runs of the program with one seed, by hand: byte by byte the same.
//!
//! What differs is told to them: the ports that the system gave, the folder, the process. Keys are
//! no matter of a seed, so both have the same folder of credentials.

use std::path::Path;
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::bodies::{
    Machine, hosted_service, operation, operations, root, service, shutdown, slot, storage,
};
use crate::certs;
use crate::process::client;
use crate::program::{Program, folder};
use crate::stage::VERSION;

/// One run, and all that it told.
struct Run {
    program: Program,
    ready: Value,
    management: Client,
    plain: Client,
    /// Every answer: what was asked, and what came.
    told: Vec<String>,
}

impl Run {
    fn start(credentials: &Path, seed: &str) -> Self {
        let credentials = credentials.display().to_string();
        let words = ["serve", "--pace", "by-hand", "--seed", seed];
        let arguments = [&words[..], &["--credentials", &credentials]].concat();
        let program = Program::start(folder(), &arguments);
        let ready = program.ready();
        let plain = Client::builder()
            .no_proxy()
            .timeout(Duration::from_mins(1))
            .build()
            .unwrap();
        Self {
            management: client(&ready),
            ready,
            program,
            plain,
            told: Vec::new(),
        }
    }

    fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap()
    }

    /// The same in every run: neither ports, nor the folder, nor the process.
    fn alike(&self, text: &str) -> String {
        let folder = self.program.folder.path().display().to_string();
        let places = [
            ("management", "MANAGEMENT"),
            ("admin", "ADMIN"),
            ("resource_manager", "ORIGIN"),
            ("proxy", "PROXY"),
            ("metadata_service", "METADATA"),
        ];
        let text = places.iter().fold(text.to_owned(), |text, (name, word)| {
            let place = self.ready[name].as_str();
            place.map_or(text.clone(), |place| text.replace(place, word))
        });
        text.replace(&folder, "FOLDER")
    }

    async fn note(&mut self, asked: &str, response: reqwest::Response) -> String {
        let status = response.status();
        // The admin API is no part of the simulated cloud, and has the machine's time.
        let is_admin = response.url().path().starts_with("/_fake/");
        let mut headers: Vec<_> = response
            .headers()
            .iter()
            .filter(|(name, _)| !is_admin || *name != "date")
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        headers.sort();
        let body = response.text().await.unwrap();
        let told = format!("{asked}\n{status}\n{}\n\n{body}", headers.join("\n"));
        let told = self.alike(&told);
        self.told.push(told);
        body
    }

    async fn ask(&mut self, method: &str, path: &str, body: &str) {
        let url = format!(
            "{}/{}{path}",
            self.text("management"),
            self.text("subscription_id")
        );
        let request = self
            .management
            .request(method.parse::<Method>().unwrap(), url)
            .header("x-ms-version", VERSION)
            .body(body.to_owned());
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {response:?}");
        self.note(&format!("{method} {path}"), response).await;
    }

    async fn admin(&mut self, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/_fake/{path}", self.text("admin"));
        let request = match body {
            None => self.plain.get(url),
            Some(body) => self.plain.post(url).body(body.to_string()),
        };
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let told = self.note(path, response).await;
        serde_json::from_str(&told).unwrap()
    }

    async fn advance(&mut self, seconds: u32) {
        self.admin("advance", Some(json!({ "seconds": seconds })))
            .await;
    }

    async fn docker(&mut self, at: &str, method: &str, path: &str, body: Value) -> Value {
        let request = self
            .plain
            .request(method.parse::<Method>().unwrap(), format!("{at}{path}"))
            .header("content-type", "application/json")
            .body(if body.is_null() {
                String::new()
            } else {
                body.to_string()
            });
        let response = request.send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {response:?}");
        let told = self.note(&format!("{method} {path}"), response).await;
        serde_json::from_str(&told).unwrap_or(Value::Null)
    }

    /// The address of the engine of `web`.
    async fn engine(&mut self) -> String {
        let world = self.admin("world", None).await;
        let deployment = &world["subscriptions"][0]["hosted_services"][0]["deployment"];
        format!("http://{}:4243", deployment["vip"].as_str().unwrap())
    }

    /// What people do: a machine with Docker, containers in it, time, a restart, faults by chance.
    async fn whole_story(&mut self) {
        let fault = json!({"match": {"operation": "List Locations"}, "probability": 0.5,
                           "effect": {"status": 302}, "times": 4});
        self.admin("break", Some(fault)).await;
        for _ in 0..12 {
            let url = format!(
                "{}/{}/locations",
                self.text("management"),
                self.text("subscription_id")
            );
            let request = self.management.get(url).header("x-ms-version", VERSION);
            let response = request.send().await.unwrap();
            self.note("locations", response).await;
        }
        self.ask("POST", "/services/storageservices", &storage("store"))
            .await;
        self.advance(60).await;
        self.ask("POST", "/services/hostedservices", &hosted_service("web"))
            .await;
        self.ask(
            "POST",
            "/services/networking/reservedips",
            &reserved("kept"),
        )
        .await;
        let docker = certs::open_tech("{\"dockerport\":\"4243\"}", "{}");
        let machine = Machine::ubuntu("web")
            .with(&docker)
            .opened("docker", 4243, 4243);
        let path = format!("{}/deployments", service("web"));
        self.ask("POST", &path, &machine.deployment("web")).await;
        for seconds in [10, 100, 300, 600] {
            self.advance(seconds).await;
            self.ask("GET", &slot("web"), "").await;
        }
        let at = self.engine().await;
        self.containers(&at).await;
        self.ask(
            "POST",
            &operations("web", "web"),
            &operation("RestartRoleOperation"),
        )
        .await;
        self.advance(600).await;
        self.docker(&at, "GET", "/containers/json?all=1", Value::Null)
            .await;
        self.ask(
            "POST",
            &operations("web", "web"),
            &shutdown("StoppedDeallocated"),
        )
        .await;
        self.advance(60).await;
        self.ask("GET", &service("web"), "").await;
        for path in ["world", "journal", "orphans", "faults", "snapshot"] {
            self.admin(path, None).await;
        }
    }

    /// What people do with Docker.
    async fn containers(&mut self, at: &str) {
        let pull = "/images/create?fromImage=redis&tag=7";
        self.docker(at, "POST", pull, Value::Null).await;
        self.docker(
            at,
            "POST",
            "/images/create?fromImage=alpine&tag=latest",
            Value::Null,
        )
        .await;
        self.docker(at, "POST", "/networks/create", json!({"Name": "inner"}))
            .await;
        self.docker(at, "POST", "/volumes/create", json!({})).await;
        let script = "hostname; date; for i in 1 2 3; do sleep 1; date; done; echo $RANDOM >/tmp/x";
        for (name, made) in [
            ("", json!({"Image": "alpine", "Cmd": ["sh", "-c", script]})),
            (
                "?name=cache",
                json!({"Image": "redis:7", "HostConfig": {"NetworkMode": "inner"}}),
            ),
        ] {
            let path = format!("/containers/create{name}");
            let container = self.docker(at, "POST", &path, made).await;
            let id = container["Id"].as_str().unwrap().to_owned();
            self.docker(at, "POST", &format!("/containers/{id}/start"), Value::Null)
                .await;
            self.advance(5).await;
            if name.is_empty() {
                self.docker(at, "POST", &format!("/containers/{id}/wait"), Value::Null)
                    .await;
                let logs = format!("/containers/{id}/logs?stdout=1&timestamps=1");
                self.docker(at, "GET", &logs, Value::Null).await;
            }
            self.docker(at, "GET", &format!("/containers/{id}/json"), Value::Null)
                .await;
        }
        for path in [
            "/info",
            "/containers/json?all=1",
            "/networks/inner",
            "/images/json",
            "/volumes",
            // Up to a moment that is over by then.
            "/events?since=0&until=1496276270",
        ] {
            self.docker(at, "GET", path, Value::Null).await;
        }
        self.admin("docker/web/web/journal", None).await;
    }
}

/// What two runs told, one thing after another.
#[track_caller]
fn are_the_same(one: &[String], other: &[String]) {
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one, other);
    }
    assert_eq!(one.len(), other.len());
}

fn reserved(name: &str) -> String {
    root(
        "ReservedIP",
        &format!("<Name>{name}</Name><Location>West US</Location>"),
    )
}

/// A whole story, and the address that the machine had in it.
async fn told(credentials: &Path, seed: u32) -> (Vec<String>, String) {
    let mut run = Run::start(credentials, &seed.to_string());
    let ready = serde_json::to_string(&run.ready).unwrap();
    let pid = run.ready["pid"].to_string();
    let ready = run.alike(&ready).replace(&format!(":{pid}"), ":PID");
    run.told.push(ready);
    run.whole_story().await;
    let hosts = run.told.iter().find(|told| told.starts_with("world\n"));
    let address = hosts
        .and_then(|told| told.split("\"vip\":\"").nth(1))
        .unwrap();
    let address = address.split('"').next().unwrap().to_owned();
    (run.told, address)
}

#[tokio::test]
async fn two_runs_with_one_seed_are_the_same_byte_by_byte() {
    let credentials = folder();
    for seed in std::process::id().. {
        let (one, first) = told(credentials.path(), seed).await;
        let (other, second) = told(credentials.path(), seed).await;
        // Somebody else on this machine may have had the addresses meanwhile.
        if first != second {
            continue;
        }
        are_the_same(&one, &other);
        // What is compared is no empty page.
        assert!(one.len() > 40, "{}", one.len());
        // Time begins at the same moment whatever the seed.
        let text = one.join("\n");
        assert!(text.contains("2017-06-01T"), "{text}");
        let (another, _) = told(credentials.path(), seed + 1).await;
        assert_ne!(one, another);
        return;
    }
}

#[tokio::test]
async fn an_engine_alone_is_the_same_too() {
    let mut stories = Vec::new();
    for _ in 0..2 {
        let arguments = ["docker", "serve", "--seed", "7", "--pace", "by-hand"];
        let program = Program::start(folder(), &arguments);
        let ready = program.ready();
        let at = ready["docker_host"][0]
            .as_str()
            .unwrap()
            .replace("tcp://", "http://");
        let plain = Client::builder().no_proxy().build().unwrap();
        let mut run = Run {
            program,
            management: plain.clone(),
            plain,
            ready: json!({"management": "(none)", "admin": ready["admin"]}),
            told: Vec::new(),
        };
        let pull = "/images/create?fromImage=alpine&tag=latest";
        run.docker(&at, "POST", pull, Value::Null).await;
        let made = json!({"Image": "alpine", "Cmd": ["date"]});
        run.docker(&at, "POST", "/containers/create?name=one", made)
            .await;
        run.docker(&at, "POST", "/containers/one/start", Value::Null)
            .await;
        run.docker(&at, "POST", "/containers/one/wait", Value::Null)
            .await;
        run.docker(&at, "GET", "/containers/one/json", Value::Null)
            .await;
        run.admin("journal", None).await;
        stories.push(run.told);
    }
    are_the_same(&stories[0], &stories[1]);
    assert!(stories[0].join("").contains("2017-06-01T"));
}
