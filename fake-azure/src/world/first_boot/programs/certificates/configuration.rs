//! The files that `openssl` is configured by: sections of names and values.

use std::collections::BTreeMap;

/// The section of what stands before all others.
const FIRST: &str = "default";

/// A file of sections.
#[derive(Debug, Default)]
pub(super) struct Configuration(BTreeMap<String, Vec<(String, String)>>);

impl Configuration {
    pub(super) fn read(text: &str) -> Self {
        let mut sections: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        let mut section = FIRST.to_owned();
        let joined = text.replace("\\\r\n", "").replace("\\\n", "");
        for line in joined.lines() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                name.trim().clone_into(&mut section);
                sections.entry(section.clone()).or_default();
            } else if let Some((name, value)) = line.split_once('=') {
                let value = value.trim();
                let quoted = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
                let value = quoted.unwrap_or(value).to_owned();
                let entry = (name.trim().to_owned(), value);
                sections.entry(section.clone()).or_default().push(entry);
            }
        }
        Self(sections)
    }

    pub(super) fn section(&self, name: &str) -> Option<&[(String, String)]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// What stands before all sections.
    pub(super) fn first(&self) -> &[(String, String)] {
        self.section(FIRST).unwrap_or_default()
    }

    /// A value of a section.
    pub(super) fn value(&self, section: &str, name: &str) -> Option<&str> {
        let mut all = self.section(section)?.iter().rev();
        all.find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A value of what stands before all sections.
    pub(super) fn first_value(&self, name: &str) -> Option<&str> {
        self.value(FIRST, name)
    }
}
