//! Messages of several parts, as mail has them (RFC 2045 to 2047) and as Python's `email` reads them:
//! what is not in order is not refused.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How deep messages may lie in each other.
const DEEPEST: usize = 8;
/// How many parts are read.
const MOST: usize = 1000;

/// A part that holds no other parts.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Leaf {
    /// Its headers, by name in lower case; of several the first.
    headers: BTreeMap<String, String>,
    /// What it holds, decoded.
    pub(super) content: Vec<u8>,
}

/// All parts of a message that hold no others, in order.
pub(super) fn leaves(text: &str) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    gather(text, 0, &mut leaves);
    leaves
}

fn gather(text: &str, depth: usize, leaves: &mut Vec<Leaf>) {
    if leaves.len() >= MOST {
        return;
    }
    let (headers, body) = split(text);
    let leaf = Leaf {
        headers,
        content: Vec::new(),
    };
    let is_multipart = leaf.content_type().starts_with("multipart/");
    match leaf.parameter("content-type", "boundary") {
        Some(boundary) if is_multipart && depth < DEEPEST => {
            for part in parts(body, &boundary) {
                gather(&part, depth + 1, leaves);
            }
        }
        _ if is_multipart => {}
        _ => {
            let content = decoded(body, leaf.header("content-transfer-encoding"));
            leaves.push(Leaf { content, ..leaf });
        }
    }
}

/// Headers, and what follows the empty line behind them.
fn split(text: &str) -> (BTreeMap<String, String>, &str) {
    let mut headers = BTreeMap::new();
    let mut last: Option<(String, String)> = None;
    let mut rest = text;
    loop {
        let (line, after) = match rest.find('\n') {
            Some(at) => (&rest[..at], &rest[at + 1..]),
            None => (rest, ""),
        };
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.starts_with([' ', '\t'])
            && let Some((_, value)) = &mut last
        {
            value.push(' ');
            value.push_str(line.trim());
        } else {
            if let Some((name, value)) = last.take() {
                headers.entry(name).or_insert(value);
            }
            let named = line.split_once(':').filter(|(name, _)| is_name(name));
            match named {
                Some((name, value)) => {
                    last = Some((name.to_ascii_lowercase(), value.trim().to_owned()));
                }
                // What mailboxes put before a message.
                None if line.starts_with("From ") && headers.is_empty() => {}
                None if line.is_empty() => return (headers, after),
                None => return (headers, rest),
            }
        }
        if rest.is_empty() {
            return (headers, rest);
        }
        rest = after;
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What stands between the lines of a boundary. The line feed before one belongs to it.
fn parts(body: &str, boundary: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut current: Option<String> = None;
    for line in body.split_inclusive('\n') {
        let bare = line.trim_end();
        let rest = bare.strip_prefix("--");
        let rest = rest.and_then(|rest| rest.strip_prefix(boundary));
        match rest {
            Some("") if parts.len() < MOST => {
                parts.extend(current.replace(String::new()));
            }
            Some("--") => {
                parts.extend(current.take());
                break;
            }
            _ => {
                if let Some(current) = &mut current {
                    current.push_str(line);
                }
            }
        }
    }
    parts.extend(current);
    for part in &mut parts {
        let ending = ["\r\n", "\n"].into_iter().find(|end| part.ends_with(end));
        part.truncate(part.len() - ending.map_or(0, str::len));
    }
    parts
}

fn decoded(body: &str, encoding: Option<&str>) -> Vec<u8> {
    let encoding = encoding.unwrap_or_default().trim().to_ascii_lowercase();
    match encoding.as_str() {
        "base64" => {
            let digit = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
            let bare: String = body.chars().filter(digit).collect();
            let decoded = STANDARD.decode(&bare);
            decoded.unwrap_or_else(|_| body.as_bytes().to_vec())
        }
        "quoted-printable" => unquoted(body.as_bytes()),
        _ => body.as_bytes().to_vec(),
    }
}

fn unquoted(body: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'=' {
            decoded.push(*first);
            continue;
        }
        let digit = |at: usize| {
            let byte = after.get(at).copied()?;
            char::from(byte).to_digit(16)
        };
        if let (Some(high), Some(low)) = (digit(0), digit(1)) {
            decoded.extend(u8::try_from(high * 16 + low));
            rest = &after[2..];
        } else if let Some(after) = after.strip_prefix(b"\n") {
            rest = after;
        } else if let Some(after) = after.strip_prefix(b"\r\n") {
            rest = after;
        } else {
            decoded.push(b'=');
        }
    }
    decoded
}

/// What stands before the next quotation mark, and what follows it.
fn unquoted_word(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            other => value.push(other),
        }
    }
    (value, "")
}

impl Leaf {
    /// A part that came without any headers.
    pub(super) fn bare(content: Vec<u8>) -> Self {
        Self {
            headers: BTreeMap::new(),
            content,
        }
    }

    /// The same with a header; a name is in lower case.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The value of a header, whose name is given in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// What it says to be, in lower case; `text/plain` where it does not say.
    pub(super) fn content_type(&self) -> String {
        let header = self.header("content-type").unwrap_or_default();
        let word = header.split(';').next().unwrap_or_default().trim();
        if word.matches('/').count() == 1 {
            word.to_ascii_lowercase()
        } else {
            "text/plain".to_owned()
        }
    }

    /// The name that it asks for.
    pub(super) fn file_name(&self) -> Option<String> {
        self.parameter("content-disposition", "filename")
            .or_else(|| self.parameter("content-type", "name"))
    }

    /// A parameter of a header: `text/plain; name="value"`.
    fn parameter(&self, header: &str, wanted: &str) -> Option<String> {
        let mut rest = self.header(header)?.split_once(';')?.1;
        loop {
            let (name, after) = rest.split_once('=')?;
            let name = name.trim().to_ascii_lowercase();
            let after = after.trim_start();
            let (value, following) = if let Some(quoted) = after.strip_prefix('"') {
                unquoted_word(quoted)
            } else {
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            };
            if name == wanted {
                return Some(value);
            }
            rest = following.split_once(';')?.1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MESSAGE: &str = "Content-Type: multipart/mixed;\n boundary=\"==X==\"\nMIME-Version: 1.0\n\n\
        what stands before is for nobody\n\
        --==X==\nContent-Type: text/cloud-config; charset=\"us-ascii\"\nMIME-Version: 1.0\n\
        Content-Transfer-Encoding: 7bit\nContent-Disposition: attachment; filename=\"a; b.txt\"\n\n\
        #cloud-config\npackages: [jq]\n\n\
        --==X==\nContent-Type: text/x-shellscript\nContent-Transfer-Encoding: base64\n\n\
        IyEvYmluL3No\nCmVjaG8gaGkK\n\
        --==X==\nContent-Transfer-Encoding: quoted-printable\n\na=3Db=\nc\n\
        --==X==--\nand what stands behind\n";

    #[test]
    fn parts_are_found_and_decoded() {
        let leaves = leaves(MESSAGE);
        let types: Vec<_> = leaves.iter().map(Leaf::content_type).collect();
        assert_eq!(
            types,
            ["text/cloud-config", "text/x-shellscript", "text/plain"]
        );
        let texts: Vec<_> = leaves
            .iter()
            .map(|leaf| String::from_utf8(leaf.content.clone()).unwrap())
            .collect();
        assert_eq!(
            texts,
            [
                "#cloud-config\npackages: [jq]\n",
                "#!/bin/sh\necho hi\n",
                "a=bc"
            ]
        );
        assert_eq!(leaves[0].file_name().as_deref(), Some("a; b.txt"));
    }

    #[test]
    fn lines_may_end_as_mail_ends_them() {
        let leaves = leaves(&MESSAGE.replace('\n', "\r\n"));
        assert_eq!(leaves.len(), 3);
        assert_eq!(leaves[1].content, b"#!/bin/sh\necho hi\n");
    }

    proptest! {
        #[test]
        fn any_text_is_a_message(text in "(Content-Type: multipart/mixed; boundary=b\n\n|--b\n|--b--\n|[ -~\n\r]|é){0,60}") {
            drop(leaves(&text));
        }
    }
}
