//! Here-documents: the classic builder reads them and passes over what they hold.

use super::flaw::Flaw;
use crate::build::variables::{Expander, Variables};

/// What announces a here-document: `<<EOF`, `<<-EOF` or `3<<EOF`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HereDocument {
    /// The line that ends it.
    pub(super) name: String,
    /// Whether tabs may stand before that line.
    pub(super) drops_tabs: bool,
}

impl HereDocument {
    /// Reads one word of a statement.
    pub(super) fn of_word(word: &str) -> Result<Option<Self>, Flaw> {
        let after = word.trim_start_matches(|c: char| c.is_ascii_digit());
        let Some(name) = after.strip_prefix("<<") else {
            return Ok(None);
        };
        let (name, drops_tabs) = match name.strip_prefix('-') {
            Some(name) => (name, true),
            None => (name, false),
        };
        if name.is_empty() || name.contains('<') {
            return Ok(None);
        }
        let words = Expander::new('\\')
            .keep_unset()
            .split(name, &Variables::new())?;
        let [name] = words.as_slice() else {
            return Ok(None);
        };
        Ok(Some(Self {
            name: name.clone(),
            drops_tabs,
        }))
    }

    /// Finds those that a line announces, in order.
    pub(super) fn of_line(line: &str) -> Result<Vec<Self>, Flaw> {
        if !line.contains("<<") {
            return Ok(Vec::new());
        }
        let raw = Expander::new('\\')
            .keep_quotes()
            .keep_escapes()
            .keep_unset();
        // A line that is no sequence of words announces nothing; the shell will say more.
        let words = raw.split(line, &Variables::new()).unwrap_or_default();
        let found = words.iter().map(|word| Self::of_word(word));
        found.filter_map(Result::transpose).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Vec<String> {
        let found = HereDocument::of_line(line).unwrap();
        found.into_iter().map(|document| document.name).collect()
    }

    #[test]
    fn a_line_may_announce_several() {
        assert_eq!(names("COPY <<A 3<<-B <<'c' /x/"), ["A", "B", "c"]);
        assert_eq!(names("RUN cat <<\"a b\" > x"), ["a b"]);
    }

    #[test]
    fn what_only_looks_like_one_announces_nothing() {
        for line in [
            "RUN a << b",
            "RUN a <<<b",
            "RUN x<<A",
            "RUN echo '<<A'",
            "RUN 'x <<A",
        ] {
            assert_eq!(names(line), [""; 0], "{line}");
        }
    }
}
