//! Ryuk: the reaper of test libraries, which takes away what tests with containers leave behind.
//!
//! A client connects and sends lines of filters; each is answered with `ACK`. When the last
//! client is gone and none comes back in time, everything that any of the filters names is taken
//! away, and the reaper ends.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::process::network::Transport;
use crate::process::script::input::Input;
use crate::process::script::reception::Reception;
use crate::process::script::span::Span;
use crate::process::{Connection, Descriptor, Process, Program, Signal};

/// Where the engine's socket is mounted.
const SOCKET: &str = "/var/run/docker.sock";
/// The most filters that are kept.
const MOST_FILTERS: usize = 10_000;

/// What the engine does for a reaper that its socket is mounted for.
pub trait Reaper: Send + Sync + fmt::Debug {
    /// Takes away all containers, networks, volumes and images that any of the filters names.
    ///
    /// A filter is a list of keys and values, all of which have to fit: `label` with `key=value`,
    /// `name`, and others that lists of the engine take.
    fn reap(&self, filters: Vec<Filter>) -> BoxFuture<'static, Reaped>;
}

/// Keys and values, all of which have to fit.
pub type Filter = Vec<(String, String)>;

/// How many things of each kind were taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reaped {
    /// Containers.
    pub containers: usize,
    /// Networks.
    pub networks: usize,
    /// Volumes.
    pub volumes: usize,
    /// Images.
    pub images: usize,
}

/// The program.
pub(super) struct Ryuk {
    reaper: Option<Arc<dyn Reaper>>,
}

impl Ryuk {
    pub(super) fn new(reaper: Option<Arc<dyn Reaper>>) -> Self {
        Self { reaper }
    }
}

impl Program for Ryuk {
    fn run(self: Arc<Self>, process: Process) -> BoxFuture<'static, u8> {
        Box::pin(run(process, self.reaper.clone()))
    }
}

/// What the environment says.
struct Settings {
    port: u16,
    /// How long it waits for the first client.
    first: Duration,
    /// How long it waits for one to come back.
    again: Duration,
}

#[derive(Default)]
struct Clients {
    open: usize,
    ever: bool,
    filters: Vec<Filter>,
}

#[derive(Default)]
struct Shared {
    clients: Mutex<Clients>,
    changed: Notify,
}

impl Shared {
    fn change<T>(&self, change: impl FnOnce(&mut Clients) -> T) -> T {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let done = change(&mut clients);
        drop(clients);
        self.changed.notify_one();
        done
    }
}

async fn run(mut process: Process, reaper: Option<Arc<dyn Reaper>>) -> u8 {
    let span = |name: &str, default: u64| {
        let written = process
            .variable(name)
            .and_then(|text| Span::parse(text).ok());
        written.map_or(Duration::from_secs(default), |span| span.0)
    };
    let port = process
        .variable("RYUK_PORT")
        .or_else(|| process.variable("PORT"));
    let settings = Settings {
        port: port.and_then(|port| port.parse().ok()).unwrap_or(8080),
        first: span("RYUK_CONNECTION_TIMEOUT", 60),
        again: span("RYUK_RECONNECTION_TIMEOUT", 10),
    };
    for signal in [Signal::TERM, Signal::INT] {
        process.catch(signal);
    }
    // It reaches the engine through the socket that is mounted for it.
    let is_mounted = process.space.files().exists(SOCKET, &process.user);
    let Some(reaper) = reaper.filter(|_| is_mounted) else {
        let words = "panic: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is \
                     the docker daemon running?\n";
        process.complain(words).await;
        return 1;
    };
    log(&mut process, "Pinging Docker...").await;
    log(&mut process, "Docker daemon is available!").await;
    log(
        &mut process,
        &format!("Starting on port {}...", settings.port),
    )
    .await;
    let mut listener = match process.listen(Transport::Tcp, settings.port) {
        Ok(listener) => listener,
        Err(errno) => {
            log(
                &mut process,
                &format!("listen tcp :{}: bind: {errno}", settings.port),
            )
            .await;
            return 1;
        }
    };
    log(&mut process, "Started!").await;
    let shared = Arc::new(Shared::default());
    let mut reception = Reception::default();
    let (log_of, now) = (process.descriptors.get(1), process.space.clock().clone());
    let handle = |_, connection: Connection| -> BoxFuture<'static, Option<()>> {
        let (shared, out, clock) = (shared.clone(), log_of.clone(), now.clone());
        shared.change(|clients| {
            clients.open += 1;
            clients.ever = true;
        });
        Box::pin(async move {
            let out = out.unwrap_or(Descriptor::Null);
            serve(&shared, connection, &out, || clock.now()).await;
            shared.change(|clients| clients.open -= 1);
            None
        })
    };
    let ended = tokio::select! {
        biased;
        _ = process.signal() => true,
        () = reception.serve(std::slice::from_mut(&mut listener), handle) => true,
        () = alone(&shared, &settings, &process) => false,
    };
    drop(reception);
    drop(listener);
    if ended {
        log(&mut process, "Signal received, shutting down").await;
    }
    let filters = shared.change(|clients| std::mem::take(&mut clients.filters));
    let removed = reaper.reap(filters).await;
    let words = format!(
        "Removed {} container(s), {} network(s), {} volume(s) {} image(s)",
        removed.containers, removed.networks, removed.volumes, removed.images
    );
    log(&mut process, &words).await;
    0
}

/// Waits until no client has been there for long enough.
async fn alone(shared: &Shared, settings: &Settings, process: &Process) {
    loop {
        let (open, ever) = {
            let clients = shared
                .clients
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            (clients.open > 0, clients.ever)
        };
        if open {
            shared.changed.notified().await;
            continue;
        }
        let patience = if ever { settings.again } else { settings.first };
        tokio::select! {
            biased;
            () = shared.changed.notified() => {}
            () = process.space.clock().sleep(patience) => return,
        }
    }
}

/// Takes the filters of a client until it goes.
async fn serve(
    shared: &Shared,
    connection: Connection,
    out: &Descriptor,
    now: impl Fn() -> Timestamp,
) {
    let peer = connection.peer();
    out.write(
        line(now(), &format!("New client connected: {peer}")).as_bytes(),
        now(),
    )
    .await
    .ok();
    let connection = Descriptor::Connection(Arc::new(connection));
    let mut input = Input::new(Some(connection.clone()));
    while let Ok(Some(text)) = input.line().await {
        let filter = read(&text);
        if filter.is_empty() {
            continue;
        }
        out.write(line(now(), &format!("Adding {filter:?}")).as_bytes(), now())
            .await
            .ok();
        shared.change(|clients| {
            if clients.filters.len() < MOST_FILTERS && !clients.filters.contains(&filter) {
                clients.filters.push(filter);
            }
        });
        if connection.write(b"ACK\n", now()).await.is_err() {
            break;
        }
    }
    out.write(
        line(now(), &format!("Client disconnected: {peer}")).as_bytes(),
        now(),
    )
    .await
    .ok();
}

/// Reads `label=key%3Dvalue&label=other`.
fn read(line: &str) -> Filter {
    let decoded =
        |text: &str| simulation::http::target::decoded(&text.replace('+', " ")).into_owned();
    let pairs = line
        .trim()
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(key, value)| (decoded(key), decoded(value)))
        .collect()
}

fn line(now: Timestamp, text: &str) -> String {
    format!("{} {text}\n", now.strftime("%Y/%m/%d %H:%M:%S"))
}

async fn log(process: &mut Process, text: &str) {
    let line = line(process.now(), text);
    process.print(line).await.ok();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::script::bench::{Bench, NoPrograms};
    use crate::process::script::services::Services;

    #[derive(Debug, Default)]
    struct Seen(Mutex<Vec<Filter>>);

    impl Reaper for Seen {
        fn reap(&self, filters: Vec<Filter>) -> BoxFuture<'static, Reaped> {
            self.0.lock().unwrap().extend(filters);
            Box::pin(async {
                Reaped {
                    containers: 2,
                    ..Reaped::default()
                }
            })
        }
    }

    fn bench() -> (Bench, Arc<Seen>) {
        let seen = Arc::new(Seen::default());
        let services = Services::before(Arc::new(NoPrograms)).reaper(seen.clone());
        let bench = Bench::new(Arc::new(services));
        bench.program("/bin/ryuk", "ryuk");
        bench.write(SOCKET, b"", 0o660);
        (bench, seen)
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn what_filters_name_is_taken_away_after_the_last_client_is_gone() {
        let (bench, seen) = bench();
        let running = bench.start("/bin/ryuk");
        running.out.until("Started!").await;
        let one = bench.connect(8080).await.unwrap();
        one.write(b"label=org.testcontainers%3Dtrue&label=session%3D1\n")
            .await
            .unwrap();
        bench.settle().await;
        assert_eq!(one.read(99).await.unwrap(), b"ACK\n");
        bench.pass(30 * SECOND).await;
        assert_eq!(running.exit(), None);
        assert_eq!(bench.ask(8080, "label=b\nlabel=b\n\n").await, "ACK\nACK\n");
        drop(one);
        bench.pass(9 * SECOND).await;
        assert_eq!(running.exit(), None);
        let again = bench.connect(8080).await.unwrap();
        bench.pass(11 * SECOND).await;
        assert_eq!(running.exit(), None);
        drop(again);
        bench.pass(10 * SECOND).await;
        assert_eq!(running.exit(), Some(0));
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            seen.0.lock().unwrap().as_slice(),
            [
                vec![
                    pair("label", "org.testcontainers=true"),
                    pair("label", "session=1")
                ],
                vec![pair("label", "b")]
            ]
        );
        let out = running.out.text();
        assert!(
            out.ends_with("Removed 2 container(s), 0 network(s), 0 volume(s) 0 image(s)\n"),
            "{out}"
        );
    }

    #[tokio::test]
    async fn it_ends_when_nobody_ever_comes() {
        let (bench, seen) = bench();
        let bench = bench
            .env("RYUK_CONNECTION_TIMEOUT", "5s")
            .env("RYUK_PORT", "9000");
        let running = bench.start("/bin/ryuk");
        running.out.until("Starting on port 9000...").await;
        bench.pass(4 * SECOND).await;
        assert_eq!(running.exit(), None);
        bench.pass(SECOND).await;
        assert_eq!(running.exit(), Some(0));
        assert!(seen.0.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn noise_gets_no_answer_and_ends_nothing() {
        let (bench, _) = bench();
        let running = bench.start("/bin/ryuk");
        running.out.until("Started!").await;
        assert_eq!(
            bench.ask(8080, "\0\n&&\n%%%\n===\n\u{ff}=1\n").await,
            "ACK\nACK\n"
        );
        assert_eq!(bench.ask(8080, vec![b'a'; 1_000_000]).await, "");
        assert_eq!(running.exit(), None);
    }
}
