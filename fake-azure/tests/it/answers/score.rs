//! The score, and what lies behind it.

use std::collections::BTreeMap;
use std::io::Write as _;

/// What became of each exchange.
#[derive(Debug, Default)]
pub(crate) struct Score {
    pub(crate) all: usize,
    pub(crate) matched: usize,
    /// How many are beyond the simulator, by reason.
    pub(crate) beyond: BTreeMap<&'static str, usize>,
    /// Where an older answer was read as a newer one, by rule.
    pub(crate) older: BTreeMap<&'static str, Vec<String>>,
    /// What differs, and where.
    pub(crate) different: BTreeMap<String, Vec<String>>,
}

impl Score {
    pub(crate) fn not_modelled(&self) -> usize {
        self.beyond.values().sum()
    }

    pub(crate) fn print(&self) {
        let mut out = std::io::stderr().lock();
        let mut line = |text: &str| writeln!(out, "{text}").unwrap();
        for (why, count) in &self.beyond {
            line(&format!("not modelled, {count}: {why}"));
        }
        for (what, places) in &self.older {
            let mut files: Vec<&str> = places
                .iter()
                .map(|place| place.split(" #").next().unwrap_or(place))
                .collect();
            files.dedup();
            line(&format!("older, {}: {what}", places.len()));
            for file in files {
                line(&format!("    {file}"));
            }
        }
        for (what, places) in &self.different {
            line(&format!("different, {}: {what}", places.len()));
            for place in places.iter().take(3) {
                line(&format!("    {place}"));
            }
        }
        line(&format!(
            "matched {} of {}, not modelled {}",
            self.matched,
            self.all,
            self.not_modelled()
        ));
    }
}
