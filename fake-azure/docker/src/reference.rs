//! Image references: reading them, and naming images as the engine does.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::registry::Digest;

/// A name for an image: repository with tag or digest, or an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// `sha256:…`, or the 64 digits alone.
    Id(Digest),
    /// A repository, a tag or digest behind it.
    Named(Named),
}

/// A repository with what stands behind it: a tag, a digest, both or neither.
///
/// Written and ordered in full, `docker.io/library/busybox:latest`; [`Named::familiar`]
/// is how people write it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Named {
    domain: String,
    path: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReference {
    /// It does not follow the grammar.
    #[error("invalid reference format")]
    Format,
    /// The path has capitals.
    #[error("invalid reference format: repository name ({0}) must be lowercase")]
    Uppercase(String),
    /// The name reads as an id.
    #[error("invalid repository name ({0}), cannot specify 64-byte hexadecimal strings")]
    Id(String),
    /// The path is longer than a registry takes.
    #[error("repository name must not be more than 255 characters")]
    TooLong,
    /// What is to be a tag is none.
    #[error("invalid tag format")]
    Tag,
    /// The name is that of an algorithm, so that `sha256:…` would have two meanings.
    #[error("refusing to create an ambiguous tag using digest algorithm as name")]
    Ambiguous,
}

/// The domain of a name that has none: Docker Hub.
pub(crate) const DEFAULT_DOMAIN: &str = "docker.io";
const LEGACY_DOMAIN: &str = "index.docker.io";
const OFFICIAL: &str = "library/";
const DEFAULT_TAG: &str = "latest";
/// The longest name of a repository, in bytes.
const LONGEST_NAME: usize = 255;
/// The longest tag, in bytes.
const LONGEST_TAG: usize = 128;

impl Reference {
    /// Reads an id or a name; a name without a domain is of Docker Hub.
    pub fn parse(text: &str) -> Result<Self, InvalidReference> {
        match Digest::from_hex(text).or_else(|| text.parse().ok()) {
            Some(id) => Ok(Self::Id(id)),
            None => Named::parse(text).map(Self::Named),
        }
    }

    /// Writes the reference as the engine's sentences do: `busybox:latest`, without
    /// Docker Hub's domain but never without a tag.
    pub fn familiar(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Named(named) => named.clone().or_latest().familiar(),
        }
    }
}

impl Named {
    /// Reads a name; one without a domain is of Docker Hub.
    pub fn parse(text: &str) -> Result<Self, InvalidReference> {
        if Digest::from_hex(text).is_some() {
            return Err(InvalidReference::Id(text.to_owned()));
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        let (domain, path) = split_domain(name);
        if path.chars().any(|c| c.is_ascii_uppercase()) {
            return Err(InvalidReference::Uppercase(path));
        }
        let is_valid =
            is_domain(&domain) && path.split('/').all(is_component) && tag.is_none_or(is_tag);
        if !is_valid {
            return Err(InvalidReference::Format);
        }
        if path.len() > LONGEST_NAME {
            return Err(InvalidReference::TooLong);
        }
        let digest = digest.map(str::parse).transpose();
        Ok(Self {
            domain,
            path,
            tag: tag.map(str::to_owned),
            digest: digest.map_err(|_| InvalidReference::Format)?,
        })
    }

    /// Reads a repository and, in a parameter of its own, a tag or digest; an empty one
    /// leaves the name as it is.
    pub fn of_parts(repository: &str, tag: &str) -> Result<Self, InvalidReference> {
        let named = Self::parse(repository)?;
        match tag.parse() {
            _ if tag.is_empty() => Ok(named),
            Ok(digest) => Ok(named.with_digest(digest)),
            Err(_) => named.with_tag(tag),
        }
    }

    /// The registry's host, with its port if it has one: `docker.io`.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The repository within its registry: `library/busybox`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The tag, if one is said.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, if one is said.
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// Whether neither tag nor digest is said.
    pub fn is_name_only(&self) -> bool {
        self.tag.is_none() && self.digest.is_none()
    }

    /// The repository in full: `docker.io/library/busybox`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.domain, self.path)
    }

    /// Whether `other` is of the same repository.
    pub fn is_beside(&self, other: &Self) -> bool {
        self.domain == other.domain && self.path == other.path
    }

    /// The repository as people write it: `busybox`.
    pub fn familiar_name(&self) -> String {
        if self.domain == DEFAULT_DOMAIN {
            let path = self.path.strip_prefix(OFFICIAL);
            // `library/a/b` is nobody's short name.
            let path = path.filter(|path| !path.contains('/'));
            path.unwrap_or(&self.path).to_owned()
        } else {
            self.name()
        }
    }

    /// The reference as people write it: `busybox:latest`, without Docker Hub's domain.
    pub fn familiar(&self) -> String {
        self.written(self.familiar_name())
    }

    /// The same with the tag `latest`, if it has neither tag nor digest.
    #[must_use]
    pub fn or_latest(mut self) -> Self {
        if self.is_name_only() {
            self.tag = Some(DEFAULT_TAG.to_owned());
        }
        self
    }

    /// The same repository with another tag and no digest.
    pub fn with_tag(&self, tag: &str) -> Result<Self, InvalidReference> {
        if !is_tag(tag) {
            return Err(InvalidReference::Tag);
        }
        Ok(Self {
            tag: Some(tag.to_owned()),
            digest: None,
            ..self.clone()
        })
    }

    /// The same repository with another digest and no tag.
    #[must_use]
    pub fn with_digest(&self, digest: Digest) -> Self {
        Self {
            tag: None,
            digest: Some(digest),
            ..self.clone()
        }
    }

    /// The repository alone.
    #[must_use]
    pub fn repository(&self) -> Self {
        Self {
            tag: None,
            digest: None,
            ..self.clone()
        }
    }

    fn written(&self, mut name: String) -> String {
        if let Some(tag) = &self.tag {
            name = name + ":" + tag;
        }
        if let Some(digest) = &self.digest {
            name = name + "@" + &digest.to_string();
        }
        name
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written(self.name()))
    }
}

impl FromStr for Named {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Named {
    type Error = InvalidReference;

    fn try_from(text: String) -> Result<Self, InvalidReference> {
        Self::parse(&text)
    }
}

impl From<Named> for String {
    fn from(named: Named) -> Self {
        named.to_string()
    }
}

/// Cuts the domain off a name and puts in what goes without saying.
fn split_domain(name: &str) -> (String, String) {
    let (domain, path) = match name.split_once('/') {
        Some((first, path))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first.chars().any(|c| c.is_ascii_uppercase()) =>
        {
            (first, path)
        }
        _ => (DEFAULT_DOMAIN, name),
    };
    let domain = if domain == LEGACY_DOMAIN {
        DEFAULT_DOMAIN
    } else {
        domain
    };
    let path = if domain == DEFAULT_DOMAIN && !path.contains('/') {
        format!("{OFFICIAL}{path}")
    } else {
        path.to_owned()
    };
    (domain.to_owned(), path)
}

/// Whether `domain` is a host, with or without a port.
fn is_domain(domain: &str) -> bool {
    let (host, port) = match domain.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (domain, None),
    };
    let is_label = |label: &str| {
        label.starts_with(|c: char| c.is_ascii_alphanumeric())
            && label.ends_with(|c: char| c.is_ascii_alphanumeric())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let ipv6 = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let is_host = match ipv6 {
        Some(address) => {
            !address.is_empty() && address.chars().all(|c| c.is_ascii_hexdigit() || c == ':')
        }
        None => host.split('.').all(is_label),
    };
    is_host && port.is_none_or(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether `component` is lower-case letters and digits with single separators between
/// them: a dot, one or two underscores, or any number of dashes.
fn is_component(component: &str) -> bool {
    let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let separators = component.split(is_word).filter(|gap| !gap.is_empty());
    component.starts_with(is_word)
        && component.ends_with(is_word)
        && separators
            .into_iter()
            .all(|gap| matches!(gap, "." | "_" | "__") || gap.bytes().all(|byte| byte == b'-'))
}

fn is_tag(tag: &str) -> bool {
    tag.len() <= LONGEST_TAG
        && tag.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && tag
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn familiar(text: &str) -> String {
        Reference::parse(text).unwrap().familiar()
    }

    #[test]
    fn what_goes_without_saying_is_left_out_but_the_tag_is_said() {
        assert_eq!(familiar("busybox"), "busybox:latest");
        assert_eq!(familiar("docker.io/library/busybox:1"), "busybox:1");
        assert_eq!(familiar("index.docker.io/a/b"), "a/b:latest");
        assert_eq!(familiar("localhost:5000/a"), "localhost:5000/a:latest");
        assert_eq!(familiar("127.0.0.1:1/x:y"), "127.0.0.1:1/x:y");
        assert_eq!(familiar("a__b.c---d"), "a__b.c---d:latest");
    }

    #[test]
    fn a_digest_needs_no_tag() {
        let digest = format!("sha256:{}", "0f".repeat(32));

        assert_eq!(familiar(&format!("a@{digest}")), format!("a@{digest}"));
        assert_eq!(familiar(&format!("a:1@{digest}")), format!("a:1@{digest}"));
    }

    #[test]
    fn an_id_stays_an_id() {
        let digits = "0f".repeat(32);

        assert_eq!(familiar(&digits), format!("sha256:{digits}"));
        assert_eq!(
            familiar(&format!("sha256:{digits}")),
            format!("sha256:{digits}")
        );
        assert_eq!(familiar("0f0f0f"), "0f0f0f:latest");
    }

    #[test]
    fn a_name_is_written_in_full_and_read_again() {
        let digest = format!("sha256:{}", "0f".repeat(32));
        for (text, full) in [
            ("a", "docker.io/library/a"),
            ("a:1", "docker.io/library/a:1"),
            ("b/a", "docker.io/b/a"),
            ("h:5000/a:1", "h:5000/a:1"),
            (
                &format!("a@{digest}"),
                &format!("docker.io/library/a@{digest}"),
            ),
        ] {
            let named = Named::parse(text).unwrap();

            assert_eq!(named.to_string(), full);
            assert_eq!(Named::parse(full).unwrap(), named);
            assert_eq!(named.familiar(), text);
        }
    }

    #[test]
    fn a_tag_in_a_parameter_of_its_own_may_be_a_digest() {
        let digest = format!("sha256:{}", "0f".repeat(32));
        let of = |tag: &str| Named::of_parts("a", tag).map(|named| named.familiar());

        assert_eq!(of(""), Ok("a".to_owned()));
        assert_eq!(of("1"), Ok("a:1".to_owned()));
        assert_eq!(of(&digest), Ok(format!("a@{digest}")));
        assert_eq!(of("b!d"), Err(InvalidReference::Tag));
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        for text in [
            "",
            "-a",
            "a-",
            "a..b",
            "a___b",
            "a/",
            "/a",
            "a:",
            "a:-1",
            "a@b",
            "a b",
            "a:1:2",
            "a@sha256:0f",
        ] {
            assert_eq!(
                Reference::parse(text).unwrap_err(),
                InvalidReference::Format,
                "{text}"
            );
        }
        assert_eq!(
            Reference::parse("Busybox").unwrap_err(),
            InvalidReference::Uppercase("library/Busybox".to_owned())
        );
    }
}
