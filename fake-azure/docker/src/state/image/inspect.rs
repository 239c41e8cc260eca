//! An image as `inspect` tells it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Image, ImageStore};
use crate::registry::{Digest, RootFs};
use crate::state::config::Config;

/// An image as `inspect` tells it, in its order.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Inspection {
    id: Digest,
    repo_tags: Vec<String>,
    repo_digests: Vec<String>,
    parent: String,
    comment: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<Timestamp>,
    #[serde(skip_serializing_if = "String::is_empty")]
    container: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    container_config: Option<Config>,
    docker_version: String,
    author: String,
    architecture: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    variant: String,
    os: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    os_version: String,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    virtual_size: Option<u64>,
    graph_driver: GraphDriver,
    #[serde(rename = "RootFS")]
    root_fs: Layers,
    metadata: Metadata,
    config: Map<String, Value>,
}

/// Where the files of an image or container are on the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct GraphDriver {
    data: BTreeMap<&'static str, String>,
    name: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Layers {
    #[serde(rename = "Type")]
    kind: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    layers: Vec<Digest>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    last_tag_time: String,
}

/// The moment before all others, as Go writes it.
const NEVER: &str = "0001-01-01T00:00:00Z";
/// Where the storage driver keeps the files of layers.
const OVERLAY: &str = "/var/lib/docker/overlay2";

impl ImageStore {
    /// Tells everything of an image, as the newest version of the API does.
    pub fn inspect(&self, image: &Image) -> Inspection {
        let config = &image.config;
        Inspection {
            id: image.id,
            repo_tags: image.repo_tags(),
            repo_digests: image.repo_digests(),
            parent: image.parent.map(|id| id.to_string()).unwrap_or_default(),
            comment: config.comment.clone(),
            created: config.created,
            container: String::new(),
            container_config: None,
            docker_version: config.docker_version.clone(),
            author: config.author.clone(),
            architecture: config.architecture.clone(),
            variant: config.variant.clone(),
            os: config.os.clone(),
            os_version: config.os_version.clone(),
            size: self.size(image),
            virtual_size: None,
            graph_driver: graph_driver(&image.chain),
            root_fs: layers(&config.rootfs),
            metadata: Metadata {
                last_tag_time: image
                    .last_tagged
                    .map_or_else(|| NEVER.to_owned(), |at| at.to_string()),
            },
            config: run_config(config.config.as_ref()),
        }
    }
}

impl Inspection {
    /// Adds the keys that the configuration had up to version 1.49.
    #[must_use]
    pub fn with_container_keys(mut self) -> Self {
        let flags = [
            "AttachStderr",
            "AttachStdin",
            "AttachStdout",
            "OpenStdin",
            "StdinOnce",
            "Tty",
        ];
        let texts = ["Domainname", "Hostname", "Image"];
        let flags = flags.map(|key| (key.to_owned(), Value::from(false)));
        let texts = texts.map(|key| (key.to_owned(), Value::from("")));
        self.config.extend(flags.into_iter().chain(texts));
        self.config.sort_keys();
        self
    }

    /// Adds what was told of the committed container up to version 1.44.
    #[must_use]
    pub fn with_container(mut self, image: &Image) -> Self {
        let config = &image.config;
        self.container.clone_from(&config.container);
        self.container_config = Some(config.container_config.clone().unwrap_or_default());
        self
    }

    /// Adds the size's second name of versions up to 1.43.
    #[must_use]
    pub fn with_virtual_size(mut self) -> Self {
        self.virtual_size = Some(self.size);
        self
    }
}

fn layers(root: &RootFs) -> Layers {
    Layers {
        kind: root.kind.clone(),
        layers: root.diff_ids.clone(),
    }
}

/// What containers run with: the keys that an image can say, sorted, and those that are
/// told although nothing is said.
fn run_config(config: Option<&Config>) -> Map<String, Value> {
    /// Keys of an image's configuration, and whether they are told when empty.
    const KEYS: [(&str, bool); 13] = [
        ("ArgsEscaped", false),
        ("Cmd", true),
        ("Entrypoint", true),
        ("Env", true),
        ("ExposedPorts", false),
        ("Healthcheck", false),
        ("Labels", true),
        ("OnBuild", true),
        ("Shell", false),
        ("StopSignal", false),
        ("User", true),
        ("Volumes", true),
        ("WorkingDir", true),
    ];
    let mut said = serde_json::to_value(config.cloned().unwrap_or_default()).unwrap_or_default();
    let keys = KEYS.into_iter().filter_map(|(key, always)| {
        let value = said.get_mut(key).map(Value::take).unwrap_or_default();
        (always || !value.is_null()).then(|| (key.to_owned(), value))
    });
    keys.collect()
}

/// Where the files of a chain of layers are said to be.
fn graph_driver(chain: &[Digest]) -> GraphDriver {
    let folder = |layer: &Digest| format!("{OVERLAY}/{}", layer_folder(*layer));
    let mut data = BTreeMap::new();
    if let Some((top, below)) = chain.split_last() {
        if !below.is_empty() {
            let below: Vec<String> = below.iter().rev().map(|id| folder(id) + "/diff").collect();
            data.insert("LowerDir", below.join(":"));
        }
        for (key, name) in [
            ("MergedDir", "merged"),
            ("UpperDir", "diff"),
            ("WorkDir", "work"),
        ] {
            data.insert(key, format!("{}/{name}", folder(top)));
        }
    }
    GraphDriver {
        data,
        name: "overlay2",
    }
}

/// The name of the folder in which the storage driver keeps a layer.
pub(crate) fn layer_folder(layer: Digest) -> String {
    Digest::of(format!("overlay2 {layer}")).hex()
}
