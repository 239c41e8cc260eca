//! What somebody may have meant who made a slip.

use strsim::damerau_levenshtein;

/// So many are named at most.
const MOST: usize = 3;

/// Those of `known` that `word` may have meant, nearest first.
///
/// Case, blanks and punctuation do not count; a beginning of a word may stand for it.
pub fn near<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = plain(word);
    if wanted.is_empty() {
        return Vec::new();
    }
    // One slip in three letters is one, two in three are another word.
    let slips = (wanted.chars().count() / 3).max(1);
    let mut ranked: Vec<(usize, &str)> = known
        .into_iter()
        .filter_map(|one| {
            let name = plain(one);
            let distance = damerau_levenshtein(&wanted, &name);
            let is_begun = wanted.len() > 2 && name.starts_with(&wanted);
            // A name of a letter or two is not what everything else came near to.
            let is_near = distance <= slips && distance < name.chars().count();
            let rank = if is_begun {
                distance.min(1)
            } else {
                distance + 1
            };
            (is_near || is_begun).then_some((rank, one))
        })
        .collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.dedup();
    ranked.into_iter().take(MOST).map(|(_, one)| one).collect()
}

/// The question to whoever wrote it; none where nothing comes near.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let quoted = near(word, known).into_iter().map(|one| format!("`{one}`"));
    let near: Vec<String> = quoted.collect();
    match near.split_last()? {
        (only, []) => Some(format!("did you mean {only}?")),
        (last, others) => Some(format!("did you mean {} or {last}?", others.join(", "))),
    }
}

fn plain(word: &str) -> String {
    word.chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [&str; 5] = [
        "West US",
        "East US",
        "East US 2",
        "West Europe",
        "Japan West",
    ];

    #[test]
    fn slips_and_beginnings_are_seen_through() {
        for (word, meant) in [
            ("westus", &["West US"][..]),
            ("Wset US", &["West US"]),
            ("west-europe", &["West Europe"]),
            ("West Eur", &["West Europe"]),
            ("Mars", &[]),
            ("", &[]),
            ("--", &[]),
        ] {
            let near = near(word, PLACES);
            assert_eq!(near.first(), meant.first(), "{word}: {near:?}");
        }
        assert!(near("x", ["y", "z"]).is_empty());
    }

    #[test]
    fn several_are_asked_for_in_one_sentence() {
        assert_eq!(
            did_you_mean("east us", PLACES).unwrap(),
            "did you mean `East US`, `East US 2` or `West US`?"
        );
        assert_eq!(
            did_you_mean("lsit", ["list", "show"]).unwrap(),
            "did you mean `list`?"
        );
        assert_eq!(did_you_mean("frob", ["list", "show"]), None);
    }
}
