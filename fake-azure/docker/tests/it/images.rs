//! Images, as the real engine was recorded with them.

use std::path::Path;

use fake_docker::Engine;
use serde_json::{Value, json};

use crate::recorded_world;
use crate::wire::{Answer, ask, post, send};

/// The archive that the recorder imported, in small.
fn small_archive() -> Vec<u8> {
    let mut archive = fake_docker::files::tar::Writer::new();
    let epoch = jiff::Timestamp::UNIX_EPOCH;
    let kind = fake_docker::files::tar::EntryKind::File;
    let header = fake_docker::files::tar::Header::new("a", kind, 0o644, epoch);
    archive.add(header, b"x");
    archive.finish()
}

fn text(answer: &Answer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}

/// Each line of an answer that goes on.
fn lines(answer: &Answer) -> Vec<Value> {
    let text = text(answer);
    let lines = text.split("\r\n").filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| {
        if byte.is_ascii_alphanumeric() {
            escaped + char::from(byte).encode_utf8(&mut [0; 4])
        } else {
            escaped + &format!("%{byte:02X}")
        }
    })
}

async fn pulled(engine: &Engine, name: &str) {
    let (name, tag) = name.split_once(':').unwrap_or((name, "latest"));
    let target = format!("/images/create?fromImage={name}&tag={tag}");
    assert_eq!(post(engine, &target, "").await.status, 200);
}

/// Blanks what differs from engine to engine: ids, folders, and how far it was when it was
/// told so. What is told several times in a row is told once.
fn masked(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(masked_text(text)),
        Value::Array(values) => {
            let mut values: Vec<Value> = values.iter().map(masked).collect();
            values.dedup();
            Value::Array(values)
        }
        Value::Object(members) => {
            let members = members.iter().filter(|(key, _)| *key != "progress");
            members
                .map(|(key, value)| match key.as_str() {
                    "current" => (key.clone(), json!(0)),
                    _ => (key.clone(), masked(value)),
                })
                .collect()
        }
        other => other.clone(),
    }
}

fn masked_text(text: &str) -> String {
    let text = text.replace("/var/lib/engine/data", "/var/lib/docker");
    let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let mut masked = String::new();
    let mut word = String::new();
    for char in text.chars().chain(['\0']) {
        if is_digit(char) {
            word.push(char);
            continue;
        }
        masked += if [12, 64].contains(&word.len()) {
            "<id>"
        } else {
            &word
        };
        word.clear();
        masked.push(char);
    }
    masked.trim_end_matches('\0').to_owned()
}

/// What is recorded of a body, in the form in which ours is compared with it.
fn recorded_body(body: &Value) -> Value {
    let values = match body["kind"].as_str() {
        Some("ndjson") => masked(&body["values"]),
        Some("json") => masked(&body["value"]),
        _ => Value::Null,
    };
    ordered(values)
}

/// Puts what has no order of its own into one: a list of images of one second, and the tags
/// of a repository.
fn ordered(mut value: Value) -> Value {
    if let Value::Array(values) = &mut value {
        values.sort_by_key(ToString::to_string);
        values.dedup();
    }
    value
}

fn body(answer: &Answer, kind: &str) -> Value {
    ordered(match kind {
        "ndjson" => masked(&Value::Array(lines(answer))),
        "json" => masked(&serde_json::from_slice(&answer.body).unwrap_or_default()),
        _ => Value::Null,
    })
}

#[tokio::test]
async fn what_was_recorded_of_images_happens_here_too() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = manifest.join("../../../shared/docker-recordings");
    if !folder.is_dir() {
        _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"SKIPPED: no recordings of a real engine in ../shared/docker-recordings\n",
        )
        .ok();
        return;
    }
    let mut files: Vec<_> = folder
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let engine = recorded_world::engine();
    let mut saved = Vec::new();
    let (mut all, mut wrong) = (0, Vec::new());
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if !(13..=47).contains(&name[..3].parse::<u32>().unwrap()) {
            continue;
        }
        let recording: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        for exchange in recording["exchanges"].as_array().unwrap() {
            let (request, response) = (&exchange["request"], &exchange["response"]);
            let path = request["path"].as_str().unwrap();
            if !path.contains("/images/") && !path.ends_with("/auth") {
                continue;
            }
            let query = request["query"].as_array().unwrap().iter().map(|pair| {
                format!(
                    "{}={}",
                    pair[0].as_str().unwrap(),
                    escaped(pair[1].as_str().unwrap())
                )
            });
            let target = format!("{path}?{}", query.collect::<Vec<_>>().join("&"));
            let answer = match (request["method"].as_str().unwrap(), &request["body"]) {
                ("POST", upload) if upload["kind"] == "tar" && path.ends_with("/load") => {
                    send(&engine, &target, "application/x-tar", &saved).await
                }
                ("POST", upload) if upload["kind"] == "tar" => {
                    send(&engine, &target, "text/plain", &small_archive()).await
                }
                ("POST", upload) if upload["kind"] == "text" => {
                    let text = upload["value"].as_str().unwrap();
                    send(&engine, &target, "application/x-tar", text.as_bytes()).await
                }
                ("POST", upload) => post(&engine, &target, &upload["value"].to_string()).await,
                (method, _) => ask(&engine, method, &target).await,
            };
            all += 1;
            if answer.header("Content-Type") == Some("application/x-tar") {
                saved.clone_from(&answer.body);
            }
            let kind = response["body"]["kind"].as_str().unwrap_or_default();
            let (theirs, ours) = (recorded_body(&response["body"]), body(&answer, kind));
            if response["status"] != answer.status || theirs != ours {
                let status = answer.status;
                wrong.push(format!("{name} {target}: {status}\n  {theirs}\n  {ours}"));
            }
        }
        // What the recorder took away again before the next command.
        let taken = match &name[..3] {
            "044" => "127.0.0.1:5000/me/bb:1",
            "045" => "127.0.0.1:1/bb",
            _ => continue,
        };
        ask(&engine, "DELETE", &format!("/images/{taken}")).await;
    }

    eprintln!("matched {} of {all}", all - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all > 30, "only {all} exchanges were compared");
}

#[tokio::test]
async fn what_cannot_be_done_with_images_is_refused_in_the_engines_words() {
    let engine = recorded_world::engine();
    pulled(&engine, "busybox").await;
    let unreachable = "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io on 10.255.255.53:53: dial udp 10.255.255.53:53: connect: network is unreachable";
    let uppercase = "invalid reference format: repository name (library/BAD) must be lowercase";
    for (method, target, status, message) in [
        (
            "GET",
            "/images/nosuch/json",
            404,
            "No such image: nosuch:latest",
        ),
        ("GET", "/images/BAD/json", 400, uppercase),
        (
            "GET",
            "/images/nosuch/history",
            404,
            "No such image: nosuch:latest",
        ),
        (
            "DELETE",
            "/images/nosuch",
            404,
            "No such image: nosuch:latest",
        ),
        ("POST", "/images/busybox/tag?repo=BAD", 400, uppercase),
        (
            "POST",
            "/images/busybox/tag?repo=x&tag=b!d",
            400,
            "invalid tag format",
        ),
        (
            "POST",
            "/images/busybox/tag?repo=sha256&tag=x",
            400,
            "refusing to create an ambiguous tag using digest algorithm as name",
        ),
        ("GET", "/images/nosuch/get", 404, "No such image: nosuch"),
        (
            "GET",
            "/images/get?names=nosuch",
            404,
            "No such image: nosuch",
        ),
        (
            "POST",
            "/images/create",
            500,
            "Get \"http:\": http: no Host in request URL",
        ),
        (
            "POST",
            "/images/create?fromImage=busybox&tag=nosuch",
            500,
            unreachable,
        ),
        ("POST", "/images/create?fromImage=BAD", 400, uppercase),
        (
            "POST",
            "/images/create?fromImage=busybox&tag=latest&platform=bad/x/y/z",
            400,
            "\"bad/x/y/z\": cannot parse platform specifier: invalid argument",
        ),
        (
            "GET",
            "/images/json?filters={\"reference\":[\"%5B\"]}",
            500,
            "syntax error in pattern",
        ),
        (
            "GET",
            "/images/json?filters={\"dangling\":[\"x\"]}",
            400,
            "invalid filter 'dangling=[x]'",
        ),
        (
            "GET",
            "/images/json?filters={\"before\":[\"nosuch\"]}",
            404,
            "No such image: nosuch:latest",
        ),
        (
            "POST",
            "/images/prune?filters={\"dangling\":[\"x\"]}",
            400,
            "invalid filter 'dangling=[x]'",
        ),
        (
            "POST",
            "/commit?container=nosuch",
            404,
            "No such container: nosuch",
        ),
        ("POST", "/commit?container=nosuch&repo=BAD", 400, uppercase),
    ] {
        let answer = ask(&engine, method, &requested(target)).await;

        let told = (answer.status, answer.message());
        assert_eq!(told, (status, message.to_owned()), "{method} {target}");
    }
}

/// Writes a target so that it may stand in a request.
fn requested(target: &str) -> String {
    let special = ['{', '}', '"', '[', ']'];
    target
        .chars()
        .fold(String::new(), |written, char| match char {
            char if special.contains(&char) => format!("{written}%{:02X}", u32::from(char)),
            char => written + char.encode_utf8(&mut [0; 4]),
        })
}

#[tokio::test]
async fn what_is_no_archive_is_refused_where_it_is_brought() {
    let engine = recorded_world::engine();
    let eof = "{\"errorDetail\":{\"message\":\"unexpected EOF\"},\"error\":\"unexpected EOF\"}\r\n";

    let loaded = send(&engine, "/images/load", "application/x-tar", b"not a tar").await;
    assert_eq!((loaded.status, text(&loaded).as_str()), (200, eof));

    let import = "/images/create?fromSrc=-&repo=imp&tag=1";
    let imported = send(&engine, import, "text/plain", b"not a tar").await;
    assert_eq!(
        (imported.status, imported.message().as_str()),
        (500, "unexpected EOF")
    );

    let changed = format!("{import}&changes=BOGUS%20x");
    let changed = send(&engine, &changed, "text/plain", &small_archive()).await;
    assert_eq!(changed.status, 400);
    assert_eq!(changed.message(), "BOGUS is not a valid change command");

    let imported = send(&engine, import, "text/plain", &small_archive()).await;
    let id = lines(&imported)[0]["status"].as_str().unwrap().to_owned();
    let image = ask(&engine, "GET", "/images/imp:1/json").await.json();
    assert_eq!(
        (image["Id"].as_str(), &image["Size"]),
        (Some(id.as_str()), &json!(1))
    );
}

#[tokio::test]
async fn a_tag_without_a_repository_does_nothing_and_is_no_mistake() {
    let engine = recorded_world::engine();
    pulled(&engine, "busybox").await;

    let answer = post(&engine, "/images/busybox/tag", "").await;

    assert_eq!((answer.status, answer.body.len()), (200, 0));
}

#[tokio::test]
async fn a_push_to_where_nothing_answers_says_so_in_its_stream() {
    let engine = recorded_world::engine();
    pulled(&engine, "busybox").await;

    let answer = post(&engine, "/images/busybox/push", "").await;

    assert_eq!(answer.status, 200);
    let told = lines(&answer);
    assert_eq!(
        told[0]["status"],
        "The push refers to repository [docker.io/library/busybox]"
    );
    let words = told[1]["error"].as_str().unwrap();
    assert!(
        words.ends_with("connect: network is unreachable"),
        "{words}"
    );
}

#[tokio::test]
async fn a_distribution_is_told_by_its_manifest() {
    let engine = recorded_world::engine();

    let told = ask(&engine, "GET", "/distribution/busybox/json").await;

    let shape = "{\"Descriptor\":{\"mediaType\":\"application/vnd.docker.distribution.manifest.v2+json\",\"digest\":\"sha256:<id>\",\"size\":527},\"Platforms\":[{\"architecture\":\"amd64\",\"os\":\"linux\"}]}\n";
    assert_eq!(
        (told.status, masked_text(&text(&told)).as_str()),
        (200, shape)
    );
}

#[tokio::test]
async fn older_versions_are_told_more_of_images() {
    let engine = recorded_world::engine();
    pulled(&engine, "busybox").await;
    let keys = async |target: &str| {
        let told = ask(&engine, "GET", target).await.json();
        let told = if told.is_array() {
            told[0].clone()
        } else {
            told
        };
        let own = told
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>();
        let config = told["Config"].as_object().map_or(0, serde_json::Map::len);
        (own, config)
    };
    let has = |keys: &[String], key: &str| keys.iter().any(|known| known == key);

    let (newest, config) = keys("/v1.51/images/busybox/json").await;
    assert!(!has(&newest, "VirtualSize") && !has(&newest, "ContainerConfig"));
    assert_eq!((config, keys("/v1.50/images/busybox/json").await.1), (8, 8));
    assert_eq!(keys("/v1.49/images/busybox/json").await.1, 17);
    assert!(!has(
        &keys("/v1.45/images/busybox/json").await.0,
        "ContainerConfig"
    ));
    assert!(has(
        &keys("/v1.44/images/busybox/json").await.0,
        "ContainerConfig"
    ));
    for list in ["images/json", "images/busybox/json"] {
        assert!(!has(
            &keys(&format!("/v1.44/{list}")).await.0,
            "VirtualSize"
        ));
        assert!(has(&keys(&format!("/v1.43/{list}")).await.0, "VirtualSize"));
    }
    let usage = async |version: &str| {
        let told = ask(&engine, "GET", &format!("/{version}/system/df"))
            .await
            .json();
        told["Images"][0].get("VirtualSize").is_some()
    };
    assert!(usage("v1.43").await && !usage("v1.44").await);
}

#[tokio::test]
async fn an_image_that_a_container_needs_is_refused_to_those_who_remove_it() {
    let engine = recorded_world::engine();
    pulled(&engine, "hello-world").await;
    let made = post(&engine, "/containers/create", r#"{"Image":"hello-world"}"#).await;
    assert_eq!(made.status, 201, "{}", text(&made));

    let refused = ask(&engine, "DELETE", "/images/hello-world").await;
    let forced = ask(&engine, "DELETE", "/images/hello-world?force=1")
        .await
        .json();

    assert_eq!(refused.status, 409);
    assert_eq!(
        masked_text(&refused.message()),
        "conflict: unable to remove repository reference \"hello-world\" (must force) - container <id> is using its referenced image <id>"
    );
    let forced = forced.as_array().unwrap();
    assert_eq!(forced.len(), 3, "the container holds the layer: {forced:?}");
    let container = made.json()["Id"].as_str().unwrap().to_owned();
    assert_eq!(
        ask(&engine, "DELETE", &format!("/containers/{container}"))
            .await
            .status,
        204
    );
    let usage = ask(&engine, "GET", "/system/df").await.json();
    assert_eq!(usage["LayersSize"], 0);
}

#[tokio::test]
async fn a_login_goes_well_at_a_registry_that_answers() {
    let engine = Engine::builder().build();
    let login = r#"{"username":"me","password":"pw","serveraddress":"localhost:5000"}"#;

    let answer = post(&engine, "/auth", login).await;

    assert_eq!(answer.status, 200);
    assert_eq!(
        text(&answer),
        "{\"IdentityToken\":\"\",\"Status\":\"Login Succeeded\"}\n"
    );
    assert_eq!(post(&engine, "/auth", "{}").await.status, 401);
}

#[tokio::test]
async fn a_search_tells_what_the_catalogue_has() {
    let engine = Engine::builder().build();

    let found = ask(&engine, "GET", "/images/search?term=redis&limit=1").await;

    let found = found.json();
    assert_eq!(found.as_array().unwrap().len(), 1);
    let keys: Vec<&String> = found[0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "star_count",
            "is_official",
            "name",
            "is_automated",
            "description"
        ]
    );
    assert_eq!(
        (&found[0]["name"], &found[0]["is_official"]),
        (&json!("redis"), &json!(true))
    );
    let refused = ask(&engine, "GET", "/images/search?term=redis&limit=101").await;
    assert_eq!(
        (refused.status, refused.message().as_str()),
        (400, "limit 101 is outside the range of [1, 100]")
    );
}

#[tokio::test]
async fn what_came_of_the_catalogue_is_as_large_after_an_archive() {
    let engine = Engine::builder().build();
    let images = ["hello-world:latest", "nginx:alpine"];
    for name in images {
        pulled(&engine, name).await;
    }
    let shown = async |engine: &Engine| {
        let listed = ask(engine, "GET", "/images/json").await.json();
        let mut sizes: Vec<(String, u64)> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|image| {
                let name = image["RepoTags"][0].as_str().unwrap().to_owned();
                (name, image["Size"].as_u64().unwrap())
            })
            .collect();
        sizes.sort();
        let mut told = vec![format!("{sizes:?}")];
        for name in images {
            let steps = ask(engine, "GET", &format!("/images/{name}/history")).await;
            let steps = steps.json();
            let sizes = steps.as_array().unwrap().iter().map(|step| &step["Size"]);
            told.push(sizes.map(Value::to_string).collect::<Vec<_>>().join(" "));
        }
        let usage = ask(engine, "GET", "/system/df").await.json();
        told.push(usage["LayersSize"].to_string());
        told
    };
    let before = shown(&engine).await;
    assert!(
        before[0].contains("(\"hello-world:latest\", 10072)"),
        "{before:?}"
    );
    let saved = ask(
        &engine,
        "GET",
        "/images/get?names=hello-world&names=nginx:alpine",
    )
    .await;
    // One that has them no longer, and one that has never had them.
    for name in images {
        ask(&engine, "DELETE", &format!("/images/{name}")).await;
    }
    for engine in [engine, Engine::builder().build()] {
        let loaded = send(&engine, "/images/load", "application/x-tar", &saved.body).await;
        assert_eq!(loaded.status, 200);
        assert_eq!(shown(&engine).await, before);
    }
    // What is no layer of the catalogue's is as large as its files.
    let engine = Engine::builder().build();
    let import = "/images/create?fromSrc=-&repo=own";
    let made = send(&engine, import, "application/x-tar", &small_archive()).await;
    assert_eq!(made.status, 200);
    let told = ask(&engine, "GET", "/images/own/json").await.json();
    assert!(told["Size"].as_u64().unwrap() < 1000, "{told}");
}
