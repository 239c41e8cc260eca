//! JSON as Go writes it: what HTML could take for markup is escaped.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// Writes a document in one line, without an end of line.
pub(crate) fn written<T: Serialize>(document: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Our documents have string keys, and a vector takes every byte.
    let _written = document.serialize(&mut Serializer::with_formatter(&mut bytes, Go));
    bytes
}

/// Escapes as Go's encoder does.
struct Go;

impl Formatter for Go {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (plain, special) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let mut chars = special.chars();
            let special = chars.next().map_or(0, u32::from);
            write!(writer, "\\u{special:04x}")?;
            rest = chars.as_str();
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_in_keys_and_values() {
        let document = serde_json::json!({"a&b": ["<x>", "é\u{2028}\u{1b}\n\"", 1, null]});

        assert_eq!(
            String::from_utf8(written(&document)).unwrap(),
            r#"{"a\u0026b":["\u003cx\u003e","é\u2028\u001b\n\"",1,null]}"#
        );
    }
}
