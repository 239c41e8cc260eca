//! A set of numbers, kept as runs of neighbours.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A set of numbers that costs what it has gaps, however many numbers are in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Runs(BTreeMap<u128, u128>);

impl Runs {
    /// The first and the last of the run that a number lies in.
    pub fn run_of(&self, number: u128) -> Option<(u128, u128)> {
        let (first, last) = self.0.range(..=number).next_back()?;
        (*last >= number).then_some((*first, *last))
    }

    /// The lowest run that has a number from `first` to `last`.
    pub fn meeting(&self, first: u128, last: u128) -> Option<(u128, u128)> {
        self.run_of(first).or_else(|| {
            let (start, end) = self.0.range(first..=last).next()?;
            Some((*start, *end))
        })
    }

    /// Puts the numbers from `first` to `last` in.
    pub fn insert(&mut self, first: u128, last: u128) {
        let (mut start, mut end) = (first, last);
        let (below, above) = (first.saturating_sub(1), last.saturating_add(1));
        while let Some((run_start, run_end)) = self.meeting(below, above) {
            self.0.remove(&run_start);
            start = start.min(run_start);
            end = end.max(run_end);
        }
        self.0.insert(start, end);
    }

    /// Takes the numbers from `first` to `last` out.
    pub fn remove(&mut self, first: u128, last: u128) {
        while let Some((start, end)) = self.meeting(first, last) {
            self.0.remove(&start);
            if start < first {
                self.0.insert(start, first - 1);
            }
            if last < end {
                self.0.insert(last + 1, end);
            }
        }
    }
}

impl Serialize for Runs {
    /// Writes pairs of texts: JSON's numbers are too short for many a reader.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(
            self.0
                .iter()
                .map(|(first, last)| (first.to_string(), last.to_string())),
        )
    }
}

impl<'de> Deserialize<'de> for Runs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut runs = Self::default();
        for (first, last) in Vec::<(String, String)>::deserialize(deserializer)? {
            let number = |text: &str| text.parse::<u128>().map_err(serde::de::Error::custom);
            let (first, last) = (number(&first)?, number(&last)?);
            if first <= last {
                runs.insert(first, last);
            }
        }
        Ok(runs)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn neighbours_are_one_run() {
        let mut runs = Runs::default();
        runs.insert(1, 1);
        runs.insert(3, 4);
        assert_eq!(runs.run_of(2), None);
        assert_eq!(runs.meeting(2, 9), Some((3, 4)));
        runs.insert(2, 2);
        assert_eq!(runs.run_of(3), Some((1, 4)));
        runs.remove(2, 3);
        assert_eq!(runs.run_of(1), Some((1, 1)));
        assert_eq!(runs.run_of(4), Some((4, 4)));
    }

    #[test]
    fn the_highest_number_has_no_neighbour_above() {
        let mut runs = Runs::default();
        runs.insert(u128::MAX, u128::MAX);
        runs.insert(0, 0);
        assert_eq!(runs.run_of(u128::MAX), Some((u128::MAX, u128::MAX)));
        let written = serde_json::to_value(&runs).unwrap();
        assert_eq!(serde_json::from_value::<Runs>(written).unwrap(), runs);
        runs.remove(0, u128::MAX);
        assert_eq!(runs, Runs::default());
    }

    proptest! {
        #[test]
        fn runs_hold_what_a_set_would(
            steps in proptest::collection::vec((any::<bool>(), 0_u128..64, 0_u128..8), 0..60),
        ) {
            let (mut runs, mut model) = (Runs::default(), BTreeSet::new());
            for (insert, first, more) in steps {
                let last = first + more;
                if insert {
                    runs.insert(first, last);
                    model.extend(first..=last);
                } else {
                    runs.remove(first, last);
                    model.retain(|number| !(first..=last).contains(number));
                }
            }
            for number in 0..80 {
                prop_assert_eq!(runs.run_of(number).is_some(), model.contains(&number));
            }
            let ends: Vec<_> = runs.0.iter().collect();
            for pair in ends.windows(2) {
                prop_assert!(*pair[0].1 + 1 < *pair[1].0, "runs touch");
            }
        }
    }
}
