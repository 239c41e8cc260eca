//! The path of a request.

use std::borrow::Cow;

/// Replaces `%xx` by the bytes they stand for. What is no escape stays as it is, and what is
/// no UTF-8 afterwards is replaced.
pub fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
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

/// The canonical form of `path` when it is another: without doubled slashes and dots, a slash
/// at the end kept.
pub fn cleaned(path: &str) -> Option<String> {
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

/// The segments of a path: none of `/`, and an empty one after a slash at the end.
pub fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let all = (!path.is_empty()).then(|| path.split('/'));
    all.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_and_what_is_none_stays() {
        assert_eq!(decoded("/images/a%2Fb%3a1/json"), "/images/a/b:1/json");
        assert_eq!(decoded("%e2%9c%93 %41"), "✓ A");
        for text in ["/a%zz%2", "%", "%%", "%+1", "%é0"] {
            assert_eq!(decoded(text), text);
        }
        assert_eq!(decoded("%ff"), "\u{fffd}");
    }

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
    fn a_slash_at_the_end_is_a_segment_and_the_root_has_none() {
        let of = |path| segments(path).collect::<Vec<_>>();
        assert_eq!(of("/"), [""; 0]);
        assert_eq!(of("/a"), ["a"]);
        assert_eq!(of("/a/"), ["a", ""]);
        assert_eq!(of("//a"), ["", "a"]);
    }
}
