//! `fake-azure docker serve`: an engine without any cloud.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, Identity};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::program::{Program, folder, mode};

const FILES: [&str; 5] = [
    "ca.pem",
    "cert.pem",
    "key.pem",
    "server-cert.pem",
    "server-key.pem",
];

fn serve(arguments: &[&str]) -> Program {
    serve_in(folder(), arguments)
}

fn serve_in(folder: tempfile::TempDir, arguments: &[&str]) -> Program {
    let words: Vec<&str> = ["docker", "serve"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    Program::start(folder, &words)
}

/// The first address that leads to the engine, as a URL of this scheme.
fn url(program: &Program, scheme: &str) -> String {
    let host = program.ready()["docker_host"][0]
        .as_str()
        .unwrap()
        .to_owned();
    host.replace("tcp://", &format!("{scheme}://"))
}

fn client() -> ClientBuilder {
    Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(10))
}

async fn info(url: &str) -> Value {
    let client = client().build().unwrap();
    let answer = client.get(format!("{url}/info")).send().await.unwrap();
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

/// What a client is told by `_ping` whose DOCKER_CERT_PATH is the folder, or nothing.
async fn ping(url: &str, folder: &Path, shows_certificate: bool) -> Option<String> {
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let mut client =
        client().tls_certs_only([Certificate::from_pem(read("ca.pem").as_bytes()).unwrap()]);
    if shows_certificate {
        let both = read("cert.pem") + &read("key.pem");
        client = client.identity(Identity::from_pem(both.as_bytes()).unwrap());
    }
    let asked = client.build().unwrap().get(format!("{url}/_ping"));
    asked.send().await.ok()?.text().await.ok()
}

fn refused(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_fake-azure"))
        .args(["docker", "serve"])
        .args(arguments)
        .output()
        .unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn it_prints_lines_for_an_environment_and_serves_where_they_say() {
    let mut program = serve(&["--seed", "7"]);
    let ready = program.ready();
    let url = url(&program, "http");
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert_eq!(info(&url).await["Containers"], 0);
    let ended = program.end("-TERM");
    assert!(ended.status.success());
    let expected = format!(
        "DOCKER_HOST={}\nFAKE_DOCKER_ADMIN={}\n",
        ready["docker_host"][0].as_str().unwrap(),
        ready["admin"].as_str().unwrap()
    );
    assert_eq!(String::from_utf8(ended.stdout).unwrap(), expected);
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
    assert_eq!(program.names(), Vec::<String>::new());
}

#[tokio::test]
async fn the_seed_gives_the_engine_its_identity() {
    let mut ids = Vec::new();
    for seed in ["7", "7", "8"] {
        let program = serve(&["--seed", seed]);
        ids.push(info(&url(&program, "http")).await["ID"].clone());
    }
    assert!(ids[0] == ids[1] && ids[1] != ids[2], "{ids:?}");
}

#[tokio::test]
async fn a_socket_is_its_owners_and_goes_with_the_engine() {
    for signal in ["-TERM", "-INT"] {
        let home = folder();
        let socket = home.path().join("docker.sock");
        let unix = format!("unix://{}", socket.display());
        let mut program = serve_in(home, &["--listen", &unix, "--listen", "tcp://127.0.0.1:0"]);
        assert_eq!(program.ready()["docker_host"][0], unix);
        assert_eq!(program.ready()["docker_host"].as_array().unwrap().len(), 2);
        assert_eq!(mode(&socket), 0o600);
        let mut stream = tokio::net::UnixStream::connect(&socket).await.unwrap();
        let ask = b"GET /_ping HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n";
        stream.write_all(ask).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.ends_with("OK"), "{answer}");

        let again = refused(&["--listen", &unix]);
        assert!(again.contains(&unix), "{again}");
        assert!(program.end(signal).status.success());
        assert!(!socket.exists());
    }
}

#[tokio::test]
async fn tls_gets_its_certificates_and_uses_them_again() {
    let home = folder();
    let certificates = home.path().join("certs");
    let path = certificates.to_str().unwrap().to_owned();
    for _ in 0..2 {
        let mut program = serve(&["--tls", &path]);
        let url = url(&program, "https");
        assert_eq!(ping(&url, &certificates, true).await.as_deref(), Some("OK"));
        assert_eq!(ping(&url, &certificates, false).await, None);
        let said = String::from_utf8(program.end("-TERM").stdout).unwrap();
        let expected = format!("\nDOCKER_TLS_VERIFY=1\nDOCKER_CERT_PATH={path}\n");
        assert!(said.contains(&expected), "{said}");
    }
    let mut made: Vec<_> = std::fs::read_dir(&certificates)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    made.sort();
    assert_eq!(made, FILES);
    assert_eq!(mode(&certificates), 0o700);
    for name in FILES {
        assert_eq!(mode(&certificates.join(name)), 0o600, "{name}");
    }

    std::fs::remove_file(certificates.join("server-key.pem")).unwrap();
    let said = refused(&["--tls", &path]);
    assert!(said.contains("server-key.pem"), "{said}");
    std::fs::copy(
        certificates.join("key.pem"),
        certificates.join("server-key.pem"),
    )
    .unwrap();
    let said = refused(&["--tls", &path]);
    assert!(said.contains("not a pair"), "{said}");
}

#[tokio::test]
async fn time_by_hand_moves_when_it_is_advanced() {
    let program = serve(&["--pace", "by-hand"]);
    let url = url(&program, "http");
    let before = info(&url).await["SystemTime"].clone();
    assert_eq!(info(&url).await["SystemTime"], before);
    let admin = program.ready()["admin"].as_str().unwrap().to_owned();
    let client = client().build().unwrap();
    let told = client
        .post(format!("{admin}/_fake/advance"))
        .body(json!({ "seconds": 3600 }).to_string());
    let told = told.send().await.unwrap().text().await.unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["now"], info(&url).await["SystemTime"]);
    assert_ne!(told["now"], before);
    let lost = client
        .get(format!("{admin}/_fake/nothing"))
        .send()
        .await
        .unwrap();
    assert_eq!(lost.status(), 404);
}

#[tokio::test]
async fn it_goes_wrong_on_demand_and_tells_what_was_asked() {
    let program = serve(&[]);
    let url = url(&program, "http");
    let admin = program.ready()["admin"].as_str().unwrap().to_owned();
    let client = client().build().unwrap();
    let tell = async |body: Value| {
        let asked = client
            .post(format!("{admin}/_fake/break"))
            .body(body.to_string());
        let answer = asked.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let rule = json!({"match": {"path": "^/info"}, "effect": {"status": 503, "message": "busy"}});
    assert_eq!(tell(rule).await.0, 200);
    assert_eq!(info(&url).await["message"], "busy");
    assert_eq!(info(&url).await["Containers"], 0);
    let (status, words) = tell(json!({"effect": {"explode": true}})).await;
    assert!(status == 400 && words.contains("explode"), "{words}");
    let told = tell(json!({"clear": true})).await.1;
    assert!(told.contains("\"fired\":1"), "{told}");

    let journal = client
        .get(format!("{admin}/_fake/journal"))
        .send()
        .await
        .unwrap();
    let journal: Value = serde_json::from_str(&journal.text().await.unwrap()).unwrap();
    let seen = |n: usize| (journal[n]["path"].clone(), journal[n]["status"].clone());
    assert_eq!(seen(0), (json!("/info"), json!(503)));
    assert_eq!(seen(1), (json!("/info"), json!(200)));
}

#[tokio::test]
async fn a_real_engine_may_stand_behind_it() {
    let real = serve(&["--pace", "by-hand", "--seed", "7"]);
    let address = real.ready()["docker_host"][0].as_str().unwrap().to_owned();
    let program = serve(&["--engine", &address]);
    let (behind, before) = (url(&real, "http"), url(&program, "http"));
    assert_ne!(behind, before);
    assert_eq!(info(&behind).await["ID"], info(&before).await["ID"]);
}

#[test]
fn wrong_words_are_refused() {
    for (arguments, word) in [
        (&["--listen", "127.0.0.1:2375"][..], "127.0.0.1:2375"),
        (&["--listen", "tcp://nowhere.invalid:0"], "nowhere.invalid"),
        (
            &["--listen", "unix:///nowhere/at/all/docker.sock"],
            "/nowhere/at/all",
        ),
        (&["--pace", "instant"], "instant"),
        (
            &["--engine", "unix:///nowhere/at/all.sock"],
            "/nowhere/at/all.sock",
        ),
        (&["--engine-shared"], "--engine-shared"),
        (
            &["--scripts", "/nowhere/at/all.toml"],
            "/nowhere/at/all.toml",
        ),
    ] {
        let said = refused(arguments);
        assert!(said.contains(word), "{said}");
    }
    let home = folder();
    let socket = format!("unix://{}", home.path().join("docker.sock").display());
    let said = refused(&["--listen", &socket, "--tls", "certs"]);
    assert!(said.contains("--tls"), "{said}");
}
