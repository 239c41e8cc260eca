//! `httpd`: busybox's server of files.

use std::fmt::Write as _;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use super::calls::Calls as _;
use super::input::WHOLE;
use super::ls::below;
use super::options::{Options, invalid_number};
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::{Credentials, View, path};
use crate::process::network::Transport;
use crate::process::{Connection, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new(
    "httpd",
    "[-fiv] [-p [IP:]PORT] [-h HOME] [-c CONFFILE]",
    |process| Box::pin(httpd(process)),
)];

/// The longest head of a request, in bytes.
const LONGEST_HEAD: usize = 8 * 1024;
/// How many are answered at once.
const MOST_AT_ONCE: usize = 128;

async fn httpd(process: &mut Process) -> Outcome {
    let given = Options::new("fivp:h:c:u:r:e:d:m:", &[]).read(&process.args)?;
    let port = given.value('p').unwrap_or("80");
    let port = port.rsplit(':').next().unwrap_or(port);
    let port: u16 = port.parse().map_err(|_| invalid_number(port))?;
    let home = match given.value('h') {
        Some(home) => {
            if !process.is_dir(home) {
                let errno = process
                    .list(home)
                    .err()
                    .unwrap_or(crate::files::Errno::NotFound);
                return Err(Stop::told(format!(
                    "can't change directory to '{home}': {errno}"
                )));
            }
            path::clean(&process.path(home))
        }
        None => process.cwd.clone(),
    };
    if given.has('f') {
        return serve(process, port, home).await;
    }
    // It goes on in the background, and whoever started it goes on at once.
    let child = process.fork(move |mut process: Process| async move {
        process.lead_group();
        let name = super::tool::called(&process, "httpd");
        match serve(&mut process, port, home).await {
            Ok(code) => code,
            Err(stop) => {
                process.complain(format!("{name}: {stop}\n")).await;
                1
            }
        }
    });
    child.map_err(|error| Stop::told(error.to_string()))?;
    Ok(0)
}

async fn serve(process: &mut Process, port: u16, home: String) -> Outcome {
    let listener = process.listen(Transport::Tcp, port);
    let mut listener = listener.map_err(|errno| Stop::told(format!("bind: {errno}")))?;
    let files = process.space.files().clone();
    let mut open = FuturesUnordered::new();
    loop {
        process.step().await;
        tokio::select! {
            arrived = listener.accept(), if open.len() < MOST_AT_ONCE => {
                let Some(connection) = arrived else {
                    return Ok(0);
                };
                let (files, home, user) = (files.clone(), home.clone(), process.user.clone());
                let now = process.now();
                open.push(async move { answer(&files, &home, &user, now, connection).await });
            }
            Some(()) = open.next() => {}
        }
    }
}

/// Reads one request and answers it.
async fn answer(
    files: &View,
    home: &str,
    user: &Credentials,
    now: jiff::Timestamp,
    connection: Connection,
) {
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        match connection.read(LONGEST_HEAD).await {
            Ok(bytes) if !bytes.is_empty() => head.extend(bytes),
            _ => return,
        }
        if head.len() > LONGEST_HEAD {
            break;
        }
    }
    let text = String::from_utf8_lossy(&head);
    let mut words = text.lines().next().unwrap_or_default().split(' ');
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let reply = match (method, target.starts_with('/')) {
        ("GET" | "HEAD", true) => page(files, home, user, target),
        (_, false) => Reply::refusal(400, "Bad Request", "Unsupported method"),
        _ => Reply::refusal(
            501,
            "Not Implemented",
            "The requested method is not recognized",
        ),
    };
    let mut bytes = reply.head(now).into_bytes();
    if method != "HEAD" {
        bytes.extend(&reply.content);
    }
    // Whoever has gone needs no answer.
    connection.write(&bytes).await.ok();
    connection.finish().await;
}

struct Reply {
    code: u16,
    reason: &'static str,
    kind: &'static str,
    location: Option<String>,
    modified: Option<jiff::Timestamp>,
    content: Vec<u8>,
}

impl Reply {
    fn refusal(code: u16, reason: &'static str, words: &str) -> Self {
        let title = format!("{code} {reason}");
        let content = format!(
            "<HTML><HEAD><TITLE>{title}</TITLE></HEAD>\n<BODY><H1>{title}</H1>\n{words}\n</BODY></HTML>\n"
        );
        Self {
            code,
            reason,
            kind: "text/html",
            location: None,
            modified: None,
            content: content.into_bytes(),
        }
    }

    fn head(&self, now: jiff::Timestamp) -> String {
        let date = |time: jiff::Timestamp| time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let mut head = format!(
            "HTTP/1.1 {} {}\r\nDate: {}\r\nConnection: close\r\nContent-type: {}\r\n",
            self.code,
            self.reason,
            date(now),
            self.kind
        );
        // Writing to a string does not fail.
        if let Some(location) = &self.location {
            let _ = write!(head, "Location: {location}\r\n");
        }
        if let Some(modified) = self.modified {
            let _ = write!(
                head,
                "Accept-Ranges: bytes\r\nLast-Modified: {}\r\n",
                date(modified)
            );
        }
        let _ = write!(head, "Content-Length: {}\r\n\r\n", self.content.len());
        head
    }
}

fn page(files: &View, home: &str, user: &Credentials, target: &str) -> Reply {
    let missing = || Reply::refusal(404, "Not Found", "The requested URL was not found");
    let Some(name) = decoded(target.split('?').next().unwrap_or_default()) else {
        return Reply::refusal(400, "Bad Request", "Unsupported method");
    };
    // Nothing leads out of the home folder.
    let inside = path::clean(&name);
    let mut file = below(home, inside.trim_start_matches('/'));
    if files.is_dir(&file, user) {
        if !name.ends_with('/') {
            let mut moved = Reply::refusal(302, "Found", "");
            moved.location = Some(format!("{name}/"));
            return moved;
        }
        file = below(&file, "index.html");
    }
    let Ok(stat) = files.stat(&file, user) else {
        return missing();
    };
    match files.read(&file, user) {
        Ok(content) if content.len() <= WHOLE => Reply {
            code: 200,
            reason: "OK",
            kind: kind(&file),
            location: None,
            modified: Some(stat.meta.modified),
            content: content.to_vec(),
        },
        Err(crate::files::Errno::Access) => Reply::refusal(403, "Forbidden", ""),
        _ => missing(),
    }
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(after.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = &after[2..];
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
}

fn kind(file: &str) -> &'static str {
    let (_, ending) = file.rsplit_once('.').unwrap_or_default();
    match ending {
        "txt" | "h" | "c" | "cc" | "cpp" => "text/plain",
        "html" | "htm" => "text/html",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "css" => "text/css",
        "js" => "application/javascript",
        "json" => "application/json",
        "xml" => "application/xml",
        "wav" => "audio/wav",
        _ => "application/octet-stream",
    }
}
