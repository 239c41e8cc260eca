//! Random sequences of everything that can be asked for, with ends of the simulator amid them:
//! what was acknowledged is there after the next start, byte by byte, and what was under way is
//! there wholly or not at all.
//!
//! `PROPTEST_CASES` says how many sequences are tried; a few unless told.

mod disk;
mod in_process;
mod processes;

use proptest::test_runner::Config;

/// As many sequences as `PROPTEST_CASES` says, or so few: each has starts of simulators.
#[expect(
    clippy::disallowed_methods,
    reason = "proptest reads it, too, and does not say whether it was there"
)]
fn sequences(few: u32) -> Config {
    let told = std::env::var_os("PROPTEST_CASES").is_some();
    let config = Config::default();
    Config {
        cases: if told { config.cases } else { few },
        max_shrink_iters: 200,
        ..config
    }
}
