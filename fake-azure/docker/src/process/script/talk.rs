//! A protocol of lines: what is said to whoever connects or types, and what is answered.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};

use super::lines::Lines;
use super::pattern::Pattern;
use super::span::Span;
use super::text::Text;

/// A protocol of lines, over standard input and output or over a connection.
#[derive(Clone, Debug)]
pub struct Talk {
    /// What is said first.
    pub greeting: Lines,
    /// What is shown before each line that is read; no line end follows it.
    pub prompt: Text,
    /// What a line ends with. Lines that are read may end with a line feed alone.
    pub end: String,
    /// The answers; the first that fits is given.
    pub answers: Vec<Answer>,
    /// The answer to any other line.
    pub otherwise: Option<Answer>,
    /// The code that the program ends with when there are no more lines.
    pub at_end: Option<u8>,
}

/// An answer to a line.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The lines that it answers.
    pub to: Pattern,
    /// How long it takes.
    pub after: Duration,
    /// Values that it keeps for `{state.NAME}`.
    pub set: Vec<(Text, Text)>,
    /// The lines that are said.
    pub say: Lines,
    /// What is said after them without a line end.
    pub raw: Text,
    /// Lines that the program prints to its standard output at that.
    pub log: Lines,
    /// Whether the connection is closed after it.
    pub close: bool,
    /// The code that the program ends with after it.
    pub exit: Option<u8>,
}

impl Default for Talk {
    fn default() -> Self {
        Self {
            greeting: Lines::default(),
            prompt: Text::default(),
            end: "\n".to_owned(),
            answers: Vec::new(),
            otherwise: None,
            at_end: None,
        }
    }
}

impl Talk {
    /// Whether it says something before anybody else does.
    pub(super) fn speaks_first(&self) -> bool {
        !self.greeting.0.is_empty() || self.prompt.as_literal() != Some("")
    }

    /// Says a line first.
    #[must_use]
    pub fn greets(mut self, line: impl Into<Text>) -> Self {
        self.greeting.0.push(line.into());
        self
    }

    /// Shows a prompt before each line that is read.
    #[must_use]
    pub fn prompts(mut self, prompt: impl Into<Text>) -> Self {
        self.prompt = prompt.into();
        self
    }

    /// Ends each line that is said as the protocols of the Internet do, with `\r\n`.
    #[must_use]
    pub fn crlf(mut self) -> Self {
        "\r\n".clone_into(&mut self.end);
        self
    }

    /// Answers the lines of a pattern with a line.
    #[must_use]
    pub fn answers(self, to: impl Into<Pattern>, say: impl Into<Text>) -> Self {
        self.answer(Answer::new(to, say))
    }

    /// Adds an answer.
    #[must_use]
    pub fn answer(mut self, answer: Answer) -> Self {
        self.answers.push(answer);
        self
    }

    /// Answers any other line with a line.
    #[must_use]
    pub fn otherwise(mut self, say: impl Into<Text>) -> Self {
        self.otherwise = Some(Answer::new("*", say));
        self
    }

    /// Ends the program with a code when there are no more lines.
    #[must_use]
    pub fn exits_at_end(mut self, code: u8) -> Self {
        self.at_end = Some(code);
        self
    }
}

impl Answer {
    /// Answers the lines of a pattern with a line.
    pub fn new(to: impl Into<Pattern>, say: impl Into<Text>) -> Self {
        Self {
            to: to.into(),
            after: Duration::ZERO,
            set: Vec::new(),
            say: Lines(vec![say.into()]),
            raw: Text::default(),
            log: Lines::default(),
            close: false,
            exit: None,
        }
    }

    /// Takes its time.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.after = delay;
        self
    }

    /// Keeps a value for `{state.NAME}`.
    #[must_use]
    pub fn sets(mut self, name: impl Into<Text>, value: impl Into<Text>) -> Self {
        self.set.push((name.into(), value.into()));
        self
    }

    /// Prints a line to the program's standard output.
    #[must_use]
    pub fn logs(mut self, line: impl Into<Text>) -> Self {
        self.log.0.push(line.into());
        self
    }

    /// Closes the connection after it.
    #[must_use]
    pub fn closes(mut self) -> Self {
        self.close = true;
        self
    }

    /// Ends the program with a code after it.
    #[must_use]
    pub fn exits(mut self, code: u8) -> Self {
        self.exit = Some(code);
        self
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTalk {
    #[serde(default)]
    greeting: Lines,
    #[serde(default)]
    prompt: Text,
    #[serde(default)]
    end: LineEnd,
    #[serde(default)]
    answer: Vec<WrittenAnswer>,
    otherwise: Option<WrittenAnswer>,
    at_end: Option<u8>,
}

/// What lines end with.
#[derive(Clone, Copy, Default, Deserialize)]
enum LineEnd {
    #[default]
    #[serde(rename = "lf")]
    LineFeed,
    #[serde(rename = "crlf")]
    Internet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAnswer {
    to: Option<Pattern>,
    after: Option<Span>,
    #[serde(default)]
    set: BTreeMap<String, Text>,
    #[serde(default)]
    say: Lines,
    #[serde(default)]
    raw: Text,
    #[serde(default)]
    log: Lines,
    #[serde(default)]
    close: bool,
    exit: Option<u8>,
}

impl WrittenTalk {
    fn talk(self) -> Result<Talk, &'static str> {
        let end = match self.end {
            LineEnd::LineFeed => "\n",
            LineEnd::Internet => "\r\n",
        };
        if self.answer.iter().any(|answer| answer.to.is_none()) {
            return Err("an answer says which lines it answers: `to = \"hello *\"`");
        }
        if self.otherwise.as_ref().is_some_and(|o| o.to.is_some()) {
            return Err("`otherwise` answers every other line: leave `to` out");
        }
        Ok(Talk {
            greeting: self.greeting,
            prompt: self.prompt,
            end: end.to_owned(),
            answers: self.answer.into_iter().map(Answer::from).collect(),
            otherwise: self.otherwise.map(Answer::from),
            at_end: self.at_end,
        })
    }
}

impl From<WrittenAnswer> for Answer {
    fn from(written: WrittenAnswer) -> Self {
        Self {
            to: written.to.unwrap_or_else(|| Pattern::glob("*")),
            after: written.after.unwrap_or_default().0,
            set: pairs(written.set),
            say: written.say,
            raw: written.raw,
            log: written.log,
            close: written.close,
            exit: written.exit,
        }
    }
}

/// Names and values of a table; a name may have variables.
pub(super) fn pairs(table: BTreeMap<String, Text>) -> Vec<(Text, Text)> {
    let pair = |(name, value): (String, Text)| (Text::from(name), value);
    table.into_iter().map(pair).collect()
}

impl<'de> Deserialize<'de> for Talk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        WrittenTalk::deserialize(deserializer)?
            .talk()
            .map_err(de::Error::custom)
    }
}
