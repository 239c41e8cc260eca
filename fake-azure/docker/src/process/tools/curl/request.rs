//! What `curl` asks, from its options.

use base64::Engine as _;

use super::{Trouble, data_of};
use crate::process::Process;
use crate::process::tools::http::{Request, Url};
use crate::process::tools::options::Given;
use crate::process::tools::stop::Stop;

/// Builds a request; with `-G` the data goes into the URL.
pub(super) async fn build(
    process: &mut Process,
    given: &Given,
    url: &mut Url,
) -> Result<Result<Request, Trouble>, Stop> {
    let mut request = Request {
        method: "GET".to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let user = given.value('u').map(str::to_owned).or(url.user.clone());
    if let Some(user) = user {
        let code = base64::engine::general_purpose::STANDARD.encode(user);
        request
            .headers
            .push(("Authorization".to_owned(), format!("Basic {code}")));
    }
    let agent = given.value('A').unwrap_or("curl/8.14.1");
    request
        .headers
        .push(("User-Agent".to_owned(), agent.to_owned()));
    request
        .headers
        .push(("Accept".to_owned(), "*/*".to_owned()));
    for (letter, name) in [('e', "Referer"), ('b', "Cookie")] {
        if let Some(value) = given.value(letter) {
            request.headers.push((name.to_owned(), value.to_owned()));
        }
    }
    if given.has('F') || given.has('x') {
        let words = "forms of several parts and proxies are not supported here";
        return Ok(Err(Trouble::new(2, words)));
    }
    let mut parts = Vec::new();
    let mut form = false;
    for (letter, value) in given.all() {
        let Some(value) = value else {
            continue;
        };
        let part = match letter {
            'd' => data_of(process, value).await?.map(|mut data| {
                // Of a file line ends are left out, as forms have none.
                if value.starts_with('@') {
                    data.retain(|b| !matches!(b, b'\n' | b'\r'));
                }
                data
            }),
            'Γ' => Ok(value.as_bytes().to_vec()),
            'Δ' | 'Β' => data_of(process, value).await?,
            'Ν' => Ok(encoded(value)),
            _ => continue,
        };
        form |= letter != 'Β';
        match part {
            Ok(part) => parts.push(part),
            Err(trouble) => return Ok(Err(trouble)),
        }
    }
    let json = given.has('Β');
    if !parts.is_empty() {
        let data = parts.join(if json { &b""[..] } else { &b"&"[..] });
        if given.has('G') {
            let mark = if url.path.contains('?') { '&' } else { '?' };
            url.path = format!("{}{mark}{}", url.path, String::from_utf8_lossy(&data));
        } else {
            "POST".clone_into(&mut request.method);
            request.body = data;
        }
    } else if let Some(name) = given.value('T') {
        "PUT".clone_into(&mut request.method);
        let name = if name == "-" {
            "@-".to_owned()
        } else {
            format!("@{name}")
        };
        match data_of(process, &name).await? {
            Ok(data) => request.body = data,
            Err(trouble) => return Ok(Err(trouble)),
        }
    }
    if given.has('I') {
        "HEAD".clone_into(&mut request.method);
    }
    if let Some(method) = given.value('X') {
        method.clone_into(&mut request.method);
    }
    headers(given, &mut request);
    let sends = (form || json || given.has('T')) && !given.has('G');
    if sends {
        request.default("Content-Length", request.body.len().to_string());
    }
    if json {
        request.default("Content-Type", "application/json");
        request
            .headers
            .retain(|(name, value)| name != "Accept" || value != "*/*");
        request.default("Accept", "application/json");
    } else if form && sends {
        request.default("Content-Type", "application/x-www-form-urlencoded");
    }
    // One question a connection: nothing waits for a second one.
    Ok(Ok(request))
}

/// Headers of the command line take the place of others; without a value they take them away.
fn headers(given: &Given, request: &mut Request) {
    for header in given.values('H') {
        let (name, value) = match header.split_once(':') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (header.trim_end_matches(';'), Some("")),
        };
        let clean = |text: &str| !text.contains(['\r', '\n']);
        if !clean(header) {
            continue;
        }
        request
            .headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        if let Some(value) = value.filter(|value| !value.is_empty() || header.ends_with(';')) {
            request.headers.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// `name=content` with the content in the code of URLs.
fn encoded(text: &str) -> Vec<u8> {
    let (name, content) = match text.split_once('=') {
        Some(("", content)) => (String::new(), content),
        Some((name, content)) => (format!("{name}="), content),
        None => (String::new(), text),
    };
    let mut code = name;
    for byte in content.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                code.push(char::from(byte));
            }
            byte => code += &format!("%{byte:02X}"),
        }
    }
    code.into_bytes()
}
