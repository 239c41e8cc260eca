//! Faults on demand: which calls they hit, and what then goes wrong.
//!
//! There is one language for them, whether a rule is posted as JSON or stands in a file as TOML:
//! a [`Rule`] has a [`Match`], counts and chance, a [`When`] and an [`Effect`]. What can go wrong
//! with an answer, whoever gives it, is told here; what else can go wrong with a simulator, it
//! says itself, as its [`Own`].
//!
//! | module | what |
//! |---|---|
//! | `matching` | which calls a rule is about |
//! | `effect`, `yes` | what goes wrong, and how that is written down |
//! | `rule`, `invalid` | a rule, and what none can be |
//! | `book` | the rules that wait, what they did, which of them a call meets |
//! | `reading` | rules as JSON and as TOML, and what is wrong with them |

mod book;
mod effect;
mod invalid;
mod matching;
mod place;
mod reading;
mod rule;
mod yes;

pub use book::{Faults, Fired, Firing, Hit, Told};
pub use effect::{Answered, Effect, Own, Seconds};
pub use invalid::InvalidRule;
pub use matching::{Call, Match, PATTERN, Pattern};
pub use place::Place;
pub use reading::{Checked, InvalidFile, read, read_file};
pub use rule::{Rule, When};
pub use yes::{Yes, YesOr};

/// How many bytes each text of a fault may have, such as a message.
pub const TEXT: usize = 64 << 10;

/// How many bytes an error's code may have, and a rule's name.
pub const CODE: usize = 1024;

/// How many headers a fault may have.
pub const HEADERS: usize = 64;

/// How many bytes the headers of a fault may have; more than that clients do not read.
pub const HEADER_BYTES: usize = 16 << 10;

/// How many rules may wait for their call.
pub const WAITING: usize = 1000;

#[cfg(test)]
mod tests;
