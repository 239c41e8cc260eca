//! From the text of a pattern to its tree.

use super::set::Set;
use super::{Assertion, Flavour, RegexError};

/// How deep groups may stand in each other.
const DEPTH: usize = 64;
/// How many repetitions may stand behind one part.
const LAYERS: usize = 8;
/// The highest count of a repetition (`RE_DUP_MAX`).
const MOST_REPEATS: u32 = 255;
/// The longest pattern, in bytes.
const LONGEST: usize = 64 * 1024;

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Char(char),
    Any,
    Set(Set),
    Assert(Assertion),
    /// A group and its number, from 1.
    Group(usize, Box<Self>),
    BackReference(usize),
    Sequence(Vec<Self>),
    Alternatives(Vec<Self>),
    Repeat {
        node: Box<Self>,
        least: u32,
        /// Nothing is as often as can be.
        most: Option<u32>,
    },
}

/// A pattern that was understood.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    pub(super) node: Node,
    pub(super) groups: usize,
    pub(super) refers_back: bool,
}

pub(super) fn parse(pattern: &str, flavour: Flavour) -> Result<Parsed, RegexError> {
    if pattern.len() > LONGEST {
        return Err(RegexError::TooBig);
    }
    let mut parser = Parser {
        rest: pattern,
        basic: flavour == Flavour::Basic,
        escapes_in_brackets: flavour == Flavour::Awk,
        groups: 0,
        closed: Vec::new(),
        refers_back: false,
        depth: 0,
    };
    let node = parser.alternatives()?;
    if !parser.rest.is_empty() {
        return Err(RegexError::GroupEnd);
    }
    Ok(Parsed {
        node,
        groups: parser.groups,
        refers_back: parser.refers_back,
    })
}

struct Parser<'a> {
    rest: &'a str,
    basic: bool,
    escapes_in_brackets: bool,
    groups: usize,
    /// The groups that have ended, which a back-reference may name.
    closed: Vec<usize>,
    refers_back: bool,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// Takes an operator: plain in an extended pattern, after a backslash in a basic one.
    fn take(&mut self, operator: char) -> bool {
        let rest = if self.basic {
            self.rest
                .strip_prefix('\\')
                .and_then(|rest| rest.strip_prefix(operator))
        } else {
            self.rest.strip_prefix(operator)
        };
        if let Some(rest) = rest {
            self.rest = rest;
        }
        rest.is_some()
    }

    fn sees(&self, operator: char) -> bool {
        if self.basic {
            let rest = self.rest.strip_prefix('\\');
            rest.is_some_and(|rest| rest.starts_with(operator))
        } else {
            self.rest.starts_with(operator)
        }
    }

    fn alternatives(&mut self) -> Result<Node, RegexError> {
        let mut nodes = vec![self.sequence()?];
        while self.take('|') {
            nodes.push(self.sequence()?);
        }
        Ok(match nodes.len() {
            1 => nodes.remove(0),
            _ => Node::Alternatives(nodes),
        })
    }

    fn sequence(&mut self) -> Result<Node, RegexError> {
        let mut nodes: Vec<Node> = Vec::new();
        // In a basic pattern a `*` in front, or behind a `^` in front, is itself.
        let mut fresh = true;
        while !self.rest.is_empty() && !self.sees('|') {
            if self.sees(')') {
                // Nothing was opened that this could close: an extended pattern has it as it is.
                if self.depth > 0 || self.basic {
                    break;
                }
            }
            let node = self.atom(fresh)?;
            fresh = self.basic && fresh && node == Node::Assert(Assertion::Start);
            if fresh {
                nodes.push(node);
                continue;
            }
            let node = self.repeated(node)?;
            nodes.push(node);
        }
        Ok(match nodes.len() {
            1 => nodes.remove(0),
            _ => Node::Sequence(nodes),
        })
    }

    fn atom(&mut self, fresh: bool) -> Result<Node, RegexError> {
        if self.take('(') {
            return self.group();
        }
        let mut letters = self.rest.chars();
        let first = letters.next().ok_or(RegexError::Repetition)?;
        let after = letters.as_str();
        let before = std::mem::replace(&mut self.rest, after);
        Ok(match first {
            '\\' => return self.escape(),
            '[' => {
                let (set, rest) = Set::read(after, self.escapes_in_brackets)?;
                self.rest = rest;
                Node::Set(set)
            }
            '.' => Node::Any,
            '^' if !self.basic || fresh => Node::Assert(Assertion::Start),
            '$' if !self.basic || self.ends_here() => Node::Assert(Assertion::End),
            '*' if fresh => Node::Char('*'),
            '+' | '?' if !self.basic && fresh => return Err(RegexError::Repetition),
            '{' if !self.basic && fresh && self.interval_at(before).is_some() => {
                return Err(RegexError::Repetition);
            }
            other => Node::Char(other),
        })
    }

    fn ends_here(&self) -> bool {
        self.rest.is_empty() || self.sees(')') || self.sees('|')
    }

    fn group(&mut self) -> Result<Node, RegexError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(RegexError::TooBig);
        }
        self.groups += 1;
        let number = self.groups;
        let inner = self.alternatives()?;
        if !self.take(')') {
            return Err(RegexError::Group);
        }
        self.depth -= 1;
        self.closed.push(number);
        Ok(Node::Group(number, Box::new(inner)))
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<Node, RegexError> {
        let mut letters = self.rest.chars();
        let letter = letters.next().ok_or(RegexError::Backslash)?;
        self.rest = letters.as_str();
        Ok(match letter {
            'n' => Node::Char('\n'),
            't' => Node::Char('\t'),
            'r' => Node::Char('\r'),
            'f' => Node::Char('\x0c'),
            'v' => Node::Char('\x0b'),
            'a' => Node::Char('\x07'),
            'w' => Node::Set(Set::words(false)),
            'W' => Node::Set(Set::words(true)),
            's' => Node::Set(Set::spaces(false)),
            'S' => Node::Set(Set::spaces(true)),
            'b' => Node::Assert(Assertion::Boundary),
            'B' => Node::Assert(Assertion::NotBoundary),
            '<' => Node::Assert(Assertion::WordStart),
            '>' => Node::Assert(Assertion::WordEnd),
            '`' => Node::Assert(Assertion::Start),
            '\'' => Node::Assert(Assertion::End),
            '1'..='9' => {
                let number = letter.to_digit(10).unwrap_or(0) as usize;
                if !self.closed.contains(&number) {
                    return Err(RegexError::BackReference);
                }
                self.refers_back = true;
                Node::BackReference(number)
            }
            '{' | '+' | '?' if self.basic => return Err(RegexError::Repetition),
            other => Node::Char(other),
        })
    }

    /// The repetitions that follow a part.
    fn repeated(&mut self, node: Node) -> Result<Node, RegexError> {
        let mut node = node;
        let mut layers = 0;
        loop {
            let (least, most) = if let Some(rest) = self.rest.strip_prefix('*') {
                self.rest = rest;
                (0, None)
            } else if self.take('+') {
                (1, None)
            } else if self.take('?') {
                (0, Some(1))
            } else if let Some((counts, rest)) = self.interval()? {
                self.rest = rest;
                counts
            } else {
                return Ok(node);
            };
            layers += 1;
            if layers > LAYERS {
                return Err(RegexError::TooBig);
            }
            // `a**` is `a*`, and so is anything that is repeated freely twice.
            let twice = matches!(
                &node,
                Node::Repeat {
                    least: 0,
                    most: None,
                    ..
                }
            );
            if twice && most.is_none() {
                continue;
            }
            node = Node::Repeat {
                node: Box::new(node),
                least,
                most,
            };
        }
    }

    /// The counts of `{2,5}` that stands next, and what follows them.
    #[expect(
        clippy::type_complexity,
        reason = "it is read once, by its only caller"
    )]
    fn interval(&self) -> Result<Option<((u32, Option<u32>), &'a str)>, RegexError> {
        if self.basic {
            let Some(rest) = self.rest.strip_prefix("\\{") else {
                return Ok(None);
            };
            let (inner, rest) = rest.split_once("\\}").ok_or(RegexError::Interval)?;
            let counts = counts(inner).ok_or(RegexError::Interval)?;
            return Ok(Some((counts, rest)));
        }
        let Some(inner) = self.interval_at(self.rest) else {
            // An extended pattern has a brace that is no interval as it is.
            return Ok(None);
        };
        let rest = &self.rest[inner.len() + 2..];
        let counts = counts(inner).ok_or(RegexError::Interval)?;
        Ok(Some((counts, rest)))
    }

    /// What is between the braces that a text begins with, if it looks like counts.
    fn interval_at<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (inner, _) = text.strip_prefix('{')?.split_once('}')?;
        let looks = inner.bytes().all(|b| b.is_ascii_digit() || b == b',');
        let looks = looks && inner.starts_with(|c: char| c.is_ascii_digit() || c == ',');
        (looks && !self.basic).then_some(inner)
    }
}

fn counts(inner: &str) -> Option<(u32, Option<u32>)> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|n| *n <= MOST_REPEATS);
    match inner.split_once(',') {
        None => {
            let count = number(inner)?;
            Some((count, Some(count)))
        }
        Some(("", most)) => Some((0, Some(number(most)?))),
        Some((least, "")) => Some((number(least)?, None)),
        Some((least, most)) => {
            let (least, most) = (number(least)?, number(most)?);
            (least <= most).then_some((least, Some(most)))
        }
    }
}
