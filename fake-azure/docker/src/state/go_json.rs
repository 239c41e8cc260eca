//! What Go's programs say of what is no JSON.

use serde_json::Error;

/// Go's sentence for what is no JSON.
pub(crate) fn syntax_error(error: &Error, body: &[u8]) -> String {
    if error.is_eof() {
        return "unexpected EOF".to_owned();
    }
    let line = body.split(|byte| *byte == b'\n').nth(error.line() - 1);
    let place = error.column().saturating_sub(1);
    let rest = line.and_then(|line| line.get(place..)).unwrap_or_default();
    let found = String::from_utf8_lossy(rest).chars().next();
    let text = error.to_string();
    if text.starts_with("expected ident")
        && let Some(words) = literal_error(line.unwrap_or_default(), place)
    {
        return words;
    }
    let context = [
        ("expected value", "looking for beginning of value"),
        ("trailing comma", "looking for beginning of value"),
        (
            "key must be a string",
            "looking for beginning of object key string",
        ),
        ("expected `:`", "after object key"),
        ("expected `,` or `}`", "after object key:value pair"),
        ("expected `,` or `]`", "after array element"),
        ("trailing characters", "after top-level value"),
    ];
    let context = context.iter().find(|(ours, _)| text.starts_with(ours));
    match (found, context) {
        (Some('}'), Some(("trailing comma", _))) => {
            "invalid character '}' looking for beginning of object key string".to_owned()
        }
        (Some(found), Some((_, context))) => format!("invalid character {found:?} {context}"),
        _ => text,
    }
}

/// Go's sentence for what begins as `null`, `true` or `false` and goes on in another way.
fn literal_error(line: &[u8], place: usize) -> Option<String> {
    let before = &line[..place.min(line.len())];
    let letters = before.iter().rev();
    let begun = letters.take_while(|letter| letter.is_ascii_lowercase());
    let word = &line[before.len() - begun.count()..];
    let literals = ["null", "true", "false"];
    let literal = literals
        .into_iter()
        .find(|literal| literal.as_bytes().first() == word.first())?;
    let mut pairs = literal
        .chars()
        .zip(String::from_utf8_lossy(word).chars().collect::<Vec<_>>());
    let (expected, found) = pairs.find(|(expected, found)| expected != found)?;
    Some(format!(
        "invalid character {found:?} in literal {literal} (expecting {expected:?})"
    ))
}
