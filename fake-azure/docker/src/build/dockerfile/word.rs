//! Cutting the text of a statement into words.

use serde_json::Value;

use super::flaw::Flaw;

/// Blanks between words; not every white space is one.
pub(super) const BLANKS: [char; 5] = ['\t', '\u{b}', '\u{c}', '\r', ' '];

/// Cuts `text` at its first run of blanks.
pub(super) fn split_at_blanks(text: &str) -> Option<(&str, &str)> {
    let (first, rest) = text.split_once(BLANKS)?;
    Some((first, rest.trim_start_matches(BLANKS)))
}

/// Cuts `text` at every run of blanks.
pub(super) fn plain_words(text: &str) -> Vec<String> {
    text.split(BLANKS)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Cuts `text` at white space that is neither quoted nor escaped; quotes and escapes
/// stay in the words, for they matter when variables are put in.
pub(super) fn quoted_words(text: &str, escape: char) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if quote.is_none() && c.is_whitespace() {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        if c == escape && quote != Some('\'') {
            // One that has nothing to escape is dropped.
            if let Some(escaped) = chars.next() {
                word.push(c);
                word.push(escaped);
            }
            continue;
        }
        match quote {
            Some(open) if open == c => quote = None,
            None if matches!(c, '\'' | '"') => quote = Some(c),
            _ => {}
        }
        word.push(c);
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Reads a JSON list of texts; `None` is for what is no JSON list and so means itself.
pub(super) fn json_words(text: &str) -> Result<Option<Vec<String>>, Flaw> {
    if !text.trim_start().starts_with('[') {
        return Ok(None);
    }
    let Ok(items) = serde_json::from_str::<Vec<Value>>(text) else {
        return Ok(None);
    };
    let words = items.into_iter().map(|item| match item {
        Value::String(word) => Ok(word),
        _ => Err(Flaw::NotStrings),
    });
    words.collect::<Result<_, _>>().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_separate_plain_words() {
        assert_eq!(plain_words("a \t b\u{b}c"), ["a", "b", "c"]);
        assert_eq!(split_at_blanks("a \t b c"), Some(("a", "b c")));
        assert_eq!(split_at_blanks("a"), None);
    }

    #[test]
    fn quoted_and_escaped_blanks_separate_nothing() {
        assert_eq!(
            quoted_words(r#"a="b c" d\ e 'f "g' "h \" i" j\"#, '\\'),
            [r#"a="b c""#, r"d\ e", r#"'f "g'"#, r#""h \" i""#, "j"]
        );
        assert_eq!(quoted_words(r"a\ b", '`'), [r"a\", "b"]);
        assert_eq!(quoted_words(r"'a\' b", '\\'), [r"'a\'", "b"]);
        assert_eq!(quoted_words("'a b", '\\'), ["'a b"]);
    }

    #[test]
    fn a_list_of_texts_is_json() {
        let words = |text| json_words(text).unwrap();

        assert_eq!(words(r#" ["a", "b c"] "#).unwrap(), ["a", "b c"]);
        assert_eq!(words("[]"), Some(Vec::new()));
        for text in [r#"["a" "b"]"#, "['a']", "[ -f x ]", "x", "", r#"["a"] x"#] {
            assert_eq!(words(text), None, "{text}");
        }
        for text in ["[1]", r#"["a", null]"#, "[[]]"] {
            assert_eq!(json_words(text), Err(Flaw::NotStrings), "{text}");
        }
        assert_eq!(words(&"[".repeat(100_000)), None);
    }
}
