//! `redis-cli`.

use std::net::SocketAddr;

use super::protocol::split;
use crate::process::script::input::Input;
use crate::process::{Connection, Process};

/// What the command line asks for.
#[derive(Debug)]
struct Options {
    host: String,
    port: u16,
    password: Option<String>,
    user: Option<String>,
    database: Option<String>,
    raw: Option<bool>,
    third: bool,
    repeat: u64,
    last_from_stdin: bool,
    words: Vec<Vec<u8>>,
}

/// Runs `redis-cli` by its command line.
pub(in crate::process::script::services) async fn run(mut process: Process) -> u8 {
    let options = match options(&process) {
        Ok(options) => options,
        Err(words) => {
            process.complain(words).await;
            return 1;
        }
    };
    if options
        .words
        .first()
        .is_some_and(|word| word == b"--version")
    {
        let version = process
            .variable("REDIS_VERSION")
            .unwrap_or("8.2.1")
            .to_owned();
        process.print(format!("redis-cli {version}\n")).await.ok();
        return 0;
    }
    let address = format!("{}:{}", options.host, options.port);
    let Some(connection) = connect(&process, &options).await else {
        let words = format!("Could not connect to Redis at {address}: Connection refused\n");
        process.complain(words).await;
        return 1;
    };
    let tty = process.descriptors.get(1).is_ok_and(|open| open.is_tty());
    let mut client = Client {
        connection,
        bytes: Vec::new(),
        at: 0,
        raw: options.raw.unwrap_or(!tty),
    };
    if let Err(words) = client.prepare(&options).await {
        process.complain(words).await;
    }
    if options.words.is_empty() {
        return converse(&mut process, &mut client, &address, tty).await;
    }
    let mut words = options.words.clone();
    if options.last_from_stdin {
        match process.read_to_end(0, 8 * 1024 * 1024).await {
            Ok(last) => words.push(last),
            Err(_) => return 1,
        }
    }
    let mut code = 0;
    for _ in 0..options.repeat {
        code = client.command(&mut process, &words).await;
    }
    code
}

fn options(process: &Process) -> Result<Options, String> {
    let mut options = Options {
        host: "127.0.0.1".to_owned(),
        port: 6379,
        password: process.variable("REDISCLI_AUTH").map(str::to_owned),
        user: None,
        database: None,
        raw: None,
        third: false,
        repeat: 1,
        last_from_stdin: false,
        words: Vec::new(),
    };
    let mut args = process.args.iter().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || {
            let missing = format!("Unrecognized option or bad number of args for: '{arg}'\n");
            args.next().cloned().ok_or(missing)
        };
        match arg.as_str() {
            "-h" => options.host = value()?,
            "-p" => {
                let port = value()?;
                options.port = port
                    .parse()
                    .map_err(|_| "Invalid server port.\n".to_owned())?;
            }
            "-a" | "--pass" => options.password = Some(value()?),
            "--user" => options.user = Some(value()?),
            "-n" => options.database = Some(value()?),
            "-r" => options.repeat = value()?.parse().unwrap_or(1).min(100_000),
            "-i" | "-t" => drop(value()?),
            "-x" => options.last_from_stdin = true,
            "-3" => options.third = true,
            "-2" | "-e" | "--no-auth-warning" | "-c" | "--verbose" => {}
            "--raw" => options.raw = Some(true),
            "--no-raw" => options.raw = Some(false),
            "-v" | "--version" => {
                options.words = vec![b"--version".to_vec()];
                return Ok(options);
            }
            "-u" => {
                let url = value()?;
                read_url(&mut options, &url).ok_or_else(|| "Invalid URI scheme\n".to_owned())?;
            }
            option if option.starts_with('-') && option.len() > 1 => {
                return Err(format!(
                    "Unrecognized option or bad number of args for: '{option}'\n"
                ));
            }
            word => {
                options.words.push(word.as_bytes().to_vec());
                options
                    .words
                    .extend(args.map(|word| word.as_bytes().to_vec()));
                break;
            }
        }
    }
    Ok(options)
}

/// Reads `redis://user:password@host:port/database`.
fn read_url(options: &mut Options, url: &str) -> Option<()> {
    let rest = url.strip_prefix("redis://")?;
    let (account, rest) = rest
        .rsplit_once('@')
        .map_or((None, rest), |(a, r)| (Some(a), r));
    if let Some(account) = account {
        let (user, password) = account.split_once(':').unwrap_or(("", account));
        options.user = Some(user.to_owned()).filter(|user| !user.is_empty());
        options.password = Some(password.to_owned());
    }
    let (server, database) = rest.split_once('/').unwrap_or((rest, ""));
    options.database = Some(database.to_owned()).filter(|number| !number.is_empty());
    let (host, port) = server.rsplit_once(':').unwrap_or((server, "6379"));
    host.clone_into(&mut options.host);
    options.port = port.parse().ok()?;
    Some(())
}

async fn connect(process: &Process, options: &Options) -> Option<Connection> {
    let network = process.space.network();
    let address = match options.host.parse() {
        Ok(address) => address,
        Err(_) => network.resolve(&options.host).into_iter().next()?,
    };
    network
        .connect(SocketAddr::new(address, options.port))
        .await
        .ok()
}

/// Takes commands from standard input, as a person or a script types them.
async fn converse(process: &mut Process, client: &mut Client, address: &str, tty: bool) -> u8 {
    let mut input = Input::new(process.descriptors.get(0).ok());
    loop {
        if tty {
            process.print(format!("{address}> ")).await.ok();
        }
        let Ok(Some(line)) = input.line().await else {
            return 0;
        };
        match split(&line) {
            None => {
                process.print("Invalid argument(s)\n").await.ok();
            }
            Some(words) if words.is_empty() => {}
            Some(words) => {
                let word = String::from_utf8_lossy(&words[0]).to_ascii_lowercase();
                if matches!(word.as_str(), "quit" | "exit") {
                    return 0;
                }
                client.command(process, &words).await;
            }
        }
        process.step().await;
    }
}

/// What came back.
#[derive(Debug)]
enum Answer {
    Status(String),
    Error(String),
    Integer(String),
    Bulk(Vec<u8>),
    Nil,
    Array(Vec<Self>),
}

struct Client {
    connection: Connection,
    bytes: Vec<u8>,
    at: usize,
    raw: bool,
}

impl Client {
    async fn prepare(&mut self, options: &Options) -> Result<(), String> {
        if let Some(password) = &options.password {
            let mut words = vec!["AUTH".to_owned()];
            words.extend(options.user.clone());
            words.push(password.clone());
            if let Some(Answer::Error(problem)) = self.ask(&to_words(words)).await {
                return Err(format!("AUTH failed: {problem}\n"));
            }
        }
        if options.third {
            self.ask(&to_words(["HELLO", "3"])).await;
        }
        if let Some(database) = &options.database
            && let Some(Answer::Error(problem)) = self.ask(&to_words(["SELECT", database])).await
        {
            return Err(format!("SELECT {database} failed: {problem}\n"));
        }
        Ok(())
    }

    /// Sends a command and shows what comes back; the exit code.
    async fn command(&mut self, process: &mut Process, words: &[Vec<u8>]) -> u8 {
        let Some(mut answer) = self.ask(words).await else {
            process
                .complain("Error: Server closed the connection\n")
                .await;
            return 1;
        };
        let word = String::from_utf8_lossy(&words[0]).to_ascii_lowercase();
        let listens = matches!(word.as_str(), "subscribe" | "psubscribe");
        loop {
            let failed = matches!(answer, Answer::Error(_));
            let text = if self.raw {
                raw(&answer)
            } else {
                pretty(&answer, "")
            };
            if process.print(text).await.is_err() {
                return 1;
            }
            if !listens {
                return u8::from(failed);
            }
            match self.answer().await {
                Some(next) => answer = next,
                None => return 0,
            }
        }
    }

    async fn ask(&mut self, words: &[Vec<u8>]) -> Option<Answer> {
        let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
        for word in words {
            bytes.extend(format!("${}\r\n", word.len()).as_bytes());
            bytes.extend(word);
            bytes.extend(b"\r\n");
        }
        self.connection.write(&bytes).await.ok()?;
        self.answer().await
    }

    async fn answer(&mut self) -> Option<Answer> {
        let line = self.line().await?;
        let rest = line.get(1..)?.to_owned();
        let count = |text: &str| text.parse::<usize>().ok();
        Some(match line.as_bytes()[0] {
            b'-' => Answer::Error(rest),
            b':' => Answer::Integer(rest),
            b'+' | b',' | b'#' | b'(' => Answer::Status(rest),
            b'$' | b'=' => match count(&rest) {
                Some(length) => Answer::Bulk(self.take(length).await?),
                None => Answer::Nil,
            },
            b'*' | b'~' | b'>' | b'%' => {
                let factor = if line.starts_with('%') { 2 } else { 1 };
                match count(&rest) {
                    Some(length) => {
                        let mut all = Vec::new();
                        for _ in 0..length * factor {
                            all.push(Box::pin(self.answer()).await?);
                        }
                        Answer::Array(all)
                    }
                    None => Answer::Nil,
                }
            }
            _ => Answer::Nil,
        })
    }

    async fn more(&mut self) -> Option<()> {
        self.bytes.drain(..self.at);
        self.at = 0;
        let bytes = self.connection.read(64 * 1024).await.ok()?;
        (!bytes.is_empty()).then(|| self.bytes.extend(bytes))
    }

    async fn line(&mut self) -> Option<String> {
        loop {
            let rest = &self.bytes[self.at..];
            if let Some(end) = rest.iter().position(|b| *b == b'\n') {
                let line = rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end]);
                let line = String::from_utf8_lossy(line).into_owned();
                self.at += end + 1;
                return Some(line).filter(|line| !line.is_empty());
            }
            self.more().await?;
        }
    }

    async fn take(&mut self, length: usize) -> Option<Vec<u8>> {
        while self.bytes.len() < self.at + length + 2 {
            self.more().await?;
        }
        let bytes = self.bytes[self.at..self.at + length].to_vec();
        self.at += length + 2;
        Some(bytes)
    }
}

fn to_words<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> Vec<Vec<u8>> {
    words
        .into_iter()
        .map(|word| word.as_ref().as_bytes().to_vec())
        .collect()
}

/// An answer for programs: the bytes and a line end.
fn raw(answer: &Answer) -> Vec<u8> {
    let mut bytes = match answer {
        Answer::Status(text) | Answer::Integer(text) => text.clone().into_bytes(),
        Answer::Error(text) => format!("{text}\n").into_bytes(),
        Answer::Bulk(bytes) => bytes.clone(),
        Answer::Nil => Vec::new(),
        Answer::Array(all) => {
            let all: Vec<Vec<u8>> = all.iter().map(raw).collect();
            return if all.is_empty() {
                b"\n".to_vec()
            } else {
                all.concat()
            };
        }
    };
    bytes.push(b'\n');
    bytes
}

/// An answer for people.
fn pretty(answer: &Answer, indent: &str) -> Vec<u8> {
    match answer {
        Answer::Status(text) => format!("{text}\n").into_bytes(),
        Answer::Error(text) => format!("(error) {text}\n").into_bytes(),
        Answer::Integer(text) => format!("(integer) {text}\n").into_bytes(),
        Answer::Nil => b"(nil)\n".to_vec(),
        Answer::Bulk(bytes) => {
            let mut text = vec![b'"'];
            for byte in bytes {
                match byte {
                    b'"' | b'\\' => text.extend([b'\\', *byte]),
                    b'\n' => text.extend(b"\\n"),
                    b'\r' => text.extend(b"\\r"),
                    b'\t' => text.extend(b"\\t"),
                    b' '..=b'~' => text.push(*byte),
                    other => text.extend(format!("\\x{other:02x}").as_bytes()),
                }
            }
            text.extend(b"\"\n");
            text
        }
        Answer::Array(all) if all.is_empty() => b"(empty array)\n".to_vec(),
        Answer::Array(all) => {
            let width = all.len().to_string().len();
            let inner = format!("{indent}{}", " ".repeat(width + 2));
            let mut text = Vec::new();
            for (at, answer) in all.iter().enumerate() {
                let indent = if at == 0 { "" } else { indent };
                text.extend(format!("{indent}{:>width$}) ", at + 1).as_bytes());
                text.extend(pretty(answer, &inner));
            }
            text
        }
    }
}
