//! Arrays of bash: elements by number, or by name.

use std::collections::BTreeMap;

/// What an element is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Number(u64),
    Name(String),
}

/// The elements of an array.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Elements {
    /// Whether they go by names.
    pub(super) is_by_name: bool,
    by_key: BTreeMap<Key, String>,
    bytes: usize,
}

impl Key {
    fn bytes(&self) -> usize {
        match self {
            Self::Number(_) => size_of::<u64>(),
            Self::Name(name) => name.len(),
        }
    }

    /// The key as a script writes it.
    pub(super) fn show(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Name(name) => name.clone(),
        }
    }
}

impl Elements {
    pub(super) fn by_name() -> Self {
        Self {
            is_by_name: true,
            ..Self::default()
        }
    }

    /// The key of the element that stands for the whole.
    pub(super) fn first_key(&self) -> Key {
        if self.is_by_name {
            Key::Name("0".to_owned())
        } else {
            Key::Number(0)
        }
    }

    pub(super) fn get(&self, key: &Key) -> Option<&str> {
        self.by_key.get(key).map(String::as_str)
    }

    pub(super) fn set(&mut self, key: Key, value: String) {
        self.remove(&key);
        self.bytes += key.bytes() + value.len();
        self.by_key.insert(key, value);
    }

    pub(super) fn remove(&mut self, key: &Key) {
        if let Some(value) = self.by_key.remove(key) {
            self.bytes -= key.bytes() + value.len();
        }
    }

    /// The number behind the last one.
    pub(super) fn next(&self) -> u64 {
        match self.by_key.keys().next_back() {
            Some(Key::Number(last)) => last.saturating_add(1),
            _ => 0,
        }
    }

    /// All elements, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Key, &str)> {
        self.by_key.iter().map(|(key, value)| (key, value.as_str()))
    }

    /// How many bytes all of them have.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

impl FromIterator<String> for Elements {
    fn from_iter<I: IntoIterator<Item = String>>(values: I) -> Self {
        let mut elements = Self::default();
        for (number, value) in (0..).zip(values) {
            elements.set(Key::Number(number), value);
        }
        elements
    }
}
