//! Open descriptors as `/proc` and `/dev` show them.

use fake_docker::Engine;
use serde_json::json;

use crate::alpine::{engine, exec};
use crate::wire::{ask, post};

/// Starts a container that runs a script.
async fn run(script: &str) -> Engine {
    let engine = engine().await;
    let body = json!({"Image": "alpine:3.22", "Cmd": ["sh", "-c", script]});
    let made = post(&engine, "/containers/create?name=box", &body.to_string()).await;
    assert_eq!(made.status, 201);
    let started = ask(&engine, "POST", "/containers/box/start").await;
    assert_eq!(started.status, 204);
    engine
}

/// What the container wrote, without the heads of the frames.
async fn log(engine: &Engine) -> String {
    let log = ask(engine, "GET", "/containers/box/logs?stdout=1&stderr=1").await;
    let mut text = String::new();
    let mut rest = log.body.as_slice();
    while let Some((head, after)) = rest.split_at_checked(8) {
        let length = u32::from_be_bytes(head[4..].try_into().unwrap());
        let (frame, after) = after.split_at(usize::try_from(length).unwrap());
        text += std::str::from_utf8(frame).unwrap();
        rest = after;
    }
    text
}

#[tokio::test]
async fn descriptors_are_links_to_what_is_open() {
    let engine = run("
        for n in 0 1; do readlink /proc/self/fd/$n; done; readlink /dev/fd/2
        exec 3>/tmp/x; exec 4</etc/hostname
        ls /proc/self/fd; ls /dev/fd/ | wc -l; readlink /proc/self/fd/3
        ls -l /proc/self/fd/3 /proc/self/fd/4 | cut -c1-10
        rm /tmp/x; readlink /proc/self/fd/3
        echo word | readlink /proc/self/fd/0 | sed 's/[0-9]/9/g'
        [ -p /dev/stdout ] && [ -c /dev/stdin ] && [ -f /dev/fd/4 ] && echo kinds
        [ -e /proc/self/fd/9 ] || [ -e /dev/fd/9 ] || echo closed
        [ -r /dev/fd/4 ] && [ ! -w /dev/fd/4 ] && echo one way
        stat -c %F /dev/stdin; stat -L -c %F /dev/stdin; echo through >/dev/stderr")
    .await;
    ask(&engine, "POST", "/containers/box/wait").await;
    assert_eq!(
        log(&engine).await,
        "/dev/null\npipe:[20001]\npipe:[20002]\n\
         0\n1\n2\n3\n4\n5\n/tmp/x\nl-wx------\nlr-x------\n/tmp/x (deleted)\npipe:[99999]\nkinds\n\
         closed\none way\nsymbolic link\ncharacter special file\nthrough\n"
    );
}

#[tokio::test]
async fn who_writes_to_a_descriptor_of_the_first_process_writes_into_the_log() {
    let engine = run("sleep 300").await;
    let script = "echo hello >/proc/1/fd/1; readlink /proc/1/fd/2; readlink /proc/self/fd/0";
    let told = exec(&engine, "box", "", script).await;
    assert_eq!(told, "pipe:[20002]\n/dev/pts/0\n");
    assert_eq!(log(&engine).await, "hello\n");

    let told = exec(&engine, "box", "1000", "echo hello >/proc/1/fd/1").await;
    assert_eq!(told, "sh: can't create /proc/1/fd/1: Permission denied\n");
    assert_eq!(log(&engine).await, "hello\n");
}

#[tokio::test]
async fn a_console_is_there_with_a_terminal_alone() {
    let engine = run("ls /dev | tr '\\n' ' '").await;
    ask(&engine, "POST", "/containers/box/wait").await;
    let without =
        "core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero ";
    assert_eq!(log(&engine).await, without);

    let body = json!({"Image": "alpine:3.22", "Cmd": ["ls", "/dev/console"], "Tty": true});
    let made = post(&engine, "/containers/create?name=tty", &body.to_string()).await;
    assert_eq!(made.status, 201);
    let started = ask(&engine, "POST", "/containers/tty/start").await;
    assert_eq!(started.status, 204);
    let ended = ask(&engine, "POST", "/containers/tty/wait").await;
    assert_eq!(ended.json()["StatusCode"], 0);
}

/// Makes an exec with a terminal that waits, without a client.
async fn sleeper(engine: &Engine, name: &str) -> String {
    let body = json!({ "Cmd": ["sleep", "300"], "Tty": true });
    let target = format!("/containers/{name}/exec");
    let made = post(engine, &target, &body.to_string()).await;
    let id = made.json()["Id"].as_str().unwrap().to_owned();
    let detached = r#"{"Detach": true, "Tty": true}"#;
    let started = post(engine, &format!("/exec/{id}/start"), detached).await;
    assert_eq!(started.status, 200);
    id
}

#[tokio::test]
async fn each_terminal_has_a_number_of_its_own() {
    let engine = engine().await;
    let body = json!({"Image": "alpine:3.22", "Cmd": ["sleep", "300"], "Tty": true});
    let made = post(&engine, "/containers/create?name=box", &body.to_string()).await;
    assert_eq!(made.status, 201);
    let started = ask(&engine, "POST", "/containers/box/start").await;
    assert_eq!(started.status, 204);

    let script = "tty; ls /dev/pts | tr '\\n' ' '; stat -c '%F %t,%T %a %G' /dev/pts/1
        readlink /proc/self/fd/0; cut -d' ' -f7 /proc/self/stat; readlink /proc/1/fd/0
        echo seen >/dev/pts/0; echo console >/dev/console; ls /dev/pts/2";
    assert_eq!(
        exec(&engine, "box", "", script).await,
        "/dev/pts/1\n0 1 ptmx character special file 88,1 620 tty\n/dev/pts/1\n34817\n\
         /dev/pts/0\nls: /dev/pts/2: No such file or directory\n"
    );
    // What is written to another's terminal is seen there.
    let log = ask(&engine, "GET", "/containers/box/logs?stdout=1").await;
    assert_eq!(String::from_utf8_lossy(&log.body), "seen\r\nconsole\r\n");

    // The lowest number that is free is the next one's.
    sleeper(&engine, "box").await;
    assert_eq!(exec(&engine, "box", "", "tty").await, "/dev/pts/2\n");
    assert_eq!(exec(&engine, "box", "", "tty").await, "/dev/pts/2\n");
    // Nobody has said how large it is.
    assert_eq!(exec(&engine, "box", "", "stty size").await, "0 0\n");
    assert_eq!(
        exec(&engine, "box", "", "tty </dev/null; echo $?").await,
        "not a tty\n1\n"
    );
    let top = ask(&engine, "GET", "/containers/box/top").await.json();
    let ttys: Vec<_> = top["Processes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row[5].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ttys, ["pts/0", "pts/1"]);
}

#[tokio::test]
async fn a_container_without_a_terminal_has_none_until_somebody_brings_one() {
    let engine = run("ls /dev/pts; sleep 300").await;
    assert_eq!(exec(&engine, "box", "", "tty").await, "/dev/pts/0\n");
    assert_eq!(log(&engine).await, "ptmx\n");
}

#[tokio::test]
async fn who_may_do_all_sees_the_devices_of_the_host() {
    let engine = engine().await;
    for (name, privileged, expected) in [("plain", false, "no\n"), ("all", true, "8,0 disk\n")] {
        let script = "[ -b /dev/sda ] && stat -c %t,%T /dev/sda | tr '\\n' ' ' && \
                      [ -c /dev/kmsg ] && [ -c /dev/net/tun ] && [ -b /dev/loop0 ] && \
                      [ -L /dev/ptmx ] && [ ! -e /dev/console ] && echo disk || echo no";
        let body = json!({"Image": "alpine:3.22", "Cmd": ["sh", "-c", script],
            "HostConfig": {"Privileged": privileged}});
        let target = format!("/containers/create?name={name}");
        assert_eq!(post(&engine, &target, &body.to_string()).await.status, 201);
        let target = format!("/containers/{name}");
        assert_eq!(
            ask(&engine, "POST", &format!("{target}/start"))
                .await
                .status,
            204
        );
        ask(&engine, "POST", &format!("{target}/wait")).await;
        let log = ask(&engine, "GET", &format!("{target}/logs?stdout=1&stderr=1")).await;
        assert_eq!(String::from_utf8_lossy(&log.body[8..]), expected, "{name}");
    }
}

#[tokio::test]
async fn a_profile_of_seccomp_is_read_when_a_container_starts() {
    let engine = engine().await;
    for (name, profile, status, words) in [
        ("good", r#"{"defaultAction":"SCMP_ACT_ALLOW"}"#, 204, ""),
        ("off", "unconfined", 204, ""),
        ("own", "builtin", 204, ""),
        (
            "none",
            "profile.json",
            500,
            "Decoding seccomp profile failed: invalid character 'p' looking for beginning of value",
        ),
        (
            "odd",
            r#"{"defaultAction":"SCMP_ACT_MAYBE"}"#,
            500,
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: string SCMP_ACT_MAYBE is not a valid action for seccomp",
        ),
    ] {
        let body = json!({"Image": "alpine:3.22", "Cmd": ["true"],
            "HostConfig": {"SecurityOpt": [format!("seccomp={profile}")]}});
        let target = format!("/containers/create?name={name}");
        assert_eq!(post(&engine, &target, &body.to_string()).await.status, 201);
        let started = ask(&engine, "POST", &format!("/containers/{name}/start")).await;
        assert_eq!(started.status, status, "{name}");
        if status != 204 {
            assert_eq!(started.message(), words);
        }
    }
}
