//! The grammar, by recursive descent.
//!
//! A script is read one complete line of commands at a time, because a shell runs a line
//! before it looks at the next. Text may come in pieces: a command that goes on behind
//! what is there is [`Stop::Incomplete`], and reading starts over with more text.

mod alias;
mod braces;
mod complaint;
mod compound;
mod cursor;
mod here_document;
mod parameter;
mod simple;
mod test;
mod token;
mod word;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::complaint::{Complaint, Found};
pub(crate) use self::complaint::{Stop, SyntaxError};
use self::cursor::{Cursor, Mark};
use self::here_document::Pending;
pub(super) use self::simple::{assignment, is_declaration, subscripted};
use self::token::Token;
use super::dialect::Dialect;
use super::syntax::{AndOr, Command, Connector, Item, List, Pipeline, Word};

/// How deeply commands and expansions may stand in each other. Each level costs a few
/// kilobytes of the thread's stack.
const DEEPEST: usize = 60;

/// The longest text of one command, in bytes.
const LONGEST: usize = 16 << 20;

/// The words that begin or end a compound command.
const RESERVED: [&str; 16] = [
    "!", "{", "}", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then",
    "until", "while",
];

/// Reads commands from a text.
#[derive(Debug)]
pub(super) struct Parser {
    cursor: Cursor,
    dialect: Dialect,
    depth: usize,
    peeked: Option<Token>,
    /// Where the token began that was read last.
    start_of_token: Mark,
    aliases: Arc<BTreeMap<String, String>>,
    /// The aliases whose text is being read, with how much of all text lies behind it.
    active_aliases: Vec<(String, usize)>,
    /// The text as it was before an alias was put in.
    before_aliases: Option<Cursor>,
    /// Where the commands began that were read last.
    start: Mark,
    /// The here-documents whose texts follow the line.
    pending: Vec<Pending>,
}

impl Parser {
    /// Makes a parser of a text that is complete.
    pub(super) fn new(text: impl Into<String>, dialect: Dialect, line: usize) -> Self {
        Self::nested(text.into(), dialect, line, 0)
    }

    /// Makes a parser of a text that comes in pieces.
    pub(super) fn growing(dialect: Dialect) -> Self {
        Self {
            cursor: Cursor::new(String::new(), 1, true),
            ..Self::new("", dialect, 1)
        }
    }

    /// Reads text as it is read between double quotes; None if it cannot be.
    pub(super) fn document_of(text: &str, dialect: Dialect) -> Option<Word> {
        Self::new(text, dialect, 1).document().ok()
    }

    fn nested(text: String, dialect: Dialect, line: usize, depth: usize) -> Self {
        let cursor = Cursor::new(text, line, false);
        Self {
            start_of_token: cursor.mark(),
            start: cursor.mark(),
            cursor,
            dialect,
            depth,
            peeked: None,
            aliases: Arc::default(),
            active_aliases: Vec::new(),
            before_aliases: None,
            pending: Vec::new(),
        }
    }

    /// Appends text to what is to be read.
    pub(super) fn push(&mut self, text: &str) {
        self.cursor.push(text);
    }

    /// Says that the text is complete.
    pub(super) fn finish(&mut self) {
        self.cursor.finish();
    }

    /// Drops what has not been read, as an interactive shell does after an error.
    pub(super) fn skip_all(&mut self) {
        self.cursor.skip_all();
    }

    /// Reads the next complete line of commands; None at the end of the text.
    pub(super) fn next_commands(&mut self) -> Result<Option<Arc<List>>, Stop> {
        self.start = self.cursor.mark();
        let depth = self.depth;
        let outcome = self.line_of_commands();
        self.peeked = None;
        self.pending.clear();
        self.active_aliases.clear();
        self.depth = depth;
        let before_aliases = self.before_aliases.take();
        if outcome == Err(Stop::Incomplete) {
            if let Some(cursor) = before_aliases {
                self.cursor = cursor;
            }
            self.cursor.return_to(self.start);
            if self.cursor.rest().len() > LONGEST {
                let error = self.cursor.error(Complaint::TooLong);
                self.skip_all();
                return Err(error);
            }
        }
        outcome
    }

    /// Returns the text of the commands that were read last.
    pub(super) fn last_text(&self) -> &str {
        self.cursor.between(self.start, self.cursor.mark())
    }

    /// Whether nothing but blanks and comments is left to read.
    pub(super) fn is_at_end(&self) -> bool {
        self.cursor.rest().trim_start().is_empty()
    }

    /// Returns the line on which reading has stopped.
    pub(super) fn line_here(&self) -> &str {
        self.cursor.line_here()
    }

    /// Returns how much text is waiting to be read.
    pub(super) fn waiting(&self) -> usize {
        self.cursor.rest().len()
    }

    /// Says which words stand for others in the commands to come.
    pub(super) fn set_aliases(&mut self, aliases: Arc<BTreeMap<String, String>>) {
        self.aliases = aliases;
    }

    fn line_of_commands(&mut self) -> Result<Option<Arc<List>>, Stop> {
        loop {
            match self.peek()? {
                Token::Newline => {
                    self.skip()?;
                    // Nobody need read an empty line again.
                    self.start = self.cursor.mark();
                }
                Token::End => return Ok(None),
                _ => break,
            }
        }
        let mut list = List::default();
        loop {
            let goes_on = self.item(&mut list)?;
            match self.peek()? {
                // What follows on the next line stays in the text: a peek would wait for it.
                Token::Newline | Token::End => break,
                _ if goes_on => {}
                _ => return Err(self.unexpected(None)),
            }
        }
        Ok(Some(Arc::new(list)))
    }

    /// Reads commands up to a word or an operator that ends them.
    fn list(&mut self, may_be_empty: bool) -> Result<Arc<List>, Stop> {
        let mut list = List::default();
        loop {
            self.skip_newlines()?;
            if self.is_at_end_of_list()? {
                break;
            }
            if !self.item(&mut list)? && !matches!(self.peek()?, Token::Newline) {
                break;
            }
        }
        if list.items.is_empty() && !may_be_empty && !matches!(self.peek()?, Token::End) {
            return Err(self.unexpected(None));
        }
        Ok(Arc::new(list))
    }

    /// Reads one member of a list with its separator; whether there was one.
    fn item(&mut self, list: &mut List) -> Result<bool, Stop> {
        self.peek()?;
        let start = self.start_of_token;
        let mut and_or = self.and_or()?;
        self.peek()?;
        let text = self.cursor.between(start, self.start_of_token).to_owned();
        let is_background = self.accept("&")?;
        if is_background {
            and_or.text = shortened(&text);
        }
        let and_or = Arc::new(and_or);
        let is_separated = is_background || self.accept(";")?;
        list.items.push(Item {
            and_or,
            is_background,
        });
        Ok(is_separated)
    }

    fn is_at_end_of_list(&mut self) -> Result<bool, Stop> {
        Ok(match self.peek()? {
            Token::End | Token::Operator(")" | ";;" | ";&") => true,
            Token::Word(word) => matches!(
                word.as_bare(),
                Some("}" | "do" | "done" | "elif" | "else" | "esac" | "fi" | "then")
            ),
            _ => false,
        })
    }

    fn and_or(&mut self) -> Result<AndOr, Stop> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            let connector = match self.peek()? {
                Token::Operator("&&") => Connector::And,
                Token::Operator("||") => Connector::Or,
                _ => {
                    return Ok(AndOr {
                        first,
                        rest,
                        text: String::new(),
                    });
                }
            };
            self.skip()?;
            self.skip_newlines()?;
            rest.push((connector, self.pipeline()?));
        }
    }

    /// Reads `time` of bash, if it stands here; whether with `-p`.
    fn timed(&mut self) -> Result<Option<bool>, Stop> {
        if self.dialect.is_bash() && self.accept_word("time")? {
            return self.accept_word("-p").map(Some);
        }
        Ok(None)
    }

    fn pipeline(&mut self) -> Result<Pipeline, Stop> {
        let is_timed = self.timed()?;
        let mut is_negated = self.accept_word("!")?;
        while self.dialect.is_bash() && self.accept_word("!")? {
            is_negated = !is_negated;
        }
        let mut commands = vec![self.command()?];
        loop {
            if self.accept("|&")? {
                // Only the last command, which is at hand, can be told to send its errors on.
                Self::join_errors(&mut commands);
            } else if !self.accept("|")? {
                break;
            }
            self.skip_newlines()?;
            commands.push(self.command()?);
        }
        let commands = commands.into_iter().map(Arc::new).collect();
        Ok(Pipeline {
            is_negated,
            is_timed,
            commands,
        })
    }

    /// Reads one command, simple or compound.
    fn command(&mut self) -> Result<Command, Stop> {
        self.deeper(Self::command_here)
    }

    fn command_here(&mut self) -> Result<Command, Stop> {
        self.peek()?;
        while self.replace_alias() {
            self.peek()?;
        }
        let line = self.start_of_token.line();
        let Some(kind) = self.compound()? else {
            return self.simple(line);
        };
        let mut redirections = Vec::new();
        while let Some(redirection) = self.redirection()? {
            redirections.push(redirection);
        }
        Ok(Command {
            line,
            kind,
            redirections,
        })
    }

    /// Reads something one level deeper.
    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Result<T, Stop> {
        if self.depth == DEEPEST {
            return Err(self.cursor.error(Complaint::TooDeep));
        }
        self.depth += 1;
        let outcome = read(self);
        self.depth -= 1;
        outcome
    }

    /// Returns the next token, without moving on.
    fn peek(&mut self) -> Result<&Token, Stop> {
        let token = match self.peeked.take() {
            Some(token) => token,
            None => self.read_token()?,
        };
        Ok(self.peeked.insert(token))
    }

    /// Returns the next token and moves on.
    fn next(&mut self) -> Result<Token, Stop> {
        match self.peeked.take() {
            Some(token) => Ok(token),
            None => self.read_token(),
        }
    }

    fn skip(&mut self) -> Result<(), Stop> {
        self.next().map(drop)
    }

    fn skip_newlines(&mut self) -> Result<(), Stop> {
        while matches!(self.peek()?, Token::Newline) {
            self.skip()?;
        }
        Ok(())
    }

    /// Moves behind the operator if it is next.
    fn accept(&mut self, operator: &str) -> Result<bool, Stop> {
        let is_next = matches!(self.peek()?, Token::Operator(next) if *next == operator);
        if is_next {
            self.skip()?;
        }
        Ok(is_next)
    }

    /// Moves behind the reserved word if it is next.
    fn accept_word(&mut self, reserved: &str) -> Result<bool, Stop> {
        let is_next = matches!(self.peek()?, Token::Word(word) if word.as_bare() == Some(reserved));
        if is_next {
            self.skip()?;
        }
        Ok(is_next)
    }

    fn expect(&mut self, operator: &'static str) -> Result<(), Stop> {
        if self.accept(operator)? {
            Ok(())
        } else {
            Err(self.unexpected(Some(operator)))
        }
    }

    fn expect_word(&mut self, reserved: &'static str) -> Result<(), Stop> {
        if self.accept_word(reserved)? {
            Ok(())
        } else {
            Err(self.unexpected(Some(reserved)))
        }
    }

    /// Makes an error of the next token.
    fn unexpected(&mut self, expected: Option<&'static str>) -> Stop {
        let found = match self.peek() {
            Err(stop) => return stop,
            Ok(token) => token.found(),
        };
        let complaint = Complaint::Unexpected { found, expected };
        // To bash the end is a line of its own.
        if self.dialect.is_bash()
            && matches!(
                &complaint,
                Complaint::Unexpected {
                    found: Found::End,
                    ..
                }
            )
            && !self.cursor.is_at_start_of_line()
        {
            return complaint.on_line(self.cursor.line() + 1);
        }
        self.cursor.error(complaint)
    }
}

/// Returns the beginning of a command's text, on one line.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 80;
    text.trim_end()
        .chars()
        .take(SHOWN)
        .take_while(|c| *c != '\n')
        .collect()
}

/// Whether `text` is a name that a variable can have.
pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(is_start_of_name) && text.chars().all(is_in_name)
}

fn is_start_of_name(character: char) -> bool {
    character.is_ascii_alphabetic() || character == '_'
}

fn is_in_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

#[cfg(test)]
mod tests;
