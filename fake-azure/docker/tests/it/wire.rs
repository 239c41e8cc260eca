//! A client that shows every byte: requests as text, answers taken apart.

use fake_docker::Engine;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::task::JoinHandle;

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names as they were written, in order.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(key, _)| key == name)?;
        Some(value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap().to_owned()
    }

    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let mut answer = Self {
            status: status.parse().unwrap(),
            headers,
            body: bytes[end + 4..].to_vec(),
        };
        if answer.header("Transfer-Encoding") == Some("chunked") {
            answer.body = joined(&answer.body);
        }
        answer
    }
}

/// Joins chunks.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|w| w == b"\r\n").unwrap();
        let size = std::str::from_utf8(&chunks[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend(&chunks[end + 2..end + 2 + size]);
        chunks = &chunks[end + 2 + size + 2..];
    }
}

/// Sends `bytes`, closes our half, and returns everything that comes back.
pub(crate) async fn talk(engine: &Engine, bytes: &[u8]) -> Vec<u8> {
    let (mut ours, served) = connect(engine);
    // An engine that has refused may hang up before all is written.
    let _refused = ours.write_all(bytes).await;
    let _hung_up = ours.shutdown().await;
    heard(ours, served).await
}

/// Sends a request that asks for the end of the connection, and returns what comes back.
async fn exchange(engine: &Engine, bytes: &[u8]) -> Vec<u8> {
    let (mut ours, served) = connect(engine);
    let _refused = ours.write_all(bytes).await;
    heard(ours, served).await
}

pub(crate) fn connect(engine: &Engine) -> (DuplexStream, JoinHandle<()>) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let engine = engine.clone();
    let served = tokio::spawn(async move { engine.serve(theirs).await });
    (ours, served)
}

async fn heard(mut ours: DuplexStream, served: JoinHandle<()>) -> Vec<u8> {
    let mut answer = Vec::new();
    ours.read_to_end(&mut answer).await.unwrap();
    served.await.unwrap();
    answer
}

/// Sends one request without a body.
pub(crate) async fn ask(engine: &Engine, method: &str, target: &str) -> Answer {
    let request =
        format!("{method} {target} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n");
    Answer::parse(&exchange(engine, request.as_bytes()).await)
}

/// Sends one request with a JSON body.
pub(crate) async fn post(engine: &Engine, target: &str, body: &str) -> Answer {
    send(engine, target, "application/json", body.as_bytes()).await
}

/// Sends one request with a body of any kind.
pub(crate) async fn send(engine: &Engine, target: &str, kind: &str, body: &[u8]) -> Answer {
    let length = body.len();
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\
         Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    );
    Answer::parse(&exchange(engine, &[head.as_bytes(), body].concat()).await)
}
