//! Names for containers that got none: an adjective and a scientist.

use simulation::Chance;

const ADJECTIVES: [&str; 48] = [
    "admiring",
    "agitated",
    "amazing",
    "blissful",
    "bold",
    "brave",
    "busy",
    "charming",
    "clever",
    "cool",
    "crazy",
    "dazzling",
    "determined",
    "dreamy",
    "eager",
    "ecstatic",
    "elastic",
    "epic",
    "festive",
    "focused",
    "friendly",
    "gallant",
    "gifted",
    "happy",
    "hopeful",
    "inspiring",
    "jolly",
    "keen",
    "kind",
    "laughing",
    "loving",
    "modest",
    "nifty",
    "nostalgic",
    "peaceful",
    "pensive",
    "practical",
    "quirky",
    "recursing",
    "romantic",
    "serene",
    "sharp",
    "silly",
    "stoic",
    "trusting",
    "upbeat",
    "vibrant",
    "zen",
];

const SCIENTISTS: [&str; 48] = [
    "albattani",
    "archimedes",
    "babbage",
    "banach",
    "bohr",
    "bose",
    "carson",
    "cerf",
    "curie",
    "darwin",
    "dijkstra",
    "einstein",
    "elion",
    "euclid",
    "euler",
    "faraday",
    "fermat",
    "fermi",
    "feynman",
    "galileo",
    "gauss",
    "goldberg",
    "hamilton",
    "hawking",
    "heisenberg",
    "hopper",
    "johnson",
    "kepler",
    "knuth",
    "lamport",
    "leavitt",
    "lovelace",
    "maxwell",
    "meitner",
    "mendel",
    "newton",
    "noether",
    "pascal",
    "pasteur",
    "perlman",
    "planck",
    "ramanujan",
    "ritchie",
    "tesla",
    "thompson",
    "torvalds",
    "turing",
    "wing",
];

/// How often a pair is drawn before a number is put behind it.
const TRIES: u32 = 6;

/// A name that is not taken.
pub(crate) fn fresh(chance: &mut Chance, is_taken: impl Fn(&str) -> bool) -> String {
    let pick = |words: &[&'static str; 48], chance: &mut Chance| words[chance.below(48) as usize];
    let mut name = String::new();
    for _ in 0..TRIES {
        name = format!(
            "{}_{}",
            pick(&ADJECTIVES, chance),
            pick(&SCIENTISTS, chance)
        );
        if !is_taken(&name) {
            return name;
        }
    }
    let mut number = u64::from(chance.below(10));
    while is_taken(&format!("{name}{number}")) {
        number += 1 + u64::from(chance.below(1_000_000));
    }
    format!("{name}{number}")
}

/// Whether somebody may be called so.
pub(crate) fn is_valid(name: &str) -> bool {
    let name = name.strip_prefix('/').unwrap_or(name);
    let mut letters = name.bytes();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphanumeric())
        && name.len() > 1
        && letters.all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_drawn_until_one_is_free() {
        let mut chance = Chance::seeded(7);
        let mut taken = HashSet::new();
        for _ in 0..5000 {
            let name = fresh(&mut chance, |name| taken.contains(name));
            assert!(is_valid(&name), "{name}");
            assert!(taken.insert(name));
        }
    }

    #[test]
    fn a_name_begins_with_a_letter_or_digit() {
        assert!(is_valid("/web") && is_valid("a.b-c_1"));
        assert!(!is_valid("-bad-") && !is_valid("a/b") && !is_valid("a") && !is_valid(""));
    }
}
