//! `psql` and `pg_isready`.

mod options;
mod relations;
mod table;
mod target;
mod wire;

use self::options::{Work, options};
use self::table::Style;
use self::target::Target;
use self::wire::{Answer, Client};
use crate::process::Process;
use crate::process::script::input::Input;

/// The longest file of statements that is read, in bytes.
const LONGEST: usize = 8 * 1024 * 1024;

/// Runs `pg_isready`.
pub(in crate::process::script::services) async fn is_ready(mut process: Process) -> u8 {
    let mut target = Target::of(&process);
    let flags = match options::flags(&process.args, "Udhpt") {
        Ok(flags) => flags,
        Err(words) => {
            process.complain(format!("pg_isready: {words}\n")).await;
            return 3;
        }
    };
    let mut quiet = false;
    for (flag, value) in flags {
        match flag {
            'q' => quiet = true,
            'h' => target.host = Some(value),
            'p' => target.port = value.parse().unwrap_or(target.port),
            _ => {}
        }
    }
    let ready = target.connect(&process).await.is_ok();
    let words = if ready {
        "accepting connections"
    } else {
        "no response"
    };
    if !quiet {
        process
            .print(format!("{} - {words}\n", target.title()))
            .await
            .ok();
    }
    if ready { 0 } else { 2 }
}

/// Runs `createdb`.
pub(in crate::process::script::services) async fn create_database(process: Process) -> u8 {
    on_database(process, "CREATE DATABASE").await
}

/// Runs `dropdb`.
pub(in crate::process::script::services) async fn drop_database(process: Process) -> u8 {
    on_database(process, "DROP DATABASE").await
}

/// Does what a statement does to the database that the command line names.
async fn on_database(mut process: Process, statement: &str) -> u8 {
    let name = process.args.first().cloned().unwrap_or_default();
    let flags = match options::flags(&process.args, "DEOTUhlp") {
        Ok(flags) => flags,
        Err(words) => {
            process.complain(format!("{name}: error: {words}\n")).await;
            return 1;
        }
    };
    let mut args: Vec<String> = ["psql", "-q", "-d", "postgres"].map(str::to_owned).into();
    let mut database = None;
    for (flag, value) in flags {
        match flag {
            ' ' => database = database.or(Some(value)),
            'h' | 'p' | 'U' => args.push(format!("-{flag}{value}")),
            _ => {}
        }
    }
    let database = database.unwrap_or_else(|| Target::of(&process).user);
    let quoted = database.replace('"', "\"\"");
    args.extend(["-c".to_owned(), format!("{statement} \"{quoted}\"")]);
    process.args = args;
    psql(process).await
}

/// Runs `psql`.
pub(in crate::process::script::services) async fn psql(mut process: Process) -> u8 {
    let options = match options(&process) {
        Ok(Some(options)) => options,
        Ok(None) => {
            let version = process
                .variable("PG_VERSION")
                .unwrap_or(super::VERSION)
                .to_owned();
            process
                .print(format!("psql (PostgreSQL) {version}\n"))
                .await
                .ok();
            return 0;
        }
        Err(words) => {
            process.complain(format!("psql: error: {words}\n")).await;
            return 1;
        }
    };
    let connection = match options.target.connect(&process).await {
        Ok(connection) => connection,
        Err(words) => {
            process.complain(format!("psql: error: {words}\n")).await;
            return 2;
        }
    };
    let mut client = Client::new(&connection);
    let Target {
        user,
        database,
        password,
        ..
    } = &options.target;
    let database = if database.is_empty() { user } else { database };
    if let Err(words) = client.enter(user, database, password.as_deref()).await {
        let at = server_of(&options.target, connection.peer().ip());
        let words = format!("psql: error: connection to server {at} failed: {words}\n");
        process.complain(words).await;
        return 2;
    }
    let mut session = Psql {
        client,
        style: options.style,
        quiet: options.quiet,
        user: user.clone(),
        database: database.clone(),
        major: major_of(&process),
    };
    if options.list {
        return session.run(&mut process, "\\l").await;
    }
    let mut code = 0;
    for work in &options.work {
        let (done, failed) = match work {
            Work::Statement(text) => (session.run(&mut process, text).await, 1),
            Work::File(name) if name == "-" => {
                (session.read_stdin(&mut process, options.stop).await, 3)
            }
            Work::File(name) => {
                let path = process.path(name);
                let content = process.space.files().read(&path, &process.user);
                match content {
                    Ok(bytes) if bytes.len() <= LONGEST => {
                        let text = String::from_utf8_lossy(&bytes).into_owned();
                        (session.script(&mut process, &text, options.stop).await, 3)
                    }
                    Ok(_) => (1, 1),
                    Err(errno) => {
                        process
                            .complain(format!("psql: error: {name}: {errno}\n"))
                            .await;
                        (1, 1)
                    }
                }
            }
        };
        if done != 0 {
            code = failed;
            if options.stop || matches!(work, Work::Statement(_)) {
                return code;
            }
            // Without `ON_ERROR_STOP` a file goes on, and ends well.
            code = 0;
        }
    }
    if options.work.is_empty() {
        let failed = session.read_stdin(&mut process, options.stop).await;
        return if failed != 0 && options.stop { 3 } else { 0 };
    }
    code
}

/// Where a server is, as psql says it.
fn server_of(target: &Target, address: std::net::IpAddr) -> String {
    let port = target.port;
    match target.host.as_deref() {
        Some(host) if !host.starts_with('/') => format!("at \"{host}\" ({address}), port {port}"),
        _ => format!("on socket \"/var/run/postgresql/.s.PGSQL.{port}\""),
    }
}

/// The first number of the client's version.
fn major_of(process: &Process) -> u32 {
    let version = process.variable("PG_VERSION").unwrap_or(super::VERSION);
    let major = version.split('.').next();
    major.and_then(|major| major.parse().ok()).unwrap_or(17)
}

struct Psql<'a> {
    client: Client<'a>,
    style: Style,
    quiet: bool,
    user: String,
    database: String,
    /// The version of the client.
    major: u32,
}

impl Psql<'_> {
    /// Carries a text of statements out and shows what comes; 0 when all went well.
    async fn run(&mut self, process: &mut Process, text: &str) -> u8 {
        if let Some(command) = text.trim().strip_prefix('\\') {
            return self.command(process, command).await;
        }
        let Some(answers) = self.client.query(text).await else {
            process
                .complain("server closed the connection unexpectedly\n")
                .await;
            return 1;
        };
        let mut failed = 0;
        for answer in answers {
            match answer {
                Answer::Rows { fields, rows } => {
                    process.print(self.style.show(&fields, &rows)).await.ok();
                }
                Answer::Done(words) => {
                    let shown = !words.starts_with("SELECT") && !words.starts_with("SHOW");
                    if shown && !self.quiet {
                        process.print(format!("{words}\n")).await.ok();
                    }
                }
                Answer::Failed { words, at } => {
                    let mut words = format!("ERROR:  {words}\n");
                    if let Some(at) = at {
                        let (number, line, column) = place(text, at);
                        words.extend([format!("LINE {number}: {line}\n")]);
                        let gap = format!("LINE {number}: ").len() + column;
                        words.extend([format!("{}^\n", " ".repeat(gap))]);
                    }
                    process.complain(words).await;
                    failed = 1;
                }
            }
        }
        failed
    }

    async fn command(&mut self, process: &mut Process, command: &str) -> u8 {
        let mut words = command.split_whitespace();
        match words.next().unwrap_or_default() {
            "conninfo" => {
                let words = format!("You are connected to database \"{}\".\n", self.database);
                u8::from(process.print(words).await.is_err())
            }
            "echo" => {
                let words: Vec<&str> = words.collect();
                u8::from(
                    process
                        .print(format!("{}\n", words.join(" ")))
                        .await
                        .is_err(),
                )
            }
            "dt" | "dt+" => self.tell_relations(process, words.next(), false).await,
            "d" | "d+" => self.tell_relations(process, words.next(), true).await,
            "l" | "l+" | "list" => self.tell_databases(process).await,
            "x" => {
                self.style.expanded = !self.style.expanded;
                0
            }
            "t" => {
                self.style.rows_only = !self.style.rows_only;
                0
            }
            "q" | "quit" | "set" | "pset" | "timing" | "encoding" => 0,
            other => {
                process
                    .complain(format!("invalid command \\{other}\n"))
                    .await;
                1
            }
        }
    }

    /// Runs the statements of a text one by one.
    async fn script(&mut self, process: &mut Process, text: &str, stop: bool) -> u8 {
        let mut buffer = String::new();
        let mut failed = 0;
        for line in text.lines() {
            if let Some(done) = self.line(process, &mut buffer, line).await {
                failed |= done;
                if done != 0 && stop {
                    return 1;
                }
            }
        }
        if !buffer.trim().is_empty() {
            failed |= self.run(process, &buffer).await;
        }
        failed
    }

    /// Takes a line; a statement is run when it is whole.
    async fn line(&mut self, process: &mut Process, buffer: &mut String, line: &str) -> Option<u8> {
        if buffer.trim().is_empty() && line.trim_start().starts_with('\\') {
            return Some(self.run(process, line).await);
        }
        if buffer.len() + line.len() > LONGEST {
            buffer.clear();
            return Some(1);
        }
        buffer.extend([line, "\n"]);
        if !line.trim_end().ends_with(';') || is_open(buffer) {
            return None;
        }
        let text = std::mem::take(buffer);
        Some(self.run(process, &text).await)
    }

    async fn read_stdin(&mut self, process: &mut Process, stop: bool) -> u8 {
        let tty = process.descriptors.get(0).is_ok_and(|open| open.is_tty());
        let mut input = Input::new(process.descriptors.get(0).ok());
        let (mut buffer, mut failed) = (String::new(), 0);
        loop {
            if tty {
                let sign = if buffer.is_empty() { "=#" } else { "-#" };
                process
                    .print(format!("{}{sign} ", self.database))
                    .await
                    .ok();
            }
            let Ok(Some(line)) = input.line().await else {
                if !buffer.trim().is_empty() {
                    failed |= self.run(process, &buffer).await;
                }
                return failed;
            };
            if matches!(line.trim(), "\\q" | "exit" | "quit") {
                return failed;
            }
            if let Some(done) = self.line(process, &mut buffer, &line).await {
                failed |= done;
                if done != 0 && stop {
                    return 1;
                }
            }
            process.step().await;
        }
    }
}

/// Whether a text ends within quotes.
fn is_open(text: &str) -> bool {
    text.matches('\'').count() % 2 == 1 || text.matches("$$").count() % 2 == 1
}

/// The number of the line, the line, and how far in it a place is.
fn place(text: &str, at: usize) -> (usize, &str, usize) {
    let at = text.floor_char_boundary(at);
    let begin = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = text[begin..].lines().next().unwrap_or_default();
    (text[..at].matches('\n').count() + 1, line, at - begin)
}
