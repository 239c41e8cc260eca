//! Rules that somebody wrote by hand: what is wrong is told with the field that it is in, and of
//! a file with its line.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::invalid::InvalidRule;

/// Reads JSON.
pub fn read<T: DeserializeOwned>(written: Value) -> Result<T, InvalidRule> {
    serde_path_to_error::deserialize(written).map_err(|error| {
        InvalidRule::Shape(placed(
            &error.path().to_string(),
            &error.inner().to_string(),
        ))
    })
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
    pub why: String,
}

/// Reads TOML.
pub fn read_file<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, InvalidFile> {
    let invalid = |error: &toml::de::Error, path: &str| {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.get(..at).unwrap_or(text);
        InvalidFile {
            file: file.to_owned(),
            line: 1 + before.matches('\n').count(),
            why: placed(path, error.message()),
        }
    };
    let document = toml::Deserializer::parse(text).map_err(|error| invalid(&error, "."))?;
    serde_path_to_error::deserialize(document)
        .map_err(|error| invalid(error.inner(), &error.path().to_string()))
}

fn placed(path: &str, why: &str) -> String {
    // Words may quote what was written, and nobody reads more of it.
    let why: String = why.chars().take(2000).collect();
    // What a part says of itself begins with its own name: it is joined to where the part is.
    let part = path.rsplit('.').next().unwrap_or(path);
    let member = why
        .strip_prefix('`')
        .and_then(|rest| rest.strip_prefix(part))
        .filter(|rest| rest.starts_with(['.', '`']));
    match (path, member) {
        (".", _) => why,
        (path, Some(member)) => format!("`{path}{member}"),
        (path, None) => format!("`{path}`: {why}"),
    }
}
