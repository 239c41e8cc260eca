//! The process that listens and answers.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::watch;

use super::answer::Answerer;
use super::config::{Config, Workers};
use super::directive::Wrong;
use super::variables::at_utc;
use super::{Options, directive, known, read};
use crate::files::{Credentials, Errno, Open};
use crate::process::network::Transport;
use crate::process::script::account;
use crate::process::script::http_server::serve_http;
use crate::process::script::reception::Reception;
use crate::process::script::services::helpers::Helpers;
use crate::process::{Connection, Descriptor, Exit, Listener, Pid, Process, Signal};

/// The longest body of a request that is taken at all, in bytes.
const LONGEST_BODY: usize = 64 * 1024 * 1024;

/// Who answers, of a master that runs as root.
fn worker(process: &Process, config: &Config) -> Option<Credentials> {
    let name = config.user.as_deref().unwrap_or("nginx");
    let found = account::user(process.space.files(), name);
    found.filter(|_| process.user.is_root())
}

/// Makes the folders for what does not fit into memory, and gives them to who answers; what is wrong
/// where that does not work.
pub(super) fn make_temporary(process: &Process, config: &Config) -> Result<(), String> {
    let (files, now) = (process.space.files(), process.now());
    let worker = worker(process, config);
    for path in &config.temporary {
        let failed = |call: &str, errno: Errno| {
            format!("{call}() \"{path}\" failed ({}: {errno})", errno.number())
        };
        match files.create_dir(path, 0o700, &process.user, now) {
            Ok(()) | Err(Errno::Exists) => {}
            Err(errno) => return Err(failed("mkdir", errno)),
        }
        let Some(worker) = &worker else { continue };
        let stat = files.stat(path, &process.user);
        let stat = stat.map_err(|errno| failed("stat", errno))?;
        if stat.meta.uid != worker.uid {
            let given = files.chown(path, Some(worker.uid), None, &process.user);
            given.map_err(|errno| failed("chown", errno))?;
        }
    }
    Ok(())
}

/// A line of the error log.
pub(super) fn line(now: Timestamp, level: &str, pid: u32, text: &str) -> String {
    format!(
        "{} [{level}] {pid}#{pid}: {text}\n",
        at_utc(now, "%Y/%m/%d %H:%M:%S")
    )
}

/// The process that listens.
pub(super) struct Master {
    logs: Arc<Logs>,
    answerer: Arc<Answerer>,
    listeners: Vec<Listener>,
    workers: Helpers,
    reception: Reception<()>,
    /// Tells connections that their next answer is the last.
    stopping: watch::Sender<bool>,
}

/// The logs that are open.
struct Logs {
    pid: u32,
    error: Descriptor,
    /// The rank of what is told.
    least: usize,
    /// By their files.
    access: BTreeMap<String, Descriptor>,
    connections: Mutex<u64>,
}

/// How grave a level of the error log is.
fn rank(level: &str) -> usize {
    const LEVELS: [&str; 8] = [
        "debug", "info", "notice", "warn", "error", "crit", "alert", "emerg",
    ];
    LEVELS.iter().position(|known| *known == level).unwrap_or(4)
}

impl Logs {
    async fn error(&self, now: Timestamp, level: &str, text: &str) {
        self.error_of(self.pid, now, level, text).await;
    }

    async fn error_of(&self, pid: Pid, now: Timestamp, level: &str, text: &str) {
        if rank(level) < self.least {
            return;
        }
        let line = line(now, level, pid, text);
        self.error.write(line.as_bytes(), now).await.ok();
    }

    /// Lets workers end, and tells of it.
    async fn dismiss(&self, process: &Process, mut workers: Helpers) {
        let now = process.now();
        for pid in workers.pids() {
            self.error_of(pid, now, "notice", "exiting").await;
            self.error_of(pid, now, "notice", "exit").await;
        }
        for (pid, exit) in workers.dismiss(process, Signal::QUIT).await {
            self.told_of(process, pid, exit).await;
        }
    }

    /// Says how a worker ended.
    async fn told_of(&self, process: &Process, pid: Pid, exit: Exit) {
        let now = process.now();
        let words = format!("signal 17 (SIGCHLD) received from {pid}");
        self.error(now, "notice", &words).await;
        let (level, words) = match exit {
            Exit::Code(code) => ("notice", format!("exited with code {code}")),
            Exit::Killed(signal) => ("alert", format!("exited on signal {}", signal.number())),
        };
        let words = format!("worker process {pid} {words}");
        self.error(now, level, &words).await;
    }
}

impl Master {
    pub(super) async fn run(
        process: Process,
        config: Config,
        options: Options,
        version: String,
    ) -> u8 {
        for signal in [
            Signal::TERM,
            Signal::INT,
            Signal::QUIT,
            Signal::HUP,
            Signal::USR1,
            Signal::WINCH,
        ] {
            process.catch(signal);
        }
        let mut master = match Self::open(&process, config, version).await {
            Ok(master) => master,
            Err(code) => return code,
        };
        let words = process.args.join(" ");
        process.set_title(format!("nginx: master process {words}"));
        if let Err(code) = master.greet(&process, &options).await {
            return code;
        }
        master.start_workers(&process).await;
        loop {
            let signal = tokio::select! {
                biased;
                signal = process.signal() => signal,
                (pid, exit) = master.serve() => {
                    master.logs.told_of(&process, pid, exit).await;
                    master.start_worker(&process).await;
                    continue;
                }
            };
            let now = process.now();
            let number = signal.number();
            let logs = master.logs.clone();
            let received = format!("signal {number} (SIG{}) received", signal.name());
            match signal {
                Signal::HUP => {
                    logs.error(now, "notice", &format!("{received}, reconfiguring"))
                        .await;
                    master.reload(&process, &options).await;
                }
                Signal::TERM | Signal::INT | Signal::QUIT => {
                    let how = if signal == Signal::QUIT {
                        "shutting down"
                    } else {
                        "exiting"
                    };
                    logs.error(now, "notice", &format!("{received}, {how}"))
                        .await;
                    if signal == Signal::QUIT {
                        for pid in master.workers.pids() {
                            let words = "gracefully shutting down";
                            logs.error_of(pid, now, "notice", words).await;
                        }
                        master.close(&process).await;
                    }
                    let workers = std::mem::take(&mut master.workers);
                    logs.dismiss(&process, workers).await;
                    logs.error(now, "notice", "exit").await;
                    let files = process.space.files();
                    let pid = &master.answerer.config.pid;
                    files.remove_file(pid, &process.user, now).ok();
                    return 0;
                }
                _ => logs.error(now, "notice", &received).await,
            }
        }
    }

    /// Answers until a worker ends.
    async fn serve(&mut self) -> (Pid, Exit) {
        let workers: Vec<Pid> = self.workers.pids().collect();
        let handle = handler(&self.answerer, &self.logs, &self.stopping, workers);
        let reception = async {
            self.reception.serve(&mut self.listeners, handle).await;
            pending().await
        };
        tokio::select! {
            ended = self.workers.ended() => ended,
            never = reception => never,
        }
    }

    async fn start_workers(&mut self, process: &Process) {
        let logs = self.logs.clone();
        logs.error(process.now(), "notice", "start worker processes")
            .await;
        let number = match self.answerer.config.workers {
            Workers::Auto => process.space.machine().cpus,
            Workers::Number(number) => number,
        };
        for _ in 0..number {
            if !self.start_worker(process).await {
                break;
            }
        }
    }

    async fn start_worker(&mut self, process: &Process) -> bool {
        let user = worker(process, &self.answerer.config);
        let title = Some("nginx: worker process");
        let started = self.workers.start(process, title, user);
        let now = process.now();
        if let Ok(pid) = &started {
            let words = format!("start worker process {pid}");
            self.logs.error(now, "notice", &words).await;
        } else {
            let words = "fork() failed while spawning \"worker process\" (11: Resource temporarily \
                         unavailable)";
            self.logs.error(now, "alert", words).await;
        }
        started.is_ok()
    }

    /// Lets open connections end with the answer at work, unless one more signal comes.
    async fn close(&mut self, process: &Process) {
        self.listeners.clear();
        self.stopping.send_replace(true);
        loop {
            tokio::select! {
                () = self.reception.drain() => return,
                signal = process.signal() => {
                    if matches!(signal, Signal::TERM | Signal::INT) {
                        return;
                    }
                }
            }
        }
    }

    /// Opens logs and ports; the code to end with when that does not work.
    async fn open(process: &Process, config: Config, version: String) -> Result<Self, u8> {
        let now = process.now();
        let open = |name: &str| {
            let how = Open {
                write: true,
                append: true,
                create: true,
                mode: 0o644,
                ..Open::default()
            };
            process.open(name, how)
        };
        let stderr = process.descriptors.get(2).unwrap_or(Descriptor::Null);
        let error = match config.error_log.as_str() {
            "stderr" | "off" => stderr.clone(),
            file => open(file).unwrap_or_else(|_| stderr.clone()),
        };
        let mut logs = Logs {
            pid: process.pid,
            error,
            least: rank(&config.error_level),
            access: BTreeMap::new(),
            connections: Mutex::new(0),
        };
        let levels = config.servers.iter().flat_map(|server| {
            let locations = server.locations.iter().map(|location| &location.level);
            locations.chain([&server.level])
        });
        for (file, _) in levels.filter_map(|level| level.access_log.as_ref()) {
            if !logs.access.contains_key(file)
                && let Ok(descriptor) = open(file)
            {
                logs.access.insert(file.clone(), descriptor);
            }
        }
        let mut listeners = Vec::new();
        for port in config.ports() {
            match process.listen(Transport::Tcp, port) {
                Ok(listener) => listeners.push(listener),
                Err(errno) => {
                    let problem = format!(
                        "bind() to 0.0.0.0:{port} failed ({}: {errno})",
                        errno.number()
                    );
                    logs.error(now, "emerg", &problem).await;
                    return Err(1);
                }
            }
        }
        let worker = worker(process, &config);
        let (stopping, _) = watch::channel(false);
        Ok(Self {
            logs: Arc::new(logs),
            answerer: Arc::new(Answerer {
                config,
                space: process.space.clone(),
                user: worker.unwrap_or_else(|| process.user.clone()),
                version,
            }),
            listeners,
            workers: Helpers::default(),
            reception: Reception::default(),
            stopping,
        })
    }

    /// Says what nginx says when it starts, and leaves its number behind; the code to end with when
    /// that does not work.
    async fn greet(&mut self, process: &Process, options: &Options) -> Result<(), u8> {
        let now = process.now();
        let config = &self.answerer.config;
        let lines = [
            "using the \"epoll\" event method".to_owned(),
            format!("nginx/{}", self.answerer.version),
            "OS: Linux".to_owned(),
        ];
        let file = options.file.as_deref().unwrap_or("/etc/nginx/nginx.conf");
        let directives = directive::read(process.space.files(), file, &options.globals);
        for warning in known::warnings(&directives.unwrap_or_default()) {
            self.logs.error(now, "warn", &warning).await;
        }
        for text in lines {
            self.logs.error(now, "notice", &text).await;
        }
        let number = format!("{}\n", process.pid);
        let files = process.space.files();
        let written = files.write(&config.pid, number.into_bytes(), 0o644, &process.user, now);
        if let Err(errno) = written {
            let (path, number) = (&config.pid, errno.number());
            let problem = format!("open() \"{path}\" failed ({number}: {errno})");
            self.logs.error(now, "emerg", &problem).await;
            let stderr = process.descriptors.get(2).unwrap_or(Descriptor::Null);
            let words = format!("nginx: [emerg] {problem}\n");
            stderr.write(words.as_bytes(), now).await.ok();
            return Err(1);
        }
        Ok(())
    }

    /// Takes a new configuration, unless it is wrong; connections that are open keep the old one.
    async fn reload(&mut self, process: &Process, options: &Options) {
        let now = process.now();
        let file = options.file.as_deref().unwrap_or("/etc/nginx/nginx.conf");
        let config = match read(process, file, &options.globals) {
            Ok(config) => config,
            Err(Wrong(problem)) => {
                self.logs.error(now, "emerg", &problem).await;
                return;
            }
        };
        // The ports are taken anew; nobody can connect in between, for nothing else runs.
        self.listeners.clear();
        self.stopping.send_replace(true);
        let version = self.answerer.version.clone();
        if let Err(problem) = make_temporary(process, &config) {
            self.logs.error(now, "emerg", &problem).await;
        }
        if let Ok(fresh) = Self::open(process, config, version).await {
            let connections = std::mem::take(&mut self.reception);
            let workers = std::mem::take(&mut self.workers);
            *self = fresh;
            self.reception = connections;
            let logs = self.logs.clone();
            let words = "using the \"epoll\" event method";
            logs.error(now, "notice", words).await;
            self.start_workers(process).await;
            for pid in workers.pids() {
                logs.error_of(pid, now, "notice", "gracefully shutting down")
                    .await;
            }
            logs.dismiss(process, workers).await;
        } else {
            self.logs
                .error(now, "emerg", "still could not bind()")
                .await;
        }
    }
}

fn handler(
    answerer: &Arc<Answerer>,
    logs: &Arc<Logs>,
    stopping: &watch::Sender<bool>,
    workers: Vec<Pid>,
) -> impl FnMut(u16, Connection) -> BoxFuture<'static, Option<()>> {
    let (answerer, logs) = (answerer.clone(), logs.clone());
    let stopping = stopping.subscribe();
    move |port, connection| {
        let (answerer, logs) = (answerer.clone(), logs.clone());
        let mut stopping = stopping.clone();
        let workers = workers.clone();
        Box::pin(async move {
            let number = {
                let mut count = logs
                    .connections
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                *count += 1;
                *count
            };
            // They take turns.
            let turn = usize::try_from(number).unwrap_or_default();
            let turn = turn.checked_rem(workers.len()).unwrap_or_default();
            let worker = workers.get(turn).copied().unwrap_or(logs.pid);
            let stop = async {
                if stopping.wait_for(|stop| *stop).await.is_err() {
                    pending::<()>().await;
                }
            };
            serve_http(connection, LONGEST_BODY, stop, |request| {
                let (answerer, logs) = (answerer.clone(), logs.clone());
                async move {
                    let now = answerer.space.clock().now();
                    let outcome = answerer.answer(&request, port, now).await;
                    for problem in outcome.errors {
                        let words = format!("*{number} {problem}");
                        logs.error_of(worker, now, "error", &words).await;
                    }
                    if let Some((file, line)) = outcome.access
                        && let Some(log) = logs.access.get(&file)
                    {
                        log.write(line.as_bytes(), now).await.ok();
                    }
                    outcome.response
                }
            })
            .await;
            None
        })
    }
}
