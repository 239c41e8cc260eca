//! Patterns: which lines, commands and images something is for.

use std::fmt::{self, Write as _};

use regex_lite::{Regex, RegexBuilder};
use serde::{Deserialize, Deserializer, de};

/// The most memory that a compiled expression takes, in bytes.
const LARGEST_EXPRESSION: usize = 1024 * 1024;

/// A pattern of text: a text in which `*` is any characters and `?` is one; or
/// `{ exact = "…" }`, `{ prefix = "…" }`, `{ regex = "…" }`.
///
/// What each `*` and each group of an expression stood for is `{1}`, `{2}` … in texts that
/// answer.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// The text itself.
    Exact(String),
    /// What begins with the text; the rest is `{1}`.
    Prefix(String),
    /// A text with `*` and `?`.
    Glob(Glob),
    /// A regular expression, which may match any part unless it is anchored.
    Expression(Regex),
}

/// A text with `*` for any characters and `?` for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(Vec<char>);

/// What parts of a text a pattern's parts stood for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captures {
    /// By number, from 1 on.
    pub numbered: Vec<String>,
    /// By name.
    pub named: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    exact: Option<String>,
    prefix: Option<String>,
    glob: Option<String>,
    regex: Option<String>,
}

impl Pattern {
    /// A text with `*` and `?`.
    pub fn glob(text: &str) -> Self {
        Self::Glob(Glob::new(text))
    }

    /// A regular expression.
    ///
    /// # Errors
    /// When it is none, or is too large.
    pub fn expression(text: &str) -> Result<Self, regex_lite::Error> {
        let mut builder = RegexBuilder::new(text);
        builder.size_limit(LARGEST_EXPRESSION);
        builder.build().map(Self::Expression)
    }

    /// Whether a text is one of the pattern's, and what its parts stood for.
    pub fn find(&self, text: &str) -> Option<Captures> {
        match self {
            Self::Exact(exact) => (exact == text).then(Captures::default),
            Self::Prefix(prefix) => text.strip_prefix(prefix.as_str()).map(|rest| Captures {
                numbered: vec![rest.to_owned()],
                named: Vec::new(),
            }),
            Self::Glob(glob) => glob.find(text).map(|numbered| Captures {
                numbered,
                named: Vec::new(),
            }),
            Self::Expression(expression) => {
                let found = expression.captures(text)?;
                let text_of = |group: Option<regex_lite::Match<'_>>| {
                    group.map_or_else(String::new, |group| group.as_str().to_owned())
                };
                let names = expression.capture_names().flatten();
                Some(Captures {
                    numbered: found.iter().skip(1).map(text_of).collect(),
                    named: names
                        .map(|name| (name.to_owned(), text_of(found.name(name))))
                        .collect(),
                })
            }
        }
    }
}

impl From<&str> for Pattern {
    fn from(text: &str) -> Self {
        Self::glob(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exact(one), Self::Exact(two)) | (Self::Prefix(one), Self::Prefix(two)) => {
                one == two
            }
            (Self::Glob(one), Self::Glob(two)) => one == two,
            (Self::Expression(one), Self::Expression(two)) => one.as_str() == two.as_str(),
            _ => false,
        }
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Pattern;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "a text with `*`, or a table with one of `exact`, `prefix`, `glob` and `regex`",
                )
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Pattern, E> {
                Ok(Pattern::glob(text))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Pattern, A::Error> {
                let written = Written::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let exact = written.exact.map(|text| Ok(Pattern::Exact(text)));
                let prefix = written.prefix.map(|text| Ok(Pattern::Prefix(text)));
                let glob = written.glob.map(|text| Ok(Pattern::glob(&text)));
                let regex = written.regex.map(|text| {
                    Pattern::expression(&text).map_err(|error| {
                        de::Error::custom(format!("`{text}` is no regular expression: {error}"))
                    })
                });
                let mut patterns = [exact, prefix, glob, regex].into_iter().flatten();
                match (patterns.next(), patterns.next()) {
                    (Some(pattern), None) => pattern,
                    _ => Err(de::Error::custom(
                        "a pattern has exactly one of `exact`, `prefix`, `glob` and `regex`",
                    )),
                }
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

impl Glob {
    /// Reads a text with `*` and `?`.
    pub fn new(text: &str) -> Self {
        Self(text.chars().collect())
    }

    /// Whether it stands for more than one text.
    pub fn is_pattern(&self) -> bool {
        self.0.iter().any(|c| matches!(c, '*' | '?'))
    }

    /// Whether a text is one of the pattern's.
    pub fn matches(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// What each `*` stood for; each as little as will do.
    ///
    /// Takes time in proportion to both lengths at most: only the last `*` that was met ever
    /// takes more.
    pub(in crate::process::script) fn find(&self, text: &str) -> Option<Vec<String>> {
        let text: Vec<char> = text.chars().collect();
        let mut taken: Vec<(usize, usize)> = Vec::new();
        let (mut at, mut read) = (0, 0);
        let mut star = None;
        while read < text.len() {
            match self.0.get(at) {
                Some('*') => {
                    taken.push((read, read));
                    at += 1;
                    star = Some(at);
                }
                Some(&expected) if expected == '?' || expected == text[read] => {
                    at += 1;
                    read += 1;
                }
                _ => {
                    at = star?;
                    let last = taken.last_mut()?;
                    last.1 += 1;
                    read = last.1;
                }
            }
        }
        while self.0.get(at) == Some(&'*') {
            taken.push((read, read));
            at += 1;
        }
        (at == self.0.len()).then(|| {
            let part = |(from, to): (usize, usize)| text[from..to].iter().collect();
            taken.into_iter().map(part).collect()
        })
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|character| f.write_char(*character))
    }
}

impl From<&str> for Glob {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pattern: &str, text: &str) -> Option<Vec<String>> {
        Glob::new(pattern).find(text)
    }

    #[test]
    fn a_glob_tells_what_its_stars_stood_for() {
        let words = |words: &[&str]| Some(words.iter().map(|w| (*w).to_owned()).collect());
        assert_eq!(found("PING", "PING"), words(&[]));
        assert_eq!(found("GET *", "GET key"), words(&["key"]));
        assert_eq!(found("SET * *", "SET a b c"), words(&["a", "b c"]));
        assert_eq!(found("*", ""), words(&[""]));
        assert_eq!(found("a*b*", "aXbYbZ"), words(&["X", "YbZ"]));
        assert_eq!(found("?x*", "üxy"), words(&["y"]));
        assert_eq!(found("*.txt", "a.txt.txt"), words(&["a.txt"]));
        assert_eq!(found("PING", "PINGS"), None);
        assert_eq!(found("a*b", "ac"), None);
        assert_eq!(found("?", ""), None);
    }

    #[test]
    fn a_glob_with_many_stars_ends_soon() {
        let pattern = "*a".repeat(200) + "b";
        assert_eq!(found(&pattern, &"a".repeat(20_000)), None);
    }

    #[test]
    fn an_expression_tells_its_groups_by_number_and_name() {
        let pattern = Pattern::expression(r"^(\w+)=(?<value>\d+)$").unwrap();
        let found = pattern.find("a=1").unwrap();
        assert_eq!(found.numbered, ["a", "1"]);
        assert_eq!(found.named, [("value".to_owned(), "1".to_owned())]);
        assert_eq!(pattern.find("a=b"), None);
        assert_eq!(
            Pattern::Prefix("npm ".to_owned())
                .find("npm ci")
                .unwrap()
                .numbered,
            ["ci"]
        );
    }
}
