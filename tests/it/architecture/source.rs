//! Sources, without comments and tests, and what they import.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

pub(super) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A source file and its lines that are neither comments nor tests.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) code: String,
}

/// All sources below a module, `src/x.rs` and `src/x/`, or in a folder; those that are tests alone
/// are left out.
pub(super) fn sources(module: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    let mut waiting = vec![module.to_owned(), module.with_extension("rs")];
    while let Some(path) = waiting.pop() {
        let is_test = path
            .file_stem()
            .is_some_and(|stem| stem == "tests" || stem == "fuzz");
        if path.is_dir() && !(is_test && path != module) {
            let entries = std::fs::read_dir(&path).expect("a folder of sources");
            waiting.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !is_test
            && path.is_file()
        {
            let text = std::fs::read_to_string(&path).expect("a source");
            let (code, _tests) = text
                .split_once("#[cfg(test)]\nmod tests {")
                .unwrap_or((&text, ""));
            let code = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            found.push(Source { path, code });
        }
    }
    found
}

/// The modules of its own crate that a source names, in `use` lines and in paths.
pub(super) fn named_modules(code: &str) -> BTreeSet<String> {
    let single = Regex::new(r"\bcrate::([a-z][a-z0-9_]*)").expect("an expression");
    let mut named: BTreeSet<String> = single
        .captures_iter(code)
        .map(|found| found[1].to_owned())
        .collect();
    for path in imported(code) {
        if let [first, module, ..] = &path[..]
            && first == "crate"
            && module.starts_with(|c: char| c.is_ascii_lowercase())
        {
            named.insert(module.clone());
        }
    }
    named
}

/// The paths that a source imports, each as its words.
pub(super) fn imported(code: &str) -> Vec<Vec<String>> {
    let line =
        Regex::new(r"(?m)^[ \t]*(?:pub(?:\([^)]*\))? )?use ([^;]+);").expect("an expression");
    line.captures_iter(code)
        .flat_map(|found| branches(found[1].trim()))
        .map(|path| {
            path.split("::")
                .map(|word| word.trim().to_owned())
                .collect()
        })
        .collect()
}

/// The single paths of a tree such as `a::{b, c::{d, e}}`.
fn branches(tree: &str) -> Vec<String> {
    let Some((stem, inside)) = tree.split_once('{') else {
        let (path, _name) = tree.split_once(" as ").unwrap_or((tree, ""));
        return vec![path.trim().to_owned()];
    };
    let inside = inside.trim_end().strip_suffix('}').unwrap_or(inside);
    let mut depth = 0_u32;
    let mut members = vec![String::new()];
    for c in inside.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                members.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(member) = members.last_mut() {
            member.push(c);
        }
    }
    members
        .iter()
        .filter(|member| !member.trim().is_empty())
        .flat_map(|member| branches(member.trim()))
        .map(|member| format!("{}{member}", stem.trim()))
        .collect()
}

#[test]
fn what_a_source_names_is_found() {
    let code = "use crate::a1::B;\nuse crate::{b, c::{D, e}, f::g as h};\nlet x = crate::h::i();";
    let named: Vec<String> = named_modules(code).into_iter().collect();
    assert_eq!(named, ["a1", "b", "c", "f", "h"]);
    let code = "    use super::{a, b::{self, C}};\npub(crate) use d::E;";
    let paths: Vec<String> = imported(code).iter().map(|path| path.join("::")).collect();
    assert_eq!(paths, ["super::a", "super::b::self", "super::b::C", "d::E"]);
}
