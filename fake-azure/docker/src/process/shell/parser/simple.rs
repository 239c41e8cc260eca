//! Simple commands, their assignments and redirections.

use super::super::syntax::{
    Assignment, Command, Element, Kind, Piece, Redirection, RedirectionKind, Simple, Word,
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
                        self.take_word(&mut simple, word)?;
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

    /// Adds a word to a command, and what stands in parentheses right behind it if it begins an
    /// array.
    fn take_word(&mut self, simple: &mut Simple, word: Word) -> Result<(), Stop> {
        let is_bash = self.dialect.is_bash();
        let takes_arrays = match simple.words.first() {
            None => true,
            Some(first) => first.as_bare().is_some_and(is_declaration),
        };
        if is_bash
            && takes_arrays
            && self.cursor.peek()? == Some('(')
            && let Ok(begun) = assignment(word.clone(), true)
            && begun.value.pieces.is_empty()
            && begun.subscript.is_none()
        {
            self.cursor.next()?;
            let array = Assignment {
                elements: Some(self.elements()?),
                ..begun
            };
            if simple.words.is_empty() {
                simple.assignments.push(array);
            } else {
                simple.words.push(Word::from(array.name.as_str()));
                simple.declared.push(array);
            }
            return Ok(());
        }
        add_word(simple, word, is_bash);
        Ok(())
    }

    /// Reads the elements of an array up to the closing parenthesis.
    fn elements(&mut self) -> Result<Vec<Element>, Stop> {
        let mut elements = Vec::new();
        loop {
            self.skip_newlines()?;
            match self.peek()? {
                Token::Word(_) => {
                    if let Token::Word(word) = self.next()? {
                        elements.extend(elements_of(word));
                    }
                }
                Token::Operator(")") => {
                    self.skip()?;
                    return Ok(elements);
                }
                _ => return Err(self.unexpected(None)),
            }
        }
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

/// Whether a command's arguments are assignments.
pub(in super::super) fn is_declaration(name: &str) -> bool {
    matches!(
        name,
        "export" | "readonly" | "local" | "declare" | "typeset"
    )
}

/// The elements that a word between the parentheses of an array is.
fn elements_of(word: Word) -> Vec<Element> {
    if let Some((subscript, value, _)) = with_subscript(&word, "") {
        return vec![Element {
            subscript: Some(subscript),
            value,
        }];
    }
    let plain = |value| Element {
        subscript: None,
        value,
    };
    braces::expand(word).into_iter().map(plain).collect()
}

/// Takes `name[subscript]=value` and `name[subscript]+=value` apart.
fn with_subscript(word: &Word, name: &str) -> Option<(Word, Word, bool)> {
    let Some(Piece::Bare(first)) = word.pieces.first() else {
        return None;
    };
    let begun = first.strip_prefix(name)?.strip_prefix('[')?;
    let mut subscript = Vec::new();
    for (index, piece) in word.pieces.iter().enumerate() {
        let text = match (index, piece) {
            (0, _) => begun,
            (_, Piece::Bare(text)) => text.as_str(),
            (_, other) => {
                subscript.push(other.clone());
                continue;
            }
        };
        let Some((inside, behind)) = text.split_once(']') else {
            subscript.push(Piece::Bare(text.to_owned()));
            continue;
        };
        let (is_appended, value) = match behind.strip_prefix("+=") {
            Some(value) => (true, value),
            None => (false, behind.strip_prefix('=')?),
        };
        if !inside.is_empty() {
            subscript.push(Piece::Bare(inside.to_owned()));
        }
        let mut pieces = Vec::new();
        if !value.is_empty() {
            pieces.push(Piece::Bare(value.to_owned()));
        }
        pieces.extend(word.pieces.iter().skip(index + 1).cloned());
        return Some((Word { pieces: subscript }, Word { pieces }, is_appended));
    }
    None
}

/// Takes `name[subscript]` apart.
pub(in super::super) fn subscripted(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once('[')?;
    let subscript = rest.strip_suffix(']')?;
    is_name(name).then_some((name, subscript))
}

/// Takes `name=value` apart; gives back a word that is none.
pub(in super::super) fn assignment(mut word: Word, may_append: bool) -> Result<Assignment, Word> {
    if may_append
        && let Some(Piece::Bare(first)) = word.pieces.first()
        && let Some((name, _)) = first.split_once('[')
        && is_name(name)
        && let Some((subscript, value, is_appended)) = with_subscript(&word, name)
    {
        return Ok(Assignment {
            name: name.to_owned(),
            value,
            is_appended,
            subscript: Some(subscript),
            elements: None,
        });
    }
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
        subscript: None,
        elements: None,
    })
}
