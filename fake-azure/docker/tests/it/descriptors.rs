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
