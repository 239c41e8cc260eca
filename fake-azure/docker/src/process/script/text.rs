//! Texts with variables: `hello {env.USER:-you}`.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// How deep variables may stand in each other.
const DEEPEST: usize = 4;
/// The longest name of a variable, in bytes.
const LONGEST_KEY: usize = 256;
/// The longest text that stands for a missing variable, in bytes.
const LONGEST_DEFAULT: usize = 4096;
/// The longest text that variables are filled into, in bytes.
pub(super) const LONGEST_FILLED: usize = 1024 * 1024;

/// A text with variables in braces.
///
/// | variable | what stands for it |
/// |---|---|
/// | `{env.NAME}` | a variable of the process's environment |
/// | `{args}`, `{args.1}` | the words after the command, or one of them; `{args.0}` is the command |
/// | `{hostname}`, `{pid}` | the container's host name, the process's number |
/// | `{child}` | which one a process is of those that a program has beside it |
/// | `{time}`, `{time.unix}` | the time as RFC 3339 or in seconds since 1970 |
/// | `{counter}`, `{counter.NAME}` | a counter of the container, which goes up by one first |
/// | `{count.NAME}` | the same counter as it stands |
/// | `{state.NAME}` | what a `set` has put there |
/// | `{line}`, `{1}`, `{match.NAME}` | the line that is answered, and what its pattern matched |
/// | `{method}`, `{path}`, `{path.NAME}`, `{query.NAME}`, `{header.NAME}`, `{body}`, `{status}` | of an HTTP request and its answer |
/// | `{peer}` | who is at the other end of a connection |
///
/// After `:-` stands what is taken instead of nothing: `{env.PORT:-8080}`. Names may be made of
/// variables: `{state.{1}}`. A brace that begins no variable stands for itself, and `{{` is a
/// brace in any case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Variable(Variable),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Variable {
    kind: Kind,
    key: Text,
    otherwise: Option<Text>,
}

/// What a variable tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Args,
    Body,
    Capture,
    Child,
    Count,
    Counter,
    Env,
    Header,
    HostName,
    Line,
    Match,
    Method,
    Path,
    Peer,
    Pid,
    Query,
    State,
    Status,
    Time,
}

/// Why a text with braces means nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// A word in braces that is no variable.
    #[error(
        "there is no variable `{{{0}}}`; write `{{{{{0}}}` for the words themselves, or one of {KNOWN}"
    )]
    Unknown(String),
    /// A variable that needs a name after a dot.
    #[error("`{{{0}}}` needs a name: `{{{0}.NAME}}`")]
    NoName(String),
    /// A variable that takes no name.
    #[error("`{{{0}}}` takes no name after a dot")]
    Named(String),
    /// Variables in variables in variables.
    #[error("variables stand too deep in each other")]
    TooDeep,
}

/// The names of the variables, for whoever mistyped one.
const KNOWN: &str = "{env.NAME} {args} {args.1} {hostname} {pid} {child} {time} {counter} {count.NAME} \
                     {state.NAME} {line} {1} {match.NAME} {method} {path} {path.NAME} \
                     {query.NAME} {header.NAME} {body} {status} {peer}";

impl Kind {
    /// The kind of a word, whether it has to have a name after a dot, and whether it may.
    fn of(word: &str) -> Option<(Self, bool, bool)> {
        if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
            return Some((Self::Capture, false, false));
        }
        Some(match word {
            "args" => (Self::Args, false, true),
            "body" => (Self::Body, false, false),
            "child" => (Self::Child, false, false),
            "count" => (Self::Count, true, true),
            "counter" => (Self::Counter, false, true),
            "env" => (Self::Env, true, true),
            "header" => (Self::Header, true, true),
            "hostname" => (Self::HostName, false, false),
            "line" => (Self::Line, false, false),
            "match" => (Self::Match, true, true),
            "method" => (Self::Method, false, false),
            "path" => (Self::Path, false, true),
            "peer" => (Self::Peer, false, false),
            "pid" => (Self::Pid, false, false),
            "query" => (Self::Query, true, true),
            "state" => (Self::State, true, true),
            "status" => (Self::Status, false, false),
            "time" => (Self::Time, false, true),
            _ => return None,
        })
    }
}

/// What variables stand for where a text is filled.
pub(super) trait Values {
    /// The value of a variable; none is the same as an empty one.
    fn value(&self, kind: Kind, key: &str) -> Option<String>;
}

impl Text {
    /// Reads a text with variables.
    ///
    /// # Errors
    /// When a word in braces looks like a variable and is none.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        Reader { rest: text }.text(&[], 0)
    }

    /// A text in which braces mean nothing.
    pub fn literal(text: impl Into<String>) -> Self {
        Self(vec![Part::Literal(text.into())])
    }

    /// The text, when it has no variables.
    pub(super) fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether the text is empty whatever its variables are.
    pub(super) fn is_empty(&self) -> bool {
        self.as_literal() == Some("")
    }

    /// Fills the variables in.
    pub(super) fn fill(&self, values: &dyn Values) -> String {
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Literal(text) => filled.push_str(text),
                Part::Variable(variable) => {
                    let key = variable.key.fill(values);
                    match values.value(variable.kind, &key) {
                        Some(value) if !value.is_empty() => filled.push_str(&value),
                        _ => {
                            if let Some(otherwise) = &variable.otherwise {
                                filled.push_str(&otherwise.fill(values));
                            }
                        }
                    }
                }
            }
            if filled.len() > LONGEST_FILLED {
                filled.truncate(filled.floor_char_boundary(LONGEST_FILLED));
                break;
            }
        }
        filled
    }

    fn push(&mut self, character: char) {
        if let Some(Part::Literal(text)) = self.0.last_mut() {
            text.push(character);
        } else {
            self.0.push(Part::Literal(character.to_string()));
        }
    }
}

impl From<&str> for Text {
    /// Reads a text with variables; one that means nothing stands for itself.
    fn from(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|_| Self::literal(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Reads from a text what is left of it.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// Reads up to one of `ends`, or to the end.
    fn text(&mut self, ends: &[char], depth: usize) -> Result<Text, InvalidText> {
        let mut text = Text::default();
        while let Some(character) = self.rest.chars().next() {
            if ends.contains(&character) {
                break;
            }
            if character != '{' {
                text.push(character);
                self.rest = &self.rest[character.len_utf8()..];
            } else if let Some(after) = self.rest.strip_prefix("{{") {
                text.push('{');
                self.rest = after;
            } else if let Some(variable) = self.variable(depth)? {
                text.0.push(Part::Variable(variable));
            } else {
                text.push('{');
                self.rest = &self.rest[1..];
            }
        }
        Ok(text)
    }

    /// Reads a variable; nothing is read where none stands.
    fn variable(&mut self, depth: usize) -> Result<Option<Variable>, InvalidText> {
        let inside = &self.rest[1..];
        let end = inside
            .bytes()
            .take(LONGEST_KEY)
            .position(|b| !b.is_ascii_lowercase() && !b.is_ascii_digit() && b != b'_');
        let Some(end) = end.filter(|end| *end > 0) else {
            return Ok(None);
        };
        let (word, after) = inside.split_at(end);
        let mut ahead = Reader { rest: after };
        let mut key = None;
        if let Some(rest) = after.strip_prefix('.') {
            ahead.rest = rest;
            key = Some(ahead.nested(&['}', ':', ' ', '\n', '"', '\''], LONGEST_KEY, depth)?);
        }
        let mut otherwise = None;
        if let Some(rest) = ahead.rest.strip_prefix(":-") {
            ahead.rest = rest;
            otherwise = Some(ahead.nested(&['}'], LONGEST_DEFAULT, depth)?);
        }
        let Some(rest) = ahead.rest.strip_prefix('}') else {
            return Ok(None);
        };
        let Some((kind, must, may)) = Kind::of(word) else {
            return Err(InvalidText::Unknown(word.to_owned()));
        };
        let key = match key {
            None if must => return Err(InvalidText::NoName(word.to_owned())),
            Some(key) if key.is_empty() => return Err(InvalidText::NoName(word.to_owned())),
            Some(_) if !may => return Err(InvalidText::Named(word.to_owned())),
            // The number is the name of what it captured.
            None if kind == Kind::Capture => Text::literal(word),
            key => key.unwrap_or_default(),
        };
        self.rest = rest;
        Ok(Some(Variable {
            kind,
            key,
            otherwise,
        }))
    }

    fn nested(&mut self, ends: &[char], most: usize, depth: usize) -> Result<Text, InvalidText> {
        if depth + 1 >= DEEPEST {
            return Err(InvalidText::TooDeep);
        }
        let all = self.rest;
        let window = &all[..all.floor_char_boundary(most)];
        let mut ahead = Reader { rest: window };
        let text = ahead.text(ends, depth + 1)?;
        self.rest = &all[window.len() - ahead.rest.len()..];
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Echo;

    impl Values for Echo {
        fn value(&self, kind: Kind, key: &str) -> Option<String> {
            match key {
                "NONE" => None,
                _ => Some(format!("<{kind:?} {key}>")),
            }
        }
    }

    fn filled(text: &str) -> String {
        Text::parse(text).unwrap().fill(&Echo)
    }

    #[test]
    fn variables_are_filled_in() {
        assert_eq!(filled("a {env.HOME} b"), "a <Env HOME> b");
        assert_eq!(filled("{hostname}{1}"), "<HostName ><Capture 1>");
        assert_eq!(filled("{args.2}"), "<Args 2>");
        assert_eq!(filled("{env.NONE:-a b}"), "a b");
        assert_eq!(filled("{env.NONE:-{env.B}}"), "<Env B>");
        assert_eq!(filled("{env.NONE}|"), "|");
        assert_eq!(filled("{state.{1}}"), "<State <Capture 1>>");
    }

    #[test]
    fn braces_that_begin_no_variable_stand_for_themselves() {
        for text in [
            r#"{"id": {"a": 1}}"#,
            "{}",
            "{",
            "}",
            "a { b } c",
            "body{color:red}",
            "{Upper}",
            "{env.A B}",
            "{env.A",
            "{ü}",
        ] {
            assert_eq!(filled(text), text);
        }
        assert_eq!(filled("{{env.A}"), "{env.A}");
    }

    #[test]
    fn a_mistyped_variable_is_told() {
        let error = |text: &str| Text::parse(text).unwrap_err();
        assert_eq!(
            error("{hostnam}"),
            InvalidText::Unknown("hostnam".to_owned())
        );
        assert_eq!(error("{env}"), InvalidText::NoName("env".to_owned()));
        assert_eq!(error("{env.}"), InvalidText::NoName("env".to_owned()));
        assert_eq!(error("{pid.x}"), InvalidText::Named("pid".to_owned()));
        let deep = "{state.{state.{state.{state.{1}}}}}";
        assert_eq!(error(deep), InvalidText::TooDeep);
        let words = error("{hostnam}").to_string();
        assert!(words.starts_with("there is no variable `{hostnam}`; write `{{hostnam}`"));
    }

    #[test]
    fn a_text_stays_bounded() {
        struct Long;
        impl Values for Long {
            fn value(&self, _: Kind, _: &str) -> Option<String> {
                Some("ü".repeat(300_000))
            }
        }
        let text = Text::parse(&"{1}".repeat(50)).unwrap();
        assert!(text.fill(&Long).len() <= LONGEST_FILLED);
        assert_eq!(filled(&"{".repeat(20_000)).len(), 10_000);
        let unclosed = "{1:-".repeat(2_000);
        assert!(Text::parse(&unclosed).is_err());
    }
}
