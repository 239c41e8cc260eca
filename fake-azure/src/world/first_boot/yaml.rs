//! YAML as PyYAML's safe loader reads it, which is what cloud-init reads with.
//!
//! The grammar is a crate's; what a plain scalar means is YAML 1.1's business and stands in
//! `scalar`. Aliases and nesting are bounded: a document is never worth more than [`MOST`].

mod scalar;

use std::collections::BTreeMap;
use std::fmt;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

/// How deep values may lie in each other.
const DEEPEST: usize = 128;
/// What a document may be worth: its values and the bytes of their text, copies of aliases included.
const MOST: usize = 8 << 20;
/// The longest document, in bytes.
const LONGEST: usize = 4 << 20;

/// A value, as Python has it after reading.
#[derive(Clone, PartialEq)]
pub(super) enum Yaml {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Self>),
    Map(BTreeMap<String, Self>),
}

/// Why a document is not read; it tells nothing of what the document says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum YamlError {
    #[error("not YAML in line {0}")]
    Syntax(usize),
    #[error("more than one document")]
    Several,
    #[error("too large, too deep, or too many aliases")]
    TooLarge,
    #[error("a key that is a list or a mapping")]
    UnhashableKey,
    #[error("a tag that the safe loader does not know, or a value that is not of it")]
    Tag,
    #[error("an alias of what is not whole yet")]
    Alias,
    #[error("a merge of what is no mapping")]
    Merge,
}

/// A collection that is being read.
struct Open {
    anchor: usize,
    collection: Collection,
}

enum Collection {
    List(Vec<Yaml>),
    Map {
        entries: BTreeMap<String, Yaml>,
        /// What `<<` brings; it stands back behind the mapping's own keys.
        merged: Vec<Yaml>,
        key: Option<Key>,
    },
}

enum Key {
    Named(String),
    Merge,
}

/// What is read so far.
#[derive(Default)]
struct Reading {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Yaml>,
    worth: usize,
    root: Option<Yaml>,
}

/// Reads the one document of a text; no document is null.
pub(super) fn read(text: &str) -> Result<Yaml, YamlError> {
    if text.len() > LONGEST {
        return Err(YamlError::TooLarge);
    }
    let mut reading = Reading::default();
    let mut documents = 0;
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| YamlError::Syntax(error.marker().line()))?;
        if matches!(event, Event::DocumentStart(_)) {
            documents += 1;
            if documents > 1 {
                return Err(YamlError::Several);
            }
        }
        reading.take(event)?;
    }
    Ok(reading.root.unwrap_or(Yaml::Null))
}

impl Reading {
    fn take(&mut self, event: Event<'_>) -> Result<(), YamlError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_plain = style == ScalarStyle::Plain;
                if is_plain && tag.is_none() && text == "<<" && self.awaits_key() {
                    return self.key(Key::Merge);
                }
                let value = scalar::value(&text, is_plain, tag.as_deref())?;
                self.put(anchor, value)
            }
            Event::SequenceStart(anchor, tag) => {
                check(tag.as_deref(), &["seq", "omap", "pairs"])?;
                self.begin(anchor, Collection::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                check(tag.as_deref(), &["map", "set"])?;
                let collection = Collection::Map {
                    entries: BTreeMap::new(),
                    merged: Vec::new(),
                    key: None,
                };
                self.begin(anchor, collection)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(Open { anchor, collection }) = self.open.pop() else {
                    return Ok(());
                };
                let value = match collection {
                    Collection::List(items) => Yaml::List(items),
                    Collection::Map {
                        entries, merged, ..
                    } => Yaml::Map(with_merged(entries, merged)?),
                };
                self.put(anchor, value)
            }
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).ok_or(YamlError::Alias)?;
                let worth = worth_of(value);
                self.spend(worth)?;
                let value = self.anchors.get(&anchor).cloned();
                self.put(0, value.ok_or(YamlError::Alias)?)
            }
            _ => Ok(()),
        }
    }

    fn awaits_key(&self) -> bool {
        let last = self.open.last().map(|open| &open.collection);
        matches!(last, Some(Collection::Map { key: None, .. }))
    }

    fn key(&mut self, next: Key) -> Result<(), YamlError> {
        if let Some(Collection::Map { key, .. }) = self.open.last_mut().map(|o| &mut o.collection) {
            *key = Some(next);
        }
        self.spend(1)
    }

    fn begin(&mut self, anchor: usize, collection: Collection) -> Result<(), YamlError> {
        if self.open.len() >= DEEPEST {
            return Err(YamlError::TooLarge);
        }
        self.spend(1)?;
        self.open.push(Open { anchor, collection });
        Ok(())
    }

    /// A value is whole: it goes to where it belongs.
    fn put(&mut self, anchor: usize, value: Yaml) -> Result<(), YamlError> {
        if anchor > 0 {
            self.spend(worth_of(&value))?;
            self.anchors.insert(anchor, value.clone());
        }
        self.spend(match &value {
            Yaml::Text(text) => 1 + text.len(),
            _ => 1,
        })?;
        let Some(open) = self.open.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        match &mut open.collection {
            Collection::List(items) => items.push(value),
            Collection::Map {
                entries,
                merged,
                key,
            } => match key.take() {
                None => *key = Some(Key::Named(value.hashable()?)),
                Some(Key::Named(name)) => {
                    entries.insert(name, value);
                }
                Some(Key::Merge) => merged.push(value),
            },
        }
        Ok(())
    }

    fn spend(&mut self, worth: usize) -> Result<(), YamlError> {
        self.worth += worth;
        if self.worth > MOST {
            return Err(YamlError::TooLarge);
        }
        Ok(())
    }
}

/// A mapping with what `<<` brought: of several mappings the first that has a key gives it.
fn with_merged(
    mut entries: BTreeMap<String, Yaml>,
    merged: Vec<Yaml>,
) -> Result<BTreeMap<String, Yaml>, YamlError> {
    for value in merged {
        let maps = match value {
            Yaml::List(maps) => maps,
            map => vec![map],
        };
        for map in maps {
            let Yaml::Map(map) = map else {
                return Err(YamlError::Merge);
            };
            for (key, value) in map {
                entries.entry(key).or_insert(value);
            }
        }
    }
    Ok(entries)
}

/// A collection's tag must be one that means this kind of collection.
fn check(tag: Option<&Tag>, known: &[&str]) -> Result<(), YamlError> {
    match tag {
        None => Ok(()),
        Some(tag) if is_unspecific(tag) => Ok(()),
        Some(tag) if tag.is_yaml_core_schema() && known.contains(&tag.suffix.as_str()) => Ok(()),
        Some(_) => Err(YamlError::Tag),
    }
}

/// `!` alone, which asks for no type.
fn is_unspecific(tag: &Tag) -> bool {
    (tag.handle.is_empty() || tag.handle == "!") && (tag.suffix.is_empty() || tag.suffix == "!")
}

/// What copying a value costs. No value is deeper than [`DEEPEST`].
fn worth_of(value: &Yaml) -> usize {
    match value {
        Yaml::Text(text) => 1 + text.len(),
        Yaml::Bytes(bytes) => 1 + bytes.len(),
        Yaml::List(items) => 1 + items.iter().map(worth_of).sum::<usize>(),
        Yaml::Map(entries) => {
            let worth = |(key, value): (&String, &Yaml)| key.len() + worth_of(value);
            1 + entries.iter().map(worth).sum::<usize>()
        }
        _ => 1,
    }
}

impl Yaml {
    /// The value as a key; Python takes no list and no mapping for one.
    fn hashable(self) -> Result<String, YamlError> {
        match self {
            Self::List(_) | Self::Map(_) => Err(YamlError::UnhashableKey),
            Self::Text(text) => Ok(text),
            other => Ok(other.spelled()),
        }
    }

    /// What Python's `str()` makes of it.
    pub(super) fn spelled(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            other => other.represented(),
        }
    }

    /// What Python's `repr()` makes of it.
    fn represented(&self) -> String {
        match self {
            Self::Null => "None".to_owned(),
            Self::Bool(true) => "True".to_owned(),
            Self::Bool(false) => "False".to_owned(),
            Self::Int(number) => number.to_string(),
            Self::Float(number) if number.is_finite() => format!("{number:?}"),
            Self::Float(number) => format!("{number}").to_lowercase(),
            Self::Text(text) => format!("'{text}'"),
            Self::Bytes(bytes) => format!("b'{}'", bytes.escape_ascii()),
            Self::List(items) => {
                let items: Vec<_> = items.iter().map(Self::represented).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entries = entries.iter();
                let entries: Vec<_> = entries
                    .map(|(key, value)| format!("'{key}': {}", value.represented()))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
        }
    }

    /// What stands under a key of a mapping.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.get(key),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub(super) fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// Whether cloud-init takes it for yes.
    pub(super) fn is_yes(&self) -> bool {
        match self {
            Self::Bool(yes) => *yes,
            Self::Null => false,
            other => {
                let word = other.spelled().trim().to_lowercase();
                matches!(word.as_str(), "true" | "1" | "on" | "yes")
            }
        }
    }
}

/// A document may hold keys and passwords: its kind alone is shown.
impl fmt::Debug for Yaml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "Null",
            Self::Bool(_) => "Bool",
            Self::Int(_) => "Int",
            Self::Float(_) => "Float",
            Self::Text(_) => "Text",
            Self::Bytes(_) => "Bytes",
            Self::List(_) => "List",
            Self::Map(_) => "Map",
        })
    }
}

#[cfg(test)]
mod tests;
