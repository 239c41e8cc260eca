//! How large the stripped binaries are, by section.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::simulator::Room;
use crate::{Outcome, PROGRAMS, say};

/// Sections by what they hold.
const HOLDS: [(&str, &[&str]); 4] = [
    (
        "code",
        &[
            ".text",
            ".text_startup",
            ".init",
            ".fini",
            ".plt",
            ".plt.got",
        ],
    ),
    ("constants", &[".rodata"]),
    (
        "unwinding",
        &[".eh_frame", ".eh_frame_hdr", ".gcc_except_table"],
    ),
    ("relocated", &[".data.rel.ro", ".rela.dyn", ".got", ".data"]),
];

pub(crate) fn print(room: &Room) -> Outcome<()> {
    say(&format!(
        "{:<24} {:>10} {}",
        "size of the binary, MiB",
        "all",
        HOLDS.map(|(what, _)| format!("{what:>10}")).join(" ")
    ));
    for name in PROGRAMS {
        let path = room.program(name);
        let sections = sections(&path)?;
        let parts = HOLDS.map(|(_, names)| {
            let bytes = names.iter().filter_map(|name| sections.get(*name)).sum();
            format!("{:>10.2}", mib(bytes))
        });
        let all = mib(fs::metadata(&path)?.len());
        say(&format!("{name:<24} {all:>10.2} {}", parts.join(" ")));
    }
    Ok(())
}

/// Section sizes as binutils tell them; none where there are no binutils.
fn sections(path: &std::path::Path) -> Outcome<BTreeMap<String, u64>> {
    let Ok(output) = Command::new("size").arg("-A").arg(path).output() else {
        return Ok(BTreeMap::new());
    };
    let text = String::from_utf8(output.stdout)?;
    Ok(text
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.parse().ok()?))
        })
        .collect())
}

#[expect(clippy::cast_precision_loss, reason = "two decimals are shown")]
pub(crate) fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
