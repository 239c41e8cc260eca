//! JSON as the service's own reader takes it: with comments, names without quotes, single quotes,
//! texts of several lines and commas at an end. Today's az relies on it: it puts the text of a
//! template into the body as it was written, after a name without quotes.

use std::iter::Peekable;
use std::str::Chars;

/// The same as strict JSON. What is no JSON in either sense stays so.
pub(super) fn strict(relaxed: &str) -> String {
    let mut strict = String::with_capacity(relaxed.len() + 16);
    let mut rest = relaxed.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '"' | '\'' => text(next, &mut rest, &mut strict),
            '/' if rest.peek() == Some(&'/') => {
                while rest.next_if(|next| *next != '\n').is_some() {}
            }
            '/' if rest.peek() == Some(&'*') => {
                rest.next();
                skip_comment(&mut rest);
            }
            '}' | ']' => {
                let before = strict.trim_end();
                let without = before.strip_suffix(',').unwrap_or(before).len();
                strict.truncate(without);
                strict.push(next);
            }
            'a'..='z' | 'A'..='Z' | '_' | '$' => word(next, &mut rest, &mut strict),
            _ => strict.push(next),
        }
    }
    strict
}

fn skip_comment(rest: &mut Peekable<Chars<'_>>) {
    while let Some(next) = rest.next() {
        if next == '*' && rest.next_if_eq(&'/').is_some() {
            return;
        }
    }
}

/// A text in these quotes, of which the first was read.
fn text(quote: char, rest: &mut Peekable<Chars<'_>>, strict: &mut String) {
    strict.push('"');
    while let Some(next) = rest.next() {
        match next {
            _ if next == quote => {
                strict.push('"');
                return;
            }
            '\\' => match rest.next() {
                Some('\'') => strict.push('\''),
                Some(escaped) => strict.extend(['\\', escaped]),
                None => strict.push('\\'),
            },
            '"' => strict.push_str("\\\""),
            '\n' => strict.push_str("\\n"),
            '\r' => strict.push_str("\\r"),
            '\t' => strict.push_str("\\t"),
            _ => strict.push(next),
        }
    }
}

/// A name without quotes, or `true`, `false` and `null`, of which the first letter was read.
fn word(first: char, rest: &mut Peekable<Chars<'_>>, strict: &mut String) {
    let mut word = String::from(first);
    let is_part =
        |next: &char| next.is_ascii_alphanumeric() || matches!(next, '_' | '$' | '.' | '-');
    while let Some(next) = rest.next_if(is_part) {
        word.push(next);
    }
    let mut after = rest.clone();
    if after.find(|next| !next.is_whitespace()) == Some(':') {
        strict.extend(["\"", &word, "\""]);
    } else {
        strict.push_str(&word);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::strict;

    fn read(relaxed: &str) -> Value {
        let strict = strict(relaxed);
        serde_json::from_str(&strict).unwrap_or_else(|error| panic!("{error}: {strict}"))
    }

    #[test]
    fn what_az_sends_is_read() {
        let body = "{\"location\": \"westus\", \"properties\": {\"mode\": \"Incremental\", template:{\n  // what it makes\n  \"resources\": [/* nothing */],\n  'a': 'it\\'s \"quoted\"',\n  \"long\": \"[concat(\n    'a')]\",\n  $b : [1, true, null,],\n}}}";
        assert_eq!(
            read(body),
            json!({"location": "westus", "properties": {"mode": "Incremental", "template": {
                "resources": [], "a": "it's \"quoted\"", "long": "[concat(\n    'a')]",
                "$b": [1, true, null],
            }}})
        );
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for nothing in [
            "{", "{\"a\"}", "[1 2]", "'open", "{a b: 1}", "/* open", "\\", "tru",
        ] {
            assert!(
                serde_json::from_str::<Value>(&strict(nothing)).is_err(),
                "{nothing}"
            );
        }
    }

    proptest! {
        #[test]
        fn strict_json_stays_as_it_is(texts in proptest::collection::vec(".{0,12}", 0..6)) {
            let value = json!({"of": texts, "more": {"a/b": [1.5, true, "// no comment", "x,]"]}});
            prop_assert_eq!(read(&value.to_string()), value);
        }

        #[test]
        fn nothing_makes_it_panic(text in "[{}\\[\\]'\"/*:,a\\\\ \n]{0,40}") {
            strict(&text);
        }
    }
}
