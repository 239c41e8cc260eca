//! Ids and names by chance: what the real engine had given, and what ours gives for it.

use std::collections::HashMap;

use regex_lite::{Captures, Regex};

/// What the recorder wrote into its recordings in place of what was sent.
const REWRITTEN: &[(&str, &str)] = &[("/scratch", "/tmp")];

/// What stands here for what was recorded.
#[derive(Debug)]
pub(crate) struct Names {
    known: HashMap<String, String>,
    ids: Regex,
    by_chance: Regex,
}

impl Names {
    pub(crate) fn new() -> Self {
        Self {
            known: HashMap::new(),
            ids: Regex::new("[0-9a-f]{12,64}").unwrap(),
            by_chance: Regex::new("^/?([a-z]+_[a-z]+[0-9]?)$").unwrap(),
        }
    }

    /// Learns from two texts that say the same.
    pub(crate) fn learn(&mut self, recorded: &str, ours: &str) {
        let (theirs, own): (Vec<_>, Vec<_>) = (
            self.ids.find_iter(recorded).collect(),
            self.ids.find_iter(ours).collect(),
        );
        if theirs.len() == own.len() {
            for (theirs, own) in theirs.iter().zip(own) {
                if matches!(theirs.len(), 12 | 64) && theirs.len() == own.len() {
                    self.know(theirs.as_str(), own.as_str());
                }
            }
        }
        let name = |text| Some(self.by_chance.captures(text)?.get(1)?.as_str().to_owned());
        if let (Some(theirs), Some(own)) = (name(recorded), name(ours)) {
            self.know(&theirs, &own);
        }
    }

    fn know(&mut self, theirs: &str, ours: &str) {
        if theirs != ours {
            self.known
                .entry(theirs.to_owned())
                .or_insert_with(|| ours.to_owned());
        }
    }

    /// A recorded text with the names that are right here.
    pub(crate) fn ours(&self, recorded: &str) -> String {
        let known = |found: &str| {
            let exact = self.known.get(found).cloned();
            exact.or_else(|| {
                let mut ids = self.known.iter();
                let (_, ours) = ids.find(|(id, _)| id.len() == 64 && id.starts_with(found))?;
                ours.get(..found.len()).map(ToOwned::to_owned)
            })
        };
        let told = self.ids.replace_all(recorded, |found: &Captures<'_>| {
            known(&found[0]).unwrap_or_else(|| found[0].to_owned())
        });
        let told = told.split('/').map(|part| match self.known.get(part) {
            Some(ours) => ours.clone(),
            // A few digits of an id, as people type them.
            None if (4..12).contains(&part.len()) && part.bytes().all(is_hex) => {
                known(part).unwrap_or_else(|| part.to_owned())
            }
            None => part.to_owned(),
        });
        let told = told.collect::<Vec<_>>().join("/");
        REWRITTEN.iter().fold(told, |told, (written, sent)| {
            let is_it = told.starts_with(written);
            if is_it {
                told.replacen(written, sent, 1)
            } else {
                told
            }
        })
    }
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}
