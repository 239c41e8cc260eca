//! `.dockerignore`: which files of a context are left out.

use regex_lite::Regex;

use super::glob::{Glob, InvalidGlob};
use crate::files::path;

/// The patterns of a file, in order.
#[derive(Debug, Default)]
pub(crate) struct Ignore(Vec<Pattern>);

#[derive(Debug)]
struct Pattern {
    regex: Regex,
    /// Whether what fits is let in again: `!pattern`.
    is_exception: bool,
}

impl Ignore {
    /// Reads a `.dockerignore`: one pattern a line, `#` before comments.
    pub(crate) fn read(text: &str) -> Result<Self, InvalidGlob> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let patterns = lines
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(Pattern::parse);
        patterns.collect::<Result<_, _>>().map(Self)
    }

    /// Whether the file at `path`, which is relative to the context, is left out: by its own
    /// name or with a directory above it. The last pattern that fits decides.
    pub(crate) fn excludes(&self, path: &str) -> bool {
        let path = path::clean(path);
        if path == "." {
            return false;
        }
        let mut is_excluded = false;
        for pattern in &self.0 {
            // One that would change nothing is not asked.
            if pattern.is_exception == is_excluded && pattern.matches(&path) {
                is_excluded = !pattern.is_exception;
            }
        }
        is_excluded
    }
}

impl Pattern {
    fn parse(line: &str) -> Result<Self, InvalidGlob> {
        let (is_exception, pattern) = match line.strip_prefix('!') {
            Some(pattern) => (true, pattern.trim()),
            None => (false, line),
        };
        if is_exception && pattern.is_empty() {
            return Err(InvalidGlob);
        }
        let tidy = path::clean(pattern);
        let relative = match tidy.strip_prefix('/') {
            Some(rest) if !rest.is_empty() => rest,
            _ => &tidy,
        };
        Glob::parse(relative)?;
        Ok(Self {
            regex: Regex::new(&expression(relative)).map_err(|_| InvalidGlob)?,
            is_exception,
        })
    }

    /// Whether the pattern fits the path or a directory above it.
    fn matches(&self, path: &str) -> bool {
        let parents = path.match_indices('/').map(|(end, _)| &path[..end]);
        std::iter::once(path)
            .chain(parents)
            .any(|path| self.regex.is_match(path))
    }
}

/// Writes a pattern as a regular expression; `**` is any number of directories.
fn expression(pattern: &str) -> String {
    let mut expression = "^".to_owned();
    let mut rest = pattern;
    // At the beginning and before plain text alone, two stars take part of a name, too.
    if let Some(plain) = pattern.strip_prefix("**")
        && !plain.starts_with('/')
        && !plain.contains(['*', '?', '[', ']', '\\'])
    {
        expression.push_str(".*");
        rest = plain;
    }
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '*' if rest.starts_with('*') => {
                rest = &rest[1..];
                rest = rest.strip_prefix('/').unwrap_or(rest);
                expression.push_str(if rest.is_empty() { ".*" } else { "(.*/)?" });
            }
            '*' => expression.push_str("[^/]*"),
            '?' => expression.push_str("[^/]"),
            '\\' => {
                let escaped = rest.chars().next().unwrap_or(c);
                rest = rest.strip_prefix(escaped).unwrap_or(rest);
                push_literal(&mut expression, escaped);
            }
            // Brackets, and what has a meaning within them.
            '[' | ']' | '^' | '-' => expression.push(c),
            c => push_literal(&mut expression, c),
        }
    }
    expression + "$"
}

fn push_literal(expression: &mut String, c: char) {
    expression.push_str(&regex_lite::escape(c.encode_utf8(&mut [0; 4])));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn excludes(patterns: &str, path: &str) -> bool {
        Ignore::read(patterns).unwrap().excludes(path)
    }

    #[test]
    fn a_pattern_leaves_out_what_fits_and_what_is_below_it() {
        for (pattern, path) in [
            ("a", "a"),
            ("a", "a/b/c"),
            ("/a", "a"),
            ("a/", "a"),
            ("./a/../b", "b"),
            ("*.md", "x.md"),
            ("*/x", "a/x"),
            ("a?", "ab"),
            ("[a-c]d", "bd"),
            ("[^a]d", "bd"),
            ("a.b", "a.b"),
            ("a\\*b", "a*b"),
            ("(a)+", "(a)+"),
        ] {
            assert!(excludes(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("a", "b/a"),
            ("*.md", "a/x.md"),
            ("*/x", "a/b/x"),
            ("a?", "a"),
            ("[^a]d", "ad"),
            ("a.b", "axb"),
            ("a\\*b", "axb"),
            ("a", "ab"),
            ("*", "."),
        ] {
            assert!(!excludes(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn two_stars_are_any_number_of_directories() {
        for (pattern, path) in [
            ("**", "a/b"),
            ("**/x", "x"),
            ("**/x", "a/b/x"),
            ("a/**/x", "a/x"),
            ("a/**/x", "a/b/c/x"),
            ("a/**", "a/b"),
            ("**/*.go", "a/b.go"),
            ("**.go", "a/b.go"),
            ("**/a/**", "b/a/c"),
            ("a**/b", "a/b"),
        ] {
            assert!(excludes(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("a/**", "a"),
            ("**/x", "ax"),
            ("a/**/x", "b/x"),
            ("**/*.go", "b.gox"),
        ] {
            assert!(!excludes(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn the_last_pattern_that_fits_decides() {
        assert!(!excludes("*.md\n!README.md", "README.md"));
        assert!(excludes("*.md\n!README.md\nREADME*", "README.md"));
        assert!(excludes("!a\na", "a"));
        assert!(!excludes("a\n! a/b ", "a/b/c"));
    }

    #[test]
    fn comments_and_empty_lines_are_no_patterns() {
        let patterns = "\u{feff}# a\n\n  \r\n  b  \n";

        assert!(!excludes(patterns, "# a"));
        assert!(excludes(patterns, "b"));
        // A comment begins at the very beginning.
        assert!(excludes(" #c", "#c"));
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for patterns in ["!", "a[", "a\\"] {
            assert_eq!(
                Ignore::read(patterns).unwrap_err(),
                InvalidGlob,
                "{patterns}"
            );
        }
    }

    proptest! {
        #[test]
        fn chance_never_makes_the_patterns_panic(
            patterns in r"[ab*?!/\\\[\]^\-#.\n ]{0,40}",
            path in "[ab/.*-]{0,30}",
        ) {
            if let Ok(ignore) = Ignore::read(&patterns) {
                let _ = ignore.excludes(&path);
            }
        }

        #[test]
        fn a_plain_name_leaves_out_itself_alone(name in "[a-z]{1,6}", other in "[a-z]{1,6}") {
            let ignore = Ignore::read(&name).unwrap();

            prop_assert_eq!(ignore.excludes(&other), name == other);
        }
    }
}
