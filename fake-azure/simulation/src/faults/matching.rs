//! Which calls a rule is about.
//!
//! Every call is held against every rule that waits, so patterns are bounded: what one costs a
//! call is its size times the length of the path.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use regex_lite::{Regex, RegexBuilder};
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::effect::Own;
use super::invalid::InvalidRule;

/// How many bytes a pattern may have.
pub const PATTERN: usize = 1024;

/// How many bytes a pattern may take when it is compiled: some hundred steps for each character
/// that it is held against.
const COMPILED: usize = 32 << 10;

/// How many bytes of a path a pattern is held against.
const SEARCHED: usize = 4096;

/// A call as rules see it.
#[derive(Clone, Debug, Default)]
pub struct Call<'a> {
    /// The HTTP method; empty where nobody came over a wire.
    pub method: &'a str,
    /// The path with its query, as much of it as a simulator shows.
    pub path: &'a str,
    /// The operation, as the journal calls it; empty where it is none.
    pub operation: &'a str,
    /// What it names, by the words for it: a thing may have several names.
    pub names: Vec<(&'static str, String)>,
    /// The operation of the call that does this by the way: it has no answer that could go wrong.
    pub within: Option<&'a str>,
}

impl Call<'_> {
    fn is_named(&self, word: &str, name: &str) -> bool {
        let mut names = self.names.iter().filter(|(of, _)| *of == word);
        names.any(|(_, own)| own.eq_ignore_ascii_case(name))
    }
}

/// Which calls a rule is about: those that are all that it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Match {
    /// The HTTP method; any when absent.
    pub method: Option<String>,
    /// A regular expression that is searched for in the path with its query; any when absent.
    /// What of the path a simulator shows here it says itself.
    pub path: Option<Pattern>,
    /// The operation by the name that the journal has for it; any when absent.
    pub operation: Option<String>,
    /// What the call names, by the words that a simulator has for it, in any case.
    pub names: BTreeMap<String, String>,
}

impl Match {
    pub(super) fn is_about(&self, call: &Call<'_>) -> bool {
        let same = |asked: &Option<String>, own: &str| {
            asked
                .as_ref()
                .is_none_or(|asked| asked.eq_ignore_ascii_case(own))
        };
        same(&self.method, call.method)
            && (same(&self.operation, call.operation)
                || call
                    .within
                    .is_some_and(|outer| same(&self.operation, outer)))
            && self
                .names
                .iter()
                .all(|(word, name)| call.is_named(word, name))
            && self.path.as_ref().is_none_or(|path| path.is_in(call.path))
    }

    pub(super) fn check<O: Own>(&self) -> Result<(), InvalidRule> {
        if let Some(method) = &self.method {
            check_method(method).map_err(|why| InvalidRule::field(["match", "method"], why))?;
        }
        if let Some(operation) = &self.operation {
            let checked = check_operation::<O>(operation);
            checked.map_err(|why| InvalidRule::field(["match", "operation"], why))?;
        }
        for (word, name) in &self.names {
            if !O::NAMES.contains(&word.as_str()) {
                return Err(InvalidRule::field(["match"], unknown::<O>(word)));
            }
            InvalidRule::check_length(["match"], name.len(), PATTERN)?;
        }
        Ok(())
    }
}

/// The methods of HTTP, in any case; no call has another.
const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE",
];

fn check_method(name: &str) -> Result<(), String> {
    if METHODS.iter().any(|known| known.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let told: String = name.chars().take(100).collect();
    Err(format!(
        "no method is called `{told}`: there are {}",
        METHODS.join(", ")
    ))
}

fn check_operation<O: Own>(name: &str) -> Result<(), String> {
    if O::is_operation(name) {
        return Ok(());
    }
    let told: String = name.chars().take(100).collect();
    Err(format!("no operation is called `{told}`"))
}

fn unknown<O: Own>(word: &str) -> String {
    let told: String = word.chars().take(100).collect();
    let known = ["method", "path", "operation"]
        .iter()
        .chain(O::NAMES)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>();
    format!(
        "unknown field `{told}`, expected one of {}",
        known.join(", ")
    )
}

/// A regular expression that is cheap to search for.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    compiled: Regex,
}

impl Pattern {
    /// Understands a text.
    pub fn new(text: &str) -> Result<Self, InvalidRule> {
        InvalidRule::check_length(["match", "path"], text.len(), PATTERN)?;
        match RegexBuilder::new(text).size_limit(COMPILED).build() {
            Ok(compiled) => Ok(Self {
                text: text.to_owned(),
                compiled,
            }),
            Err(error) => Err(InvalidRule::field(["match", "path"], no_pattern(&error))),
        }
    }

    fn is_in(&self, path: &str) -> bool {
        let searched = &path[..path.floor_char_boundary(SEARCHED)];
        self.compiled.is_match(searched)
    }
}

fn no_pattern(error: &regex_lite::Error) -> String {
    format!("not a regular expression: {error}")
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Pattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).map_err(|error| D::Error::custom(error.why()))
    }
}

impl Serialize for Match {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(method) = &self.method {
            map.serialize_entry("method", method)?;
        }
        if let Some(path) = &self.path {
            map.serialize_entry("path", path)?;
        }
        if let Some(operation) = &self.operation {
            map.serialize_entry("operation", operation)?;
        }
        for (word, name) in &self.names {
            map.serialize_entry(word, name)?;
        }
        map.end()
    }
}

/// Reads a match that may name what `O` knows.
pub(super) fn read<'de, O: Own, D: Deserializer<'de>>(deserializer: D) -> Result<Match, D::Error> {
    struct Members<O>(PhantomData<O>);

    impl<'de, O: Own> Visitor<'de> for Members<O> {
        type Value = Match;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("what of a call is to be like what, such as {\"method\": \"POST\"}")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Match, A::Error> {
            let mut read = Match::default();
            while let Some(word) = map.next_key::<String>()? {
                match word.as_str() {
                    "method" => read.method = Some(map.next_value::<Method>()?.0),
                    "path" => read.path = map.next_value()?,
                    "operation" => read.operation = Some(map.next_value::<Operation<O>>()?.0),
                    name if O::NAMES.contains(&name) => {
                        let told = map.next_value()?;
                        read.names.insert(word, told);
                    }
                    other => return Err(A::Error::custom(unknown::<O>(other))),
                }
            }
            Ok(read)
        }
    }

    deserializer.deserialize_map(Members(PhantomData::<O>))
}

/// The name of an operation that `O` has.
struct Operation<O>(String, PhantomData<O>);

impl<'de, O: Own> Deserialize<'de> for Operation<O> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        check_operation::<O>(&name).map_err(D::Error::custom)?;
        Ok(Self(name, PhantomData))
    }
}

/// The name of a method.
struct Method(String);

impl<'de> Deserialize<'de> for Method {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        check_method(&name).map_err(D::Error::custom)?;
        Ok(Self(name))
    }
}
