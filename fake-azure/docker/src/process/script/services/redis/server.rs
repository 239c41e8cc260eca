//! The Redis server: its state, and the process that listens.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use simulation::Clock;
use tokio::sync::Notify;

use super::commands::{Outcome, Pattern};
use super::protocol::Words;
use super::pubsub::{Listening, Mailbox};
use super::rdb;
use super::session::{Session, converse};
use super::settings::{Settings, Wrong};
use super::store::Store;
use crate::process::network::Transport;
use crate::process::script::reception::Reception;
use crate::process::{Process, Signal, Space};

/// The version where the image's environment does not tell it.
const VERSION: &str = "8.2.1";

/// What a server knows.
#[derive(Debug)]
pub(super) struct State {
    pub(super) store: Store,
    pub(super) settings: Settings,
    clients: BTreeMap<u64, ClientInfo>,
    last_client: u64,
    pub(super) cursors: BTreeMap<u64, Vec<u8>>,
    pub(super) last_cursor: u64,
    /// How many commands were carried out.
    pub(super) commands: u64,
    /// How many changes no file has.
    pub(super) unsaved: u64,
    started: i64,
    pub(super) last_save: i64,
    pub(super) save_wanted: bool,
    pub(super) ending: bool,
    pub(super) changed: Arc<Notify>,
}

/// A client, as others see it.
#[derive(Debug)]
struct ClientInfo {
    name: String,
    address: SocketAddr,
    since: i64,
    listening: Listening,
}

impl State {
    fn new(settings: Settings, now: i64) -> Self {
        Self {
            store: Store::default(),
            settings,
            clients: BTreeMap::new(),
            last_client: 0,
            cursors: BTreeMap::new(),
            last_cursor: 0,
            commands: 0,
            unsaved: 0,
            started: now,
            last_save: now,
            save_wanted: false,
            ending: false,
            changed: Arc::default(),
        }
    }

    pub(super) fn name_client(&mut self, id: u64, name: String) {
        if let Some(client) = self.clients.get_mut(&id) {
            client.name = name;
        }
    }

    pub(super) fn client_name(&self, id: u64) -> &str {
        self.clients.get(&id).map_or("", |client| &client.name)
    }

    pub(super) fn list_clients(&self, only: Option<u64>, now: i64) -> String {
        let wanted = self
            .clients
            .iter()
            .filter(|(id, _)| only.is_none_or(|only| only == **id));
        let line = |(id, client): (&u64, &ClientInfo)| {
            format!(
                "id={id} addr={} laddr=127.0.0.1:{} fd=8 name={} age={} idle=0 flags=N db=0 sub={} \
                 psub={} multi=-1 cmd=client|list user=default resp=2\n",
                client.address,
                self.settings.port(),
                client.name,
                (now - client.since) / 1000,
                client.listening.channels.len(),
                client.listening.patterns.len(),
            )
        };
        wanted.map(line).collect()
    }

    /// How many channels and patterns a client listens to.
    pub(super) fn channels(&self, id: u64) -> usize {
        self.clients
            .get(&id)
            .map_or(0, |client| client.listening.count())
    }

    pub(super) fn listen(&mut self, id: u64, name: &[u8], by_pattern: bool) -> usize {
        if let Some(client) = self.clients.get_mut(&id) {
            if by_pattern {
                let pattern = Pattern::new(name);
                client.listening.patterns.insert(name.to_vec(), pattern);
            } else {
                client.listening.channels.insert(name.to_vec());
            }
        }
        self.channels(id)
    }

    pub(super) fn unlisten(&mut self, id: u64, name: &[u8], by_pattern: bool) -> usize {
        if let Some(client) = self.clients.get_mut(&id) {
            if by_pattern {
                client.listening.patterns.remove(name);
            } else {
                client.listening.channels.remove(name);
            }
        }
        self.channels(id)
    }

    pub(super) fn names(&self, id: u64, by_pattern: bool) -> Vec<Vec<u8>> {
        let Some(client) = self.clients.get(&id) else {
            return Vec::new();
        };
        if by_pattern {
            client.listening.patterns.keys().cloned().collect()
        } else {
            client.listening.channels.iter().cloned().collect()
        }
    }

    pub(super) fn forget_channels(&mut self, id: u64) {
        if let Some(client) = self.clients.get_mut(&id) {
            client.listening.channels.clear();
            client.listening.patterns.clear();
        }
    }

    /// Hands a message to all who listen to its channel; how often it was.
    pub(super) fn publish(&mut self, channel: &[u8], message: &[u8]) -> usize {
        let clients = self.clients.values();
        clients
            .map(|client| client.listening.hand_over(channel, message))
            .sum()
    }

    /// All channels that somebody listens to, and how many do.
    pub(super) fn all_channels(&self) -> BTreeMap<Vec<u8>, usize> {
        let mut all = BTreeMap::new();
        for channel in self
            .clients
            .values()
            .flat_map(|client| &client.listening.channels)
        {
            *all.entry(channel.clone()).or_insert(0) += 1;
        }
        all
    }

    pub(super) fn patterns(&self) -> usize {
        self.clients
            .values()
            .map(|client| client.listening.patterns.len())
            .sum()
    }

    /// What `INFO` tells, by section.
    pub(super) fn sections(&self, now: i64) -> Vec<(&'static str, String)> {
        let up = (now - self.started).max(0) / 1000;
        let used = self.store.used() + 1024 * 1024;
        let mut keyspace = String::new();
        for (number, database) in self.store.databases() {
            if database.len() > 0 {
                keyspace.extend([format!(
                    "db{number}:keys={},expires={},avg_ttl=0,subexpiry=0\r\n",
                    database.len(),
                    database.expiring()
                )]);
            }
        }
        vec![
            (
                "Server",
                format!(
                    "redis_version:{}\r\nredis_git_sha1:00000000\r\nredis_git_dirty:0\r\n\
                     redis_mode:standalone\r\nos:Linux\r\narch_bits:64\r\nprocess_id:1\r\n\
                     run_id:{}\r\ntcp_port:{}\r\nuptime_in_seconds:{up}\r\nuptime_in_days:{}\r\n\
                     hz:10\r\nconfig_file:\r\n",
                    self.settings.version,
                    "0".repeat(40),
                    self.settings.port(),
                    up / 86_400,
                ),
            ),
            (
                "Clients",
                format!(
                    "connected_clients:{}\r\nblocked_clients:0\r\n",
                    self.clients.len()
                ),
            ),
            (
                "Memory",
                format!(
                    "used_memory:{used}\r\nused_memory_human:{:.2}M\r\nmaxmemory:{}\r\n\
                     maxmemory_policy:{}\r\nmem_fragmentation_ratio:1.00\r\n",
                    f64::from(u32::try_from(used / 1024).unwrap_or(u32::MAX)) / 1024.0,
                    self.settings.get("maxmemory"),
                    self.settings.get("maxmemory-policy"),
                ),
            ),
            (
                "Persistence",
                format!(
                    "loading:0\r\nrdb_changes_since_last_save:{}\r\nrdb_bgsave_in_progress:0\r\n\
                     rdb_last_save_time:{}\r\nrdb_last_bgsave_status:ok\r\naof_enabled:{}\r\n",
                    self.unsaved,
                    self.last_save / 1000,
                    u8::from(self.settings.get("appendonly") == "yes"),
                ),
            ),
            (
                "Stats",
                format!(
                    "total_connections_received:{}\r\ntotal_commands_processed:{}\r\n\
                     expired_keys:0\r\nevicted_keys:0\r\npubsub_channels:{}\r\n",
                    self.last_client,
                    self.commands,
                    self.all_channels().len(),
                ),
            ),
            (
                "Replication",
                "role:master\r\nconnected_slaves:0\r\nmaster_repl_offset:0\r\n".to_owned(),
            ),
            (
                "CPU",
                "used_cpu_sys:0.000000\r\nused_cpu_user:0.000000\r\n".to_owned(),
            ),
            ("Cluster", "cluster_enabled:0\r\n".to_owned()),
            ("Keyspace", keyspace),
        ]
    }
}

/// The state as all clients share it.
pub(super) struct Shared {
    state: Mutex<State>,
    space: Arc<Space>,
    user: crate::files::Credentials,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn clock(&self) -> Clock {
        self.space.clock().clone()
    }

    pub(super) fn changed(&self) -> Arc<Notify> {
        self.state().changed.clone()
    }

    pub(super) fn is_ending(&self) -> bool {
        self.state().ending
    }

    pub(super) fn enter(&self, address: SocketAddr) -> (Session, Arc<Mailbox>) {
        let mut state = self.state();
        state.last_client += 1;
        let id = state.last_client;
        let listening = Listening::default();
        let mailbox = listening.mailbox.clone();
        let client = ClientInfo {
            name: String::new(),
            address,
            since: self.space.clock().now().as_millisecond(),
            listening,
        };
        state.clients.insert(id, client);
        let open = state.settings.password().is_none();
        (Session::new(id, open), mailbox)
    }

    pub(super) fn leave(&self, id: u64) {
        self.state().clients.remove(&id);
    }

    pub(super) fn handle(&self, session: &mut Session, words: &Words, now: Timestamp) -> Outcome {
        session.handle(&mut self.state(), words, now.as_millisecond())
    }

    /// Writes what is kept to its file, when a command asked for it.
    pub(super) async fn save_if_wanted(&self, now: Timestamp) {
        let wanted = std::mem::take(&mut self.state().save_wanted);
        if wanted {
            self.save(now);
            tokio::task::yield_now().await;
        }
    }

    /// Writes what is kept to its file; false when that did not work.
    fn save(&self, now: Timestamp) -> bool {
        let mut state = self.state();
        let bytes = rdb::write(&state.store);
        let file = state.settings.file();
        let written = self
            .space
            .files()
            .write(&file, bytes, 0o600, &self.user, now);
        if written.is_ok() {
            state.unsaved = 0;
            state.last_save = now.as_millisecond();
        }
        written.is_ok()
    }
}

/// Runs a server by its command line.
pub(in crate::process::script::services) async fn run(mut process: Process) -> u8 {
    let settings = match settings(&process) {
        Ok(Asked::Serve(settings)) => settings,
        Ok(Asked::Words(words)) => {
            return u8::from(process.print(words).await.is_err());
        }
        Err(Wrong(problem)) => {
            process.complain(problem).await;
            return 1;
        }
    };
    for signal in [Signal::TERM, Signal::INT] {
        process.catch(signal);
    }
    process.ignore(Signal::HUP);
    let (port, version) = (settings.port(), settings.version.clone());
    let now = process.now();
    let shared = Arc::new(Shared {
        state: Mutex::new(State::new(settings, now.as_millisecond())),
        space: process.space.clone(),
        user: process.user.clone(),
    });
    greet(&mut process, &version, port).await;
    let mut listener = match process.listen(Transport::Tcp, port) {
        Ok(listener) => listener,
        Err(errno) => {
            let problem = format!("# Failed listening on port {port} (tcp), aborting. ({errno})");
            log(&mut process, 'M', &problem).await;
            return 1;
        }
    };
    let title = {
        let state = shared.state();
        let bind = state.settings.get("bind");
        let first = bind.split_whitespace().next().unwrap_or("*");
        let called = process.args.first().map_or("", String::as_str);
        format!("{called} {first}:{port}")
    };
    process.set_title(title);
    load(&mut process, &shared).await;
    let ready = if version.starts_with(['4', '5', '6']) {
        "* Ready to accept connections"
    } else {
        "* Ready to accept connections tcp"
    };
    log(&mut process, 'M', ready).await;
    let mut reception = Reception::default();
    let listeners = std::slice::from_mut(&mut listener);
    let handle = |_, connection| -> futures_util::future::BoxFuture<'static, Option<()>> {
        Box::pin(converse(shared.clone(), connection))
    };
    let signal = tokio::select! {
        biased;
        signal = process.signal() => Some(signal),
        () = reception.serve(listeners, handle) => None,
    };
    drop(reception);
    shut_down(&mut process, &shared, signal).await
}

enum Asked {
    Serve(Settings),
    Words(String),
}

fn settings(process: &Process) -> Result<Asked, Wrong> {
    let version = process
        .variable("REDIS_VERSION")
        .or_else(|| process.variable("VALKEY_VERSION"))
        .unwrap_or(VERSION)
        .to_owned();
    let mut args = process.args.get(1..).unwrap_or_default();
    if let Some("-v" | "--version") = args.first().map(String::as_str) {
        return Ok(Asked::Words(format!(
            "Redis server v={version} sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 \
             build=0000000000000000\n"
        )));
    }
    let mut settings = Settings::new(version);
    settings.set("dir", process.cwd.clone());
    if let Some((file, rest)) = args.split_first()
        && !file.starts_with('-')
    {
        let content = process
            .space
            .files()
            .read(&process.path(file), &process.user);
        let content = content.map_err(|errno| {
            Wrong(format!(
                "Fatal error, can't open config file '{file}': {errno}\n"
            ))
        })?;
        settings.read(&String::from_utf8_lossy(&content))?;
        args = rest;
    }
    settings.read_args(args)?;
    Ok(Asked::Serve(settings))
}

async fn log(process: &mut Process, role: char, text: &str) {
    let at = process.now().strftime("%d %b %Y %H:%M:%S").to_string();
    let millis = process.now().subsec_millisecond();
    let pid = process.pid;
    process
        .print(format!("{pid}:{role} {at}.{millis:03} {text}\n"))
        .await
        .ok();
}

async fn greet(process: &mut Process, version: &str, port: u16) {
    let pid = process.pid;
    let started = format!(
        "* Redis version={version}, bits=64, commit=00000000, modified=0, pid={pid}, just started"
    );
    log(
        process,
        'C',
        "* oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo",
    )
    .await;
    log(process, 'C', &started).await;
    log(process, 'C', "* Configuration loaded").await;
    log(process, 'M', "* monotonic clock: POSIX clock_gettime").await;
    log(
        process,
        'M',
        &format!("* Running mode=standalone, port={port}."),
    )
    .await;
    log(process, 'M', "* Server initialized").await;
}

/// Reads what an earlier run has left.
async fn load(process: &mut Process, shared: &Shared) {
    let (file, now) = (shared.state().settings.file(), process.now());
    let Ok(bytes) = process.space.files().read(&file, &process.user) else {
        return;
    };
    let loaded = rdb::read(&bytes, now.as_millisecond());
    let words = if let Some(store) = loaded {
        let keys: usize = store.databases().map(|(_, database)| database.len()).sum();
        shared.state().store = store;
        format!("* Done loading RDB, keys loaded: {keys}, keys expired: 0.")
    } else {
        format!("# {file} is no file that the simulated server reads; it begins empty")
    };
    log(process, 'M', &words).await;
}

async fn shut_down(process: &mut Process, shared: &Shared, signal: Option<Signal>) -> u8 {
    let asked = match signal {
        Some(signal) => {
            let seconds = process.now().as_second();
            let (pid, name) = (process.pid, signal.name());
            let words = format!(
                "{pid}:signal-handler ({seconds}) Received SIG{name} scheduling shutdown...\n"
            );
            process.print(words).await.ok();
            shared.state().settings.saves()
        }
        None => shared.state().settings.saves() && shared.state().unsaved > 0,
    };
    log(process, 'M', "* User requested shutdown...").await;
    if asked {
        log(
            process,
            'M',
            "* Saving the final RDB snapshot before exiting.",
        )
        .await;
        let saved = shared.save(process.now());
        let words = if saved {
            "* DB saved on disk"
        } else {
            "# Error saving DB on disk"
        };
        log(process, 'M', words).await;
    }
    log(process, 'M', "# Redis is now ready to exit, bye bye...").await;
    0
}
