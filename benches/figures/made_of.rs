//! What the binaries are made of: their code by crate, from the symbols of an unstripped build.
//!
//! A symbol counts for the crate whose name stands first in it; what was inlined counts for
//! the function that it was inlined into.

use std::collections::HashMap;
use std::process::Command;

use crate::simulator::Room;
use crate::size::mib;
use crate::{Outcome, PROGRAMS, build, cargo, say};

/// How many crates are named.
const NAMED: usize = 12;

pub(crate) fn print(room: &Room) -> Outcome<()> {
    for name in PROGRAMS {
        let unstripped = [
            "rustc",
            "--release",
            "--locked",
            "-p",
            name,
            "--bin",
            name,
            "--",
            "-C",
            "strip=none",
        ];
        cargo(&unstripped)?;
        let mut by_crate: Vec<(String, u64)> = code(&room.program(name))?.into_iter().collect();
        by_crate.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        let all: u64 = by_crate.iter().map(|(_, bytes)| bytes).sum();
        say(&format!("code of {name}, MiB: {:.2}", mib(all)));
        for (part, bytes) in by_crate.iter().take(NAMED) {
            say(&format!("{part:<24} {:>10.2}", mib(*bytes)));
        }
        let rest: u64 = by_crate.iter().skip(NAMED).map(|(_, bytes)| bytes).sum();
        say(&format!("{:<24} {:>10.2}", "the rest", mib(rest)));
    }
    // The stripped ones come back to their place.
    build()
}

/// Bytes of code by crate.
fn code(path: &std::path::Path) -> Outcome<HashMap<String, u64>> {
    let output = Command::new("nm")
        .args(["--print-size", "--demangle"])
        .arg(path)
        .output()
        .map_err(|error| format!("`nm` is not here ({error}); it comes with binutils"))?;
    let text = String::from_utf8(output.stdout)?;
    let mut by_crate = HashMap::new();
    for line in text.lines() {
        let mut words = line.splitn(4, ' ').skip(1);
        let (Some(size), Some(kind), Some(name)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        if !["t", "T", "w", "W"].contains(&kind) {
            continue;
        }
        let bytes = u64::from_str_radix(size, 16).unwrap_or(0);
        *by_crate.entry(origin(name)).or_default() += bytes;
    }
    Ok(by_crate)
}

/// The crate that a symbol's name begins with; symbols of C have none.
fn origin(symbol: &str) -> String {
    let mut rest = symbol;
    loop {
        let shorter = ["<", "&", "*", "(", "[", "dyn ", "mut ", "const ", "impl "]
            .iter()
            .fold(rest, |rest, sign| rest.strip_prefix(sign).unwrap_or(rest));
        if shorter == rest {
            break;
        }
        rest = shorter;
    }
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .unwrap_or(rest.len());
    let (name, after) = rest.split_at(end);
    match name {
        "std" | "core" | "alloc" | "hashbrown" | "compiler_builtins" => "std".to_owned(),
        // `<str as ...>` and the like belong to nobody else.
        _ if after.starts_with("::") || after.starts_with('[') => name.to_owned(),
        _ if after.starts_with(" as ") => "std".to_owned(),
        _ => "aws-lc and the rest in C".to_owned(),
    }
}
