//! Regular expressions of POSIX, over bytes.
//!
//! Of all matches that begin leftmost the longest is found, as POSIX wants it and as crates that
//! speak Perl's language do not. Where bytes are UTF-8 a character is matched as one. Time is
//! linear in the text; only a pattern with back-references is tried out, within a budget.

mod backtrack;
mod compile;
mod parse;
mod search;
mod set;

use std::ops::Range;

use compile::Program;

/// The language of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::process) enum Flavour {
    /// Of `grep` and `sed`: groups are `\(…\)`.
    Basic,
    /// Of `grep -E` and `sed -E`.
    Extended,
    /// Extended, with escapes inside of brackets.
    Awk,
}

/// Why a pattern is none, or was not matched to the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(in crate::process) enum RegexError {
    /// A group does not end, or ends that did not begin.
    #[error("Unmatched ( or \\(")]
    Group,
    /// A group ends that did not begin.
    #[error("Unmatched ) or \\)")]
    GroupEnd,
    /// A bracket does not end.
    #[error("Unmatched [, [^, [:, [., or [=")]
    Bracket,
    /// `[:name:]` names no class.
    #[error("Invalid character class name")]
    Class,
    /// A range ends before it begins.
    #[error("Invalid range end")]
    Range,
    /// A repetition has nothing to repeat.
    #[error("Invalid preceding regular expression")]
    Repetition,
    /// `{…}` holds no counts.
    #[error("Invalid content of \\{{\\}}")]
    Interval,
    /// A back-reference to a group that is not there.
    #[error("Invalid back reference")]
    BackReference,
    /// A backslash at the end.
    #[error("Trailing backslash")]
    Backslash,
    /// More than this engine takes.
    #[error("Regular expression too big")]
    TooBig,
    /// Back-references led to too many attempts.
    #[error("back-references take too long to match")]
    Budget,
}

/// Where groups matched; the first is the whole.
pub(in crate::process) type Captures = Vec<Option<Range<usize>>>;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(in crate::process) struct Regex {
    program: Program,
}

impl Regex {
    /// Compiles a pattern.
    pub(in crate::process) fn new(
        pattern: &str,
        flavour: Flavour,
        ignore_case: bool,
    ) -> Result<Self, RegexError> {
        let parsed = parse::parse(pattern, flavour)?;
        Ok(Self {
            program: compile::compile(&parsed, ignore_case)?,
        })
    }

    /// How many groups the pattern has, the whole not counted.
    pub(in crate::process) fn groups(&self) -> usize {
        self.program.groups
    }

    /// Whether the pattern is found in a text.
    pub(in crate::process) fn is_match(&self, text: &[u8]) -> Result<bool, RegexError> {
        Ok(self.find(text, 0)?.is_some())
    }

    /// Finds the first match from an offset on.
    pub(in crate::process) fn find(
        &self,
        text: &[u8],
        from: usize,
    ) -> Result<Option<Range<usize>>, RegexError> {
        let found = self.slots(text, from, 2)?;
        Ok(found.and_then(|slots| range(&slots, 0)))
    }

    /// Finds the first match from an offset on, and where its groups are.
    pub(in crate::process) fn captures(
        &self,
        text: &[u8],
        from: usize,
    ) -> Result<Option<Captures>, RegexError> {
        let count = self.program.groups + 1;
        let found = self.slots(text, from, 2 * count)?;
        Ok(found.map(|slots| (0..count).map(|group| range(&slots, group)).collect()))
    }

    fn slots(
        &self,
        text: &[u8],
        from: usize,
        count: usize,
    ) -> Result<Option<Vec<usize>>, RegexError> {
        if from > text.len() {
            return Ok(None);
        }
        if self.program.refers_back {
            backtrack::search(&self.program, text, from)
        } else {
            Ok(search::search(&self.program, text, from, count))
        }
    }
}

/// What a slot holds that was not set.
const UNSET: usize = usize::MAX;

fn range(slots: &[usize], group: usize) -> Option<Range<usize>> {
    let (from, to) = (*slots.get(2 * group)?, *slots.get(2 * group + 1)?);
    (from != UNSET && to != UNSET).then_some(from..to)
}

/// The character at an offset and how many bytes it takes. A byte that is no UTF-8 is a
/// character of its own, beyond those of Unicode.
fn decode(text: &[u8], at: usize) -> Option<(u32, usize)> {
    let first = *text.get(at)?;
    let length = match first {
        0..0x80 => return Some((u32::from(first), 1)),
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => 1,
    };
    let whole = text.get(at..at + length);
    let character = whole
        .and_then(|bytes| std::str::from_utf8(bytes).ok())
        .and_then(|text| text.chars().next());
    Some(match character {
        Some(character) => (u32::from(character), length),
        None => (0x11_0000 + u32::from(first), 1),
    })
}

/// The character that stands for itself and its other case.
fn folded(character: u32) -> u32 {
    match char::from_u32(character) {
        Some(known) if known.is_ascii() => u32::from(known.to_ascii_lowercase()),
        Some(known) => known.to_lowercase().next().map_or(character, u32::from),
        None => character,
    }
}

fn is_word(character: u32) -> bool {
    char::from_u32(character).is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// A place between two characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Assertion {
    Start,
    End,
    WordStart,
    WordEnd,
    Boundary,
    NotBoundary,
}

impl Assertion {
    fn holds(self, text: &[u8], at: usize) -> bool {
        let before = || {
            let mut begin = at.saturating_sub(1);
            while begin > 0 && at - begin < 4 && text[begin] & 0xc0 == 0x80 {
                begin -= 1;
            }
            at > 0 && decode(text, begin).is_some_and(|(c, _)| is_word(c))
        };
        let after = || decode(text, at).is_some_and(|(c, _)| is_word(c));
        match self {
            Self::Start => at == 0,
            Self::End => at == text.len(),
            Self::WordStart => !before() && after(),
            Self::WordEnd => before() && !after(),
            Self::Boundary => before() != after(),
            Self::NotBoundary => before() == after(),
        }
    }
}

#[cfg(test)]
mod tests;
