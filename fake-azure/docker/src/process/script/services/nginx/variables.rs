//! The variables that nginx's texts may have.

use jiff::Timestamp;

use crate::process::script::message::Request;

/// The longest text that comes of variables, in bytes.
const LONGEST: usize = 64 * 1024;

/// What the variables of texts stand for.
pub(super) struct Facts<'a> {
    pub(super) request: &'a Request,
    /// The path that was asked for, decoded; another one after an internal redirect.
    pub(super) uri: &'a str,
    pub(super) port: u16,
    pub(super) server_name: &'a str,
    pub(super) host_name: &'a str,
    pub(super) now: Timestamp,
    pub(super) root: &'a str,
    pub(super) status: u16,
    pub(super) sent: u64,
    pub(super) version: &'a str,
    pub(super) upstream: &'a str,
}

impl Facts<'_> {
    /// Fills in `$name` and `${name}`; what is no variable is empty.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('$') {
            filled.push_str(before);
            let (name, after) = if let Some(inside) = after.strip_prefix('{') {
                inside.split_once('}').unwrap_or((inside, ""))
            } else {
                name(after)
            };
            filled.push_str(&self.value(name).unwrap_or_default());
            rest = after;
            if filled.len() > LONGEST {
                break;
            }
        }
        filled.push_str(rest);
        filled.truncate(filled.floor_char_boundary(LONGEST));
        filled
    }

    /// The same for a log, where nothing is a dash and quotes are escaped.
    pub(super) fn fill_log(&self, format: &str) -> String {
        let mut line = String::new();
        let mut rest = format;
        while let Some((before, after)) = rest.split_once('$') {
            line.push_str(before);
            let (name, after) = name(after);
            match self.value(name) {
                Some(value) if !value.is_empty() => line.push_str(&escaped(&value)),
                _ => line.push('-'),
            }
            rest = after;
        }
        line.push_str(rest);
        line
    }

    pub(super) fn host(&self) -> &str {
        let host = self.request.header("host").unwrap_or(self.server_name);
        host.rsplit_once(':').map_or(host, |(host, _)| host)
    }

    fn value(&self, name: &str) -> Option<String> {
        let request = self.request;
        let address = request.peer.ip().to_string();
        Some(match name {
            "args" | "query_string" => request.query.clone(),
            "body_bytes_sent" | "bytes_sent" => self.sent.to_string(),
            "content_length" => request.header("content-length")?.to_owned(),
            "content_type" => request.header("content-type")?.to_owned(),
            "document_root" => self.root.to_owned(),
            "host" => self.host().to_owned(),
            "hostname" => self.host_name.to_owned(),
            "is_args" => (if request.query.is_empty() { "" } else { "?" }).to_owned(),
            "msec" => format!(
                "{}.{:03}",
                self.now.as_second(),
                self.now.subsec_millisecond()
            ),
            "nginx_version" => self.version.to_owned(),
            "pipe" => ".".to_owned(),
            "proxy_add_x_forwarded_for" => match request.header("x-forwarded-for") {
                Some(known) => format!("{known}, {address}"),
                None => address,
            },
            "proxy_host" | "upstream_addr" => self.upstream.to_owned(),
            "remote_addr" | "realip_remote_addr" => address,
            "remote_port" => request.peer.port().to_string(),
            "request" => format!(
                "{} {} {}",
                request.method,
                request.target(),
                request.version
            ),
            "request_method" => request.method.to_string(),
            "request_time" => "0.000".to_owned(),
            "request_uri" => request.target(),
            "scheme" => "http".to_owned(),
            "server_name" => self.server_name.to_owned(),
            "server_port" => self.port.to_string(),
            "server_protocol" => request.version.to_owned(),
            "status" => format!("{:03}", self.status),
            "time_iso8601" => at_utc(self.now, "%Y-%m-%dT%H:%M:%S+00:00"),
            "time_local" => at_utc(self.now, "%d/%b/%Y:%H:%M:%S +0000"),
            "uri" | "document_uri" | "request_filename" => self.uri.to_owned(),
            other => {
                if let Some(header) = other.strip_prefix("http_") {
                    request.header(&header.replace('_', "-"))?.to_owned()
                } else {
                    let key = other.strip_prefix("arg_")?;
                    request.query_value(key)?
                }
            }
        })
    }
}

/// The name of a variable, and what follows it.
fn name(text: &str) -> (&str, &str) {
    let named = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let end = text.bytes().position(|b| !named(b)).unwrap_or(text.len());
    text.split_at(end)
}

/// A time as a text, in UTC.
pub(super) fn at_utc(now: Timestamp, format: &str) -> String {
    now.strftime(format).to_string()
}

fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '"' => text.push_str("\\x22"),
            '\\' => text.push_str("\\x5C"),
            c if c.is_ascii_control() => text.extend([format!("\\x{:02X}", u32::from(c))]),
            c => text.push(c),
        }
    }
    text
}
