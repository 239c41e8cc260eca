//! Text in quotes, so that a shell reads it as it was.

use crate::process::tools::printf;

/// Puts single quotes around `text`.
pub(super) fn always(text: &str) -> String {
    format!("'{}'", text.replace('\'', r#"'"'"'"#))
}

/// Puts single quotes around `text` if something in it means something to a shell.
pub(super) fn if_needed(text: &str) -> String {
    let is_plain = |c: char| matches!(c, '+'..=':' | '@'..='Z' | ']'..='_' | 'a'..='z');
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        always(text)
    }
}

/// Puts quotes around `text` as bash's `${name@Q}` does.
pub(super) fn for_bash(text: &str) -> String {
    if text.chars().any(|letter| letter.is_ascii_control()) {
        printf::quoted(text)
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_put_where_they_are_needed() {
        assert_eq!(if_needed("a/b-c"), "a/b-c");
        assert_eq!(if_needed("a b"), "'a b'");
        assert_eq!(if_needed("a=1"), "'a=1'");
        assert_eq!(if_needed("it's"), r#"'it'"'"'s'"#);
        assert_eq!(if_needed(""), "");
        assert_eq!(for_bash("it's"), r"'it'\''s'");
        assert_eq!(for_bash("a\nb"), r"$'a\nb'");
    }
}
