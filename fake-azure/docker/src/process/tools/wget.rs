//! `wget`, as busybox has it: HTTP alone.

use std::time::Duration;

use base64::Engine as _;

use super::calls::Calls as _;
use super::http::{self, HttpError, Request, Response, Url};
use super::ls::below;
use super::options::{Given, Options};
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::Open;
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "wget",
    "[-cqS] [--spider] [-O FILE] [--header STR] [--post-data STR | --post-file FILE] [-P DIR] [-U AGENT] [-T SEC] URL...",
    |process| Box::pin(wget(process)),
)];

const OPTIONS: Options = Options::new(
    "cqSO:o:P:U:Y:T:t:nvΣΗ:Δ:Φ:Ψ",
    &[
        ("continue", 'c'),
        ("quiet", 'q'),
        ("server-response", 'S'),
        ("output-document", 'O'),
        ("output-file", 'o'),
        ("directory-prefix", 'P'),
        ("user-agent", 'U'),
        ("proxy", 'Y'),
        ("timeout", 'T'),
        ("tries", 't'),
        ("no-verbose", 'n'),
        ("spider", 'Σ'),
        ("header", 'Η'),
        ("post-data", 'Δ'),
        ("post-file", 'Φ'),
        ("no-check-certificate", 'Ψ'),
    ],
);

/// How many redirections are followed.
const MOST_REDIRECTIONS: usize = 5;
/// How long is waited for an answer unless told otherwise, in seconds.
const PATIENCE: u64 = 900;

async fn wget(process: &mut Process) -> Outcome {
    let given = OPTIONS.read(&process.args)?;
    if given.operands.is_empty() {
        return Err(Stop::Usage(String::new()));
    }
    let mut code = 0;
    for text in given.operands.clone() {
        let patience = Duration::from_secs(given.number('T')?.unwrap_or(PATIENCE));
        let waiting = process.space.clock().sleep(patience);
        tokio::select! {
            fetched = fetch(process, &given, &text) => match fetched {
                Ok(()) => {}
                Err(Stop::Told { words, .. }) => {
                    process.complain(format!("wget: {words}\n")).await;
                    code = 1;
                }
                Err(stop) => return Err(stop),
            },
            () = waiting => return Err(Stop::told("download timed out")),
        }
    }
    Ok(code)
}

/// What is said of an error, in wget's words.
fn words(error: &HttpError) -> String {
    match error {
        HttpError::UnknownHost(host) => format!("bad address '{host}'"),
        HttpError::Connect { to, errno } => {
            format!("can't connect to remote host ({}): {errno}", to.ip())
        }
        HttpError::Empty | HttpError::Malformed => "error getting response".to_owned(),
        HttpError::Broken(errno) => format!("error getting response: {errno}"),
        HttpError::Short => "connection closed prematurely".to_owned(),
        HttpError::Tls => format!("{error}"),
        HttpError::Protocol(scheme) => format!("not an http or ftp url: {scheme}"),
    }
}

fn told(error: &HttpError) -> Stop {
    Stop::told(words(error))
}

async fn fetch(process: &mut Process, given: &Given, text: &str) -> Result<(), Stop> {
    let not_url = || Stop::told(format!("not an http or ftp url: {text}"));
    let mut url = Url::read(text).ok_or_else(not_url)?;
    let name = url.file_name().to_owned();
    let mut request = request(process, given).await?;
    let quiet = given.has('q');
    let mut redirections = 0;
    let mut response = loop {
        let mut asked = request.clone();
        asked
            .headers
            .insert(0, ("Host".to_owned(), url.authority()));
        if let Some(user) = &url.user {
            let code = base64::engine::general_purpose::STANDARD.encode(user);
            asked.default("Authorization", format!("Basic {code}"));
        }
        let to = http::address(process, &url).map_err(|error| told(&error))?;
        if !quiet {
            process
                .complain(format!("Connecting to {} ({to})\n", url.authority()))
                .await;
        }
        let connection = http::connect(process, to)
            .await
            .map_err(|error| told(&error))?;
        let response = http::ask(process, connection, &url, &asked).await;
        let response = response.map_err(|error| told(&error))?;
        if given.has('S') {
            process.complain(format!("  {}\n", response.line)).await;
            for (name, value) in &response.headers {
                process.complain(format!("  {name}: {value}\n")).await;
            }
        }
        let Some(location) = response.redirection(&url) else {
            break response;
        };
        redirections += 1;
        if redirections > MOST_REDIRECTIONS {
            return Err(Stop::told("too many redirections"));
        }
        url = Url::read(&location).ok_or_else(not_url)?;
        // A redirection of a form is fetched, not sent again.
        if response.code == 303 {
            "GET".clone_into(&mut request.method);
            request.body.clear();
            request
                .headers
                .retain(|(name, _)| !name.starts_with("Content-"));
        }
    };
    if !(200..300).contains(&response.code) {
        return Err(Stop::told(format!(
            "server returned error: {}",
            response.line
        )));
    }
    if given.has('Σ') {
        if !quiet {
            process.complain("remote file exists\n").await;
        }
        return Ok(());
    }
    save(process, given, &name, &mut response).await
}

async fn request(process: &mut Process, given: &Given) -> Result<Request, Stop> {
    let mut request = Request {
        method: "GET".to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    for header in given.values('Η') {
        if let Some((name, value)) = header.split_once(':') {
            request
                .headers
                .push((name.to_owned(), value.trim().to_owned()));
        }
    }
    let agent = given.value('U').unwrap_or("Wget");
    request.default("User-Agent", agent);
    if let Some(data) = given.value('Δ') {
        request.body = data.as_bytes().to_vec();
    } else if let Some(file) = given.value('Φ') {
        let content = super::input::whole_file(process, file).await;
        request.body = content.map_err(|errno| Stop::cannot_open(file, errno))?;
    }
    if given.has('Δ') || given.has('Φ') {
        "POST".clone_into(&mut request.method);
        request.default("Content-Type", "application/x-www-form-urlencoded");
        request.default("Content-Length", request.body.len().to_string());
    }
    if given.has('Σ') {
        // A question, whose answer is not read.
        "HEAD".clone_into(&mut request.method);
    }
    request.default("Connection", "close");
    Ok(request)
}

async fn save(
    process: &mut Process,
    given: &Given,
    name: &str,
    response: &mut Response,
) -> Result<(), Stop> {
    let quiet = given.has('q');
    let wanted = given.value('O');
    let name = match wanted {
        Some(name) => name.to_owned(),
        None => {
            let name = if name.is_empty() { "index.html" } else { name };
            given
                .value('P')
                .map_or_else(|| name.to_owned(), |folder| below(folder, name))
        }
    };
    let to_stdout = name == "-";
    let goal: Descriptor = if to_stdout {
        let stdout = process.descriptors.get(1);
        stdout.map_err(|errno| Stop::told(errno.to_string()))?
    } else {
        if wanted.is_none() && !given.has('c') && process.stat(&name).is_ok() {
            let errno = crate::files::Errno::Exists;
            return Err(Stop::cannot_open(&name, errno));
        }
        let opened = process.open(&name, Open::to_write(0o666));
        opened.map_err(|errno| Stop::cannot_open(&name, errno))?
    };
    if !quiet {
        let words = if to_stdout {
            "writing to stdout\n".to_owned()
        } else {
            format!("saving to '{name}'\n")
        };
        process.complain(words).await;
    }
    let mut total = 0;
    loop {
        let bytes = response
            .body
            .next(process)
            .await
            .map_err(|error| told(&error))?;
        let Some(bytes) = bytes else {
            break;
        };
        total += bytes.len() as u64;
        if to_stdout {
            process.print(bytes).await?;
        } else {
            let written = goal.write(&bytes, process.now()).await;
            written.map_err(|errno| Stop::told(format!("{name}: {errno}")))?;
        }
    }
    if !quiet {
        let bar = "*".repeat(32);
        let shown: String = name.chars().take(20).collect();
        let words = if to_stdout {
            "written to stdout".to_owned()
        } else {
            format!("'{name}' saved")
        };
        let size = super::sizes::human(total);
        let size = if total < 100_000 {
            total.to_string()
        } else {
            size
        };
        process
            .complain(format!(
                "{shown:<20} 100% |{bar}| {size:>5}  0:00:00 ETA\n{words}\n"
            ))
            .await;
    }
    Ok(())
}
