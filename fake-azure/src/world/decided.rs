//! What a command of an API comes to: what it changes at once, and how it goes on.

use super::names::Name;
use super::operation::{Acceptance, Progress};
use super::request::OperationFault;

/// How long an operation runs that ends with an error by itself.
const FAILURE: i64 = 30;

/// What a command changes at once, and how it goes on.
#[derive(Debug)]
pub(crate) struct Decided<C, E, F> {
    pub(crate) changes: Vec<C>,
    pub(crate) course: Course<E, F>,
}

/// What becomes of a request that is granted.
#[derive(Debug)]
pub(crate) enum Course<E, F> {
    /// It is a happening that nobody asks for afterwards.
    Unnoted,
    /// It is done; its operation, of this name, has ended well.
    Done(&'static str),
    /// Its operation runs.
    Accepted(Box<Acceptance<E, F>>),
}

impl<C, E, F> Decided<C, E, F> {
    fn new(course: Course<E, F>) -> Self {
        Self {
            changes: Vec::new(),
            course,
        }
    }

    /// Something happens that is no operation.
    pub(crate) fn unnoted() -> Self {
        Self::new(Course::Unnoted)
    }

    /// It is done at once.
    pub(crate) fn done(operation: &'static str) -> Self {
        Self::new(Course::Done(operation))
    }

    /// An operation runs that will end well after so many of the real service's seconds.
    pub(crate) fn accepted(operation: &'static str, seconds: i64) -> Self {
        Self::new(Course::Accepted(Box::new(Acceptance {
            operation,
            seconds,
            locks: None,
            effect: None,
            end: Progress::Succeeded,
        })))
    }

    /// An operation runs that will end with this failure, and nothing changes.
    pub(crate) fn failing(operation: &'static str, failure: impl Into<F>) -> Self {
        Self::accepted(operation, FAILURE).ends(Progress::Failed {
            error: failure.into(),
        })
    }

    /// Changes this at once, after what was named before.
    pub(crate) fn change(mut self, change: C) -> Self {
        self.changes.push(change);
        self
    }

    /// Changes these at once, after what was named before.
    pub(crate) fn changes(mut self, changes: impl IntoIterator<Item = C>) -> Self {
        self.changes.extend(changes);
        self
    }

    /// The operation keeps others off the thing of this name.
    pub(crate) fn locks(mut self, name: &Name) -> Self {
        if let Course::Accepted(acceptance) = &mut self.course {
            acceptance.locks = Some(name.clone());
        }
        self
    }

    /// This happens when the operation ends.
    pub(crate) fn at_end(mut self, effect: E) -> Self {
        if let Course::Accepted(acceptance) = &mut self.course {
            acceptance.effect = Some(effect);
        }
        self
    }

    /// The operation ends like this.
    pub(crate) fn ends(mut self, end: Progress<F>) -> Self {
        if let Course::Accepted(acceptance) = &mut self.course {
            acceptance.end = end;
        }
        self
    }

    /// The same with the fault that was arranged, if one was: what is answered at once has none.
    pub(crate) fn with(mut self, fault: Option<OperationFault<F>>) -> Self {
        let (Course::Accepted(acceptance), Some(fault)) = (&mut self.course, fault) else {
            return self;
        };
        if !fault.takes_effect {
            self.changes.clear();
            acceptance.seconds = FAILURE;
            acceptance.locks = None;
            acceptance.effect = None;
        }
        self.ends(fault.end)
    }
}
