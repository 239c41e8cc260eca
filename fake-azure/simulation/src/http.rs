//! Reading what an HTTP client asks for.
//!
//! | module | what |
//! |---|---|
//! | [`target`] | the path: escapes, canonical form, segments |
//! | [`query`] | the parameters behind the question mark |
//! | [`router`] | which route a method, a path and its parameters take |
//! | [`attended`] | answers that a visitor still waits for |
//! | [`half`] | answers that break off in the middle |

pub mod attended;
pub mod half;
pub mod query;
pub mod router;
pub mod tables;
pub mod target;

pub use attended::Attended;
pub use half::Half;
pub use query::Query;
pub use router::{Found, Miss, Route, Router, Words};
