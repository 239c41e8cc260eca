//! Patterns of file names as Go's `filepath.Match` reads them.

/// A pattern: `*` is any text without a slash, `?` any one character but a slash, `[a-z]`
/// and `[^a-z]` one character of a set, and a backslash takes the meaning away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    AnyText,
    AnyCharacter,
    Character(char),
    Set {
        ranges: Vec<(char, char)>,
        is_negated: bool,
    },
}

/// What is written is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("syntax error in pattern")]
pub(crate) struct InvalidGlob;

impl Glob {
    /// Reads a pattern.
    pub(crate) fn parse(pattern: &str) -> Result<Self, InvalidGlob> {
        let mut pieces = Vec::new();
        let mut rest = pattern.chars();
        while let Some(c) = rest.next() {
            let piece = match c {
                '*' => Piece::AnyText,
                '?' => Piece::AnyCharacter,
                '\\' => Piece::Character(rest.next().ok_or(InvalidGlob)?),
                '[' => set(&mut rest)?,
                c => Piece::Character(c),
            };
            // A second star finds nothing that the first does not.
            if piece != Piece::AnyText || pieces.last() != Some(&Piece::AnyText) {
                pieces.push(piece);
            }
        }
        Ok(Self(pieces))
    }

    /// Whether the whole of `path` fits.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let mut pieces = self.0.as_slice();
        let mut text = path;
        // The last star and the text from which it may still take a character.
        let mut star: Option<(&[Piece], &str)> = None;
        loop {
            let next = text.chars().next();
            match (pieces, next) {
                ([], None) => return true,
                ([Piece::AnyText, after @ ..], _) => {
                    star = Some((after, text));
                    pieces = after;
                    continue;
                }
                ([piece, after @ ..], Some(c)) if piece.takes(c) => {
                    pieces = after;
                    text = &text[c.len_utf8()..];
                    continue;
                }
                _ => {}
            }
            // A star that has come to a slash takes no more, and no star before it would.
            let Some((after, from)) = star else {
                return false;
            };
            let Some(taken) = from.chars().next().filter(|c| *c != '/') else {
                return false;
            };
            text = &from[taken.len_utf8()..];
            pieces = after;
            star = Some((after, text));
        }
    }

    /// Whether `text` has a character that could mean something in a pattern.
    pub(crate) fn is_in(text: &str) -> bool {
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => drop(chars.next()),
                '*' | '?' | '[' => return true,
                _ => {}
            }
        }
        false
    }
}

impl Piece {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::AnyText => false,
            Self::AnyCharacter => c != '/',
            Self::Character(own) => *own == c,
            Self::Set { ranges, is_negated } => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *is_negated
            }
        }
    }
}

/// Reads a set behind its bracket.
fn set(rest: &mut std::str::Chars<'_>) -> Result<Piece, InvalidGlob> {
    let is_negated = rest.as_str().starts_with('^');
    if is_negated {
        rest.next();
    }
    let mut ranges = Vec::new();
    loop {
        if rest.as_str().starts_with(']') && !ranges.is_empty() {
            rest.next();
            return Ok(Piece::Set { ranges, is_negated });
        }
        let from = member(rest)?;
        let to = if rest.as_str().starts_with('-') {
            rest.next();
            member(rest)?
        } else {
            from
        };
        ranges.push((from, to));
    }
}

fn member(rest: &mut std::str::Chars<'_>) -> Result<char, InvalidGlob> {
    match rest.next() {
        None | Some('-' | ']') => Err(InvalidGlob),
        Some('\\') => rest.next().ok_or(InvalidGlob),
        Some(c) => Ok(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Glob::parse(pattern).unwrap().matches(path)
    }

    #[test]
    fn a_pattern_fits_the_whole_path() {
        for (pattern, path) in [
            ("abc", "abc"),
            ("*", "abc"),
            ("*c", "abc"),
            ("a*", "a"),
            ("a*/b", "abc/b"),
            ("a*b*c*d*e*/f", "axbxcxdxe/f"),
            ("a*b?c*x", "abxbbxdbxebxczzx"),
            ("ab[c]", "abc"),
            ("ab[b-d]", "abc"),
            ("ab[^e-g]", "abc"),
            ("a\\*b", "a*b"),
            ("a???b", "aéöüb"),
            ("[\\]a]", "]"),
            ("[x\\-]", "-"),
            ("**", "ab"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("*", "ab/c"),
            ("a*", "ab/c"),
            ("a*/b", "a/c/b"),
            ("a?b", "a/b"),
            ("ab[^b-d]", "abc"),
            ("a\\*b", "ab"),
            ("a*b?c*x", "abxbbxdbxebxczzy"),
            ("*x", "xxx/y"),
            ("abc", "ab"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn what_has_no_end_is_no_pattern() {
        for pattern in [
            "[", "[]", "[]a]", "[-]", "[x-]", "[-x]", "[a-b-c]", "a[", "[^", "[^]", "\\", "[\\",
        ] {
            assert_eq!(Glob::parse(pattern), Err(InvalidGlob), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_is_known_by_its_characters() {
        assert!(Glob::is_in("a*"));
        assert!(Glob::is_in("a\\\\[b]"));
        assert!(!Glob::is_in("a\\*b"));
        assert!(!Glob::is_in("abc\\"));
    }

    #[test]
    fn many_stars_cost_no_time() {
        let pattern = "a*".repeat(2_000) + "b";

        assert!(!matches(&pattern, &"a".repeat(5_000)));
    }
}
