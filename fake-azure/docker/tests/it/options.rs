//! Options that a real engine does not know, or cannot do here: the words and the moment of its
//! refusal.

use fake_docker::Engine;
use serde_json::{Value, json};

use crate::alpine::{engine, exec};
use crate::wire::{ask, post};

/// Asks for a container that sleeps; the status and the words.
async fn create(engine: &Engine, name: &str, more: Value) -> (u16, String) {
    let mut body = json!({"Image": "alpine:3.22", "Cmd": ["sleep", "300"]});
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    let target = format!("/containers/create?name={name}");
    let made = post(engine, &target, &body.to_string()).await;
    match made.status {
        201 => (201, String::new()),
        status => (status, made.message()),
    }
}

async fn start(engine: &Engine, name: &str) -> (u16, String) {
    let started = ask(engine, "POST", &format!("/containers/{name}/start")).await;
    match started.status {
        204 => (204, String::new()),
        status => (status, started.message()),
    }
}

#[tokio::test]
async fn what_the_engine_does_not_know_makes_no_container() {
    let engine = engine().await;
    for (host, status, words) in [
        (
            json!({"SecurityOpt": ["foo=bar"]}),
            500,
            "invalid --security-opt 2: \"foo=bar\"",
        ),
        (
            json!({"LogConfig": {"Config": {"foo": "bar"}}}),
            400,
            "unknown log opt 'foo' for json-file log driver",
        ),
        (
            json!({"LogConfig": {"Type": "x"}}),
            400,
            "error looking up logging plugin x: plugin \"x\" not found",
        ),
        (
            json!({"Isolation": "foo"}),
            400,
            "Invalid isolation: \"foo\" - linux only supports 'default'",
        ),
        (
            json!({"CpusetMems": "9"}),
            400,
            "Requested memory nodes are not available - requested 9, available: 0",
        ),
        (
            json!({"StorageOpt": {"size": "1G"}}),
            500,
            "--storage-opt is supported only for overlay over xfs with 'pquota' mount option",
        ),
        (
            json!({"Tmpfs": {"rel": ""}}),
            400,
            "invalid mount path: 'rel' mount path must be absolute",
        ),
    ] {
        let answer = create(&engine, "box", json!({"HostConfig": host})).await;
        assert_eq!(answer, (status, words.to_owned()));
    }
    let all = ask(&engine, "GET", "/containers/json?all=1").await;
    assert_eq!(all.json(), json!([]));
}

#[tokio::test]
async fn a_working_directory_is_made_with_the_container_unless_a_file_is_there() {
    let engine = engine().await;
    let answer = create(&engine, "box", json!({"WorkingDir": "/etc/passwd"})).await;
    let words = "Cannot mkdir: /etc/passwd is not a directory".to_owned();
    assert_eq!(answer, (500, words));

    let answer = create(&engine, "box", json!({"WorkingDir": "/srv/app"})).await;
    assert_eq!(answer.0, 201);
    let changes = ask(&engine, "GET", "/containers/box/changes").await;
    let app = json!({"Path": "/srv/app", "Kind": 1});
    assert!(changes.json().as_array().unwrap().contains(&app));
}

#[tokio::test]
async fn numbers_of_users_have_a_range() {
    let engine = engine().await;
    let made = create(&engine, "box", json!({"User": "99999999999"})).await;
    assert_eq!(made.0, 201);
    let words = "uids and gids must be in range 0-2147483647".to_owned();
    assert_eq!(start(&engine, "box").await, (500, words));
}

#[tokio::test]
async fn addresses_of_the_link_are_looked_at_when_the_network_is_joined() {
    let engine = engine().await;
    let network = post(&engine, "/networks/create", r#"{"Name": "net"}"#).await;
    assert_eq!(network.status, 201);
    for (name, address) in [("good", "169.254.8.8"), ("bad", "1.2.3.4")] {
        let more = json!({
            "HostConfig": {"NetworkMode": "net"},
            "NetworkingConfig": {"EndpointsConfig": {"net": {
                "IPAMConfig": {"LinkLocalIPs": [address]}
            }}}
        });
        assert_eq!(create(&engine, name, more).await.0, 201);
    }
    assert_eq!(start(&engine, "good").await, (204, String::new()));
    let (status, words) = start(&engine, "bad").await;
    assert_eq!(status, 400);
    let end = "invalid link local IP address: 1.2.3.4";
    assert!(words.ends_with(end), "{words}");
}

#[tokio::test]
async fn devices_of_the_host_are_given_and_others_are_missed() {
    let engine = engine().await;
    let device = |from: &str, to: &str| {
        let device = json!({
            "PathOnHost": from, "PathInContainer": to, "CgroupPermissions": "rwm"
        });
        json!({"HostConfig": {"Devices": [device]}})
    };
    for (name, path, why) in [
        ("none", "/dev/nosuch", "no such file or directory"),
        ("file", "/var/run/docker.sock", "not a device node"),
    ] {
        assert_eq!(create(&engine, name, device(path, path)).await.0, 201);
        let words = format!(
            "error gathering device information while adding custom device \"{path}\": {why}"
        );
        assert_eq!(start(&engine, name).await, (500, words));
    }
    let inspected = ask(&engine, "GET", "/containers/none/json").await.json();
    assert_eq!(inspected["State"]["ExitCode"], 128);

    let given = device("/dev/net", "/dev/nets");
    assert_eq!(create(&engine, "tun", given).await.0, 201);
    assert_eq!(start(&engine, "tun").await.0, 204);
    let told = exec(&engine, "tun", "", "stat -c '%F %t %T' /dev/nets/tun").await;
    assert_eq!(told, "character special file a c8\n");
}
