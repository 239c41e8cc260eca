//! Of what kind a refusal is; the API makes a status of it.

/// Why something is refused, as far as a client's program minds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The request is wrong.
    Invalid,
    /// The request is right and must not be.
    Forbidden,
    /// What it names is not there.
    NotFound,
    /// It does not go with how things are.
    Conflict,
    /// What the engine takes for a failure of its own.
    Internal,
}
