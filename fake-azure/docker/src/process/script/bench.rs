//! A container without an engine, for tests of programs.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use simulation::Clock;
use tokio::sync::Notify;

use super::set::Scripts;
use super::undeclared::Assumed;
use crate::files::{Credentials, Errno, Tree, View};
use crate::process::network::Transport;
use crate::process::{
    Child, Connection, Descriptor, Descriptors, Exit, Interface, Isolated, Launch, Listener,
    Network, Program, Programs, Signal, Sink, Space,
};

/// A container without an engine.
pub(super) struct Bench {
    pub(super) clock: Clock,
    pub(super) space: Arc<Space>,
    pub(super) network: Isolated,
    pub(super) env: Vec<(String, String)>,
}

/// Nothing but what scripts declare.
#[derive(Debug)]
pub(super) struct NoPrograms;

impl Programs for NoPrograms {
    fn named(&self, _: &str) -> Option<Arc<dyn Program>> {
        None
    }
}

/// The network of a container beside another one.
#[derive(Debug)]
struct Beside(Isolated);

impl Network for Beside {
    fn interfaces(&self) -> Vec<Interface> {
        vec![Interface::loopback()]
    }

    fn resolve(&self, name: &str) -> Vec<IpAddr> {
        let known = (name == "db").then_some(IpAddr::from([172, 17, 0, 2]));
        known.into_iter().collect()
    }

    fn connect_by(
        &self,
        transport: Transport,
        to: SocketAddr,
    ) -> BoxFuture<'static, Result<Connection, Errno>> {
        let ports = self.0.0.clone();
        let from = SocketAddr::from(([172, 17, 0, 3], 40_000));
        Box::pin(async move { ports.connect(transport, from, to).await })
    }

    fn listen_by(&self, _: Transport, _: u16) -> Result<Listener, Errno> {
        Err(Errno::NotSupported)
    }

    fn listened(&self) -> Vec<(Transport, u16)> {
        Vec::new()
    }
}

/// A process that was started, with its ends of everything.
pub(super) struct Running {
    pub(super) child: Child,
    pub(super) stdin: Option<Descriptor>,
    pub(super) out: Arc<Screen>,
    pub(super) err: Arc<Screen>,
    space: Arc<Space>,
}

/// What was written, and who waits for more.
#[derive(Debug, Default)]
pub(super) struct Screen {
    bytes: Mutex<Vec<u8>>,
    times: Mutex<Vec<Timestamp>>,
    news: Notify,
}

impl Sink for Screen {
    fn poll_ready(&self, _: &mut Context<'_>) -> Poll<Result<(), Errno>> {
        Poll::Ready(Ok(()))
    }

    fn put(&self, at: Timestamp, bytes: &[u8]) {
        self.bytes.lock().unwrap().extend_from_slice(bytes);
        self.times.lock().unwrap().push(at);
        self.news.notify_waiters();
    }
}

impl Screen {
    pub(super) fn text(&self) -> String {
        let bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// When each piece was written, in seconds.
    pub(super) fn seconds(&self) -> Vec<i64> {
        let times = self.times.lock().unwrap();
        times.iter().map(|at| at.as_second()).collect()
    }

    /// Waits until a text was written.
    pub(super) async fn until(&self, text: &str) {
        loop {
            let news = self.news.notified();
            if self.text().contains(text) {
                return;
            }
            news.await;
        }
    }
}

impl Bench {
    /// A container of the image `acme/api`, with the scripts of a document.
    pub(super) fn of(document: &str) -> Self {
        let scripts = Scripts::parse("test.toml", document).unwrap();
        Self::with(&scripts)
    }

    pub(super) fn with(scripts: &Scripts) -> Self {
        let programs = scripts.programs(["acme/api:1.2"], Arc::new(NoPrograms), Assumed::unheard());
        Self::new(programs)
    }

    pub(super) fn new(programs: Arc<dyn Programs>) -> Self {
        let clock = Clock::by_hand(Timestamp::UNIX_EPOCH);
        let network = Isolated::default();
        let files = View::of(Tree::new(Timestamp::UNIX_EPOCH));
        let space = Space::builder(files, clock.clone(), programs)
            .network(Arc::new(network.clone()))
            .host_name("box")
            .build();
        Self {
            clock,
            space,
            network,
            env: Vec::new(),
        }
    }

    /// Another container, to which the ports of one are those of the host `db`.
    pub(super) fn beside(other: &Self, programs: Arc<dyn Programs>) -> Self {
        let mut bench = Self::new(programs);
        let files = bench.space.files().clone();
        bench.space = Space::builder(files, other.clock.clone(), bench.space.programs().clone())
            .network(Arc::new(Beside(other.network.clone())))
            .build();
        bench
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn files(&self) -> &View {
        self.space.files()
    }

    /// Writes a file with what is missing above it.
    pub(super) fn write(&self, path: &str, content: &[u8], mode: u32) {
        let (root, now) = (&Credentials::ROOT, Timestamp::UNIX_EPOCH);
        let above = path.rsplit_once('/').unwrap().0;
        self.files()
            .create_dir_all(above, 0o755, root, now)
            .unwrap();
        self.files().write(path, content, mode, root, now).unwrap();
    }

    /// Puts a program's file somewhere.
    pub(super) fn program(&self, path: &str, name: &str) {
        self.write(path, &crate::process::program::image_of(name), 0o755);
    }

    pub(super) fn read(&self, path: &str) -> Option<String> {
        let bytes = self.files().read(path, &Credentials::ROOT).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Starts a command line; words are between spaces.
    pub(super) fn start(&self, line: &str) -> Running {
        self.start_words(&line.split(' ').collect::<Vec<_>>())
    }

    pub(super) fn start_words(&self, words: &[&str]) -> Running {
        if self.space.processes().is_empty() {
            self.space.revive();
        }
        let (stdin, far) = crate::process::Process::pipe();
        let (out, err) = (Arc::new(Screen::default()), Arc::new(Screen::default()));
        let mut launch = Launch::new(words.iter().copied());
        launch.env.clone_from(&self.env);
        launch.descriptors = Descriptors::standard(
            stdin,
            Descriptor::Sink(out.clone()),
            Descriptor::Sink(err.clone()),
        );
        Running {
            child: self.space.launch(launch).unwrap(),
            stdin: Some(far),
            out,
            err,
            space: self.space.clone(),
        }
    }

    /// Runs a command line to its end: the exit code, standard output, standard error.
    pub(super) async fn run(&self, line: &str) -> (u8, String, String) {
        self.run_words(&line.split(' ').collect::<Vec<_>>()).await
    }

    pub(super) async fn run_words(&self, words: &[&str]) -> (u8, String, String) {
        let mut running = self.start_words(words);
        running.stdin = None;
        let exit = running.child.wait().await;
        (exit.code(), running.out.text(), running.err.text())
    }

    /// Lets everybody do what can be done now.
    pub(super) async fn settle(&self) {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }

    /// Lets time pass.
    pub(super) async fn pass(&self, time: Duration) {
        self.settle().await;
        self.clock.advance(time);
        self.settle().await;
    }

    pub(super) async fn connect(&self, port: u16) -> Result<Connection, Errno> {
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        self.network.connect(to).await
    }

    /// Sends a text, says that this was all, and reads the answer to its end.
    pub(super) async fn ask(&self, port: u16, text: impl AsRef<[u8]>) -> String {
        String::from_utf8_lossy(&self.ask_bytes(port, text).await).into_owned()
    }

    pub(super) async fn ask_bytes(&self, port: u16, text: impl AsRef<[u8]>) -> Vec<u8> {
        let connection = self.connect(port).await.unwrap();
        connection.write(text.as_ref()).await.ok();
        connection.finish().await;
        let mut answer = Vec::new();
        while let Ok(bytes) = connection.read(64 * 1024).await {
            if bytes.is_empty() {
                break;
            }
            answer.extend(bytes);
        }
        answer
    }

    /// Asks for a path over HTTP: the status line and headers, and the body.
    pub(super) async fn http(&self, port: u16, head: &str, body: &str) -> (String, String) {
        let length = body.len();
        let request = format!(
            "{head} HTTP/1.1\r\nHost: box\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let answer = self.ask(port, request).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        (head.to_owned(), body.to_owned())
    }
}

impl Running {
    pub(super) fn signal(&self, name: &str) {
        let signal = Signal::parse(name).unwrap();
        self.space.signal(self.child.pid, signal, true);
    }

    pub(super) async fn type_in(&self, text: &str) {
        let stdin = self.stdin.as_ref().unwrap();
        stdin
            .write(text.as_bytes(), Timestamp::UNIX_EPOCH)
            .await
            .unwrap();
    }

    pub(super) async fn wait(&self) -> u8 {
        self.child.wait().await.code()
    }

    pub(super) fn exit(&self) -> Option<u8> {
        self.child.exit().map(Exit::code)
    }
}
