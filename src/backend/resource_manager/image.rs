//! Images of the catalogue: by URN, or by the name of a family.

use std::fmt;
use std::str::FromStr;

use serde_json::{Value, json};

use crate::backend::{Hardware, Image, ImageKind, Os};

/// An image of the catalogue: `PUBLISHER:OFFER:SKU:VERSION`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urn {
    publisher: String,
    offer: String,
    sku: String,
    version: String,
}

/// A text is no URN.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no PUBLISHER:OFFER:SKU:VERSION")]
pub struct NotAUrn(String);

/// The version that stands for the newest.
const LATEST: &str = "latest";

/// The families that have a name here.
const FAMILIES: [(&str, [&str; 3]); 3] = [
    ("Ubuntu-24_04", ["Canonical", "ubuntu-24_04-lts", "server"]),
    (
        "Ubuntu-22_04",
        [
            "Canonical",
            "0001-com-ubuntu-server-jammy",
            "22_04-lts-gen2",
        ],
    ),
    ("Debian-12", ["Debian", "debian-12", "12-gen2"]),
];

impl Urn {
    /// The image that `name` means: a URN, or a family's newest.
    pub fn meant(name: &str) -> Option<Self> {
        if let Ok(urn) = name.parse() {
            return Some(urn);
        }
        let wanted = bare(name);
        let (_, image) = FAMILIES
            .into_iter()
            .find(|(family, _)| bare(family) == wanted)?;
        Some(Self::newest(image))
    }

    fn newest([publisher, offer, sku]: [&str; 3]) -> Self {
        Self {
            publisher: publisher.to_owned(),
            offer: offer.to_owned(),
            sku: sku.to_owned(),
            version: LATEST.to_owned(),
        }
    }

    /// Publisher, offer and SKU.
    pub fn image(&self) -> [&str; 3] {
        [&self.publisher, &self.offer, &self.sku]
    }

    /// The version, unless it is whatever is the newest.
    pub fn version(&self) -> Option<&str> {
        (!self.version.eq_ignore_ascii_case(LATEST)).then_some(&self.version)
    }

    /// The same image in this version.
    #[must_use]
    pub fn at(self, version: &str) -> Self {
        Self {
            version: version.to_owned(),
            ..self
        }
    }

    /// What a machine's body calls the image of a plan.
    pub(super) fn reference(name: &str) -> Value {
        name.parse::<Self>().map_or_else(
            |_| json!({"id": name}),
            |urn| {
                json!({
                    "publisher": urn.publisher,
                    "offer": urn.offer,
                    "sku": urn.sku,
                    "version": urn.version,
                })
            },
        )
    }

    /// The families, as images.
    pub(super) fn families() -> Vec<Image> {
        FAMILIES
            .into_iter()
            .map(|(family, image)| found(&Self::newest(image), family, Os::Linux, None))
            .collect()
    }
}

/// An image as a plan has it.
pub(super) fn found(urn: &Urn, family: &str, os: Os, hardware: Option<Hardware>) -> Image {
    Image {
        name: urn.to_string(),
        kind: ImageKind::Disk,
        os,
        own: false,
        locations: Vec::new(),
        label: family.to_owned(),
        family: family.to_owned(),
        published: String::new(),
        hardware,
    }
}

/// Letters and digits alone, in lower case: `Ubuntu 24.04` is `Ubuntu-24_04`.
fn bare(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}

impl FromStr for Urn {
    type Err = NotAUrn;

    fn from_str(text: &str) -> Result<Self, NotAUrn> {
        let is_part = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
                && part.bytes().any(|byte| byte.is_ascii_alphanumeric())
        };
        let parts: Vec<&str> = text.split(':').collect();
        let [publisher, offer, sku, version] = parts[..] else {
            return Err(NotAUrn(text.to_owned()));
        };
        if !parts.iter().all(|part| is_part(part)) {
            return Err(NotAUrn(text.to_owned()));
        }
        Ok(Self::newest([publisher, offer, sku]).at(version))
    }
}

impl fmt::Display for Urn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}:{}",
            self.publisher, self.offer, self.sku, self.version
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_its_newest_image() {
        for name in ["Ubuntu-24_04", "ubuntu 24.04"] {
            let urn = Urn::meant(name).unwrap();
            assert_eq!(urn.to_string(), "Canonical:ubuntu-24_04-lts:server:latest");
            assert_eq!(urn.version(), None);
        }
        assert_eq!(Urn::meant("Ubuntu-14_04"), None);
    }

    #[test]
    fn a_urn_comes_back_as_it_was_typed() {
        let text = "credativ:Debian:8:8.0.201704180";
        let urn: Urn = text.parse().unwrap();
        assert_eq!(
            (urn.to_string().as_str(), urn.version()),
            (text, Some("8.0.201704180"))
        );
        for text in ["", "a:b:c", "a:b:c:d:e", "a::c:d", "a:b:c:..", "a:b/x:c:d"] {
            assert!(text.parse::<Urn>().is_err(), "{text}");
        }
    }
}
