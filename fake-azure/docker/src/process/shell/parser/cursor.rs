//! A place in a script's text.

use super::complaint::{Complaint, Stop};

/// Reads a text from front to back. A backslash before a newline is never seen, unless
/// the text is read raw.
#[derive(Debug, Clone)]
pub(super) struct Cursor {
    text: String,
    position: usize,
    line: usize,
    /// Whether more text may be appended: its end is then no end.
    may_grow: bool,
}

/// A place to come back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    position: usize,
    line: usize,
}

impl Mark {
    pub(super) fn line(self) -> usize {
        self.line
    }
}

impl Cursor {
    pub(super) fn new(text: String, line: usize, may_grow: bool) -> Self {
        Self {
            text,
            position: 0,
            line,
            may_grow,
        }
    }

    /// Appends text, and forgets what lies before the cursor.
    pub(super) fn push(&mut self, text: &str) {
        self.text.drain(..self.position);
        self.position = 0;
        self.text.push_str(text);
    }

    /// Says that no more text comes.
    pub(super) fn finish(&mut self) {
        self.may_grow = false;
    }

    /// Drops what has not been read.
    pub(super) fn skip_all(&mut self) {
        self.line += self.rest().matches('\n').count();
        self.position = self.text.len();
    }

    pub(super) fn line(&self) -> usize {
        self.line
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            position: self.position,
            line: self.line,
        }
    }

    pub(super) fn return_to(&mut self, mark: Mark) {
        self.position = mark.position;
        self.line = mark.line;
    }

    /// Returns the text from `mark` to here.
    pub(super) fn since(&self, mark: Mark) -> &str {
        &self.text[mark.position..self.position]
    }

    /// Returns the text from one place to another.
    pub(super) fn between(&self, start: Mark, end: Mark) -> &str {
        self.text
            .get(start.position..end.position)
            .unwrap_or_default()
    }

    /// Puts `text` in the place of what lies between `start` and here, to be read next.
    pub(super) fn replace_since(&mut self, start: Mark, text: &str) {
        self.text.replace_range(start.position..self.position, text);
        self.return_to(start);
    }

    /// Returns what has not been read.
    pub(super) fn rest(&self) -> &str {
        &self.text[self.position..]
    }

    /// Returns the character here, without moving on.
    pub(super) fn peek(&mut self) -> Result<Option<char>, Stop> {
        loop {
            match self.peek_raw()? {
                Some('\\') => match self.rest()[1..].chars().next() {
                    Some('\n') => {
                        self.position += 2;
                        self.line += 1;
                    }
                    None if self.may_grow => return Err(Stop::Incomplete),
                    _ => return Ok(Some('\\')),
                },
                other => return Ok(other),
            }
        }
    }

    /// Returns the character here and moves behind it.
    pub(super) fn next(&mut self) -> Result<Option<char>, Stop> {
        let next = self.peek()?;
        self.step_over(next);
        Ok(next)
    }

    /// Moves behind the character here if it is `wanted`.
    pub(super) fn accept(&mut self, wanted: char) -> Result<bool, Stop> {
        let is_there = self.peek()? == Some(wanted);
        if is_there {
            self.step_over(Some(wanted));
        }
        Ok(is_there)
    }

    /// Returns the character here; a backslash before a newline is two characters.
    pub(super) fn peek_raw(&self) -> Result<Option<char>, Stop> {
        match self.rest().chars().next() {
            None if self.may_grow => Err(Stop::Incomplete),
            other => Ok(other),
        }
    }

    /// Returns the character here, raw, and moves behind it.
    pub(super) fn next_raw(&mut self) -> Result<Option<char>, Stop> {
        let next = self.peek_raw()?;
        self.step_over(next);
        Ok(next)
    }

    /// Returns the next line, raw and with its newline; None at the end of the text.
    pub(super) fn next_line(&mut self) -> Result<Option<&str>, Stop> {
        let start = self.position;
        match self.rest().find('\n') {
            Some(length) => {
                self.position = start + length + 1;
                self.line += 1;
            }
            None if self.may_grow => return Err(Stop::Incomplete),
            None if self.rest().is_empty() => return Ok(None),
            None => self.position = self.text.len(),
        }
        Ok(Some(&self.text[start..self.position]))
    }

    /// Returns the line of what was read last.
    pub(super) fn line_here(&self) -> &str {
        let before = &self.text[..self.position];
        let before = before.strip_suffix('\n').unwrap_or(before);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        self.text[start..].lines().next().unwrap_or_default()
    }

    /// Makes an error of the line here.
    /// Whether nothing stands before this place on its line.
    pub(super) fn is_at_start_of_line(&self) -> bool {
        let before = &self.text[..self.position];
        before.is_empty() || before.ends_with('\n')
    }

    pub(super) fn error(&self, complaint: Complaint) -> Stop {
        complaint.on_line(self.line)
    }

    fn step_over(&mut self, character: Option<char>) {
        if let Some(character) = character {
            self.position += character.len_utf8();
            self.line += usize::from(character == '\n');
        }
    }
}
