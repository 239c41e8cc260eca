//! Requests that the real engine was recorded with, and its answers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use fake_docker::Engine;
use fake_docker::registry::Registry;
use serde_json::Value;

use crate::wire::{Answer, ask, post};

/// The recordings whose exchanges happen in a new engine, or would be the same there.
const FILES: [&str; 37] = [
    "001", "002", "003", "004", "005", "006", "007", "008", "009", "010", "026", "027", "033",
    "036", "038", "069", "078", "080", "089", "095", "110", "134", "141", "143", "147", "148",
    "152", "159", "166", "169", "197", "198", "199", "200", "201", "202", "203",
];

/// What differs from engine to engine, or from moment to moment.
const OF_THE_ENGINE: [&str; 15] = [
    "ID",
    "Id",
    "Created",
    "SystemTime",
    "NFd",
    "NGoroutines",
    "Containers",
    "ContainersRunning",
    "ContainersStopped",
    "Images",
    "Version",
    "ServerVersion",
    "DockerRootDir",
    "Mirrors",
    "Address",
];

/// The engine says that it is no distribution's build, and that BuildKit is off.
const HEADERS_OF_THE_ENGINE: [&str; 4] = ["Date", "Content-Length", "Server", "Builder-Version"];

fn recordings() -> Option<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = manifest.join("../../../shared/docker-recordings");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no recordings of a real engine in ../shared/docker-recordings");
    None
}

fn escaped(text: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().fold(String::new(), |escaped, byte| {
        if unreserved(byte) {
            escaped + char::from(byte).encode_utf8(&mut [0; 4])
        } else {
            escaped + &format!("%{byte:02X}")
        }
    })
}

async fn repeat(engine: &Engine, request: &Value) -> Answer {
    let words = |value: &Value| value.as_str().unwrap().to_owned();
    let query: Vec<String> = request["query"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| {
            format!(
                "{}={}",
                escaped(&words(&pair[0])),
                escaped(&words(&pair[1]))
            )
        })
        .collect();
    let mut target = words(&request["path"]);
    if !query.is_empty() {
        target = format!("{target}?{}", query.join("&"));
    }
    match &request["body"]["value"] {
        Value::Null => ask(engine, &words(&request["method"]), &target).await,
        body => post(engine, &target, &body.to_string()).await,
    }
}

/// Collects what is different.
fn differences(recorded: &Value, answer: &Answer) -> Vec<String> {
    let mut found = Vec::new();
    if recorded["status"] != answer.status {
        found.push(format!(
            "status {} is {}",
            recorded["status"], answer.status
        ));
    }
    let headers = recorded["headers"].as_object().unwrap();
    for (name, value) in headers {
        match answer.header(name) {
            None => found.push(format!("header {name} is missing")),
            Some(_) if HEADERS_OF_THE_ENGINE.contains(&name.as_str()) => {}
            Some(ours) if value == ours => {}
            Some(ours) => found.push(format!("header {name}: {value} is {ours:?}")),
        }
    }
    for (name, _) in &answer.headers {
        if name != "Connection" && !headers.contains_key(name) {
            found.push(format!("header {name} is new"));
        }
    }
    match recorded["body"]["kind"].as_str() {
        Some("json") => compare("", &recorded["body"]["value"], &answer.json(), &mut found),
        Some(_) if recorded["body"]["value"] != *String::from_utf8_lossy(&answer.body) => {
            found.push("another text".to_owned());
        }
        Some(_) => {}
        None if answer.body.is_empty() => {}
        None => found.push("a body".to_owned()),
    }
    found
}

fn compare(path: &str, recorded: &Value, ours: &Value, found: &mut Vec<String>) {
    let key = path.rsplit('.').next().unwrap_or_default();
    let of_the_engine = OF_THE_ENGINE.contains(&key);
    match (recorded, ours) {
        (Value::Object(recorded), Value::Object(ours)) => {
            if !recorded.keys().eq(ours.keys()) {
                found.push(format!(
                    "{path}: keys {:?} are {:?}",
                    recorded.keys().collect::<Vec<_>>(),
                    ours.keys().collect::<Vec<_>>()
                ));
            }
            for (key, value) in recorded {
                if let Some(ours) = ours.get(key) {
                    compare(&format!("{path}.{key}"), value, ours, found);
                }
            }
        }
        (Value::Array(_), Value::Array(_)) if of_the_engine => {}
        (Value::Array(recorded), Value::Array(ours)) => {
            if recorded.len() != ours.len() {
                found.push(format!("{path}: {} are {}", recorded.len(), ours.len()));
            }
            for (at, (recorded, ours)) in recorded.iter().zip(ours).enumerate() {
                compare(&format!("{path}[{at}]"), recorded, ours, found);
            }
        }
        (recorded, ours) => {
            let same_type = std::mem::discriminant(recorded) == std::mem::discriminant(ours);
            if !same_type || (!of_the_engine && recorded != ours) {
                found.push(format!("{path}: {recorded} is {ours}"));
            }
        }
    }
}

/// The engine of the recordings, as far as a builder can say it: one that has a mirror of
/// Docker Hub and no network beyond it.
fn recorded_host() -> Engine {
    let mut registry = Registry::new();
    registry.set_offline(true);
    Engine::builder()
        .registry(Arc::new(Mutex::new(registry)))
        .name("vm")
        .cpus(2)
        .memory_bytes(25_276_514_304)
        .operating_system("Debian GNU/Linux 12 (bookworm)")
        .kernel_version("6.12.0-amd64")
        .build()
}

#[tokio::test]
async fn recorded_requests_get_the_answers_of_the_real_engine() {
    let Some(folder) = recordings() else { return };
    let mut names: Vec<PathBuf> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            FILES.contains(&&name[..3])
        })
        .collect();
    names.sort();
    let engine = recorded_host();
    let (mut all, mut matched, mut not_modelled, mut wrong) = (0, 0, 0, Vec::new());

    for name in names {
        let recording: Value = serde_json::from_slice(&std::fs::read(&name).unwrap()).unwrap();
        for exchange in recording["exchanges"].as_array().unwrap() {
            let answer = repeat(&engine, &exchange["request"]).await;
            let found = differences(&exchange["response"], &answer);
            all += 1;
            if answer.status == 501 {
                not_modelled += 1;
            } else if found.is_empty() {
                matched += 1;
            } else {
                wrong.push(format!("{}: {found:#?}", recording["name"]));
            }
        }
    }

    eprintln!("matched {matched} of {all}, not modelled {not_modelled}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(matched, all - not_modelled);
    assert!(matched > 60, "only {matched} exchanges were compared");
}
