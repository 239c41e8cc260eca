//! MySQL and MariaDB: a server that speaks their protocol over the small SQL of the simulator,
//! and clients for it.

mod client;
mod packet;
mod session;
#[cfg(test)]
mod tests;
mod values;

pub(super) use client::{admin, run as client};

use std::cell::Cell;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use self::session::{Serving, converse};
use super::sql::{Cluster, Dialect, Facts, Failure, Outcome, Session, parse};
use crate::process::network::Transport;
use crate::process::script::account;
use crate::process::script::reception::Reception;
use crate::process::{Process, Signal};

/// The version where the image's environment does not tell it.
const VERSION: &str = "8.4.6";

/// Whose server it is.
#[derive(Clone, Copy)]
struct Brand {
    name: &'static str,
    variables: &'static str,
    daemon: &'static str,
}

const MYSQL: Brand = Brand {
    name: "MySQL",
    variables: "MYSQL",
    daemon: "/usr/sbin/mysqld",
};
const MARIADB: Brand = Brand {
    name: "MariaDB",
    variables: "MARIADB",
    daemon: "mariadbd",
};

/// A variable of the image, by MariaDB's own name or by MySQL's.
fn variable(process: &Process, brand: Brand, name: &str) -> Option<String> {
    let own = process.variable(&format!("{}_{name}", brand.variables));
    let value = own.or_else(|| process.variable(&format!("MYSQL_{name}")));
    value.map(str::to_owned).filter(|value| !value.is_empty())
}

async fn log(process: &mut Process, brand: Brand, text: &str) {
    let at = process.now().strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
    let line = match brand.name {
        "MySQL" => format!("{at} 0 [System] [MY-010000] [Server] {text}\n"),
        _ => format!(
            "{} 0 [Note] {text}\n",
            process.now().strftime("%Y-%m-%d %H:%M:%S")
        ),
    };
    process.complain(line).await;
}

async fn entrypoint(process: &mut Process, text: &str) {
    let at = process
        .now()
        .strftime("%Y-%m-%d %H:%M:%S+00:00")
        .to_string();
    process
        .print(format!("{at} [Note] [Entrypoint]: {text}\n"))
        .await
        .ok();
}

/// The version that the image's environment tells.
fn version(process: &Process, brand: Brand) -> String {
    let version = process
        .variable("MYSQL_VERSION")
        .or_else(|| process.variable("MARIADB_VERSION"));
    let version = version.unwrap_or(VERSION).trim_start_matches("1:");
    let version = version
        .split(['-', '+'])
        .next()
        .unwrap_or(VERSION)
        .to_owned();
    match brand.name {
        "MariaDB" => format!("{version}-MariaDB-ubu2404"),
        _ => version,
    }
}

/// Runs a server by its command line and its environment.
pub(super) async fn run(mut process: Process) -> u8 {
    let called = process.args.first().map_or("", String::as_str);
    let brand = if called.ends_with("mariadbd") {
        MARIADB
    } else {
        MYSQL
    };
    let version = version(&process, brand);
    let args: Vec<String> = process.args.iter().skip(1).cloned().collect();
    if args
        .iter()
        .any(|arg| matches!(arg.as_str(), "--version" | "-V"))
    {
        let words = format!("{}  Ver {version} for Linux on x86_64\n", brand.daemon);
        return u8::from(process.print(words).await.is_err());
    }
    let value = |name: &str| {
        args.iter()
            .find_map(|arg| arg.strip_prefix(&format!("--{name}=")))
            .map(str::to_owned)
    };
    let port = value("port")
        .and_then(|port| port.parse().ok())
        .unwrap_or(3306);
    let data = value("datadir").unwrap_or_else(|| "/var/lib/mysql".to_owned());
    if process.user.is_root()
        && let Some(user) = account::user(process.space.files(), "mysql")
    {
        process.become_user(user);
    }
    for signal in [Signal::TERM, Signal::INT, Signal::QUIT] {
        process.catch(signal);
    }
    process.ignore(Signal::HUP);
    let cluster = Cluster::new(
        Dialect::MySql,
        data,
        process.space.files().clone(),
        process.user.clone(),
    );
    let old = version.starts_with("5.") || brand.name == "MariaDB";
    let serving = Arc::new(Serving {
        cluster,
        version: version.clone(),
        old_passwords: old,
        clock: process.space.clock().clone(),
    });
    let mut listener = match process.listen(Transport::Tcp, port) {
        Ok(listener) => listener,
        Err(errno) => {
            log(
                &mut process,
                brand,
                &format!("Can't start server: Bind on TCP/IP port: {errno}"),
            )
            .await;
            return 1;
        }
    };
    if let Err(code) = prepare(&mut process, &serving, brand).await {
        return code;
    }
    log(
        &mut process,
        brand,
        &format!(
            "{} ({} {version}) starting as process 1",
            brand.daemon, brand.daemon
        ),
    )
    .await;
    log(&mut process, brand, &ready(brand, &version, port)).await;
    let mut reception = Reception::<()>::default();
    let handle = |_, connection| -> BoxFuture<'static, Option<()>> {
        let serving = serving.clone();
        Box::pin(async move {
            converse(serving, connection).await;
            None
        })
    };
    tokio::select! {
        biased;
        _ = process.signal() => {}
        () = reception.serve(std::slice::from_mut(&mut listener), handle) => {}
    }
    drop(reception);
    say_goodbye(&mut process, brand, &version).await;
    0
}

async fn say_goodbye(process: &mut Process, brand: Brand, version: &str) {
    log(
        process,
        brand,
        &format!(
            "Received SHUTDOWN from user <via user signal>. Shutting down {} (Version: {version}).",
            brand.daemon
        ),
    )
    .await;
    log(
        process,
        brand,
        &format!(
            "{}: Shutdown complete ({} {version})  {} Community Server - GPL.",
            brand.daemon, brand.daemon, brand.name
        ),
    )
    .await;
}

fn ready(brand: Brand, version: &str, port: u16) -> String {
    let daemon = brand.daemon;
    format!(
        "{daemon}: ready for connections. Version: '{version}'  socket: '/var/run/mysqld/mysqld.sock'  \
         port: {port}  {} Community Server - GPL.",
        brand.name
    )
}

fn facts(serving: &Serving, now: Timestamp, database: &str) -> Facts {
    Facts {
        dialect: Dialect::MySql,
        now,
        version: serving.version.clone(),
        user: "root".to_owned(),
        database: database.to_owned(),
        connection: 0,
        last_id: 0,
        counter: 0,
        sleep: Cell::new(0.0),
    }
}

/// Makes a folder of data where there is none, as the image's entrypoint does; else reads it.
async fn prepare(process: &mut Process, serving: &Serving, brand: Brand) -> Result<(), u8> {
    let now = process.now();
    let cluster = &serving.cluster;
    if cluster.has_file("global/roles.json") {
        cluster.load(&facts(serving, now, "mysql"));
        return Ok(());
    }
    let password = variable(process, brand, "ROOT_PASSWORD");
    let random = variable(process, brand, "RANDOM_ROOT_PASSWORD").is_some();
    let empty = variable(process, brand, "ALLOW_EMPTY_PASSWORD")
        .or_else(|| variable(process, brand, "ALLOW_EMPTY_ROOT_PASSWORD"))
        .is_some();
    if password.is_none() && !random && !empty {
        let at = now.strftime("%Y-%m-%d %H:%M:%S+00:00").to_string();
        let names = brand.variables;
        let words = format!(
            "{at} [ERROR] [Entrypoint]: Database is uninitialized and password option is not \
             specified\n    You need to specify one of the following as an environment variable:\n    \
             - {names}_ROOT_PASSWORD\n    - {names}_ALLOW_EMPTY_PASSWORD\n    - \
             {names}_RANDOM_ROOT_PASSWORD\n"
        );
        process.complain(words).await;
        return Err(1);
    }
    let password = if random && password.is_none() {
        let generated = "c2ltdWxhdGVkLXBhc3N3b3Jk".to_owned();
        entrypoint(process, &format!("GENERATED ROOT PASSWORD: {generated}")).await;
        Some(generated)
    } else {
        password
    };
    entrypoint(process, "Initializing database files").await;
    entrypoint(process, "Database files initialized").await;
    entrypoint(process, "Starting temporary server").await;
    log(process, brand, &ready(brand, &serving.version, 0)).await;
    entrypoint(process, "Temporary server started.").await;
    cluster.set_role("root", Some(password.unwrap_or_default()), now);
    for name in ["information_schema", "mysql", "performance_schema", "sys"] {
        cluster.create_database(name, now);
    }
    let database = variable(process, brand, "DATABASE");
    if let Some(database) = &database {
        entrypoint(process, &format!("Creating database {database}")).await;
        cluster.create_database(database, now);
    }
    if let Some(user) = variable(process, brand, "USER") {
        entrypoint(process, &format!("Creating user {user}")).await;
        let password = variable(process, brand, "PASSWORD");
        cluster.set_role(&user, Some(password.unwrap_or_default()), now);
    }
    run_scripts(process, serving, database.as_deref().unwrap_or("mysql")).await?;
    entrypoint(process, "Stopping temporary server").await;
    entrypoint(process, "Temporary server stopped").await;
    let name = brand.name;
    process.print("\n").await.ok();
    entrypoint(
        process,
        &format!("{name} init process done. Ready for start up."),
    )
    .await;
    process.print("\n").await.ok();
    Ok(())
}

/// Carries out the statements that lie in `/docker-entrypoint-initdb.d`.
async fn run_scripts(process: &mut Process, serving: &Serving, database: &str) -> Result<(), u8> {
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
        if name.rsplit_once('.').is_none_or(|(_, kind)| kind != "sql") {
            entrypoint(process, &format!("{folder}: ignoring {file}")).await;
            continue;
        }
        entrypoint(process, &format!("{folder}: running {file}")).await;
        let content = process.space.files().read(&file, &process.user);
        let text = String::from_utf8_lossy(&content.unwrap_or_default()).into_owned();
        if let Err(failure) = run_sql(serving, database, &text) {
            process
                .complain(format!("ERROR 1105 (HY000) at {file}: {}\n", failure.words))
                .await;
            return Err(1);
        }
    }
    Ok(())
}

fn run_sql(serving: &Serving, database: &str, text: &str) -> Result<(), Failure> {
    let now = serving.clock.now();
    let mut session = Session::default();
    let mut database = database.to_owned();
    for parsed in parse(text, Dialect::MySql)? {
        let statement = parsed.statement?;
        let outcome = serving.cluster.with(&database.clone(), now, |kept| {
            let facts = facts(serving, now, &database);
            kept.execute(&mut session, &statement, &[], &facts)
        });
        match outcome.transpose()? {
            Some(Outcome::CreateDatabase { name, .. }) => {
                serving.cluster.create_database(&name, now);
            }
            Some(Outcome::Role { name, password }) => {
                serving.cluster.set_role(&name, password, now);
            }
            Some(Outcome::Use(name)) => database = name,
            _ => {}
        }
    }
    Ok(())
}
