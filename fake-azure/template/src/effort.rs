//! How much a template may ask for.

use std::cell::Cell;

use serde_json::Value;

use crate::problem::{Kind, Problem};

/// How deeply values and expressions may lie within each other.
pub const MOST_DEPTH: usize = 160;

/// How large a value may be, in bytes.
pub const MOST_SIZE: usize = 4 << 20;

/// How often a loop may go round.
pub const MOST_ROUNDS: i64 = 800;

/// How many resources a template may come to.
pub const MOST_RESOURCES: usize = 800;

/// How much one plan, one body or one set of outputs may cost. A unit is eight bytes that are
/// touched, or a value that is looked at: a nanosecond or a few.
const MOST_WORK: u64 = 12 << 20;

/// What a step of an evaluation costs.
pub(crate) const STEP: usize = 8;

/// What a resource costs, deployed or not: it is entered under all its names.
pub(crate) const RESOURCE: usize = 1 << 10;

/// What is left to be spent.
pub(crate) struct Effort {
    left: Cell<u64>,
}

impl Effort {
    pub(crate) const fn new() -> Self {
        Self {
            left: Cell::new(MOST_WORK),
        }
    }

    /// Takes so much.
    pub(crate) fn spend(&self, units: usize) -> Result<(), Problem> {
        let Some(left) = self.left.get().checked_sub(units as u64) else {
            self.left.set(0);
            return Err(Kind::TooMuchWork.into());
        };
        self.left.set(left);
        Ok(())
    }

    /// Takes what a text of this length costs, which is not made yet.
    pub(crate) fn text(&self, length: usize) -> Result<(), Problem> {
        if length > MOST_SIZE {
            return Err(Kind::TooLarge.into());
        }
        self.spend(length / 8 + 1)
    }

    /// Takes what copying this costs, unless it is too large or too deep; tells how large it is.
    pub(crate) fn copy(&self, value: &Value) -> Result<usize, Problem> {
        let size = self.measure(value, 0)?;
        if size > MOST_SIZE {
            return Err(Kind::TooLarge.into());
        }
        Ok(size)
    }

    fn measure(&self, value: &Value, depth: usize) -> Result<usize, Problem> {
        if depth > MOST_DEPTH {
            return Err(Kind::TooDeep.into());
        }
        match value {
            Value::String(text) => {
                self.spend(text.len() / 8 + 1)?;
                Ok(text.len() + 2)
            }
            Value::Array(elements) => {
                self.spend(1)?;
                let mut size = 2;
                for element in elements {
                    size += self.measure(element, depth + 1)? + 1;
                }
                Ok(size)
            }
            Value::Object(members) => {
                self.spend(1)?;
                let mut size = 2;
                for (name, member) in members {
                    self.spend(name.len() / 8 + 1)?;
                    size += name.len() + 4 + self.measure(member, depth + 1)?;
                }
                Ok(size)
            }
            _ => {
                self.spend(1)?;
                Ok(8)
            }
        }
    }
}
