//! Patterns of names, as Go's `path.Match` reads them.

use super::ImageError;

/// A pattern: `*` and `?` match no slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Any,
    One,
    Char(char),
    Class {
        is_negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When a bracket or a backslash has no end.
    pub(super) fn parse(text: &str) -> Result<Self, ImageError> {
        let mut parts = Vec::new();
        let mut chars = text.chars().peekable();
        while let Some(char) = chars.next() {
            parts.push(match char {
                '*' => Part::Any,
                '?' => Part::One,
                '\\' => Part::Char(chars.next().ok_or(ImageError::Pattern)?),
                '[' => class(&mut chars)?,
                char => Part::Char(char),
            });
        }
        Ok(Self(parts))
    }

    /// Whether the whole of `name` is what the pattern says.
    pub(super) fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let (mut part, mut at) = (0, 0);
        // Where the last star stands, and how far it reaches.
        let mut star: Option<(usize, usize)> = None;
        loop {
            match (self.0.get(part), name.get(at)) {
                (None, None) => return true,
                (Some(Part::Any), _) => {
                    star = Some((part, at));
                    part += 1;
                    continue;
                }
                (Some(wanted), Some(char)) if wanted.takes(*char) => {
                    part += 1;
                    at += 1;
                    continue;
                }
                _ => {}
            }
            // Let the last star take one more.
            match star {
                Some((at_star, reach)) if name.get(reach).is_some_and(|char| *char != '/') => {
                    star = Some((at_star, reach + 1));
                    (part, at) = (at_star + 1, reach + 1);
                }
                _ => return false,
            }
        }
    }
}

impl Part {
    fn takes(&self, char: char) -> bool {
        match self {
            Self::Any => false,
            Self::One => char != '/',
            Self::Char(wanted) => *wanted == char,
            Self::Class { is_negated, ranges } => {
                let is_in = ranges
                    .iter()
                    .any(|(low, high)| (*low..=*high).contains(&char));
                is_in != *is_negated
            }
        }
    }
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Reads what is between brackets.
fn class(chars: &mut Chars<'_>) -> Result<Part, ImageError> {
    let is_negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && chars.next_if_eq(&']').is_some() {
            return Ok(Part::Class { is_negated, ranges });
        }
        let low = member(chars)?;
        let high = match chars.next_if_eq(&'-') {
            Some(_) => member(chars)?,
            None => low,
        };
        ranges.push((low, high));
    }
}

fn member(chars: &mut Chars<'_>) -> Result<char, ImageError> {
    match chars.next() {
        None | Some('-' | ']') => Err(ImageError::Pattern),
        Some('\\') => chars.next().ok_or(ImageError::Pattern),
        Some(char) => Ok(char),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_takes_everything_but_slashes() {
        for (pattern, name, is_match) in [
            ("busy*", "busybox", true),
            ("busybox", "busybox", true),
            ("*", "busybox", true),
            ("*", "a/b", false),
            ("*/*", "a/b", true),
            ("*box*", "busybox:1.35", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("bus?box", "busybox", true),
            ("a?b", "a/b", false),
            ("[a-c]lpine", "alpine", true),
            ("[^a-c]lpine", "alpine", false),
            ("\\*", "*", true),
            ("", "", true),
            ("", "a", false),
        ] {
            let pattern_read = Pattern::parse(pattern).unwrap();
            assert_eq!(pattern_read.matches(name), is_match, "{pattern} {name}");
        }
    }

    #[test]
    fn what_has_no_end_is_no_pattern() {
        for pattern in ["[", "[a", "[a-", "[]", "\\", "a[b", "[-a]"] {
            assert_eq!(
                Pattern::parse(pattern),
                Err(ImageError::Pattern),
                "{pattern}"
            );
        }
    }

    #[test]
    fn many_stars_take_no_more_time_than_many_letters() {
        let pattern = Pattern::parse(&"*a".repeat(200)).unwrap();

        assert!(!pattern.matches(&format!("{}b", "a".repeat(5000))));
    }
}
