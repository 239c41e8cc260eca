//! Patterns of names and texts: `*`, `?` and `[…]`.

use std::ops::ControlFlow;

/// A pattern, ready to be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Token>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Character(char),
    /// `?`
    Any,
    /// `*`
    Star,
    /// `[…]`
    Bracket(Bracket),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Bracket {
    is_negated: bool,
    ranges: Vec<(char, char)>,
    classes: Vec<Class>,
}

type Class = fn(&char) -> bool;

/// Text of which a pattern is made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) text: String,
    /// Whether the text stands for itself.
    pub(super) is_quoted: bool,
}

/// How many comparisons one search may take; a longer one finds nothing.
const MOST_STEPS: usize = 1 << 26;

impl Pattern {
    /// Reads a pattern.
    pub(super) fn new(parts: &[Part]) -> Self {
        let characters: Vec<(char, bool)> = parts
            .iter()
            .flat_map(|part| {
                part.text
                    .chars()
                    .map(|character| (character, part.is_quoted))
            })
            .collect();
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some((character, is_quoted)) = characters.get(at).copied() {
            at += 1;
            tokens.push(match character {
                _ if is_quoted => Token::Character(character),
                '*' if tokens.last() == Some(&Token::Star) => continue,
                '*' => Token::Star,
                '?' => Token::Any,
                '[' => match Bracket::read(&characters[at..]) {
                    Some((bracket, length)) => {
                        at += length;
                        Token::Bracket(bracket)
                    }
                    None => Token::Character('['),
                },
                '\\' => match characters.get(at) {
                    Some((escaped, _)) => {
                        at += 1;
                        Token::Character(*escaped)
                    }
                    None => Token::Character('\\'),
                },
                other => Token::Character(other),
            });
        }
        Self(tokens)
    }

    /// Reads a pattern of which no part is quoted.
    #[cfg(test)]
    fn of(text: &str) -> Self {
        Self::new(&[Part {
            text: text.to_owned(),
            is_quoted: false,
        }])
    }

    /// Returns the one text that matches, if the pattern has no wildcards.
    pub(super) fn as_text(&self) -> Option<String> {
        let characters = self.0.iter().map(|token| match token {
            Token::Character(character) => Some(*character),
            _ => None,
        });
        characters.collect()
    }

    /// Whether a search for it may look at all of a text.
    pub(super) fn has_star(&self) -> bool {
        self.0.contains(&Token::Star)
    }

    /// Whether a file whose name begins with a dot may match.
    pub(super) fn begins_with_dot(&self) -> bool {
        self.0.first() == Some(&Token::Character('.'))
    }

    /// Whether the whole text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        let mut is_whole = false;
        let characters = text.chars();
        scan(&self.0, characters, |length| {
            is_whole = length == text.len();
            ControlFlow::Continue(())
        });
        is_whole
    }

    /// Whether the whole text matches, whatever the capitals where those are alike.
    pub(super) fn matches_in(&self, text: &str, is_case_alike: bool) -> bool {
        if !is_case_alike {
            return self.matches(text);
        }
        let tokens = self.0.iter().map(|token| match token {
            Token::Character(letter) => match letter.to_lowercase().next() {
                Some(lower) => Token::Character(lower),
                None => token.clone(),
            },
            token => token.clone(),
        });
        let lowered = Self(tokens.collect());
        lowered.matches(&text.to_lowercase()) || self.matches(text)
    }

    /// Returns the length of the shortest or longest start of `text` that matches.
    pub(super) fn prefix(&self, text: &str, is_longest: bool) -> Option<usize> {
        let mut found = None;
        scan(&self.0, text.chars(), |length| {
            found = Some(length);
            if is_longest {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        found
    }

    /// Returns the length of the shortest or longest end of `text` that matches.
    pub(super) fn suffix(&self, text: &str, is_longest: bool) -> Option<usize> {
        let reversed: Vec<Token> = self.0.iter().rev().cloned().collect();
        let mut found = None;
        scan(&reversed, text.chars().rev(), |length| {
            found = Some(length);
            if is_longest {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        });
        found
    }
}

impl Token {
    fn accepts(&self, character: char) -> bool {
        match self {
            Self::Character(own) => *own == character,
            Self::Any | Self::Star => true,
            Self::Bracket(bracket) => bracket.accepts(character),
        }
    }
}

impl Bracket {
    /// Reads what follows a `[`; None if no `]` closes it. Also returns the length.
    fn read(characters: &[(char, bool)]) -> Option<(Self, usize)> {
        let is = |at: usize, wanted: char| characters.get(at) == Some(&(wanted, false));
        let mut bracket = Self::default();
        let mut at = 0;
        if is(at, '!') || is(at, '^') {
            bracket.is_negated = true;
            at += 1;
        }
        let first = at;
        loop {
            if is(at, ']') && at > first {
                return Some((bracket, at + 1));
            }
            if is(at, '[')
                && is(at + 1, ':')
                && let Some((class, length)) = class(&characters[at + 2..])
            {
                bracket.classes.push(class);
                at += 2 + length;
                continue;
            }
            if is(at, '\\') {
                at += 1;
            }
            let low = characters.get(at)?.0;
            at += 1;
            let is_range = is(at, '-') && at + 1 < characters.len() && !is(at + 1, ']');
            if is_range {
                at += 1 + usize::from(is(at + 1, '\\'));
            }
            let high = if is_range { characters.get(at)?.0 } else { low };
            at += usize::from(is_range);
            bracket.ranges.push((low, high));
        }
    }

    fn accepts(&self, character: char) -> bool {
        let is_listed = self
            .ranges
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&character))
            || self.classes.iter().any(|class| class(&character));
        is_listed != self.is_negated
    }
}

/// Reads the name of a class up to `:]`, and returns the length of both.
fn class(characters: &[(char, bool)]) -> Option<(Class, usize)> {
    let longest = characters.len().min(8);
    let name: String = characters[..longest].iter().map(|(c, _)| *c).collect();
    let (name, _) = name.split_once(":]")?;
    let class: Class = match name {
        "alnum" => |c| c.is_alphanumeric(),
        "alpha" => |c| c.is_alphabetic(),
        "blank" => |c| matches!(c, ' ' | '\t'),
        "cntrl" => |c| c.is_control(),
        "digit" => |c| c.is_ascii_digit(),
        "graph" => |c| !c.is_whitespace() && !c.is_control(),
        "lower" => |c| c.is_lowercase(),
        "print" => |c| !c.is_control(),
        "punct" => |c| c.is_ascii_punctuation(),
        "space" => |c| c.is_whitespace(),
        "upper" => |c| c.is_uppercase(),
        "xdigit" => |c| c.is_ascii_hexdigit(),
        _ => return None,
    };
    Some((class, name.len() + 2))
}

/// Tells `found` of each length, in bytes and rising, of a start of the text that matches.
///
/// All ways to match are followed at once, so no text takes longer than its length
/// times that of the pattern.
fn scan(
    tokens: &[Token],
    text: impl Iterator<Item = char>,
    mut found: impl FnMut(usize) -> ControlFlow<()>,
) {
    // The places in the pattern that the text has led to so far, and those to come.
    let mut places = Places::default();
    let mut next = Places::default();
    places.add(0, tokens);
    let mut length = 0;
    let mut steps = 0;
    let mut text = text;
    loop {
        if places.is_at_end(tokens) && found(length).is_break() {
            return;
        }
        let Some(character) = text.next() else {
            return;
        };
        for place in &places.0 {
            match tokens.get(*place) {
                Some(Token::Star) => next.add(*place, tokens),
                Some(token) if token.accepts(character) => next.add(place + 1, tokens),
                _ => {}
            }
        }
        steps += places.0.len() + 1;
        if next.0.is_empty() || steps > MOST_STEPS {
            return;
        }
        length += character.len_utf8();
        std::mem::swap(&mut places, &mut next);
        next.0.clear();
    }
}

/// Places in a pattern, in rising order.
#[derive(Debug, Default)]
struct Places(Vec<usize>);

impl Places {
    /// Adds a place and what can be reached from it without a character.
    fn add(&mut self, place: usize, tokens: &[Token]) {
        if self.0.last().is_some_and(|last| *last >= place) {
            return;
        }
        if tokens.get(place) == Some(&Token::Star) {
            // Whatever matches from an earlier place matches from a star, too.
            self.0.clear();
            self.0.push(place);
            self.add(place + 1, tokens);
        } else {
            self.0.push(place);
        }
    }

    fn is_at_end(&self, tokens: &[Token]) -> bool {
        self.0.last() == Some(&tokens.len())
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        Pattern::of(pattern).matches(text)
    }

    #[test]
    fn wildcards_match_what_they_should() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("a*c", "abc"),
            ("a*c", "ac"),
            ("a*b*c", "a-b-b-c"),
            ("?", "é"),
            ("[a-c]x", "bx"),
            ("[!a-c]", "d"),
            ("[^a]", "b"),
            ("[]]", "]"),
            ("[]a]", "a"),
            ("[a-]", "-"),
            ("[[:digit:][:upper:]]", "Q"),
            ("[\\]]", "]"),
            ("[", "["),
            ("[a", "[a"),
            ("[[:nosuch:]", ":"),
            ("\\*", "*"),
            ("*\\", "a\\"),
            ("**a", "a"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("", "a"),
            ("?", ""),
            ("a*c", "abd"),
            ("[a-c]", "d"),
            ("[!a]", "a"),
            ("\\*", "a"),
            ("a", "ab"),
            ("[z-a]", "m"),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn quoted_parts_stand_for_themselves() {
        let part = |text: &str, is_quoted| Part {
            text: text.to_owned(),
            is_quoted,
        };
        let pattern = Pattern::new(&[part("a", false), part("*", true), part("*", false)]);

        assert!(pattern.matches("a*b"));
        assert!(!pattern.matches("ab"));
        assert_eq!(Pattern::new(&[part("*", true)]).as_text().unwrap(), "*");
        let bracket = Pattern::new(&[part("[a", false), part("]", true), part("]", false)]);
        assert!(bracket.matches("]"));
    }

    #[test]
    fn starts_and_ends_are_found_short_and_long() {
        let slash = Pattern::of("*/");
        assert_eq!(slash.prefix("a/b/c", false), Some(2));
        assert_eq!(slash.prefix("a/b/c", true), Some(4));
        let dot = Pattern::of(".*");
        assert_eq!(dot.suffix("a.b.c", false), Some(2));
        assert_eq!(dot.suffix("a.b.c", true), Some(4));
        assert_eq!(Pattern::of("x").prefix("abc", true), None);
        assert_eq!(Pattern::of("é").suffix("né", true), Some(2));
        assert_eq!(Pattern::of("*").prefix("abc", false), Some(0));
    }

    #[test]
    fn hostile_patterns_take_no_longer_than_others() {
        let start = Instant::now();
        let text = "a".repeat(100_000);
        assert!(!matches(&("*a".repeat(500) + "b"), &text));
        assert!(!matches(&("a*".repeat(500) + "b"), &text));
        assert!(!matches(&("*".to_owned() + &"?".repeat(100) + "b"), &text));
        assert_eq!(Pattern::of("*b").prefix(&text, true), None);
        assert_eq!(Pattern::of("b*").suffix(&text, true), None);
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}
