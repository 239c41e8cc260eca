//! Parser directives: `# escape=` and its kin, at the very beginning of a file.

use super::flaw::Flaw;

/// The directives that the classic builder knows; it obeys `escape` alone.
const KNOWN: [&str; 3] = ["syntax", "escape", "check"];

/// What the directives of a file say.
#[derive(Debug)]
pub(super) struct Directives {
    escape: char,
    seen: Vec<&'static str>,
    is_over: bool,
}

impl Default for Directives {
    fn default() -> Self {
        Self {
            escape: '\\',
            seen: Vec::new(),
            is_over: false,
        }
    }
}

impl Directives {
    /// The character that escapes and continues lines.
    pub(super) fn escape(&self) -> char {
        self.escape
    }

    /// Reads a line; the first one that is no directive ends them.
    pub(super) fn read(&mut self, line: &str) -> Result<(), Flaw> {
        if self.is_over {
            return Ok(());
        }
        let known = split(line).and_then(|(name, value)| {
            let name = KNOWN
                .into_iter()
                .find(|known| name.eq_ignore_ascii_case(known))?;
            Some((name, value))
        });
        let Some((name, value)) = known else {
            self.is_over = true;
            return Ok(());
        };
        if self.seen.contains(&name) {
            return Err(Flaw::RepeatedDirective(name));
        }
        self.seen.push(name);
        if name == "escape" {
            self.escape = match value {
                "\\" => '\\',
                "`" => '`',
                other => return Err(Flaw::InvalidEscape(other.to_owned())),
            };
        }
        Ok(())
    }
}

/// Cuts `# name = value` into name and value.
fn split(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix('#')?.split_once('=')?;
    let blank = [' ', '\t', '\n', '\r', '\u{c}'];
    let (name, value) = (name.trim_matches(blank), value.trim_matches(blank));
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric());
    (is_name && !value.is_empty()).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Result<char, Flaw> {
        let mut directives = Directives::default();
        for line in lines {
            directives.read(line)?;
        }
        Ok(directives.escape())
    }

    #[test]
    fn the_escape_is_a_backslash_unless_a_directive_says_otherwise() {
        assert_eq!(read(&[]), Ok('\\'));
        assert_eq!(read(&["# Escape = ` "]), Ok('`'));
        assert_eq!(read(&["#syntax=docker/dockerfile:1", "#escape=`"]), Ok('`'));
        assert_eq!(read(&["# check=skip=all", "# escape=`"]), Ok('`'));
    }

    #[test]
    fn directives_end_with_the_first_line_that_is_none() {
        for line in [
            "",
            "FROM x",
            "# a comment",
            "# other=1",
            "# 1x=2",
            "#escape=",
        ] {
            assert_eq!(read(&[line, "# escape=`"]), Ok('\\'), "{line}");
        }
    }

    #[test]
    fn a_directive_stands_once() {
        assert_eq!(
            read(&["# escape=`", "# ESCAPE=`"]),
            Err(Flaw::RepeatedDirective("escape"))
        );
    }

    #[test]
    fn no_other_escape_is_taken() {
        assert_eq!(
            read(&["# escape=^"]).unwrap_err().to_string(),
            "invalid escape token '^' does not match ` or \\"
        );
    }
}
