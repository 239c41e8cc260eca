//! What a command found out: one value that is rendered as text or as JSON.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

use crate::domain::harmless;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// A remark.
    Info,
    /// What was asked for.
    Data,
    /// Something the user may want to know.
    Warn,
    /// How to go on.
    Help,
}

/// A command's result.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    lines: Vec<(Level, String)>,
    json: Option<Value>,
    in_vain: bool,
}

impl Answer {
    /// Nothing to tell.
    pub fn none() -> Self {
        Self::default()
    }

    /// A table of `rows` under `headers`, with `json` for programs.
    pub fn table(headers: &[&str], rows: &[Vec<String>], json: Value) -> Self {
        Self::none()
            .with_lines(Level::Data, table(headers, rows))
            .with_json(json)
    }

    /// A line for each leaf of `value`, which is also the JSON.
    pub fn listing(value: Value) -> Self {
        let mut lines = Vec::new();
        list(&value, &mut Vec::new(), &mut lines);
        Self::none().with_lines(Level::Data, lines).with_json(value)
    }

    /// Adds lines.
    #[must_use]
    pub fn with_lines(mut self, level: Level, lines: impl IntoIterator<Item = String>) -> Self {
        self.lines
            .extend(lines.into_iter().map(|line| (level, line)));
        self
    }

    /// What was named is not there, in so many words.
    pub fn absent(words: impl Into<String>) -> Self {
        Self::none().with(Level::Warn, words).in_vain()
    }

    /// Says that nothing was found or done of what was asked for.
    #[must_use]
    pub fn in_vain(mut self) -> Self {
        self.in_vain = true;
        self
    }

    /// Was nothing found or done of what was asked for? Scripts of old take it for a success.
    pub fn is_in_vain(&self) -> bool {
        self.in_vain
    }

    /// Adds a line.
    #[must_use]
    pub fn with(self, level: Level, line: impl Into<String>) -> Self {
        self.with_lines(level, [line.into()])
    }

    /// Says what programs are told.
    #[must_use]
    pub fn with_json(mut self, json: Value) -> Self {
        self.json = Some(json);
        self
    }

    /// The lines for people.
    pub fn lines(&self) -> &[(Level, String)] {
        &self.lines
    }

    /// The value for programs.
    pub fn json(&self) -> Option<&Value> {
        self.json.as_ref()
    }
}

/// Turns what a command found into JSON.
pub fn value(of: &impl Serialize) -> Value {
    // Types that serialise to JSON with string keys cannot fail.
    serde_json::to_value(of).unwrap_or(Value::Null)
}

/// A line of a name and its value, as 0.10 lays out networks.
pub fn name_value(name: &str, value: &str) -> String {
    format!("{name:<32}: {value}")
}

/// A cell of a table where 0.8 shows a missing value by this word, on which scripts may rely.
pub fn or_undefined(text: Option<&impl ToString>) -> String {
    text.map_or_else(|| "undefined".to_owned(), ToString::to_string)
}

/// Lays a table out: two blanks between columns, dashes under the heads, each cell padded.
fn table(headers: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    // What is spelled out takes more room.
    let rows: Vec<Vec<Cow<'_, str>>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| harmless(cell)).collect())
        .collect();
    let widths: Vec<usize> = headers
        .iter()
        .enumerate()
        .map(|(column, header)| {
            rows.iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .chain([header.chars().count()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        widths
            .iter()
            .map(|width| format!("{:width$}", cells.next().unwrap_or_default()))
            .collect::<Vec<_>>()
            .join("  ")
    };
    let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    let mut lines = vec![
        line(&mut headers.iter().copied()),
        line(&mut dashes.iter().map(String::as_str)),
    ];
    lines.extend(
        rows.iter()
            .map(|row| line(&mut row.iter().map(AsRef::as_ref))),
    );
    lines
}

/// Writes one line per leaf: the path's words, then the value.
fn list(value: &Value, path: &mut Vec<String>, lines: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                path.push(key.clone());
                list(value, path, lines);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                path.push(index.to_string());
                list(value, path, lines);
                path.pop();
            }
        }
        Value::String(text) if is_moment(text) => lines.push(format!("{} {text}", path.join(" "))),
        Value::String(text) => lines.push(format!("{} \"{text}\"", path.join(" "))),
        other => lines.push(format!("{} {other}", path.join(" "))),
    }
}

/// Is it a moment as JSON spells one? The old CLI held those as dates, which it did not quote.
fn is_moment(text: &str) -> bool {
    const SHAPE: &[u8] = b"dddd-dd-ddTdd:dd:dd.dddZ";
    text.len() == SHAPE.len()
        && text.bytes().zip(SHAPE).all(|(byte, shape)| match shape {
            b'd' => byte.is_ascii_digit(),
            other => byte == *other,
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(answer: &Answer) -> Vec<&str> {
        answer
            .lines()
            .iter()
            .map(|(_, line)| line.as_str())
            .collect()
    }

    #[test]
    fn moments_are_not_quoted_but_what_only_looks_alike_is() {
        let answer = Answer::listing(json!({
            "published": "2012-08-28T00:00:00.000Z",
            "label": "2012-08-28T00:00:00Z",
        }));

        let mut lines = text(&answer);
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "label \"2012-08-28T00:00:00Z\"",
                "published 2012-08-28T00:00:00.000Z"
            ]
        );
    }

    #[test]
    fn every_cell_of_a_table_is_padded() {
        let answer = Answer::table(
            &["Name", "OS"],
            &[
                vec!["a".to_owned(), "Linux".to_owned()],
                vec!["longer".to_owned()],
            ],
            json!([]),
        );

        assert_eq!(
            text(&answer),
            [
                "Name    OS   ",
                "------  -----",
                "a       Linux",
                "longer       "
            ]
        );
    }

    #[test]
    fn a_listing_has_a_line_for_each_leaf() {
        let answer = Answer::listing(json!({
            "a": {"b": [{"c": 22, "d": "x"}]}, "e": [], "f": {}, "g": "", "h": true
        }));

        assert_eq!(
            text(&answer),
            ["a b 0 c 22", "a b 0 d \"x\"", "g \"\"", "h true"]
        );
    }
}
