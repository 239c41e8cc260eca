//! Literals of Python, in which the samples were written down.

/// A literal of bytes or text, and whether it was written to its end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Literal {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_whole: bool,
}

/// Reads the literal at the beginning of `text`, and returns what follows it.
pub(crate) fn literal(text: &str) -> Option<(Literal, &str)> {
    let text = text.strip_prefix('b').unwrap_or(text);
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let mut bytes = Vec::new();
    let mut rest = text[1..].chars();
    let ended = |bytes, is_whole, rest| Some((Literal { bytes, is_whole }, rest));
    loop {
        let Some(char) = rest.next() else {
            return ended(bytes, false, "");
        };
        match char {
            _ if char == quote => return ended(bytes, true, rest.as_str()),
            '\\' => match rest.next() {
                Some('n') => bytes.push(b'\n'),
                Some('r') => bytes.push(b'\r'),
                Some('t') => bytes.push(b'\t'),
                Some('x') => {
                    let digits = rest.as_str().get(..2);
                    match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                        Some(byte) => bytes.push(byte),
                        None => return ended(bytes, false, ""),
                    }
                    rest.nth(1);
                }
                Some(other) => bytes.extend(other.encode_utf8(&mut [0; 4]).bytes()),
                None => return ended(bytes, false, ""),
            },
            other => bytes.extend(other.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
}

/// Reads a list of texts.
pub(crate) fn words(text: &str) -> Option<(Vec<String>, &str)> {
    let mut rest = text.strip_prefix('[')?;
    let mut words = Vec::new();
    loop {
        let (word, after) = literal(rest)?;
        words.push(String::from_utf8(word.bytes).ok()?);
        match after.strip_prefix(", ") {
            Some(next) => rest = next,
            None => return Some((words, after.strip_prefix(']')?)),
        }
    }
}

#[test]
fn literals_are_read_as_they_were_written() {
    let (found, rest) = literal("b'a\\x00\\'\\n\\\\' x").unwrap();
    assert_eq!(
        (found.bytes.as_slice(), found.is_whole),
        (&b"a\0'\n\\"[..], true)
    );
    assert_eq!(rest, " x");
    assert!(!literal("'cut sho").unwrap().0.is_whole);
    assert_eq!(words(r#"['sh', "a 'b'"] x"#).unwrap().0, ["sh", "a 'b'"]);
}
