//! The score, and what lies behind it.

use std::collections::BTreeMap;
use std::io::Write as _;

use regex::Regex;

use super::recordings::Exchange;

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

    /// Adds what came of replaying one of exchanges that are alike.
    pub(crate) fn add(&mut self, places: &[&Exchange], older: &[&'static str], found: &[String]) {
        let named = || places.iter().map(|exchange| exchange.place());
        for what in older {
            self.older.entry(what).or_default().extend(named());
        }
        if found.is_empty() {
            self.matched += places.len();
            return;
        }
        // Without names, likes stand together.
        let name = Regex::new("[^/?]*[0-9A-F][^/?]*").unwrap();
        let path = name.replace_all(places[0].path(), "*");
        let shown = found.iter().take(4);
        let shown = shown.map(|text| text.chars().take(700).collect());
        let shown: Vec<String> = shown.collect();
        let what = format!("{} {path}: {}", places[0].method, shown.join("; "));
        self.different.entry(what).or_default().extend(named());
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
            files.sort_unstable();
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
