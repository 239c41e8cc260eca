//! Comparing an answer with the recorded one.

use std::cmp::Ordering;

use regex::Regex;

use crate::stage::Answer;
use crate::xml::Node;

use super::masks::{EITHER, ends_with, shown};
use super::recordings::Exchange;

/// What differs between two answers; nothing when they say the same.
pub(crate) fn differences(recorded: &Exchange, body: &Body, answer: &Answer) -> Vec<String> {
    let mut found = Vec::new();
    if recorded.status != answer.status {
        found.push(format!(
            "status {} instead of {}: {} {}",
            answer.status,
            recorded.status,
            answer.detail(),
            answer.body
        ));
        return found;
    }
    headers(recorded, answer, &mut found);
    match (body, answer.body.as_str()) {
        (Body::Empty, "") => {}
        (Body::Empty, text) => found.push(format!("a body instead of none: {text}")),
        (Body::Text(one), other) if one == other => {}
        (Body::Text(one), other) => found.push(first_difference(one, other)),
        (Body::Document(_), "") => found.push("no body".to_owned()),
        (Body::Document(one), text) => {
            let other = Node::parse(text);
            if !recorded.rewritten {
                let (one, other) = (opening(&recorded.body), opening(text));
                if one != other {
                    found.push(format!("begins with {other} instead of {one}"));
                }
            }
            trees(one, &other, &one.name, &mut found);
        }
    }
    found
}

/// A recorded body, read.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Empty,
    Document(Node),
    /// The network configuration, letter by letter.
    Text(String),
}

impl Body {
    pub(crate) fn of(exchange: &Exchange) -> Self {
        let text = &exchange.body;
        if text.is_empty() {
            Self::Empty
        } else if exchange.path().ends_with("/networking/media") {
            // Transcripts lost the byte order mark.
            Self::Text(format!("\u{feff}{}", text.trim_start_matches('\u{feff}')))
        } else {
            Self::Document(Node::parse(text))
        }
    }

    pub(crate) fn document(&self) -> Option<&Node> {
        match self {
            Self::Document(node) => Some(node),
            _ => None,
        }
    }
}

fn opening(text: &str) -> &str {
    let end = text.find('>').map_or(text.len(), |at| at + 1);
    text[..end].trim_end_matches(['/', '>'])
}

fn first_difference(one: &str, other: &str) -> String {
    let (mut left, mut right) = (one.lines(), other.lines());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return "line ends differ".to_owned(),
            (one, other) if one == other => {}
            (one, other) => return format!("line {other:?} instead of {one:?}"),
        }
    }
}

/// The headers that clients read.
fn headers(recorded: &Exchange, answer: &Answer, found: &mut Vec<String>) {
    let told = |name: &str| recorded.headers.get(name).map_or("", String::as_str);
    for name in ["content-type", "cache-control"] {
        if told(name) != answer.header(name) {
            found.push(format!(
                "{name} `{}` instead of `{}`",
                answer.header(name),
                told(name)
            ));
        }
    }
    // Some of the front ends did not send it yet, and transcripts left it out.
    let strict = told("strict-transport-security");
    if !strict.is_empty() && strict != answer.header("strict-transport-security") {
        found.push("strict-transport-security differs".to_owned());
    }
    for (name, shape) in [
        ("x-ms-request-id", "^[0-9a-f]{32}$"),
        ("x-ms-servedbyregion", "^[a-z]+[0-9]*$"),
        (
            "server",
            r"^1\.0\.\d+\.\d+ \(rd_rdfe_stable\.\d{6}-\d{4}\)( Microsoft-HTTPAPI/2\.0){1,2}$",
        ),
        (
            "location",
            r"^(https://[a-z0-9.:-]+/subscriptions/[0-9a-f-]{36}/(compute|storage|affinitygroup)/.+)?$",
        ),
    ] {
        let shape = Regex::new(shape).unwrap();
        for (whose, value) in [("recorded", told(name)), ("answered", answer.header(name))] {
            if !shape.is_match(value) {
                found.push(format!("{name}, {whose}: `{value}` has not its shape"));
            }
        }
    }
    let name = |location: &str| location.rsplit('/').next().unwrap_or_default().to_owned();
    let (one, other) = (told("location"), answer.header("location"));
    // Some names were drawn anew when the old CLI was recorded, so the request has the last word.
    let sent = recorded.sent.as_ref().map(|sent| sent.body.as_str());
    let named = sent.is_none_or(|body| body.contains(&format!("Name>{}</", name(other))));
    if one.is_empty() != other.is_empty() || !(one.is_empty() || named) {
        found.push(format!("location `{other}` instead of `{one}`"));
    }
}

fn attributes(node: &Node) -> Vec<(String, String)> {
    let mut all: Vec<_> = node
        .attributes
        .iter()
        .filter(|(name, _)| !name.starts_with("xmlns:"))
        .map(|(name, value)| {
            let local = name.rsplit(':').next().unwrap_or(name);
            (local.to_owned(), value.clone())
        })
        .collect();
    all.sort();
    all
}

/// As Windows sorts: letters and digits one by one, but an underscore before both.
fn collate(one: &str, other: &str) -> Ordering {
    let key = |text: &str| -> Vec<(bool, char)> {
        text.chars()
            .map(|c| (c != '_', c.to_ascii_lowercase()))
            .collect()
    };
    key(one).cmp(&key(other))
}

/// Sizes on offer changed from month to month and from cluster to cluster: both lists must
/// be of names, sorted.
fn sizes(node: &Node) -> Option<String> {
    let names: Vec<&str> = node.children.iter().map(|c| c.content.as_str()).collect();
    let known = Regex::new("^[A-Z][A-Za-z0-9_]*$").unwrap();
    let sorted = names.is_sorted_by(|one, other| collate(one, other) == Ordering::Less);
    let good = sorted && names.iter().all(|name| known.is_match(name));
    (!good).then(|| format!("{names:?} are not sorted names of sizes"))
}

fn trees(recorded: &Node, answered: &Node, path: &str, found: &mut Vec<String>) {
    if recorded.name != answered.name {
        found.push(format!("{path}: <{}>", answered.name));
        return;
    }
    if attributes(recorded) != attributes(answered) {
        found.push(format!(
            "{path}: attributes {:?} instead of {:?}",
            attributes(answered),
            attributes(recorded)
        ));
    }
    if ["WebWorkerRoleSizes", "VirtualMachinesRoleSizes"].contains(&recorded.name.as_str()) {
        found.extend(sizes(recorded).map(|what| format!("{path}, recorded: {what}")));
        found.extend(sizes(answered).map(|what| format!("{path}: {what}")));
        return;
    }
    if recorded.children.is_empty() && answered.children.is_empty() {
        let (one, other) = (
            shown(path, &recorded.content),
            shown(path, &answered.content),
        );
        if one != other {
            found.push(format!("{path}: `{other}` instead of `{one}`"));
        }
        return;
    }
    let (mut one, mut other) = (
        recorded.children.iter().collect::<Vec<_>>(),
        answered.children.iter().collect::<Vec<_>>(),
    );
    let optional = |name: &str| {
        let path = format!("{path}/{name}");
        EITHER
            .iter()
            .any(|either| ends_with(&path, either.path) && (either.when)(recorded))
    };
    let has = |list: &[&Node], name: &str| list.iter().any(|node| node.name == name);
    let (left, right) = (one.clone(), other.clone());
    one.retain(|node| has(&right, &node.name) || !optional(&node.name));
    other.retain(|node| has(&left, &node.name) || !optional(&node.name));
    let names = |list: &[&Node]| -> Vec<String> { list.iter().map(|n| n.name.clone()).collect() };
    if names(&one) != names(&other) {
        found.push(format!(
            "{path}: {:?} instead of {:?}",
            names(&other),
            names(&one)
        ));
        return;
    }
    for (one, other) in one.iter().zip(&other) {
        trees(one, other, &format!("{path}/{}", one.name), found);
    }
}
