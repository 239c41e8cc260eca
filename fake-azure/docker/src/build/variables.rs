//! Variables in the words of a Dockerfile: `$x`, `${x}`, `${x:-word}` and their kin.

mod pattern;

use std::collections::HashMap;
use std::iter::Peekable;
use std::str::Chars;

use self::pattern::{End, InvalidPattern, Pattern};
use super::quote::Quoted;

/// What the names stand for.
pub(crate) type Variables = HashMap<String, String>;

/// The longest text that a word may become, in bytes: what Linux takes for one argument.
const LONGEST: usize = 128 * 1024;
/// How deeply substitutions may stand in each other.
const DEEPEST: usize = 100;

/// Why a word cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to process {}: {reason}", Quoted(word))]
pub(crate) struct InvalidWord {
    word: String,
    reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Reason {
    #[error("unexpected end of statement while looking for matching {0}")]
    Unmatched(&'static str),
    #[error("syntax error: missing '}}'")]
    NoEnd,
    #[error("syntax error: missing '/' in ${{}}")]
    NoReplacement,
    #[error("syntax error: bad substitution")]
    BadSubstitution,
    #[error("unsupported modifier ({0}) in substitution")]
    Modifier(String),
    #[error("{name}: {message}")]
    Unset { name: String, message: String },
    #[error("invalid pattern ({pattern}) in substitution: {reason}")]
    Pattern {
        pattern: String,
        reason: InvalidPattern,
    },
    #[error("the result is longer than {LONGEST} bytes")]
    TooLong,
    #[error("substitutions are nested deeper than {DEEPEST}")]
    TooDeep,
}

/// How quotes, escapes and variables in words are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expander {
    escape: char,
    keeps_quotes: bool,
    keeps_escapes: bool,
    keeps_unset: bool,
}

impl Expander {
    /// Puts values in for variables and takes quotes and escapes away.
    pub(crate) fn new(escape: char) -> Self {
        Self {
            escape,
            keeps_quotes: false,
            keeps_escapes: false,
            keeps_unset: false,
        }
    }

    /// Lets quotes stand.
    pub(crate) fn keep_quotes(self) -> Self {
        Self {
            keeps_quotes: true,
            ..self
        }
    }

    /// Lets escapes stand.
    pub(crate) fn keep_escapes(self) -> Self {
        Self {
            keeps_escapes: true,
            ..self
        }
    }

    /// Lets variables without a value stand.
    pub(crate) fn keep_unset(self) -> Self {
        Self {
            keeps_unset: true,
            ..self
        }
    }

    /// Makes one text of one word.
    pub(crate) fn expand(self, word: &str, values: &Variables) -> Result<String, InvalidWord> {
        self.read(word, values).map(|result| result.text)
    }

    /// Makes words of one text: blanks that were neither quoted nor escaped separate them,
    /// those of values too.
    pub(crate) fn split(self, text: &str, values: &Variables) -> Result<Vec<String>, InvalidWord> {
        self.read(text, values).map(|result| result.words)
    }

    fn read(self, word: &str, values: &Variables) -> Result<Expanded, InvalidWord> {
        let mut reader = Reader {
            chars: word.chars().peekable(),
            how: self,
            values,
            depth: 0,
            length: 0,
        };
        reader.until(None).map_err(|reason| InvalidWord {
            word: word.to_owned(),
            reason,
        })
    }
}

/// A text, and the words that it is cut into.
#[derive(Debug, Default)]
struct Expanded {
    text: String,
    words: Vec<String>,
    word: String,
}

impl Expanded {
    /// Adds a character as it was written; white space ends a word.
    fn push(&mut self, c: char) {
        self.text.push(c);
        self.push_to_words(c);
    }

    fn push_to_words(&mut self, c: char) {
        if !c.is_whitespace() {
            self.word.push(c);
        } else if !self.word.is_empty() {
            self.words.push(std::mem::take(&mut self.word));
        }
    }

    /// Adds what was quoted or escaped: its white space ends nothing.
    fn push_quoted(&mut self, text: &str) {
        self.text.push_str(text);
        self.word.push_str(text);
    }

    fn push_value(&mut self, value: &str) {
        self.text.push_str(value);
        value.chars().for_each(|c| self.push_to_words(c));
    }

    fn finished(mut self) -> Self {
        if !self.word.is_empty() {
            self.words.push(std::mem::take(&mut self.word));
        }
        self
    }
}

struct Reader<'a> {
    chars: Peekable<Chars<'a>>,
    how: Expander,
    values: &'a Variables,
    depth: usize,
    /// How much was put in for variables.
    length: usize,
}

impl Reader<'_> {
    /// Reads to the end, or to and without `stop`.
    fn until(&mut self, stop: Option<char>) -> Result<Expanded, Reason> {
        let mut result = Expanded::default();
        while let Some(&c) = self.chars.peek() {
            if stop == Some(c) {
                self.chars.next();
                return Ok(result.finished());
            }
            match c {
                '\'' => result.push_quoted(&self.single_quoted()?),
                '"' => result.push_quoted(&self.double_quoted()?),
                '$' => result.push_value(&self.variable()?),
                _ => {
                    self.chars.next();
                    if c == self.how.escape {
                        self.escaped(&mut result);
                    } else {
                        result.push(c);
                    }
                }
            }
        }
        match stop {
            Some(_) => Err(Reason::NoEnd),
            None => Ok(result.finished()),
        }
    }

    fn escaped(&mut self, result: &mut Expanded) {
        let mut buffer = [0; 4];
        if self.how.keeps_escapes {
            result.push_quoted(self.how.escape.encode_utf8(&mut buffer));
        }
        if let Some(c) = self.chars.next() {
            result.push_quoted(c.encode_utf8(&mut buffer));
        }
    }

    fn single_quoted(&mut self) -> Result<String, Reason> {
        let mut text = String::new();
        self.quote(&mut text);
        loop {
            match self.chars.peek() {
                None => return Err(Reason::Unmatched("single-quote")),
                Some('\'') => {
                    self.quote(&mut text);
                    return Ok(text);
                }
                Some(&c) => {
                    self.chars.next();
                    text.push(c);
                }
            }
        }
    }

    fn double_quoted(&mut self) -> Result<String, Reason> {
        let mut text = String::new();
        self.quote(&mut text);
        loop {
            match self.chars.peek() {
                None => return Err(Reason::Unmatched("double-quote")),
                Some('"') => {
                    self.quote(&mut text);
                    return Ok(text);
                }
                Some('$') => text.push_str(&self.variable()?),
                Some(&c) if c == self.how.escape => {
                    self.chars.next();
                    if self.how.keeps_escapes {
                        text.push(c);
                    }
                    match self.chars.peek() {
                        // Nothing else can be escaped here: the escape is a letter.
                        Some(&next) if next == '"' || next == '$' || next == self.how.escape => {
                            self.chars.next();
                            text.push(next);
                        }
                        Some(_) => text.push(c),
                        None => {}
                    }
                }
                Some(&c) => {
                    self.chars.next();
                    text.push(c);
                }
            }
        }
    }

    /// Passes over a quote, or takes it in.
    fn quote(&mut self, text: &mut String) {
        if let Some(quote) = self.chars.next()
            && self.how.keeps_quotes
        {
            text.push(quote);
        }
    }

    fn variable(&mut self) -> Result<String, Reason> {
        self.chars.next();
        if self.chars.peek() != Some(&'{') {
            let name = self.name();
            if name.is_empty() {
                return Ok("$".to_owned());
            }
            return match self.value(&name) {
                None if self.how.keeps_unset => Ok(format!("${name}")),
                value => self.counted(value.unwrap_or_default()),
            };
        }
        self.chars.next();
        match self.chars.peek() {
            None => return Err(Reason::NoEnd),
            Some('{' | '}' | ':') => return Err(Reason::BadSubstitution),
            Some(_) => {}
        }
        if self.depth == DEEPEST {
            return Err(Reason::TooDeep);
        }
        self.depth += 1;
        let result = self.substitution();
        self.depth -= 1;
        result.and_then(|value| self.counted(value))
    }

    /// Reads what stands behind `${`.
    fn substitution(&mut self) -> Result<String, Reason> {
        let name = self.name();
        let value = self.value(&name);
        let mut written = String::new();
        let mut next = || {
            let c = self.chars.next();
            written.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
            c
        };
        let mut modifier = next();
        let empty_is_unset = modifier == Some(':');
        if empty_is_unset {
            modifier = next();
        }
        match modifier {
            Some('}') if !empty_is_unset => match value {
                None if self.how.keeps_unset => Ok(format!("${{{name}}}")),
                value => Ok(value.unwrap_or_default()),
            },
            Some('/') if !empty_is_unset => self.replaced(&name, value),
            Some(c) if empty_is_unset || "+-?#%".contains(c) => {
                let word = self.word(matches!(c, '#' | '%'))?;
                if value.is_none() && self.how.keeps_unset {
                    return Ok(format!("${{{name}{written}{word}}}"));
                }
                let present = value.clone().filter(|v| !empty_is_unset || !v.is_empty());
                match c {
                    '-' => Ok(present.unwrap_or(word)),
                    '+' => Ok(present.map_or_else(String::new, |_| word)),
                    '?' => present.ok_or_else(|| Reason::Unset {
                        name,
                        message: match (word.as_str(), &value) {
                            ("", None) => "is not allowed to be unset".to_owned(),
                            ("", Some(_)) => "is not allowed to be empty".to_owned(),
                            _ => word,
                        },
                    }),
                    '#' => trimmed(&value.unwrap_or_default(), &word, c, End::Front),
                    '%' => trimmed(&value.unwrap_or_default(), &word, c, End::Back),
                    _ => Err(Reason::Modifier(written)),
                }
            }
            // `${x:` is told as a missing end, `${x` as a modifier that nobody knows.
            None if empty_is_unset => Err(Reason::NoEnd),
            _ => Err(Reason::Modifier(written)),
        }
    }

    /// Reads `/pattern/replacement}` behind a name and its first slash.
    fn replaced(&mut self, name: &str, value: Option<String>) -> Result<String, Reason> {
        let everywhere = self.chars.next_if_eq(&'/').is_some();
        let keeps_escapes = std::mem::replace(&mut self.how.keeps_escapes, true);
        let parts = self
            .inner('/')
            .and_then(|pattern| Ok((pattern, self.inner('}')?)));
        self.how.keeps_escapes = keeps_escapes;
        let (pattern, replacement) = parts?;
        if value.is_none() && self.how.keeps_unset {
            return Ok(format!("${{{name}/{pattern}/{replacement}}}"));
        }
        let value = value.unwrap_or_default();
        Pattern::parse(&pattern)
            .and_then(|parsed| parsed.replace(&value, &replacement, everywhere))
            .map_err(|reason| Reason::Pattern { pattern, reason })
    }

    /// Reads the word of a substitution and its closing brace.
    fn word(&mut self, is_pattern: bool) -> Result<String, Reason> {
        let keeps_escapes = std::mem::replace(&mut self.how.keeps_escapes, is_pattern);
        let word = self.inner('}');
        self.how.keeps_escapes = keeps_escapes;
        word
    }

    /// Reads to and without `stop`, which is what is missing when the text ends.
    fn inner(&mut self, stop: char) -> Result<String, Reason> {
        match self.until(Some(stop)) {
            Ok(part) => Ok(part.text),
            Err(_) if self.chars.peek().is_none() && stop == '/' => Err(Reason::NoReplacement),
            Err(_) if self.chars.peek().is_none() => Err(Reason::NoEnd),
            Err(reason) => Err(reason),
        }
    }

    /// Reads a name: letters, digits and underscores, a number, or a special character.
    fn name(&mut self) -> String {
        let mut name = String::new();
        let Some(&first) = self.chars.peek() else {
            return name;
        };
        let is_part: fn(char) -> bool = if first.is_numeric() {
            char::is_numeric
        } else if "@*#?-$!".contains(first) {
            self.chars.next();
            return first.to_string();
        } else {
            |c| c.is_alphanumeric() || c == '_'
        };
        while let Some(c) = self.chars.next_if(|c| is_part(*c)) {
            name.push(c);
        }
        name
    }

    fn value(&self, name: &str) -> Option<String> {
        self.values.get(name).cloned()
    }

    fn counted(&mut self, value: String) -> Result<String, Reason> {
        self.length += value.len();
        if self.length > LONGEST {
            return Err(Reason::TooLong);
        }
        Ok(value)
    }
}

/// Takes off what a pattern finds at one end: as little as it can, or as much as it can
/// when the modifier stands twice.
fn trimmed(value: &str, word: &str, modifier: char, end: End) -> Result<String, Reason> {
    let (pattern, is_greedy) = match word.strip_prefix(modifier) {
        Some(pattern) => (pattern, true),
        None => (word, false),
    };
    Pattern::parse(pattern)
        .and_then(|parsed| parsed.trim(value, end, is_greedy))
        .map_err(|reason| Reason::Pattern {
            pattern: pattern.to_owned(),
            reason,
        })
}

#[cfg(test)]
mod tests;
