//! How systemd takes a line apart.

use std::collections::BTreeMap;

/// The words of a line; `None` when a quotation is not ended.
pub(super) fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\\', _) => {
                let word = word.get_or_insert_default();
                unescape(letters.next()?, &mut letters, word);
            }
            (mark, Some(open)) if mark == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (space, None) if space.is_ascii_whitespace() => words.extend(word.take()),
            (other, _) => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// What stands behind a backslash.
fn unescape(letter: char, rest: &mut std::str::Chars<'_>, word: &mut String) {
    let plain = match letter {
        'a' => '\x07',
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\x0b',
        's' => ' ',
        'x' => {
            let digits: String = rest.clone().take(2).collect();
            match u8::from_str_radix(&digits, 16) {
                Ok(byte) if digits.len() == 2 => {
                    rest.nth(1);
                    char::from(byte)
                }
                _ => {
                    word.push('\\');
                    'x'
                }
            }
        }
        '\\' | '"' | '\'' | ' ' => letter,
        other => {
            word.push('\\');
            other
        }
    };
    word.push(plain);
}

/// Words with variables: `$NAME` as a whole word becomes as many words as its value has, `${NAME}`
/// stays a part of its word.
pub(super) fn expanded(words: Vec<String>, environment: &BTreeMap<String, String>) -> Vec<String> {
    let mut whole = Vec::new();
    for (at, word) in words.into_iter().enumerate() {
        let name = word.strip_prefix('$').filter(|name| is_name(name));
        if let Some(name) = name.filter(|_| at > 0) {
            let value = environment.get(name).map_or("", String::as_str);
            whole.extend(split(value).unwrap_or_else(|| vec![value.to_owned()]));
        } else {
            whole.push(substituted(&word, environment));
        }
    }
    whole
}

fn is_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(is_letter)
}

fn substituted(word: &str, environment: &BTreeMap<String, String>) -> String {
    let mut whole = String::new();
    let mut rest = word;
    while let Some(at) = rest.find('$') {
        whole.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let braced = after
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'));
        if let Some((name, following)) = braced.filter(|(name, _)| is_name(name)) {
            whole.push_str(environment.get(name).map_or("", String::as_str));
            rest = following;
        } else {
            whole.push('$');
            rest = after.strip_prefix('$').unwrap_or(after);
        }
    }
    whole + rest
}

/// The assignments of a file of an environment.
pub(super) fn assignments(text: &str) -> BTreeMap<String, String> {
    let mut assignments = BTreeMap::new();
    for line in super::lines(text) {
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let value = value.trim();
        let quoted = ['"', '\''].into_iter().find_map(|mark| {
            let inner = value.strip_prefix(mark)?.strip_suffix(mark)?;
            Some(inner.replace(&format!("\\{mark}"), &mark.to_string()))
        });
        let value = quoted.unwrap_or_else(|| value.to_owned());
        assignments.insert(name.trim().to_owned(), value);
    }
    assignments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_taken_apart_as_systemd_does() {
        let of = |line| split(line).unwrap();
        assert_eq!(
            of(r#"/usr/bin/dockerd -H fd://  "--label=a b" 'c d'e \x41\s\q"#),
            [
                "/usr/bin/dockerd",
                "-H",
                "fd://",
                "--label=a b",
                "c de",
                r"A \q"
            ]
        );
        assert_eq!(of("a \"\""), ["a", ""]);
        assert_eq!(split("a 'b"), None);
    }

    #[test]
    fn variables_are_words_or_parts_of_words() {
        let environment = BTreeMap::from([
            (
                "OPTS".to_owned(),
                "-H tcp://0.0.0.0:2376 '--label=a b'".to_owned(),
            ),
            ("PORT".to_owned(), "2376".to_owned()),
        ]);
        let of = |line| expanded(split(line).unwrap(), &environment);
        assert_eq!(
            of("dockerd $OPTS $NONE -H tcp://0.0.0.0:${PORT} $$x $PORT/y"),
            [
                "dockerd",
                "-H",
                "tcp://0.0.0.0:2376",
                "--label=a b",
                "-H",
                "tcp://0.0.0.0:2376",
                "$x",
                "$PORT/y"
            ]
        );
        let file = "# comment\nA=1\nB=\"two words\"\nC='it \\' is'\nD=a \\\n b\n";
        let read = assignments(file);
        assert_eq!(read["B"], "two words");
        assert_eq!(read["C"], "it ' is");
        assert_eq!(read["D"], "a   b");
    }
}
