//! A client of a PostgreSQL server.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::login::{Login, Method};
use super::message::{Body, Wire, texts};
use super::settings;
use super::types;
use crate::process::Connection;
use crate::process::script::services::helpers::{Helper, HelperStart};
use crate::process::script::services::sql::statement::{Field, Rows, Statement};
use crate::process::script::services::sql::{
    self, Cluster, Dialect, Facts, Failure, Kind, Outcome, Value, parse,
};
use crate::process::script::timeline::Timeline;

/// The most prepared statements and portals.
const MOST_PREPARED: usize = 10_000;
/// What asks for encryption, for another kind of it, and to end what another one does.
const SSL: i32 = 80_877_103;
const GSS: i32 = 80_877_104;
const CANCEL: i32 = 80_877_102;
/// The third version of the protocol.
const VERSION: i32 = 196_608;

/// What the server hands to each of its clients.
pub(super) struct Serving {
    pub(super) cluster: Cluster,
    pub(super) version: String,
    pub(super) method: Method,
    pub(super) log: super::Log,
    pub(super) clock: simulation::Clock,
    pub(super) helpers: HelperStart,
}

/// A statement that was prepared.
#[derive(Clone)]
struct Prepared {
    statement: Statement,
    kinds: Vec<Kind>,
    fields: Option<Vec<Field>>,
    text: String,
}

/// A prepared statement with its parameters, and what is left of its answer.
struct Portal {
    prepared: Prepared,
    parameters: Vec<Value>,
    /// Which columns are wanted in binary; one for all, or none.
    formats: Vec<u16>,
    rest: Option<(Rows, String)>,
}

pub(super) struct Session {
    serving: Arc<Serving>,
    number: u32,
    user: String,
    database: String,
    settings: BTreeMap<String, String>,
    sql: sql::Session,
    prepared: BTreeMap<String, Prepared>,
    portals: BTreeMap<String, Portal>,
    /// After an error, messages are passed over up to the next `Sync`.
    skipping: bool,
    time: Timeline,
    /// The process that is seen of it.
    _backend: Option<Helper>,
}

/// Speaks with a client until it goes.
pub(super) async fn converse(serving: Arc<Serving>, connection: Connection) {
    let mut wire = Wire::new(&connection);
    let Some(Some(mut session)) = enter(&serving, &connection, &mut wire).await else {
        wire.flush().await;
        return;
    };
    session.serve(&mut wire).await;
    wire.flush().await;
}

/// Lets a client in; nothing when it may not, or wants something else.
async fn enter(
    serving: &Arc<Serving>,
    connection: &Connection,
    wire: &mut Wire<'_>,
) -> Option<Option<Session>> {
    let mut first = loop {
        let mut first = wire.first().await?;
        match first.number()? {
            SSL | GSS => {
                wire.put_raw(b"N");
                wire.flush().await?;
            }
            CANCEL => return None,
            VERSION..196_612 => break first,
            version => {
                let words = format!(
                    "unsupported frontend protocol {}.{}: server supports 3.0 to 3.0",
                    version >> 16,
                    version & 0xFFFF
                );
                fail(wire, "FATAL", &Failure::new("0A000", words));
                return Some(None);
            }
        }
    };
    let mut given = BTreeMap::new();
    while let Some(name) = first.text().filter(|name| !name.is_empty()) {
        given.insert(name, first.text()?);
    }
    let user = given.remove("user").unwrap_or_default();
    let database = given.remove("database").unwrap_or_else(|| user.clone());
    let number = serving.cluster.connect();
    let login = Login {
        cluster: &serving.cluster,
        user: &user,
        peer: connection.peer().ip(),
        number,
    };
    // As in the image's own settings, those who are in the container are trusted.
    let local = connection.peer().ip().is_loopback();
    let method = if local { Method::Trust } else { serving.method };
    let mut checked = login.check(wire, method).await?;
    if checked.is_ok() && !serving.cluster.has_database(&database) {
        let words = format!("database \"{database}\" does not exist");
        checked = Err(Failure::new("3D000", words));
    }
    let now = serving.clock.now();
    if let Err(failure) = checked {
        serving.log.write(now, "FATAL", &failure.words).await;
        fail(wire, "FATAL", &failure);
        return Some(None);
    }
    wire.put(b'R', &0_i32.to_be_bytes());
    let from = connection.peer();
    let from = if from.ip().is_loopback() {
        "[local]".to_owned()
    } else {
        format!("{}({})", from.ip(), from.port())
    };
    let title = format!("postgres: {user} {database} {from} idle");
    let mut session = Session {
        serving: serving.clone(),
        number,
        user,
        database,
        settings: BTreeMap::new(),
        sql: sql::Session::default(),
        prepared: BTreeMap::new(),
        portals: BTreeMap::new(),
        skipping: false,
        time: Timeline::new(serving.clock.clone()),
        _backend: serving.helpers.start(&title),
    };
    for (name, value) in given {
        if !matches!(name.as_str(), "options" | "replication") && !name.starts_with("_pq_") {
            session.settings.insert(name.to_ascii_lowercase(), value);
        }
    }
    for name in settings::REPORTED {
        let value = session
            .setting(&name.to_ascii_lowercase())
            .unwrap_or_default();
        wire.put(b'S', &texts([name, &value]));
    }
    let key = [
        number.to_be_bytes(),
        number.wrapping_mul(2_654_435_761).to_be_bytes(),
    ];
    wire.put(b'K', &key.concat());
    session.ready(wire);
    wire.flush().await?;
    Some(Some(session))
}

fn fail(wire: &mut Wire<'_>, severity: &str, failure: &Failure) {
    let mut body = Vec::new();
    let mut field = |kind: u8, text: &str| {
        body.push(kind);
        body.extend(texts([text]));
    };
    field(b'S', severity);
    field(b'V', severity);
    field(b'C', failure.code);
    field(b'M', &failure.words);
    if let Some(at) = failure.at {
        field(b'P', &(at + 1).to_string());
    }
    body.push(0);
    wire.put(b'E', &body);
}

impl Session {
    fn setting(&self, name: &str) -> Option<String> {
        if let Some(value) = self.settings.get(name) {
            return Some(value.clone());
        }
        match name {
            "session_authorization" => Some(self.user.clone()),
            "server_version" => Some(self.serving.version.clone()),
            "data_directory" => Some(self.serving.cluster.data.clone()),
            _ => settings::default(name).map(str::to_owned),
        }
    }

    fn ready(&self, wire: &mut Wire<'_>) {
        let state = match (self.sql.is_open(), self.sql.failed) {
            (false, _) => b'I',
            (true, false) => b'T',
            (true, true) => b'E',
        };
        wire.put(b'Z', &[state]);
    }

    fn facts(&self, now: Timestamp, counter: u64) -> Facts {
        Facts {
            dialect: Dialect::Postgres,
            now,
            version: format!(
                "PostgreSQL {} on x86_64-pc-linux-gnu, compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit",
                self.serving.version
            ),
            user: self.user.clone(),
            database: self.database.clone(),
            connection: self.number,
            last_id: self.sql.last_id,
            counter,
            sleep: Cell::new(0.0),
        }
    }

    async fn serve(&mut self, wire: &mut Wire<'_>) -> Option<()> {
        loop {
            if wire.is_full() {
                wire.flush().await?;
            }
            let mut message = wire.message().await?;
            self.time.catch_up();
            self.time.step().await;
            if self.skipping && !matches!(message.kind, b'S' | b'X') {
                continue;
            }
            let done = match message.kind {
                b'Q' => {
                    let text = message.body.text()?;
                    self.query(wire, &text).await?;
                    self.ready(wire);
                    wire.flush().await?;
                    continue;
                }
                b'S' => {
                    self.skipping = false;
                    if !self.sql.is_open() {
                        self.portals.clear();
                    }
                    self.ready(wire);
                    wire.flush().await?;
                    continue;
                }
                b'H' => {
                    wire.flush().await?;
                    continue;
                }
                b'X' => return Some(()),
                b'P' => self.parse(wire, &mut message.body),
                b'B' => self.bind(wire, &mut message.body),
                b'D' => self.describe(wire, &mut message.body),
                b'E' => self.run_portal(wire, &mut message.body).await?,
                b'C' => self.close(wire, &mut message.body),
                b'd' | b'c' | b'f' => continue,
                other => {
                    let words = format!("invalid frontend message type {other}");
                    fail(wire, "FATAL", &Failure::new("08P01", words));
                    return Some(());
                }
            };
            if let Err(failure) = done {
                self.failed(wire, &failure, None).await;
                self.skipping = true;
            }
        }
    }

    async fn failed(&mut self, wire: &mut Wire<'_>, failure: &Failure, text: Option<&str>) {
        let now = self.time.now();
        let mut words = failure.words.clone();
        if let Some(at) = failure.at {
            words.extend([format!(" at character {}", at + 1)]);
        }
        self.serving.log.write(now, "ERROR", &words).await;
        if let Some(text) = text {
            self.serving.log.write(now, "STATEMENT", text).await;
        }
        fail(wire, "ERROR", failure);
    }

    /// Answers a text of statements, one after another, up to the first that fails.
    async fn query(&mut self, wire: &mut Wire<'_>, text: &str) -> Option<()> {
        let all = match parse(text, Dialect::Postgres) {
            Ok(all) => all,
            Err(failure) => {
                self.failed(wire, &failure, Some(text)).await;
                return Some(());
            }
        };
        if all.is_empty() {
            wire.put(b'I', &[]);
        }
        for parsed in all {
            let outcome = match parsed.statement {
                Ok(statement) => self.execute(&statement, &[]).await,
                Err(failure) => {
                    // A statement that is not understood ends a transaction, too.
                    self.sql.failed |= self.sql.is_open();
                    Err(failure)
                }
            };
            match outcome {
                Ok(outcome) => {
                    if let Some((rows, words)) = self.answer(wire, outcome) {
                        describe_rows(wire, &rows.fields, &[]);
                        for row in &rows.rows {
                            if let Err(failure) = send_row(wire, &rows.fields, row, &[]) {
                                self.failed(wire, &failure, Some(text)).await;
                                return Some(());
                            }
                            if wire.is_full() {
                                wire.flush().await?;
                            }
                        }
                        wire.put(b'C', &texts([words.as_str()]));
                    }
                }
                Err(failure) => {
                    self.failed(wire, &failure, Some(text)).await;
                    return Some(());
                }
            }
        }
        Some(())
    }

    /// Carries a statement out, in the time that it takes.
    async fn execute(
        &mut self,
        statement: &Statement,
        parameters: &[Value],
    ) -> Result<Outcome, Failure> {
        let now = self.time.now();
        let serving = self.serving.clone();
        let mut sleep = 0.0;
        let outcome = serving
            .cluster
            .with(&self.database.clone(), now, |database| {
                let facts = self.facts(now, database.counter);
                let outcome = database.execute(&mut self.sql, statement, parameters, &facts);
                sleep = facts.sleep.get();
                outcome
            });
        if sleep > 0.0 {
            self.time.sleep(Duration::from_secs_f64(sleep)).await;
        }
        let gone = || {
            Failure::new(
                "3D000",
                format!("database \"{}\" does not exist", self.database),
            )
        };
        match outcome.ok_or_else(gone)?? {
            Outcome::Show(name) => self.show(&name),
            Outcome::Role { name, password } => {
                serving.cluster.set_role(&name, password, now);
                Ok(done("CREATE ROLE"))
            }
            Outcome::CreateDatabase { name, .. } => {
                if serving.cluster.create_database(&name, now) {
                    Ok(done("CREATE DATABASE"))
                } else {
                    let words = format!("database \"{name}\" already exists");
                    Err(Failure::new("42P04", words))
                }
            }
            Outcome::DropDatabase { name, if_exists } => {
                if name == self.database {
                    let words = "cannot drop the currently open database";
                    return Err(Failure::new("55006", words));
                }
                if serving.cluster.drop_database(&name, now) || if_exists {
                    Ok(done("DROP DATABASE"))
                } else {
                    let words = format!("database \"{name}\" does not exist");
                    Err(Failure::new("3D000", words))
                }
            }
            outcome => Ok(outcome),
        }
    }

    fn show(&self, name: &str) -> Result<Outcome, Failure> {
        let cluster = &self.serving.cluster;
        let names = match name {
            "simulator.databases" => Some(cluster.database_names()),
            "simulator.tables" => {
                let now = self.time.now();
                cluster.with(&self.database, now, |database| database.names(&self.sql))
            }
            "simulator.columns" => {
                let now = self.time.now();
                cluster.with(&self.database, now, |database| database.columns(&self.sql))
            }
            _ => None,
        };
        if let Some(names) = names {
            let rows = names
                .into_iter()
                .map(|name| vec![Value::Text(name)])
                .collect();
            return Ok(sql::database::list("Name", rows));
        }
        let value = self.setting(name).ok_or_else(|| {
            Failure::new(
                "42704",
                format!("unrecognized configuration parameter \"{name}\""),
            )
        })?;
        let rows = vec![vec![Value::Text(value)]];
        match sql::database::list(name, rows) {
            Outcome::Rows { rows, .. } => Ok(Outcome::Rows {
                rows,
                words: "SHOW".to_owned(),
            }),
            other => Ok(other),
        }
    }

    /// Says what came of a statement; rows are given back to be sent.
    fn answer(&mut self, wire: &mut Wire<'_>, outcome: Outcome) -> Option<(Rows, String)> {
        match outcome {
            Outcome::Rows { rows, words } => return Some((rows, words)),
            Outcome::Done { words, .. } => wire.put(b'C', &texts([words.as_str()])),
            Outcome::Set { name, value } => {
                let reported = settings::REPORTED.iter();
                if let Some(title) = reported
                    .into_iter()
                    .find(|known| known.eq_ignore_ascii_case(&name))
                {
                    wire.put(b'S', &texts([*title, &value]));
                }
                if self.settings.len() < 1_000 {
                    self.settings.insert(name, value);
                }
                wire.put(b'C', &texts(["SET"]));
            }
            _ => wire.put(b'I', &[]),
        }
        None
    }

    fn parse(&mut self, wire: &mut Wire<'_>, body: &mut Body) -> Result<(), Failure> {
        let broken = || Failure::new("08P01", "invalid message format");
        let (name, text) = (
            body.text().ok_or_else(broken)?,
            body.text().ok_or_else(broken)?,
        );
        let mut given = Vec::new();
        for _ in 0..body.short().ok_or_else(broken)? {
            given.push(types::kind(body.number().ok_or_else(broken)?));
        }
        let mut all = parse(&text, Dialect::Postgres)?;
        if all.len() > 1 {
            let words = "cannot insert multiple commands into a prepared statement";
            return Err(Failure::new("42601", words));
        }
        let (statement, parameters) = match all.pop() {
            Some(parsed) => (parsed.statement?, parsed.parameters),
            None => (Statement::Empty, 0),
        };
        let now = self.time.now();
        let (mut kinds, fields) = self
            .serving
            .clone()
            .cluster
            .with(&self.database.clone(), now, |database| {
                let facts = self.facts(now, database.counter);
                database.describe(&self.sql, &statement, &facts, parameters)
            })
            .unwrap_or_else(|| Ok((Vec::new(), None)))?;
        for (kind, given) in kinds.iter_mut().zip(given) {
            *kind = given.unwrap_or(*kind);
        }
        if self.prepared.len() >= MOST_PREPARED {
            return Err(Failure::new(
                "53000",
                "there are too many prepared statements",
            ));
        }
        if !name.is_empty() && self.prepared.contains_key(&name) {
            let words = format!("prepared statement \"{name}\" already exists");
            return Err(Failure::new("42P05", words));
        }
        let prepared = Prepared {
            statement,
            kinds,
            fields,
            text,
        };
        self.prepared.insert(name, prepared);
        wire.put(b'1', &[]);
        Ok(())
    }

    fn bind(&mut self, wire: &mut Wire<'_>, body: &mut Body) -> Result<(), Failure> {
        let broken = || Failure::new("08P01", "invalid message format");
        let (portal, name) = (
            body.text().ok_or_else(broken)?,
            body.text().ok_or_else(broken)?,
        );
        let prepared = self.prepared.get(&name).cloned().ok_or_else(|| {
            Failure::new(
                "26000",
                format!("prepared statement \"{name}\" does not exist"),
            )
        })?;
        let shorts = |body: &mut Body| -> Option<Vec<u16>> {
            (0..body.short()?).map(|_| body.short()).collect()
        };
        let sent = shorts(body).ok_or_else(broken)?;
        let count = usize::from(body.short().ok_or_else(broken)?);
        if count != prepared.kinds.len() {
            let words = format!(
                "bind message supplies {count} parameters, but prepared statement \"{name}\" \
                 requires {}",
                prepared.kinds.len()
            );
            return Err(Failure::new("08P01", words));
        }
        let mut parameters = Vec::new();
        for (at, kind) in prepared.kinds.iter().enumerate() {
            let length = body.number().ok_or_else(broken)?;
            parameters.push(match usize::try_from(length) {
                Err(_) => Value::Null,
                Ok(length) => {
                    let bytes = body.take(length).ok_or_else(broken)?;
                    types::decode(*kind, bytes, is_binary(&sent, at))?
                }
            });
        }
        let formats = shorts(body).ok_or_else(broken)?;
        if self.portals.len() >= MOST_PREPARED {
            return Err(Failure::new("53000", "there are too many portals"));
        }
        self.portals.insert(
            portal,
            Portal {
                prepared,
                parameters,
                formats,
                rest: None,
            },
        );
        wire.put(b'2', &[]);
        Ok(())
    }

    fn describe(&mut self, wire: &mut Wire<'_>, body: &mut Body) -> Result<(), Failure> {
        let broken = || Failure::new("08P01", "invalid message format");
        let (kind, name) = (
            body.byte().ok_or_else(broken)?,
            body.text().ok_or_else(broken)?,
        );
        let (fields, formats) = if kind == b'S' {
            let prepared = self.prepared.get(&name).ok_or_else(|| {
                Failure::new(
                    "26000",
                    format!("prepared statement \"{name}\" does not exist"),
                )
            })?;
            let count = u16::try_from(prepared.kinds.len()).unwrap_or(u16::MAX);
            let mut bytes = count.to_be_bytes().to_vec();
            for kind in &prepared.kinds {
                bytes.extend(types::number(*kind).0.to_be_bytes());
            }
            wire.put(b't', &bytes);
            (prepared.fields.clone(), Vec::new())
        } else {
            let portal = self.portals.get(&name).ok_or_else(|| no_portal(&name))?;
            (portal.prepared.fields.clone(), portal.formats.clone())
        };
        match fields {
            Some(fields) => describe_rows(wire, &fields, &formats),
            None => wire.put(b'n', &[]),
        }
        Ok(())
    }

    async fn run_portal(
        &mut self,
        wire: &mut Wire<'_>,
        body: &mut Body,
    ) -> Option<Result<(), Failure>> {
        let (name, most) = (body.text()?, body.number()?);
        let Some(mut portal) = self.portals.remove(&name) else {
            return Some(Err(no_portal(&name)));
        };
        if portal.rest.is_none() {
            let Prepared { statement, .. } = &portal.prepared;
            if matches!(statement, Statement::Empty) {
                wire.put(b'I', &[]);
                return Some(Ok(()));
            }
            match self.execute(statement, &portal.parameters).await {
                Ok(outcome) => portal.rest = self.answer(wire, outcome),
                Err(failure) => {
                    let now = self.time.now();
                    self.serving
                        .log
                        .write(now, "STATEMENT", &portal.prepared.text)
                        .await;
                    return Some(Err(failure));
                }
            }
        }
        let Some((rows, words)) = &mut portal.rest else {
            return Some(Ok(()));
        };
        let most = usize::try_from(most)
            .ok()
            .filter(|most| *most > 0)
            .unwrap_or(usize::MAX);
        let later = rows.rows.split_off(most.min(rows.rows.len()));
        for row in &rows.rows {
            if let Err(failure) = send_row(wire, &rows.fields, row, &portal.formats) {
                return Some(Err(failure));
            }
            if wire.is_full() {
                wire.flush().await?;
            }
        }
        if later.is_empty() {
            wire.put(b'C', &texts([words.as_str()]));
        } else {
            rows.rows = later;
            wire.put(b's', &[]);
            self.portals.insert(name, portal);
        }
        Some(Ok(()))
    }

    fn close(&mut self, wire: &mut Wire<'_>, body: &mut Body) -> Result<(), Failure> {
        let broken = || Failure::new("08P01", "invalid message format");
        let (kind, name) = (
            body.byte().ok_or_else(broken)?,
            body.text().ok_or_else(broken)?,
        );
        if kind == b'S' {
            self.prepared.remove(&name);
        } else {
            self.portals.remove(&name);
        }
        wire.put(b'3', &[]);
        Ok(())
    }
}

fn no_portal(name: &str) -> Failure {
    Failure::new("34000", format!("portal \"{name}\" does not exist"))
}

pub(super) fn done(words: &str) -> Outcome {
    Outcome::Done {
        count: 0,
        words: words.to_owned(),
    }
}

fn is_binary(formats: &[u16], at: usize) -> bool {
    match formats {
        [] => false,
        [all] => *all == 1,
        each => each.get(at) == Some(&1),
    }
}

fn describe_rows(wire: &mut Wire<'_>, fields: &[Field], formats: &[u16]) {
    let count = u16::try_from(fields.len()).unwrap_or(u16::MAX);
    let mut bytes = count.to_be_bytes().to_vec();
    for (at, field) in fields.iter().enumerate() {
        let (number, size) = types::number(field.kind);
        bytes.extend(texts([field.name.as_str()]));
        bytes.extend([0; 6]);
        bytes.extend(number.to_be_bytes());
        bytes.extend(size.to_be_bytes());
        bytes.extend((-1_i32).to_be_bytes());
        bytes.extend(u16::from(is_binary(formats, at)).to_be_bytes());
    }
    wire.put(b'T', &bytes);
}

fn send_row(
    wire: &mut Wire<'_>,
    fields: &[Field],
    row: &[Value],
    formats: &[u16],
) -> Result<(), Failure> {
    let count = u16::try_from(row.len()).unwrap_or(u16::MAX);
    let mut bytes = count.to_be_bytes().to_vec();
    for (at, (field, value)) in fields.iter().zip(row).enumerate() {
        if *value == Value::Null {
            bytes.extend((-1_i32).to_be_bytes());
            continue;
        }
        let value = types::encode(field.kind, value, is_binary(formats, at))?;
        bytes.extend(u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend(value);
    }
    wire.put(b'D', &bytes);
    Ok(())
}
