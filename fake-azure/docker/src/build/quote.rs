//! Quoting as Go does it: errors and the history of images show quoted text.

use std::fmt::{self, Display, Formatter, Write};

/// Shows a text in double quotes, as Go's `%q` does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\u{7}' => f.write_str("\\a")?,
                '\u{8}' => f.write_str("\\b")?,
                '\u{c}' => f.write_str("\\f")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                '\u{b}' => f.write_str("\\v")?,
                ' '..='~' => f.write_char(c)?,
                '\0'..='\u{7f}' => write!(f, "\\x{:02x}", u32::from(c))?,
                _ if is_printable(c) => f.write_char(c)?,
                '\u{80}'..='\u{ffff}' => write!(f, "\\u{:04x}", u32::from(c))?,
                _ => write!(f, "\\U{:08x}", u32::from(c))?,
            }
        }
        f.write_char('"')
    }
}

/// Whether a character beyond ASCII is shown as it is.
fn is_printable(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && c.escape_debug().len() == 1
}

/// Shows a list of quoted texts, as Go's `%q` shows a slice: `["a" "b"]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QuotedList<'a>(pub(crate) &'a [String]);

impl Display for QuotedList<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for (index, text) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{}", Quoted(text))?;
        }
        f.write_char(']')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_stays_and_the_rest_is_escaped() {
        let text = "a\"b\\c\n\t\u{7}\u{1}é\u{a0}\u{feff}😀";

        assert_eq!(
            Quoted(text).to_string(),
            r#""a\"b\\c\n\t\a\x01é\u00a0\ufeff😀""#
        );
    }

    #[test]
    fn a_list_stands_in_brackets_without_commas() {
        let list = ["sh", "-c", "a b"].map(str::to_owned);

        assert_eq!(QuotedList(&list).to_string(), r#"["sh" "-c" "a b"]"#);
        assert_eq!(QuotedList(&[]).to_string(), "[]");
    }
}
