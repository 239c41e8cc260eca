//! Image references: reading them, and naming images as the engine does.

/// A name for an image: repository with tag or digest, or an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reference {
    /// `sha256:…`, or the 64 digits alone.
    Id(String),
    Named(Named),
}

/// A repository with what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    domain: String,
    path: String,
    tag: Option<String>,
    digest: Option<String>,
}

/// Why a text is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidReference {
    #[error("invalid reference format")]
    Format,
    #[error("invalid reference format: repository name ({0}) must be lowercase")]
    Uppercase(String),
    #[error("repository name must not be more than 255 characters")]
    TooLong,
}

const DEFAULT_DOMAIN: &str = "docker.io";
const LEGACY_DOMAIN: &str = "index.docker.io";
const OFFICIAL: &str = "library/";
/// The longest name of a repository, in bytes.
const LONGEST_NAME: usize = 255;
/// The longest tag, in bytes.
const LONGEST_TAG: usize = 128;

impl Reference {
    /// Reads an id or a name; a name without a domain is of Docker Hub.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidReference> {
        if is_sha256(text) {
            return Ok(Self::Id(format!("sha256:{text}")));
        }
        if text.strip_prefix("sha256:").is_some_and(is_sha256) {
            return Ok(Self::Id(text.to_owned()));
        }
        Named::parse(text).map(Self::Named)
    }

    /// Writes the reference as people do: `busybox:latest`, without Docker Hub's domain.
    pub(crate) fn familiar(&self) -> String {
        match self {
            Self::Id(id) => id.clone(),
            Self::Named(named) => named.familiar(),
        }
    }
}

impl Named {
    fn parse(text: &str) -> Result<Self, InvalidReference> {
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
        let is_valid = is_domain(&domain)
            && path.split('/').all(is_component)
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest);
        if !is_valid {
            return Err(InvalidReference::Format);
        }
        if path.len() > LONGEST_NAME {
            return Err(InvalidReference::TooLong);
        }
        Ok(Self {
            domain,
            path,
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    fn familiar(&self) -> String {
        let path = if self.domain == DEFAULT_DOMAIN {
            self.path.strip_prefix(OFFICIAL).unwrap_or(&self.path)
        } else {
            &self.path
        };
        let repository = match self.domain.as_str() {
            DEFAULT_DOMAIN => path.to_owned(),
            domain => format!("{domain}/{path}"),
        };
        match (&self.tag, &self.digest) {
            (None, None) => format!("{repository}:latest"),
            (Some(tag), None) => format!("{repository}:{tag}"),
            (None, Some(digest)) => format!("{repository}@{digest}"),
            (Some(tag), Some(digest)) => format!("{repository}:{tag}@{digest}"),
        }
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

fn is_digest(digest: &str) -> bool {
    digest.strip_prefix("sha256:").is_some_and(is_sha256)
}

fn is_sha256(hex: &str) -> bool {
    hex.len() == 64
        && hex
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
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
    fn what_is_no_reference_is_refused() {
        for text in [
            "", "-a", "a-", "a..b", "a___b", "a/", "/a", "a:", "a:-1", "a@b", "a b", "a:1:2",
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
