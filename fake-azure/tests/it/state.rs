//! What survives the simulator's process, and what is said where it cannot.

use std::error::Error;
use std::path::Path;

use fake_azure::{Builder, FakeAzure, Limits, Notice, Pace, StartError};
use serde_json::{Value, json};

use crate::bodies::{Machine, hosted_service, slot};
use crate::certs;
use crate::process::client;
use crate::program::{Program, folder};
use crate::stage::{Stage, VERSION, builder, credentials};

/// A Docker host whose engine anybody may ask.
fn docker_host() -> Machine {
    let extension = certs::open_tech("{\"dockerport\":\"4243\"}", "{}");
    Machine::ubuntu("web")
        .with(&extension)
        .opened("docker", 4243, 4243)
}

fn kept(path: &Path) -> Builder {
    builder().state(path)
}

async fn start(builder: Builder) -> Stage {
    Stage::of(builder).await
}

async fn end(stage: Stage) {
    stage.azure.shutdown().await;
}

/// All that the admin API shows, but for the time.
async fn world(stage: &Stage) -> Value {
    let (status, mut shown) = stage.admin("world", None).await;
    assert_eq!(status, 200);
    shown["now"].take();
    shown
}

#[tokio::test]
async fn a_world_comes_back_with_its_machines_at_their_addresses() {
    let home = folder();
    let path = home.path().join("state");
    let first = start(kept(&path)).await;
    first.ready("web", &docker_host()).await;
    let address = first.address("web").unwrap();
    let before = world(&first).await;
    assert!(first.answers(address, 4243).await);
    end(first).await;

    let second = start(kept(&path)).await;

    assert_eq!(world(&second).await, before);
    assert_eq!(second.address("web"), Some(address));
    let info = format!("http://{address}:4243/info");
    let told = reqwest::get(info).await.unwrap().text().await.unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["Name"], "web");
    let hosts = std::fs::read_to_string(second.azure.hosts_file()).unwrap();
    assert!(hosts.contains(&format!("{address} web.cloudapp.net")));
    // It goes on, and what goes is gone after the next start.
    let deleted = second.delete(&slot("web")).await;
    second.done(deleted).await;
    end(second).await;
    let third = start(kept(&path)).await;
    assert_eq!(third.address("web"), None);
    assert!(!third.answers(address, 4243).await);
}

#[tokio::test]
async fn tls_is_made_again_of_the_certificates_that_were_uploaded() {
    let home = folder();
    let path = home.path().join("state");
    let set = certs::Set::shared();
    let host = Machine::ubuntu("web")
        .with(&set.azure(2376))
        .opened("docker", 2376, 2376);
    let first = start(kept(&path)).await;
    first.ready("web", &host).await;
    end(first).await;

    let second = start(kept(&path).state_sync()).await;

    let address = second.address("web").unwrap();
    let client = reqwest::Client::builder()
        .no_proxy()
        .resolve("web.cloudapp.net", (address, 0).into())
        .tls_certs_only([reqwest::Certificate::from_pem(set.ca.as_bytes()).unwrap()])
        .identity(reqwest::Identity::from_pem(set.client.as_bytes()).unwrap())
        .build()
        .unwrap();
    let pong = client.get("https://web.cloudapp.net:2376/_ping");
    assert_eq!(pong.send().await.unwrap().text().await.unwrap(), "OK");
}

#[tokio::test]
async fn time_and_what_runs_in_it_go_on_where_they_were() {
    let home = folder();
    let path = home.path().join("state");
    let first = start(kept(&path).pace(Pace::ByHand)).await;
    let services = "/services/hostedservices";
    let made = first.post(services, &hosted_service("a")).await;
    made.is(201);
    let account = crate::bodies::storage("store");
    let accepted = first.post("/services/storageservices", &account).await;
    first.advance(20);
    let now = first.azure.cloud().now();
    end(first).await;

    let second = start(kept(&path).pace(Pace::ByHand)).await;

    assert_eq!(second.azure.cloud().now(), now);
    assert_eq!(second.standing(&accepted).await, "InProgress");
    second.advance(11);
    assert_eq!(second.standing(&accepted).await, "Succeeded");
    // Identifiers of requests do not come again.
    let other = second.post(services, &hosted_service("b")).await.is(201);
    assert_ne!(other.request_id(), accepted.request_id());
}

#[tokio::test]
async fn looks_count_across_starts() {
    let home = folder();
    let path = home.path().join("state");
    let first = start(kept(&path).pace(Pace::Reads(3))).await;
    let account = crate::bodies::storage("store");
    let accepted = first.post("/services/storageservices", &account).await;
    for _ in 0..2 {
        assert_eq!(first.standing(&accepted).await, "InProgress");
    }
    end(first).await;

    let second = start(kept(&path).pace(Pace::Reads(3))).await;

    assert_eq!(second.standing(&accepted).await, "InProgress");
    assert_eq!(second.standing(&accepted).await, "Succeeded");
}

#[tokio::test]
async fn a_reset_and_time_that_passed_survive_too() {
    let home = folder();
    let path = home.path().join("state");
    let first = start(kept(&path)).await;
    first
        .post("/services/hostedservices", &hosted_service("gone"))
        .await
        .is(201);
    assert_eq!(first.admin("reset", Some(json!({}))).await.0, 200);
    let hour = json!({"seconds": 3600});
    assert_eq!(first.admin("advance", Some(hour)).await.0, 200);
    first
        .post("/services/hostedservices", &hosted_service("kept"))
        .await
        .is(201);
    let now = first.azure.cloud().now();
    end(first).await;

    let second = start(kept(&path)).await;

    assert!(second.azure.cloud().now() >= now);
    let list = second.get("/services/hostedservices").await.document();
    assert_eq!(list.each("", "ServiceName"), ["kept"]);
}

/// A request of a client that was made from the ready file alone.
async fn ask(ready: &Value, method: &str, path: &str, body: String) -> Option<(u16, String)> {
    let word = |name: &str| ready[name].as_str().unwrap().to_owned();
    let url = format!("{}/{}{path}", word("management"), word("subscription_id"));
    let asked = client(ready)
        .request(method.parse().unwrap(), url)
        .header("x-ms-version", VERSION)
        .body(body)
        .send()
        .await
        .ok()?;
    let status = asked.status().as_u16();
    let detail = asked.headers().get("x-fake-azure-detail");
    let detail = detail.map_or("", |detail| detail.to_str().unwrap());
    Some((status, detail.to_owned()))
}

async fn is_there(ready: &Value, name: &str) -> bool {
    let path = format!("/services/hostedservices/{name}");
    ask(ready, "GET", &path, String::new()).await.unwrap().0 == 200
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed_amid_writes() {
    let home = folder();
    let state = home.path().join("state").to_str().unwrap().to_owned();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..4 {
        let mut program = Program::start(folder(), &["serve", "--state", &state]);
        let ready = program.ready();
        for name in &acknowledged {
            assert!(is_there(&ready, name).await, "{name} is lost");
        }
        let writers = (0..4).map(|writer| {
            let ready = ready.clone();
            tokio::spawn(async move {
                let mut done = Vec::new();
                for n in 0.. {
                    let name = format!("s{round}-{writer}-{n}");
                    let body = hosted_service(&name);
                    match ask(&ready, "POST", "/services/hostedservices", body).await {
                        Some((201, _)) => done.push(name),
                        _ => break,
                    }
                }
                done
            })
        });
        let writers: Vec<_> = writers.collect();
        // Long enough for some, and never at the same place.
        while !is_there(&ready, &format!("s{round}-{round}-{}", 2 + round)).await {}
        program.end("-KILL");
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
    }
    assert!(acknowledged.len() > 12, "{acknowledged:?}");
    let program = Program::start(folder(), &["serve", "--state", &state, "--state-sync"]);
    for name in &acknowledged {
        assert!(is_there(&program.ready(), name).await, "{name} is lost");
    }
    let mut names: Vec<_> = std::fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["state", "state.credentials"]);
}

#[tokio::test]
async fn what_a_full_disk_does_not_take_is_refused_and_the_rest_stays() {
    let home = folder();
    let state = home.path().join("state").to_str().unwrap().to_owned();
    // Files may grow to so much; whoever asks for more is told, instead of killed.
    let limited = "trap '' XFSZ; ulimit -f 256; exec \"$0\" \"$@\"";
    let program = Program::start_in_shell(limited, folder(), &["serve", "--state", &state]);
    let ready = program.ready();
    let mut done = Vec::new();
    let refused = loop {
        let name = format!("s{}", done.len());
        let body = hosted_service(&name);
        match ask(&ready, "POST", "/services/hostedservices", body).await {
            Some((201, _)) => done.push(name),
            other => break other.unwrap(),
        }
    };
    assert_eq!(refused.0, 500);
    assert!(refused.1.contains("the state file `"), "{}", refused.1);
    let next = format!("s{}", done.len());
    assert!(
        !is_there(&ready, &next).await,
        "what was refused is not done"
    );
    assert!(is_there(&ready, &done[0]).await, "it still answers");
    drop(program);

    let program = Program::start(folder(), &["serve", "--state", &state]);
    let ready = program.ready();
    let names = done.iter();
    for name in names.take(3).chain(done.last()) {
        assert!(is_there(&ready, name).await, "{name} is lost");
    }
    assert!(!is_there(&ready, &next).await);
}

/// What an admin asks of a program, and the answer.
async fn admin(ready: &Value, method: &str, path: &str, body: Value) -> (u16, Value) {
    let url = format!("{}/_fake/{path}", ready["admin"].as_str().unwrap());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.request(method.parse().unwrap(), url);
    let answer = request.body(body.to_string()).send().await.unwrap();
    let status = answer.status().as_u16();
    (
        status,
        serde_json::from_str(&answer.text().await.unwrap()).unwrap(),
    )
}

async fn create_service(ready: &Value, name: &str) -> u16 {
    let body = hosted_service(name);
    let asked = ask(ready, "POST", "/services/hostedservices", body).await;
    asked.unwrap().0
}

#[tokio::test]
async fn faults_go_on_with_their_counters_after_a_kill_and_so_do_quotas() {
    let home = folder();
    let state = home.path().join("state").to_str().unwrap().to_owned();
    let plan = |name: &str, operation: &str| {
        let path = home.path().join(name);
        let rule =
            format!("[[fault]]\nmatch.operation = \"{operation}\"\neffect.status = 503\nnth = 3\n");
        write(&path, rule.as_bytes());
        path.to_str().unwrap().to_owned()
    };
    let (one, other) = (plan("one", "List Locations"), plan("other", "List Disks"));
    let start = |plan: &str| {
        let arguments = ["serve", "--state", &state, "--faults", plan];
        Program::start(folder(), &arguments)
    };
    let locations = async |ready: &Value| {
        let asked = ask(ready, "GET", "/locations", String::new()).await;
        asked.unwrap().0
    };
    let mut program = start(&one);
    let ready = program.ready();
    let rule = json!({
        "name": "each third",
        "match": {"operation": "Create Hosted Service"},
        "effect": {"status": 500},
        "nth": 2,
        "every": 3,
    });
    assert_eq!(admin(&ready, "POST", "break", rule).await.0, 200);
    let quota = json!({"hosted_services": 4});
    assert_eq!(admin(&ready, "POST", "quota", quota).await.0, 200);
    for (name, status) in [("a", 201), ("b", 500), ("b", 201)] {
        assert_eq!(create_service(&ready, name).await, status, "{name}");
    }
    assert_eq!(locations(&ready).await, 200);
    let before = admin(&ready, "GET", "faults", Value::Null).await.1;
    assert_eq!(before["faults"].as_array().unwrap().len(), 2);
    program.end("-KILL");

    let mut program = start(&one);

    let ready = program.ready();
    let after = admin(&ready, "GET", "faults", Value::Null).await.1;
    assert_eq!(after, before, "rules, counters, and what they did");
    for (name, status) in [("c", 201), ("d", 500), ("d", 201), ("e", 403)] {
        assert_eq!(create_service(&ready, name).await, status, "{name}");
    }
    for status in [200, 503, 200] {
        assert_eq!(locations(&ready).await, status);
    }
    program.end("-KILL");
    // Another plan takes the place of the first; what was asked for stays.
    let mut program = start(&other);
    let ready = program.ready();
    let told = admin(&ready, "GET", "faults", Value::Null).await.1;
    let told = told["faults"].as_array().unwrap();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0]["name"], "each third");
    assert_eq!(told[0]["fired"], 2);
    assert_eq!(told[1]["match"]["operation"], "List Disks");
    assert_eq!(admin(&ready, "DELETE", "faults", Value::Null).await.0, 200);
    program.end("-KILL");
    let program = Program::start(folder(), &["serve", "--state", &state]);
    let told = admin(&program.ready(), "GET", "faults", Value::Null)
        .await
        .1;
    assert_eq!(told, json!({"faults": []}));
}

/// Why a simulator does not start with this state, with the causes.
async fn refused(builder: Builder) -> String {
    let error: StartError = builder.start().await.map(drop).unwrap_err();
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    words
}

#[expect(clippy::disallowed_methods, reason = "a test's own files")]
fn write(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_state_is_left_alone_and_told_why() {
    let home = folder();
    let path = home.path().join("state");
    end(start(kept(&path)).await).await;
    let good = std::fs::read(&path).unwrap();
    let header = good.iter().position(|byte| *byte == b'\n').unwrap();
    let mut damaged = good.clone();
    damaged[header + 100] ^= 1;
    let newer = b"simulation-log 1 fake-azure 4\nof the future".as_slice();
    for (bytes, why) in [
        (
            b"a letter to my mother".as_slice(),
            "not a file of this kind",
        ),
        (newer, "a later version has written it: its format is 4"),
        (&damaged, "damaged at byte"),
    ] {
        write(&path, bytes);
        let words = refused(kept(&path)).await;
        assert!(words.contains(why), "{words}");
        assert!(words.contains(&path.display().to_string()), "{words}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{why}");
    }
    let words = refused(kept(home.path())).await;
    assert!(words.contains("not a regular file"), "{words}");
    let words = refused(kept(&home.path().join("none/state"))).await;
    assert!(words.contains("No such file or directory"), "{words}");
}

/// What a start says of its state.
async fn noticed(path: &Path) -> Vec<String> {
    let builder = FakeAzure::builder().credentials(credentials()).state(path);
    let stage = start(builder).await;
    let told = stage.azure.notices().iter().map(ToString::to_string);
    let told = told.collect();
    end(stage).await;
    told
}

#[tokio::test]
async fn bytes_that_are_left_out_are_told() {
    let home = folder();
    let path = home.path().join("state");
    end(start(kept(&path)).await).await;
    let good = std::fs::read(&path).unwrap();
    assert_eq!(noticed(&path).await, [""; 0]);
    for (what, tail) in [
        ("a record that was being written", &[9, 0, 0, 0, 1][..]),
        ("a letter", b"a letter to my mother, who never reads"),
        ("zeros", &[0; 4096]),
        ("one byte", b"\n"),
    ] {
        let mut bytes = good.clone();
        bytes.extend(tail);
        write(&path, &bytes);
        let told = noticed(&path).await;
        let words = format!("the last {} bytes of the state file `", tail.len());
        let is_told = told.len() == 1 && told[0].starts_with(&words);
        assert!(is_told, "{what}: {told:?}");
        assert_eq!(noticed(&path).await, [""; 0], "{what} is gone");
    }
    // As somebody at a terminal sees it.
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend([0; 100]);
    write(&path, &bytes);
    let credentials = home.path().join("credentials").display().to_string();
    let state = home.path().join("other").display().to_string();
    let words = ["serve", "--credentials", &credentials, "--state", &state];
    drop(Program::start(folder(), &words));
    let mut bytes = std::fs::read(&state).unwrap();
    bytes.extend([0; 100]);
    write(Path::new(&state), &bytes);
    let said = Program::go_on(folder, &words).end("-TERM");
    let said = String::from_utf8(said.stderr).unwrap();
    let words = format!("warning: the last 100 bytes of the state file `{state}`");
    assert!(said.contains(&words), "{said}");
}

#[tokio::test]
async fn an_empty_file_begins_a_new_world_and_that_is_told() {
    let home = folder();
    let path = home.path().join("state");
    write(&path, b"");
    let told = noticed(&path).await;
    let words = "is empty: a new world begins";
    assert!(told.len() == 1 && told[0].contains(words), "{told:?}");
    assert_eq!(noticed(&path).await, [""; 0]);
}

#[tokio::test]
async fn what_cannot_be_written_is_told_as_that() {
    let home = folder();
    // Nobody, not even root, writes to a program that runs.
    let path = home.path().join("state");
    std::fs::copy("/bin/sleep", &path).unwrap();
    let mut sleeper = std::process::Command::new(&path)
        .arg("600")
        .spawn()
        .unwrap();
    let words = refused(kept(&path)).await;
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    let why = "it may be read, but not written: Text file busy";
    assert!(words.contains(why), "{words}");
    assert!(!words.contains("cannot be read"), "{words}");
    let words = refused(kept(Path::new("/proc/state"))).await;
    let why = "no file can be made in its folder `/proc`";
    assert!(words.contains("it cannot be written"), "{words}");
    assert!(words.contains(why), "{words}");
}

#[tokio::test]
async fn a_state_goes_on_with_its_seed_alone() {
    let home = folder();
    let path = home.path().join("state");
    end(start(kept(&path).seed(7)).await).await;
    for (seed, is_told) in [(7, false), (8, true)] {
        let stage = start(kept(&path).seed(seed)).await;
        let told: Vec<_> = stage.azure.notices().iter().collect();
        let other = Notice::SeedHolds { held: 7, asked: 8 };
        let expected = if is_told { vec![&other] } else { vec![] };
        assert_eq!(told, expected);
        end(stage).await;
    }
    // Nobody says one, so nothing is said.
    assert_eq!(noticed(&path).await, [""; 0]);
}

#[tokio::test]
async fn a_start_that_is_refused_leaves_no_credentials() {
    let home = folder();
    let path = home.path().join("state");
    end(start(kept(&path)).await).await;
    let before = std::fs::read(&path).unwrap();
    let names = || {
        let entries = std::fs::read_dir(home.path()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    // Its own folder of credentials is not where it was.
    let words = refused(FakeAzure::builder().state(&path)).await;
    assert!(words.contains("of other credentials"), "{words}");
    assert_eq!(names(), ["state"]);
    let deep = home.path().join("deep/others");
    let stranger = || FakeAzure::builder().credentials_folder(&deep).state(&path);
    refused(stranger()).await;
    assert_eq!(names(), ["state"]);
    // What was there before stays, and nothing comes to it.
    std::fs::create_dir_all(&deep).unwrap();
    write(&deep.join("note"), b"mine");
    refused(stranger()).await;
    let left: Vec<_> = std::fs::read_dir(&deep).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    // The same of a start that fails for another reason.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let fresh = home.path().join("fresh");
    let builder = FakeAzure::builder().credentials_folder(&fresh);
    refused(builder.listen(taken.local_addr().unwrap())).await;
    assert!(!fresh.exists());
}

#[tokio::test]
async fn one_simulator_has_a_state_at_a_time_and_with_its_credentials() {
    let home = folder();
    let path = home.path().join("state");
    let first = start(kept(&path)).await;
    let words = refused(kept(&path)).await;
    assert!(words.contains("another process uses it"), "{words}");
    end(first).await;
    let stranger = FakeAzure::builder().credentials_folder(home.path().join("others"));
    let words = refused(stranger.state(&path)).await;
    assert!(words.contains("of other credentials"), "{words}");
    end(start(kept(&path)).await).await;
}

#[tokio::test]
async fn a_snapshot_is_taken_on_by_the_same_simulator_and_by_another() {
    let stage = start(builder()).await;
    stage.ready("web", &docker_host()).await;
    let (status, snapshot) = stage.admin("snapshot", None).await;
    assert_eq!((status, &snapshot["format"]), (200, &json!(3)));
    let (address, then) = (stage.address("web"), stage.azure.cloud().now());
    let before = world(&stage).await;
    let deleted = stage.delete(&slot("web")).await;
    stage.done(deleted).await;
    stage.advance(86_400);

    let restored = stage.admin("restore", Some(snapshot.clone())).await;

    assert_eq!(restored.0, 200, "{}", restored.1);
    let passed = stage.azure.cloud().now().duration_since(then);
    assert!(passed.as_hours() < 24, "the day is taken back");
    assert_eq!(world(&stage).await, before);
    assert!(stage.answers(address.unwrap(), 4243).await);
    // While one has the addresses another cannot.
    let other = start(builder()).await;
    let (status, told) = other.admin("restore", Some(snapshot.clone())).await;
    assert_eq!(status, 409, "{told}");
    end(stage).await;
    assert_eq!(other.admin("restore", Some(snapshot.clone())).await.0, 200);
    assert_eq!(other.address("web"), address);
    assert_eq!(world(&other).await, before);
    for (bad, why) in [
        (json!({"format": 4}), "its format is 4"),
        (json!({"format": 3}), "missing field"),
        (json!({"format": 2}), "no release has written"),
        (json!([]), "not the state of a simulated Azure"),
        (
            json!(null),
            "a saved world: an object that tells its `format`",
        ),
    ] {
        let (status, told) = other.admin("restore", Some(bad)).await;
        assert_eq!(status, 400, "{told}");
        let told = told["error"].as_str().unwrap();
        assert!(told.contains(why), "{told}");
    }
    assert_eq!(world(&other).await, before);
}

#[tokio::test]
async fn a_snapshot_may_be_longer_than_other_bodies_and_has_a_limit_all_the_same() {
    let limits = Limits {
        snapshot_bytes: 4 << 20,
        ..Limits::default()
    };
    let stage = start(builder().limits(limits)).await;
    let snapshot = stage.azure.cloud().snapshot().unwrap();
    let restore = async |bytes: usize| {
        let url = format!("{}/_fake/restore", stage.azure.admin_url());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        // Blanks at the end of a document are none of it.
        let blanks = " ".repeat(bytes - snapshot.len());
        let asked = client.post(url).body(snapshot.clone() + &blanks);
        asked.send().await.unwrap().status().as_u16()
    };
    assert!(snapshot.len() < 1 << 20);
    assert_eq!(restore(3 << 20).await, 200);
    assert_eq!(restore(4 << 20).await, 200);
    assert_eq!(restore((4 << 20) + 1).await, 413);
}
