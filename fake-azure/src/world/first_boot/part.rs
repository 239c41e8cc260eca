//! The parts of custom data, and what each of them is, as cloud-init sorts them.

use std::collections::BTreeMap;

use super::custom_data::unpacked;
use super::message::{Leaf, leaves};
use super::template;
use super::yaml::{self, Yaml};

/// How far a message is looked for, in bytes.
const HEAD: usize = 4096;

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A cloud-config.
    Config,
    /// A script that runs once, at the end of the first boot.
    Script,
    /// A script that runs at the end of every boot.
    ScriptPerBoot,
    /// A script that runs before everything else, at every boot.
    BootHook,
}

/// A part that is carried out.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: Kind,
    /// What its file is called.
    pub(super) name: String,
    /// How a cloud-config joins those before it, where its headers say so.
    pub(super) merge: Option<String>,
    pub(super) text: String,
}

/// A part that is not carried out, and why. It tells nothing of what the part says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeftOut {
    NotText,
    BadArchive,
    /// A list of addresses to fetch more from.
    Include,
    /// A program of Python, a job of Upstart, a patch in JSON.
    NotModelled,
    /// A template that does more than to name values.
    Template,
    Unknown,
    Compressed,
}

impl LeftOut {
    /// The line that it leaves in cloud-init's log.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::NotText => "Failed decoding user data: it is no UTF-8",
            Self::BadArchive => "Failed loading yaml blob of an archive",
            Self::Include => "an #include is not fetched here",
            Self::NotModelled => "a part of a kind that is not simulated is left out",
            Self::Template => "a template with statements is not rendered here",
            Self::Unknown => "Unhandled non-multipart or unknown content-type userdata",
            Self::Compressed => "Failed decompressing payload",
        }
    }
}

/// All parts, and what is left out.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) all: Vec<Part>,
    pub(super) left_out: Vec<LeftOut>,
    /// How many parts there were so far, by which nameless ones are called.
    count: usize,
}

/// Takes custom data apart.
pub(super) fn parts(bytes: &[u8], variables: &template::Variables) -> Parts {
    let mut parts = Parts::default();
    let unpacked = unpacked(bytes);
    let bytes = unpacked.as_deref().unwrap_or(bytes);
    let head = bytes[..bytes.len().min(HEAD)].to_ascii_lowercase();
    let is_message = head.windows(13).any(|window| window == b"mime-version:");
    if is_message {
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                for leaf in leaves(text) {
                    parts.take(leaf, variables);
                }
            }
            Err(_) => parts.left_out.push(LeftOut::NotText),
        }
    } else if !bytes.is_empty() {
        let leaf = Leaf::bare(bytes.to_vec()).with("content-type", "text/x-not-multipart");
        parts.take(leaf, variables);
    }
    parts
}

impl Parts {
    fn take(&mut self, mut leaf: Leaf, variables: &template::Variables) {
        let mut told = leaf.content_type();
        if is_compressed(&told) {
            match unpacked(&leaf.content) {
                Some(content) => leaf.content = content,
                None => return self.left_out.push(LeftOut::Compressed),
            }
            "text/plain".clone_into(&mut told);
        }
        let is_open = matches!(
            told.as_str(),
            "text/plain" | "text/x-not-multipart" | "text/x-shellscript"
        );
        let found = is_open.then(|| type_of_text(&leaf.content)).flatten();
        let kind = found.unwrap_or(&told);
        if matches!(kind, "text/x-include-url" | "text/x-include-once-url") {
            return self.left_out.push(LeftOut::Include);
        }
        if kind == "text/cloud-config-archive" {
            return self.explode(&leaf.content, variables);
        }
        let kind = kind.to_owned();
        self.attach(&leaf, &kind, variables);
    }

    /// A list of parts in YAML.
    fn explode(&mut self, content: &[u8], variables: &template::Variables) {
        let text = std::str::from_utf8(content).ok();
        let Some(Ok(Yaml::List(entries))) = text.map(yaml::read) else {
            return self.left_out.push(LeftOut::BadArchive);
        };
        for entry in entries {
            let (content, told, headers) = match entry {
                Yaml::Map(entry) => {
                    let content = match entry.get("content") {
                        Some(Yaml::Bytes(bytes)) => bytes.clone(),
                        Some(Yaml::Text(text)) => text.clone().into_bytes(),
                        _ => Vec::new(),
                    };
                    let told = entry.get("type").and_then(Yaml::as_text);
                    let told = told.filter(|told| !told.is_empty()).map(str::to_owned);
                    (content, told, entry)
                }
                Yaml::Text(text) => (text.into_bytes(), None, BTreeMap::new()),
                _ => continue,
            };
            let kind = told.unwrap_or_else(|| {
                let found = type_of_text(&content);
                found.unwrap_or("text/cloud-config").to_owned()
            });
            let mut leaf = Leaf::bare(content);
            for (name, value) in &headers {
                if let Some(value) = value.as_text() {
                    leaf = leaf.with(&name.to_ascii_lowercase(), value);
                }
            }
            if let Some(name) = headers.get("filename").and_then(Yaml::as_text) {
                let header = format!("attachment; filename=\"{name}\"");
                leaf = leaf.with("content-disposition", &header);
            }
            self.attach(&leaf, &kind, variables);
        }
    }

    fn attach(&mut self, leaf: &Leaf, kind: &str, variables: &template::Variables) {
        self.count += 1;
        let name = leaf.file_name().filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| format!("part-{:03}", self.count));
        let Ok(mut text) = String::from_utf8(leaf.content.clone()) else {
            return self.left_out.push(LeftOut::NotText);
        };
        let mut kind = kind;
        let rendered;
        if kind == "text/jinja2" || (kind == "text/cloud-config" && template::is_one(&text)) {
            match template::rendered(&text, variables) {
                Some(whole) => rendered = whole,
                None => return self.left_out.push(LeftOut::Template),
            }
            kind = type_of_text(rendered.as_bytes()).unwrap_or("text/plain");
            text = rendered;
        }
        let kind = match kind {
            "text/cloud-config" => Kind::Config,
            "text/x-shellscript"
            | "text/x-shellscript-per-instance"
            | "text/x-shellscript-per-once" => Kind::Script,
            "text/x-shellscript-per-boot" => Kind::ScriptPerBoot,
            "text/cloud-boothook" => Kind::BootHook,
            "text/part-handler" | "text/upstart-job" | "text/cloud-config-jsonp" => {
                return self.left_out.push(LeftOut::NotModelled);
            }
            _ => return self.left_out.push(LeftOut::Unknown),
        };
        if kind != Kind::Config {
            text = with_unix_lines(text);
        }
        if kind == Kind::BootHook {
            text = text
                .strip_prefix("#cloud-boothook")
                .map_or(text.clone(), |rest| rest.trim_start().to_owned());
        }
        let merge = leaf.header("merge-type").filter(|value| !value.is_empty());
        let merge = merge.or_else(|| leaf.header("x-merge-type"));
        self.all.push(Part {
            kind,
            name: clean(&name),
            merge: merge.map(str::to_owned),
            text,
        });
    }
}

fn is_compressed(content_type: &str) -> bool {
    matches!(
        content_type,
        "application/gzip"
            | "application/gzip-compressed"
            | "application/gzipped"
            | "application/x-compress"
            | "application/x-compressed"
            | "application/x-gunzip"
            | "application/x-gzip"
            | "application/x-gzip-compressed"
    )
}

/// How texts begin that are something; the longest first, since some begin as others do.
const BEGINNINGS: [(&str, &str); 10] = [
    ("#cloud-config-archive", "text/cloud-config-archive"),
    ("#cloud-config-jsonp", "text/cloud-config-jsonp"),
    ("## template: jinja", "text/jinja2"),
    ("#cloud-boothook", "text/cloud-boothook"),
    ("#cloud-config", "text/cloud-config"),
    ("#include-once", "text/x-include-once-url"),
    ("#part-handler", "text/part-handler"),
    ("#upstart-job", "text/upstart-job"),
    ("#include", "text/x-include-url"),
    ("#!", "text/x-shellscript"),
];

/// What a text is by its beginning, in any case and behind any white space.
fn type_of_text(content: &[u8]) -> Option<&'static str> {
    let text = std::str::from_utf8(content).ok()?.trim_start();
    let found = BEGINNINGS.into_iter().find(|(beginning, _)| {
        let head = text.get(..beginning.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(beginning))
    });
    found.map(|(_, kind)| kind)
}

/// The text with line feeds alone, if its first line ends otherwise.
fn with_unix_lines(text: String) -> String {
    match text.find('\n') {
        Some(at) if at > 0 && text.as_bytes()[at - 1] == b'\r' => text.replace("\r\n", "\n"),
        _ => text,
    }
}

/// A name that a file may have.
fn clean(name: &str) -> String {
    let last = name.rsplit('/').next().unwrap_or_default();
    let kept = last
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '(' | ')'))
        .take(100);
    let name: String = kept.collect();
    match name.as_str() {
        "" | "." | ".." => "part".to_owned(),
        _ => name,
    }
}
