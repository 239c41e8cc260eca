//! The patterns of `${x#pattern}` and its kin: `*` is any text, `?` any character.

use regex_lite::{Regex, RegexBuilder};

/// A pattern in pieces, so that it can be turned round.
#[derive(Debug)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, Copy)]
enum Piece {
    AnyText,
    AnyCharacter,
    Character(char),
}

/// The end of a text at which a pattern is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Front,
    Back,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidPattern {
    #[error("invalid escape '\\{0}'")]
    Escape(char),
    #[error("text and pattern are too long for each other")]
    TooMuchWork,
}

/// The most steps that a search may take: pieces times characters.
const MOST_WORK: usize = 1 << 24;

impl Pattern {
    /// Reads a pattern; a backslash takes the meaning of `*`, `?` and itself.
    pub(super) fn parse(text: &str) -> Result<Self, InvalidPattern> {
        let mut pieces = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            pieces.push(match c {
                '*' => Piece::AnyText,
                '?' => Piece::AnyCharacter,
                // What ends the substitution is escaped for its sake alone.
                '\\' if matches!(chars.peek(), Some('}' | '/')) => continue,
                '\\' => match chars.next() {
                    Some(c @ ('*' | '?' | '\\')) => Piece::Character(c),
                    c => {
                        let c = c.unwrap_or(char::REPLACEMENT_CHARACTER);
                        return Err(InvalidPattern::Escape(c));
                    }
                },
                c => Piece::Character(c),
            });
        }
        Ok(Self(pieces))
    }

    /// Takes the pattern off one end of `value`.
    pub(super) fn trim(
        mut self,
        value: &str,
        end: End,
        is_greedy: bool,
    ) -> Result<String, InvalidPattern> {
        match end {
            End::Front => {
                let regex = self.compiled(value, "^", is_greedy)?;
                let taken = regex.find(value).map_or(0, |found| found.end());
                Ok(value[taken..].to_owned())
            }
            // The first match at the front is easily found, the last one at the back is not.
            End::Back => {
                self.0.reverse();
                let mirrored: String = value.chars().rev().collect();
                let rest = self.trim(&mirrored, End::Front, is_greedy)?;
                Ok(rest.chars().rev().collect())
            }
        }
    }

    /// Puts `replacement` in for the first match, or for every one.
    pub(super) fn replace(
        &self,
        value: &str,
        replacement: &str,
        everywhere: bool,
    ) -> Result<String, InvalidPattern> {
        let regex = self.compiled(value, "", true)?;
        let most = if everywhere { usize::MAX } else { 1 };
        let matches = regex.find_iter(value).take(most);
        let growth = matches.count().saturating_mul(replacement.len());
        if growth > MOST_WORK {
            return Err(InvalidPattern::TooMuchWork);
        }
        let literally = regex_lite::NoExpand(replacement);
        let limit = usize::from(!everywhere);
        Ok(regex.replacen(value, limit, literally).into_owned())
    }

    fn compiled(&self, value: &str, start: &str, is_greedy: bool) -> Result<Regex, InvalidPattern> {
        if self.0.len().saturating_mul(value.len()) > MOST_WORK {
            return Err(InvalidPattern::TooMuchWork);
        }
        let mut expression = start.to_owned();
        for piece in &self.0 {
            match piece {
                Piece::AnyText if is_greedy => expression.push_str(".*"),
                Piece::AnyText => expression.push_str(".*?"),
                Piece::AnyCharacter => expression.push('.'),
                Piece::Character(c) => {
                    expression.push_str(&regex_lite::escape(c.encode_utf8(&mut [0; 4])));
                }
            }
        }
        RegexBuilder::new(&expression)
            .build()
            .map_err(|_| InvalidPattern::TooMuchWork)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trim(pattern: &str, value: &str, end: End, is_greedy: bool) -> String {
        let pattern = Pattern::parse(pattern).unwrap();
        pattern.trim(value, end, is_greedy).unwrap()
    }

    #[test]
    fn as_little_or_as_much_as_possible_is_taken_off() {
        assert_eq!(trim("*/", "a/b/c", End::Front, false), "b/c");
        assert_eq!(trim("*/", "a/b/c", End::Front, true), "c");
        assert_eq!(trim("/*", "a/b/c", End::Back, false), "a/b");
        assert_eq!(trim("/*", "a/b/c", End::Back, true), "a");
        assert_eq!(trim("?", "éa", End::Front, false), "a");
        assert_eq!(trim("b", "abc", End::Front, false), "abc");
    }

    #[test]
    fn an_escape_takes_the_meaning_away() {
        assert_eq!(trim(r"\*", "*a", End::Front, false), "a");
        assert_eq!(trim(r"b\*c", "ab*c", End::Back, false), "a");
        assert_eq!(trim(r"\}", "}a", End::Front, false), "a");
        assert_eq!(trim("(a)+", "(a)+b", End::Front, false), "b");
        assert_eq!(
            Pattern::parse(r"\x").unwrap_err(),
            InvalidPattern::Escape('x')
        );
        assert_eq!(
            Pattern::parse("\\").unwrap_err().to_string(),
            "invalid escape '\\\u{fffd}'"
        );
    }

    #[test]
    fn one_match_or_every_one_is_replaced_by_the_text_as_it_is() {
        let replace = |pattern, everywhere| {
            let pattern = Pattern::parse(pattern).unwrap();
            pattern.replace("a.b.c", "$0", everywhere).unwrap()
        };

        assert_eq!(replace(".", false), "a$0b.c");
        assert_eq!(replace(".", true), "a$0b$0c");
        assert_eq!(replace(".*", false), "a$0");
    }

    #[test]
    fn too_much_work_is_refused() {
        let pattern = Pattern::parse(&"?".repeat(20_000)).unwrap();

        assert_eq!(
            pattern.trim(&"x".repeat(20_000), End::Front, false),
            Err(InvalidPattern::TooMuchWork)
        );
    }
}
