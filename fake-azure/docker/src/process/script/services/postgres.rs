//! PostgreSQL: a server that speaks its protocol over the small SQL of the simulator, and
//! clients for it.

mod client;
mod login;
mod message;
mod session;
mod settings;
#[cfg(test)]
mod tests;
mod types;

pub(super) use client::{create_database, drop_database, is_ready, psql};

use std::cell::Cell;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use self::login::Method;
use self::session::{Serving, converse};
use super::helpers::{HelperStart, Helpers};
use super::sql::{Cluster, Dialect, Facts, Session, parse};
use crate::process::network::Transport;
use crate::process::script::account;
use crate::process::script::reception::Reception;
use crate::process::{Descriptor, Listener, Process, Signal};

/// The version where the image's environment does not tell it.
const VERSION: &str = "17.6";

/// The server's log.
pub(super) struct Log {
    to: Descriptor,
    pid: u32,
}

impl Log {
    async fn write(&self, now: Timestamp, severity: &str, words: &str) {
        let line = format!(
            "{} [{}] {severity}:  {words}\n",
            types::stamp(now),
            self.pid
        );
        self.to.write(line.as_bytes(), now).await.ok();
    }
}

/// Runs a server by its command line and its environment.
pub(super) async fn run(mut process: Process) -> u8 {
    let version = process.variable("PG_VERSION").unwrap_or(VERSION);
    let version = version.split('-').next().unwrap_or(VERSION).to_owned();
    let args: Vec<String> = process.args.iter().skip(1).cloned().collect();
    if args
        .iter()
        .any(|arg| matches!(arg.as_str(), "--version" | "-V"))
    {
        let words = format!("postgres (PostgreSQL) {version}\n");
        return u8::from(process.print(words).await.is_err());
    }
    let value = |flag: &str| {
        let at = args.iter().position(|arg| arg == flag)?;
        args.get(at + 1).cloned()
    };
    let data = value("-D").or_else(|| process.variable("PGDATA").map(str::to_owned));
    let data = data.unwrap_or_else(|| "/var/lib/postgresql/data".to_owned());
    let port = value("-p")
        .and_then(|port| port.parse().ok())
        .unwrap_or(5432);
    if process.user.is_root()
        && let Some(user) = account::user(process.space.files(), "postgres")
    {
        process.become_user(user);
    }
    for signal in [Signal::TERM, Signal::INT, Signal::QUIT, Signal::HUP] {
        process.catch(signal);
    }
    let to = process.descriptors.get(2).unwrap_or(Descriptor::Null);
    let method = process
        .variable("POSTGRES_HOST_AUTH_METHOD")
        .unwrap_or("scram-sha-256");
    let serving = Arc::new(Serving {
        cluster: Cluster::new(
            Dialect::Postgres,
            data,
            process.space.files().clone(),
            process.user.clone(),
        ),
        version,
        method: Method::named(method),
        log: Log {
            to,
            pid: process.pid,
        },
        clock: process.space.clock().clone(),
        helpers: HelperStart::of(&process),
    });
    let mut listener = match process.listen(Transport::Tcp, port) {
        Ok(listener) => listener,
        Err(errno) => {
            let now = process.now();
            let words = format!("could not bind IPv4 address \"0.0.0.0\": {errno}");
            serving.log.write(now, "LOG", &words).await;
            serving
                .log
                .write(now, "FATAL", "could not create any TCP/IP sockets")
                .await;
            return 1;
        }
    };
    if let Err(code) = prepare(&mut process, &serving, &mut listener).await {
        return code;
    }
    greet(&serving, process.now(), Some(port)).await;
    let mut helpers = Helpers::default();
    for name in helpers_of(&serving.version) {
        let title = format!("postgres: {name} ");
        helpers.start(&process, Some(&title), None).ok();
    }
    let code = serve(&process, &serving, listener).await;
    helpers.dismiss(&process, Signal::TERM).await;
    code
}

/// The processes that a server has beside it, in the order of their start.
fn helpers_of(version: &str) -> Vec<&'static str> {
    let major = version.split('.').next().and_then(|word| word.parse().ok());
    let collects = major.is_some_and(|major: u32| major < 15);
    let mut names = vec![
        "checkpointer",
        "background writer",
        "walwriter",
        "autovacuum launcher",
    ];
    names.extend(collects.then_some("stats collector"));
    names.push("logical replication launcher");
    names
}

fn facts(serving: &Serving, now: Timestamp, user: &str, database: &str) -> Facts {
    Facts {
        dialect: Dialect::Postgres,
        now,
        version: serving.version.clone(),
        user: user.to_owned(),
        database: database.to_owned(),
        connection: 0,
        last_id: 0,
        counter: 0,
        sleep: Cell::new(0.0),
    }
}

/// Says what a server says that starts.
async fn greet(serving: &Serving, now: Timestamp, port: Option<u16>) {
    let log = &serving.log;
    let words = format!(
        "starting PostgreSQL {} on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit",
        serving.version
    );
    log.write(now, "LOG", &words).await;
    if let Some(port) = port {
        let words = format!("listening on IPv4 address \"0.0.0.0\", port {port}");
        log.write(now, "LOG", &words).await;
        log.write(
            now,
            "LOG",
            &format!("listening on IPv6 address \"::\", port {port}"),
        )
        .await;
    }
    let words = "listening on Unix socket \"/var/run/postgresql/.s.PGSQL.5432\"";
    log.write(now, "LOG", words).await;
    let words = format!("database system was shut down at {}", types::stamp(now));
    log.write(now, "LOG", &words).await;
    log.write(now, "LOG", "database system is ready to accept connections")
        .await;
}

/// Makes a cluster where there is none, as the image's entrypoint does; else reads it.
async fn prepare(
    process: &mut Process,
    serving: &Arc<Serving>,
    listener: &mut Listener,
) -> Result<(), u8> {
    let cluster = &serving.cluster;
    let now = process.now();
    if cluster.has_file("PG_VERSION") {
        cluster.load(&facts(serving, now, "postgres", "postgres"));
        let words = "\nPostgreSQL Database directory appears to contain a database; Skipping \
                     initialization\n\n";
        process.print(words).await.ok();
        return Ok(());
    }
    let variable = |name: &str| {
        process
            .variable(name)
            .map(str::to_owned)
            .filter(|v| !v.is_empty())
    };
    let password = variable("POSTGRES_PASSWORD");
    if password.is_none() && serving.method != Method::Trust {
        let words = "Error: Database is uninitialized and superuser password is not specified.\n       \
                     You must specify POSTGRES_PASSWORD to a non-empty value for the\n       \
                     superuser. For example, \"-e POSTGRES_PASSWORD=password\" on \"docker run\".\n";
        process.complain(words).await;
        return Err(1);
    }
    let user = variable("POSTGRES_USER").unwrap_or_else(|| "postgres".to_owned());
    let database = variable("POSTGRES_DB").unwrap_or_else(|| user.clone());
    let version = format!(
        "{}\n",
        serving.version.split('.').next().unwrap_or_default()
    );
    let file = format!("{}/PG_VERSION", cluster.data);
    if let Err(errno) = cluster.write(&file, version.into_bytes(), now) {
        let words = format!("initdb: error: could not create file \"{file}\": {errno}\n");
        process.complain(words).await;
        return Err(1);
    }
    let words = format!(
        "The files belonging to this database system will be owned by user \"postgres\".\n\
         fixing permissions on existing directory {} ... ok\ncreating subdirectories ... ok\n\
         syncing data to disk ... ok\n\nSuccess. You can now start the database server.\n\n\
         waiting for server to start....",
        cluster.data
    );
    process.print(words).await.ok();
    cluster.set_role(&user, password, now);
    cluster.create_database("postgres", now);
    greet(serving, now, None).await;
    process.print(" done\nserver started\n").await.ok();
    if cluster.create_database(&database, now) {
        process.print("CREATE DATABASE\n\n").await.ok();
    }
    run_scripts(process, serving, listener, &user, &database).await?;
    let now = process.now();
    process
        .print("waiting for server to shut down....")
        .await
        .ok();
    serving
        .log
        .write(now, "LOG", "received fast shutdown request")
        .await;
    serving
        .log
        .write(now, "LOG", "database system is shut down")
        .await;
    let words =
        " done\nserver stopped\n\nPostgreSQL init process complete; ready for start up.\n\n";
    process.print(words).await.ok();
    Ok(())
}

/// Runs what lies in `/docker-entrypoint-initdb.d`.
async fn run_scripts(
    process: &mut Process,
    serving: &Arc<Serving>,
    listener: &mut Listener,
    user: &str,
    database: &str,
) -> Result<(), u8> {
    let folder = "/docker-entrypoint-initdb.d";
    let entries = process
        .space
        .files()
        .read_dir(folder, &process.user)
        .unwrap_or_default();
    let mut names: Vec<String> = entries.into_iter().map(|entry| entry.name).collect();
    names.sort_unstable();
    for name in names {
        let file = format!("{folder}/{name}");
        let running = format!("/usr/local/bin/docker-entrypoint.sh: running {file}\n");
        let kind = name.rsplit_once('.').map(|(_, kind)| kind);
        if kind == Some("sql") {
            process.print(running).await.ok();
            let content = process.space.files().read(&file, &process.user);
            let text = String::from_utf8_lossy(&content.unwrap_or_default()).into_owned();
            if let Err((line, words)) = run_sql(serving, user, database, &text) {
                process
                    .complain(format!("psql:{file}:{line}: ERROR:  {words}\n"))
                    .await;
                return Err(3);
            }
        } else if kind == Some("sh") {
            process.print(running).await.ok();
            let mut launch = process.child(vec!["/bin/sh".to_owned(), file]);
            launch
                .env
                .push(("POSTGRES_USER".to_owned(), user.to_owned()));
            launch
                .env
                .push(("POSTGRES_DB".to_owned(), database.to_owned()));
            let Ok(child) = process.spawn(launch) else {
                process
                    .complain("docker-entrypoint.sh: /bin/sh: not found\n")
                    .await;
                return Err(127);
            };
            let mut reception = Reception::default();
            let listeners = std::slice::from_mut(&mut *listener);
            let handle = |_, connection| -> BoxFuture<'static, Option<()>> {
                let serving = serving.clone();
                Box::pin(async move {
                    converse(serving, connection).await;
                    None
                })
            };
            let exit = tokio::select! {
                exit = child.wait() => exit,
                () = reception.serve(listeners, handle) => continue,
            };
            if !exit.is_success() {
                return Err(exit.code());
            }
        } else {
            let words = format!("/usr/local/bin/docker-entrypoint.sh: ignoring {file}\n");
            process.print(words).await.ok();
        }
    }
    Ok(())
}

/// Carries out the statements of a file; the line and the words of the first that fails.
fn run_sql(
    serving: &Serving,
    user: &str,
    database: &str,
    text: &str,
) -> Result<(), (usize, String)> {
    let now = serving.clock.now();
    let line = |at: Option<usize>| {
        let before = &text[..text.floor_char_boundary(at.unwrap_or_default())];
        before.matches('\n').count() + 1
    };
    let wrong = |failure: super::sql::Failure| (line(failure.at), failure.words);
    let mut session = Session::default();
    for parsed in parse(text, Dialect::Postgres).map_err(wrong)? {
        let statement = parsed.statement.map_err(wrong)?;
        let outcome = serving.cluster.with(database, now, |kept| {
            let facts = facts(serving, now, user, database);
            kept.execute(&mut session, &statement, &[], &facts)
        });
        match outcome {
            Some(Ok(super::sql::Outcome::CreateDatabase { name, .. })) => {
                serving.cluster.create_database(&name, now);
            }
            Some(Ok(super::sql::Outcome::Role { name, password })) => {
                serving.cluster.set_role(&name, password, now);
            }
            Some(outcome) => drop(outcome.map_err(wrong)?),
            None => {}
        }
    }
    Ok(())
}

/// Answers clients until a signal ends it.
async fn serve(process: &Process, serving: &Arc<Serving>, listener: Listener) -> u8 {
    let mut listeners = vec![listener];
    let mut reception = Reception::<()>::default();
    let handle = |_, connection| -> BoxFuture<'static, Option<()>> {
        let serving = serving.clone();
        Box::pin(async move {
            converse(serving, connection).await;
            None
        })
    };
    let log = &serving.log;
    loop {
        let signal = tokio::select! {
            biased;
            signal = process.signal() => signal,
            () = reception.serve(&mut listeners, handle) => continue,
        };
        let now = process.now();
        match signal {
            Signal::HUP => {
                log.write(now, "LOG", "received SIGHUP, reloading configuration files")
                    .await;
                continue;
            }
            Signal::TERM => {
                log.write(now, "LOG", "received smart shutdown request")
                    .await;
                listeners.clear();
                tokio::select! {
                    () = reception.drain() => {}
                    _ = process.signal() => {
                        log.write(now, "LOG", "received fast shutdown request").await;
                    }
                }
            }
            Signal::INT => {
                log.write(now, "LOG", "received fast shutdown request")
                    .await;
                log.write(now, "LOG", "aborting any active transactions")
                    .await;
            }
            _ => {
                log.write(now, "LOG", "received immediate shutdown request")
                    .await;
                log.write(now, "LOG", "database system is shut down").await;
                return 0;
            }
        }
        log.write(now, "LOG", "shutting down").await;
        log.write(now, "LOG", "database system is shut down").await;
        return 0;
    }
}
