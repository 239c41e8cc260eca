//! A client of a MySQL server.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sha1::Sha1;
use sha2::Digest as _;

use super::packet::{Reader, Wire, put_bytes, put_number};
use super::values;
use crate::process::Connection;
use crate::process::script::services::secret::{hmac, sha256};
use crate::process::script::services::sql::statement::{Field, Rows, Statement};
use crate::process::script::services::sql::{
    self, Cluster, Dialect, Facts, Failure, Kind, Outcome, Value, parse,
};
use crate::process::script::timeline::Timeline;

/// The most prepared statements.
const MOST_PREPARED: usize = 1_000;

// What both sides can do.
pub(super) const LONG_PASSWORD: u32 = 1;
const FOUND_ROWS: u32 = 1 << 1;
pub(super) const CONNECT_WITH_DB: u32 = 1 << 3;
pub(super) const PROTOCOL_41: u32 = 1 << 9;
const SSL: u32 = 1 << 11;
const TRANSACTIONS: u32 = 1 << 13;
pub(super) const SECURE: u32 = 1 << 15;
pub(super) const MULTI_STATEMENTS: u32 = 1 << 16;
pub(super) const MULTI_RESULTS: u32 = 1 << 17;
pub(super) const PLUGIN_AUTH: u32 = 1 << 19;
const CONNECT_ATTRS: u32 = 1 << 20;
pub(super) const LENENC_AUTH: u32 = 1 << 21;
pub(super) const DEPRECATE_EOF: u32 = 1 << 24;
const CAPABILITIES: u32 = LONG_PASSWORD
    | FOUND_ROWS
    | CONNECT_WITH_DB
    | PROTOCOL_41
    | TRANSACTIONS
    | SECURE
    | MULTI_STATEMENTS
    | MULTI_RESULTS
    | PLUGIN_AUTH
    | CONNECT_ATTRS
    | LENENC_AUTH
    | DEPRECATE_EOF;

const NATIVE: &str = "mysql_native_password";
const CACHING: &str = "caching_sha2_password";

/// What the server hands to each of its clients.
pub(super) struct Serving {
    pub(super) cluster: Cluster,
    pub(super) version: String,
    /// Whether passwords are checked the old way unless a client wants the new one.
    pub(super) old_passwords: bool,
    pub(super) clock: simulation::Clock,
}

struct Prepared {
    statement: Statement,
    parameters: usize,
    /// The types of the parameters, as the client said them last.
    kinds: Vec<(u8, bool)>,
}

struct Session {
    serving: Arc<Serving>,
    number: u32,
    user: String,
    database: String,
    capabilities: u32,
    sql: sql::Session,
    prepared: BTreeMap<u32, Prepared>,
    last_prepared: u32,
    time: Timeline,
}

/// Speaks with a client until it goes.
pub(super) async fn converse(serving: Arc<Serving>, connection: Connection) {
    let mut wire = Wire::new(&connection);
    if let Some(Some(mut session)) = enter(&serving, &mut wire, &connection).await {
        session.serve(&mut wire).await;
    }
    wire.flush().await;
}

/// Twenty bytes that differ between connections, none of them zero.
fn challenge(number: u32) -> [u8; 20] {
    let bytes = hmac(b"simulated", &number.to_be_bytes());
    std::array::from_fn(|at| b'!' + bytes[at] % 90)
}

/// What a server says first.
fn greeting(version: &str, number: u32, challenge: &[u8; 20], plugin: &str) -> Vec<u8> {
    let [low0, low1, high0, high1] = CAPABILITIES.to_le_bytes();
    let mut greeting = vec![10];
    greeting.extend(version.as_bytes());
    greeting.push(0);
    greeting.extend(number.to_le_bytes());
    greeting.extend(&challenge[..8]);
    greeting.extend([0, low0, low1, 255, 2, 0, high0, high1, 21]);
    greeting.extend([0; 10]);
    greeting.extend(&challenge[8..]);
    greeting.push(0);
    greeting.extend(plugin.as_bytes());
    greeting.push(0);
    greeting
}

async fn enter(
    serving: &Arc<Serving>,
    wire: &mut Wire<'_>,
    connection: &Connection,
) -> Option<Option<Session>> {
    let number = serving.cluster.connect();
    let challenge = challenge(number);
    let plugin = if serving.old_passwords {
        NATIVE
    } else {
        CACHING
    };
    wire.put(&greeting(&serving.version, number, &challenge, plugin));
    wire.flush().await?;

    let packet = wire.packet().await?;
    let mut reader = Reader(&packet);
    let capabilities = u32::from_le_bytes(reader.array()?);
    if capabilities & SSL != 0 || capabilities & PROTOCOL_41 == 0 {
        return None;
    }
    reader.take(28)?;
    let user = reader.text();
    let given = if capabilities & LENENC_AUTH != 0 {
        reader.bytes()?.to_vec()
    } else {
        let length = usize::from(reader.byte()?);
        reader.take(length)?.to_vec()
    };
    let database = if capabilities & CONNECT_WITH_DB != 0 {
        reader.text()
    } else {
        String::new()
    };
    let mut asked = if capabilities & PLUGIN_AUTH != 0 {
        reader.text()
    } else {
        NATIVE.to_owned()
    };
    let mut given = given;
    if asked != NATIVE && asked != CACHING || asked != plugin {
        // The client is asked anew, by what it knows if that is known here.
        if asked != NATIVE && asked != CACHING {
            plugin.clone_into(&mut asked);
        }
        let mut switch = vec![0xFE];
        switch.extend(asked.as_bytes());
        switch.push(0);
        switch.extend(challenge);
        switch.push(0);
        wire.put(&switch);
        wire.flush().await?;
        given = wire.packet().await?;
    }
    let password = serving.cluster.password(&user);
    let known = serving.cluster.has_role(&user);
    let right = known
        && proves(
            &asked,
            password.as_deref().unwrap_or_default(),
            &challenge,
            &given,
        );
    if !right {
        let using = if given.is_empty() { "NO" } else { "YES" };
        let host = connection.peer().ip();
        let host = if host.is_loopback() {
            "localhost".to_owned()
        } else {
            host.to_string()
        };
        let words = format!("Access denied for user '{user}'@'{host}' (using password: {using})");
        put_error(wire, 1045, "28000", &words);
        return Some(None);
    }
    if !database.is_empty() && !serving.cluster.has_database(&database) {
        put_error(
            wire,
            1049,
            "42000",
            &format!("Unknown database '{database}'"),
        );
        return Some(None);
    }
    if asked == CACHING && !given.is_empty() {
        // The password was right at the first go.
        wire.put(&[1, 3]);
    }
    let session = Session {
        serving: serving.clone(),
        number,
        user,
        database,
        capabilities,
        sql: sql::Session::default(),
        prepared: BTreeMap::new(),
        last_prepared: 0,
        time: Timeline::new(serving.clock.clone()),
    };
    session.put_ok(wire, 0, 0);
    wire.flush().await?;
    Some(Some(session))
}

/// Whether a client knows a password, by either way to show it.
fn proves(plugin: &str, password: &str, challenge: &[u8; 20], given: &[u8]) -> bool {
    let given = given
        .strip_suffix(&[0])
        .filter(|rest| rest.len() == 32 || rest.is_empty())
        .unwrap_or(given);
    if password.is_empty() {
        return given.is_empty();
    }
    scramble(plugin, password, challenge) == given
}

/// What a client shows that knows the password.
pub(super) fn scramble(plugin: &str, password: &str, challenge: &[u8]) -> Vec<u8> {
    if plugin == NATIVE {
        let once = Sha1::digest(password.as_bytes());
        let twice = Sha1::digest(once);
        let mask = Sha1::digest([challenge, twice.as_slice()].concat());
        return once.iter().zip(mask).map(|(one, two)| one ^ two).collect();
    }
    let once = sha256(password.as_bytes());
    let twice = sha256(&once);
    let mask = sha256(&[&twice[..], challenge].concat());
    once.iter().zip(mask).map(|(one, two)| one ^ two).collect()
}

fn put_error(wire: &mut Wire<'_>, number: u16, state: &str, words: &str) {
    let mut body = vec![0xFF];
    body.extend(number.to_le_bytes());
    body.push(b'#');
    body.extend(state.as_bytes());
    body.extend(words.as_bytes());
    wire.put(&body);
}

/// The number, the state and the words that MySQL has for a failure.
fn told(failure: &Failure, database: &str) -> (u16, &'static str, String) {
    let quoted = failure.words.split('"').nth(1).unwrap_or_default();
    match failure.code {
        "42P01" => (
            1146,
            "42S02",
            format!("Table '{database}.{quoted}' doesn't exist"),
        ),
        "42P07" => (1050, "42S01", format!("Table '{quoted}' already exists")),
        "42703" => (
            1054,
            "42S22",
            format!("Unknown column '{quoted}' in 'field list'"),
        ),
        "23505" => (1062, "23000", format!("Duplicate entry for key '{quoted}'")),
        "23502" => (1048, "23000", format!("Column '{quoted}' cannot be null")),
        "42601" => (
            1064,
            "42000",
            format!("You have an error in your SQL syntax; {}", failure.words),
        ),
        "0A000" => (1235, "42000", failure.words.clone()),
        "22012" => (1365, "22012", "Division by 0".to_owned()),
        _ => (1105, "HY000", failure.words.clone()),
    }
}

impl Session {
    fn put_ok(&self, wire: &mut Wire<'_>, count: u64, last_id: u64) {
        self.put_ok_as(wire, 0, count, last_id, false);
    }

    fn put_ok_as(&self, wire: &mut Wire<'_>, head: u8, count: u64, last_id: u64, more: bool) {
        let mut body = vec![head];
        put_number(&mut body, count);
        put_number(&mut body, last_id);
        body.extend(self.status(more).to_le_bytes());
        body.extend([0, 0]);
        wire.put(&body);
    }

    fn status(&self, more: bool) -> u16 {
        let transaction = if self.sql.is_open() { 1 } else { 2 };
        transaction | if more { 8 } else { 0 }
    }

    /// The end of columns or rows.
    fn put_end(&self, wire: &mut Wire<'_>, of_rows: bool, more: bool) {
        if self.capabilities & DEPRECATE_EOF != 0 {
            if of_rows {
                self.put_ok_as(wire, 0xFE, 0, 0, more);
            }
        } else {
            let [low, high] = self.status(more).to_le_bytes();
            wire.put(&[0xFE, 0, 0, low, high]);
        }
    }

    fn fail(&self, wire: &mut Wire<'_>, failure: &Failure) {
        let (number, state, words) = told(failure, &self.database);
        put_error(wire, number, state, &words);
    }

    async fn serve(&mut self, wire: &mut Wire<'_>) -> Option<()> {
        loop {
            let packet = wire.packet().await?;
            self.time.catch_up();
            self.time.step().await;
            let (command, rest) = packet.split_first()?;
            match command {
                1 => return Some(()),
                2 => {
                    let name = String::from_utf8_lossy(rest).into_owned();
                    self.use_database(wire, &name);
                }
                3 => {
                    let text = String::from_utf8_lossy(rest).into_owned();
                    self.query(wire, &text).await?;
                }
                9 => wire.put(b"Uptime: 1  Threads: 1  Questions: 1  Slow queries: 0  Opens: 1"),
                14 | 31 => {
                    if *command == 31 {
                        self.sql = sql::Session::default();
                        self.prepared.clear();
                    }
                    self.put_ok(wire, 0, 0);
                }
                22 => {
                    let text = String::from_utf8_lossy(rest).into_owned();
                    if let Err(failure) = self.prepare(wire, &text) {
                        self.fail(wire, &failure);
                    }
                }
                23 => self.run_prepared(wire, rest).await?,
                25 => {
                    let number = Reader(rest).array().map(u32::from_le_bytes);
                    self.prepared.remove(&number?);
                }
                26 => self.put_ok(wire, 0, 0),
                27 => self.put_end_always(wire),
                other => put_error(wire, 1047, "08S01", &format!("Unknown command {other}")),
            }
            wire.flush().await?;
        }
    }

    fn put_end_always(&self, wire: &mut Wire<'_>) {
        let [low, high] = self.status(false).to_le_bytes();
        wire.put(&[0xFE, 0, 0, low, high]);
    }

    fn use_database(&mut self, wire: &mut Wire<'_>, name: &str) {
        if self.serving.cluster.has_database(name) {
            name.clone_into(&mut self.database);
            self.put_ok(wire, 0, 0);
        } else {
            put_error(wire, 1049, "42000", &format!("Unknown database '{name}'"));
        }
    }

    async fn query(&mut self, wire: &mut Wire<'_>, text: &str) -> Option<()> {
        let mut all = match parse(text, Dialect::MySql) {
            Ok(all) if all.is_empty() => {
                put_error(wire, 1065, "42000", "Query was empty");
                return Some(());
            }
            Ok(all) => all.into_iter().peekable(),
            Err(failure) => {
                self.fail(wire, &failure);
                return Some(());
            }
        };
        while let Some(parsed) = all.next() {
            let outcome = match parsed.statement {
                Ok(statement) => self.execute(&statement, &[]).await,
                Err(failure) => Err(failure),
            };
            let more = all.peek().is_some();
            match outcome {
                Ok(outcome) => self.answer(wire, outcome, more, false).await?,
                Err(failure) => {
                    self.fail(wire, &failure);
                    return Some(());
                }
            }
        }
        Some(())
    }

    async fn execute(
        &mut self,
        statement: &Statement,
        parameters: &[Value],
    ) -> Result<Outcome, Failure> {
        let now = self.time.now();
        let serving = self.serving.clone();
        let mut sleep = 0.0;
        let database = if self.database.is_empty() {
            "mysql"
        } else {
            &self.database
        }
        .to_owned();
        let outcome = serving.cluster.with(&database, now, |kept| {
            let facts = Facts {
                dialect: Dialect::MySql,
                now,
                version: serving.version.clone(),
                user: self.user.clone(),
                database: self.database.clone(),
                connection: self.number,
                last_id: self.sql.last_id,
                counter: kept.counter,
                sleep: Cell::new(0.0),
            };
            let outcome = kept.execute(&mut self.sql, statement, parameters, &facts);
            sleep = facts.sleep.get();
            outcome
        });
        if sleep > 0.0 {
            self.time.sleep(Duration::from_secs_f64(sleep)).await;
        }
        let unknown = |name: &str| Failure::new("42P01", format!("Unknown database \"{name}\""));
        let done = |count| Outcome::Done {
            count,
            words: String::new(),
        };
        let cluster = &serving.cluster;
        match outcome.ok_or_else(|| unknown(&database))?? {
            Outcome::Use(name) if cluster.has_database(&name) => {
                self.database = name;
                Ok(done(0))
            }
            Outcome::Use(name) => Err(unknown(&name)),
            Outcome::Set { .. } => Ok(done(0)),
            Outcome::Role { name, password } => {
                cluster.set_role(&name, password, now);
                Ok(done(0))
            }
            Outcome::CreateDatabase {
                name,
                if_not_exists,
            } => {
                if cluster.create_database(&name, now) || if_not_exists {
                    Ok(done(1))
                } else {
                    Err(Failure::new(
                        "42P07",
                        format!("database \"{name}\" already exists"),
                    ))
                }
            }
            Outcome::DropDatabase { name, if_exists } => {
                if cluster.drop_database(&name, now) || if_exists {
                    Ok(done(0))
                } else {
                    Err(unknown(&name))
                }
            }
            Outcome::ShowDatabases => {
                let names = cluster.database_names().into_iter();
                let rows = names.map(|name| vec![Value::Text(name)]).collect();
                Ok(sql::database::list("Database", rows))
            }
            Outcome::Show(_) => {
                // Variables and such: there are none that could be shown.
                Ok(pairs(&["Variable_name", "Value"]))
            }
            outcome => Ok(outcome),
        }
    }

    async fn answer(
        &mut self,
        wire: &mut Wire<'_>,
        outcome: Outcome,
        more: bool,
        binary: bool,
    ) -> Option<()> {
        match outcome {
            Outcome::Rows { rows, .. } => self.put_rows(wire, &rows, more, binary).await?,
            Outcome::Done { count, .. } => {
                let last = u64::try_from(self.sql.last_id).unwrap_or_default();
                self.put_ok_as(wire, 0, count, last, more);
            }
            _ => self.put_ok_as(wire, 0, 0, 0, more),
        }
        Some(())
    }

    fn put_fields(&self, wire: &mut Wire<'_>, fields: &[Field]) {
        for field in fields {
            let (kind, set, flags) = values::column(field.kind);
            let mut body = Vec::new();
            put_bytes(&mut body, b"def");
            put_bytes(&mut body, self.database.as_bytes());
            put_bytes(&mut body, b"");
            put_bytes(&mut body, b"");
            put_bytes(&mut body, field.name.as_bytes());
            put_bytes(&mut body, field.name.as_bytes());
            body.push(12);
            body.extend(set.to_le_bytes());
            body.extend(1024_u32.to_le_bytes());
            body.push(kind);
            body.extend(flags.to_le_bytes());
            body.extend([
                if matches!(field.kind, Kind::Float4 | Kind::Float8) {
                    31
                } else {
                    0
                },
                0,
                0,
            ]);
            wire.put(&body);
        }
    }

    async fn put_rows(
        &self,
        wire: &mut Wire<'_>,
        rows: &Rows,
        more: bool,
        in_binary: bool,
    ) -> Option<()> {
        let mut count = Vec::new();
        put_number(&mut count, rows.fields.len() as u64);
        wire.put(&count);
        self.put_fields(wire, &rows.fields);
        self.put_end(wire, false, more);
        for row in &rows.rows {
            let mut body = Vec::new();
            if in_binary {
                body.push(0);
                let mut empty = vec![0_u8; (rows.fields.len() + 9) / 8];
                for (at, value) in row.iter().enumerate() {
                    if *value == Value::Null {
                        empty[(at + 2) / 8] |= 1 << ((at + 2) % 8);
                    }
                }
                body.extend(empty);
            }
            for (field, value) in rows.fields.iter().zip(row) {
                match (value, in_binary) {
                    (Value::Null, true) => {}
                    (Value::Null, false) => body.push(0xFB),
                    (value, true) => values::binary(&mut body, field.kind, value),
                    (value, false) => put_bytes(&mut body, &values::text(field.kind, value)),
                }
            }
            wire.put(&body);
            if wire.is_full() {
                wire.flush().await?;
            }
        }
        self.put_end(wire, true, more);
        Some(())
    }

    fn prepare(&mut self, wire: &mut Wire<'_>, text: &str) -> Result<(), Failure> {
        let mut all = parse(text, Dialect::MySql)?;
        let (Some(parsed), true) = (all.pop(), all.is_empty()) else {
            return Err(Failure::new("42601", "one statement is prepared at a time"));
        };
        if self.prepared.len() >= MOST_PREPARED {
            return Err(Failure::new(
                "53000",
                "there are too many prepared statements",
            ));
        }
        let parameters = parsed.parameters;
        let statement = parsed.statement?;
        let now = self.time.now();
        let database = self.database.clone();
        let facts = Facts {
            dialect: Dialect::MySql,
            now,
            version: self.serving.version.clone(),
            user: self.user.clone(),
            database: database.clone(),
            connection: self.number,
            last_id: 0,
            counter: 0,
            sleep: Cell::new(0.0),
        };
        let serving = self.serving.clone();
        let described = serving.cluster.with(&database, now, |kept| {
            kept.describe(&self.sql, &statement, &facts, parameters)
        });
        let fields = described
            .transpose()?
            .and_then(|(_, fields)| fields)
            .unwrap_or_default();
        self.last_prepared += 1;
        let prepared = Prepared {
            statement,
            parameters,
            kinds: Vec::new(),
        };
        self.prepared.insert(self.last_prepared, prepared);
        let short = |count: usize| u16::try_from(count).unwrap_or(u16::MAX).to_le_bytes();
        let mut body = vec![0];
        body.extend(self.last_prepared.to_le_bytes());
        body.extend(short(fields.len()));
        body.extend(short(parameters));
        body.extend([0, 0, 0]);
        wire.put(&body);
        let unknown = Field {
            name: "?".to_owned(),
            kind: Kind::Text,
        };
        for list in [vec![unknown; parameters], fields] {
            if !list.is_empty() {
                self.put_fields(wire, &list);
                self.put_end(wire, false, false);
            }
        }
        Ok(())
    }

    async fn run_prepared(&mut self, wire: &mut Wire<'_>, rest: &[u8]) -> Option<()> {
        let mut reader = Reader(rest);
        let number = u32::from_le_bytes(reader.array()?);
        reader.take(5)?;
        let Some(prepared) = self.prepared.get_mut(&number) else {
            put_error(wire, 1243, "HY000", "Unknown prepared statement handler");
            return Some(());
        };
        let count = prepared.parameters;
        let mut parameters = Vec::new();
        if count > 0 {
            let empty = reader.take(count.div_ceil(8))?.to_vec();
            if reader.byte()? == 1 {
                prepared.kinds.clear();
                for _ in 0..count {
                    let [kind, flags] = reader.array()?;
                    prepared.kinds.push((kind, flags & 0x80 != 0));
                }
            }
            for at in 0..count {
                let (kind, unsigned) = prepared.kinds.get(at).copied().unwrap_or((253, false));
                let is_null = empty[at / 8] & (1 << (at % 8)) != 0;
                parameters.push(if is_null {
                    Value::Null
                } else {
                    values::parameter(kind, unsigned, &mut reader)?
                });
            }
        }
        let statement = prepared.statement.clone();
        match self.execute(&statement, &parameters).await {
            Ok(outcome) => self.answer(wire, outcome, false, true).await?,
            Err(failure) => self.fail(wire, &failure),
        }
        Some(())
    }
}

/// An answer with columns and no rows.
fn pairs(names: &[&str]) -> Outcome {
    let field = |name: &&str| Field {
        name: (*name).to_owned(),
        kind: Kind::Text,
    };
    Outcome::Rows {
        rows: Rows {
            fields: names.iter().map(field).collect(),
            rows: Vec::new(),
        },
        words: String::new(),
    }
}
