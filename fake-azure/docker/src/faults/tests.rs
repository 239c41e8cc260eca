use std::time::Duration;

use serde_json::json;
use simulation::Clock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

use super::*;

fn engine() -> (Engine, Clock) {
    let clock = Clock::by_hand(Timestamp::UNIX_EPOCH);
    (Engine::builder().clock(clock.clone()).build(), clock)
}

fn arrange(engine: &Engine, rule: serde_json::Value) {
    engine
        .break_next(serde_json::from_value(rule).unwrap())
        .unwrap();
}

/// A connection on which a path was asked for.
async fn ask(engine: &Engine, path: &str) -> DuplexStream {
    let (mut client, server) = tokio::io::duplex(1 << 16);
    let engine = engine.clone();
    tokio::spawn(async move { engine.serve(server).await });
    let request = format!("GET {path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n");
    // Nobody may be listening any more.
    client.write_all(request.as_bytes()).await.ok();
    client
}

/// What comes back on a document that was posted.
async fn post(engine: &Engine, path: &str, document: serde_json::Value) -> String {
    let (mut client, far_end) = tokio::io::duplex(1 << 20);
    let engine = engine.clone();
    tokio::spawn(async move { engine.serve(far_end).await });
    let body = document.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    client.write_all(request.as_bytes()).await.unwrap();
    answer(client).await
}

/// Makes a container that runs a command of the shell.
async fn make(engine: &Engine, name: &str, command: &str, host: serde_json::Value) {
    post(
        engine,
        "/images/create?fromImage=alpine&tag=latest",
        json!({}),
    )
    .await;
    let asked = json!({"Image": "alpine", "Cmd": ["sh", "-c", command], "HostConfig": host});
    let made = post(engine, &format!("/containers/create?name={name}"), asked).await;
    assert_eq!(status(&made), "201", "{made}");
}

async fn start(engine: &Engine, name: &str) {
    let started = post(engine, &format!("/containers/{name}/start"), json!(null)).await;
    assert_eq!(status(&started), "204", "{started}");
}

/// The state of a container.
async fn state(engine: &Engine, name: &str) -> serde_json::Value {
    let told = get(engine, &format!("/containers/{name}/json")).await;
    let body = told.split("\r\n\r\n").nth(1).unwrap();
    // A long answer comes in chunks: the document begins at its brace.
    let document = &body[body.find('{').unwrap()..=body.rfind('}').unwrap()];
    serde_json::from_str::<serde_json::Value>(document).unwrap()["State"].clone()
}

/// All that comes back on a connection.
async fn answer(mut client: DuplexStream) -> String {
    let mut text = String::new();
    client.read_to_string(&mut text).await.ok();
    text
}

async fn get(engine: &Engine, path: &str) -> String {
    answer(ask(engine, path).await).await
}

async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

fn status(answer: &str) -> &str {
    answer.get(9..12).unwrap_or_default()
}

#[tokio::test]
async fn the_nth_call_is_answered_wrongly_and_the_next_rightly() {
    let (engine, _) = engine();
    arrange(
        &engine,
        json!({"match": {"method": "GET", "path": "^/info$"}, "nth": 2,
               "effect": {"status": 503, "message": "busy", "headers": {"Retry-After": "1"}}}),
    );
    assert_eq!(status(&get(&engine, "/v1.41/info").await), "200");
    assert_eq!(status(&get(&engine, "/version").await), "200");
    let wrong = get(&engine, "/info").await;
    assert_eq!(status(&wrong), "503");
    assert!(wrong.contains("Retry-After: 1") && wrong.ends_with("{\"message\":\"busy\"}\n"));
    assert_eq!(status(&get(&engine, "/info").await), "200");
    assert_eq!(engine.clear_breaks()[0].fired, 1);
}

#[tokio::test]
async fn a_call_is_cut_before_or_after_it_took_effect() {
    let (engine, _) = engine();
    for when in ["before", "after"] {
        arrange(&engine, json!({"when": when, "effect": {"drop": true}}));
        assert_eq!(get(&engine, "/info").await, "");
    }
    let journal = engine.journal();
    let told: Vec<_> = journal
        .iter()
        .map(|e| (e.status, e.detail.clone()))
        .collect();
    assert_eq!(told[0], (0, Some("cut before it took effect".to_owned())));
    assert_eq!(told[1], (0, Some("cut after it took effect".to_owned())));
    assert_eq!(status(&get(&engine, "/info").await), "200");
}

#[tokio::test]
async fn an_answer_is_cut_in_the_middle_or_made_of_garbage() {
    let (engine, _) = engine();
    let whole = get(&engine, "/version").await;
    let (head, body) = whole.split_once("\r\n\r\n").unwrap();
    arrange(&engine, json!({"when": "after", "effect": {"cut": true}}));
    let cut = get(&engine, "/version").await;
    assert_eq!(cut, format!("{head}\r\n\r\n{}", &body[..body.len() / 2]));
    // An answer that comes in pieces, and one without a body.
    make(&engine, "web", "sleep 1000", json!({})).await;
    for path in ["/containers/web/json", "/containers/web/start"] {
        arrange(&engine, json!({"when": "after", "effect": {"cut": true}}));
        let method = if path.ends_with("start") {
            "POST"
        } else {
            "GET"
        };
        let cut = match method {
            "POST" => post(&engine, path, json!(null)).await,
            _ => get(&engine, path).await,
        };
        assert!(cut.starts_with("HTTP/1.1 20"), "{cut}");
        assert!(!cut.ends_with("0\r\n\r\n"), "{cut}");
    }
    assert_eq!(state(&engine, "web").await["Running"], true);
    arrange(&engine, json!({"effect": {"garbage": "<html>"}}));
    let page = get(&engine, "/info").await;
    assert!(
        page.starts_with("HTTP/1.1 200") && page.ends_with("\r\n\r\n<html>"),
        "{page}"
    );
    arrange(&engine, json!({"effect": {"garbage": true}}));
    let (mut client, far_end) = tokio::io::duplex(1 << 16);
    let served = engine.clone();
    tokio::spawn(async move { served.serve(far_end).await });
    let asked = b"GET /info HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n";
    client.write_all(asked).await.unwrap();
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).await.unwrap();
    assert!(String::from_utf8(bytes).is_err());
}

#[tokio::test]
async fn whoever_comes_too_often_is_told_when_to_come_again() {
    let (engine, _) = engine();
    arrange(&engine, json!({"effect": {"throttle": 30}}));
    let told = get(&engine, "/info").await;
    assert_eq!(status(&told), "429");
    assert!(told.contains("Retry-After: 30\r\n"), "{told}");
}

#[tokio::test]
async fn calls_are_matched_by_container_image_and_route() {
    let (engine, _) = engine();
    for name in ["web", "db"] {
        make(&engine, name, "sleep 1000", json!({})).await;
    }
    let of = |json: serde_json::Value| json!({"match": json, "every": 1, "effect": {"status": 500, "message": "no"}});
    let id = {
        let told = get(&engine, "/containers/web/json").await;
        let at = told.find("\"Id\":\"").unwrap() + 6;
        told[at..at + 64].to_owned()
    };
    let is_hit = async |rule: serde_json::Value, method: &str, path: &str, body| {
        arrange(&engine, of(rule));
        let told = match method {
            "GET" => get(&engine, path).await,
            _ => post(&engine, path, body).await,
        };
        engine.clear_breaks();
        told.ends_with("{\"message\":\"no\"}\n")
    };
    let json = format!("/containers/{}/json", &id[..12]);
    assert!(is_hit(json!({"container": "web"}), "GET", &json, json!(null)).await);
    assert!(
        is_hit(
            json!({"container": id}),
            "GET",
            "/containers/web/json",
            json!(null)
        )
        .await
    );
    assert!(!is_hit(json!({"container": "db"}), "GET", &json, json!(null)).await);
    assert!(is_hit(json!({"image": "alpine"}), "GET", &json, json!(null)).await);
    let route = json!({"operation": "/containers/{id}/json"});
    assert!(is_hit(route.clone(), "GET", &json, json!(null)).await);
    assert!(!is_hit(route, "GET", "/info", json!(null)).await);
    let pull = "/v1.51/images/create?fromImage=redis&tag=7";
    assert!(is_hit(json!({"image": "redis:7"}), "POST", pull, json!(null)).await);
    assert!(!is_hit(json!({"image": "redis:6"}), "POST", pull, json!(null)).await);
    let create = "/containers/create?name=new";
    let made = json!({"Image": "alpine", "Cmd": ["true"]});
    assert!(is_hit(json!({"image": "alpine"}), "POST", create, made.clone()).await);
    assert!(is_hit(json!({"container": "new"}), "POST", create, made.clone()).await);
    // Whoever looked at the body left it as it was.
    assert!(!is_hit(json!({"image": "redis"}), "POST", create, made).await);
    assert_eq!(state(&engine, "new").await["Status"], "created");
}

#[tokio::test]
async fn faults_by_chance_follow_from_the_engines_seed() {
    let seen = async |seed| {
        let engine = Engine::builder().seed(seed).build();
        let rule = json!({"probability": 0.5, "effect": {"status": 503}});
        arrange(&engine, rule);
        let mut seen = String::new();
        for _ in 0..40 {
            seen += status(&get(&engine, "/info").await);
        }
        let told = engine.breaks();
        assert_eq!(told[0].matched, 40);
        assert_eq!(told[0].at.len() as u64, told[0].fired);
        assert_eq!(told[0].at[0].operation, "/info");
        seen
    };
    let once = seen(1).await;
    assert_eq!(once, seen(1).await);
    assert_ne!(once, seen(2).await);
}

#[tokio::test]
async fn a_slow_answer_comes_by_the_engines_clock() {
    let (engine, clock) = engine();
    for when in ["before", "after"] {
        arrange(&engine, json!({"when": when, "effect": {"delay": 30}}));
        let asked = tokio::spawn(answer(ask(&engine, "/info").await));
        settle().await;
        clock.advance(Duration::from_secs(29));
        settle().await;
        assert!(!asked.is_finished());
        clock.advance(Duration::from_secs(1));
        assert_eq!(status(&asked.await.unwrap()), "200");
    }
}

#[tokio::test]
async fn a_hanging_call_is_let_go_when_the_faults_are_taken_back() {
    let (engine, clock) = engine();
    arrange(&engine, json!({"effect": {"hang": true}}));
    let asked = tokio::spawn(answer(ask(&engine, "/info").await));
    settle().await;
    clock.advance(Duration::from_hours(1));
    assert_eq!(status(&get(&engine, "/info").await), "200");
    assert!(!asked.is_finished());
    engine.clear_breaks();
    assert_eq!(asked.await.unwrap(), "");
}

#[tokio::test]
async fn a_daemon_that_is_down_cuts_all_connections_until_it_is_up() {
    let (engine, clock) = engine();
    arrange(
        &engine,
        json!({"match": {"path": "version"}, "effect": {"down": 60}}),
    );
    let (mut idle, far_end) = tokio::io::duplex(64);
    let other = engine.clone();
    let served = tokio::spawn(async move { other.serve(far_end).await });
    settle().await;
    assert_eq!(get(&engine, "/version").await, "");
    served.await.unwrap();
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0);
    assert_eq!(get(&engine, "/info").await, "");
    clock.advance(Duration::from_mins(1));
    assert_eq!(status(&get(&engine, "/info").await), "200");

    arrange(&engine, json!({"effect": {"down": true}}));
    assert_eq!(get(&engine, "/info").await, "");
    clock.advance(Duration::from_hours(1));
    assert_eq!(get(&engine, "/info").await, "");
    engine.clear_breaks();
    assert_eq!(status(&get(&engine, "/info").await), "200");
}

#[tokio::test]
async fn every_call_is_in_the_journal() {
    let (engine, _) = engine();
    get(&engine, "/v1.51/containers/web/json?size=1").await;
    get(&engine, "/nowhere").await;
    get(&engine, "//info").await;
    let journal = engine.journal();
    let first = &journal[0];
    assert_eq!(first.number, 1);
    assert_eq!(first.time, Timestamp::UNIX_EPOCH);
    assert_eq!(first.route, "/containers/{id}/json");
    assert_eq!(first.method, "GET");
    assert_eq!(first.path, "/v1.51/containers/web/json?size=1");
    assert_eq!(first.status, 404);
    assert_eq!(first.detail.as_deref(), Some("No such container: web"));
    assert_eq!((journal[1].route.as_str(), journal[1].status), ("", 404));
    assert_eq!((journal[2].route.as_str(), journal[2].status), ("", 301));
    engine.clear_journal();
    assert!(engine.journal().is_empty());
}

#[tokio::test]
async fn a_container_dies_by_itself_when_its_time_has_come() {
    let (engine, clock) = engine();
    make(&engine, "web", "sleep 1000", json!({})).await;
    let rule = json!({"match": {"path": "/web/start$"},
                      "effect": {"die": {"after": 30, "exit_code": 7}}});
    arrange(&engine, rule);
    start(&engine, "web").await;
    settle().await;
    clock.advance(Duration::from_secs(29));
    settle().await;
    assert_eq!(state(&engine, "web").await["Running"], true);
    clock.advance(Duration::from_secs(1));
    settle().await;
    let ended = state(&engine, "web").await;
    assert_eq!(ended["Status"], "exited");
    assert_eq!(
        (&ended["ExitCode"], &ended["OOMKilled"]),
        (&json!(7), &json!(false))
    );

    // The next start is as ever.
    start(&engine, "web").await;
    clock.advance(Duration::from_mins(5));
    settle().await;
    assert_eq!(state(&engine, "web").await["Running"], true);
}

#[tokio::test]
async fn a_container_that_runs_out_of_memory_says_so() {
    let (engine, _) = engine();
    make(&engine, "web", "sleep 1000", json!({})).await;
    arrange(
        &engine,
        json!({"match": {"path": "/start"}, "effect": {"out_of_memory": true}}),
    );
    start(&engine, "web").await;
    settle().await;
    let ended = state(&engine, "web").await;
    assert_eq!(
        (&ended["ExitCode"], &ended["OOMKilled"]),
        (&json!(137), &json!(true))
    );
    let state = engine.state();
    let events: Vec<_> = state.events.from(0).0.map(|e| e.action.clone()).collect();
    drop(state);
    let last = &events[events.len() - 3..];
    assert_eq!(
        last.iter().filter(|action| *action == "oom").count(),
        1,
        "{events:?}"
    );
}

#[tokio::test]
async fn what_is_arranged_for_a_container_that_does_not_run_waits_for_its_start() {
    let (engine, clock) = engine();
    make(&engine, "web", "sleep 1000", json!({})).await;
    arrange(
        &engine,
        json!({"match": {"container": "web"}, "effect": {"out_of_memory": {"after": 1}}}),
    );
    // As `docker run` does, which attaches and waits before it starts.
    let told = get(&engine, "/containers/web/json").await;
    assert_eq!(status(&told), "200");
    clock.advance(Duration::from_mins(1));
    settle().await;
    start(&engine, "web").await;
    settle().await;
    assert_eq!(state(&engine, "web").await["Running"], true);
    clock.advance(Duration::from_secs(1));
    settle().await;
    let ended = state(&engine, "web").await;
    assert_eq!(
        (&ended["ExitCode"], &ended["OOMKilled"]),
        (&json!(137), &json!(true))
    );
    let events: Vec<_> = {
        let seen = engine.state();
        seen.events.from(0).0.map(|e| e.action.clone()).collect()
    };
    let last = &events[events.len() - 3..];
    assert_eq!(last, ["oom", "disconnect", "die"], "{events:?}");
    start(&engine, "web").await;
    clock.advance(Duration::from_mins(1));
    settle().await;
    assert_eq!(state(&engine, "web").await["Running"], true);
}

#[tokio::test]
async fn a_container_finds_its_disk_full_until_the_faults_are_taken_back() {
    let (engine, _) = engine();
    let command = "echo x > /tmp/a && exit 3; exit 4";
    make(&engine, "web", command, json!({})).await;
    arrange(
        &engine,
        json!({"match": {"path": "/web/start"}, "effect": {"disk_full": true}}),
    );
    start(&engine, "web").await;
    settle().await;
    assert_eq!(state(&engine, "web").await["ExitCode"], 4);
    engine.clear_breaks();
    start(&engine, "web").await;
    settle().await;
    assert_eq!(state(&engine, "web").await["ExitCode"], 3);

    arrange(&engine, json!({"effect": {"disk_full": true}}));
    let refused = post(&engine, "/images/create?fromImage=busybox", json!({})).await;
    assert_eq!(status(&refused), "500");
    assert!(refused.contains("no space left on device"), "{refused}");
}

#[tokio::test]
async fn a_pull_is_slow_or_fails_on_its_way() {
    let (engine, clock) = engine();
    let path = "/images/create?fromImage=alpine&tag=latest";
    let rule = json!({"match": {"path": "^/images/create"},
                      "effect": {"pull": {"fail": "toomanyrequests: slow down"}}});
    arrange(&engine, rule);
    let failed = post(&engine, path, json!({})).await;
    assert_eq!(status(&failed), "200");
    assert!(
        failed.contains("\"error\":\"toomanyrequests: slow down\""),
        "{failed}"
    );
    assert_eq!(status(&get(&engine, "/images/alpine/json").await), "404");

    arrange(&engine, json!({"effect": {"pull": {"delay": 60}}}));
    let pulling = tokio::spawn({
        let engine = engine.clone();
        async move { post(&engine, path, json!({})).await }
    });
    settle().await;
    clock.advance(Duration::from_secs(30));
    settle().await;
    assert!(!pulling.is_finished());
    clock.advance(Duration::from_mins(5));
    assert!(pulling.await.unwrap().contains("Pull complete"));
    assert_eq!(status(&get(&engine, "/images/alpine/json").await), "200");
}

#[tokio::test]
async fn a_host_that_was_switched_off_starts_what_its_policies_say() {
    let (engine, clock) = engine();
    for (name, policy) in [
        ("plain", "no"),
        ("always", "always"),
        ("unless", "unless-stopped"),
    ] {
        let host = json!({"RestartPolicy": {"Name": policy}});
        make(&engine, name, "sleep 1000", host).await;
        start(&engine, name).await;
    }
    settle().await;
    engine.power_off();
    settle().await;
    for name in ["plain", "always", "unless"] {
        let ended = state(&engine, name).await;
        assert_eq!(
            (&ended["Running"], &ended["ExitCode"]),
            (&json!(false), &json!(137)),
            "{name}"
        );
    }
    clock.advance(Duration::from_mins(5));
    settle().await;
    assert_eq!(state(&engine, "always").await["Running"], false);
    engine.power_on();
    settle().await;
    assert_eq!(state(&engine, "plain").await["Running"], false);
    assert_eq!(state(&engine, "always").await["Running"], true);
    assert_eq!(state(&engine, "unless").await["Running"], true);

    engine.shut_down();
    settle().await;
    assert_eq!(get(&engine, "/info").await, "");
}

#[tokio::test]
async fn somebody_outside_reaches_what_is_published() {
    let (engine, _) = engine();
    post(
        &engine,
        "/images/create?fromImage=nginx&tag=latest",
        json!({}),
    )
    .await;
    let asked = json!({"Image": "nginx", "ExposedPorts": {"80/tcp": {}},
                       "HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "8080"}]}}});
    post(&engine, "/containers/create?name=web", asked).await;
    assert!(engine.dial(8080).await.is_none());
    start(&engine, "web").await;
    settle().await;
    let mut stream = engine.dial(8080).await.unwrap();
    let request = b"GET / HTTP/1.0\r\nHost: web\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    assert!(page.contains("Welcome to nginx!"), "{page}");
    assert!(engine.dial(80).await.is_none());
}

#[test]
fn rules_that_are_nearly_right_are_arranged_or_refused_in_few_words() {
    const SEEDS: &[&str] = &[
        r#"{"match": {"method": "POST", "path": "/start$"}, "nth": 2, "effect": {"die": {"after": 3, "exit_code": 1}}}"#,
        r#"{"when": "after", "effect": {"status": 500, "message": "a", "headers": {"b": "c"}}}"#,
        r#"{"effect": {"pull": {"delay": 5, "fail": "gone"}}}"#,
        r#"{"effect": {"down": 30}}"#,
        r#"{"effect": {"out_of_memory": {"after": 3}}}"#,
        r#"{"match": {"operation": "/containers/create", "image": "redis"}, "every": 2, "probability": 0.5, "times": 3, "effect": {"garbage": "x"}}"#,
    ];
    const WORDS: &[&str] = &[
        "null",
        "true",
        "-1",
        "1e400",
        "\"drop\"",
        "\"hang\"",
        "\"delay\"",
        "\"disk_full\"",
        "{1000}",
        "(",
        "\"",
        "{",
        "}",
        ":",
        ",",
    ];
    let mutation = simulation::mutation::Mutation::new(31, SEEDS, WORDS);
    let count = simulation::mutation::count(2000);
    let mut arranged = 0;
    simulation::mutation::try_out(mutation, count, |_, input| {
        let Ok(written) = serde_json::from_slice(input) else {
            return;
        };
        let mut faults = Faults::<EngineFault>::default();
        let told = match simulation::faults::read(written) {
            Err(error) => error.to_string(),
            Ok(rule) => {
                if let Err(error) = faults.add(rule) {
                    error.to_string()
                } else {
                    arranged += 1;
                    let call = Call {
                        method: "POST",
                        path: "/containers/a/start",
                        ..Call::default()
                    };
                    faults.hit(&call, Timestamp::UNIX_EPOCH);
                    return;
                }
            }
        };
        assert!(
            !told.contains("did not match any variant") && told.len() < 64 << 10,
            "{told}"
        );
    });
    assert!(arranged > 20, "{arranged}");
}

#[tokio::test]
async fn a_refused_start_takes_away_what_goes_when_it_ends() {
    let (engine, _) = engine();
    for (name, goes) in [("goes", true), ("stays", false)] {
        make(&engine, name, "true", json!({"AutoRemove": goes})).await;
        arrange(
            &engine,
            json!({"match": {"operation": "/containers/{id}/start"},
                   "effect": {"status": 500, "message": "no space left on device"}}),
        );
        let path = format!("/containers/{name}/wait?condition=removed");
        let mut waits = tokio::spawn({
            let engine = engine.clone();
            async move { post(&engine, &path, json!(null)).await }
        });
        settle().await;
        let refused = post(&engine, &format!("/containers/{name}/start"), json!(null)).await;
        assert_eq!(status(&refused), "500", "{refused}");
        settle().await;

        let there = get(&engine, &format!("/containers/{name}/json")).await;
        if goes {
            assert!((&mut waits).await.unwrap().contains("StatusCode"));
            assert_eq!(status(&there), "404", "{there}");
        } else {
            assert!(!waits.is_finished());
            assert_eq!(status(&there), "200", "{there}");
            waits.abort();
        }
    }
}

#[tokio::test]
async fn what_befalls_pulls_or_containers_waits_for_one() {
    let (engine, _) = engine();
    arrange(&engine, json!({"effect": {"pull": {"fail": "gone"}}}));
    assert_eq!(status(&get(&engine, "/info").await), "200");
    let pulled = post(
        &engine,
        "/images/create?fromImage=alpine&tag=3.19",
        json!({}),
    )
    .await;
    assert!(pulled.contains("gone"), "{pulled}");

    make(&engine, "web", "sleep 100", json!({})).await;
    arrange(&engine, json!({"effect": {"out_of_memory": true}}));
    assert_eq!(status(&get(&engine, "/version").await), "200");
    start(&engine, "web").await;
    settle().await;
    assert_eq!(state(&engine, "web").await["OOMKilled"], true);
}
