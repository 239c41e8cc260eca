//! The `fake-azure` command.
fn main() {}
