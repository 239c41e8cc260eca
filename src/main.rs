//! The `azure` command.
fn main() {}
