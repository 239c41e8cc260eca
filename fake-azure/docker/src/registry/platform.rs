//! Platforms: what an image runs on.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What an image runs on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Platform {
    /// The operating system: `linux`.
    pub os: String,
    /// The processor: `amd64`.
    pub architecture: String,
    /// The processor's variant: `v8`; often empty.
    pub variant: String,
}

impl Platform {
    /// The platform of every simulated host.
    pub fn host() -> Self {
        Self::linux("amd64", "")
    }

    pub(crate) fn linux(architecture: &str, variant: &str) -> Self {
        Self {
            os: "linux".to_owned(),
            architecture: architecture.to_owned(),
            variant: variant.to_owned(),
        }
    }

    /// Reads `os/architecture/variant`, or one of the first two alone.
    pub fn parse(text: &str) -> Result<Self, InvalidPlatform> {
        let host = Self::host();
        let parts: Vec<&str> = text.split('/').collect();
        if let Some(part) = parts.iter().find(|part| !is_word(part)) {
            return Err(InvalidPlatform::Word {
                part: (*part).to_owned(),
                text: text.to_owned(),
            });
        }
        let lower: Vec<String> = parts.iter().map(|part| part.to_lowercase()).collect();
        let (os, architecture, variant) = match lower.as_slice() {
            [os] if is_os(os) => (os.clone(), host.architecture, String::new()),
            [processor] if is_processor(processor) => (host.os, processor.clone(), String::new()),
            [_] => return Err(InvalidPlatform::Unknown(text.to_owned())),
            [os, processor] => (os.clone(), processor.clone(), String::new()),
            [os, processor, variant] => (os.clone(), processor.clone(), variant.clone()),
            _ => return Err(InvalidPlatform::Shape(text.to_owned())),
        };
        let (architecture, variant) = normal(&architecture, &variant);
        Ok(Self {
            os,
            architecture,
            variant,
        })
    }

    /// What `uname -m` says on a machine of this kind.
    pub fn hardware(&self) -> &str {
        let (architecture, variant) = (self.architecture.as_str(), self.variant.as_str());
        match (architecture, variant) {
            ("amd64", _) => "x86_64",
            ("arm64", _) => "aarch64",
            ("386", _) => "i686",
            ("arm", "v5" | "v6") => "armv6l",
            ("arm", _) => "armv7l",
            ("loong64", _) => "loongarch64",
            (other, _) => other,
        }
    }

    /// Whether an image for `other` is what was asked for.
    pub fn takes(&self, other: &Self) -> bool {
        let of = |platform: &Self| normal(&platform.architecture, &platform.variant);
        self.os == other.os && of(self) == of(other)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        match self.variant.as_str() {
            "" => Ok(()),
            variant => write!(f, "/{variant}"),
        }
    }
}

/// Why a text names no platform.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPlatform {
    /// A part of it is no word.
    #[error(
        "{part:?} is an invalid component of {text:?}: platform specifier component must match \"^[A-Za-z0-9_.-]+$\": invalid argument"
    )]
    Word {
        /// The part.
        part: String,
        /// All of it.
        text: String,
    },
    /// One word that is neither.
    #[error("{0:?}: unknown operating system or architecture: invalid argument")]
    Unknown(String),
    /// More words than a platform has.
    #[error("{0:?}: cannot parse platform specifier: invalid argument")]
    Shape(String),
}

fn is_word(part: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    !part.is_empty() && part.bytes().all(is_fit)
}

fn is_os(word: &str) -> bool {
    ["linux", "windows", "darwin", "freebsd"].contains(&word)
}

fn is_processor(word: &str) -> bool {
    const KNOWN: [&str; 14] = [
        "386", "aarch64", "amd64", "arm", "arm64", "armel", "armhf", "i386", "loong64", "ppc64le",
        "riscv64", "s390x", "x86-64", "x86_64",
    ];
    KNOWN.contains(&word)
}

/// One of the several names of a processor: `aarch64` is `arm64`, and `arm64/v8` is too.
fn normal(architecture: &str, variant: &str) -> (String, String) {
    let (architecture, variant) = match (architecture, variant) {
        ("x86_64" | "x86-64" | "amd64", "" | "v1") => ("amd64", ""),
        ("x86_64" | "x86-64", variant) => ("amd64", variant),
        ("i386" | "i486" | "i586" | "i686", _) => ("386", ""),
        ("aarch64" | "arm64", "" | "v8" | "8") => ("arm64", ""),
        ("aarch64", variant) => ("arm64", variant),
        ("armhf", _) | ("arm", "" | "7") => ("arm", "v7"),
        ("armel", _) => ("arm", "v6"),
        other => other,
    };
    (architecture.to_owned(), variant.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_read_from_its_parts() {
        for (text, written) in [
            ("linux/amd64", "linux/amd64"),
            ("linux", "linux/amd64"),
            ("arm64", "linux/arm64"),
            ("linux/aarch64", "linux/arm64"),
            ("linux/arm64/v8", "linux/arm64"),
            ("linux/arm", "linux/arm/v7"),
            ("Windows/AMD64", "windows/amd64"),
            ("linux/x86_64", "linux/amd64"),
        ] {
            assert_eq!(Platform::parse(text).unwrap().to_string(), written);
        }
    }

    #[test]
    fn what_is_no_platform_is_refused_with_its_reason() {
        for (text, message) in [
            (
                "bad/x/y/z",
                "\"bad/x/y/z\": cannot parse platform specifier: invalid argument",
            ),
            (
                "nosuch",
                "\"nosuch\": unknown operating system or architecture: invalid argument",
            ),
            (
                "linux/",
                "\"\" is an invalid component of \"linux/\": platform specifier component must match \"^[A-Za-z0-9_.-]+$\": invalid argument",
            ),
        ] {
            assert_eq!(Platform::parse(text).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn the_eighth_variant_of_arm64_goes_without_saying() {
        let eighth = Platform::linux("arm64", "v8");

        assert!(Platform::parse("linux/arm64").unwrap().takes(&eighth));
        assert!(!Platform::host().takes(&eighth));
    }
}
