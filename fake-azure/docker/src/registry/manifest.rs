//! Manifests and indexes: what a tag leads to.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Digest;
use super::platform::Platform;
use super::published::Blob;

/// An index of manifests for several platforms.
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// A manifest as BuildKit publishes it.
pub const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// A manifest as the engine's `push` writes it.
pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
/// A list of manifests as older builders publish it.
pub const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
pub(crate) const OCI_CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const OCI_LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/// What a document points at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What it is.
    pub media_type: String,
    /// What it is known by.
    pub digest: Digest,
    /// How many bytes it has.
    pub size: u64,
    /// What it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<DescriptorPlatform>,
    /// What else is said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
}

/// A platform as an index writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DescriptorPlatform {
    /// The processor.
    pub architecture: String,
    /// The operating system.
    pub os: String,
    /// The processor's variant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub variant: String,
}

/// The name that an archive gives an image.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Annotations {
    /// The whole reference.
    #[serde(
        rename = "io.containerd.image.name",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// The tag.
    #[serde(
        rename = "org.opencontainers.image.ref.name",
        skip_serializing_if = "Option::is_none"
    )]
    pub ref_name: Option<String>,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// 2.
    pub schema_version: u32,
    /// What it is; an index of OCI may leave it out.
    #[serde(default)]
    pub media_type: String,
    /// What it points at.
    pub manifests: Vec<Descriptor>,
}

/// A manifest of OCI's or Docker's second kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// 2.
    pub schema_version: u32,
    /// What it is.
    #[serde(default)]
    pub media_type: String,
    /// The image's configuration.
    pub config: Descriptor,
    /// The image's layers, the lowest first.
    pub layers: Vec<Descriptor>,
}

impl Descriptor {
    /// Points at `bytes`.
    pub fn of(media_type: &str, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        Self::to(media_type, Digest::of(bytes), bytes.len() as u64)
    }

    /// Points at what has this digest and size.
    pub fn to(media_type: &str, digest: Digest, size: u64) -> Self {
        Self {
            media_type: media_type.to_owned(),
            digest,
            size,
            platform: None,
            annotations: None,
        }
    }

    pub(super) fn on(mut self, platform: &Platform) -> Self {
        self.platform = Some(platform.into());
        self
    }
}

impl From<&Platform> for DescriptorPlatform {
    fn from(platform: &Platform) -> Self {
        Self {
            architecture: platform.architecture.clone(),
            os: platform.os.clone(),
            variant: platform.variant.clone(),
        }
    }
}

/// Whether a document of this type is an index.
pub(crate) fn is_index(media_type: &str) -> bool {
    media_type == INDEX || media_type == DOCKER_INDEX
}

/// Writes the manifest of an image as BuildKit does.
pub(super) fn oci(config: &str, layers: &[Blob]) -> String {
    let layers = layers.iter();
    json(&Manifest {
        schema_version: 2,
        media_type: OCI_MANIFEST.to_owned(),
        config: Descriptor::of(OCI_CONFIG, config),
        layers: layers
            .map(|layer| Descriptor::to(OCI_LAYER, layer.digest, layer.packed))
            .collect(),
    })
}

/// Writes the manifest of an image as the engine does when it pushes one.
pub fn docker(config: &str, layers: &[Blob]) -> String {
    let mut text = format!(
        "{{\n   \"schemaVersion\": 2,\n   \"mediaType\": \"{DOCKER_MANIFEST}\",\n   \"config\": {{\n"
    );
    let fields = |text: &mut String, indent, media_type, size: u64, digest: Digest| {
        // Writing to a text cannot fail.
        let _ = write!(
            text,
            "{indent}\"mediaType\": \"{media_type}\",\n{indent}\"size\": {size},\n{indent}\"digest\": \"{digest}\"\n"
        );
    };
    let size = config.len() as u64;
    fields(&mut text, "      ", DOCKER_CONFIG, size, Digest::of(config));
    text += "   },\n   \"layers\": [";
    for (at, layer) in layers.iter().enumerate() {
        text += if at == 0 {
            "\n      {\n"
        } else {
            ",\n      {\n"
        };
        let indent = "         ";
        fields(&mut text, indent, DOCKER_LAYER, layer.packed, layer.digest);
        text += "      }";
    }
    text += if layers.is_empty() {
        "]\n}"
    } else {
        "\n   ]\n}"
    };
    text
}

/// Writes the index of manifests for several platforms.
pub(super) fn index(media_type: &str, manifests: Vec<Descriptor>) -> String {
    json(&Index {
        schema_version: 2,
        media_type: media_type.to_owned(),
        manifests,
    })
}

/// Writes a document; ours have strings for keys and no writer that can fail.
pub(crate) fn json(document: &impl Serialize) -> String {
    serde_json::to_string(document).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Content;
    use crate::registry::Archive;

    #[test]
    fn a_pushed_manifest_is_written_as_the_engine_writes_it() {
        let layer = Blob {
            packed: 1_083_703,
            ..Blob::of(Archive::Own(Content::default()), 0)
        };

        let one = docker(&"x".repeat(964), &[layer]);

        // The recorded manifest of the same fields has as many bytes.
        assert_eq!(one.len(), 527, "{one}");
        let read: Manifest = serde_json::from_str(&one).unwrap();
        assert_eq!(read.media_type, DOCKER_MANIFEST);
        assert_eq!(read.layers.len(), 1);
        let none: Manifest = serde_json::from_str(&docker("", &[])).unwrap();
        assert_eq!(none.layers, []);
    }
}
