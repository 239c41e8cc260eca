//! What the old CLI's own suites ask, asked anew: the real old CLI, its latest release and the one
//! of the seed's day, against a simulator of each pace.

mod accounts;
mod docker;
mod machines;
mod networks;
mod offers;
mod stage;
mod windows;
