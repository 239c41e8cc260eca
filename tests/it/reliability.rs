//! What is promised when things go wrong, held with real processes (docs/reliability.md).

mod at_once;
mod bad_line;
mod killed;
mod killed_today;
mod removal;
mod stage;
mod sweep;
mod told;
