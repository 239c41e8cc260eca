//! What a real engine was recorded with: requests that clients sent, and its answers.
//!
//! The recordings are no part of this repository; where they are not, their tests say so.

use std::path::{Path, PathBuf};

pub(crate) mod alike;
pub(crate) mod call;
mod commands;
pub(crate) mod exchange;
mod literal;
pub(crate) mod names;
mod replay;
mod sample_world;
mod samples;
mod upload;
mod world;

/// A folder of what was recorded, where it is.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = manifest.join("../../../shared").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    _ = std::io::Write::write_all(
        &mut std::io::stderr(),
        format!("SKIPPED: no recordings of a real engine in ../shared/{name}\n").as_bytes(),
    )
    .ok();
    None
}

/// Reports what became of a number of comparisons, and holds on to what is reached.
pub(crate) fn hold(what: &str, all: usize, wrong: &[String], floor: usize) {
    let matched = all - wrong.len();
    for reason in wrong {
        eprintln!("{reason}");
    }
    eprintln!("{what}: matched {matched} of {all}");
    assert!(
        matched >= floor,
        "{what}: only {matched} of {all} match, and {floor} did\n{}",
        wrong.join("\n")
    );
}
