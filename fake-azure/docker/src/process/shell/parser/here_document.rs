//! Here-documents: texts that follow the line on which they are named.

use std::sync::{Arc, OnceLock};

use super::super::syntax::{Piece, Word};
use super::Parser;
use super::complaint::{Complaint, Stop};

/// A here-document whose text has not been read.
#[derive(Debug)]
pub(super) struct Pending {
    delimiter: String,
    /// Whether part of the delimiter was quoted: the text is then not expanded.
    is_literal: bool,
    /// `<<-`: tabs at the front of lines are dropped.
    strips_tabs: bool,
    text: Arc<OnceLock<Word>>,
}

impl Parser {
    /// Reads the delimiter behind `<<` and returns the place where the text will be.
    pub(super) fn here_document(&mut self, strips_tabs: bool) -> Result<Arc<OnceLock<Word>>, Stop> {
        let Some((delimiter, is_literal)) = self.delimiter()? else {
            return Err(self.unexpected(None));
        };
        let text = Arc::new(OnceLock::new());
        self.pending.push(Pending {
            delimiter,
            is_literal,
            strips_tabs,
            text: Arc::clone(&text),
        });
        Ok(text)
    }

    /// Reads a delimiter and whether it was quoted. Nothing in it is expanded.
    fn delimiter(&mut self) -> Result<Option<(String, bool)>, Stop> {
        self.skip_blanks()?;
        let mut delimiter = String::new();
        let mut is_quoted = false;
        let mut open = None;
        loop {
            let next = self.cursor.peek()?;
            match (next, open) {
                (None, Some(quote)) => {
                    return Err(self.cursor.error(Complaint::UnterminatedQuote(quote)));
                }
                (Some(quote), Some(opened)) if quote == opened => open = None,
                (Some(quote @ ('\'' | '"')), None) => {
                    is_quoted = true;
                    open = Some(quote);
                }
                (Some('\\'), None | Some('"')) => {
                    is_quoted = true;
                    self.cursor.next()?;
                    delimiter.extend(self.cursor.peek_raw()?);
                }
                (
                    None | Some(' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>' | '(' | ')'),
                    None,
                ) => {
                    break;
                }
                (Some(other), _) => delimiter.push(other),
            }
            self.cursor.next_raw()?;
        }
        Ok((is_quoted || !delimiter.is_empty()).then_some((delimiter, is_quoted)))
    }

    /// Reads the texts of the here-documents that the line before named.
    pub(super) fn read_here_documents(&mut self) -> Result<(), Stop> {
        for document in std::mem::take(&mut self.pending) {
            let line = self.cursor.line();
            let text = self.text_of(&document)?;
            let word = if document.is_literal {
                Word {
                    pieces: vec![Piece::Quoted(text)],
                }
            } else {
                self.deeper(|parser| {
                    Self::nested(text, parser.dialect, line, parser.depth).document()
                })?
            };
            // Each document is read once, so its place is empty.
            document.text.get_or_init(|| word);
        }
        Ok(())
    }

    fn text_of(&mut self, document: &Pending) -> Result<String, Stop> {
        let mut text = String::new();
        while let Some(line) = self.cursor.next_line()? {
            let line = if document.strips_tabs {
                line.trim_start_matches('\t')
            } else {
                line
            };
            if line.strip_suffix('\n').unwrap_or(line) == document.delimiter {
                break;
            }
            text.push_str(line);
        }
        Ok(text)
    }
}
