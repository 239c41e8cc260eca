//! The words of a statement.

use super::{Dialect, Failure};

/// The most words of a statement.
const MOST: usize = 200_000;

/// A word of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A word, in lower case.
    Word(String),
    /// A name in quotes.
    Name(String),
    Text(String),
    Number(String),
    /// `$1`
    Parameter(usize),
    /// `@@name`
    Setting(String),
    Symbol(&'static str),
}

/// A word and where it begins.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) at: usize,
    pub(super) end: usize,
}

/// Signs, the longer ones first.
const SYMBOLS: [&str; 26] = [
    "::", "<=", ">=", "<>", "!=", "||", "(", ")", ",", ";", ".", "=", "<", ">", "+", "-", "*", "/",
    "%", "[", "]", ":", "~", "?", "&", "@",
];

/// Splits statements into words.
pub(super) fn split(text: &str, dialect: Dialect) -> Result<Vec<Placed>, Failure> {
    let mut reader = Reader {
        text,
        at: 0,
        dialect,
        conditional: false,
    };
    let mut all = Vec::new();
    let mut asked = 0;
    while let Some(mut placed) = reader.next()? {
        if dialect == Dialect::MySql && placed.token == Token::Symbol("?") {
            asked += 1;
            placed.token = Token::Parameter(asked);
        }
        all.push(placed);
        if all.len() > MOST {
            return Err(Failure::new("54001", "the statement is too long"));
        }
    }
    Ok(all)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    dialect: Dialect,
    /// Whether a comment is open whose text counts.
    conditional: bool,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn next(&mut self) -> Result<Option<Placed>, Failure> {
        self.skip()?;
        let begin = self.at;
        let Some(first) = self.rest().chars().next() else {
            return Ok(None);
        };
        let mysql = self.dialect == Dialect::MySql;
        let token = match first {
            '\'' => Token::Text(self.quoted('\'', mysql)?),
            '"' if mysql => Token::Text(self.quoted('"', true)?),
            '"' => Token::Name(self.quoted('"', false)?),
            '`' if mysql => Token::Name(self.quoted('`', false)?),
            '$' => self.dollar()?,
            '@' if self.rest().starts_with("@@") => {
                self.at += 2;
                let name = self.take(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
                Token::Setting(name.to_ascii_lowercase())
            }
            'e' | 'E' if self.rest()[1..].starts_with('\'') => {
                self.at += 1;
                Token::Text(self.quoted('\'', true)?)
            }
            c if c.is_ascii_digit() || c == '.' && self.digit_follows() => self.number(),
            c if c.is_alphabetic() || c == '_' => {
                let word = self.take(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
                Token::Word(word.to_lowercase())
            }
            other => {
                let symbol = SYMBOLS
                    .iter()
                    .find(|symbol| self.rest().starts_with(**symbol));
                let Some(symbol) = symbol else {
                    let words = format!("syntax error at or near \"{other}\"");
                    let mut failure = Failure::new("42601", words);
                    failure.at = Some(begin);
                    return Err(failure);
                };
                self.at += symbol.len();
                Token::Symbol(symbol)
            }
        };
        Ok(Some(Placed {
            token,
            at: begin,
            end: self.at,
        }))
    }

    fn digit_follows(&self) -> bool {
        self.rest()[1..].starts_with(|c: char| c.is_ascii_digit())
    }

    fn take(&mut self, is: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !is(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Passes over spaces and comments.
    fn skip(&mut self) -> Result<(), Failure> {
        loop {
            self.take(char::is_whitespace);
            let rest = self.rest();
            if rest.starts_with("--") || self.dialect == Dialect::MySql && rest.starts_with('#') {
                self.take(|c| c != '\n');
            } else if self.dialect == Dialect::MySql && rest.starts_with("/*!") {
                // What stands in such a comment is for MySQL, of a version at least.
                self.at += 3;
                self.take(|c| c.is_ascii_digit());
                self.conditional = true;
            } else if self.conditional && rest.starts_with("*/") {
                self.at += 2;
                self.conditional = false;
            } else if rest.starts_with("/*") {
                let end = rest.find("*/").ok_or_else(|| unterminated("/* comment"))?;
                self.at += end + 2;
            } else {
                return Ok(());
            }
        }
    }

    fn quoted(&mut self, quote: char, escapes: bool) -> Result<String, Failure> {
        let mut text = String::new();
        let mut rest = self.rest().char_indices().skip(1).peekable();
        while let Some((at, character)) = rest.next() {
            if character == quote {
                if rest.peek().is_some_and(|(_, next)| *next == quote) {
                    rest.next();
                    text.push(quote);
                    continue;
                }
                self.at += at + 1;
                return Ok(text);
            }
            if character == '\\' && escapes {
                match rest.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, 'r')) => text.push('\r'),
                    Some((_, '0')) => text.push('\0'),
                    Some((_, other)) => text.push(other),
                    None => break,
                }
            } else {
                text.push(character);
            }
        }
        Err(unterminated(if quote == '\'' {
            "quoted string"
        } else {
            "quoted identifier"
        }))
    }

    /// `$1`, or a text between two `$tag$`.
    fn dollar(&mut self) -> Result<Token, Failure> {
        let rest = &self.rest()[1..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            self.at += 1 + digits;
            let number = rest[..digits].parse().ok().filter(|number| *number > 0);
            let wrong = || {
                Failure::new(
                    "42P02",
                    format!("there is no parameter ${}", &rest[..digits]),
                )
            };
            return number.map(Token::Parameter).ok_or_else(wrong);
        }
        let tag = rest.find('$').map(|end| &self.rest()[..end + 2]);
        let tag = tag.ok_or_else(|| Failure::new("42601", "syntax error at or near \"$\""))?;
        let body = &self.rest()[tag.len()..];
        let end = body
            .find(tag)
            .ok_or_else(|| unterminated("dollar-quoted string"))?;
        self.at += 2 * tag.len() + end;
        Ok(Token::Text(body[..end].to_owned()))
    }

    fn number(&mut self) -> Token {
        let begin = self.at;
        self.take(|c| c.is_ascii_digit());
        if self.rest().starts_with('.') {
            self.at += 1;
            self.take(|c| c.is_ascii_digit());
        }
        let exponent = self.rest().strip_prefix(['e', 'E']);
        let exponent = exponent.map(|rest| rest.strip_prefix(['+', '-']).unwrap_or(rest));
        if exponent.is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit())) {
            self.at += 1;
            self.take(|c| matches!(c, '+' | '-'));
            self.take(|c| c.is_ascii_digit());
        }
        Token::Number(self.text[begin..self.at].to_owned())
    }
}

fn unterminated(what: &str) -> Failure {
    Failure::new("42601", format!("unterminated {what}"))
}
