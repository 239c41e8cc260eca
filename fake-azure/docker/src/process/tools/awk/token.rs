//! From text to words.

/// A word of a program.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Text(Vec<u8>),
    Regex(String),
    Name(String),
    /// A name that a parenthesis follows at once: a call.
    Called(String),
    Keyword(&'static str),
    /// A function that is built in.
    Function(&'static str),
    Operator(&'static str),
    LineFeed,
    End,
}

const KEYWORDS: [&str; 22] = [
    "BEGIN", "END", "if", "else", "while", "for", "do", "break", "continue", "next", "nextfile",
    "exit", "return", "delete", "in", "getline", "print", "printf", "function", "func", "switch",
    "case",
];

const FUNCTIONS: [&str; 30] = [
    "length", "substr", "index", "split", "sub", "gsub", "match", "sprintf", "sin", "cos", "atan2",
    "exp", "log", "sqrt", "int", "rand", "srand", "tolower", "toupper", "system", "close",
    "fflush", "systime", "strftime", "and", "or", "xor", "lshift", "rshift", "compl",
];

/// The operators, the longer ones first.
const OPERATORS: [&str; 44] = [
    "**=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "==", "<=", ">=", "!=",
    "!~", ">>", "**", "{", "}", "(", ")", "[", "]", ";", ",", "+", "-", "*", "/", "%", "^", "!",
    "<", ">", "|", "?", ":", "~", "$", "=", "&", "@", "\\",
];

/// The words of a program, each with the line it stands on.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, String> {
    let mut reader = Reader {
        rest: text,
        line: 1,
        tokens: Vec::new(),
    };
    while reader.next()? {}
    let line = reader.line;
    reader.tokens.push((Token::End, line));
    Ok(reader.tokens)
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    tokens: Vec<(Token, usize)>,
}

impl Reader<'_> {
    fn push(&mut self, token: Token) {
        self.tokens.push((token, self.line));
    }

    fn wrong(&self, words: &str) -> String {
        format!("cmd. line:{}: {words}", self.line)
    }

    /// Reads one word; false at the end.
    fn next(&mut self) -> Result<bool, String> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r']);
        let Some(first) = self.rest.chars().next() else {
            return Ok(false);
        };
        if let Some(after) = self.rest.strip_prefix("\\\n") {
            self.rest = after;
            self.line += 1;
            return Ok(true);
        }
        match first {
            '\n' => {
                self.push(Token::LineFeed);
                self.line += 1;
                self.rest = &self.rest[1..];
            }
            '#' => {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.rest = &self.rest[end..];
            }
            '"' => self.text()?,
            '/' if self.regex_may_begin() => self.regex()?,
            '0'..='9' | '.' => self.number()?,
            c if c.is_ascii_alphabetic() || c == '_' => self.name(),
            _ => {
                let operator = OPERATORS
                    .iter()
                    .find(|known| self.rest.starts_with(**known));
                let operator = operator.ok_or_else(|| self.wrong("Unexpected token"))?;
                self.rest = &self.rest[operator.len()..];
                self.push(Token::Operator(match *operator {
                    "**" => "^",
                    "**=" => "^=",
                    other => other,
                }));
            }
        }
        Ok(true)
    }

    /// A slash divides behind a value, and begins a pattern elsewhere.
    fn regex_may_begin(&self) -> bool {
        !matches!(
            self.tokens.last(),
            Some((
                Token::Number(_)
                    | Token::Text(_)
                    | Token::Regex(_)
                    | Token::Name(_)
                    | Token::Function(_)
                    | Token::Operator(")" | "]" | "$" | "++" | "--"),
                _
            ))
        )
    }

    fn text(&mut self) -> Result<(), String> {
        let mut text = Vec::new();
        let bytes = self.rest.as_bytes();
        let mut at = 1;
        loop {
            match bytes.get(at) {
                None | Some(b'\n') => return Err(self.wrong("Unterminated string")),
                Some(b'"') => break,
                Some(b'\\') => {
                    at += 1;
                    let (byte, taken) = escape(&bytes[at..]);
                    text.extend(byte);
                    at += taken;
                }
                Some(byte) => {
                    text.push(*byte);
                    at += 1;
                }
            }
        }
        self.rest = &self.rest[at + 1..];
        self.push(Token::Text(text));
        Ok(())
    }

    fn regex(&mut self) -> Result<(), String> {
        let mut text = String::new();
        let mut letters = self.rest[1..].char_indices();
        let mut bracket = false;
        loop {
            match letters.next() {
                None | Some((_, '\n')) => return Err(self.wrong("Unterminated regex")),
                Some((at, '/')) if !bracket => {
                    self.rest = &self.rest[at + 2..];
                    break;
                }
                Some((_, '\\')) => match letters.next() {
                    Some((_, '/')) => text.push('/'),
                    Some((_, '"')) => text.push('"'),
                    Some((_, other)) => text.extend(['\\', other]),
                    None => return Err(self.wrong("Unterminated regex")),
                },
                Some((_, letter)) => {
                    bracket = match letter {
                        '[' => true,
                        ']' => false,
                        _ => bracket,
                    };
                    text.push(letter);
                }
            }
        }
        self.push(Token::Regex(text));
        Ok(())
    }

    fn number(&mut self) -> Result<(), String> {
        let length = super::value::number_length(self.rest.as_bytes());
        let (digits, rest) = self.rest.split_at(length);
        let number = digits.parse().map_err(|_| self.wrong("Unexpected token"))?;
        self.rest = rest;
        self.push(Token::Number(number));
        Ok(())
    }

    fn name(&mut self) {
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let token = if let Some(keyword) = KEYWORDS.iter().find(|known| **known == name) {
            Token::Keyword(if *keyword == "func" {
                "function"
            } else {
                keyword
            })
        } else if let Some(function) = FUNCTIONS.iter().find(|known| **known == name) {
            Token::Function(function)
        } else if rest.starts_with('(') {
            Token::Called(name.to_owned())
        } else {
            Token::Name(name.to_owned())
        };
        self.push(token);
    }
}

/// What a backslash in a string stands for, and how many bytes that takes.
fn escape(rest: &[u8]) -> (Vec<u8>, usize) {
    match rest.first() {
        Some(b'"') => (b"\"".to_vec(), 1),
        Some(b'/') => (b"/".to_vec(), 1),
        Some(b'\n') => (Vec::new(), 1),
        Some(b'c') => (b"\\c".to_vec(), 1),
        _ => match crate::process::tools::escapes::read(rest) {
            // What is no escape keeps its backslash: patterns are written so.
            (crate::process::tools::escapes::Escaped::Byte(byte), taken) => (vec![byte], taken),
            (crate::process::tools::escapes::Escaped::End, taken) => (Vec::new(), taken),
        },
    }
}
