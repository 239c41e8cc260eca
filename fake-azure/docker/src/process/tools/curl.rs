//! `curl`: HTTP alone, one transfer after the other.

mod report;
mod request;

use std::time::Duration;

use report::Report;

use super::http::{self, HttpError, Response, Url};
use super::input::WHOLE;
use super::options::{Given, Options};
use super::sleep::duration;
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::files::Open;
use crate::process::{Descriptor, Process};

pub(super) const TOOLS: &[Tool] = &[Tool::new("curl", "[options...] <url>", |process| {
    Box::pin(curl(process))
})
.misused(2)];

const OPTIONS: Options = Options::new(
    "sSfiIo:OX:d:H:Lw:vu:A:e:km:GT:D:b:c:F:x:#gN46nRrZ:ΑΒ:Γ:Δ:ΕΖ:Η:ΘΙ:Κ:ΛΜ:Ν:ΞΟ",
    &[
        ("silent", 's'),
        ("show-error", 'S'),
        ("fail", 'f'),
        ("fail-with-body", 'Ο'),
        ("include", 'i'),
        ("show-headers", 'i'),
        ("head", 'I'),
        ("output", 'o'),
        ("remote-name", 'O'),
        ("request", 'X'),
        ("data", 'd'),
        ("data-ascii", 'd'),
        ("data-raw", 'Γ'),
        ("data-binary", 'Δ'),
        ("data-urlencode", 'Ν'),
        ("json", 'Β'),
        ("header", 'H'),
        ("location", 'L'),
        ("write-out", 'w'),
        ("verbose", 'v'),
        ("user", 'u'),
        ("user-agent", 'A'),
        ("referer", 'e'),
        ("insecure", 'k'),
        ("max-time", 'm'),
        ("connect-timeout", 'Ζ'),
        ("get", 'G'),
        ("upload-file", 'T'),
        ("dump-header", 'D'),
        ("cookie", 'b'),
        ("url", 'Η'),
        ("retry", 'Ι'),
        ("retry-delay", 'Κ'),
        ("retry-connrefused", 'Λ'),
        ("retry-all-errors", 'Λ'),
        ("retry-max-time", 'Μ'),
        ("progress-bar", '#'),
        ("no-progress-meter", 'Ξ'),
        ("compressed", 'Θ'),
        ("no-buffer", 'N'),
        ("globoff", 'g'),
        ("ipv4", '4'),
        ("ipv6", '6'),
        ("http1.1", 'Α'),
        ("version", 'Ε'),
    ],
);

/// How many redirections are followed.
const MOST_REDIRECTIONS: u32 = 50;

/// Why a transfer failed, as curl numbers it.
#[derive(Clone, Debug)]
struct Trouble {
    number: u8,
    words: String,
}

impl Trouble {
    fn new(number: u8, words: impl Into<String>) -> Self {
        let words = words.into();
        Self { number, words }
    }

    fn of(error: &HttpError) -> Self {
        match error {
            HttpError::UnknownHost(host) => Self::new(6, format!("Could not resolve host: {host}")),
            HttpError::Connect { to, .. } => Self::new(
                7,
                format!(
                    "Failed to connect to {} port {} after 0 ms: Could not connect to server",
                    to.ip(),
                    to.port()
                ),
            ),
            HttpError::Empty => Self::new(52, "Empty reply from server"),
            HttpError::Malformed => Self::new(1, "Received HTTP/0.9 when not allowed"),
            HttpError::Broken(errno) => Self::new(56, format!("Recv failure: {errno}")),
            HttpError::Short => {
                Self::new(18, "transfer closed with outstanding read data remaining")
            }
            HttpError::Tls => Self::new(35, error.to_string()),
            HttpError::Protocol(scheme) => {
                Self::new(1, format!("Protocol \"{scheme}\" not supported"))
            }
        }
    }
}

async fn curl(process: &mut Process) -> Outcome {
    let given = match OPTIONS.read(&process.args) {
        Err(Stop::Usage(words)) if !words.is_empty() => {
            let words = words.replace("unrecognized option: ", "option --");
            process
                .complain(format!(
                    "curl: {words}: is unknown\ncurl: try 'curl --help' for more information\n"
                ))
                .await;
            return Ok(2);
        }
        given => given?,
    };
    if given.has('Ε') {
        process
            .print("curl 8.14.1 (x86_64-alpine-linux-musl)\nProtocols: http\nFeatures: none\n")
            .await?;
        return Ok(0);
    }
    let mut urls: Vec<String> = given.values('Η').map(str::to_owned).collect();
    urls.extend(given.operands.iter().cloned());
    if urls.is_empty() {
        process
            .complain("curl: (2) no URL specified\ncurl: try 'curl --help' for more information\n")
            .await;
        return Ok(2);
    }
    let mut code = 0;
    let outputs: Vec<String> = given.values('o').map(str::to_owned).collect();
    for (index, url) in urls.iter().enumerate() {
        let output = outputs.get(index).or(outputs.last()).cloned();
        code = patiently(process, &given, url, output).await?;
    }
    Ok(code)
}

/// One transfer, tried again as often as `--retry` says.
async fn patiently(
    process: &mut Process,
    given: &Given,
    url: &str,
    output: Option<String>,
) -> Outcome {
    let seconds = |letter| -> Result<Option<Duration>, Stop> {
        let text = given.value(letter);
        text.map(|text| duration(text).ok_or_else(|| Stop::Usage(String::new())))
            .transpose()
    };
    let most_time = seconds('m')?.unwrap_or(Duration::MAX);
    let retries = given.number('Ι')?.unwrap_or(0);
    let mut pause = seconds('Κ')?.unwrap_or(Duration::from_secs(1));
    for attempt in 0..=retries {
        let mut report = Report::new(process.now(), url);
        let waiting = process.space.clock().sleep(most_time);
        let done = tokio::select! {
            done = transfer(process, given, url, output.as_deref(), &mut report) => done?,
            () = waiting => {
                let ms = most_time.as_millis();
                let got = report.received;
                let words = format!("Operation timed out after {ms} milliseconds with {got} bytes received");
                Err(Trouble::new(28, words))
            }
        };
        report.ended = process.now();
        let transient = match &done {
            Ok(()) => matches!(report.code, 408 | 429 | 500 | 502 | 503 | 504),
            Err(trouble) => match trouble.number {
                22 => matches!(report.code, 408 | 429 | 500 | 502 | 503 | 504),
                6 | 28 => true,
                _ => given.has('Λ'),
            },
        };
        if transient && attempt < retries {
            if !given.has('s') || given.has('S') {
                let left = retries - attempt;
                let words = format!(
                    "Warning: Problem: {}. Will retry in {} seconds. {left} retries left.\n",
                    match &done {
                        Err(trouble) if trouble.number == 7 => "connection refused",
                        Err(trouble) if trouble.number == 28 => "timeout",
                        _ => "transient error",
                    },
                    pause.as_secs()
                );
                process.complain(words).await;
            }
            process.sleep(pause).await;
            if !given.has('Κ') {
                pause = (pause * 2).min(Duration::from_mins(10));
            }
            continue;
        }
        let number = match &done {
            Ok(()) => 0,
            Err(trouble) => trouble.number,
        };
        if let Err(trouble) = &done
            && (!given.has('s') || given.has('S'))
        {
            process
                .complain(format!("curl: ({number}) {}\n", trouble.words))
                .await;
        }
        if let Some(format) = given.value('w') {
            let text = report.show(format, number);
            process.print(text).await?;
        }
        return Ok(number);
    }
    Ok(0)
}

type Done = Result<Result<(), Trouble>, Stop>;

async fn transfer(
    process: &mut Process,
    given: &Given,
    text: &str,
    output: Option<&str>,
    report: &mut Report,
) -> Done {
    let malformed = || Trouble::new(3, "URL rejected: Malformed input to a URL function");
    let Some(mut url) = Url::read(text) else {
        return Ok(Err(malformed()));
    };
    let mut request = match request::build(process, given, &mut url).await? {
        Ok(request) => request,
        Err(trouble) => return Ok(Err(trouble)),
    };
    let name = match (output, given.has('O')) {
        (Some(name), _) => Some(name.to_owned()),
        (None, true) if url.file_name().is_empty() => {
            return Ok(Err(Trouble::new(23, "Remote file name has no length!")));
        }
        (None, true) => Some(url.file_name().to_owned()),
        (None, false) => None,
    };
    let goal = Goal::new(name.filter(|name| name != "-"));
    loop {
        let mut asked = request.clone();
        if !asked.has("Host") {
            asked
                .headers
                .insert(0, ("Host".to_owned(), url.authority()));
        }
        let response = match exchange(process, given, &url, &asked, report).await {
            Ok(response) => response,
            Err(error) => {
                let mut trouble = Trouble::of(&error);
                if let HttpError::Connect { to, .. } = &error {
                    // The name is told as it was asked for.
                    trouble.words = trouble.words.replacen(&to.ip().to_string(), &url.host, 1);
                }
                return Ok(Err(trouble));
            }
        };
        report.took(&url, &response);
        let location = response.redirection(&url).filter(|_| given.has('L'));
        let mut goal = goal.clone();
        if let Err(trouble) = goal.head(process, given, &response).await? {
            return Ok(Err(trouble));
        }
        let Some(location) = location else {
            return finish(process, given, response, &mut goal, report).await;
        };
        report.redirections += 1;
        if report.redirections > MOST_REDIRECTIONS {
            let words = format!("Maximum ({MOST_REDIRECTIONS}) redirects followed");
            return Ok(Err(Trouble::new(47, words)));
        }
        let rewritten = response.code == 303
            || (matches!(response.code, 301 | 302) && request.method == "POST");
        if rewritten && !given.has('X') && request.method != "HEAD" {
            "GET".clone_into(&mut request.method);
            request.body.clear();
            request
                .headers
                .retain(|(name, _)| !name.starts_with("Content-"));
        }
        match Url::read(&location) {
            Some(next) => url = next,
            None => return Ok(Err(malformed())),
        }
    }
}

/// Sends a request and reads the head of the answer, and tells of both with `-v`.
async fn exchange(
    process: &mut Process,
    given: &Given,
    url: &Url,
    request: &http::Request,
    report: &mut Report,
) -> Result<Response, HttpError> {
    let to = http::address(process, url)?;
    report.address = to.ip().to_string();
    let verbose = given.has('v');
    if verbose {
        process.complain(format!("*   Trying {to}...\n")).await;
    }
    let connection = http::connect(process, to).await?;
    if verbose {
        let mut text = format!(
            "* Connected to {} ({}) port {}\n",
            url.host,
            to.ip(),
            to.port()
        );
        for line in request.head(url).split_inclusive("\r\n") {
            text = text + "> " + line.trim_end() + "\n";
        }
        process.complain(text).await;
    }
    let response = http::ask(process, connection, url, request).await?;
    if verbose {
        let mut text = format!("< {}\n", response.line);
        for (name, value) in &response.headers {
            text += &format!("< {name}: {value}\n");
        }
        process.complain(text + "< \n").await;
    }
    Ok(response)
}

/// Where a body goes.
#[derive(Clone)]
struct Goal {
    name: Option<String>,
    file: Option<Descriptor>,
}

impl Goal {
    fn new(name: Option<String>) -> Self {
        Self { name, file: None }
    }

    async fn put(&mut self, process: &mut Process, bytes: &[u8]) -> Done {
        let Some(name) = &self.name else {
            process.print(bytes).await?;
            return Ok(Ok(()));
        };
        let failed = |errno| {
            let words = format!("client returned ERROR on write, {name}: {errno}");
            Ok(Err(Trouble::new(23, words)))
        };
        let file = match &self.file {
            Some(file) => file.clone(),
            None => match process.open(name, Open::to_write(0o666)) {
                Ok(file) => {
                    self.file = Some(file.clone());
                    file
                }
                Err(errno) => return failed(errno),
            },
        };
        match file.write(bytes, process.now()).await {
            Ok(()) => Ok(Ok(())),
            Err(errno) => failed(errno),
        }
    }

    /// Writes the head of an answer where it was asked for.
    async fn head(&mut self, process: &mut Process, given: &Given, response: &Response) -> Done {
        if !(given.has('i') || given.has('I') || given.has('D')) {
            return Ok(Ok(()));
        }
        let mut text = format!("{}\r\n", response.line);
        for (name, value) in &response.headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += "\r\n";
        if let Some(name) = given.value('D') {
            let mut other = Self::new(Some(name.to_owned()).filter(|name| name != "-"));
            if let Err(trouble) = other.put(process, text.as_bytes()).await? {
                return Ok(Err(trouble));
            }
        }
        if given.has('i') || given.has('I') {
            return self.put(process, text.as_bytes()).await;
        }
        Ok(Ok(()))
    }
}

async fn finish(
    process: &mut Process,
    given: &Given,
    mut response: Response,
    goal: &mut Goal,
    report: &mut Report,
) -> Done {
    let refused = Trouble::new(
        22,
        format!("The requested URL returned error: {}", response.code),
    );
    if response.code >= 400 && given.has('f') {
        return Ok(Err(refused));
    }
    let meter = goal.name.is_some() && !given.has('s') && !given.has('Ξ') && !given.has('v');
    if meter {
        process.complain(report::METER).await;
    }
    loop {
        match response.body.next(process).await {
            Ok(Some(bytes)) => {
                report.received += bytes.len() as u64;
                if let Err(trouble) = goal.put(process, &bytes).await? {
                    return Ok(Err(trouble));
                }
            }
            Ok(None) => break,
            Err(error) => return Ok(Err(Trouble::of(&error))),
        }
    }
    // A file without content is made all the same.
    if let Err(trouble) = goal.put(process, b"").await? {
        return Ok(Err(trouble));
    }
    if meter {
        process.complain(report.meter()).await;
    }
    if response.code >= 400 && given.has('Ο') {
        return Ok(Err(refused));
    }
    Ok(Ok(()))
}

/// Reads data that a command line gives by name or as it is.
async fn data_of(process: &mut Process, text: &str) -> Result<Result<Vec<u8>, Trouble>, Stop> {
    let Some(name) = text.strip_prefix('@') else {
        return Ok(Ok(text.as_bytes().to_vec()));
    };
    let read = super::input::whole_file(process, name).await;
    Ok(read.map_err(|errno| match errno {
        crate::files::Errno::TooLarge => {
            Trouble::new(27, format!("{name} has more than {WHOLE} bytes"))
        }
        _ => Trouble::new(26, format!("Failed to open {name}")),
    }))
}
