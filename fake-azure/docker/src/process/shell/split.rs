//! Fields: what a word becomes once its expansions are split at the characters of `IFS`.

use super::pattern::Part;

/// What the parts of a word expanded to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Chunk {
    /// Text that is split if it came of an expansion without quotes.
    Text {
        text: String,
        is_quoted: bool,
        is_split: bool,
    },
    /// Between two parameters of `$@` or `$*`: a field ends here whatever `IFS` is.
    Break { is_star: bool },
}

/// Text of which some is quoted: what one argument is before names of files are sought.
pub(super) type Field = Vec<Part>;

/// What `IFS` is when nobody has set it.
pub(super) const DEFAULT_IFS: &str = " \t\n";

/// Splits what a word expanded to.
pub(super) fn split(chunks: Vec<Chunk>, ifs: &str) -> Vec<Field> {
    let mut splitter = Splitter {
        ifs,
        fields: Vec::new(),
        current: None,
        is_behind_blank: false,
    };
    for chunk in chunks {
        match chunk {
            Chunk::Break { .. } => splitter.end_field(),
            Chunk::Text {
                text,
                is_quoted,
                is_split: false,
            } => {
                if is_quoted || !text.is_empty() {
                    splitter.add(&text, is_quoted);
                }
            }
            Chunk::Text { text, .. } => splitter.split(&text),
        }
    }
    splitter.end_field();
    splitter.fields
}

struct Splitter<'a> {
    ifs: &'a str,
    fields: Vec<Field>,
    current: Option<Field>,
    /// Whether blanks ended the last field: a separator behind them ends no other.
    is_behind_blank: bool,
}

impl Splitter<'_> {
    fn split(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find(|character| self.ifs.contains(character)) {
            if at > 0 {
                self.add(&rest[..at], false);
            }
            let separator = rest[at..].chars().next().unwrap_or_default();
            rest = &rest[at + separator.len_utf8()..];
            if matches!(separator, ' ' | '\t' | '\n') {
                if self.current.is_some() {
                    self.end_field();
                    self.is_behind_blank = true;
                }
            } else if std::mem::take(&mut self.is_behind_blank) {
                // It belongs to the blanks that ended the field.
            } else {
                self.current.get_or_insert_default();
                self.end_field();
            }
        }
        if !rest.is_empty() {
            self.add(rest, false);
        }
    }

    fn add(&mut self, text: &str, is_quoted: bool) {
        self.is_behind_blank = false;
        let field = self.current.get_or_insert_default();
        match field.last_mut() {
            Some(last) if last.is_quoted == is_quoted => last.text.push_str(text),
            _ => field.push(Part {
                text: text.to_owned(),
                is_quoted,
            }),
        }
    }

    fn end_field(&mut self) {
        self.fields.extend(self.current.take());
    }
}

/// Joins the parts of a field to the text that they are.
pub(super) fn join(field: Field) -> String {
    let mut parts = field.into_iter();
    let mut joined = parts.next().map(|part| part.text).unwrap_or_default();
    for part in parts {
        joined.push_str(&part.text);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str, ifs: &str) -> Vec<String> {
        let chunk = Chunk::Text {
            text: text.to_owned(),
            is_quoted: false,
            is_split: true,
        };
        split(vec![chunk], ifs).into_iter().map(join).collect()
    }

    #[test]
    fn blanks_are_one_separator_and_others_are_each_one() {
        assert_eq!(fields("  a  b ", DEFAULT_IFS), ["a", "b"]);
        assert_eq!(fields("a:b::c:", ":"), ["a", "b", "", "c"]);
        assert_eq!(fields(":a", ":"), ["", "a"]);
        assert_eq!(fields(" a : b ", " :"), ["a", "b"]);
        assert_eq!(fields("a : : b", " :"), ["a", "", "b"]);
        assert_eq!(fields("a b", ""), ["a b"]);
        assert!(fields("", DEFAULT_IFS).is_empty());
        assert!(fields("  ", DEFAULT_IFS).is_empty());
    }

    #[test]
    fn quoted_text_holds_together_and_is_a_field_even_empty() {
        let text = |text: &str, is_quoted| Chunk::Text {
            text: text.to_owned(),
            is_quoted,
            is_split: !is_quoted,
        };
        let of =
            |chunks| -> Vec<String> { split(chunks, DEFAULT_IFS).into_iter().map(join).collect() };

        assert_eq!(of(vec![text("", true)]), [""]);
        assert_eq!(of(vec![text("a b", true), text(" c", false)]), ["a b", "c"]);
        assert_eq!(of(vec![text("a ", false), text("b", true)]), ["a", "b"]);
        assert_eq!(
            of(vec![
                text("a", true),
                Chunk::Break { is_star: false },
                text("b", true)
            ]),
            ["a", "b"]
        );
    }
}
