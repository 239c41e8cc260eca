//! Reading what an HTTP client asks for.
//!
//! | module | what |
//! |---|---|
//! | [`target`] | the path: escapes, canonical form, segments |
//! | [`query`] | the parameters behind the question mark |
//! | [`router`] | which route a method, a path and its parameters take |

pub mod query;
pub mod router;
pub mod target;

pub use query::Query;
pub use router::{Found, Miss, Route, Router, Words};
