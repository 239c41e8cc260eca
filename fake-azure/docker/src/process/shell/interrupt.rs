//! What makes a shell leave the commands it is in.

/// Why commands are not run to their end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Interrupt {
    /// `break`, out of that many loops.
    Break(usize),
    /// `continue` of the loop that many loops out.
    Continue(usize),
    /// `return`, out of a function or a sourced file.
    Return(u8),
    /// `exit`, or an end by `set -e`.
    Exit(u8),
    /// An error after which no script goes on; it has been reported. An interactive
    /// shell asks for the next command.
    Fail(u8),
    /// An error of bash: what began with the line is left, and the next line is read.
    Discard(u8),
    /// `exec`: the shell becomes another program.
    Become(Vec<String>),
}
