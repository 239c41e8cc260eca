//! Where in what somebody wrote something is.

use std::fmt;

use serde_path_to_error::{Path, Segment};

/// The way from the whole to a part, from the outside on; empty where the whole is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Member(String),
    Item(usize),
}

impl Place {
    pub(super) const WHOLE: Self = Self(Vec::new());

    /// The place of a member of what is here.
    #[must_use]
    pub fn member(mut self, name: impl Into<String>) -> Self {
        self.0.push(Step::Member(name.into()));
        self
    }

    /// The place of an item of the list that is here.
    #[must_use]
    pub fn item(mut self, n: usize) -> Self {
        self.0.push(Step::Item(n));
        self
    }

    /// The same place, seen from further outside.
    #[must_use]
    pub fn within(mut self, outer: Self) -> Self {
        let mut steps = outer.0;
        steps.append(&mut self.0);
        Self(steps)
    }

    /// Whether the whole is meant.
    pub fn is_whole(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }
}

impl<const N: usize> From<[&str; N]> for Place {
    fn from(members: [&str; N]) -> Self {
        Self(members.map(|name| Step::Member(name.to_owned())).to_vec())
    }
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        let steps = path.iter().map(|segment| match segment {
            Segment::Seq { index } => Step::Item(*index),
            Segment::Map { key } => Step::Member(key.clone()),
            Segment::Enum { variant } => Step::Member(variant.clone()),
            Segment::Unknown => Step::Member("?".to_owned()),
        });
        Self(steps.collect())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, step) in self.0.iter().enumerate() {
            match step {
                Step::Item(item) => write!(f, "[{item}]")?,
                Step::Member(name) if n == 0 => f.write_str(name)?,
                Step::Member(name) => write!(f, ".{name}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_from_the_outside_on() {
        let here = Place::from(["effect", "drop"]);
        assert_eq!(here.to_string(), "effect.drop");
        let outer = Place::default().member("docker").item(2).member("fault");
        assert_eq!(
            here.within(outer.item(0)).to_string(),
            "docker[2].fault[0].effect.drop"
        );
        assert!(Place::default().is_whole());
        assert_eq!(Place::default().item(1).member("a").to_string(), "[1].a");
    }
}
