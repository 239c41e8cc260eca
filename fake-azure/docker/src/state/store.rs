//! Objects that are found by identifier, by name, or by the beginning of an identifier.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::id::ObjectId;

/// An object that has an identifier and a name.
pub trait Named {
    /// Its identifier.
    fn id(&self) -> ObjectId;
    /// Its name.
    fn name(&self) -> &str;
    /// Gives it another name.
    fn set_name(&mut self, name: String);
}

/// Objects of one kind.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(
    from = "Vec<T>",
    into = "Vec<T>",
    bound = "T: Named + Clone + Serialize + for<'a> Deserialize<'a>"
)]
pub struct Store<T> {
    /// In boxes: the tree keeps room for more than it holds.
    objects: BTreeMap<ObjectId, Box<T>>,
    names: HashMap<String, ObjectId>,
}

/// Why a text leads to no one object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupError {
    /// Nothing has this name, identifier or prefix.
    Missing,
    /// Several identifiers begin with it: so many.
    Ambiguous(usize),
}

impl<T> Default for Store<T> {
    fn default() -> Self {
        Self {
            objects: BTreeMap::new(),
            names: HashMap::new(),
        }
    }
}

impl<T: Named> From<Vec<T>> for Store<T> {
    fn from(objects: Vec<T>) -> Self {
        let mut store = Self::default();
        for object in objects {
            store.insert(object);
        }
        store
    }
}

impl<T> From<Store<T>> for Vec<T> {
    fn from(store: Store<T>) -> Self {
        store.objects.into_values().map(|object| *object).collect()
    }
}

impl<T: Named> Store<T> {
    /// Puts an object in.
    pub fn insert(&mut self, object: T) {
        self.names.insert(object.name().to_owned(), object.id());
        self.objects.insert(object.id(), Box::new(object));
    }

    /// Takes an object out.
    pub fn remove(&mut self, id: ObjectId) -> Option<T> {
        let object = self.objects.remove(&id)?;
        if self.names.get(object.name()) == Some(&id) {
            self.names.remove(object.name());
        }
        Some(*object)
    }

    /// Gives an object another name.
    pub fn rename(&mut self, id: ObjectId, name: &str) {
        if let Some(object) = self.objects.get_mut(&id) {
            self.names.remove(object.name());
            object.set_name(name.to_owned());
            self.names.insert(name.to_owned(), id);
        }
    }

    /// The object of this identifier.
    pub fn get(&self, id: ObjectId) -> Option<&T> {
        self.objects.get(&id).map(Box::as_ref)
    }

    /// The object of this identifier, to be changed; not its name.
    pub fn get_mut(&mut self, id: ObjectId) -> Option<&mut T> {
        self.objects.get_mut(&id).map(Box::as_mut)
    }

    /// The identifier of the object of this name.
    pub fn named(&self, name: &str) -> Option<ObjectId> {
        self.names.get(name).copied()
    }

    /// Finds an object by its whole identifier, its name, or the beginning of its identifier, in
    /// this order.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn find(&self, text: &str) -> Result<ObjectId, LookupError> {
        let range = ObjectId::range(text);
        if let Some((low, high)) = range
            && low == high
            && self.objects.contains_key(&low)
        {
            return Ok(low);
        }
        if let Some(id) = self.named(text) {
            return Ok(id);
        }
        let Some((low, high)) = range else {
            return Err(LookupError::Missing);
        };
        let mut found = self.objects.range(low..=high);
        match (found.next(), found.count()) {
            (None, _) => Err(LookupError::Missing),
            (Some((id, _)), 0) => Ok(*id),
            (Some(_), others) => Err(LookupError::Ambiguous(others + 1)),
        }
    }

    /// All objects, by identifier.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.objects.values().map(Box::as_ref)
    }

    /// All objects, to be changed; not their names.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.objects.values_mut().map(Box::as_mut)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.objects.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.objects.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Thing(ObjectId, String);

    impl Named for Thing {
        fn id(&self) -> ObjectId {
            self.0
        }
        fn name(&self) -> &str {
            &self.1
        }
        fn set_name(&mut self, name: String) {
            self.1 = name;
        }
    }

    fn id(beginning: &str) -> ObjectId {
        format!("{beginning:0<64}").parse().unwrap()
    }

    #[test]
    fn an_object_is_found_by_identifier_name_and_prefix() {
        let mut store = Store::default();
        store.insert(Thing(id("ab1"), "x".to_owned()));
        store.insert(Thing(id("ab2"), "ab1".to_owned()));
        assert_eq!(store.find("x"), Ok(id("ab1")));
        assert_eq!(
            store.find("ab1"),
            Ok(id("ab2")),
            "a name goes before a prefix"
        );
        assert_eq!(store.find("ab"), Err(LookupError::Ambiguous(2)));
        assert_eq!(store.find("ac"), Err(LookupError::Missing));
        store.rename(id("ab1"), "y");
        assert_eq!(store.find("x"), Err(LookupError::Missing));
        assert_eq!(store.find("y"), Ok(id("ab1")));
        assert!(store.remove(id("ab2")).is_some());
        assert_eq!(store.find("ab"), Ok(id("ab1")));
    }
}
