//! The lines of a Dockerfile as instructions see them: directives obeyed, comments and
//! continuations gone.

use super::directive::Directives;
use super::flaw::Flaw;

/// The longest line that the reader takes, without its end.
const LONGEST: usize = 65_535;

/// Reads a Dockerfile line by line.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    rest: &'a str,
    /// The number of the physical line that was read last; the first is 1.
    number: usize,
    directives: Directives,
    is_cut_off: bool,
}

/// An instruction with its continuations joined.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    /// Where the instruction begins.
    pub(super) number: usize,
    /// Whether an empty line stood between its continuations.
    pub(super) has_gap: bool,
}

impl<'a> Lines<'a> {
    /// Begins to read.
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            rest: text.strip_prefix('\u{feff}').unwrap_or(text),
            number: 0,
            directives: Directives::default(),
            is_cut_off: false,
        }
    }

    /// The character that escapes and continues; final once an instruction was read.
    pub(super) fn escape(&self) -> char {
        self.directives.escape()
    }

    /// Returns the next instruction.
    pub(super) fn next_line(&mut self) -> Result<Option<Line>, Flaw> {
        while let Some(physical) = self.next_physical() {
            let start = physical.trim_start();
            self.directives.read(start)?;
            let (part, mut continues) = self.without_continuation(without_comment(start));
            if part.is_empty() && !continues {
                continue;
            }
            let number = self.number;
            let mut text = part.to_owned();
            let mut has_gap = false;
            while continues {
                let Some(physical) = self.next_physical() else {
                    break;
                };
                if is_comment(physical) {
                    continue;
                }
                if physical.trim_start().is_empty() {
                    has_gap = true;
                    continue;
                }
                let (part, goes_on) = self.without_continuation(physical);
                text.push_str(part);
                continues = goes_on;
            }
            return Ok(Some(Line {
                text,
                number,
                has_gap,
            }));
        }
        Ok(None)
    }

    /// Reads what a here-document holds, up to and without its end.
    pub(super) fn here_document(&mut self, name: &str, drops_tabs: bool) -> Result<String, Flaw> {
        let mut content = String::new();
        while let Some(line) = self.next_with_end() {
            let bare = line.trim_end_matches(['\r', '\n']);
            let bare = if drops_tabs {
                bare.trim_start_matches('\t')
            } else {
                bare
            };
            if bare == name {
                return Ok(content);
            }
            content.push_str(line);
        }
        Err(Flaw::UnterminatedHereDocument)
    }

    /// Says whether the file was read to its end.
    pub(super) fn finish(self) -> Result<(), Flaw> {
        if self.is_cut_off {
            return Err(Flaw::LineTooLong(LONGEST));
        }
        Ok(())
    }

    fn next_physical(&mut self) -> Option<&'a str> {
        self.next_with_end()
            .map(|line| line.trim_end_matches(['\r', '\n']))
    }

    fn next_with_end(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() || self.is_cut_off {
            return None;
        }
        let end = self.rest.find('\n');
        if end.unwrap_or(self.rest.len()) > LONGEST {
            self.is_cut_off = true;
            return None;
        }
        let (line, rest) = self
            .rest
            .split_at(end.map_or(self.rest.len(), |end| end + 1));
        self.rest = rest;
        self.number += 1;
        Some(line)
    }

    /// Cuts off the escape that continues a line; one that is escaped itself stays.
    fn without_continuation<'l>(&self, line: &'l str) -> (&'l str, bool) {
        let escape = self.directives.escape();
        match line.trim_end_matches([' ', '\t']).strip_suffix(escape) {
            Some(part) if !part.ends_with(escape) => (part, true),
            _ => (line, false),
        }
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

fn without_comment(line: &str) -> &str {
    if is_comment(line) { "" } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(usize, String)> {
        let mut lines = Lines::of(text);
        std::iter::from_fn(|| lines.next_line().unwrap())
            .map(|line| (line.number, line.text))
            .collect()
    }

    #[test]
    fn comments_and_empty_lines_are_no_lines() {
        assert_eq!(
            lines("\u{feff}# a\n\n  \t\nFROM x\n  # b\r\n RUN y"),
            [(4, "FROM x".to_owned()), (6, "RUN y".to_owned())]
        );
    }

    #[test]
    fn continuations_are_joined_and_may_hold_comments() {
        assert_eq!(
            lines("RUN a \\\n  # why\n  b \\  \n\tc\nUSER x"),
            [(1, "RUN a   b \tc".to_owned()), (5, "USER x".to_owned())]
        );
    }

    #[test]
    fn an_escaped_escape_continues_nothing() {
        assert_eq!(
            lines("RUN a \\\\\nUSER x"),
            [(1, "RUN a \\\\".to_owned()), (2, "USER x".to_owned())]
        );
    }

    #[test]
    fn an_escape_alone_continues_and_the_end_ends_it() {
        assert_eq!(lines("\\\nRUN x\\"), [(1, "RUN x".to_owned())]);
    }

    #[test]
    fn an_empty_line_in_a_continuation_is_passed_over_and_remembered() {
        let line = Lines::of("RUN a \\\n\n  b").next_line().unwrap().unwrap();

        assert_eq!(line.text, "RUN a   b");
        assert!(line.has_gap);
    }

    #[test]
    fn the_escape_may_be_a_backtick() {
        let mut lines = Lines::of("# escape=`\nRUN a\\ `\n b");

        assert_eq!(lines.next_line().unwrap().unwrap().text, "RUN a\\  b");
        assert_eq!(lines.escape(), '`');
    }

    #[test]
    fn a_here_document_ends_at_its_name() {
        let mut lines = Lines::of("RUN <<A\n\t# one\n\tA\nA\nRUN x");
        lines.next_line().unwrap();

        assert_eq!(lines.here_document("A", false).unwrap(), "\t# one\n\tA\n");
        assert_eq!(lines.next_line().unwrap().unwrap().number, 5);
    }

    #[test]
    fn a_here_document_with_a_dash_may_end_after_tabs() {
        let mut lines = Lines::of("RUN <<-A\n\tone\n\tA\n");
        lines.next_line().unwrap();

        assert_eq!(lines.here_document("A", true).unwrap(), "\tone\n");
    }

    #[test]
    fn a_here_document_without_an_end_is_refused() {
        let mut lines = Lines::of("one\n");

        assert_eq!(
            lines.here_document("A", false).unwrap_err(),
            Flaw::UnterminatedHereDocument
        );
    }

    #[test]
    fn a_line_may_be_as_long_as_the_reader_s_buffer() {
        let longest = format!("RUN {}", "x".repeat(LONGEST - 4));
        let mut right = Lines::of(&longest);
        assert!(right.next_line().unwrap().is_some());
        assert_eq!(right.finish(), Ok(()));

        let longer = format!("FROM x\n{longest}x\n");
        let mut wrong = Lines::of(&longer);
        assert!(wrong.next_line().unwrap().is_some());
        assert!(wrong.next_line().unwrap().is_none());
        assert_eq!(wrong.finish(), Err(Flaw::LineTooLong(LONGEST)));
    }
}
