//! The protocol of Redis: commands in, replies out.

use std::fmt::Write as _;

/// The most words of a command.
const MOST_WORDS: usize = 64 * 1024;
/// The longest word, in bytes.
const LONGEST_WORD: usize = 8 * 1024 * 1024;
/// The longest command in all, in bytes.
const LONGEST_COMMAND: usize = 16 * 1024 * 1024;
/// The longest line of a header or of an inline command, in bytes.
const LONGEST_LINE: usize = 64 * 1024;

/// The words of a command.
pub(super) type Words = Vec<Vec<u8>>;

/// A reply, as both versions of the protocol can say it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reply {
    Simple(&'static str),
    Error(String),
    Integer(i64),
    Double(f64),
    Bulk(Vec<u8>),
    /// A text that is meant for people, such as `INFO`.
    Verbatim(String),
    Null,
    NullArray,
    Array(Vec<Self>),
    /// Keys and values, one after another.
    Map(Vec<Self>),
    Set(Vec<Self>),
    /// What was not asked for: messages of channels.
    Push(Vec<Self>),
    /// Nothing at all.
    Silence,
}

impl Reply {
    pub(super) const OK: Self = Self::Simple("OK");

    pub(super) fn error(words: impl Into<String>) -> Self {
        Self::Error(words.into())
    }

    pub(super) fn bulk(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bulk(bytes.into())
    }

    pub(super) fn count(count: usize) -> Self {
        Self::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }

    pub(super) fn flag(flag: bool) -> Self {
        Self::Integer(i64::from(flag))
    }

    pub(super) fn maybe(bytes: Option<&[u8]>) -> Self {
        bytes.map_or(Self::Null, Self::bulk)
    }

    pub(super) fn bulks<'a>(list: impl IntoIterator<Item = &'a Vec<u8>>) -> Self {
        Self::Array(
            list.into_iter()
                .map(|bytes| Self::bulk(bytes.clone()))
                .collect(),
        )
    }

    /// Writes it; `third` is the newer version of the protocol.
    pub(super) fn write(&self, to: &mut Vec<u8>, third: bool) {
        match self {
            Self::Simple(words) => line(to, '+', words),
            Self::Error(words) => line(to, '-', words),
            Self::Integer(number) => line(to, ':', &number.to_string()),
            Self::Double(number) if third => line(to, ',', &double(*number)),
            Self::Double(number) => bulk(to, '$', double(*number).as_bytes()),
            Self::Bulk(bytes) => bulk(to, '$', bytes),
            Self::Verbatim(text) if third => {
                bulk(to, '=', format!("txt:{text}").as_bytes());
            }
            Self::Verbatim(text) => bulk(to, '$', text.as_bytes()),
            Self::Null | Self::NullArray if third => to.extend(b"_\r\n"),
            Self::Null => to.extend(b"$-1\r\n"),
            Self::NullArray => to.extend(b"*-1\r\n"),
            Self::Array(list) => all(to, '*', list.len(), list, third),
            Self::Map(list) if third => all(to, '%', list.len() / 2, list, third),
            Self::Set(list) if third => all(to, '~', list.len(), list, third),
            Self::Push(list) if third => all(to, '>', list.len(), list, third),
            Self::Map(list) | Self::Set(list) | Self::Push(list) => {
                all(to, '*', list.len(), list, third);
            }
            Self::Silence => {}
        }
    }
}

fn line(to: &mut Vec<u8>, sign: char, words: &str) {
    to.extend(format!("{sign}{}\r\n", words.replace(['\r', '\n'], " ")).as_bytes());
}

fn bulk(to: &mut Vec<u8>, sign: char, bytes: &[u8]) {
    to.extend(format!("{sign}{}\r\n", bytes.len()).as_bytes());
    to.extend(bytes);
    to.extend(b"\r\n");
}

fn all(to: &mut Vec<u8>, sign: char, length: usize, list: &[Reply], third: bool) {
    to.extend(format!("{sign}{length}\r\n").as_bytes());
    for reply in list {
        reply.write(to, third);
    }
}

/// A number with a point, as Redis writes it: `1.5`, `3`, `inf`.
pub(super) fn double(number: f64) -> String {
    if number.is_infinite() {
        return (if number > 0.0 { "inf" } else { "-inf" }).to_owned();
    }
    let mut text = String::new();
    // Writing to a string does not fail.
    write!(text, "{number}").ok();
    text
}

/// A client's bytes on their way to commands. Each byte is looked at once, however few arrive
/// at a time.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    bytes: Vec<u8>,
    /// How much of them has been taken.
    at: usize,
    /// How much of what was not taken has no line end.
    seen: usize,
    /// A command of which words are missing.
    array: Option<Array>,
}

#[derive(Debug)]
struct Array {
    missing: usize,
    words: Words,
    size: usize,
    /// The length of the word that comes next, once it was told.
    next: Option<usize>,
}

/// Why a client is told to go.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Nonsense(pub(super) &'static str);

impl Incoming {
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        // What was taken is let go when that is most of what is there.
        if self.at > self.bytes.len() / 2 {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        self.bytes.extend(bytes);
    }

    /// A client that is silent costs nothing.
    pub(super) fn rest(&mut self) {
        if self.at == self.bytes.len() {
            self.bytes = Vec::new();
            self.at = 0;
        }
    }

    /// The next whole command; none when more has to come.
    pub(super) fn command(&mut self) -> Result<Option<Words>, Nonsense> {
        if self.array.is_none() {
            match self.bytes.get(self.at) {
                None => return Ok(None),
                Some(b'*') => {
                    let Some(count) = self.number(b'*', "invalid multibulk length")? else {
                        return Ok(None);
                    };
                    let count = usize::try_from(count).unwrap_or_default();
                    if count > MOST_WORDS {
                        return Err(Nonsense("invalid multibulk length"));
                    }
                    self.array = Some(Array {
                        missing: count,
                        words: Vec::new(),
                        size: 0,
                        next: None,
                    });
                }
                Some(_) => {
                    let Some(line) = self.line()? else {
                        return Ok(None);
                    };
                    let words = split(&String::from_utf8_lossy(&line));
                    return words
                        .map(Some)
                        .ok_or(Nonsense("unbalanced quotes in request"));
                }
            }
        }
        self.words()
    }

    /// Takes words until the command is whole.
    fn words(&mut self) -> Result<Option<Words>, Nonsense> {
        while let Some(mut array) = self.array.take_if(|array| array.missing > 0) {
            let length = match array.next {
                Some(length) => Some(length),
                None if self.bytes.get(self.at).is_some_and(|byte| *byte != b'$') => {
                    return Err(Nonsense("expected '$'"));
                }
                None => match self.number(b'$', "invalid bulk length")? {
                    Some(length) => {
                        let length = usize::try_from(length).ok();
                        let length = length.filter(|length| *length <= LONGEST_WORD);
                        Some(length.ok_or(Nonsense("invalid bulk length"))?)
                    }
                    None => None,
                },
            };
            array.next = length;
            let word = length.and_then(|length| self.bytes.get(self.at..self.at + length + 2));
            let Some(word) = word else {
                self.array = Some(array);
                return Ok(None);
            };
            array.words.push(word[..word.len() - 2].to_vec());
            array.size += word.len();
            self.at += word.len();
            if array.size > LONGEST_COMMAND {
                return Err(Nonsense("the command is too long"));
            }
            array.missing -= 1;
            array.next = None;
            self.array = Some(array);
        }
        Ok(self.array.take().map(|array| array.words))
    }

    /// The next line without its end; none when it is not whole.
    fn line(&mut self) -> Result<Option<Vec<u8>>, Nonsense> {
        let rest = &self.bytes[self.at..];
        let fresh = rest.get(self.seen..).unwrap_or_default();
        let Some(end) = fresh.iter().position(|b| *b == b'\n') else {
            self.seen = rest.len();
            return if rest.len() >= LONGEST_LINE {
                Err(Nonsense("too big inline request"))
            } else {
                Ok(None)
            };
        };
        let end = self.seen + end;
        let line = rest[..end]
            .strip_suffix(b"\r")
            .unwrap_or(&rest[..end])
            .to_vec();
        self.at += end + 1;
        self.seen = 0;
        Ok(Some(line))
    }

    fn number(&mut self, sign: u8, wrong: &'static str) -> Result<Option<i64>, Nonsense> {
        let Some(line) = self.line()? else {
            return Ok(None);
        };
        let digits = line.strip_prefix(&[sign]);
        let number = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        number.map(Some).ok_or(Nonsense(wrong))
    }
}

/// Splits a line into words as a person types them, with quotes; none when one is not closed.
pub(super) fn split(line: &str) -> Option<Words> {
    let mut words = Vec::new();
    let mut rest = line.chars().peekable();
    loop {
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        if rest.peek().is_none() {
            return Some(words);
        }
        let mut word = String::new();
        while let Some(character) = rest.next_if(|c| !c.is_whitespace()) {
            match character {
                '"' => loop {
                    match rest.next()? {
                        '"' => break,
                        '\\' => match rest.next()? {
                            'n' => word.push('\n'),
                            'r' => word.push('\r'),
                            't' => word.push('\t'),
                            other => word.push(other),
                        },
                        other => word.push(other),
                    }
                },
                '\'' => loop {
                    match rest.next()? {
                        '\'' => break,
                        other => word.push(other),
                    }
                },
                other => word.push(other),
            }
        }
        words.push(word.into_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(bytes: &[u8]) -> Result<Vec<String>, Nonsense> {
        let mut incoming = Incoming::default();
        let mut all = Vec::new();
        // Byte by byte: nothing may depend on where a piece ends.
        for byte in bytes {
            incoming.extend(&[*byte]);
            while let Some(words) = incoming.command()? {
                let words: Vec<_> = words.iter().map(|w| String::from_utf8_lossy(w)).collect();
                all.push(words.join("|"));
            }
        }
        Ok(all)
    }

    #[test]
    fn commands_come_in_arrays_and_in_lines() {
        assert_eq!(
            commands(b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\nPING\r\nset 'a b' \"c\\n\"\n\r\n*0\r\n")
                .unwrap(),
            ["GET|k", "PING", "set|a b|c\n", "", ""]
        );
    }

    #[test]
    fn nonsense_is_told_and_bounded() {
        for (bytes, words) in [
            (&b"*x\r\n"[..], "invalid multibulk length"),
            (b"*99999999\r\n", "invalid multibulk length"),
            (b"*1\r\n$-5\r\n", "invalid bulk length"),
            (b"*1\r\n$999999999999\r\n", "invalid bulk length"),
            (b"*1\r\nx", "expected '$'"),
            (b"'a\r\n", "unbalanced quotes in request"),
        ] {
            assert_eq!(commands(bytes), Err(Nonsense(words)));
        }
        assert!(commands(&vec![b'a'; LONGEST_LINE]).is_err());
    }

    #[test]
    fn replies_are_written_in_both_versions() {
        let text = |reply: Reply, third| {
            let mut bytes = Vec::new();
            reply.write(&mut bytes, third);
            String::from_utf8(bytes).unwrap()
        };
        let map = Reply::Map(vec![Reply::bulk("a"), Reply::Double(1.5)]);
        assert_eq!(text(map.clone(), false), "*2\r\n$1\r\na\r\n$3\r\n1.5\r\n");
        assert_eq!(text(map, true), "%1\r\n$1\r\na\r\n,1.5\r\n");
        assert_eq!(text(Reply::Null, false), "$-1\r\n");
        assert_eq!(text(Reply::NullArray, true), "_\r\n");
        assert_eq!(text(Reply::error("ERR a\r\nb"), false), "-ERR a  b\r\n");
    }
}
