//! The create commands against what the real service answered: they send what the old CLI sent.
//!
//! The recordings lie beside the checkout; without them the test says so and passes.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use azure::backend::classic::Classic;
use azure::backend::service_management::{Client, Connection, Endpoint, Patience, Transport};
use azure::cli::vm::create::VmCreateArgs;
use azure::cli::vm::docker::DockerCreateArgs;
use azure::clock::Clock;
use azure::commands::create::narrator::{Line, Narrator};
use azure::domain::{Password, UserName};
use azure::provision::{self, CreateFailure, Outcome, OverTls, PasswordSource, Ports, Problem};
use azure::saga::Interrupt;
use azure::settings::create::{self, Context, PasswordWish};
use clap::Parser;
use secrecy::ExposeSecret;
use serde_json::Value;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::provision::time::Patient;

#[derive(Debug, Parser)]
enum Command {
    Docker(Box<DockerCreateArgs>),
    Machine(Box<VmCreateArgs>),
}

/// Status, body and request id.
type Answer = (u16, String, Option<String>);

/// What is answered to what, in order.
type Answers = BTreeMap<Asked, VecDeque<Answer>>;

/// A request: its method, and its path after the subscription.
type Asked = (String, String);

/// The recorded answers, by method and path after the subscription.
#[derive(Clone, Default)]
struct Tape {
    answers: Arc<Mutex<Answers>>,
    sent: Arc<Mutex<Vec<(String, String, String)>>>,
}

fn after_subscription(path: &str) -> String {
    path.splitn(3, '/')
        .nth(2)
        .unwrap_or_default()
        .to_lowercase()
}

impl Tape {
    fn of(exchanges: &[Value]) -> Self {
        let tape = Self::default();
        {
            let mut answers = tape.answers.lock().expect("no panic");
            for exchange in exchanges {
                let key = (
                    exchange["method"].as_str().expect("a method").to_owned(),
                    after_subscription(exchange["path"].as_str().expect("a path")),
                );
                let status = exchange["status"].as_u64().expect("a status");
                let answer = (
                    u16::try_from(status).expect("a status"),
                    exchange["response_body"].as_str().unwrap_or("").to_owned(),
                    exchange["response_headers"]["x-ms-request-id"]
                        .as_str()
                        .map(str::to_owned),
                );
                for _ in 0..exchange["repeated"].as_u64().unwrap_or(1) {
                    answers
                        .entry(key.clone())
                        .or_default()
                        .push_back(answer.clone());
                }
            }
        }
        tape
    }
}

impl Respond for Tape {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut path = request.url.path().to_owned();
        if let Some(query) = request.url.query() {
            path = format!("{path}?{query}");
        }
        let key = (request.method.to_string(), after_subscription(&path));
        let body = String::from_utf8_lossy(&request.body).into_owned();
        if request.method != "GET" {
            self.sent
                .lock()
                .expect("no panic")
                .push((key.0.clone(), key.1.clone(), body));
        }
        let mut answers = self.answers.lock().expect("no panic");
        let answer = answers.get_mut(&key).and_then(|queue| {
            if queue.len() > 1 {
                queue.pop_front()
            } else {
                queue.front().cloned()
            }
        });
        match answer {
            None => ResponseTemplate::new(404).set_body_string(
                "<Error xmlns=\"http://schemas.microsoft.com/windowsazure\">\
                 <Code>ResourceNotFound</Code><Message>Not recorded.</Message></Error>",
            ),
            Some((status, body, id)) => {
                let answer = ResponseTemplate::new(status).set_body_raw(body, "application/xml");
                match id {
                    Some(id) => answer.insert_header("x-ms-request-id", id),
                    None => answer,
                }
            }
        }
    }
}

struct Typed(Option<String>);

#[async_trait::async_trait]
impl PasswordSource for Typed {
    async fn password(
        &self,
        _user: &UserName,
        _os: azure::backend::Os,
    ) -> Result<Password, Problem> {
        let text = self.0.as_deref().unwrap_or_default();
        Ok(text.parse()?)
    }
}

/// Blob names and settings with keys differ from run to run.
fn masked(body: &str) -> String {
    let blob = regex::Regex::new(r"-[0-9a-f]{16}\.vhd").expect("a pattern");
    let body = blob.replace_all(body, "-X.vhd");
    let long =
        regex::Regex::new(r"<(Value|Data|Fingerprint)>[A-Za-z0-9+/=]{40,}<").expect("a pattern");
    long.replace_all(&body, "<$1>X<").into_owned()
}

async fn replay(
    argv: &[String],
    exchanges: &[Value],
    home: &Path,
) -> (Result<Outcome, CreateFailure>, Vec<String>, Tape) {
    let tape = Tape::of(exchanges);
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(tape.clone())
        .mount(&server)
        .await;
    let clock: Arc<dyn Clock> = Arc::new(Patient::at("2026-11-25T00:00:00Z"));
    let connection = Connection {
        endpoint: Endpoint::parse(&server.uri()).expect("an address"),
        subscription: "11111111-2222-3333-4444-555555555555".to_owned(),
        identity: None,
        authorities: Vec::new(),
        patience: Patience::default(),
    };
    let transport = Transport::new(connection, Arc::clone(&clock)).expect("a transport");
    let backend = Classic::new(Arc::new(Client::new(transport)));

    let words = argv.iter().filter(|word| *word != "--json").cloned();
    let (kind, skipped) = if argv[1] == "docker" {
        ("docker", 3)
    } else {
        ("machine", 2)
    };
    let words = ["azure".to_owned(), kind.to_owned()]
        .into_iter()
        .chain(words.skip(skipped));
    let context = Context {
        home: Some(home),
        current: home,
        wait: Some("0"),
        nonce: "0123456789abcdef",
    };
    let said = Arc::new(Mutex::new(Vec::new()));
    let page = {
        let said = Arc::clone(&said);
        move |line: Line| {
            let line = match line {
                Line::Progress(text) | Line::Info(text) => format!("info:    {text}"),
                Line::Warn(text) => format!("warn:    {text}"),
                Line::Data(text) => format!("data:    {text}"),
                Line::Verbose(_) | Line::Document(_) => return,
            };
            said.lock().expect("no panic").push(line);
        }
    };
    let events = Narrator::new(page);
    let interrupt = Interrupt::never();
    let ssh_folder = home.join(".azure/ssh");
    let ports = |passwords| Ports {
        backend: &backend,
        clock: clock.as_ref(),
        events: &events,
        passwords,
        dialler: &OverTls,
        interrupt: &interrupt,
        ssh_folder: &ssh_folder,
        records: None,
    };
    let typed = |wish: &PasswordWish| match wish {
        PasswordWish::Typed(text) => Typed(Some(text.expose_secret().to_owned())),
        _ => Typed(None),
    };
    let outcome = match Command::try_parse_from(words).expect("the old words parse") {
        Command::Docker(docker) => {
            let settings = create::docker(*docker, context).expect("the old words mean something");
            provision::run(
                &settings.create.job,
                ports(&typed(&settings.create.password)),
            )
            .await
        }
        Command::Machine(machine) => {
            let settings =
                create::machine(*machine, context).expect("the old words mean something");
            provision::run(&settings.job, ports(&typed(&settings.password))).await
        }
    };
    let said = said.lock().expect("no panic").clone();
    (outcome, said, tape)
}

fn recordings() -> Vec<PathBuf> {
    let suites = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/transcripts/0.8.17");
    let Ok(suites) = std::fs::read_dir(suites) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = suites
        .flatten()
        .filter_map(|suite| std::fs::read_dir(suite.path()).ok())
        .flat_map(|files| files.flatten().map(|file| file.path()))
        .collect();
    files.sort();
    files
}

#[tokio::test]
async fn the_old_cli_s_creates_send_what_the_old_cli_sent() {
    let mut compared = 0;
    for file in recordings() {
        let text = std::fs::read_to_string(&file).expect("a recording");
        let recording: Value = serde_json::from_str(&text).expect("JSON");
        for step in recording["steps"].as_array().into_iter().flatten() {
            let argv: Vec<String> = step["command"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|word| word.as_str().map(str::to_owned))
                .collect();
            let is_create = argv.starts_with(&["vm".to_owned(), "create".to_owned()])
                || argv.starts_with(&["vm".to_owned(), "docker".to_owned(), "create".to_owned()]);
            let Some(exit) = step["text_mode"]["exit"].as_i64().filter(|_| is_create) else {
                continue;
            };
            if argv
                .iter()
                .any(|word| word == "3.2" || word.contains('@') && word.starts_with("test1"))
            {
                // Refused here before anything is asked.
                continue;
            }
            let exchanges: Vec<Value> = step["exchanges"]
                .as_array()
                .expect("exchanges")
                .iter()
                .filter(|exchange| {
                    exchange["status"].is_u64()
                        && !exchange["path"]
                            .as_str()
                            .unwrap_or("")
                            .contains("action=register")
                })
                .cloned()
                .collect();
            let home = tempfile::tempdir().expect("a folder");
            let argv: Vec<String> = argv
                .iter()
                .map(|word| word.replace("/home/user", &home.path().display().to_string()))
                .collect();

            let (outcome, said, tape) = replay(&argv, &exchanges, home.path()).await;

            let name = format!("{} {argv:?}", file.display());
            assert_eq!(outcome.is_ok(), exit == 0, "{name}: {outcome:?}");
            compared += 1;
            if exit != 0 {
                continue;
            }
            let sent = tape.sent.lock().expect("no panic").clone();
            let theirs: Vec<(String, String, String)> = exchanges
                .iter()
                .filter(|exchange| exchange["method"] != "GET")
                .map(|exchange| {
                    (
                        exchange["method"].as_str().expect("a method").to_owned(),
                        after_subscription(exchange["path"].as_str().expect("a path")),
                        exchange["request_body"].as_str().unwrap_or("").to_owned(),
                    )
                })
                .collect();
            let plain = |all: Vec<(String, String, String)>| -> Vec<(String, String, String)> {
                all.into_iter()
                    .map(|(m, p, b)| (m, p, masked(&b)))
                    .collect()
            };
            assert_eq!(plain(sent), plain(theirs), "{name}");
            let lines: Vec<&str> = step["text_mode"]["stdout"]
                .as_str()
                .unwrap_or("")
                .lines()
                .filter(|line| !line.contains(" command ") && !line.contains("docker certificates"))
                .collect();
            let said: Vec<&str> = said
                .iter()
                .map(String::as_str)
                .filter(|line| !line.contains("docker certificates"))
                .collect();
            assert_eq!(said, lines, "{name}");
        }
    }
    if compared == 0 {
        _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"SKIPPED: the recorded creates are not beside the checkout (../shared)\n",
        )
        .ok();
    } else {
        println!("{compared} recorded creates replayed");
    }
}
