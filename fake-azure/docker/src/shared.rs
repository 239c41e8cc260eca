//! Values that many hold alike: one copy for all of them, until one is changed.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Weak};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value that may be held by others, too; who changes it gets a copy of its own.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Shared<T>(Arc<T>);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        T::serialize(self, serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Shared<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}

/// How many values a pool remembers.
const REMEMBERED: usize = 16;

/// The values that were shared lately, and are still held: what equals one of them becomes it.
#[derive(Debug)]
pub struct Pool<T>(Vec<Weak<T>>);

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> Pool<T> {
    /// Shares a value with those who hold an equal one.
    pub fn share(&mut self, value: T) -> Shared<T> {
        self.0.retain(|known| known.strong_count() > 0);
        let known = self.0.iter().enumerate().find_map(|(at, known)| {
            let known = known.upgrade()?;
            (*known == value).then_some((at, known))
        });
        let (at, shared) = known.unwrap_or_else(|| {
            let shared = Arc::new(value);
            if self.0.len() >= REMEMBERED {
                self.0.pop();
            }
            self.0.push(Arc::downgrade(&shared));
            (self.0.len() - 1, shared)
        });
        // What was asked for last is asked for next.
        self.0[..=at].rotate_right(1);
        Shared(shared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_are_one_until_somebody_changes_his() {
        let mut pool = Pool::default();
        let first: Shared<String> = pool.share("a".to_owned());
        let other = pool.share("b".to_owned());
        let mut again = pool.share("a".to_owned());
        assert!(Arc::ptr_eq(&first.0, &again.0));
        assert!(!Arc::ptr_eq(&first.0, &other.0));
        again.push('x');
        assert_eq!((first.as_str(), again.as_str()), ("a", "ax"));
    }

    #[test]
    fn a_pool_forgets_what_nobody_holds_and_the_oldest() {
        let mut pool = Pool::default();
        for number in 0..100 {
            drop(pool.share(number));
        }
        assert!(pool.0.len() <= 1);
        let held: Vec<Shared<i32>> = (0..100).map(|number| pool.share(number)).collect();
        assert_eq!(pool.0.len(), REMEMBERED);
        assert!(Arc::ptr_eq(&pool.share(99).0, &held[99].0));
        assert!(!Arc::ptr_eq(&pool.share(0).0, &held[0].0));
    }
}
