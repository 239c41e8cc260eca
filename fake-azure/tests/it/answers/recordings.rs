//! Reading the recorded exchanges, with and without requests.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::recordings::{files, shared};

/// A request and what the real service answered.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// The file below the shared folder, without its ending.
    pub(crate) file: String,
    /// Its place in the file.
    pub(crate) number: usize,
    pub(crate) method: String,
    /// Below the subscription, with its query; nothing where the path has no subscription.
    pub(crate) path: Option<String>,
    /// What was sent, where that was recorded.
    pub(crate) sent: Option<Sent>,
    pub(crate) status: u16,
    /// By lower-case names.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    /// A long list was cut, and the rest serialised anew.
    pub(crate) rewritten: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Exchange {
    pub(crate) fn path(&self) -> &str {
        self.path.as_deref().unwrap_or_default()
    }

    /// The path's words, without the query.
    pub(crate) fn words(&self) -> Vec<&str> {
        let path = self.path().split('?').next().unwrap_or_default();
        path.split('/').filter(|word| !word.is_empty()).collect()
    }

    /// The name that stands behind this word in the path.
    pub(crate) fn name(&self, word: &str) -> Option<&str> {
        let words = self.words();
        let at = words.iter().position(|w| w.eq_ignore_ascii_case(word))?;
        words.get(at + 1).copied()
    }

    pub(crate) fn place(&self) -> String {
        format!("{} #{}", self.file, self.number)
    }
}

/// All exchanges of one test, in order.
pub(crate) type Story = Vec<Exchange>;

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn headers(value: &Value) -> BTreeMap<String, String> {
    let map = value.as_object().into_iter().flatten();
    map.map(|(name, value)| (name.to_ascii_lowercase(), text(value)))
        .collect()
}

fn exchange(value: &Value, file: &str, number: usize) -> Option<Exchange> {
    let path = text(&value["path"]);
    let subscription = path.get(1..37).unwrap_or_default();
    let is_guid = |text: &str| {
        let shape = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-');
        text.len() == 36 && text.bytes().all(shape)
    };
    let rest = is_guid(subscription).then(|| path[37..].to_owned());
    let either = |one: &str, other: &str| {
        if value[one].is_null() {
            value[other].clone()
        } else {
            value[one].clone()
        }
    };
    let sent = value.get("request_headers").map(|sent| Sent {
        headers: headers(sent),
        body: text(&value["request_body"]),
    });
    Some(Exchange {
        file: file.to_owned(),
        number,
        method: text(&value["method"]),
        path: rest,
        sent,
        status: u16::try_from(value["status"].as_u64()?).unwrap(),
        headers: headers(&either("response_headers", "headers")),
        body: text(&either("response_body", "body")),
        rewritten: !either("response_trimmed", "body_trimmed").is_null(),
    })
}

/// Every exchange of both folders, by test; none when there is no shared folder.
pub(crate) fn read() -> Vec<Story> {
    let mut stories = Vec::new();
    let name = |path: &Path| {
        let below = path.strip_prefix(shared("")).unwrap().with_extension("");
        below.to_str().unwrap().to_owned()
    };
    for path in files("transcripts") {
        let steps = json(&path);
        let all = steps["steps"].as_array().unwrap().iter();
        let exchanges = all.flat_map(|step| step["exchanges"].as_array().unwrap());
        let story = exchanges
            .enumerate()
            .filter_map(|(n, value)| exchange(value, &name(&path), n));
        stories.push(story.collect());
    }
    let recordings: Vec<(String, Value)> = files("recordings")
        .iter()
        .map(|path| (name(path), json(path)))
        .collect();
    for (file, all) in &recordings {
        let story = all.as_array().unwrap().iter().enumerate();
        let story = story.filter_map(|(n, value)| {
            let mut value = value.clone();
            if let Some((other, n)) = value["body_same_as"]
                .as_str()
                .and_then(|t| t.split_once(".json#"))
            {
                let other = format!("recordings/{other}");
                let (_, same) = recordings.iter().find(|(file, _)| *file == other).unwrap();
                let same = &same[n.parse::<usize>().unwrap()];
                value["body"] = same["body"].clone();
                value["body_trimmed"] = same["body_trimmed"].clone();
            }
            exchange(&value, file, n)
        });
        stories.push(story.collect());
    }
    stories
}
