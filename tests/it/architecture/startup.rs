//! `fake-azure/startup.txt`: its symbols name what is in the tree, though modules move.

use std::path::PathBuf;

use regex::Regex;

use super::source::root;

/// Crates by the names that symbols have for them, and where they are.
const CRATES: [(&str, &str); 5] = [
    ("fake_azure", "fake-azure/src"),
    ("fake_docker", "fake-azure/docker/src"),
    ("simulation", "fake-azure/simulation/src"),
    ("pfx", "fake-azure/pfx/src"),
    ("arm_template", "fake-azure/template/src"),
];

/// The parts of a mangled name: numbers that tell how long what follows is.
fn parts(symbol: &str) -> Vec<&str> {
    let mut rest = symbol.split_once("_ZN").map_or("", |(_, rest)| rest);
    let mut parts = Vec::new();
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let Ok(length) = rest[..digits].parse::<usize>() else {
            return parts;
        };
        let Some((part, after)) = rest[digits..].split_at_checked(length) else {
            return parts;
        };
        parts.push(part);
        rest = after;
    }
}

/// The paths into our own crates that a symbol names.
fn paths(symbol: &str) -> Vec<Vec<String>> {
    let within = Regex::new(r"(?:fake_azure|fake_docker|simulation|pfx|arm_template)(?:\.\.\w+)+")
        .expect("a pattern");
    let parts = parts(symbol);
    let mut paths: Vec<Vec<String>> = parts
        .iter()
        .flat_map(|part| within.find_iter(part))
        .map(|found| found.as_str().split("..").map(str::to_owned).collect())
        .collect();
    if CRATES.iter().any(|(name, _)| parts.first() == Some(name)) {
        paths.push(parts.iter().map(|part| (*part).to_owned()).collect());
    }
    paths
}

/// The file of a path's module, and what of the path is within.
fn place(path: &[String]) -> Option<(PathBuf, &[String])> {
    let (name, mut rest) = path.split_first()?;
    let (_, folder) = CRATES.iter().find(|(known, _)| known == name)?;
    let mut folder = root().join(folder);
    let mut file = folder.join("lib.rs");
    while let Some((module, after)) = rest.split_first() {
        let next = folder.join(format!("{module}.rs"));
        if !next.is_file() {
            break;
        }
        folder.push(module);
        (file, rest) = (next, after);
    }
    Some((file, rest))
}

#[test]
fn what_lies_side_by_side_at_a_start_is_where_the_list_says() {
    let list = std::fs::read_to_string(root().join("fake-azure/startup.txt")).expect("the list");
    let is_word = Regex::new("^[A-Za-z][A-Za-z0-9_]*$").expect("a pattern");
    let mut gone = Vec::new();
    let mut seen = 0;
    for symbol in list.lines().filter(|line| !line.starts_with('#')) {
        for path in paths(symbol) {
            let Some((file, within)) = place(&path) else {
                continue;
            };
            let Some(item) = within.first().filter(|item| is_word.is_match(item)) else {
                continue;
            };
            let mut text = std::fs::read_to_string(&file).expect("a file of ours");
            if file.ends_with("lib.rs") {
                // The program is a crate of the library's name.
                let main = file.with_file_name("main.rs");
                text += &std::fs::read_to_string(main).unwrap_or_default();
            }
            seen += 1;
            let declared = format!(
                r"\b(?:fn|struct|enum|trait|type|static|const|mod|union) (?:ref )?{item}\b"
            );
            if !Regex::new(&declared).expect("a pattern").is_match(&text) {
                gone.push(path.join("::"));
            }
        }
    }
    assert!(seen > 150, "{seen}");
    assert!(gone.is_empty(), "{gone:#?}");
}
