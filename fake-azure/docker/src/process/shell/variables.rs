//! The variables of a shell.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::elements::{Elements, Key};

/// The variables, shared with subshells until one of them changes something.
#[derive(Debug, Clone, Default)]
pub(super) struct Variables {
    by_name: Arc<BTreeMap<String, Variable>>,
    /// How many bytes all values have.
    bytes: usize,
    /// How many variables were made: what the next one's order is.
    made: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Variable {
    /// None for one that is marked, but not set.
    pub(super) value: Option<String>,
    /// What it has if it is an array, which has no value of its own then.
    pub(super) elements: Option<Box<Elements>>,
    pub(super) is_exported: bool,
    pub(super) is_read_only: bool,
    pub(super) shape: Shape,
    order: usize,
}

impl Variable {
    /// An array of these elements.
    pub(super) fn of_elements(elements: Elements) -> Self {
        Self {
            elements: Some(Box::new(elements)),
            ..Self::default()
        }
    }

    /// The letters of what was declared of it, in bash's order.
    pub(super) fn flags(&self) -> String {
        let elements = self.elements.as_deref();
        let letters = [
            ('a', elements.is_some_and(|elements| !elements.is_by_name)),
            ('A', elements.is_some_and(|elements| elements.is_by_name)),
            ('i', self.shape.is_integer),
            ('n', self.shape.is_reference),
            ('r', self.is_read_only),
            ('x', self.is_exported),
            ('l', self.shape.letters == Some(Letters::Lower)),
            ('u', self.shape.letters == Some(Letters::Upper)),
        ];
        let said = letters.into_iter().filter(|(_, is_said)| *is_said);
        said.map(|(letter, _)| letter).collect()
    }
}

/// What bash makes of each value that a variable is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// `-i`: the value of an expression.
    pub(super) is_integer: bool,
    /// `-l` and `-u`: letters of one kind.
    pub(super) letters: Option<Letters>,
    /// `-n`: it names another, which is meant wherever it is named itself.
    pub(super) is_reference: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    Lower,
    Upper,
}

/// Why a variable keeps its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    ReadOnly,
    OutOfMemory,
}

/// The most that all values of a shell hold, in bytes.
const MOST_BYTES: usize = 32 << 20;

/// How many variables may refer to each other.
const MOST_REFERENCES: usize = 8;

/// How many lists ash keeps its variables in; it exports one after the other.
const LISTS: usize = 39;

impl Variables {
    /// The variable that a name means: the one that a reference leads to, or the name itself.
    pub(super) fn meant<'a>(&'a self, name: &'a str) -> &'a str {
        let mut meant = name;
        for _ in 0..MOST_REFERENCES {
            let known = self
                .by_name
                .get(meant)
                .filter(|known| known.shape.is_reference);
            match known.and_then(|known| known.value.as_deref()) {
                Some(target) if !target.is_empty() => meant = target,
                _ => return meant,
            }
        }
        name
    }

    /// What a reference leads to; none of what is none.
    pub(super) fn referred(&self, name: &str) -> Option<&str> {
        let known = self.by_name.get(name)?;
        known.value.as_deref().filter(|_| known.shape.is_reference)
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let known = self.by_name.get(self.meant(name))?;
        match &known.elements {
            Some(elements) => elements.get(&elements.first_key()),
            None => known.value.as_deref(),
        }
    }

    /// The variable of this very name, be it a reference.
    pub(super) fn variable(&self, name: &str) -> Option<&Variable> {
        self.by_name.get(name)
    }

    /// What is made of values that a variable is given.
    pub(super) fn shape(&self, name: &str) -> Shape {
        let known = self.by_name.get(self.meant(name));
        known.map(|known| known.shape).unwrap_or_default()
    }

    /// Says what is made of values that the variable of this very name is given.
    pub(super) fn set_shape(&mut self, name: &str, shape: Shape) {
        self.entry(name).shape = shape;
    }

    /// Lets a variable be known, without a value where it has none.
    pub(super) fn declare(&mut self, name: &str) {
        let name = self.meant(name).to_owned();
        self.entry(&name);
    }

    /// Lets a reference lead to a variable.
    pub(super) fn refer(&mut self, name: &str, target: &str) -> Result<(), Refusal> {
        self.put_value(name, target.to_owned())
    }

    pub(super) fn is_read_only(&self, name: &str) -> bool {
        let known = self.variable(self.meant(name));
        known.is_some_and(|known| known.is_read_only)
    }

    pub(super) fn set(&mut self, name: &str, value: impl Into<String>) -> Result<(), Refusal> {
        let name = self.meant(name).to_owned();
        self.put_value(&name, value.into())
    }

    fn put_value(&mut self, name: &str, value: String) -> Result<(), Refusal> {
        let elements = self.by_name.get(name);
        if let Some(elements) = elements.and_then(|known| known.elements.as_deref()) {
            let first = elements.first_key();
            return self.set_element(name, first, value);
        }
        let known = self.variable(name);
        if known.is_some_and(|known| known.is_read_only) {
            return Err(Refusal::ReadOnly);
        }
        let before = known.map_or(0, |known| bytes_of(name, known));
        let bytes = self.bytes - before + name.len() + value.len();
        if bytes > MOST_BYTES {
            return Err(Refusal::OutOfMemory);
        }
        self.entry(name).value = Some(value);
        self.bytes = bytes;
        Ok(())
    }

    /// The elements of an array.
    pub(super) fn elements(&self, name: &str) -> Option<&Elements> {
        self.by_name.get(self.meant(name))?.elements.as_deref()
    }

    /// Whether a variable is an array whose elements go by names.
    pub(super) fn is_by_name(&self, name: &str) -> bool {
        self.elements(name).is_some_and(|known| known.is_by_name)
    }

    /// Makes a variable an array of these elements.
    pub(super) fn set_elements(&mut self, name: &str, elements: Elements) -> Result<(), Refusal> {
        let name = &self.meant(name).to_owned();
        let known = self.variable(name);
        if known.is_some_and(|known| known.is_read_only) {
            return Err(Refusal::ReadOnly);
        }
        let before = known.map_or(0, |known| bytes_of(name, known));
        let bytes = self.bytes - before + name.len() + elements.bytes();
        if bytes > MOST_BYTES {
            return Err(Refusal::OutOfMemory);
        }
        let variable = self.entry(name);
        variable.value = None;
        variable.elements = Some(Box::new(elements));
        self.bytes = bytes;
        Ok(())
    }

    /// Gives an element a value; what is no array becomes one.
    pub(super) fn set_element(
        &mut self,
        name: &str,
        key: Key,
        value: String,
    ) -> Result<(), Refusal> {
        self.change_elements(name, value.len(), |elements| elements.set(key, value))
    }

    /// Takes an element away.
    pub(super) fn remove_element(&mut self, name: &str, key: &Key) -> Result<(), Refusal> {
        self.change_elements(name, 0, |elements| elements.remove(key))
    }

    /// Changes an array where it stands: a loop over many elements copies none of them.
    fn change_elements(
        &mut self,
        name: &str,
        more: usize,
        change: impl FnOnce(&mut Elements),
    ) -> Result<(), Refusal> {
        let name = &self.meant(name).to_owned();
        if self.is_read_only(name) {
            return Err(Refusal::ReadOnly);
        }
        if self.bytes + more + size_of::<u64>() > MOST_BYTES {
            return Err(Refusal::OutOfMemory);
        }
        let variable = self.entry(name);
        let value = variable.value.take();
        let mut held = value.as_ref().map_or(0, String::len);
        let elements = match &mut variable.elements {
            Some(elements) => {
                held += elements.bytes();
                elements
            }
            none => none.insert(Box::new(value.into_iter().collect())),
        };
        change(elements);
        let now = elements.bytes();
        self.bytes = self.bytes - held + now;
        Ok(())
    }

    /// Sets a variable and hands it on to programs.
    pub(super) fn set_exported(
        &mut self,
        name: &str,
        value: impl Into<String>,
    ) -> Result<(), Refusal> {
        self.set(name, value)?;
        self.export(name, true);
        Ok(())
    }

    pub(super) fn unset(&mut self, name: &str) -> Result<(), Refusal> {
        let name = &self.meant(name).to_owned();
        if self.is_read_only(name) {
            return Err(Refusal::ReadOnly);
        }
        self.put(name, None);
        Ok(())
    }

    /// Hands a variable on to programs, or no longer.
    pub(super) fn export(&mut self, name: &str, is_exported: bool) {
        let name = self.meant(name).to_owned();
        self.entry(&name).is_exported = is_exported;
    }

    pub(super) fn make_read_only(&mut self, name: &str) {
        let name = self.meant(name).to_owned();
        self.entry(&name).is_read_only = true;
    }

    /// Lets a variable be changed again, which only who has just made it read-only may do.
    pub(super) fn make_writable(&mut self, name: &str) {
        let name = self.meant(name).to_owned();
        self.entry(&name).is_read_only = false;
    }

    /// Puts back what a variable was before, whatever it is now.
    pub(super) fn put(&mut self, name: &str, variable: Option<Variable>) {
        let by_name = Arc::make_mut(&mut self.by_name);
        self.bytes += variable.as_ref().map_or(0, |known| bytes_of(name, known));
        let before = match variable {
            Some(variable) => by_name.insert(name.to_owned(), variable),
            None => by_name.remove(name),
        };
        self.bytes -= before.map_or(0, |known| bytes_of(name, &known));
    }

    /// Returns all variables by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Variable)> {
        let all = self.by_name.iter();
        all.map(|(name, variable)| (name.as_str(), variable))
    }

    /// Returns what programs get, in the order in which ash hands it on.
    pub(super) fn environment(&self) -> Vec<(String, String)> {
        let mut exported: Vec<_> = self
            .iter()
            .filter(|(_, variable)| variable.is_exported)
            .filter_map(|(name, variable)| Some((name, variable.value.as_ref()?, variable.order)))
            .collect();
        exported.sort_by_key(|(name, _, order)| (list_of(name), *order));
        let exported = exported.into_iter();
        exported
            .map(|(name, value, _)| (name.to_owned(), value.clone()))
            .collect()
    }

    fn entry(&mut self, name: &str) -> &mut Variable {
        let by_name = Arc::make_mut(&mut self.by_name);
        let made = &mut self.made;
        let bytes = &mut self.bytes;
        by_name.entry(name.to_owned()).or_insert_with(|| {
            *made += 1;
            *bytes += name.len();
            Variable {
                order: *made,
                ..Variable::default()
            }
        })
    }
}

fn bytes_of(name: &str, variable: &Variable) -> usize {
    let elements = variable.elements.as_deref().map_or(0, Elements::bytes);
    name.len() + variable.value.as_ref().map_or(0, String::len) + elements
}

fn list_of(name: &str) -> usize {
    let bytes = name.bytes().map(usize::from);
    let first = bytes.clone().next().unwrap_or_default();
    (bytes.sum::<usize>() + (first << 4)) % LISTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_get_variables_in_the_order_of_ash() {
        let mut variables = Variables::default();
        for name in [
            "B", "A", "HOME", "Z", "HOSTNAME", "PATH", "PWD", "SHLVL", "secret",
        ] {
            variables.set(name, "x").unwrap();
            variables.export(name, name != "secret");
        }
        let names = variables.environment().into_iter().map(|(name, _)| name);

        assert_eq!(
            names.collect::<Vec<_>>(),
            ["HOSTNAME", "SHLVL", "HOME", "Z", "A", "PATH", "B", "PWD"]
        );
    }

    #[test]
    fn what_is_read_only_stays() {
        let mut variables = Variables::default();
        variables.set("a", "1").unwrap();
        variables.make_read_only("a");

        assert_eq!(variables.set("a", "2"), Err(Refusal::ReadOnly));
        assert_eq!(variables.unset("a"), Err(Refusal::ReadOnly));
        assert_eq!(variables.get("a"), Some("1"));
    }

    #[test]
    fn values_have_a_limit_together() {
        let mut variables = Variables::default();
        let large = "x".repeat(MOST_BYTES / 2);
        for _ in 0..9 {
            variables.set("a", large.clone()).unwrap();
        }
        assert_eq!(variables.set("b", large.clone()), Err(Refusal::OutOfMemory));
        variables.unset("a").unwrap();
        variables.set("b", large).unwrap();
    }
}
