//! `mysql` and `mysqladmin`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::packet::{Reader, Wire, put_bytes};
use super::session::{
    CONNECT_WITH_DB, DEPRECATE_EOF, LENENC_AUTH, LONG_PASSWORD, MULTI_RESULTS, MULTI_STATEMENTS,
    PLUGIN_AUTH, PROTOCOL_41, SECURE, scramble,
};
use crate::process::{Connection, Process};

/// What the client can do; it tells of a database only where it wants one.
const CAPABILITIES: u32 = LONG_PASSWORD
    | PROTOCOL_41
    | SECURE
    | MULTI_STATEMENTS
    | MULTI_RESULTS
    | PLUGIN_AUTH
    | LENENC_AUTH
    | DEPRECATE_EOF;

/// The longest text of statements that is read, in bytes.
const LONGEST: usize = 8 * 1024 * 1024;

/// Where a server is, and who wants in.
struct Target {
    host: String,
    port: u16,
    user: String,
    password: String,
    database: String,
    statement: Option<String>,
    no_names: bool,
    table: bool,
    words: Vec<String>,
}

impl Target {
    fn of(process: &Process) -> Self {
        let mut target = Self {
            host: process
                .variable("MYSQL_HOST")
                .unwrap_or("localhost")
                .to_owned(),
            port: 3306,
            user: if process.user.is_root() {
                "root"
            } else {
                "mysql"
            }
            .to_owned(),
            password: process.variable("MYSQL_PWD").unwrap_or_default().to_owned(),
            database: String::new(),
            statement: None,
            no_names: false,
            table: process.descriptors.get(1).is_ok_and(|open| open.is_tty()),
            words: Vec::new(),
        };
        let args: Vec<String> = process.args.iter().skip(1).cloned().collect();
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            let (flag, value) = if let Some(long) = arg.strip_prefix("--") {
                match long.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (long, None),
                }
            } else {
                let rest = arg.strip_prefix('-').unwrap_or_default();
                let Some((flag, value)) = rest.split_at_checked(1) else {
                    target.words.push(arg);
                    continue;
                };
                (flag, Some(value).filter(|value| !value.is_empty()))
            };
            let value = value.map(str::to_owned);
            let needed = matches!(
                flag,
                "h" | "host"
                    | "P"
                    | "port"
                    | "u"
                    | "user"
                    | "e"
                    | "execute"
                    | "D"
                    | "database"
                    | "protocol"
            );
            let value = if needed {
                value.or_else(|| args.next())
            } else {
                value
            };
            let value = value.unwrap_or_default();
            match flag {
                "h" | "host" => target.host = value,
                "P" | "port" => target.port = value.parse().unwrap_or(target.port),
                "u" | "user" => target.user = value,
                "p" | "password" => target.password = value,
                "e" | "execute" => target.statement = Some(value),
                "D" | "database" => target.database = value,
                "N" | "skip-column-names" => target.no_names = true,
                "B" | "batch" => target.table = false,
                "s" | "silent" => {
                    target.table = false;
                    target.no_names = true;
                }
                "t" | "table" => target.table = true,
                _ => {}
            }
        }
        target
    }

    async fn connect(&self, process: &Process) -> Result<Connection, String> {
        let network = process.space.network();
        let local = self.host == "localhost";
        let address = if local {
            Some(IpAddr::from(Ipv4Addr::LOCALHOST))
        } else {
            self.host
                .parse()
                .ok()
                .or_else(|| network.resolve(&self.host).into_iter().next())
        };
        let Some(address) = address else {
            return Err(format!(
                "ERROR 2005 (HY000): Unknown MySQL server host '{}' (-2)",
                self.host
            ));
        };
        let connected = network.connect(SocketAddr::new(address, self.port)).await;
        connected.map_err(|_| {
            if local {
                "ERROR 2002 (HY000): Can't connect to local MySQL server through socket \
                 '/var/run/mysqld/mysqld.sock' (2)"
                    .to_owned()
            } else {
                format!(
                    "ERROR 2003 (HY000): Can't connect to MySQL server on '{}:{}' (111)",
                    self.host, self.port
                )
            }
        })
    }
}

/// An answer: titles and rows, or how many rows were changed.
struct Table {
    titles: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
}

struct Client<'a> {
    wire: Wire<'a>,
    version: String,
}

impl<'a> Client<'a> {
    /// Comes in; the words of the refusal when that fails.
    async fn enter(connection: &'a Connection, target: &Target) -> Result<Self, String> {
        let gone = || "ERROR 2013 (HY000): Lost connection to MySQL server".to_owned();
        let mut client = Self {
            wire: Wire::new(connection),
            version: String::new(),
        };
        let greeting = client.wire.packet().await.ok_or_else(gone)?;
        let (version, mut challenge, mut plugin) = read_greeting(&greeting).ok_or_else(gone)?;
        client.version = version;
        let shown = |plugin: &str, challenge: &[u8]| {
            if target.password.is_empty() {
                Vec::new()
            } else {
                scramble(plugin, &target.password, challenge)
            }
        };
        let capabilities = if target.database.is_empty() {
            CAPABILITIES
        } else {
            CAPABILITIES | CONNECT_WITH_DB
        };
        let mut answer = capabilities.to_le_bytes().to_vec();
        answer.extend(0x0100_0000_u32.to_le_bytes());
        answer.push(255);
        answer.extend([0; 23]);
        answer.extend(target.user.as_bytes());
        answer.push(0);
        put_bytes(&mut answer, &shown(&plugin, &challenge));
        if !target.database.is_empty() {
            answer.extend(target.database.as_bytes());
            answer.push(0);
        }
        answer.extend(plugin.as_bytes());
        answer.push(0);
        client.wire.put(&answer);
        loop {
            client.wire.flush().await.ok_or_else(gone)?;
            let packet = client.wire.packet().await.ok_or_else(gone)?;
            match packet.first() {
                Some(0) => return Ok(client),
                Some(0xFE) => {
                    let mut reader = Reader(&packet[1..]);
                    plugin = reader.text();
                    challenge = reader.0.strip_suffix(&[0]).unwrap_or(reader.0).to_vec();
                    client.wire.put(&shown(&plugin, &challenge));
                }
                Some(0xFF) => return Err(failure(&packet)),
                _ => {}
            }
        }
    }

    /// Asks one thing; nothing comes back where nothing was asked for.
    async fn query(&mut self, text: &str) -> Result<Vec<Table>, String> {
        let gone = || "ERROR 2013 (HY000): Lost connection to MySQL server during query".to_owned();
        self.wire.begin();
        self.wire.put(&[b"\x03", text.as_bytes()].concat());
        self.wire.flush().await.ok_or_else(gone)?;
        let mut tables = Vec::new();
        loop {
            let packet = self.wire.packet().await.ok_or_else(gone)?;
            let mut reader = Reader(&packet);
            match packet.first() {
                Some(0) => {
                    if !has_more(&packet) {
                        return Ok(tables);
                    }
                }
                Some(0xFF) => return Err(failure(&packet)),
                _ => {
                    let count = reader.number().ok_or_else(gone)?;
                    let (table, more) = self.rows(count).await.ok_or_else(gone)??;
                    tables.push(table);
                    if !more {
                        return Ok(tables);
                    }
                }
            }
        }
    }

    async fn rows(&mut self, count: u64) -> Option<Result<(Table, bool), String>> {
        let mut table = Table {
            titles: Vec::new(),
            rows: Vec::new(),
        };
        for _ in 0..count {
            let packet = self.wire.packet().await?;
            let mut reader = Reader(&packet);
            for _ in 0..4 {
                reader.bytes()?;
            }
            table
                .titles
                .push(String::from_utf8_lossy(reader.bytes()?).into_owned());
        }
        loop {
            let packet = self.wire.packet().await?;
            match packet.first() {
                Some(0xFE) => return Some(Ok((table, has_more(&packet)))),
                Some(0xFF) => return Some(Err(failure(&packet))),
                _ => {}
            }
            let mut reader = Reader(&packet);
            let mut row = Vec::new();
            for _ in 0..count {
                row.push(if reader.0.first() == Some(&0xFB) {
                    reader.byte();
                    None
                } else {
                    Some(String::from_utf8_lossy(reader.bytes()?).into_owned())
                });
            }
            table.rows.push(row);
        }
    }
}

/// Whether another answer follows an `OK`.
fn has_more(packet: &[u8]) -> bool {
    let mut reader = Reader(&packet[1..]);
    reader.number();
    reader.number();
    reader
        .array()
        .is_some_and(|status| u16::from_le_bytes(status) & 8 != 0)
}

/// The version, the challenge and the way to show a password.
fn read_greeting(packet: &[u8]) -> Option<(String, Vec<u8>, String)> {
    let mut reader = Reader(packet);
    if reader.byte()? != 10 {
        return None;
    }
    let version = reader.text();
    reader.take(4)?;
    let mut challenge = reader.take(8)?.to_vec();
    reader.take(19)?;
    challenge.extend(reader.take(12)?);
    reader.byte()?;
    Some((version, challenge, reader.text()))
}

fn failure(packet: &[u8]) -> String {
    let mut reader = Reader(packet.get(1..).unwrap_or_default());
    let number = reader.array().map_or(0, u16::from_le_bytes);
    let state = reader.take(6).unwrap_or_default();
    let state = String::from_utf8_lossy(state.get(1..).unwrap_or_default()).into_owned();
    format!(
        "ERROR {number} ({state}): {}",
        String::from_utf8_lossy(reader.0)
    )
}

/// Runs `mysql`.
pub(in crate::process::script::services) async fn run(mut process: Process) -> u8 {
    let mut target = Target::of(&process);
    if let Some(database) = target.words.first() {
        database.clone_into(&mut target.database);
    }
    if process
        .args
        .iter()
        .any(|arg| matches!(arg.as_str(), "--version" | "-V"))
    {
        let words = format!("mysql  Ver {} for Linux on x86_64\n", super::VERSION);
        return u8::from(process.print(words).await.is_err());
    }
    let text = match &target.statement {
        Some(statement) => statement.clone(),
        None => match process.read_to_end(0, LONGEST).await {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(_) => return 1,
        },
    };
    let connection = match target.connect(&process).await {
        Ok(connection) => connection,
        Err(words) => {
            process.complain(format!("{words}\n")).await;
            return 1;
        }
    };
    let answered = match Client::enter(&connection, &target).await {
        Ok(_) if text.trim().is_empty() => Ok(Vec::new()),
        Ok(mut client) => client.query(&text).await,
        Err(words) => Err(words),
    };
    match answered {
        Ok(tables) => {
            for table in tables {
                let shown = show(&table, &target);
                process.print(shown).await.ok();
            }
            0
        }
        Err(words) => {
            process.complain(format!("{words}\n")).await;
            1
        }
    }
}

fn show(table: &Table, target: &Target) -> String {
    let cell = |value: &Option<String>| value.clone().unwrap_or_else(|| "NULL".to_owned());
    let rows: Vec<Vec<String>> = table
        .rows
        .iter()
        .map(|row| row.iter().map(cell).collect())
        .collect();
    if rows.is_empty() {
        return String::new();
    }
    let titles = (!target.no_names).then(|| table.titles.clone());
    if !target.table {
        let lines = titles.iter().chain(&rows).map(|row| row.join("\t") + "\n");
        return lines.collect();
    }
    let mut widths = vec![0; table.titles.len()];
    for row in titles.iter().chain(&rows) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let lines: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
    let line = format!("+{}+\n", lines.join("+"));
    let mut text = line.clone();
    for (at, row) in titles.iter().chain(&rows).enumerate() {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("| {cell:<width$} "));
        text.extend([cells.collect::<String>().as_str(), "|\n"]);
        if at == 0 && titles.is_some() {
            text.push_str(&line);
        }
    }
    text + &line
}

/// Runs `mysqladmin`.
pub(in crate::process::script::services) async fn admin(mut process: Process) -> u8 {
    let target = Target::of(&process);
    let command = target.words.first().cloned().unwrap_or_default();
    let failed = |words: &str| {
        format!(
            "mysqladmin: connect to server at '{}' failed\nerror: '{words}'\n",
            target.host
        )
    };
    let connection = match target.connect(&process).await {
        Ok(connection) => connection,
        Err(words) => {
            let words = words
                .split_once(": ")
                .map_or(words.as_str(), |(_, words)| words);
            process.complain(failed(words)).await;
            return 1;
        }
    };
    let entered = Client::enter(&connection, &target).await;
    match (command.as_str(), entered) {
        // A server that refuses lives, too.
        ("ping", _) => u8::from(process.print("mysqld is alive\n").await.is_err()),
        (_, Err(words)) => {
            let words = words
                .split_once(": ")
                .map_or(words.as_str(), |(_, words)| words);
            process.complain(failed(words)).await;
            1
        }
        ("version" | "status", Ok(client)) => {
            let words = format!(
                "Server version\t\t{}\nUptime: 1  Threads: 1  Questions: 1\n",
                client.version
            );
            u8::from(process.print(words).await.is_err())
        }
        (other, Ok(_)) => {
            let words = format!("mysqladmin: the command '{other}' is not simulated\n");
            process.complain(words).await;
            1
        }
    }
}
