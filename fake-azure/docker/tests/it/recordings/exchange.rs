//! A request and its answer, as they were recorded, and an answer of ours.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::names::Names;
use super::upload;

/// One exchange of a recording.
#[derive(Debug)]
pub(crate) struct Exchange<'a>(pub(crate) &'a Value);

impl<'a> Exchange<'a> {
    /// When it began, in milliseconds after its command did.
    pub(crate) fn begins(&self) -> i64 {
        self.0["t_ms"].as_i64().unwrap()
    }

    /// When its answer was whole.
    pub(crate) fn ends(&self) -> i64 {
        self.response()["t_end_ms"].as_i64().unwrap_or(i64::MAX)
    }

    /// When the client had enough of it.
    pub(crate) fn is_left_at(&self) -> Option<i64> {
        let is_cut = self.response()["framing"] == "chunked-cut";
        self.0["client_closed_at_ms"].as_i64().filter(|_| is_cut)
    }

    pub(crate) fn response(&self) -> &'a Value {
        &self.0["response"]
    }

    /// Whether it is BuildKit's: gRPC over a connection that was taken over, and what of it
    /// was recorded is that it was there.
    pub(crate) fn is_grpc(&self) -> bool {
        let is_stream = self.0["hijack"]["server_to_client"].get("note").is_some();
        let told = &self.response()["body"]["value"];
        is_stream || told["CachesDeleted"].is_array() || told["Comment"] == "buildkit.dockerfile.v0"
    }

    /// What the client sent on a connection that it took over: when, and what.
    pub(crate) fn typed(&self) -> Vec<(i64, Option<Vec<u8>>)> {
        let events = self.0["hijack"]["client_to_server"]["events"].as_array();
        let events = events.into_iter().flatten();
        events
            .map(|event| {
                let bytes = STANDARD.decode(event[1].as_str().unwrap()).ok();
                (event[0].as_i64().unwrap(), bytes)
            })
            .collect()
    }

    /// Its method and path, as they were.
    pub(crate) fn line(&self) -> String {
        let request = &self.0["request"];
        format!("{} {}", text(&request["method"]), text(&request["path"]))
    }

    /// The bytes of the request, with names that are right here.
    pub(crate) fn request(&self, command: &str, names: &Names, saved: &[u8]) -> Vec<u8> {
        let request = &self.0["request"];
        let query: Vec<String> = request["query"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| {
                let value = names.ours(text(&pair[1]));
                format!("{}={}", escaped(text(&pair[0])), escaped(&value))
            })
            .collect();
        let path = names.ours(text(&request["path"]));
        let target = match query.as_slice() {
            [] => path,
            query => format!("{path}?{}", query.join("&")),
        };
        let body = match text(&request["body"]["kind"]) {
            "json" => names.ours(&request["body"]["value"].to_string()).into(),
            "text" => text(&request["body"]["value"]).into(),
            "tar" if self.line().ends_with("/images/load") => saved.to_vec(),
            "tar" => upload::archive(command, &request["body"]["members"]),
            _ => Vec::new(),
        };
        let mut head = format!("{} {target} HTTP/1.1\r\n", text(&request["method"]));
        let headers = request["headers"].as_object().unwrap();
        for (name, value) in headers {
            if !matches!(name.as_str(), "Content-Length" | "Transfer-Encoding") {
                for part in [name, ": ", text(value), "\r\n"] {
                    head.push_str(part);
                }
            }
        }
        if !headers.contains_key("Connection") {
            head += "Connection: close\r\n";
        }
        if request["framing"] != "none" {
            head.push_str("Content-Length: ");
            head.push_str(&body.len().to_string());
            head.push_str("\r\n");
        }
        [head.as_bytes(), b"\r\n", &body].concat()
    }
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Writes what may stand in a query.
pub(crate) fn escaped(text: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().fold(String::new(), |escaped, byte| {
        if unreserved(byte) {
            escaped + char::from(byte).encode_utf8(&mut [0; 4])
        } else {
            escaped + &format!("%{byte:02X}")
        }
    })
}

/// An answer of ours as far as it came.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Heard {
    /// Takes an answer apart; `None` when not even its head is there.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&bytes[..end]).ok()?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let mut answer = Self {
            status,
            headers,
            body: bytes[end + 4..].to_vec(),
        };
        if answer.header("Transfer-Encoding") == Some("chunked") {
            answer.body = joined(&answer.body);
        }
        Some(answer)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        Some(&headers.find(|(key, _)| key == name)?.1)
    }

    /// The body in the form of a recorded one of this kind; `None` when it is not of the kind.
    pub(crate) fn as_kind(&self, kind: &str) -> Option<Value> {
        match kind {
            "json" => serde_json::from_slice(&self.body).ok(),
            "ndjson" => values(&self.body).map(Value::Array),
            "frames" => Some(frames(&self.body)),
            "tar" => upload::members(&self.body),
            _ => Some(json!(String::from_utf8_lossy(&self.body))),
        }
    }
}

/// Joins what there is of chunks.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = chunks.windows(2).position(|w| w == b"\r\n") {
        let size = String::from_utf8_lossy(&chunks[..end]);
        let size = usize::from_str_radix(&size, 16).unwrap_or(0);
        let Some(data) = chunks.get(end + 2..end + 2 + size).filter(|_| size > 0) else {
            break;
        };
        body.extend(data);
        chunks = chunks.get(end + 2 + size + 2..).unwrap_or_default();
    }
    body
}

/// The values of an answer that is a row of them.
fn values(body: &[u8]) -> Option<Vec<Value>> {
    serde_json::Deserializer::from_slice(body)
        .into_iter()
        .collect::<Result<_, _>>()
        .ok()
}

/// Frames of several streams, each stream as one text: how they are cut is chance, and which
/// stream is first among those that are written at once.
pub(crate) fn frames(mut bytes: &[u8]) -> Value {
    let mut streams = [String::new(), String::new(), String::new()];
    while let [stream @ 0..=2, 0, 0, 0, a, b, c, d, rest @ ..] = bytes {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let length = length.min(rest.len());
        streams[usize::from(*stream)] += &String::from_utf8_lossy(&rest[..length]);
        bytes = &rest[length..];
    }
    if bytes.is_empty() {
        json!({"1": streams[1], "2": streams[2]})
    } else {
        json!({"1": streams[1], "2": streams[2], "no frame": String::from_utf8_lossy(bytes)})
    }
}

/// The same of frames that were recorded as such.
pub(crate) fn recorded_frames(frames: &Value) -> Value {
    let mut streams = [String::new(), String::new(), String::new()];
    for frame in frames.as_array().into_iter().flatten() {
        let stream = usize::try_from(frame[0].as_u64().unwrap_or(0)).unwrap_or(0);
        streams[stream.min(2)] += text(&frame[1]);
    }
    json!({"1": streams[1], "2": streams[2]})
}
