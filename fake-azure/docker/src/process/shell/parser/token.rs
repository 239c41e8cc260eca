//! Tokens: words, operators, redirections, ends of lines.

use super::super::syntax::Word;
use super::complaint::{Found, Stop};
use super::{Parser, RESERVED};

/// What the grammar is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(Word),
    Operator(&'static str),
    Redirect {
        /// The number that stood before the operator.
        descriptor: Option<u32>,
        operator: &'static str,
    },
    Newline,
    End,
}

impl Token {
    /// Returns what a complaint calls the token.
    pub(super) fn found(&self) -> Found {
        match self {
            Self::Word(word) => match word.as_bare() {
                Some(text) if RESERVED.contains(&text) => Found::Token(text.to_owned()),
                _ => Found::Word,
            },
            Self::Operator(operator) => Found::Token((*operator).to_owned()),
            Self::Redirect { .. } => Found::Redirection,
            Self::Newline => Found::Newline,
            Self::End => Found::End,
        }
    }
}

impl Parser {
    /// Reads a token. At the end of a line, reads the here-documents that follow it.
    pub(super) fn read_token(&mut self) -> Result<Token, Stop> {
        self.skip_blanks()?;
        let start = self.cursor.mark();
        let token = self.token_here();
        // Only now: a word may have tokens of its own within.
        self.start_of_token = start;
        token
    }

    fn token_here(&mut self) -> Result<Token, Stop> {
        let Some(character) = self.cursor.peek()? else {
            self.read_here_documents()?;
            return Ok(Token::End);
        };
        if character == '\n' {
            self.cursor.next()?;
            self.read_here_documents()?;
            return Ok(Token::Newline);
        }
        if self.begins_pipe(character)? {
            return self.word().map(Token::Word);
        }
        if let Some(operator) = self.operator(character)? {
            return Ok(operator);
        }
        if character.is_ascii_digit()
            && let Some(redirect) = self.numbered_redirect()?
        {
            return Ok(redirect);
        }
        self.word().map(Token::Word)
    }

    /// Skips blanks and a comment behind them.
    pub(super) fn skip_blanks(&mut self) -> Result<(), Stop> {
        loop {
            match self.cursor.peek()? {
                Some(' ' | '\t') => drop(self.cursor.next()?),
                Some('#') => {
                    while !matches!(self.cursor.peek_raw()?, None | Some('\n')) {
                        self.cursor.next_raw()?;
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    fn operator(&mut self, first: char) -> Result<Option<Token>, Stop> {
        if !matches!(first, ';' | '&' | '|' | '(' | ')' | '<' | '>') {
            return Ok(None);
        }
        if matches!(first, '<' | '>') {
            return self.redirect(None).map(Some);
        }
        self.cursor.next()?;
        let operator = match first {
            ';' if self.cursor.accept(';')? => ";;",
            ';' if self.dialect.is_bash() && self.cursor.accept('&')? => ";&",
            ';' => ";",
            '&' if self.cursor.accept('&')? => "&&",
            '&' if self.dialect.has_bash_compatibility() && self.cursor.accept('>')? => {
                let operator = if self.cursor.accept('>')? {
                    "&>>"
                } else {
                    "&>"
                };
                return Ok(Some(Token::Redirect {
                    descriptor: None,
                    operator,
                }));
            }
            '&' => "&",
            '|' if self.cursor.accept('|')? => "||",
            '|' if self.dialect.is_bash() && self.cursor.accept('&')? => "|&",
            '|' => "|",
            '(' => "(",
            _ => ")",
        };
        Ok(Some(Token::Operator(operator)))
    }

    /// Reads digits with a redirection right behind them.
    fn numbered_redirect(&mut self) -> Result<Option<Token>, Stop> {
        let start = self.cursor.mark();
        while self.cursor.peek()?.is_some_and(|c| c.is_ascii_digit()) {
            self.cursor.next()?;
        }
        let number = self.cursor.since(start).parse();
        if let (Ok(number), Some('<' | '>')) = (number, self.cursor.peek()?) {
            self.redirect(Some(number)).map(Some)
        } else {
            self.cursor.return_to(start);
            Ok(None)
        }
    }

    fn redirect(&mut self, descriptor: Option<u32>) -> Result<Token, Stop> {
        let operator = match self.cursor.next()? {
            Some('<') if self.cursor.accept('<')? => match self.cursor.peek()? {
                Some('-') => {
                    self.cursor.next()?;
                    "<<-"
                }
                Some('<') if self.dialect.is_bash() => {
                    self.cursor.next()?;
                    "<<<"
                }
                _ => "<<",
            },
            Some('<') if self.cursor.accept('&')? => "<&",
            Some('<') if self.cursor.accept('>')? => "<>",
            Some('<') => "<",
            _ if self.cursor.accept('>')? => ">>",
            _ if self.cursor.accept('&')? => ">&",
            _ if self.cursor.accept('|')? => ">|",
            _ => ">",
        };
        Ok(Token::Redirect {
            descriptor,
            operator,
        })
    }
}
