//! What a misspelt word was probably meant to be.

use std::fmt::{self, Display, Formatter};

/// How many letters a word may be away from what it was meant to be.
const FURTHEST: usize = 2;

/// A word that is near to the one that was written; shown behind an error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Suggestion(Option<String>);

impl Suggestion {
    /// Looks for the word nearest to `written`, spelt in capitals or not as that is.
    pub(crate) fn for_word(written: &str, known: &[&str]) -> Self {
        let nearest = Self::for_exact_word(&written.to_lowercase(), known);
        let is_upper = written == written.to_uppercase();
        Self(
            nearest
                .0
                .map(|word| if is_upper { word.to_uppercase() } else { word }),
        )
    }

    /// Looks for the word nearest to `written`.
    pub(crate) fn for_exact_word(written: &str, known: &[&str]) -> Self {
        let near = known
            .iter()
            .filter_map(|word| Some((distance(written, word)?, word)))
            .min_by_key(|(distance, _)| *distance);
        Self(near.map(|(_, word)| (*word).to_owned()))
    }
}

impl Display for Suggestion {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(word) => write!(f, " (did you mean {word}?)"),
            None => Ok(()),
        }
    }
}

/// How many letters have to change to make one word of the other, if they are few.
fn distance(written: &str, word: &str) -> Option<usize> {
    let written: Vec<char> = written.chars().take(word.len() + FURTHEST + 1).collect();
    let mut row: Vec<usize> = (0..=word.len()).collect();
    for (index, letter) in written.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in word.chars().enumerate() {
            let change = diagonal + usize::from(*letter != other);
            diagonal = row[column + 1];
            row[column + 1] = change.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row.last()
        .copied()
        .filter(|distance| *distance > 0 && *distance <= FURTHEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggestion(written: &str) -> String {
        Suggestion::for_word(written, &["add", "copy", "from", "run"]).to_string()
    }

    #[test]
    fn a_misspelt_word_has_a_suggestion_in_its_own_case() {
        assert_eq!(suggestion("FRM"), " (did you mean FROM?)");
        assert_eq!(suggestion("coppy"), " (did you mean copy?)");
        assert_eq!(suggestion("Rum"), " (did you mean run?)");
    }

    #[test]
    fn a_word_that_is_near_to_none_has_no_suggestion() {
        for written in ["", "FROMAGES", "x".repeat(10_000).as_str(), "run"] {
            assert_eq!(suggestion(written), "", "{written}");
        }
    }
}
