//! Words and what quoting does in them.

use std::sync::Arc;

use super::super::syntax::{List, Piece, Word};
use super::super::text;
use super::Parser;
use super::complaint::{Complaint, Found, Stop};
use super::token::Token;

/// The pieces of a word as they are read; text beside text becomes one piece.
#[derive(Debug, Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn bare(&mut self, character: char) {
        match self.0.last_mut() {
            Some(Piece::Bare(text)) => text.push(character),
            _ => self.0.push(Piece::Bare(character.to_string())),
        }
    }

    fn quoted(&mut self, character: char) {
        match self.0.last_mut() {
            Some(Piece::Quoted(text)) => text.push(character),
            _ => self.0.push(Piece::Quoted(character.to_string())),
        }
    }

    /// Adds a piece that came of a `$`, which may be the mere character.
    fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Bare(text) => text.chars().for_each(|character| self.bare(character)),
            Piece::Quoted(text) if !text.is_empty() => {
                text.chars().for_each(|character| self.quoted(character));
            }
            other => self.0.push(other),
        }
    }

    fn into_word(self) -> Word {
        Word { pieces: self.0 }
    }
}

/// Whether `character` ends a word that is not quoted.
fn ends_word(character: char) -> bool {
    matches!(
        character,
        ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')'
    )
}

impl Parser {
    /// Reads a word up to a blank or an operator.
    pub(super) fn word(&mut self) -> Result<Word, Stop> {
        let mut pieces = Pieces::default();
        while let Some(character) = self.cursor.peek()? {
            if self.begins_pipe(character)? {
                let piece = self.pipe()?;
                pieces.add(piece);
            } else if ends_word(character) {
                break;
            } else {
                self.bare_character(&mut pieces)?;
            }
        }
        Ok(pieces.into_word())
    }

    /// Whether `<( … )` or `>( … )` is next, of which this is the first character.
    pub(super) fn begins_pipe(&mut self, first: char) -> Result<bool, Stop> {
        if !self.dialect.is_bash() || !matches!(first, '<' | '>') {
            return Ok(false);
        }
        let start = self.cursor.mark();
        self.cursor.next()?;
        let begins = self.cursor.peek()? == Some('(');
        self.cursor.return_to(start);
        Ok(begins)
    }

    fn pipe(&mut self) -> Result<Piece, Stop> {
        let is_read = self.cursor.next()? == Some('<');
        self.cursor.next()?;
        let commands = self.deeper(Self::substitution)?;
        Ok(match commands {
            Piece::Command(commands) => Piece::Pipe { is_read, commands },
            other => other,
        })
    }

    /// Reads the expression behind `=~`: blanks end it, operators do not.
    pub(super) fn expression(&mut self) -> Result<Word, Stop> {
        self.skip_blanks()?;
        let mut pieces = Pieces::default();
        let mut depth = 0_usize;
        while let Some(character) = self.cursor.peek()? {
            match character {
                ' ' | '\t' | '\n' | ')' if depth == 0 => break,
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if ends_word(character) {
                pieces.bare(character);
            } else {
                self.bare_character(&mut pieces)?;
                continue;
            }
            self.cursor.next()?;
        }
        Ok(pieces.into_word())
    }

    /// Reads the word of `${name-word}` up to one of `ends`, which is left there.
    pub(super) fn word_in_braces(&mut self, is_double: bool, ends: &[char]) -> Result<Word, Stop> {
        let mut pieces = Pieces::default();
        loop {
            let Some(character) = self.cursor.peek()? else {
                return Err(self.cursor.error(Complaint::MissingBrace));
            };
            if ends.contains(&character) {
                return Ok(pieces.into_word());
            }
            match character {
                '"' if is_double => {
                    self.cursor.next()?;
                    let piece = self.double_quoted()?;
                    pieces.add(piece);
                }
                _ if is_double => self.double_character(&mut pieces, "$`\"\\}")?,
                _ => self.bare_character(&mut pieces)?,
            }
        }
    }

    /// Reads the whole text of a here-document.
    pub(super) fn document(&mut self) -> Result<Word, Stop> {
        let mut pieces = Pieces::default();
        while self.cursor.peek()?.is_some() {
            self.double_character(&mut pieces, "$`\\")?;
        }
        Ok(pieces.into_word())
    }

    /// Reads an expression up to the `))` that closes it.
    pub(super) fn arithmetic(&mut self) -> Result<Word, Stop> {
        let word = self.arithmetic_part(&[])?;
        let is_closed = self.cursor.accept(')')? && self.cursor.accept(')')?;
        if is_closed {
            Ok(word)
        } else {
            Err(self.cursor.error(Complaint::MissingArithmeticEnd))
        }
    }

    /// Reads an expression up to a parenthesis too many, or one of `ends`.
    pub(super) fn arithmetic_part(&mut self, ends: &[char]) -> Result<Word, Stop> {
        let mut pieces = Pieces::default();
        let mut depth = 0_usize;
        loop {
            let Some(character) = self.cursor.peek()? else {
                return Err(self.cursor.error(Complaint::MissingArithmeticEnd));
            };
            match character {
                _ if depth == 0 && (character == ')' || ends.contains(&character)) => {
                    return Ok(pieces.into_word());
                }
                '(' => depth += 1,
                ')' => depth -= 1,
                // Quotes have no meaning of their own in an expression.
                '"' => {
                    self.cursor.next()?;
                    continue;
                }
                _ => {}
            }
            self.double_character(&mut pieces, "$`\"\\")?;
        }
    }

    fn bare_character(&mut self, pieces: &mut Pieces) -> Result<(), Stop> {
        match self.cursor.next()? {
            Some('\'') => pieces.0.push(Piece::Quoted(self.single_quoted()?)),
            Some('"') => {
                let piece = self.double_quoted()?;
                pieces.add(piece);
            }
            Some('\\') => match self.cursor.next_raw()? {
                Some(character) => pieces.quoted(character),
                None => pieces.quoted('\\'),
            },
            Some('$') => {
                let piece = self.dollar(false)?;
                pieces.add(piece);
            }
            Some('`') => {
                let piece = self.backquoted(false)?;
                pieces.add(piece);
            }
            Some(character) => pieces.bare(character),
            None => {}
        }
        Ok(())
    }

    /// Reads a character of quoted text, where a backslash quotes only `escapable` ones.
    fn double_character(&mut self, pieces: &mut Pieces, escapable: &str) -> Result<(), Stop> {
        match self.cursor.next()? {
            Some('\\') => match self.cursor.peek_raw()? {
                Some(character) if escapable.contains(character) => {
                    self.cursor.next_raw()?;
                    pieces.quoted(character);
                }
                _ => pieces.quoted('\\'),
            },
            Some('$') => {
                let piece = self.dollar(true)?;
                pieces.add(piece);
            }
            Some('`') => {
                let piece = self.backquoted(true)?;
                pieces.add(piece);
            }
            Some(character) => pieces.quoted(character),
            None => {}
        }
        Ok(())
    }

    /// Reads up to the quote that closes; the one that opens has been read.
    fn double_quoted(&mut self) -> Result<Piece, Stop> {
        let mut pieces = Pieces::default();
        loop {
            match self.cursor.peek()? {
                None => return Err(self.cursor.error(Complaint::UnterminatedQuote('"'))),
                Some('"') => {
                    self.cursor.next()?;
                    return Ok(Piece::Double(pieces.0));
                }
                Some(_) => self.double_character(&mut pieces, "$`\"\\")?,
            }
        }
    }

    fn single_quoted(&mut self) -> Result<String, Stop> {
        let mut quoted = String::new();
        loop {
            match self.cursor.next_raw()? {
                None => return Err(self.cursor.error(Complaint::UnterminatedQuote('\''))),
                Some('\'') => return Ok(quoted),
                Some(character) => quoted.push(character),
            }
        }
    }

    /// Reads what follows a `$`.
    fn dollar(&mut self, is_double: bool) -> Result<Piece, Stop> {
        match self.cursor.peek()? {
            Some('(') => {
                self.cursor.next()?;
                if self.cursor.accept('(')? {
                    self.deeper(|parser| {
                        let expression = parser.arithmetic()?;
                        Ok(Piece::Arithmetic(Box::new(expression)))
                    })
                } else {
                    self.deeper(Self::substitution)
                }
            }
            Some('{') => {
                self.cursor.next()?;
                let parameter = self.deeper(|parser| parser.braced_parameter(is_double))?;
                Ok(Piece::Parameter(Box::new(parameter)))
            }
            Some('\'') if !is_double && self.dialect.has_bash_compatibility() => {
                self.cursor.next()?;
                self.escaped().map(Piece::Quoted)
            }
            Some('"') if !is_double && self.dialect.is_bash() => {
                self.cursor.next()?;
                self.double_quoted()
            }
            _ => match self.plain_parameter()? {
                Some(parameter) => Ok(Piece::Parameter(Box::new(parameter))),
                None if is_double => Ok(Piece::Quoted("$".to_owned())),
                None => Ok(Piece::Bare("$".to_owned())),
            },
        }
    }

    /// Reads the commands of `$( … )` up to its parenthesis.
    fn substitution(&mut self) -> Result<Piece, Stop> {
        // The token that is at hand and the here-documents belong to the commands around.
        let peeked = self.peeked.take();
        let pending = std::mem::take(&mut self.pending);
        let commands = self.list(true)?;
        self.expect(")")?;
        self.read_here_documents()?;
        self.peeked = peeked;
        self.pending = pending;
        Ok(Piece::Command(commands))
    }

    /// Reads the commands between backquotes, in which a backslash quotes a backquote.
    fn backquoted(&mut self, is_double: bool) -> Result<Piece, Stop> {
        let line = self.cursor.line();
        let mut commands = String::new();
        loop {
            match self.cursor.next()? {
                None => return Err(self.cursor.error(Complaint::UnterminatedBackquote)),
                Some('`') => break,
                Some('\\') => match self.cursor.peek_raw()? {
                    Some(character @ ('`' | '\\' | '$')) => {
                        self.cursor.next_raw()?;
                        commands.push(character);
                    }
                    Some('"') if is_double => {
                        self.cursor.next_raw()?;
                        commands.push('"');
                    }
                    _ => commands.push('\\'),
                },
                Some(character) => commands.push(character),
            }
        }
        self.deeper(|parser| {
            let mut nested = Self::nested(commands, parser.dialect, line, parser.depth);
            nested.whole().map(Piece::Command)
        })
    }

    /// Reads all commands of the text.
    fn whole(&mut self) -> Result<Arc<List>, Stop> {
        let commands = self.list(true)?;
        match self.peek()? {
            Token::End => Ok(commands),
            _ => Err(self.unexpected(None)),
        }
    }

    /// Reads the text of `$'…'` with its escapes.
    fn escaped(&mut self) -> Result<String, Stop> {
        let mut bytes = Vec::new();
        loop {
            let Some(character) = self.cursor.next_raw()? else {
                return Err(self.cursor.error(Complaint::UnterminatedQuote('\'')));
            };
            match character {
                '\'' => return Ok(text::decode(&bytes)),
                '\\' => self.escape(&mut bytes)?,
                other => bytes.extend(text::encode(other.encode_utf8(&mut [0; 4]))),
            }
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), Stop> {
        let Some(character) = self.cursor.next_raw()? else {
            return Err(self.cursor.error(Complaint::UnterminatedQuote('\'')));
        };
        match character {
            'a' => bytes.push(0x07),
            'b' => bytes.push(0x08),
            'e' | 'E' => bytes.push(0x1b),
            'f' => bytes.push(0x0c),
            'n' => bytes.push(b'\n'),
            'r' => bytes.push(b'\r'),
            't' => bytes.push(b'\t'),
            'v' => bytes.push(0x0b),
            '0'..='7' => {
                let first = character.to_digit(8).unwrap_or_default();
                let number = self.digits(first, 8, 2)?;
                bytes.push(number.to_le_bytes()[0]);
            }
            'x' => {
                let number = self.digits(0, 16, 2)?;
                bytes.push(number.to_le_bytes()[0]);
            }
            'u' | 'U' => {
                let number = self.digits(0, 16, if character == 'u' { 4 } else { 8 })?;
                let character = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            '\\' | '\'' | '"' | '?' => bytes.extend(u8::try_from(character)),
            other => {
                bytes.push(b'\\');
                bytes.extend(text::encode(other.encode_utf8(&mut [0; 4])));
            }
        }
        Ok(())
    }

    fn digits(&mut self, first: u32, radix: u32, most: usize) -> Result<u32, Stop> {
        let mut number = first;
        for _ in 0..most {
            let Some(digit) = self.cursor.peek_raw()?.and_then(|c| c.to_digit(radix)) else {
                break;
            };
            self.cursor.next_raw()?;
            number = number * radix + digit;
        }
        Ok(number)
    }

    /// Makes an error of a word that is out of place.
    pub(super) fn misplaced_word(&self, expected: Option<&'static str>) -> Stop {
        self.cursor.error(Complaint::Unexpected {
            found: Found::Word,
            expected,
        })
    }
}
