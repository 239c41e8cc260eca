//! The terminals of a space, by their numbers under `/dev/pts`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::tty::Tty;

/// Terminals by number; a number whose terminal is gone is given away again.
#[derive(Debug, Default)]
pub struct Terminals(Mutex<Vec<Weak<Tty>>>);

impl Terminals {
    fn all(&self) -> MutexGuard<'_, Vec<Weak<Tty>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a terminal the lowest number that is free.
    pub fn enter(&self, tty: &Arc<Tty>) {
        let mut all = self.all();
        let free = all.iter().position(|known| known.strong_count() == 0);
        let place = free.unwrap_or(all.len());
        let Ok(number) = u32::try_from(place) else {
            return;
        };
        tty.set_number(number);
        match all.get_mut(place) {
            Some(known) => *known = Arc::downgrade(tty),
            None => all.push(Arc::downgrade(tty)),
        }
    }

    /// Frees the number of a terminal that nobody looks at any more, whoever still has it open.
    pub fn leave(&self, tty: &Arc<Tty>) {
        let own = Arc::downgrade(tty);
        let mut all = self.all();
        for known in all.iter_mut().filter(|known| known.ptr_eq(&own)) {
            *known = Weak::new();
        }
    }

    /// The terminal of a number.
    pub fn get(&self, number: u32) -> Option<Arc<Tty>> {
        let all = self.all();
        all.get(usize::try_from(number).ok()?)?.upgrade()
    }

    /// The numbers that are given away, the lowest first.
    pub fn numbers(&self) -> Vec<u32> {
        let all = self.all();
        let taken = (0..).zip(all.iter());
        taken
            .filter(|(_, known)| known.strong_count() > 0)
            .map(|(number, _)| number)
            .collect()
    }
}
