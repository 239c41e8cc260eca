//! What others wrote, made fit to be shown.

use std::borrow::Cow;

/// The text with everything that would move a cursor, end a line or turn the writing round spelled
/// out, so that it cannot pass for more than itself.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_harmful(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Does a terminal obey the character, or is it a sign that nobody sees?
pub fn is_harmful(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// The text, or as much of its beginning as `most` characters hold, with what is missing said.
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((at, _)) => {
            let (kept, rest) = text.split_at(at);
            Cow::Owned(format!("{kept}… ({} more bytes)", rest.len()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_forge_a_line_or_drive_a_terminal() {
        for (text, shown) in [
            ("web", "web"),
            ("größer → 日本", "größer → 日本"),
            (
                "x\ninfo:    vm create command OK",
                r"x\ninfo:    vm create command OK",
            ),
            ("\u{1b}[2Jx\r\u{9b}1A\u{7f}", r"\u{1b}[2Jx\r\u{9b}1A\u{7f}"),
            (
                "a\u{202e}b\u{2066}c\u{2028}d\u{feff}",
                r"a\u{202e}b\u{2066}c\u{2028}d\u{feff}",
            ),
            (
                "we\u{00ad}b\u{3164}\u{fe0f}\u{e0041}",
                r"we\u{ad}b\u{3164}\u{fe0f}\u{e0041}",
            ),
        ] {
            assert_eq!(harmless(text), shown);
            assert_eq!(harmless(&harmless(text)), shown);
        }
    }

    #[test]
    fn a_long_text_says_what_is_missing() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("äbcd", 2), "äb… (2 more bytes)");
    }
}
