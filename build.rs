//! How the released programs are linked.

use std::env;
use std::process::Command;

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script by its environment alone"
)]
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let set = |name: &str, value: &str| env::var(name).is_ok_and(|told| told == value);
    let is_release = set("PROFILE", "release");
    let is_linux = set("CARGO_CFG_TARGET_OS", "linux") && set("CARGO_CFG_TARGET_ENV", "gnu");
    let is_native = env::var("HOST").ok() == env::var("TARGET").ok();
    if is_release && is_linux && is_native && knows_packed_relocations() {
        // A word for each address that the loader sets, in the place of twenty-four bytes: less to
        // read, map and keep (docs/figures.md).
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// Does the C library of this machine load them? It does since 2.36.
fn knows_packed_relocations() -> bool {
    let told = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let Ok(told) = told else { return false };
    let words = String::from_utf8_lossy(&told.stdout).into_owned();
    let mut numbers = words
        .split_whitespace()
        .nth(1)
        .unwrap_or_default()
        .split('.');
    let mut number = || numbers.next()?.parse::<u32>().ok();
    (number(), number()) >= (Some(2), Some(36))
}
