//! Bracket expressions: `[a-z]`, `[^[:space:]]`.

use super::{RegexError, folded};

/// The characters of a bracket expression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    negated: bool,
    ranges: Vec<(u32, u32)>,
    classes: Vec<Class>,
}

/// A class by name, and whether it is the others that are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Class {
    kind: Kind,
    negated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Alpha,
    Digit,
    Alnum,
    Upper,
    Lower,
    Space,
    Blank,
    Punct,
    Print,
    Graph,
    Cntrl,
    Xdigit,
    Word,
}

impl Kind {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "alpha" => Self::Alpha,
            "digit" => Self::Digit,
            "alnum" => Self::Alnum,
            "upper" => Self::Upper,
            "lower" => Self::Lower,
            "space" => Self::Space,
            "blank" => Self::Blank,
            "punct" => Self::Punct,
            "print" => Self::Print,
            "graph" => Self::Graph,
            "cntrl" => Self::Cntrl,
            "xdigit" => Self::Xdigit,
            _ => return None,
        })
    }

    fn holds(self, c: char) -> bool {
        match self {
            Self::Alpha => c.is_alphabetic(),
            Self::Digit => c.is_ascii_digit(),
            Self::Alnum => c.is_alphanumeric(),
            Self::Upper => c.is_uppercase(),
            Self::Lower => c.is_lowercase(),
            Self::Space => c.is_whitespace(),
            Self::Blank => c == ' ' || c == '\t',
            Self::Punct => c.is_ascii_punctuation(),
            Self::Print => !c.is_control(),
            Self::Graph => !c.is_control() && !c.is_whitespace(),
            Self::Cntrl => c.is_control(),
            Self::Xdigit => c.is_ascii_hexdigit(),
            Self::Word => c.is_alphanumeric() || c == '_',
        }
    }
}

impl Set {
    /// `\w` and `\W`.
    pub(super) fn words(negated: bool) -> Self {
        Self::class(Kind::Word, negated)
    }

    /// `\s` and `\S`.
    pub(super) fn spaces(negated: bool) -> Self {
        Self::class(Kind::Space, negated)
    }

    fn class(kind: Kind, negated: bool) -> Self {
        Self {
            classes: vec![Class { kind, negated }],
            ..Self::default()
        }
    }

    /// Reads what follows a `[`; returns the set and what is left after its `]`.
    ///
    /// `escapes` lets a backslash stand for what follows it.
    pub(super) fn read(rest: &str, escapes: bool) -> Result<(Self, &str), RegexError> {
        let mut set = Self::default();
        let mut rest = rest;
        if let Some(after) = rest.strip_prefix('^') {
            set.negated = true;
            rest = after;
        }
        let mut first = true;
        loop {
            if !first && let Some(after) = rest.strip_prefix(']') {
                return Ok((set, after));
            }
            first = false;
            if let Some(after) = rest.strip_prefix("[:") {
                let (name, after) = after.split_once(":]").ok_or(RegexError::Bracket)?;
                let kind = Kind::of(name).ok_or(RegexError::Class)?;
                set.classes.push(Class {
                    kind,
                    negated: false,
                });
                rest = after;
                continue;
            }
            let (from, after) = element(rest, escapes)?;
            rest = after;
            let range_end = rest.strip_prefix('-').filter(|end| !end.starts_with(']'));
            let to = match range_end {
                Some(end) => {
                    let (to, after) = element(end, escapes)?;
                    rest = after;
                    to
                }
                None => from,
            };
            if to < from {
                return Err(RegexError::Range);
            }
            set.ranges.push((from, to));
        }
    }

    /// Whether a character is in the set.
    pub(super) fn holds(&self, character: u32, ignore_case: bool) -> bool {
        let mut found = self.lists(character);
        if !found && ignore_case {
            found = self.lists(folded(character))
                || char::from_u32(character)
                    .and_then(|c| c.to_uppercase().next())
                    .is_some_and(|upper| self.lists(u32::from(upper)));
        }
        found != self.negated
    }

    fn lists(&self, character: u32) -> bool {
        if self
            .ranges
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&character))
        {
            return true;
        }
        let known = char::from_u32(character);
        self.classes
            .iter()
            .any(|class| known.is_some_and(|c| class.kind.holds(c)) != class.negated)
    }
}

/// One character of a bracket expression, also as `[.x.]` or `[=x=]`.
fn element(rest: &str, escapes: bool) -> Result<(u32, &str), RegexError> {
    for (open, close) in [("[.", ".]"), ("[=", "=]")] {
        if let Some(after) = rest.strip_prefix(open) {
            let (name, after) = after.split_once(close).ok_or(RegexError::Bracket)?;
            let mut letters = name.chars();
            return match (letters.next(), letters.next()) {
                (Some(c), None) => Ok((u32::from(c), after)),
                _ => Err(RegexError::Class),
            };
        }
    }
    let mut letters = rest.chars();
    let mut c = letters.next().ok_or(RegexError::Bracket)?;
    if c == '\\' && escapes {
        c = match letters.next().ok_or(RegexError::Bracket)? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'f' => '\x0c',
            'v' => '\x0b',
            'a' => '\x07',
            'b' => '\x08',
            other => other,
        };
    }
    Ok((u32::from(c), letters.as_str()))
}
