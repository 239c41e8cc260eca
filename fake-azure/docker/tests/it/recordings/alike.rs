//! When an answer is that of the real engine: what may differ, and why, as data.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use regex_lite::Regex;
use serde_json::Value;

use super::exchange::text;
use super::names::Names;

/// Values that are another's by right: the keys that hold them, and the reason. They are of the
/// same type here.
const VALUES: &[(&[&str], &str)] = &[
    (
        &[
            "ID",
            "Id",
            "id",
            "ContainerID",
            "SandboxID",
            "EndpointID",
            "NetworkID",
            "Hostname",
            "Image",
            "ImageID",
            "Parent",
            "Etag",
            "ImageManifestDescriptor",
        ],
        "an id is chance; where it is named again it is translated, and has to be found",
    ),
    (
        &[
            "Created",
            "CreatedAt",
            "StartedAt",
            "FinishedAt",
            "Start",
            "End",
            "SystemTime",
            "time",
            "timeNano",
            "read",
            "preread",
            "LastTagTime",
            "LastUsedAt",
            "mtime",
            "BuildTime",
        ],
        "the moment in which it happened",
    ),
    (
        &[
            "NFd",
            "NGoroutines",
            "Pid",
            "Version",
            "ServerVersion",
            "GoVersion",
            "GitCommit",
            "Commit",
            "DockerRootDir",
            "Mirrors",
            "NEventsListener",
        ],
        "facts of the recorder's host and of its build of the engine, a distribution's",
    ),
    (
        &[
            "IPAddress",
            "MacAddress",
            "SandboxKey",
            "IPv4Address",
            "Address",
        ],
        "addresses are given in turn, and the recorder gave more of them between its commands",
    ),
    (
        &[
            "Size",
            "SizeRw",
            "SizeRootFs",
            "LayersSize",
            "VirtualSize",
            "SpaceReclaimed",
            "SharedSize",
            "UniqueSize",
            "size",
        ],
        "bytes of the recorder's images, whose files are the catalogue's here",
    ),
    (
        &[
            "cpu_stats",
            "precpu_stats",
            "memory_stats",
            "networks",
            "pids_stats",
            "blkio_stats",
        ],
        "what a kernel measured",
    ),
    (
        &["LowerDir", "MergedDir", "UpperDir", "WorkDir"],
        "folders of ids, and as many as the recorder's image has layers",
    ),
    (&["execDuration"], "how long a command took, in seconds"),
    (
        &[
            "Containers",
            "ContainersRunning",
            "ContainersStopped",
            "Images",
        ],
        "counts of what the recorder had made and cleared without showing it",
    ),
];

/// Parts of texts that are another's by right: a pattern, what it becomes, and the reason.
const TEXTS: &[(&str, &str, &str)] = &[
    (r"[0-9a-f]{64}", "<id>", "an id is chance"),
    (r"\b[0-9a-f]{12}\b", "<id>", "so is its beginning"),
    (
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
        "<time>",
        "the moment in which it happened",
    ),
    (
        r"\b(About an? \w+|Less than a second|\d+ (seconds?|minutes?|hours?))( ago)?",
        "<age>",
        "the recorder waited between its commands for as long as it liked",
    ),
    (
        r"^/?[a-z]+_[a-z]+[0-9]?$",
        "<name>",
        "a name that an engine gives is chance",
    ),
    (
        r"/var/lib/(engine/data|docker)",
        "<root>",
        "the recorder's engine had another folder",
    ),
    (r"28\.5\.2\+dfsg\d", "28.5.2", "a distribution's build"),
    (
        r"docker-import-\d+|docker-builder\d+",
        "<temporary>",
        "a temporary folder's name is chance",
    ),
    (
        r"\b172\.\d+\.\d+\.\d+\b",
        "<address>",
        "addresses are given in turn",
    ),
    (r"\b(32|33|49)\d{3}\b", "<port>", "so are ports"),
    (r"^\d{4,6}$", "<pid>", "so are numbers of processes"),
];

/// Lists that have no order of their own, by the last key of their path (`[]` is the whole
/// answer): what the engine holds in a map, or sorts by a second that several share.
const UNORDERED: &[(&str, &str)] = &[
    ("", "lists are sorted by seconds, or come from a map"),
    ("RepoTags", "tags come from a map"),
    ("RepoDigests", "tags come from a map"),
    ("Mounts", "mount points come from a map"),
    ("Ports", "ports come from a map"),
    ("Volumes", "volumes come from a map"),
    ("VolumesDeleted", "volumes come from a map"),
    ("Images", "lists are sorted by seconds"),
    ("Containers", "lists are sorted by seconds"),
    ("BuildCache", "records come from a map"),
    ("DNSNames", "the short id among them is chance"),
    ("ImagesDeleted", "images come from a map"),
    ("CachesDeleted", "records come from a map"),
];

/// Headers whose values are another's by right.
const HEADERS: &[(&str, &str)] = &[
    ("Date", "the moment in which it happened"),
    ("Server", "a distribution's build"),
    ("Content-Length", "it counts what was allowed to differ"),
    (
        "Builder-Version",
        "there is no BuildKit here, and it says so",
    ),
    (
        "Connection",
        "the replay asks for the end of the connection",
    ),
    (
        "Transfer-Encoding",
        "whether an answer is cut in chunks depends on how much fits in a buffer",
    ),
];

/// Words of a pull or push that tell how far it is: how often, and in which order, is chance.
const PROGRESS: &[&str] = &[
    "Downloading",
    "Extracting",
    "Pushing",
    "Waiting",
    "Verifying Checksum",
    "Download complete",
];

/// Compares by the tables above.
#[derive(Debug)]
pub(crate) struct Judge {
    texts: Vec<(Regex, &'static str)>,
}

impl Judge {
    pub(crate) fn new() -> Self {
        let texts = TEXTS.iter();
        Self {
            texts: texts
                .map(|(pattern, becomes, _)| (Regex::new(pattern).unwrap(), *becomes))
                .collect(),
        }
    }

    pub(crate) fn masked(&self, text: &str) -> String {
        let texts = self.texts.iter();
        texts.fold(text.to_owned(), |text, (pattern, becomes)| {
            pattern.replace_all(&text, *becomes).into_owned()
        })
    }

    /// The same of a key, which is no name.
    fn masked_key(&self, key: &str) -> String {
        let texts = self
            .texts
            .iter()
            .filter(|(_, becomes)| *becomes != "<name>");
        texts.fold(key.to_owned(), |key, (pattern, becomes)| {
            pattern.replace_all(&key, *becomes).into_owned()
        })
    }

    /// Compares headers: which there are, and what they say.
    pub(crate) fn headers(
        &self,
        recorded: &Value,
        ours: &[(String, String)],
        found: &mut Vec<String>,
    ) {
        let may_differ = |name: &str| HEADERS.iter().any(|(known, _)| *known == name);
        let recorded = recorded.as_object().unwrap();
        for (name, value) in recorded {
            let value = value.as_str().unwrap_or_default();
            let own = ours.iter().find(|(key, _)| key == name);
            match own {
                _ if matches!(name.as_str(), "Content-Length" | "Transfer-Encoding") => {}
                None => found.push(format!("header {name} is missing")),
                Some(_) if may_differ(name) => {}
                Some((_, own)) if name == "X-Docker-Container-Path-Stat" => {
                    let (theirs, own) = (decoded(value), decoded(own));
                    self.values("stat", &theirs, &own, &mut Names::new(), found);
                }
                Some((_, own)) if own == value => {}
                Some((_, own)) => found.push(format!("header {name}: {value:?} is {own:?}")),
            }
        }
        for (name, _) in ours {
            if !recorded.contains_key(name) && !may_differ(name) {
                found.push(format!("header {name} is new"));
            }
        }
    }

    /// Compares values, and learns the names in them.
    pub(crate) fn values(
        &self,
        path: &str,
        recorded: &Value,
        ours: &Value,
        names: &mut Names,
        found: &mut Vec<String>,
    ) {
        if recorded == ours && order(recorded) == order(ours) {
            return;
        }
        let key = path.rsplit(['.', ']']).next().unwrap_or_default();
        let may_differ = VALUES.iter().any(|(keys, _)| keys.contains(&key));
        match (recorded, ours) {
            (Value::Object(_), Value::Object(_)) | (Value::Array(_), Value::Array(_))
                if may_differ => {}
            (Value::Object(recorded), Value::Object(ours)) => {
                let keys = |of: &serde_json::Map<String, Value>| {
                    of.keys()
                        .map(|key| self.masked_key(key))
                        .collect::<Vec<_>>()
                };
                if !recorded.keys().eq(ours.keys()) {
                    let (theirs, own) = (keys(recorded), keys(ours));
                    if theirs != own {
                        found.push(format!("{path}: keys {theirs:?} are {own:?}"));
                    }
                }
                let own_by_mask = |key: &str| {
                    if let Some(own) = ours.get_key_value(key) {
                        return Some(own);
                    }
                    let masked = self.masked_key(key);
                    let mut ours = ours.iter();
                    ours.find(|(own, _)| self.masked_key(own) == masked)
                };
                for (key, value) in recorded {
                    if let Some((own, ours)) = own_by_mask(key) {
                        names.learn(key, own);
                        self.values(&format!("{path}.{key}"), value, ours, names, found);
                    }
                }
            }
            (Value::Array(recorded), Value::Array(ours)) => {
                let (recorded, ours) = whole(told(recorded), told(ours));
                if recorded.len() != ours.len() {
                    found.push(format!(
                        "{path}: {} are {}: {} are {}",
                        recorded.len(),
                        ours.len(),
                        short(&Value::Array(recorded.clone())),
                        short(&Value::Array(ours.clone()))
                    ));
                }
                let has_order = !UNORDERED.iter().any(|(known, _)| *known == key);
                let ours = if has_order {
                    ours
                } else {
                    self.aligned(&recorded, ours, names)
                };
                for (at, (recorded, ours)) in recorded.iter().zip(&ours).enumerate() {
                    self.values(&format!("{path}[{at}]"), recorded, ours, names, found);
                }
            }
            (Value::String(recorded), Value::String(ours)) => {
                if may_differ || self.masked(recorded) == self.masked(ours) {
                    names.learn(recorded, ours);
                } else {
                    found.push(format!("{path}: {recorded:?} is {ours:?}"));
                }
            }
            (recorded, ours) => {
                let same_type = std::mem::discriminant(recorded) == std::mem::discriminant(ours);
                if !same_type || (!may_differ && recorded != ours) {
                    found.push(format!("{path}: {} is {}", short(recorded), short(ours)));
                }
            }
        }
    }

    /// A list of ours in the order of the recorded one, as far as its members are found in it.
    fn aligned(&self, recorded: &[Value], mut ours: Vec<Value>, names: &Names) -> Vec<Value> {
        let mut aligned = Vec::new();
        for theirs in recorded {
            let wrong = |own: &Value| {
                let mut found = Vec::new();
                self.values("x", theirs, own, &mut Names::new(), &mut found);
                let known = own["Id"] == names.ours(text(&theirs["Id"]));
                (found.len(), !known)
            };
            let best = (0..ours.len()).min_by_key(|at| wrong(&ours[*at]));
            let Some(best) = best else { break };
            aligned.push(ours.remove(best));
        }
        aligned
    }
}

/// A value with its keys in their order, which two that are equal need not share.
fn order(value: &Value) -> String {
    value.to_string()
}

/// A list without what tells of progress.
fn told(values: &[Value]) -> Vec<Value> {
    let is_progress = |value: &Value| {
        value.get("progressDetail").is_some()
            && value["status"]
                .as_str()
                .is_some_and(|status| PROGRESS.contains(&status))
    };
    let values = values.iter().filter(|value| !is_progress(value));
    values.cloned().collect()
}

/// Of a long list, the recorder kept its beginning and its end, and how many are between them.
fn whole(mut recorded: Vec<Value>, mut ours: Vec<Value>) -> (Vec<Value>, Vec<Value>) {
    let left_out = |value: &Value| {
        let words = value.as_str()?.strip_prefix("... ")?;
        words.strip_suffix(" left out")?.parse::<usize>().ok()
    };
    let found = recorded
        .iter()
        .enumerate()
        .find_map(|(at, value)| Some((at, left_out(value)?)));
    if let Some((at, count)) = found {
        recorded.remove(at);
        if at + count <= ours.len() {
            ours.drain(at..at + count);
        }
    }
    (recorded, ours)
}

fn decoded(stat: &str) -> Value {
    let json = STANDARD.decode(stat).unwrap_or_default();
    serde_json::from_slice(&json).unwrap_or_default()
}

/// A value as far as it helps to read it.
fn short(value: &Value) -> String {
    value.to_string().chars().take(400).collect()
}
