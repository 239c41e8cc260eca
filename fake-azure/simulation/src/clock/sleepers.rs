//! Who sleeps, in the order in which they are to be woken.

use std::collections::BTreeMap;
use std::task::Waker;

use jiff::Timestamp;

/// A place in the order: the deadline, and among equal ones who came first.
pub(super) type Place = (Timestamp, u64);

#[derive(Default)]
pub(super) struct Sleepers {
    by_place: BTreeMap<Place, Waker>,
    /// How many places were given away so far.
    given: u64,
}

impl Sleepers {
    /// Makes a place for one who sleeps until `at`.
    pub(super) fn place(&mut self, at: Timestamp) -> Place {
        self.given += 1;
        (at, self.given)
    }

    /// Lets `waker` be woken at its place. What stood there before is given back: dropping
    /// it may run code that wants this clock, so that is for when the lock is gone.
    #[must_use = "is to be dropped when the lock is gone"]
    pub(super) fn put(&mut self, place: Place, waker: &Waker) -> Option<Waker> {
        match self.by_place.get(&place) {
            Some(held) if held.will_wake(waker) => None,
            _ => self.by_place.insert(place, waker.clone()),
        }
    }

    /// Gives up a place; what stood there is to be dropped as with [`Sleepers::put`].
    #[must_use = "is to be dropped when the lock is gone"]
    pub(super) fn take(&mut self, place: Place) -> Option<Waker> {
        self.by_place.remove(&place)
    }

    /// Takes out those that sleep until `now` at most, in order.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Waker> {
        let later = match self.by_place.first_key_value() {
            Some((first, _)) if first.0 <= now => {
                // Nobody has this place: the numbers of places begin at 1.
                match now.checked_add(jiff::SignedDuration::from_nanos(1)) {
                    Ok(after) => self.by_place.split_off(&(after, 0)),
                    Err(_) => BTreeMap::new(),
                }
            }
            _ => return Vec::new(),
        };
        let due = std::mem::replace(&mut self.by_place, later);
        due.into_values().collect()
    }

    /// Takes out all, in order.
    pub(super) fn all(&mut self) -> Vec<Waker> {
        std::mem::take(&mut self.by_place).into_values().collect()
    }

    pub(super) fn first(&self) -> Option<Timestamp> {
        self.by_place.keys().next().map(|(at, _)| *at)
    }

    pub(super) fn count(&self) -> usize {
        self.by_place.len()
    }
}
