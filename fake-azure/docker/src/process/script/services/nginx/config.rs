//! What nginx's configuration asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex_lite::{Regex, RegexBuilder};

use super::directive::{Directive, Wrong};
use super::known;

/// What the configuration asks for.
#[derive(Debug)]
pub(super) struct Config {
    pub(super) user: Option<String>,
    /// What is said of `user` where nginx does not run as root.
    pub(super) user_ignored: Option<String>,
    pub(super) workers: Workers,
    /// Where what does not fit into memory is kept for a while.
    pub(super) temporary: Vec<String>,
    pub(super) pid: String,
    pub(super) daemon: bool,
    pub(super) error_log: String,
    pub(super) error_level: String,
    pub(super) servers: Vec<Server>,
    pub(super) formats: BTreeMap<String, String>,
    /// Groups of servers that requests are handed to.
    pub(super) upstreams: BTreeMap<String, Vec<String>>,
}

/// How many processes share the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Workers {
    /// One for each processor.
    Auto,
    Number(u32),
}

/// Folders for what does not fit into memory: the directive, and where its package has it.
const TEMPORARY: [(&str, &str); 5] = [
    ("client_body_temp_path", "/var/cache/nginx/client_temp"),
    ("proxy_temp_path", "/var/cache/nginx/proxy_temp"),
    ("fastcgi_temp_path", "/var/cache/nginx/fastcgi_temp"),
    ("uwsgi_temp_path", "/var/cache/nginx/uwsgi_temp"),
    ("scgi_temp_path", "/var/cache/nginx/scgi_temp"),
];

/// A `server` block.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) listens: Vec<Listen>,
    pub(super) names: Vec<String>,
    pub(super) level: Arc<Level>,
    pub(super) locations: Vec<Location>,
    pub(super) action: Option<Return>,
}

/// A port that a server listens on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listen {
    pub(super) port: u16,
    pub(super) default: bool,
}

/// A `location` block.
#[derive(Debug)]
pub(super) struct Location {
    pub(super) matching: Matching,
    pub(super) level: Arc<Level>,
    pub(super) alias: Option<String>,
    pub(super) action: Action,
    pub(super) try_files: Vec<String>,
    pub(super) internal: bool,
    pub(super) inner: Vec<Self>,
}

/// Which paths a location is for.
#[derive(Debug)]
pub(super) enum Matching {
    Exact(String),
    /// A beginning; `last` means that expressions are not looked at any more.
    Prefix {
        path: String,
        last: bool,
    },
    Expression(Regex),
    /// A name that other places lead to.
    Named(String),
}

/// What a location does.
#[derive(Debug)]
pub(super) enum Action {
    Files,
    Return(Return),
    Proxy(String),
    Deny,
    Status,
}

/// `return` with its status and what is answered.
#[derive(Clone, Debug)]
pub(super) struct Return {
    pub(super) status: u16,
    pub(super) text: Option<String>,
}

/// What blocks inherit from those around them.
#[derive(Clone, Debug)]
pub(super) struct Level {
    pub(super) root: String,
    pub(super) index: Vec<String>,
    pub(super) default_type: String,
    pub(super) types: Arc<BTreeMap<String, String>>,
    /// The file and the name of the format; none when it is off.
    pub(super) access_log: Option<(String, String)>,
    /// Name, value, and whether it is added to every answer.
    pub(super) headers: Vec<(String, String, bool)>,
    pub(super) proxy_headers: Vec<(String, String)>,
    pub(super) error_pages: Vec<ErrorPage>,
    pub(super) autoindex: bool,
    pub(super) tokens: bool,
    pub(super) most_body: u64,
    pub(super) charset: Option<String>,
}

/// Where the answer to an error stands.
#[derive(Clone, Debug)]
pub(super) struct ErrorPage {
    pub(super) codes: Vec<u16>,
    pub(super) status: Option<u16>,
    pub(super) path: String,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            root: "html".to_owned(),
            index: vec!["index.html".to_owned()],
            default_type: "text/plain".to_owned(),
            types: Arc::default(),
            access_log: Some((
                "/var/log/nginx/access.log".to_owned(),
                "combined".to_owned(),
            )),
            headers: Vec::new(),
            proxy_headers: Vec::new(),
            error_pages: Vec::new(),
            autoindex: false,
            tokens: true,
            most_body: 1024 * 1024,
            charset: None,
        }
    }
}

/// The format that access logs have unless another one is named.
pub(super) const COMBINED: &str = "$remote_addr - $remote_user [$time_local] \"$request\" \
     $status $body_bytes_sent \"$http_referer\" \"$http_user_agent\"";

/// The first arguments of all directives of a name, in blocks, too.
fn named<'a>(
    directives: &'a [Directive],
    name: &str,
    found: &mut Vec<&'a str>,
) -> Result<(), Wrong> {
    for directive in directives {
        if directive.name == name {
            found.push(directive.first()?);
        }
        named(directive.block.as_deref().unwrap_or_default(), name, found)?;
    }
    Ok(())
}

impl Config {
    /// Understands directives.
    pub(super) fn of(directives: &[Directive]) -> Result<Self, Wrong> {
        let mut config = Self {
            user: None,
            user_ignored: None,
            workers: Workers::Number(1),
            temporary: Vec::new(),
            pid: "/run/nginx.pid".to_owned(),
            daemon: true,
            error_log: "/var/log/nginx/error.log".to_owned(),
            error_level: "error".to_owned(),
            servers: Vec::new(),
            formats: BTreeMap::from([("combined".to_owned(), COMBINED.to_owned())]),
            upstreams: BTreeMap::new(),
        };
        for directive in directives {
            known::check(directive)?;
            match directive.name.as_str() {
                "user" => {
                    config.user = Some(directive.first()?.to_owned());
                    let words = "the \"user\" directive makes sense only if the master process runs \
                                 with super-user privileges, ignored";
                    config.user_ignored = Some(directive.wrong(words).0);
                }
                "worker_processes" => {
                    config.workers = match (directive.only()?, directive.only()?.parse()) {
                        ("auto", _) => Workers::Auto,
                        (_, Ok(number)) if number > 0 => Workers::Number(number),
                        _ => {
                            let words = "\"worker_processes\" directive invalid value";
                            return Err(directive.wrong(words));
                        }
                    };
                }
                "pid" => directive.only()?.clone_into(&mut config.pid),
                "daemon" => config.daemon = flag(directive)?,
                "error_log" => {
                    directive.first()?.clone_into(&mut config.error_log);
                    let level = directive.args.get(1).map_or("error", String::as_str);
                    level.clone_into(&mut config.error_level);
                }
                "http" => config.http(directive)?,
                _ => {}
            }
        }
        Ok(config)
    }

    fn http(&mut self, http: &Directive) -> Result<(), Wrong> {
        let mut level = Level::default();
        let inside = block(http)?;
        for directive in inside {
            known::check(directive)?;
            match directive.name.as_str() {
                "log_format" => {
                    let name = directive.first()?.to_owned();
                    let words = directive.args.iter().skip(1);
                    let text = words.filter(|word| !word.starts_with("escape="));
                    self.formats.insert(name, text.cloned().collect());
                }
                "upstream" => {
                    let servers = block(directive)?.iter().filter(|d| d.name == "server");
                    let servers = servers.map(|server| server.first().map(str::to_owned));
                    let servers = servers.collect::<Result<Vec<_>, _>>()?;
                    if servers.is_empty() {
                        return Err(directive.wrong("no servers are inside upstream"));
                    }
                    self.upstreams.insert(directive.only()?.to_owned(), servers);
                }
                _ => {}
            }
        }
        for (name, default) in TEMPORARY {
            let mut paths = Vec::new();
            named(inside, name, &mut paths)?;
            let has_own = inside.iter().any(|directive| directive.name == name);
            if !has_own {
                paths.insert(0, default);
            }
            self.temporary.extend(paths.into_iter().map(str::to_owned));
        }
        level.read(inside)?;
        let level = Arc::new(level);
        for directive in inside.iter().filter(|d| d.name == "server") {
            self.servers.push(Server::of(block(directive)?, &level)?);
        }
        for server in &self.servers {
            let levels = [&server.level];
            let formats = levels.iter().filter_map(|level| level.access_log.as_ref());
            for (_, format) in formats {
                if !self.formats.contains_key(format) {
                    return Err(http.wrong(&format!("unknown log format \"{format}\"")));
                }
            }
        }
        Ok(())
    }

    /// All ports that are listened on, once each.
    pub(super) fn ports(&self) -> Vec<u16> {
        let listens = self.servers.iter().flat_map(|server| &server.listens);
        let mut ports: Vec<u16> = listens.map(|listen| listen.port).collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    }

    /// The server that a request to a port and a host is for.
    pub(super) fn server(&self, port: u16, host: &str) -> Option<&Server> {
        let on_port = |server: &&Server| server.listens.iter().any(|l| l.port == port);
        let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
        let here = || self.servers.iter().filter(on_port);
        let default = |server: &&Server| server.listens.iter().any(|l| l.port == port && l.default);
        here()
            .find(|server| server.names.iter().any(|name| names(name, host)))
            .or_else(|| here().find(default))
            .or_else(|| here().next())
    }
}

/// Whether a server's name, which may begin or end with `*`, is a host's.
fn names(name: &str, host: &str) -> bool {
    if let Some(end) = name.strip_prefix("*.") {
        return host
            .strip_suffix(end)
            .is_some_and(|rest| rest.ends_with('.'));
    }
    if let Some(begin) = name.strip_suffix(".*") {
        return host
            .strip_prefix(begin)
            .is_some_and(|rest| rest.starts_with('.'));
    }
    name.eq_ignore_ascii_case(host)
}

impl Server {
    fn of(directives: &[Directive], outer: &Level) -> Result<Self, Wrong> {
        let mut level = outer.clone();
        level.read(directives)?;
        let level = Arc::new(level);
        let mut server = Self {
            listens: Vec::new(),
            names: Vec::new(),
            level: level.clone(),
            locations: Vec::new(),
            action: None,
        };
        for directive in directives {
            known::check(directive)?;
            match directive.name.as_str() {
                "listen" => server.listens.extend(listen(directive)?),
                "server_name" => server.names.extend(directive.args.iter().cloned()),
                "return" => server.action = Some(answer(directive)?),
                "location" => server.locations.push(Location::of(directive, &level)?),
                _ => {}
            }
        }
        if server.listens.is_empty() {
            server.listens.push(Listen {
                port: 80,
                default: false,
            });
        }
        Ok(server)
    }
}

/// The port of `listen`; none for a socket file, and one alone for IPv6 beside IPv4.
fn listen(directive: &Directive) -> Result<Option<Listen>, Wrong> {
    let address = directive.first()?;
    if address.starts_with("unix:") {
        return Ok(None);
    }
    let port = match address.rsplit_once(':') {
        Some((_, port)) if !port.ends_with(']') => port,
        _ if address.bytes().all(|b| b.is_ascii_digit()) => address,
        _ => "80",
    };
    let invalid = || {
        let problem = format!("invalid port in \"{address}\" of the \"listen\" directive");
        directive.wrong(&problem)
    };
    let port = port.parse::<u16>().map_err(|_| invalid())?;
    if port == 0 {
        return Err(invalid());
    }
    let secure = directive
        .args
        .iter()
        .any(|arg| arg == "ssl" || arg == "quic");
    // No simulated server speaks TLS, and the port would answer nonsense.
    let default = directive
        .args
        .iter()
        .any(|arg| arg == "default_server" || arg == "default");
    Ok((!secure).then_some(Listen { port, default }))
}

impl Location {
    fn of(directive: &Directive, outer: &Level) -> Result<Self, Wrong> {
        let expression = |text: &str, any_case: bool| {
            let mut builder = RegexBuilder::new(text);
            builder.case_insensitive(any_case);
            builder.build().map(Matching::Expression).map_err(|error| {
                directive.wrong(&format!("the expression \"{text}\" is not read: {error}"))
            })
        };
        let matching = match directive.args.as_slice() {
            [path] if path.starts_with('@') => Matching::Named(path.clone()),
            [path] => Matching::Prefix {
                path: path.clone(),
                last: false,
            },
            [how, path] => match how.as_str() {
                "=" => Matching::Exact(path.clone()),
                "^~" => Matching::Prefix {
                    path: path.clone(),
                    last: true,
                },
                "~" => expression(path, false)?,
                "~*" => expression(path, true)?,
                other => {
                    let problem = format!("invalid location modifier \"{other}\"");
                    return Err(directive.wrong(&problem));
                }
            },
            _ => return Err(directive.wrong_number()),
        };
        let inside = block(directive)?;
        let mut level = outer.clone();
        level.read(inside)?;
        let level = Arc::new(level);
        let mut location = Self {
            matching,
            level: level.clone(),
            alias: None,
            action: Action::Files,
            try_files: Vec::new(),
            internal: false,
            inner: Vec::new(),
        };
        for directive in inside {
            known::check(directive)?;
            match directive.name.as_str() {
                "alias" => location.alias = Some(directive.only()?.to_owned()),
                "return" => location.action = Action::Return(answer(directive)?),
                "proxy_pass" => location.action = Action::Proxy(directive.only()?.to_owned()),
                "deny" if directive.only()? == "all" => location.action = Action::Deny,
                "stub_status" => location.action = Action::Status,
                "try_files" => location.try_files.clone_from(&directive.args),
                "internal" => location.internal = true,
                "location" => location.inner.push(Self::of(directive, &level)?),
                _ => {}
            }
        }
        Ok(location)
    }
}

fn answer(directive: &Directive) -> Result<Return, Wrong> {
    let invalid = || directive.wrong(&format!("invalid return code \"{}\"", directive.args[0]));
    match directive.args.as_slice() {
        [address] if address.contains("://") || address.starts_with('$') => Ok(Return {
            status: 302,
            text: Some(address.clone()),
        }),
        [status] => Ok(Return {
            status: status.parse().map_err(|_| invalid())?,
            text: None,
        }),
        [status, text] => Ok(Return {
            status: status.parse().map_err(|_| invalid())?,
            text: Some(text.clone()),
        }),
        _ => Err(directive.wrong_number()),
    }
}

impl Level {
    /// Takes what a block says. Lists replace those of the blocks around as a whole.
    fn read(&mut self, directives: &[Directive]) -> Result<(), Wrong> {
        let mut headers = Vec::new();
        let mut proxy_headers = Vec::new();
        let mut error_pages = Vec::new();
        let mut types = BTreeMap::new();
        for directive in directives {
            match directive.name.as_str() {
                "root" => directive.only()?.clone_into(&mut self.root),
                "index" => self.index.clone_from(&directive.args),
                "default_type" => directive.only()?.clone_into(&mut self.default_type),
                "access_log" => self.access_log = access_log(directive)?,
                "autoindex" => self.autoindex = flag(directive)?,
                "server_tokens" => self.tokens = flag(directive)?,
                "charset" => self.charset = Some(directive.only()?.to_owned()),
                "client_max_body_size" => self.most_body = size(directive)?,
                "add_header" => match directive.args.as_slice() {
                    [name, value] => headers.push((name.clone(), value.clone(), false)),
                    [name, value, _] => headers.push((name.clone(), value.clone(), true)),
                    _ => return Err(directive.wrong_number()),
                },
                "proxy_set_header" => match directive.args.as_slice() {
                    [name, value] => proxy_headers.push((name.clone(), value.clone())),
                    _ => return Err(directive.wrong_number()),
                },
                "error_page" => error_pages.push(error_page(directive)?),
                "types" => {
                    for line in block(directive)? {
                        let ends = line.args.iter();
                        types.extend(ends.map(|end| (end.clone(), line.name.clone())));
                    }
                }
                _ => {}
            }
        }
        if !headers.is_empty() {
            self.headers = headers;
        }
        if !proxy_headers.is_empty() {
            self.proxy_headers = proxy_headers;
        }
        if !error_pages.is_empty() {
            self.error_pages = error_pages;
        }
        if !types.is_empty() {
            self.types = Arc::new(types);
        }
        Ok(())
    }
}

fn access_log(directive: &Directive) -> Result<Option<(String, String)>, Wrong> {
    let file = directive.first()?;
    if file == "off" {
        return Ok(None);
    }
    let format = directive.args.get(1).filter(|format| !format.contains('='));
    let format = format.map_or("combined", String::as_str);
    Ok(Some((file.to_owned(), format.to_owned())))
}

fn error_page(directive: &Directive) -> Result<ErrorPage, Wrong> {
    let (path, codes) = directive
        .args
        .split_last()
        .ok_or_else(|| directive.wrong_number())?;
    let invalid = |word: &str| directive.wrong(&format!("invalid value \"{word}\""));
    let mut page = ErrorPage {
        codes: Vec::new(),
        status: None,
        path: path.clone(),
    };
    for word in codes {
        match word.strip_prefix('=') {
            Some("") => page.status = Some(200),
            Some(status) => page.status = Some(status.parse().map_err(|_| invalid(word))?),
            None => page.codes.push(word.parse().map_err(|_| invalid(word))?),
        }
    }
    Ok(page)
}

fn flag(directive: &Directive) -> Result<bool, Wrong> {
    match directive.only()? {
        "on" => Ok(true),
        "off" | "build" => Ok(false),
        other => Err(directive.wrong(&format!(
            "invalid value \"{other}\" in \"{}\" directive, it must be \"on\" or \"off\"",
            directive.name
        ))),
    }
}

fn size(directive: &Directive) -> Result<u64, Wrong> {
    let text = directive.only()?.to_ascii_lowercase();
    let (digits, unit) = match text.strip_suffix(['k', 'm', 'g']) {
        Some(digits) => (digits, text.as_bytes().last().copied()),
        None => (text.as_str(), None),
    };
    let factor = match unit {
        Some(b'k') => 1024,
        Some(b'm') => 1024 * 1024,
        Some(b'g') => 1024 * 1024 * 1024,
        _ => 1,
    };
    let number = digits.parse::<u64>().ok();
    number
        .and_then(|number| number.checked_mul(factor))
        .ok_or_else(|| {
            let problem = format!("\"{}\" directive invalid value", directive.name);
            directive.wrong(&problem)
        })
}

fn block(directive: &Directive) -> Result<&[Directive], Wrong> {
    directive.block.as_deref().ok_or_else(|| {
        let problem = format!("directive \"{}\" has no opening \"{{\"", directive.name);
        directive.wrong(&problem)
    })
}
