//! What `curl` tells of a transfer: the meter, and what `-w` asks for.

use jiff::Timestamp;

use crate::process::tools::escapes;
use crate::process::tools::http::{Response, Url};

/// The head of the meter.
pub(super) const METER: &str = "\
  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n\
\x20                                Dload  Upload   Total   Spent    Left  Speed\n";

pub(super) struct Report {
    begun: Timestamp,
    pub(super) ended: Timestamp,
    url: String,
    pub(super) address: String,
    port: u16,
    pub(super) code: u16,
    content_type: String,
    version: String,
    pub(super) received: u64,
    pub(super) redirections: u32,
}

impl Report {
    pub(super) fn new(now: Timestamp, url: &str) -> Self {
        let url = if url.contains("://") {
            url.to_owned()
        } else {
            format!("http://{url}/")
        };
        Self {
            begun: now,
            ended: now,
            url,
            address: String::new(),
            port: 0,
            code: 0,
            content_type: String::new(),
            version: "0".to_owned(),
            received: 0,
            redirections: 0,
        }
    }

    /// Remembers what an answer's head says.
    pub(super) fn took(&mut self, url: &Url, response: &Response) {
        self.url = format!("{}://{}{}", url.scheme, url.authority(), url.path);
        self.port = url.port;
        self.code = response.code;
        let kind = response.header("Content-Type").unwrap_or_default();
        kind.clone_into(&mut self.content_type);
        let version = response.line.split([' ', '/']).nth(1).unwrap_or("1.1");
        version.clone_into(&mut self.version);
    }

    /// The line that the meter ends with.
    pub(super) fn meter(&self) -> String {
        let size = self.received;
        format!(
            "\r100 {size:5}  100 {size:5}    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n"
        )
    }

    /// Fills in the format of `-w`.
    pub(super) fn show(&self, format: &str, number: u8) -> Vec<u8> {
        let mut text = String::new();
        let mut rest = format;
        while let Some(at) = rest.find('%') {
            text.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('%') {
                text.push('%');
                rest = after;
                continue;
            }
            let named = rest
                .strip_prefix('{')
                .and_then(|after| after.split_once('}'));
            match named {
                Some((name, after)) => {
                    text += &self.value(name, number);
                    rest = after;
                }
                None => text.push('%'),
            }
        }
        text += rest;
        escapes::resolve(text.as_bytes(), false).0
    }

    fn value(&self, name: &str, number: u8) -> String {
        let seconds = self.ended.duration_since(self.begun).as_secs_f64();
        match name {
            "http_code" | "response_code" => format!("{:03}", self.code),
            "size_download" => self.received.to_string(),
            "content_type" => self.content_type.clone(),
            "url_effective" | "url" => self.url.clone(),
            "num_redirects" => self.redirections.to_string(),
            "num_connects" => (self.redirections + 1).to_string(),
            "remote_ip" => self.address.clone(),
            "remote_port" => self.port.to_string(),
            "http_version" => self.version.clone(),
            "scheme" => "http".to_owned(),
            "exitcode" => number.to_string(),
            "time_total" | "time_starttransfer" => format!("{seconds:.6}"),
            "time_namelookup" | "time_connect" | "time_pretransfer" | "time_redirect"
            | "time_appconnect" => "0.000000".to_owned(),
            "size_upload" | "size_header" | "size_request" | "speed_download" | "speed_upload" => {
                "0".to_owned()
            }
            // What is not known is nothing, as in curl.
            _ => String::new(),
        }
    }
}
