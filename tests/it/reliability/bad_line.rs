//! A line between `azure` and the simulator on which one request goes wrong: mutual TLS ends here,
//! so that every request can be counted, and its answer kept back, cut, or followed by a kill.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustls_pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is refused, without effect.
    Refused,
    /// It takes effect, and is told as refused.
    RefusedAfter,
    /// It takes effect, and the connection closes without an answer.
    ReplyLost,
    /// 429 with Retry-After.
    Throttled,
    /// 500, without effect.
    Broken,
    /// 503, without effect.
    Unavailable,
    /// The connection is reset, without effect.
    Reset,
    /// It takes effect, and half of the answer comes.
    ReplyCut,
    /// It takes effect, and the page of a proxy comes in the answer's place.
    Garbage,
    /// It takes effect, and nothing comes while the client waits.
    NoReply,
    /// The operation that it begins ends `Failed`.
    OperationFails,
    /// The operation that it begins is at work for ever.
    OperationNeverEnds,
    /// It takes effect, and the client is killed before the answer.
    Killed,
}

impl Fault {
    pub(crate) const ALL: [Self; 13] = [
        Self::Refused,
        Self::RefusedAfter,
        Self::ReplyLost,
        Self::Throttled,
        Self::Broken,
        Self::Unavailable,
        Self::Reset,
        Self::ReplyCut,
        Self::Garbage,
        Self::NoReply,
        Self::OperationFails,
        Self::OperationNeverEnds,
        Self::Killed,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Refused => "fails before",
            Self::RefusedAfter => "fails after",
            Self::ReplyLost => "reply lost",
            Self::Throttled => "429",
            Self::Broken => "500",
            Self::Unavailable => "503",
            Self::Reset => "reset",
            Self::ReplyCut => "reply cut",
            Self::Garbage => "garbage",
            Self::NoReply => "no reply",
            Self::OperationFails => "op fails",
            Self::OperationNeverEnds => "op endless",
            Self::Killed => "kill -9",
        }
    }

    /// What the simulator is asked to break, where it can.
    fn rule(self) -> Option<Value> {
        let status = |when: &str, status: u16, code: &str, headers: Value| {
            json!({
                "match": {},
                "nth": 1,
                "when": when,
                "effect": {
                    "status": status,
                    "code": code,
                    "message": "on purpose",
                    "headers": headers,
                },
            })
        };
        match self {
            Self::Refused => Some(status("before", 400, "BadRequest", json!({}))),
            Self::RefusedAfter => Some(status("after", 400, "BadRequest", json!({}))),
            Self::Throttled => {
                let headers = json!({"Retry-After": "1"});
                Some(status("before", 429, "TooManyRequests", headers))
            }
            Self::Broken => Some(status("before", 500, "InternalError", json!({}))),
            Self::Unavailable => Some(status("before", 503, "ServiceUnavailable", json!({}))),
            Self::Reset => Some(json!({
                "match": {}, "nth": 1, "when": "before", "effect": {"drop": true}
            })),
            Self::OperationFails => Some(json!({
                "match": {}, "nth": 1, "when": "before",
                "effect": {"fail_operation": {"code": "InternalError", "message": "on purpose"}},
            })),
            _ => None,
        }
    }
}

/// What a proxy says that wants something else.
const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 36\r\n\r\n<html><body>Sign in!</body></html>\r\n";

/// Which request is hit, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Counted from 0.
    pub(crate) nth: usize,
    pub(crate) fault: Fault,
}

/// Which of Azure's APIs a line leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Api {
    ServiceManagement,
    ResourceManager,
}

/// Where the simulator is to be found.
#[derive(Debug, Clone)]
pub(crate) struct Upstream {
    pub(crate) management: String,
    pub(crate) admin: String,
    /// Which API it is.
    pub(crate) api: Api,
    /// The management certificate with its key, PEM.
    pub(crate) identity: String,
    /// The simulator's authority, PEM.
    pub(crate) authority: String,
}

struct Shared {
    upstream: Upstream,
    client: reqwest::Client,
    plan: Option<Plan>,
    count: AtomicUsize,
    seen: Mutex<Vec<String>>,
    fired: AtomicBool,
    victim: Mutex<Option<Pid>>,
    endless: Mutex<Option<String>>,
}

/// The line; it ends when dropped.
pub(crate) struct BadLine {
    pub(crate) url: String,
    /// What has to be trusted there, PEM.
    pub(crate) authority: String,
    shared: Arc<Shared>,
    _runtime: Runtime,
}

impl BadLine {
    pub(crate) fn start(upstream: Upstream, plan: Option<Plan>) -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a key");
        let authority = made.cert.pem();
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a certificate");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let identity = reqwest::Identity::from_pem(upstream.identity.as_bytes());
        let root = reqwest::Certificate::from_pem(upstream.authority.as_bytes());
        let client = reqwest::Client::builder()
            .tls_backend_rustls()
            .http1_only()
            .no_proxy()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .identity(identity.expect("an identity"))
            .tls_certs_only([root.expect("an authority")])
            .build()
            .expect("a client");
        let shared = Arc::new(Shared {
            upstream,
            client,
            plan,
            count: AtomicUsize::new(0),
            seen: Mutex::default(),
            fired: AtomicBool::new(false),
            victim: Mutex::default(),
            endless: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("threads");
        let listener = runtime
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("a port");
        let url = format!("https://{}", listener.local_addr().expect("an address"));
        runtime.spawn({
            let shared = Arc::clone(&shared);
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
                    tokio::spawn(async move {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            // A client that goes away is what some faults are about.
                            _ = serve(stream, &shared).await.ok();
                        }
                    });
                }
            }
        });
        Self {
            url,
            authority,
            shared,
            _runtime: runtime,
        }
    }

    fn upstream_authority(&self) -> &str {
        &self.shared.upstream.authority
    }

    /// Whom a kill is for.
    pub(crate) fn aims_at(&self, pid: u32) {
        let pid = Pid::from_raw(pid.cast_signed());
        *self.shared.victim.lock().expect("no panic") = Some(pid);
    }

    /// Every request so far, in order.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.shared.seen.lock().expect("no panic").clone()
    }

    /// Did the fault hit?
    pub(crate) fn has_fired(&self) -> bool {
        self.shared.fired.load(Ordering::SeqCst)
    }
}

struct Request {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

async fn read(stream: &mut TlsStream<TcpStream>) -> io::Result<Option<Request>> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        let mut more = [0; 4096];
        match stream.read(&mut more).await? {
            0 => return Ok(None),
            n => bytes.extend_from_slice(&more[..n]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let method = first.next().unwrap_or_default().to_owned();
    let target = first.next().unwrap_or_default().to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .map_or(0, |(_, value)| value.parse().expect("a length"));
    let mut body = bytes[end..].to_vec();
    let came = body.len();
    body.resize(length, 0);
    if came < length {
        stream.read_exact(&mut body[came..]).await?;
    }
    Ok(Some(Request {
        method,
        target,
        headers,
        body,
    }))
}

async fn serve(mut stream: TlsStream<TcpStream>, shared: &Shared) -> io::Result<()> {
    while let Some(request) = read(&mut stream).await? {
        let nth = shared.count.fetch_add(1, Ordering::SeqCst);
        let path = request.target.splitn(3, '/').nth(2).unwrap_or_default();
        shared
            .seen
            .lock()
            .expect("no panic")
            .push(format!("{} {path}", request.method));
        let fault = shared
            .plan
            .filter(|plan| plan.nth == nth)
            .map(|plan| plan.fault);
        if fault.is_some() {
            shared.fired.store(true, Ordering::SeqCst);
        }
        if let Some(rule) = fault.and_then(Fault::rule) {
            arrange(shared, &rule).await;
        }
        let Some(answer) = forward(&request, shared, fault).await else {
            // Reset, as the simulator did it.
            let (socket, _) = stream.into_inner();
            socket.set_zero_linger()?;
            return Ok(());
        };
        match fault {
            Some(Fault::ReplyLost) => return Ok(()),
            Some(Fault::ReplyCut) => {
                stream.write_all(&answer[..answer.len() / 2]).await?;
                stream.flush().await?;
                return Ok(());
            }
            Some(Fault::Garbage) => {
                stream.write_all(PAGE.as_bytes()).await?;
                stream.flush().await?;
            }
            Some(Fault::NoReply) => {
                // As long as the client stays.
                let mut rest = [0; 1];
                _ = stream.read(&mut rest).await.ok();
                return Ok(());
            }
            Some(Fault::Killed) => {
                let victim = shared.victim.lock().expect("no panic").expect("a victim");
                kill(victim, Signal::SIGKILL).expect("it was alive");
                return Ok(());
            }
            _ => {
                stream.write_all(&answer).await?;
                stream.flush().await?;
            }
        }
    }
    Ok(())
}

/// The end of the address of an operation that is at work for ever.
const ENDLESS: &str = "/endless";

fn still_running() -> Vec<u8> {
    let body = r#"{"status":"InProgress"}"#;
    format!(
        "HTTP/1.1 200 x\r\nContent-Type: application/json\r\nRetry-After: 60\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn arrange(shared: &Shared, rule: &Value) {
    let url = format!("{}/_fake/break", shared.upstream.admin);
    let sent = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
        .post(url)
        .header("content-type", "application/json")
        .body(rule.to_string())
        .send()
        .await
        .expect("the admin API");
    assert!(sent.status().is_success(), "{rule}: {}", sent.status());
}

/// The simulator's answer, as bytes; none when it reset the connection.
async fn forward(request: &Request, shared: &Shared, fault: Option<Fault>) -> Option<Vec<u8>> {
    let url = format!(
        "{}{}",
        shared.upstream.management.trim_end_matches('/'),
        request.target
    );
    let method = request.method.parse().expect("a method");
    let mut asked = shared.client.request(method, url);
    for (name, value) in &request.headers {
        // Resource Manager tells addresses under the name that it was asked by.
        let is_dropped = match name.as_str() {
            "content-length" | "connection" => true,
            "host" => shared.upstream.api == Api::ServiceManagement,
            _ => false,
        };
        if !is_dropped {
            asked = asked.header(name, value);
        }
    }
    if request.target.contains(ENDLESS) {
        return Some(still_running());
    }
    let response = asked.body(request.body.clone()).send().await.ok()?;
    let status = response.status();
    let id = response
        .headers()
        .get("x-ms-request-id")
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let mut head = format!("HTTP/1.1 {} x\r\n", status.as_u16());
    for (name, value) in response.headers() {
        if !["content-length", "connection", "transfer-encoding"].contains(&name.as_str()) {
            let value = value.to_str().expect("text");
            write!(head, "{name}: {value}\r\n").expect("a string");
        }
    }
    let mut body = response.bytes().await.ok()?.to_vec();
    let changes = request.method != "GET" && status.is_success();
    if shared.upstream.api == Api::ResourceManager
        && fault == Some(Fault::OperationNeverEnds)
        && changes
    {
        // What is done at once is told as under way, for ever.
        let own = request.headers.iter().find(|(name, _)| name == "host");
        let host = own.map_or("", |(_, host)| host.as_str());
        let path = request.target.split('?').next().unwrap_or_default();
        write!(
            head,
            "Azure-AsyncOperation: https://{host}{path}{ENDLESS}\r\n"
        )
        .expect("a string");
        if request.method == "DELETE" {
            head = head.replacen(status.as_str(), "202", 1);
        }
    }
    if fault == Some(Fault::OperationNeverEnds) && status == 202 {
        *shared.endless.lock().expect("no panic") = Some(id);
    }
    let endless = shared.endless.lock().expect("no panic").clone();
    if let Some(endless) = endless
        && request.target.ends_with(&format!("/operations/{endless}"))
    {
        body = String::from_utf8(body)
            .expect("text")
            .replace("<Status>Succeeded</Status>", "<Status>InProgress</Status>")
            .into_bytes();
        head.push_str("Retry-After: 60\r\n");
    }
    write!(head, "Content-Length: {}\r\n\r\n", body.len()).expect("a string");
    let mut answer = head.into_bytes();
    answer.append(&mut body);
    Some(answer)
}

/// A profile that leads over the line, made of one that leads to the simulator.
pub(crate) fn profile_over(line: &BadLine, direct: &Path) -> String {
    let text = std::fs::read_to_string(direct).expect("a profile");
    let mut profile: Value = serde_json::from_str(&text).expect("JSON");
    let url = Value::from(line.url.clone());
    match line.shared.upstream.api {
        Api::ServiceManagement => {
            let subscription = &mut profile["subscriptions"][0];
            subscription["managementEndpointUrl"] = url;
            subscription["authority"] = line.authority.clone().into();
        }
        Api::ResourceManager => {
            profile["subscriptions"][0]["login"]["resourceManager"] = url.clone();
            let login = &mut profile["logins"][0];
            login["cloud"]["resourceManager"] = url;
            // The authority is asked directly: it is no part of a host.
            let both = format!("{}{}", line.upstream_authority(), line.authority);
            login["ca"] = both.into();
        }
    }
    profile.to_string()
}

/// Long enough for any run; one that takes longer hangs.
pub(crate) const PATIENCE: Duration = Duration::from_mins(3);
