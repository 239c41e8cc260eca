//! What nginx answers to a request.

mod contents;
mod handover;
mod pages;
mod status;

use std::sync::Arc;

use hyper::Method;
use hyper::header::{
    ACCEPT_RANGES, CONNECTION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, DATE, HeaderName,
    LAST_MODIFIED, LOCATION, SERVER, TRANSFER_ENCODING,
};
use jiff::Timestamp;

use self::status::reason;
use super::config::{Action, Config, Level, Location, Matching, Server};
use super::variables::Facts;
use crate::files::Credentials;
use crate::process::Space;
use crate::process::script::message::{Request, Response};
use crate::process::script::services::site::clean;

/// How often a request may lead to another place before that is an error.
const MOST_REDIRECTS: u8 = 10;

/// What stands before all other headers, as nginx writes its answers.
const FIRST: [HeaderName; 8] = [
    SERVER,
    DATE,
    CONTENT_TYPE,
    CONTENT_LENGTH,
    LAST_MODIFIED,
    LOCATION,
    TRANSFER_ENCODING,
    CONNECTION,
];
/// What stands behind those that the configuration adds.
const LAST: [HeaderName; 2] = [ACCEPT_RANGES, CONTENT_RANGE];

/// What answers requests: the configuration, and where it runs.
pub(super) struct Answerer {
    pub(super) config: Config,
    pub(super) space: Arc<Space>,
    pub(super) user: Credentials,
    pub(super) version: String,
}

/// An answer, what the logs tell of it, and how logs are kept where it was made.
pub(super) struct Answered {
    pub(super) response: Response,
    pub(super) errors: Vec<String>,
    /// The file and the line, unless it is not logged.
    pub(super) access: Option<(String, String)>,
}

/// A request on its way through the configuration.
struct Passage<'a> {
    answerer: &'a Answerer,
    request: &'a Request,
    server: &'a Server,
    port: u16,
    now: Timestamp,
    /// The path by which the answer is looked for.
    uri: String,
    level: Arc<Level>,
    errors: Vec<String>,
    redirects: u8,
    upstream: String,
}

impl Answerer {
    pub(super) async fn answer(&self, request: &Request, port: u16, now: Timestamp) -> Answered {
        let host = request.header("host").unwrap_or_default();
        let Some(server) = self.config.server(port, host) else {
            return Answered {
                response: Response::new(404),
                errors: Vec::new(),
                access: None,
            };
        };
        let mut passage = Passage {
            answerer: self,
            request,
            server,
            port,
            now,
            uri: String::new(),
            level: server.level.clone(),
            errors: Vec::new(),
            redirects: 0,
            upstream: String::new(),
        };
        let response = passage.start().await;
        passage.finish(response)
    }
}

impl<'a> Passage<'a> {
    async fn start(&mut self) -> Response {
        let Some(uri) = clean(&self.request.decoded_path()) else {
            return self.error(400);
        };
        self.uri = uri;
        if self.request.version == "HTTP/1.1" && self.request.header("host").is_none() {
            return self.error(400);
        }
        if self.request.body.len() as u64 > self.level.most_body && self.level.most_body > 0 {
            return self.error(413);
        }
        let server = self.server;
        let answer = match &server.action {
            Some(action) => Err(self.returned(action)),
            None => self.look().await,
        };
        match answer {
            Ok(response) => response,
            Err(Stop::Done(response)) => *response,
            Err(Stop::Error(status)) => self.error_page(status).await,
        }
    }

    /// Looks for the location of the path and does what it says.
    async fn look(&mut self) -> Result<Response, Stop> {
        loop {
            let server = self.server;
            let location = find(&server.locations, &self.uri);
            let level = location.map_or(&server.level, |location| &location.level);
            self.level = level.clone();
            let internal = location.is_some_and(|location| location.internal);
            if internal && self.redirects == 0 {
                return Err(Stop::Error(404));
            }
            let Some(location) = location else {
                return self.file(None, &self.uri.clone());
            };
            match self.enter(location).await? {
                Some(response) => return Ok(response),
                // Another path is to be looked for.
                None if self.redirects < MOST_REDIRECTS => self.redirects += 1,
                None => {
                    self.log_error("rewrite or internal redirection cycle");
                    return Err(Stop::Error(500));
                }
            }
        }
    }

    async fn enter(&mut self, location: &'a Location) -> Result<Option<Response>, Stop> {
        match &location.action {
            Action::Return(action) => Err(self.returned(action)),
            Action::Deny => {
                self.log_error("access forbidden by rule");
                Err(Stop::Error(403))
            }
            Action::Status => Ok(Some(self.status())),
            Action::Proxy(_) | Action::Files if !location.try_files.is_empty() => {
                self.try_files(location).await
            }
            Action::Proxy(to) => self.proxy(location, to).await.map(Some),
            Action::Files => self.file(Some(location), &self.uri.clone()).map(Some),
        }
    }

    async fn try_files(&mut self, location: &'a Location) -> Result<Option<Response>, Stop> {
        let Some((last, tried)) = location.try_files.split_last() else {
            return Ok(None);
        };
        for text in tried {
            let uri = self.facts().fill(text);
            let directory = uri.ends_with('/');
            let path = self.path(Some(location), &uri);
            let site = self.site();
            let found = if directory {
                site.files.is_dir(&path, site.user)
            } else {
                site.files.is_file(&path, site.user)
            };
            if found {
                return self.file(Some(location), &uri).map(Some);
            }
        }
        if let Some(status) = last.strip_prefix('=') {
            return Err(Stop::Error(status.parse().unwrap_or(404)));
        }
        if last.starts_with('@') {
            let server = self.server;
            let named = server.locations.iter().find(
                |location| matches!(&location.matching, Matching::Named(name) if name == last),
            );
            let Some(named) = named else {
                self.log_error(&format!("could not find named location \"{last}\""));
                return Err(Stop::Error(500));
            };
            self.level = named.level.clone();
            return match &named.action {
                Action::Proxy(to) => self.proxy(named, to).await.map(Some),
                Action::Return(action) => Err(self.returned(action)),
                _ => self.file(Some(named), &self.uri.clone()).map(Some),
            };
        }
        let uri = self.facts().fill(last);
        let path = uri.split_once('?').map_or(uri.as_str(), |(path, _)| path);
        path.clone_into(&mut self.uri);
        Ok(None)
    }

    /// The answer to an error, as the configuration has it.
    async fn error_page(&mut self, status: u16) -> Response {
        let page = self
            .level
            .error_pages
            .iter()
            .find(|page| page.codes.contains(&status));
        let Some(page) = page.cloned() else {
            return self.error(status);
        };
        let code = page.status.unwrap_or(status);
        if page.path.contains("://") {
            return self.builtin(302).header("location", &page.path);
        }
        self.uri.clone_from(&page.path);
        self.redirects += 1;
        match Box::pin(self.look()).await {
            Ok(response) => in_place_of(code, response),
            Err(Stop::Done(response)) => in_place_of(code, *response),
            Err(Stop::Error(_)) => self.error(status),
        }
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            request: self.request,
            uri: &self.uri,
            port: self.port,
            server_name: self.server.names.first().map_or("", String::as_str),
            host_name: self.answerer.space.host_name(),
            now: self.now,
            root: &self.level.root,
            status: 0,
            sent: 0,
            version: &self.answerer.version,
            upstream: &self.upstream,
        }
    }

    fn log_error(&mut self, problem: &str) {
        let request = self.request;
        let server = self.server.names.first().map_or("", String::as_str);
        let host = request.header("host").unwrap_or_default();
        self.errors.push(format!(
            "{problem}, client: {}, server: {server}, request: \"{} {} {}\", host: \"{host}\"",
            request.peer.ip(),
            request.method,
            request.target(),
            request.version,
        ));
    }

    /// Adds what the configuration adds to answers, and what the logs tell.
    fn finish(self, mut response: Response) -> Answered {
        let status = response.status();
        let good = matches!(status, 200 | 201 | 204 | 206 | 301..=304 | 307 | 308);
        for (name, value, always) in &self.level.headers {
            let value = self.facts().fill(value);
            // nginx leaves out what has no value.
            if (good || *always) && !value.is_empty() {
                // There is one of these in an answer.
                let one = ["etag", "last-modified"];
                let one = one.iter().any(|one| name.eq_ignore_ascii_case(one));
                response = if one {
                    response.spelt(name, &value)
                } else {
                    response.and(name, &value)
                };
            }
        }
        let head = self.request.method == Method::HEAD;
        let wish = self.request.header("connection").unwrap_or_default();
        let close = if self.request.version == "HTTP/1.0" {
            !wish.eq_ignore_ascii_case("keep-alive")
        } else {
            wish.eq_ignore_ascii_case("close")
        };
        if response.headers.get("connection").is_none() {
            let how = if close { "close" } else { "keep-alive" };
            response = response.header("connection", how);
        }
        if head {
            response = response.without_body().without("transfer-encoding");
        }
        response = response.with_length().ordered(&FIRST, &LAST);
        let sent = if head {
            0
        } else {
            response.length.unwrap_or_default()
        };
        let access = self.level.access_log.as_ref().map(|(file, format)| {
            let format = self.answerer.config.formats.get(format);
            let format = format.map_or(super::config::COMBINED, String::as_str);
            let facts = Facts {
                status,
                sent,
                ..self.facts()
            };
            (file.clone(), facts.fill_log(format) + "\n")
        });
        Answered {
            response,
            errors: self.errors,
            access,
        }
    }
}

/// An answer that stands for another, with its status.
fn in_place_of(status: u16, response: Response) -> Response {
    if response.status() == status {
        return response;
    }
    // Only what is there can have been changed, and be asked for in parts.
    let response = match status {
        200 | 204 | 206 | 304 => response,
        _ => response.without("last-modified").without("accept-ranges"),
    };
    response.with_status(status).because(reason(status))
}

/// Why a location gave no answer of its own.
enum Stop {
    /// It gave one that no error page replaces.
    Done(Box<Response>),
    Error(u16),
}

/// The location of a path: an exact one, else the longest beginning or the first expression.
fn find<'a>(locations: &'a [Location], uri: &str) -> Option<&'a Location> {
    let mut longest: Option<(&Location, usize, bool)> = None;
    for location in locations {
        match &location.matching {
            Matching::Exact(path) if path == uri => return Some(location),
            Matching::Prefix { path, last }
                if uri.starts_with(path.as_str())
                    && longest.is_none_or(|(_, length, _)| path.len() > length) =>
            {
                longest = Some((location, path.len(), *last));
            }
            _ => {}
        }
    }
    let inner = longest.and_then(|(location, ..)| find(&location.inner, uri));
    let ends = longest.is_some_and(|(_, _, last)| last);
    let expression = || {
        locations.iter().find(|location| {
            matches!(&location.matching, Matching::Expression(found) if found.is_match(uri))
        })
    };
    inner
        .or_else(|| if ends { None } else { expression() })
        .or(longest.map(|(location, ..)| location))
}
