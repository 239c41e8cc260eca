//! Bytes that are nearly right: what readers of foreign bytes are tried with.
//!
//! A reader is a function over bytes. It is called with what comes of changing inputs that are
//! right, in an order that follows from a seed, so that what fails once fails again.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::Chance;

/// Inputs become this long at most.
const LONGEST: usize = 64 << 10;

/// A source of inputs.
#[derive(Debug)]
pub struct Mutation<'a> {
    chance: Chance,
    seeds: Vec<&'a [u8]>,
    words: &'a [&'a str],
}

impl<'a> Mutation<'a> {
    /// Inputs that come of these, at least one, and of words that their language knows.
    pub fn new<S: AsRef<[u8]>>(seed: u64, seeds: &'a [S], words: &'a [&'a str]) -> Self {
        let seeds: Vec<_> = seeds.iter().map(AsRef::as_ref).collect();
        Self {
            chance: Chance::seeded(seed),
            seeds,
            words,
        }
    }

    /// The next input, and which of the seeds it came of.
    pub fn next_input(&mut self) -> (usize, Vec<u8>) {
        let origin = self.below(self.seeds.len());
        let mut input = self.seeds.get(origin).map_or(Vec::new(), |s| s.to_vec());
        for _ in 0..=self.below(4) {
            self.change(&mut input);
        }
        input.truncate(LONGEST);
        (origin, input)
    }

    fn below(&mut self, bound: usize) -> usize {
        let bound = u32::try_from(bound.max(1)).unwrap_or(u32::MAX);
        self.chance.below(bound) as usize
    }

    /// A part of so many bytes, not longer than `longest`.
    fn part(&mut self, length: usize, longest: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let end = start + self.below(longest.min(length - start) + 1);
        start..end
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        match self.below(9) {
            0 => {
                let (at, bit) = (self.below(input.len()), self.below(8));
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << bit;
                }
            }
            1 => {
                let (at, [byte]) = (self.below(input.len()), self.chance.bytes());
                if let Some(place) = input.get_mut(at) {
                    *place = byte;
                }
            }
            2 => {
                let part = self.part(input.len(), 64);
                input.drain(part);
            }
            3 => {
                let end = self.below(input.len() + 1);
                input.truncate(end);
            }
            4 => {
                let part = self.part(input.len(), 400);
                let again = input[part.clone()].repeat(1 + self.below(20));
                input.splice(part.end..part.end, again);
            }
            5 => {
                let (from, to) = (self.part(input.len(), 200), self.below(input.len() + 1));
                let moved = input[from].to_vec();
                input.splice(to..to, moved);
            }
            6 => {
                let (part, word) = (self.part(input.len(), 12), self.below(self.words.len()));
                let word = self.words.get(word).copied().unwrap_or_default();
                input.splice(part, word.bytes());
            }
            7 => {
                let other = self.below(self.seeds.len());
                let other = self.seeds.get(other).copied().unwrap_or_default();
                let (part, to) = (self.part(other.len(), 400), self.below(input.len() + 1));
                input.splice(to..to, other[part].iter().copied());
            }
            _ => self.change_number(input),
        }
    }

    /// Puts a number in the place of another.
    fn change_number(&mut self, input: &mut Vec<u8>) {
        const NUMBERS: &[&str] = &[
            "0",
            "-1",
            "255",
            "65536",
            "4294967296",
            "18446744073709551616",
            "1e999",
            "0x10",
            "00",
            "3.2",
        ];
        let from = self.below(input.len());
        let is_digit = |byte: &u8| byte.is_ascii_digit();
        let Some(start) = input[from..].iter().position(is_digit).map(|n| n + from) else {
            return;
        };
        let length = input[start..]
            .iter()
            .take_while(|byte| is_digit(byte))
            .count();
        let number = NUMBERS[self.below(NUMBERS.len())];
        input.splice(start..start + length, number.bytes());
    }
}

/// Calls a reader with the seeds themselves and then with so many inputs that come of them; a
/// panic of it is told with its input.
pub fn try_out(mut mutation: Mutation<'_>, count: u64, mut read: impl FnMut(usize, &[u8])) {
    let mut call = |number: u64, origin: usize, input: &[u8]| {
        let called = catch_unwind(AssertUnwindSafe(|| read(origin, input)));
        if let Err(reason) = called {
            let text = String::from_utf8_lossy(input);
            tracing::error!(number, origin, %text, "an input was too much");
            resume_unwind(match reason.downcast_ref::<String>() {
                Some(words) => {
                    Box::new(format!("input {number} of seed {origin}: {words}\n{text}"))
                }
                None => reason,
            });
        }
    };
    for (origin, input) in mutation.seeds.clone().into_iter().enumerate() {
        call(0, origin, input);
    }
    for number in 1..=count {
        let (origin, input) = mutation.next_input();
        call(number, origin, &input);
    }
}

/// How many inputs to try: `FUZZ_INPUTS`, or as many as are told.
#[expect(
    clippy::disallowed_methods,
    reason = "how long it takes is the matter of whoever starts the tests"
)]
pub fn count(unless_told: u64) -> u64 {
    let told = std::env::var("FUZZ_INPUTS").ok();
    told.and_then(|text| text.parse().ok())
        .unwrap_or(unless_told)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const SEEDS: &[&str] = &["<a>17</a>", "{\"b\": [1, 2, 3]}"];

    #[test]
    fn the_same_seed_gives_the_same_inputs_and_they_differ() {
        let inputs = |seed| {
            let mut mutation = Mutation::new(seed, SEEDS, &["word"]);
            (0..500).map(|_| mutation.next_input()).collect::<Vec<_>>()
        };
        assert_eq!(inputs(1), inputs(1));
        assert_ne!(inputs(1), inputs(2));
        let all = inputs(1);
        let differ: BTreeSet<_> = all.iter().map(|(_, input)| input).collect();
        assert!(differ.len() > 400, "{}", differ.len());
        assert!(
            all.iter()
                .any(|(_, input)| input.windows(4).any(|w| w == b"word"))
        );
        assert!(all.iter().all(|(_, input)| input.len() <= LONGEST));
    }

    #[test]
    fn nothing_comes_of_nothing_but_inputs() {
        let mut mutation = Mutation::new::<&str>(1, &[""], &[]);
        for _ in 0..500 {
            mutation.next_input();
        }
    }

    #[test]
    fn a_panic_is_told_with_its_input() {
        let run = || {
            try_out(Mutation::new(3, SEEDS, &[]), 1000, |_, input| {
                assert!(!input.is_empty(), "{}", "nothing there");
            });
        };
        let reason = catch_unwind(run).unwrap_err();
        let words = reason.downcast_ref::<String>().unwrap();
        assert!(
            words.starts_with("input ") && words.contains("nothing there"),
            "{words}"
        );
    }
}
