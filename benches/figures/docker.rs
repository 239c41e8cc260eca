//! A Docker engine that stands alone, `fake-azure docker serve`, and the engine as a library.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use fake_docker::Engine;
use rustls::ClientConfig;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::client::{Connection, trust_with};
use crate::simulator::{MOMENT, Room, end, is_alive, memory};
use crate::spread::Spread;
use crate::{Outcome, heading, root, say};

const RUNS: usize = 31;
const CYCLES: u32 = 5_000;
const INFOS: u32 = 5_000;
const CONTAINERS: u32 = 10_000;

/// Where a real engine listens, when this machine has one that runs.
const REAL: &str = "/var/run/docker.sock";

/// A container that ends at once.
const TRUE: &str = r#"{"Image":"alpine","Cmd":["true"]}"#;
/// One that stays.
const SLEEP: &str = r#"{"Image":"alpine","Cmd":["sleep","1000000"]}"#;

pub(crate) fn print(room: &Room) -> Outcome<()> {
    let engine = Standalone::start(room)?;
    engine.pull()?;
    let real = RealEngine::find(room)?;
    runs(&engine, real.as_ref())?;
    say("");
    rates(&engine)?;
    infos(&engine, real.as_ref())?;
    drop((real, engine));
    say("");
    crowd(room)
}

/// A real engine to compare with: the machine's own, or one of Debian's packages that ends with this.
struct RealEngine {
    socket: PathBuf,
    daemon: Option<Child>,
}

impl RealEngine {
    fn find(room: &Room) -> Outcome<Option<Self>> {
        if Path::new(REAL).exists() {
            return Ok(Some(Self {
                socket: REAL.into(),
                daemon: None,
            }));
        }
        let unpacked = root().join("target/clients/real-engine");
        if !unpacked.join("whole").exists() {
            say("no real engine to compare with; tests/clients/real-engine.sh unpacks one");
            return Ok(None);
        }
        let folder = room.folder.path().join("real");
        fs::create_dir_all(&folder)?;
        let mut daemon = Command::new(unpacked.join("serve"))
            .arg(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let socket = folder.join("docker.sock");
        while UnixStream::connect(&socket).is_err() {
            if daemon.try_wait()?.is_some() {
                say("no real engine to compare with: it does not start here");
                return Ok(None);
            }
            thread::sleep(MOMENT);
        }
        let real = Self {
            socket,
            daemon: Some(daemon),
        };
        let image = unpacked.join("alpine.tar");
        ended_well(real.docker(&["import", &image.display().to_string(), "alpine"]))?;
        Ok(Some(real))
    }

    fn docker(&self, words: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command
            .args(["-H", &format!("unix://{}", self.socket.display())])
            .args(words);
        command
    }
}

impl Drop for RealEngine {
    fn drop(&mut self) {
        if let Some(daemon) = &mut self.daemon {
            // Asked, it ends its own children, too.
            Command::new("kill")
                .arg(daemon.id().to_string())
                .status()
                .ok();
            daemon.wait().ok();
        }
    }
}

/// An engine in a process of its own, behind mutual TLS; ended when dropped.
struct Standalone {
    child: Child,
    at: SocketAddr,
    socket: PathBuf,
    certificates: PathBuf,
    trust: Arc<ClientConfig>,
}

impl Standalone {
    fn start(room: &Room) -> Outcome<Self> {
        let certificates = room.folder.path().join("engine");
        let ready = room.folder.path().join("engine.json");
        let socket = room.folder.path().join("engine.sock");
        for old in [&ready, &socket] {
            if old.exists() {
                fs::remove_file(old)?;
            }
        }
        let mut child = Command::new(room.program("fake-azure"))
            .args(["docker", "serve", "--listen", "tcp://127.0.0.1:0"])
            .args(["--listen", &format!("unix://{}", socket.display())])
            .arg("--tls")
            .arg(&certificates)
            .arg("--ready-file")
            .arg(&ready)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        while !ready.exists() {
            is_alive(&mut child)?;
            thread::sleep(MOMENT);
        }
        let told: Value = serde_json::from_slice(&fs::read(&ready)?)?;
        let host = told["docker_host"][0].as_str().unwrap_or_default();
        let [ca, certificate, key] =
            ["ca.pem", "cert.pem", "key.pem"].map(|file| certificates.join(file));
        Ok(Self {
            child,
            socket,
            at: host.trim_start_matches("tcp://").parse()?,
            trust: trust_with(&ca, &certificate, &key)?,
            certificates,
        })
    }

    fn connect(&self) -> Outcome<Connection> {
        Connection::open(self.at, &self.trust)
    }

    fn pull(&self) -> Outcome<()> {
        let path = "/images/create?fromImage=alpine&tag=latest";
        self.connect()?.expect(200, "POST", path, "")
    }

    fn docker(&self) -> Command {
        let mut command = Command::new("docker");
        command
            .arg("--tlsverify")
            .arg("-H")
            .arg(format!("tcp://{}", self.at))
            .env("DOCKER_CERT_PATH", &self.certificates)
            .env("DOCKER_CONFIG", self.certificates.join("config"));
        command
    }
}

impl Drop for Standalone {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// `docker run` as a whole process, beside a `docker` that asks nobody.
fn runs(engine: &Standalone, real: Option<&RealEngine>) -> Outcome<()> {
    heading("the docker CLI, over mutual TLS");
    let version = || {
        let mut command = Command::new("docker");
        command.arg("--version");
        command
    };
    let run = || {
        let mut command = engine.docker();
        command.args(["run", "--rm", "alpine", "true"]);
        command
    };
    if version().stdout(Stdio::null()).status().is_err() {
        say("there is no docker CLI here");
        return Ok(());
    }
    let mut took = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        took[0].push(ended_well(version())?);
        took[1].push(ended_well(run())?);
        if let Some(real) = real {
            took[2].push(ended_well(real.docker(&["run", "--rm", "alpine", "true"]))?);
        }
    }
    let [version, run, beside] = took.map(Spread::of);
    say(&format!("{:<58} {}", "docker --version", version.columns()));
    let what = "docker run --rm alpine true";
    say(&format!("{what:<58} {}", run.columns()));
    say(&format!(
        "docker run - docker --version = {:.1} ms",
        run.median() - version.median()
    ));
    if real.is_some() {
        let what = "the same on a real engine";
        say(&format!("{what:<58} {}", beside.columns()));
        let ratio = beside.median() / run.median();
        say(&format!("real / simulated = {ratio:.1}"));
    }
    Ok(())
}

/// How many times a second an engine tells of itself, over its socket.
fn infos(engine: &Standalone, real: Option<&RealEngine>) -> Outcome<()> {
    let simulated = a_second(INFOS, asked(&engine.socket, INFOS)?);
    say(&format!(
        "{:<58} {simulated:>10.0}",
        "info, over a unix socket"
    ));
    if let Some(real) = real {
        let times = INFOS / 10;
        let beside = a_second(times, asked(&real.socket, times)?);
        let what = "the same of a real engine";
        say(&format!("{what:<58} {beside:>10.0}"));
        say(&format!("simulated / real = {:.1}", simulated / beside));
    }
    Ok(())
}

fn asked(socket: &Path, times: u32) -> Outcome<Duration> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut stream = tokio::net::UnixStream::connect(socket).await?;
        let start = Instant::now();
        for _ in 0..times {
            pipe(&mut stream, "GET", "/info", "").await?;
        }
        Ok(start.elapsed())
    })
}

fn ended_well(mut command: Command) -> Outcome<Duration> {
    let start = Instant::now();
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()?;
    let took = start.elapsed();
    if status.success() {
        return Ok(took);
    }
    Err(format!("{command:?} ended with {status}").into())
}

fn a_second(times: u32, took: Duration) -> f64 {
    f64::from(times) / took.as_secs_f64()
}

/// How many calls a second one client has answered.
fn rates(engine: &Standalone) -> Outcome<()> {
    say(&format!(
        "{:<58} {:>10}",
        "one client, one connection", "a second"
    ));
    let row = |what: &str, rate: f64| say(&format!("{what:<58} {rate:>10.0}"));
    row(
        "create, start, wait, remove: in process",
        a_second(CYCLES, in_process(CYCLES)?),
    );
    let mut connection = engine.connect()?;
    let start = Instant::now();
    for _ in 0..CYCLES {
        let id = create(&mut connection, TRUE)?;
        connection.expect(204, "POST", &format!("/containers/{id}/start"), "")?;
        connection.expect(200, "POST", &format!("/containers/{id}/wait"), "")?;
        connection.expect(204, "DELETE", &format!("/containers/{id}"), "")?;
    }
    row(
        "create, start, wait, remove: over mutual TLS",
        a_second(CYCLES, start.elapsed()),
    );
    let start = Instant::now();
    for _ in 0..INFOS {
        connection.expect(200, "GET", "/info", "")?;
    }
    row("info, over mutual TLS", a_second(INFOS, start.elapsed()));
    let start = Instant::now();
    for _ in 0..INFOS {
        connection.expect(200, "GET", "/_ping", "")?;
    }
    row("ping, over mutual TLS", a_second(INFOS, start.elapsed()));
    Ok(())
}

fn create(connection: &mut Connection, what: &str) -> Outcome<String> {
    let (status, said) = connection.ask_json("POST", "/containers/create", what)?;
    if status != 201 {
        let said = String::from_utf8_lossy(&said);
        return Err(format!("create: {status}: {said}").into());
    }
    let said: Value = serde_json::from_slice(&said)?;
    let id = said["Id"].as_str().ok_or("a container without an id")?;
    Ok(id.to_owned())
}

/// The same cycle on an engine of this process, over a pipe in memory.
fn in_process(cycles: u32) -> Outcome<Duration> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let engine = Engine::builder().build();
        let (mut ours, theirs) = tokio::io::duplex(1 << 16);
        let served = tokio::spawn(async move { engine.serve(theirs).await });
        let pull = "/images/create?fromImage=alpine&tag=latest";
        pipe(&mut ours, "POST", pull, "").await?;
        let start = Instant::now();
        for _ in 0..cycles {
            let said = pipe(&mut ours, "POST", "/containers/create", TRUE).await?;
            let said: Value = serde_json::from_slice(&said)?;
            let id = said["Id"].as_str().ok_or("a container without an id")?;
            for (method, path) in [
                ("POST", format!("/containers/{id}/start")),
                ("POST", format!("/containers/{id}/wait")),
                ("DELETE", format!("/containers/{id}")),
            ] {
                pipe(&mut ours, method, &path, "").await?;
            }
        }
        let took = start.elapsed();
        drop(ours);
        served.await?;
        Ok(took)
    })
}

/// One request over a pipe; the body of its answer.
async fn pipe(
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    method: &str,
    path: &str,
    body: &str,
) -> Outcome<Vec<u8>> {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut said = Vec::with_capacity(1024);
    let head = loop {
        if let Some(at) = said.windows(4).position(|part| part == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut said).await? == 0 {
            return Err("the engine hung up".into());
        }
    };
    let told = String::from_utf8_lossy(&said[..head]).to_ascii_lowercase();
    if !told.starts_with("http/1.1 2") {
        return Err(format!("{method} {path}: {told}").into());
    }
    if told.contains("transfer-encoding: chunked") {
        while !said.ends_with(b"0\r\n\r\n") {
            if stream.read_buf(&mut said).await? == 0 {
                return Err("the engine hung up".into());
            }
        }
        return Ok(said.split_off(head));
    }
    let length = told
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.unwrap_or("0").parse()?;
    while said.len() < head + length {
        if stream.read_buf(&mut said).await? == 0 {
            return Err("the engine hung up".into());
        }
    }
    Ok(said.split_off(head))
}

/// Many containers that run, in one engine.
fn crowd(room: &Room) -> Outcome<()> {
    say(&format!(
        "{:<58} {:>10} {:>10} {:>10}",
        "containers that run, in one engine", "seconds", "MiB", "KiB each"
    ));
    let engine = Standalone::start(room)?;
    engine.pull()?;
    let mut connection = engine.connect()?;
    let (before, _) = memory(engine.child.id())?;
    let start = Instant::now();
    for _ in 0..CONTAINERS {
        let id = create(&mut connection, SLEEP)?;
        connection.expect(204, "POST", &format!("/containers/{id}/start"), "")?;
    }
    let took = start.elapsed();
    let (after, _) = memory(engine.child.id())?;
    say(&format!(
        "{:<58} {:>10.2} {:>10.1} {:>10.1}",
        CONTAINERS,
        took.as_secs_f64(),
        after / 1024.0,
        (after - before) / f64::from(CONTAINERS)
    ));
    Ok(())
}
