//! Taking a connection over: with an upgrade, without one, and as a web socket.

use fake_docker::Engine;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::wire::{ask, connect, post};

async fn engine() -> Engine {
    let engine = Engine::builder().seed(7).build();
    let pulled = post(&engine, "/images/create?fromImage=alpine&tag=3.22", "").await;
    assert_eq!(pulled.status, 200);
    engine
}

/// Makes a container that has an open standard input, closed by the first who closes it.
async fn create(engine: &Engine, command: &[&str], tty: bool) -> String {
    let body = json!({
        "Image": "alpine:3.22", "Cmd": command, "OpenStdin": true, "StdinOnce": true, "Tty": tty,
        "AttachStdin": true, "AttachStdout": true, "AttachStderr": true,
    });
    let made = post(engine, "/containers/create", &body.to_string()).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["Id"].as_str().unwrap().to_owned()
}

async fn start(engine: &Engine, id: &str) {
    let target = format!("/containers/{id}/start");
    assert_eq!(ask(engine, "POST", &target).await.status, 204);
}

/// Sends a request and reads the head of its answer.
async fn request(engine: &Engine, line: &str, headers: &str, body: &str) -> (String, DuplexStream) {
    let (mut wire, _) = connect(engine);
    let length = body.len();
    let text = format!(
        "{line} HTTP/1.1\r\nHost: docker\r\n{headers}Content-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    wire.write_all(text.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(wire.read_u8().await.unwrap());
    }
    (String::from_utf8(head).unwrap(), wire)
}

async fn rest(mut wire: DuplexStream) -> String {
    let mut bytes = Vec::new();
    wire.read_to_end(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

const ALL: &str = "stream=1&stdin=1&stdout=1&stderr=1";
const RAW_HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";

#[tokio::test]
async fn attach_without_an_upgrade_types_and_reads_on_the_raw_connection() {
    let engine = engine().await;
    let id = create(&engine, &["sh", "-c", "cat; echo end >&2"], false).await;

    let line = format!("POST /containers/{id}/attach?{ALL}");
    let (head, mut wire) = request(&engine, &line, "", "").await;
    assert_eq!(head, RAW_HEAD);
    start(&engine, &id).await;
    wire.write_all(b"abc\n").await.unwrap();
    wire.shutdown().await.unwrap();

    let frames = "\u{1}\0\0\0\0\0\0\u{4}abc\n\u{2}\0\0\0\0\0\0\u{4}end\n";
    assert_eq!(rest(wire).await, frames);
}

#[tokio::test]
async fn what_follows_a_request_at_once_is_typed() {
    let engine = engine().await;
    let id = create(&engine, &["cat"], false).await;
    start(&engine, &id).await;

    let (mut wire, _) = connect(&engine);
    let text = format!(
        "POST /containers/{id}/attach?{ALL} HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\n\
         Upgrade: tcp\r\nContent-Length: 2\r\n\r\n{{}}abc\n"
    );
    wire.write_all(text.as_bytes()).await.unwrap();
    wire.shutdown().await.unwrap();

    let answer = "HTTP/1.1 101 UPGRADED\r\n\
         Content-Type: application/vnd.docker.multiplexed-stream\r\n\
         Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n\u{1}\0\0\0\0\0\0\u{4}abc\n";
    assert_eq!(rest(wire).await, answer);
}

#[tokio::test]
async fn an_exec_without_an_upgrade_types_and_reads_and_runs_but_once() {
    let engine = engine().await;
    let id = create(&engine, &["sleep", "300"], false).await;
    start(&engine, &id).await;
    let body = json!({"Cmd": ["cat"], "AttachStdin": true, "AttachStdout": true});
    let made = post(
        &engine,
        &format!("/containers/{id}/exec"),
        &body.to_string(),
    )
    .await;
    let exec = made.json()["Id"].as_str().unwrap().to_owned();
    let line = format!("POST /exec/{exec}/start");

    let (head, mut wire) = request(&engine, &line, "", "{}").await;
    assert!(head.starts_with(RAW_HEAD.trim_end()), "{head}");
    assert!(head.contains("\r\nApi-Version: 1.51\r\n"), "{head}");
    wire.write_all(b"abc\n").await.unwrap();
    wire.shutdown().await.unwrap();
    assert_eq!(rest(wire).await, "\u{1}\0\0\0\0\0\0\u{4}abc\n");

    let (head, wire) = request(
        &engine,
        &line,
        "Connection: Upgrade\r\nUpgrade: tcp\r\n",
        "{}",
    )
    .await;
    assert!(head.starts_with("HTTP/1.1 101 UPGRADED\r\n"), "{head}");
    let words = format!("exec command {exec} has already run\r\n");
    assert_eq!(rest(wire).await, format!("\u{1}\0\0\0\0\0\0_{words}"));
}

#[tokio::test]
async fn a_web_socket_carries_what_is_typed_and_written_without_frames() {
    let engine = engine().await;
    let script = "read line; echo got $line; echo no >&2; cat";
    let id = create(&engine, &["sh", "-c", script], false).await;
    start(&engine, &id).await;

    let headers = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let line = format!("GET /containers/{id}/attach/ws?{ALL}");
    let (head, wire) = request(&engine, &line, headers, "").await;
    assert_eq!(
        head,
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-Websocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
    );
    let mut socket = WebSocketStream::from_raw_socket(wire, Role::Client, None).await;
    socket.send(Message::text("words\n")).await.unwrap();
    let mut received = Vec::new();
    while received.len() < "got words\nno\n".len() {
        let Some(Ok(Message::Binary(bytes))) = socket.next().await else {
            panic!("no binary message after {received:?}");
        };
        received.extend(bytes);
    }
    assert_eq!(String::from_utf8(received).unwrap(), "got words\nno\n");
    socket.close(None).await.unwrap();
    while let Some(Ok(_)) = socket.next().await {}

    // Its end was the end of standard input.
    let ended = ask(&engine, "POST", &format!("/containers/{id}/wait")).await;
    assert_eq!(ended.json()["StatusCode"], 0);
}

#[tokio::test]
async fn a_web_socket_of_old_gets_text_and_its_end() {
    let engine = engine().await;
    let id = create(&engine, &["echo", "hi"], false).await;
    let headers = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let line = format!("GET /v1.27/containers/{id}/attach/ws?stream=1");
    let (_, wire) = request(&engine, &line, headers, "").await;
    let mut socket = WebSocketStream::from_raw_socket(wire, Role::Client, None).await;
    start(&engine, &id).await;

    assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("hi\n"));
    assert!(matches!(socket.next().await, Some(Ok(Message::Close(_)))));
}

#[tokio::test]
async fn a_web_socket_needs_a_container_and_a_handshake() {
    let engine = engine().await;
    let id = create(&engine, &["cat"], false).await;

    let missing = ask(&engine, "GET", "/containers/nosuch/attach/ws").await;
    assert_eq!(missing.status, 404);
    assert_eq!(missing.message(), "No such container: nosuch");
    let plain = ask(&engine, "GET", &format!("/containers/{id}/attach/ws")).await;
    assert_eq!(
        (plain.status, &plain.body[..]),
        (400, &b"not websocket protocol"[..])
    );
}
