//! How the released programs are linked.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Leaves out the tables by which a panic would be unwound.
const WITHOUT_TABLES: &str = "SECTIONS { /DISCARD/ : { *(.eh_frame) *(.gcc_except_table .gcc_except_table.*) } } INSERT AFTER .text;\n";

/// A package's functions that each start executes, a pattern of symbols a line.
const STARTUP: &str = "startup.txt";

#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script by its environment, and gives it a folder of its own"
)]
fn main() {
    println!("cargo:rerun-if-changed=Cargo.toml");
    let package = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let startup = fs::read_to_string(Path::new(&package).join(STARTUP)).ok();
    if startup.is_some() {
        println!("cargo:rerun-if-changed={STARTUP}");
    }
    let set = |name: &str, value: &str| env::var(name).is_ok_and(|told| told == value);
    let is_release = set("PROFILE", "release");
    let is_linux = set("CARGO_CFG_TARGET_OS", "linux") && set("CARGO_CFG_TARGET_ENV", "gnu");
    let is_native = env::var("HOST").ok() == env::var("TARGET").ok();
    if is_release && is_linux && is_native && knows_packed_relocations() {
        // A word for each address that the loader sets, in the place of twenty-four bytes: less to
        // read, map and keep (docs/figures.md).
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    // A program that ends with its first panic unwinds nothing: a tenth of it need not be there.
    // And what a start needs lies together: a page that is touched is mapped with its neighbours.
    if is_release && is_linux && is_native && links_by_itself() {
        let folder = env::var("OUT_DIR").unwrap_or_default();
        let script = Path::new(&folder).join("sections.ld");
        let sections = startup.as_deref().map(side_by_side).unwrap_or_default() + WITHOUT_TABLES;
        if fs::write(&script, sections).is_ok() {
            println!("cargo:rustc-link-arg-bins=-Wl,--no-eh-frame-hdr");
            println!("cargo:rustc-link-arg-bins=-Wl,-T,{}", script.display());
        }
    }
}

/// Puts the functions of these symbols before all others.
fn side_by_side(startup: &str) -> String {
    let names = startup.lines().filter(|line| !line.starts_with('#'));
    let sections: String = names
        .map(|name| ["*(.text.", name, " .text.unlikely.", name, ")\n"].concat())
        .collect();
    format!("SECTIONS {{ .text_startup : {{ {sections} }} }} INSERT BEFORE .text;\n")
}

/// Is the program linked by what the compiler brings along, and not by a linker of the user's own,
/// which may know no scripts?
#[expect(
    clippy::disallowed_methods,
    reason = "cargo tells a build script by its environment"
)]
fn links_by_itself() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let is_x86 = env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "x86_64");
    is_x86
        && env::var_os("RUSTC_LINKER").is_none()
        && !flags.contains("linker")
        && !flags.contains("fuse-ld")
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
