//! Paths as the engine's router sees them.

use std::borrow::Cow;

/// Returns the canonical form of `path` when it is another: without doubled slashes
/// and dots, a slash at the end kept. The router sends clients there.
pub(super) fn cleaned(path: &str) -> Option<String> {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    let mut clean = format!("/{}", kept.join("/"));
    if path.ends_with('/') && clean != "/" {
        clean.push('/');
    }
    (clean != path).then_some(clean)
}

/// Replaces `%xx` by the bytes they stand for; routes match what was meant.
pub(super) fn decoded(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let escaped = (first == b'%')
            .then(|| tail.first_chunk::<2>())
            .flatten()
            .and_then(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
        bytes.push(escaped.unwrap_or(first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn digit(hex: u8) -> Option<u8> {
    let digit = char::from(hex).to_digit(16)?;
    u8::try_from(digit).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canonical_path_stays() {
        for path in ["/", "/info", "/networks/", "/v1.51/containers/a/json"] {
            assert_eq!(cleaned(path), None);
        }
    }

    #[test]
    fn doubled_slashes_and_dots_go() {
        assert_eq!(
            cleaned("/containers//a/json").as_deref(),
            Some("/containers/a/json")
        );
        assert_eq!(
            cleaned("/a/./b/../networks//").as_deref(),
            Some("/a/networks/")
        );
        assert_eq!(cleaned("/..").as_deref(), Some("/"));
    }

    #[test]
    fn escapes_are_decoded_and_what_is_none_stays() {
        assert_eq!(decoded("/images/a%2Fb%3A1/json"), "/images/a/b:1/json");
        assert_eq!(decoded("/a%zz%2"), "/a%zz%2");
    }
}
