//! Texts that are the same in whatever case, and stay as they were written: how they compare, and
//! how things are found by them.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

/// Whatever is written in some case: what such texts are found by, without making one of them.
pub(crate) trait Spelled {
    /// It as it was written.
    fn spelling(&self) -> &str;
}

impl Spelled for &str {
    fn spelling(&self) -> &str {
        self
    }
}

/// How two texts follow each other that compare without case.
pub(crate) fn order(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.bytes(), other.bytes());
    let letters = |byte: u8| byte.to_ascii_lowercase();
    one.map(letters).cmp(other.map(letters))
}

/// Whether two texts are the same that compare without case.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Whether a text begins with another, whatever their case.
pub(crate) fn begins(text: &str, beginning: &str) -> bool {
    let start = text.as_bytes().get(..beginning.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(beginning.as_bytes()))
}

impl PartialEq for dyn Spelled + '_ {
    fn eq(&self, other: &Self) -> bool {
        is_same(self.spelling(), other.spelling())
    }
}

impl Eq for dyn Spelled + '_ {}

impl PartialOrd for dyn Spelled + '_ {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for dyn Spelled + '_ {
    fn cmp(&self, other: &Self) -> Ordering {
        order(self.spelling(), other.spelling())
    }
}

/// A text that compares without case. What such texts deref to, so that two of them that are compared
/// behind `as_deref` are compared so, too, and cannot be compared with a `str` by the way.
#[derive(Clone)]
pub struct Spelling(std::sync::Arc<str>);

impl Deref for Spelling {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Spelling {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Spelling {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Debug for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for Spelling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl PartialEq for Spelling {
    fn eq(&self, other: &Self) -> bool {
        is_same(self, other)
    }
}

impl Eq for Spelling {}

/// Makes a type of texts that compare without case. What is cloned shares its text.
macro_rules! spelled {
    ($(#[$about:meta])* pub struct $name:ident;) => {
        $(#[$about])*
        ///
        /// It compares without case, and keeps how it was written.
        #[derive(Clone)]
        pub struct $name($crate::world::spelling::Spelling);

        impl $name {
            /// It as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::ops::Deref for $name {
            type Target = $crate::world::spelling::Spelling;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl $crate::world::spelling::Spelled for $name {
            fn spelling(&self) -> &str {
                &self.0
            }
        }

        impl<'a> std::borrow::Borrow<dyn $crate::world::spelling::Spelled + 'a> for $name {
            fn borrow(&self) -> &(dyn $crate::world::spelling::Spelled + 'a) {
                self
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::from("")
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl From<&String> for $name {
            fn from(text: &String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl From<&Self> for $name {
            fn from(text: &Self) -> Self {
                text.clone()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.as_str().to_owned()
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Debug::fmt(&self.0, f)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self.as_str(), f)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                $crate::world::spelling::is_same(self, other)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                $crate::world::spelling::is_same(self, other)
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                $crate::world::spelling::is_same(self, other)
            }
        }

        impl PartialEq<$crate::world::spelling::Spelling> for $name {
            fn eq(&self, other: &$crate::world::spelling::Spelling) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<$name> for str {
            fn eq(&self, other: &$name) -> bool {
                $crate::world::spelling::is_same(self, other)
            }
        }

        impl PartialEq<$name> for &str {
            fn eq(&self, other: &$name) -> bool {
                $crate::world::spelling::is_same(self, other)
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                $crate::world::spelling::order(self, other)
            }
        }

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                for byte in self.bytes() {
                    state.write_u8(byte.to_ascii_lowercase());
                }
                // The end, as no text has this byte.
                state.write_u8(0xff);
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let text = $crate::world::spelling::Text(std::marker::PhantomData);
                deserializer.deserialize_str(text)
            }
        }
    };
}

pub(crate) use spelled;

/// Reads a text without a copy on the way.
pub(crate) struct Text<T>(pub(crate) std::marker::PhantomData<T>);

impl<T: for<'a> From<&'a str>> serde::de::Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from(text))
    }
}

/// Something that is found by a text of its own.
pub(crate) trait Keyed {
    /// What kind of text that is.
    type Key: Clone + Ord;

    /// The text.
    fn key(&self) -> &Self::Key;
}

/// Says by which of their fields things are found.
macro_rules! keyed {
    ($($thing:ty: $field:ident as $key:ty,)*) => {
        $(impl $crate::world::spelling::Keyed for $thing {
            type Key = $key;

            fn key(&self) -> &$key {
                &self.$field
            }
        })*
    };
}

pub(crate) use keyed;

/// Things that are found by texts which compare without case.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(
    transparent,
    bound(
        serialize = "K: Ord + Serialize, T: Serialize",
        deserialize = "K: Ord + Deserialize<'de>, T: Deserialize<'de>"
    )
)]
pub(crate) struct Index<K, T>(BTreeMap<K, T>);

impl<K, T> Default for Index<K, T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord, T> Index<K, T>
where
    K: for<'a> Borrow<dyn Spelled + 'a>,
{
    /// What is found by this text.
    pub(crate) fn get(&self, text: &str) -> Option<&T> {
        self.0.get(&text as &dyn Spelled)
    }

    pub(crate) fn get_mut(&mut self, text: &str) -> Option<&mut T> {
        self.0.get_mut(&text as &dyn Spelled)
    }

    /// Whether anything is found by this text.
    pub(crate) fn contains_key(&self, text: &str) -> bool {
        self.0.contains_key(&text as &dyn Spelled)
    }

    pub(crate) fn remove(&mut self, text: &str) -> Option<T> {
        self.0.remove(&text as &dyn Spelled)
    }
}

impl<T: Keyed> Index<T::Key, T> {
    /// Puts a thing there, in the place of the one that was found by its text.
    pub(crate) fn put(&mut self, thing: T) -> Option<T> {
        self.0.insert(thing.key().clone(), thing)
    }
}

impl<T: Keyed> FromIterator<T> for Index<T::Key, T> {
    fn from_iter<I: IntoIterator<Item = T>>(things: I) -> Self {
        let mut found = Self::default();
        for thing in things {
            found.put(thing);
        }
        found
    }
}

impl<K, T> Deref for Index<K, T> {
    type Target = BTreeMap<K, T>;

    fn deref(&self) -> &BTreeMap<K, T> {
        &self.0
    }
}

impl<K, T> DerefMut for Index<K, T> {
    fn deref_mut(&mut self) -> &mut BTreeMap<K, T> {
        &mut self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Name;

    #[test]
    fn things_are_found_in_any_case_and_stay_as_they_were_written() {
        let mut index: Index<Name, u8> = Index::default();
        index.insert("Web".into(), 1);
        assert_eq!(index.get("wEB"), Some(&1));
        assert!(index.contains_key("WEB") && !index.contains_key("web2"));
        assert_eq!(serde_json::to_string(&index).unwrap(), r#"{"Web":1}"#);
        let read: Index<Name, u8> = serde_json::from_str(r#"{"WEB":2}"#).unwrap();
        assert_eq!(read.get("web"), Some(&2));
        assert_eq!(index.remove("web"), Some(1));
    }

    #[test]
    fn texts_follow_each_other_without_case() {
        assert_eq!(order("a", "A"), Ordering::Equal);
        assert_eq!(order("a", "B"), Ordering::Less);
        assert_eq!(order("web", "WE"), Ordering::Greater);
        assert!(begins("Web/AB", "wEB/") && !begins("we", "web"));
    }
}
