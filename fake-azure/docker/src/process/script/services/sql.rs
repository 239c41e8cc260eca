//! The small part of SQL that the simulated databases speak.
//!
//! Tables are made, filled, asked and changed one at a time. What is not understood is an error
//! that says so: nothing is answered by guess.

pub(super) mod cluster;
pub(super) mod database;
mod evaluate;
mod expression;
pub(super) mod kind;
mod parser;
mod query;
pub(super) mod statement;
mod table;
mod token;
pub(super) mod value;

pub(super) use cluster::Cluster;
pub(super) use database::{Database, Outcome, Session};
pub(super) use evaluate::Facts;
pub(super) use kind::Kind;
pub(super) use parser::parse;
pub(super) use value::Value;

/// Whose SQL it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    MySql,
}

/// Why a statement was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// The five characters of the standard.
    pub(super) code: &'static str,
    pub(super) words: String,
    /// Where in the statement, in bytes.
    pub(super) at: Option<usize>,
}

impl Failure {
    pub(super) fn new(code: &'static str, words: impl Into<String>) -> Self {
        Self {
            code,
            words: words.into(),
            at: None,
        }
    }

    /// What a real database would understand.
    pub(super) fn not_simulated(what: impl std::fmt::Display) -> Self {
        Self::new(
            "0A000",
            format!("{what} is not simulated; declare in a script what the database answers"),
        )
    }
}
