//! From the text of an expression to an expression.

use serde_json::Number;

use super::{Expression, Step};
use crate::problem::{Kind, Problem};

/// How deeply calls and indexes may stand within each other.
const MOST_DEPTH: usize = 100;

/// Reads a whole expression.
pub(super) fn parse(text: &str, most: usize) -> Result<Expression, Problem> {
    if text.len() > most {
        return Err(Kind::Syntax {
            why: format!("the length limit of '{most}' characters is exceeded"),
            at: most,
        }
        .into());
    }
    let mut parser = Parser { text, at: 0 };
    let expression = parser.expression(0)?;
    parser.space();
    if parser.rest().is_empty() {
        Ok(expression)
    } else {
        Err(parser.expected("EndOfData"))
    }
}

struct Parser<'a> {
    text: &'a str,
    /// How many bytes have been read: always between two characters.
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// The next character after white space, which stays.
    fn peek(&mut self) -> Option<char> {
        self.space();
        self.rest().chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn wrong(&self, why: impl Into<String>) -> Problem {
        Kind::Syntax {
            why: why.into(),
            at: self.text[..self.at].chars().count(),
        }
        .into()
    }

    fn expected(&mut self, token: &str) -> Problem {
        let actual = match self.peek() {
            None => "EndOfData",
            Some('(') => "LeftParenthesis",
            Some(')') => "RightParenthesis",
            Some('[') => "LeftSquareBracket",
            Some(']') => "RightSquareBracket",
            Some(',') => "Comma",
            Some('.') => "Dot",
            Some('\'') => "StringLiteral",
            Some(c) if c.is_ascii_digit() || c == '-' => "Integer",
            Some(c) if is_initial(c) => "Identifier",
            Some(_) => "Unknown",
        };
        self.wrong(format!("expected token '{token}' and actual '{actual}'"))
    }

    fn expression(&mut self, depth: usize) -> Result<Expression, Problem> {
        if depth > MOST_DEPTH {
            return Err(Kind::TooDeep.into());
        }
        let base = match self.peek() {
            Some('\'') => Expression::Text(self.literal()?),
            Some(c) if c.is_ascii_digit() || c == '-' => self.number()?,
            Some(c) if is_initial(c) => self.call(depth)?,
            _ => return Err(self.expected("Identifier")),
        };
        let steps = self.steps(depth)?;
        Ok(if steps.is_empty() {
            base
        } else {
            Expression::Access {
                base: Box::new(base),
                steps,
            }
        })
    }

    fn steps(&mut self, depth: usize) -> Result<Vec<Step>, Problem> {
        let mut steps = Vec::new();
        loop {
            if self.take('.') {
                self.space();
                match self.identifier() {
                    Some(name) => steps.push(Step::Name(name.to_owned())),
                    None => return Err(self.expected("Identifier")),
                }
            } else if self.take('[') {
                steps.push(Step::Index(self.expression(depth + 1)?));
                if !self.take(']') {
                    return Err(self.expected("RightSquareBracket"));
                }
            } else {
                return Ok(steps);
            }
        }
    }

    /// A text in quotes, in which two quotes are one.
    fn literal(&mut self) -> Result<String, Problem> {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = self.rest();
            let Some(end) = rest.find('\'') else {
                self.at = start;
                return Err(self.wrong("the string literal is not terminated"));
            };
            text.push_str(&rest[..end]);
            self.at += end + 1;
            if !self.rest().starts_with('\'') {
                return Ok(text);
            }
            text.push('\'');
            self.at += 1;
        }
    }

    fn number(&mut self) -> Result<Expression, Problem> {
        let rest = self.rest();
        let unsigned = rest.strip_prefix('-').unwrap_or(rest);
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let whole = digits(unsigned);
        let fraction = match unsigned[whole..].strip_prefix('.').map_or(0, digits) {
            0 => 0,
            digits => digits + 1,
        };
        let length = rest.len() - unsigned.len() + whole + fraction;
        let written = &rest[..length];
        let number = if fraction > 0 {
            written.parse().ok().and_then(Number::from_f64)
        } else {
            written.parse::<i64>().ok().map(Number::from)
        };
        let Some(number) = number else {
            return Err(self.wrong("the number is not valid"));
        };
        self.at += length;
        Ok(Expression::Number(number))
    }

    fn identifier(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        if !rest.starts_with(is_initial) {
            return None;
        }
        let end = rest
            .find(|c: char| !is_initial(c) && !c.is_ascii_digit())
            .unwrap_or(rest.len());
        self.at += end;
        Some(&rest[..end])
    }

    fn call(&mut self, depth: usize) -> Result<Expression, Problem> {
        let Some(first) = self.identifier() else {
            return Err(self.expected("Identifier"));
        };
        let (namespace, name) = if self.take('.') {
            self.space();
            match self.identifier() {
                Some(name) => (Some(first.to_owned()), name),
                None => return Err(self.expected("Identifier")),
            }
        } else {
            (None, first)
        };
        if !self.take('(') {
            return Err(self.expected("LeftParenthesis"));
        }
        let mut arguments = Vec::new();
        if !self.take(')') {
            loop {
                arguments.push(self.expression(depth + 1)?);
                if self.take(')') {
                    break;
                }
                if !self.take(',') {
                    return Err(self.expected("RightParenthesis"));
                }
            }
        }
        Ok(Expression::Call {
            namespace,
            name: name.to_owned(),
            arguments,
        })
    }
}

fn is_initial(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || c == '$'
}
