//! Rules that somebody wrote by hand: what is wrong is told with the field that it is in, and of
//! a file with its line.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Track;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::invalid::InvalidRule;
use super::place::{Place, Step};

/// What is read and then looked at: not all that can be written down makes sense.
pub trait Checked: DeserializeOwned {
    /// Refuses what makes no sense, by its place in it.
    fn check(&self) -> Result<(), InvalidRule>;
}

/// Reads JSON.
pub fn read<T: Checked>(written: Value) -> Result<T, InvalidRule> {
    let read: T = serde_path_to_error::deserialize(written)
        .map_err(|error| misread(error.path(), &error.inner().to_string()))?;
    read.check()?;
    Ok(read)
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {why}")]
pub struct InvalidFile {
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1 on.
    pub line: usize,
    /// The field, and why it means nothing.
    pub why: InvalidRule,
}

/// Reads TOML.
pub fn read_file<T: Checked>(file: &str, text: &str) -> Result<T, InvalidFile> {
    let invalid = |at: usize, why: InvalidRule| {
        let before = text.get(..at).unwrap_or(text);
        InvalidFile {
            file: file.to_owned(),
            line: 1 + before.matches('\n').count(),
            why,
        }
    };
    let start = |error: &toml::de::Error| error.span().map_or(0, |span| span.start);
    let document = DeTable::parse(text).map_err(|error| {
        let why = InvalidRule::field(Place::default(), bounded(error.message()));
        invalid(start(&error), why)
    })?;
    let mut track = Track::new();
    let reader = toml::Deserializer::from(document.clone());
    let read = T::deserialize(serde_path_to_error::Deserializer::new(reader, &mut track));
    let read = read.map_err(|error| {
        let why = misread(&track.path(), error.message());
        invalid(start(&error), why)
    })?;
    read.check()
        .map_err(|why| invalid(line_start(&document, why.place()), why))?;
    Ok(read)
}

fn misread(path: &serde_path_to_error::Path, why: &str) -> InvalidRule {
    InvalidRule::field(path, bounded(why))
}

/// Words may quote what was written, and nobody reads more of it.
fn bounded(why: &str) -> String {
    why.chars().take(2000).collect()
}

/// Where a part of a document begins; where that is missing, the innermost part around it that is
/// there.
fn line_start(document: &Spanned<DeTable<'_>>, place: &Place) -> usize {
    fn of_table(table: &DeTable<'_>, steps: &[Step]) -> Option<usize> {
        let (Step::Member(name), rest) = steps.split_first()? else {
            return None;
        };
        let value = table.get(name.as_str())?;
        Some(of_value(value, rest))
    }
    fn of_value(value: &Spanned<DeValue<'_>>, steps: &[Step]) -> usize {
        let inner = match (value.get_ref(), steps) {
            (DeValue::Table(table), _) => of_table(table, steps),
            (DeValue::Array(items), [Step::Item(n), rest @ ..]) => {
                items.get(*n).map(|item| of_value(item, rest))
            }
            _ => None,
        };
        inner.unwrap_or(value.span().start)
    }
    of_table(document.get_ref(), place.steps()).unwrap_or(document.span().start)
}
