//! What resources of a template are called by others.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::identifier::alternating;
use crate::problem::{Kind, Problem};

/// All resources of a template by everything that they can be called.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct Directory {
    entries: Vec<Entry>,
    names: BTreeMap<String, Vec<usize>>,
    loops: BTreeMap<String, Vec<usize>>,
}

/// A resource that can be referred to.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) api_version: Option<String>,
    /// Its name in a template that calls its resources by names of its own.
    pub(crate) symbol: Option<String>,
    /// The loop that it comes from, and in which round.
    pub(crate) round: Option<(String, usize)>,
    /// Which resource of the plan it is; none if it is not deployed.
    pub(crate) resource: Option<usize>,
}

fn key(name: &str) -> String {
    name.trim_matches('/').to_ascii_lowercase()
}

impl Directory {
    /// Takes a resource in.
    pub(crate) fn enter(&mut self, entry: Entry) {
        let index = self.entries.len();
        let mut names = vec![
            key(&entry.id),
            key(&entry.name),
            key(&format!("{}/{}", entry.kind, entry.name)),
        ];
        names.extend(alternating(&entry.kind, entry.name.split('/')).map(|path| key(&path)));
        if let Some(symbol) = &entry.symbol {
            names.push(key(symbol));
            if let Some((_, round)) = &entry.round {
                names.push(key(&format!("{symbol}[{round}]")));
            }
        }
        names.sort_unstable();
        names.dedup();
        for name in names {
            self.names.entry(name).or_default().push(index);
        }
        if let Some((name, _)) = &entry.round {
            self.loops.entry(key(name)).or_default().push(index);
        }
        self.entries.push(entry);
    }

    /// Whether something of this identifier is there, and is deployed.
    pub(crate) fn is_deployed(&self, id: &str) -> bool {
        self.all(&key(id))
            .any(|entry| entry.resource.is_some() && entry.id.eq_ignore_ascii_case(id))
    }

    fn all<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a Entry> + use<'a> {
        self.names
            .get(key)
            .into_iter()
            .flatten()
            .map(|index| &self.entries[*index])
    }

    /// All that a name of a resource, or of a loop, stands for.
    pub(crate) fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let key = key(name);
        let mut found = self.names.get(&key);
        if found.is_none() {
            found = self.loops.get(&key);
        }
        found
            .into_iter()
            .flatten()
            .map(|index| &self.entries[*index])
    }

    /// The one resource that a name stands for, if any does.
    pub(crate) fn one(&self, name: &str) -> Result<Option<&Entry>, Problem> {
        let mut found = self.all(&key(name));
        let first = found.next();
        match found.next() {
            None => Ok(first),
            Some(_) => Err(Kind::ReferenceAmbiguous(name.to_owned()).into()),
        }
    }
}
