//! Apache's httpd: files of the container over HTTP, by the plainest of its settings.

use std::sync::Arc;

use hyper::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, DATE, HeaderName, SERVER,
};
use jiff::Timestamp;

use super::daemon::{self, Answer};
use super::helpers::Helpers;
use super::site::{Place, Site, TagStyle, clean, is_read};
use crate::files::{Credentials, Errno, Open, path};
use crate::process::script::account;
use crate::process::script::media_type;
use crate::process::script::message::{Request, Response};
use crate::process::{Descriptor, Exit, Listener, Pid, Process, Signal, Space};

/// The version where the image's environment does not tell it.
const VERSION: &str = "2.4.65";
/// How many processes answer where nobody says so: those of the `event` module.
const START_SERVERS: u32 = 3;
/// How many are started at most.
const MOST_SERVERS: u32 = 16;
/// The longest configuration that is read, in bytes.
const LONGEST: usize = 1024 * 1024;

/// What stands before all other headers, as Apache writes its answers.
const FIRST: [HeaderName; 2] = [DATE, SERVER];
/// What stands behind all others.
const LAST: [HeaderName; 5] = [
    CONTENT_LENGTH,
    CONTENT_RANGE,
    HeaderName::from_static("keep-alive"),
    CONNECTION,
    CONTENT_TYPE,
];

/// What the configuration asks for.
#[derive(Clone, Debug)]
struct Config {
    root: String,
    ports: Vec<u16>,
    index: Vec<String>,
    name: Option<String>,
    user: Option<String>,
    /// How many processes answer.
    servers: u32,
    error_log: String,
    access_log: Option<String>,
    /// The file or the words for a status.
    documents: Vec<(u16, String)>,
    pid: String,
}

/// Runs httpd by its command line.
pub(super) async fn run(mut process: Process) -> u8 {
    let version = process
        .variable("HTTPD_VERSION")
        .unwrap_or(VERSION)
        .to_owned();
    let prefix = process
        .variable("HTTPD_PREFIX")
        .unwrap_or("/usr/local/apache2")
        .to_owned();
    let args: Vec<&str> = process.args.iter().skip(1).map(String::as_str).collect();
    if args.iter().any(|arg| matches!(*arg, "-v" | "-V")) {
        let words = format!("Server version: Apache/{version} (Unix)\n");
        return u8::from(process.print(words).await.is_err());
    }
    let file = args
        .iter()
        .position(|arg| *arg == "-f")
        .and_then(|at| args.get(at + 1));
    let file = path::join(
        &format!("{prefix}/"),
        file.copied().unwrap_or("conf/httpd.conf"),
    );
    let kill = args
        .iter()
        .position(|arg| *arg == "-k")
        .and_then(|at| args.get(at + 1));
    let kill = kill.map(|word| (*word).to_owned());
    let test = args.contains(&"-t");
    let foreground = args
        .iter()
        .any(|arg| matches!(*arg, "-DFOREGROUND" | "FOREGROUND" | "-X"));
    let config = match read(&process, &file, &prefix) {
        Ok(config) => config,
        Err(problem) => {
            process.complain(problem).await;
            return 1;
        }
    };
    if test {
        process.complain("Syntax OK\n").await;
        return 0;
    }
    match kill.as_deref() {
        None | Some("start") => {}
        Some(action) => return send(&mut process, &config, action).await,
    }
    let serve = move |process| Box::pin(serve(process, config, version, file, prefix));
    if foreground {
        return serve(process).await;
    }
    match process.fork(serve) {
        Ok(_) => 0,
        Err(_) => 1,
    }
}

/// Reads the configuration; the words of the error when there is none.
fn read(process: &Process, file: &str, prefix: &str) -> Result<Config, String> {
    let content = process
        .space
        .files()
        .read(file, &Credentials::ROOT)
        .map_err(|errno| format!("httpd: Could not open configuration file {file}: {errno}\n"))?;
    let text = String::from_utf8_lossy(&content[..content.len().min(LONGEST)]).into_owned();
    let below = |path: &str| path::join(&format!("{prefix}/"), path);
    let mut config = Config {
        root: below("htdocs"),
        ports: Vec::new(),
        index: vec!["index.html".to_owned()],
        name: None,
        user: None,
        servers: START_SERVERS,
        error_log: below("logs/error_log"),
        access_log: None,
        documents: Vec::new(),
        pid: below("logs/httpd.pid"),
    };
    for (number, line) in text.lines().enumerate() {
        let words: Vec<&str> = line
            .split_whitespace()
            .map(|w| w.trim_matches('"'))
            .collect();
        let wrong = |problem: &str| {
            format!(
                "AH00526: Syntax error on line {} of {file}:\n{problem}\n",
                number + 1
            )
        };
        let Some((name, values)) = words
            .split_first()
            .filter(|(name, _)| !name.starts_with('#'))
        else {
            continue;
        };
        let (name, value) = (name.to_ascii_lowercase(), values.first().copied());
        let needed = || {
            let name = words[0];
            value.ok_or_else(|| wrong(&format!("{name} takes one argument")))
        };
        match name.as_str() {
            "listen" => {
                let port = needed()?.rsplit(':').next().unwrap_or_default();
                let port = port.parse().ok().filter(|port| *port > 0);
                config
                    .ports
                    .push(port.ok_or_else(|| wrong("Invalid address or port"))?);
            }
            "documentroot" => {
                config.root = below(needed()?);
                if !process
                    .space
                    .files()
                    .is_dir(&config.root, &Credentials::ROOT)
                {
                    let problem = format!(
                        "DocumentRoot '{}' is not a directory, or is not readable",
                        config.root
                    );
                    return Err(wrong(&problem));
                }
            }
            "directoryindex" => config.index = values.iter().map(|v| (*v).to_owned()).collect(),
            "servername" => config.name = Some(needed()?.to_owned()),
            "user" => config.user = Some(needed()?.trim_start_matches('#').to_owned()),
            "startservers" => {
                let number = needed()?.parse::<u32>().ok();
                let number = number.filter(|number| (1..=MOST_SERVERS).contains(number));
                config.servers = number.ok_or_else(|| wrong("StartServers takes a number"))?;
            }
            "errorlog" => config.error_log = below(needed()?),
            "customlog" | "transferlog" => config.access_log = Some(below(needed()?)),
            "pidfile" => config.pid = below(needed()?),
            "errordocument" => {
                let status = needed()?
                    .parse()
                    .map_err(|_| wrong("Unsupported HTTP response code"))?;
                let rest = line
                    .split_whitespace()
                    .skip(2)
                    .collect::<Vec<_>>()
                    .join(" ");
                config.documents.push((status, rest));
            }
            _ => {}
        }
    }
    if config.ports.is_empty() {
        return Err(
            "no listening sockets available, shutting down\nAH00015: Unable to open logs\n"
                .to_owned(),
        );
    }
    Ok(config)
}

async fn send(process: &mut Process, config: &Config, action: &str) -> u8 {
    let signal = match action {
        "stop" => Signal::TERM,
        "graceful-stop" => Signal::WINCH,
        "restart" => Signal::HUP,
        "graceful" => Signal::USR1,
        _ => {
            process.complain("httpd: invalid argument for -k\n").await;
            return 1;
        }
    };
    let pid = process.space.files().read(&config.pid, &process.user).ok();
    let pid = pid.and_then(|pid| String::from_utf8_lossy(&pid).trim().parse().ok());
    if pid.is_some_and(|pid| process.space.signal(pid, signal, false)) {
        tokio::task::yield_now().await;
        return 0;
    }
    process.complain("httpd (no pid file) not running\n").await;
    1
}

fn open_log(process: &Process, name: &str) -> Option<Descriptor> {
    let how = Open {
        write: true,
        append: true,
        create: true,
        mode: 0o644,
        ..Open::default()
    };
    process.open(name, how).ok()
}

/// The complaint of a server that was not told its name.
fn nameless(process: &Process) -> String {
    let interfaces = process.space.network().interfaces();
    let address = interfaces.last().map(|i| i.address.to_string());
    format!(
        "AH00558: httpd: Could not reliably determine the server's fully qualified domain \
         name, using {}. Set the 'ServerName' directive globally to suppress this message\n",
        address.unwrap_or_default()
    )
}

/// How a process that answered ended, as the one above it says.
fn lost(pid: Pid, exit: Exit) -> Option<String> {
    let Exit::Killed(signal) = exit else {
        return None;
    };
    let (name, number) = (signal.description(), signal.number());
    Some(format!(
        "AH00052: child pid {pid} exit signal {name} ({number})"
    ))
}

/// Answers, with processes beside it, until a signal comes that was caught.
async fn answered(
    process: &Process,
    listeners: &mut [Listener],
    answer: &Answer,
    (config, who): (&Config, Option<Credentials>),
    log: &Log,
) -> Signal {
    let mut helpers = Helpers::default();
    for _ in 0..config.servers {
        helpers.start(process, None, who.clone()).ok();
    }
    let signal = loop {
        tokio::select! {
            signal = daemon::http(process, listeners, answer) => break signal,
            (pid, exit) = helpers.ended() => {
                if let Some(words) = lost(pid, exit) {
                    log.notice(process.now(), "core", &words).await;
                }
                helpers.start(process, None, who.clone()).ok();
            }
        }
    };
    helpers.dismiss(process, Signal::TERM).await;
    signal
}

async fn serve(
    process: Process,
    config: Config,
    version: String,
    file: String,
    prefix: String,
) -> u8 {
    let ends = [
        Signal::TERM,
        Signal::INT,
        Signal::WINCH,
        Signal::HUP,
        Signal::USR1,
    ];
    for signal in ends {
        process.catch(signal);
    }
    let stderr = process.descriptors.get(2).unwrap_or(Descriptor::Null);
    let log = Log {
        pid: process.pid,
        error: open_log(&process, &config.error_log).unwrap_or_else(|| stderr.clone()),
    };
    let mut config = config;
    let mut listeners = match daemon::listen(&process, &config.ports) {
        Ok(listeners) => listeners,
        Err((port, errno)) => {
            let words = format!(
                "({}){errno}: AH00072: make_sock: could not bind to address 0.0.0.0:{port}\nno \
                 listening sockets available, shutting down\nAH00015: Unable to open logs\n",
                errno.number()
            );
            stderr.write(words.as_bytes(), process.now()).await.ok();
            return 1;
        }
    };
    if config.name.is_none() {
        let words = nameless(&process);
        stderr.write(words.as_bytes(), process.now()).await.ok();
    }
    let started =
        format!("AH00489: Apache/{version} (Unix) configured -- resuming normal operations");
    log.notice(process.now(), "mpm_event", &started).await;
    log.notice(
        process.now(),
        "core",
        "AH00094: Command line: 'httpd -D FOREGROUND'",
    )
    .await;
    let pid = format!("{}\n", process.pid).into_bytes();
    process
        .space
        .files()
        .write(&config.pid, pid, 0o644, &process.user, process.now())
        .ok();
    loop {
        let worker = config.user.as_deref().filter(|_| process.user.is_root());
        let who = worker.and_then(|name| account::user(process.space.files(), name));
        let server = Arc::new(Server {
            access: config
                .access_log
                .as_deref()
                .and_then(|name| open_log(&process, name)),
            user: who.clone().unwrap_or_else(|| process.user.clone()),
            space: process.space.clone(),
            version: version.clone(),
            config: config.clone(),
        });
        let answer: Answer = Arc::new(move |_, request| {
            let server = server.clone();
            Box::pin(async move { server.answer(&request).await })
        });
        let signal = answered(&process, &mut listeners, &answer, (&config, who), &log).await;
        let now = process.now();
        match signal {
            Signal::HUP | Signal::USR1 => {
                if let Ok(fresh) = read(&process, &file, &prefix) {
                    config = fresh;
                }
                let words = "AH00493: SIGUSR1 received.  Doing graceful restart";
                log.notice(now, "mpm_event", words).await;
            }
            signal => {
                let words = if signal == Signal::WINCH {
                    "AH00492: caught SIGWINCH, shutting down gracefully"
                } else {
                    "AH00491: caught SIGTERM, shutting down"
                };
                log.notice(now, "mpm_event", words).await;
                process
                    .space
                    .files()
                    .remove_file(&config.pid, &process.user, now)
                    .ok();
                return 0;
            }
        }
    }
}

struct Log {
    pid: u32,
    error: Descriptor,
}

impl Log {
    async fn notice(&self, now: Timestamp, module: &str, text: &str) {
        let at = now.strftime("%a %b %d %H:%M:%S").to_string();
        let (micros, year) = (now.subsec_microsecond(), now.strftime("%Y").to_string());
        let at = format!("{at}.{micros:06} {year}");
        let pid = self.pid;
        let line = format!("[{at}] [{module}:notice] [pid {pid}:tid {pid}] {text}\n");
        self.error.write(line.as_bytes(), now).await.ok();
    }
}

struct Server {
    config: Config,
    space: Arc<Space>,
    user: Credentials,
    version: String,
    access: Option<Descriptor>,
}

impl Server {
    async fn answer(&self, request: &Request) -> Response {
        let now = self.space.clock().now();
        let mut response = self.find(request);
        if response.status() >= 400
            && let Some(page) = self.document(response.status())
        {
            response = page;
        }
        let mut response = response
            .header("server", &format!("Apache/{} (Unix)", self.version))
            .dated(now);
        let wish = request.header("connection").unwrap_or_default();
        if wish.eq_ignore_ascii_case("close") {
            response = response.header("connection", "close");
        } else if wish.eq_ignore_ascii_case("keep-alive") {
            response = response
                .header("keep-alive", "timeout=5, max=100")
                .header("connection", "Keep-Alive");
        }
        let mut response = response.with_length().ordered(&FIRST, &LAST);
        if request.method == hyper::Method::HEAD {
            response = response.without_body();
        }
        if let Some(log) = &self.access {
            let sent = response.length.filter(|length| *length > 0);
            let line = format!(
                "{} - - [{}] \"{} {} {}\" {} {}\n",
                request.peer.ip(),
                now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
                request.method,
                request.target(),
                request.version,
                response.status(),
                sent.map_or_else(|| "-".to_owned(), |sent| sent.to_string()),
            );
            log.write(line.as_bytes(), now).await.ok();
        }
        response
    }

    fn find(&self, request: &Request) -> Response {
        let error = |status, words: &str| Self::error(status, words);
        if request.version == "HTTP/1.1" && request.header("host").is_none() {
            return error(
                400,
                "Your browser sent a request that this server could not understand.",
            );
        }
        let Some(uri) = clean(&request.decoded_path()) else {
            return error(
                400,
                "Your browser sent a request that this server could not understand.",
            );
        };
        if request.method == hyper::Method::OPTIONS {
            return Response::new(200).header("allow", "GET,POST,OPTIONS,HEAD");
        }
        let site = Site {
            files: self.space.files(),
            user: &self.user,
        };
        let path = format!("{}{uri}", self.config.root.trim_end_matches('/'));
        match site.look(&path, self.config.index.iter().map(String::as_str)) {
            Place::File(_)
                if !is_read(&request.method) && request.method != hyper::Method::POST =>
            {
                error(
                    405,
                    &format!(
                        "The requested method {} is not allowed for this URL.",
                        request.method
                    ),
                )
                .header("allow", "GET,POST,OPTIONS,HEAD")
            }
            Place::File(page) => {
                let media_type = media_type::of(&page.path);
                let answer = |status| match status {
                    416 => error(
                        416,
                        "None of the range-specifier values in the Range\nrequest-header field \
                         overlap the current extent\nof the selected resource.",
                    ),
                    _ => Response::new(status),
                };
                page.answer(request, media_type, TagStyle::SizeAndTime, answer)
            }
            Place::Directory => {
                let host = request.header("host").unwrap_or_default();
                let to = format!("http://{host}{uri}/");
                error(
                    301,
                    &format!("The document has moved <a href=\"{to}\">here</a>."),
                )
                .header("location", &to)
            }
            Place::NoIndex => listing(&site, &path, &uri),
            Place::Missing(Errno::Access | Errno::NotPermitted) => {
                error(403, "You don't have permission to access this resource.")
            }
            Place::Missing(_) => error(404, "The requested URL was not found on this server."),
        }
    }

    fn error(status: u16, words: &str) -> Response {
        let name = match status {
            416 => "Requested Range Not Satisfiable",
            _ => hyper::StatusCode::from_u16(status)
                .ok()
                .and_then(|status| status.canonical_reason())
                .unwrap_or_default(),
        };
        let body = format!(
            "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n\
             <title>{status} {name}</title>\n</head><body>\n<h1>{name}</h1>\n<p>{words}</p>\n\
             </body></html>\n"
        );
        Response::new(status)
            .because(name)
            .header("content-type", "text/html; charset=iso-8859-1")
            .bytes(body.into_bytes())
    }

    /// The page that the configuration names for a status.
    fn document(&self, status: u16) -> Option<Response> {
        let documents = self.config.documents.iter();
        let (_, document) = documents.rev().find(|(known, _)| *known == status)?;
        if let Some(words) = document.strip_prefix('"') {
            let words = words.trim_end_matches('"').to_owned();
            return Some(
                Response::new(status)
                    .header("content-type", "text/html; charset=iso-8859-1")
                    .bytes(words.into_bytes()),
            );
        }
        let path = format!("{}{document}", self.config.root.trim_end_matches('/'));
        let content = self.space.files().read(&path, &self.user).ok()?;
        let page = Response::new(status).header("content-type", media_type::of(&path));
        Some(page.shared(content))
    }
}

fn listing(site: &Site<'_>, path: &str, uri: &str) -> Response {
    let entries = site.files.read_dir(path, site.user).unwrap_or_default();
    let mut lines = String::new();
    if uri != "/" {
        lines.push_str("<li><a href=\"/\"> Parent Directory</a></li>\n");
    }
    for entry in entries.iter().filter(|entry| !entry.name.starts_with('.')) {
        let slash = if site
            .files
            .is_dir(&format!("{path}{}", entry.name), site.user)
        {
            "/"
        } else {
            ""
        };
        let name = format!("{}{slash}", entry.name);
        lines.extend([format!("<li><a href=\"{name}\"> {name}</a></li>\n")]);
    }
    let title = uri.trim_end_matches('/');
    let title = if title.is_empty() { "/" } else { title };
    let body = format!(
        "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<html>\n <head>\n  \
         <title>Index of {title}</title>\n </head>\n <body>\n<h1>Index of {title}</h1>\n\
         <ul>{lines}</ul>\n</body></html>\n"
    );
    Response::new(200)
        .header("content-type", "text/html;charset=ISO-8859-1")
        .bytes(body.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::script::bench::{Bench, NoPrograms, Running};
    use crate::process::script::services::Services;

    const CONF: &str = "ServerRoot \"/usr/local/apache2\"\nListen 80\n\
        DocumentRoot \"/usr/local/apache2/htdocs\"\nErrorLog /dev/stderr\nCustomLog /dev/stdout common\n";

    fn bench(conf: &str) -> Bench {
        let bench = Bench::new(Arc::new(Services::before(Arc::new(NoPrograms))));
        bench.program("/usr/local/bin/httpd", "httpd");
        bench.write("/usr/local/apache2/conf/httpd.conf", conf.as_bytes(), 0o644);
        bench.write("/usr/local/apache2/logs/x", b"", 0o644);
        bench.write(
            "/usr/local/apache2/htdocs/index.html",
            b"<html><body><h1>It works!</h1></body></html>\n",
            0o644,
        );
        bench.write("/usr/local/apache2/htdocs/list/a.txt", b"a", 0o644);
        bench
    }

    async fn started(bench: &Bench) -> Running {
        let running = bench.start("httpd -DFOREGROUND");
        running.err.until("AH00094").await;
        running
    }

    #[tokio::test]
    async fn it_works() {
        let bench = bench(CONF);
        let running = started(&bench).await;
        assert!(running.err.text().contains(
            "[Thu Jan 01 00:00:00.000000 1970] [mpm_event:notice] [pid 1:tid 1] AH00489: \
             Apache/2.4.65 (Unix) configured -- resuming normal operations\n"
        ));
        let (head, body) = bench.http(80, "GET /", "").await;
        assert!(
            head.contains("Server: Apache/2.4.65 (Unix)") && head.contains("text/html"),
            "{head}"
        );
        assert_eq!(body, "<html><body><h1>It works!</h1></body></html>\n");
        let (head, body) = bench.http(80, "GET /nope", "").await;
        assert!(head.starts_with("HTTP/1.1 404") && body.contains("<title>404 Not Found</title>"));
        assert!(
            bench
                .http(80, "GET /list/", "")
                .await
                .1
                .contains("<a href=\"a.txt\"> a.txt</a>")
        );
        assert!(
            bench
                .http(80, "GET /list", "")
                .await
                .0
                .contains("Location: http://box/list/")
        );
        assert!(
            bench
                .http(80, "PUT /", "")
                .await
                .0
                .starts_with("HTTP/1.1 405")
        );
        assert!(
            running.out.text().starts_with(
                "127.0.0.1 - - [01/Jan/1970:00:00:00 +0000] \"GET / HTTP/1.1\" 200 45\n"
            )
        );
        running.signal("WINCH");
        assert_eq!(running.wait().await, 0);
        assert!(
            running
                .err
                .text()
                .contains("AH00492: caught SIGWINCH, shutting down gracefully")
        );
    }

    #[tokio::test]
    async fn headers_stand_in_the_order_and_spelling_of_apache() {
        let bench = bench(CONF);
        let _running = started(&bench).await;
        let file = "Last-Modified ETag Accept-Ranges Content-Length";
        for (asked, more, status, expected) in [
            ("GET /", "", "200 OK", format!("{file} Content-Type")),
            ("HEAD /", "", "200 OK", format!("{file} Content-Type")),
            (
                "GET /",
                "Connection: close\r\n",
                "200 OK",
                format!("{file} Connection Content-Type"),
            ),
            (
                "GET /",
                "Connection: keep-alive\r\n",
                "200 OK",
                format!("{file} Keep-Alive Connection Content-Type"),
            ),
            (
                "GET /",
                "Range: bytes=0-1\r\n",
                "206 Partial Content",
                format!("{file} Content-Range Content-Type"),
            ),
            (
                "GET /",
                "Range: bytes=999-\r\n",
                "416 Requested Range Not Satisfiable",
                "Content-Length Content-Range Content-Type".to_owned(),
            ),
            (
                "GET /list",
                "",
                "301 Moved Permanently",
                "Location Content-Length Content-Type".to_owned(),
            ),
            (
                "GET /nope",
                "",
                "404 Not Found",
                "Content-Length Content-Type".to_owned(),
            ),
        ] {
            let connection = bench.connect(80).await.unwrap();
            let request = format!("{asked} HTTP/1.1\r\nHost: x\r\n{more}\r\n");
            connection.write(request.as_bytes()).await.unwrap();
            connection.finish().await;
            let mut answer = Vec::new();
            loop {
                match connection.read(4096).await {
                    Ok(bytes) if !bytes.is_empty() => answer.extend(bytes),
                    _ => break,
                }
            }
            let answer = String::from_utf8(answer).unwrap();
            let (head, _) = answer.split_once("\r\n\r\n").unwrap();
            let mut lines = head.lines();
            assert_eq!(lines.next(), Some(format!("HTTP/1.1 {status}").as_str()));
            let names: Vec<_> = lines.filter_map(|line| line.split(": ").next()).collect();
            assert_eq!(names.join(" "), format!("Date Server {expected}"), "{more}");
        }
    }

    #[tokio::test]
    async fn the_configuration_is_followed_and_errors_are_told() {
        let bench =
            bench("Listen 8080\nErrorLog /dev/stderr\nErrorDocument 404 \"gone\"\nServerName x\n");
        let running = started(&bench).await;
        assert!(!running.err.text().contains("AH00558"));
        let (head, body) = bench.http(8080, "GET /nope", "").await;
        assert!(head.starts_with("HTTP/1.1 404"), "{head}");
        assert_eq!(body, "gone");
        assert_eq!(bench.run("httpd -t").await.2, "Syntax OK\n");
        bench.write(
            "/usr/local/apache2/conf/httpd.conf",
            b"Listen 80\nDocumentRoot /nope\n",
            0o644,
        );
        let (code, _, err) = bench.run("httpd -t").await;
        assert_eq!(code, 1);
        assert!(
            err.starts_with(
                "AH00526: Syntax error on line 2 of /usr/local/apache2/conf/httpd.conf"
            )
        );
        assert_eq!(bench.run("httpd -k stop").await.0, 1);
    }
}
