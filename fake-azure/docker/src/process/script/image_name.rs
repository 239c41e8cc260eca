//! Which images a script is for.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use super::pattern::Glob;

/// Which images a script is for: `acme/api` in all its versions, `acme/api:1.*`, `acme/*`, `*`.
///
/// Names are as people write them: `nginx` is `docker.io/library/nginx`. A `*` is any
/// characters, slashes too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageName {
    repository: Glob,
    tag: Option<Glob>,
}

/// Why a text names no images.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidImageName {
    /// It is empty.
    #[error("an image has a name, such as `acme/api` or `acme/*`")]
    Empty,
    /// It has characters that no name of an image has.
    #[error("`{0}` is no name of an image: it has lower-case letters, digits and `.-_/:` alone")]
    Characters(String),
    /// It is an image by its digest or id.
    #[error("`{0}` names one build of an image: write the name before the `@`")]
    Digest(String),
}

impl ImageName {
    /// Reads the name of an image, or a pattern of names.
    ///
    /// # Errors
    /// When no image can have such a name.
    pub fn parse(text: &str) -> Result<Self, InvalidImageName> {
        if text.is_empty() {
            return Err(InvalidImageName::Empty);
        }
        if text.contains('@') {
            return Err(InvalidImageName::Digest(text.to_owned()));
        }
        let (repository, tag) = split(text);
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-/:*?".contains(c);
        let tagged = |c: char| c.is_ascii_alphanumeric() || "._-*?".contains(c);
        let right = !repository.is_empty()
            && repository.chars().all(named)
            && tag.is_none_or(|tag| !tag.is_empty() && tag.chars().all(tagged));
        if !right {
            return Err(InvalidImageName::Characters(text.to_owned()));
        }
        Ok(Self {
            repository: Glob::new(familiar(repository)),
            tag: tag.map(Glob::new),
        })
    }

    /// Whether it stands for more than one repository or tag.
    pub fn is_pattern(&self) -> bool {
        self.repository.is_pattern() || self.tag.as_ref().is_some_and(Glob::is_pattern)
    }

    /// Whether it names a tag.
    pub(super) fn has_tag(&self) -> bool {
        self.tag.is_some()
    }

    /// The name with its own tag and each of `others`; with `latest` when there is none.
    pub(super) fn tagged(&self, others: &[String]) -> Vec<String> {
        let own = self.tag.as_ref().map(ToString::to_string);
        let mut tags: Vec<String> = own.into_iter().chain(others.iter().cloned()).collect();
        if tags.is_empty() {
            tags.push("latest".to_owned());
        }
        let names = tags.iter().map(|tag| format!("{}:{tag}", self.repository));
        names.collect()
    }

    /// Whether an image of this name is meant; one without a tag is `latest`.
    pub fn matches(&self, name: &str) -> bool {
        let name = name.split_once('@').map_or(name, |(name, _)| name);
        let (repository, tag) = split(name);
        self.repository.matches(familiar(repository))
            && self
                .tag
                .as_ref()
                .is_none_or(|glob| glob.matches(tag.unwrap_or("latest")))
    }
}

/// The tag of a name; one without a tag is `latest`.
pub(super) fn tag_of(name: &str) -> &str {
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    split(name).1.unwrap_or("latest")
}

/// The repository and the tag of a name; the port of a registry is no tag.
fn split(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    }
}

/// A repository as people write it, without Docker Hub's own names.
fn familiar(repository: &str) -> &str {
    let hub = repository
        .strip_prefix("docker.io/")
        .or_else(|| repository.strip_prefix("index.docker.io/"));
    let path = hub.unwrap_or(repository);
    path.strip_prefix("library/").unwrap_or(path)
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.tag {
            Some(tag) => write!(f, "{}:{tag}", self.repository),
            None => write!(f, "{}", self.repository),
        }
    }
}

impl<'de> Deserialize<'de> for ImageName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_a_tag_is_the_image_in_all_its_versions() {
        let api = ImageName::parse("acme/api").unwrap();
        for name in [
            "acme/api",
            "acme/api:1.2",
            "docker.io/acme/api",
            "acme/api@sha256:12",
        ] {
            assert!(api.matches(name), "{name}");
        }
        for name in ["api", "acme/apis", "registry:5000/acme/api"] {
            assert!(!api.matches(name), "{name}");
        }
    }

    #[test]
    fn images_of_docker_hub_have_many_names() {
        let nginx = ImageName::parse("docker.io/library/nginx").unwrap();
        assert!(nginx.matches("nginx:alpine"));
        assert!(nginx.matches("index.docker.io/library/nginx"));
        assert_eq!(nginx.to_string(), "nginx");
    }

    #[test]
    fn patterns_stand_for_many_images() {
        let matches = |pattern: &str, name: &str| ImageName::parse(pattern).unwrap().matches(name);
        assert!(matches("*", "localhost:5000/a/b:c"));
        assert!(matches("acme/*", "acme/a/b"));
        assert!(matches("acme/api:1.*", "acme/api:1.2"));
        assert!(!matches("acme/api:1.*", "acme/api"));
        assert!(matches("acme/api:latest", "acme/api"));
        assert!(matches("localhost:5000/*", "localhost:5000/api:1"));
    }

    #[test]
    fn what_no_image_can_be_called_is_refused() {
        for text in ["", "Acme", "a b", "a:", "a@sha256:12", ":x"] {
            assert!(ImageName::parse(text).is_err(), "{text}");
        }
    }
}
