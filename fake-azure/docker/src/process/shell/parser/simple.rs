//! Simple commands, their assignments and redirections.

use super::super::syntax::{
    Assignment, Command, Kind, Piece, Redirection, RedirectionKind, Simple, Word,
};
use super::complaint::{Complaint, Stop};
use super::token::Token;
use super::{Parser, braces, is_name};

impl Parser {
    /// Reads a simple command, or the definition of a function.
    pub(super) fn simple(&mut self, line: usize) -> Result<Command, Stop> {
        let mut simple = Simple::default();
        let mut redirections = Vec::new();
        loop {
            if let Some(redirection) = self.redirection()? {
                redirections.push(redirection);
                continue;
            }
            match self.peek()? {
                Token::Word(_) => {
                    if let Token::Word(word) = self.next()? {
                        add_word(&mut simple, word, self.dialect.is_bash());
                    }
                }
                Token::Operator("(")
                    if simple.assignments.is_empty() && redirections.is_empty() =>
                {
                    let [name] = simple.words.as_slice() else {
                        return Err(self.unexpected(None));
                    };
                    let name = name.clone();
                    return self.function(line, &name);
                }
                _ if simple == Simple::default() && redirections.is_empty() => {
                    return Err(self.unexpected(None));
                }
                Token::Operator("(") => return Err(self.unexpected(None)),
                _ => break,
            }
        }
        Ok(Command {
            line,
            kind: Kind::Simple(simple),
            redirections,
        })
    }

    /// Reads `() body` behind the name of a function.
    fn function(&mut self, line: usize, name: &Word) -> Result<Command, Stop> {
        self.expect("(")?;
        if matches!(self.peek()?, Token::Word(_)) {
            return Err(self.misplaced_word(Some(")")));
        }
        self.expect(")")?;
        let is_good = |name: &str| self.dialect.is_bash() || is_name(name);
        let name = match name.as_bare().filter(|name| is_good(name)) {
            Some(name) => name.to_owned(),
            None => return Err(self.cursor.error(Complaint::BadFunctionName)),
        };
        self.function_body(line, name)
    }

    /// Reads the body of the function `name`.
    pub(super) fn function_body(&mut self, line: usize, name: String) -> Result<Command, Stop> {
        self.skip_newlines()?;
        let body = self.command()?.into();
        Ok(Command {
            line,
            kind: Kind::Function { name, body },
            redirections: Vec::new(),
        })
    }

    /// Reads a redirection, if one is next.
    pub(super) fn redirection(&mut self) -> Result<Option<Redirection>, Stop> {
        let Token::Redirect {
            descriptor,
            operator,
        } = self.peek()?
        else {
            return Ok(None);
        };
        let (descriptor, operator) = (*descriptor, *operator);
        self.skip()?;
        let is_input = operator.starts_with('<');
        let descriptor = descriptor.unwrap_or(u32::from(!is_input));
        let kind = match operator {
            "<<" => RedirectionKind::HereDocument(self.here_document(false)?),
            "<<-" => RedirectionKind::HereDocument(self.here_document(true)?),
            "<<<" => RedirectionKind::HereString(self.target()?),
            "<" => RedirectionKind::Read(self.target()?),
            ">" => RedirectionKind::Write(self.target()?),
            ">|" => RedirectionKind::Clobber(self.target()?),
            ">>" => RedirectionKind::Append(self.target()?),
            "<>" => RedirectionKind::ReadWrite(self.target()?),
            "&>" | "&>>" => RedirectionKind::Both {
                target: self.target()?,
                is_appended: operator == "&>>",
            },
            _ => RedirectionKind::Duplicate(self.target()?),
        };
        Ok(Some(Redirection { descriptor, kind }))
    }

    /// Reads the word behind the operator of a redirection.
    fn target(&mut self) -> Result<Word, Stop> {
        match self.peek()? {
            Token::Word(_) => match self.next()? {
                Token::Word(word) => Ok(word),
                _ => Ok(Word::default()),
            },
            _ => Err(self.unexpected(None)),
        }
    }

    /// Lets the last of `commands` send its errors where its output goes.
    pub(super) fn join_errors(commands: &mut [Command]) {
        if let Some(command) = commands.last_mut() {
            command.redirections.push(Redirection {
                descriptor: 2,
                kind: RedirectionKind::Duplicate(Word::from("1")),
            });
        }
    }
}

/// Adds a word to a command: as an assignment, if it is one and stands in front.
fn add_word(simple: &mut Simple, word: Word, is_bash: bool) {
    let word = if simple.words.is_empty() {
        match assignment(word, is_bash) {
            Ok(assignment) => return simple.assignments.push(assignment),
            Err(word) => word,
        }
    } else {
        word
    };
    if is_bash {
        simple.words.extend(braces::expand(word));
    } else {
        simple.words.push(word);
    }
}

/// Takes `name=value` apart; gives back a word that is none.
pub(in super::super) fn assignment(mut word: Word, may_append: bool) -> Result<Assignment, Word> {
    let Some(Piece::Bare(text)) = word.pieces.first_mut() else {
        return Err(word);
    };
    let Some((name, value)) = text.split_once('=') else {
        return Err(word);
    };
    let (name, is_appended) = match name.strip_suffix('+') {
        Some(name) if may_append => (name, true),
        _ => (name, false),
    };
    if !is_name(name) {
        return Err(word);
    }
    let name = name.to_owned();
    if value.is_empty() {
        word.pieces.remove(0);
    } else {
        *text = value.to_owned();
    }
    Ok(Assignment {
        name,
        value: word,
        is_appended,
    })
}
