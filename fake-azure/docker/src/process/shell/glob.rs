//! Names of files that a pattern stands for.

use super::super::{Process, proc};
use super::pattern::{Part, Pattern};
use super::split::Field;

/// How many names one pattern may stand for.
const MOST_NAMES: usize = 1 << 16;

/// Returns the files that a field names, sorted; none if it is no pattern, or one that
/// no file matches.
pub(super) async fn names(process: &mut Process, field: &Field) -> Vec<String> {
    let is_pattern = field
        .iter()
        .any(|part| !part.is_quoted && part.text.contains(['*', '?', '[']));
    if !is_pattern {
        return Vec::new();
    }
    let mut components = components(field).into_iter().peekable();
    let mut names = vec![String::new()];
    while let Some(component) = components.next() {
        let pattern = Pattern::new(&component.parts);
        let mut found = Vec::new();
        for name in names {
            process.step().await;
            if let Some(text) = pattern.as_text() {
                found.push(name + &text + &component.slashes);
            } else {
                let is_last = components.peek().is_none() && component.slashes.is_empty();
                found.extend(matching(
                    process,
                    &name,
                    &pattern,
                    is_last,
                    &component.slashes,
                ));
            }
            if found.len() > MOST_NAMES {
                return Vec::new();
            }
        }
        names = found;
    }
    names.retain(|name| {
        let path = process.path(name);
        proc::find(process, &path).is_some()
            || process.space.files().lstat(&path, &process.user).is_ok()
    });
    names.sort();
    names
}

/// Returns `before` with each name in that directory that matches and what stands behind.
fn matching(
    process: &Process,
    before: &str,
    pattern: &Pattern,
    is_last: bool,
    slashes: &str,
) -> Vec<String> {
    let directory = process.path(if before.is_empty() { "." } else { before });
    // What `/proc` shows lies in no tree.
    let entries = match proc::find(process, &directory) {
        Some(entry) => entry.followed(process).list(),
        None => process.space.files().read_dir(&directory, &process.user),
    };
    let Ok(entries) = entries else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries.into_iter().map(|entry| entry.name).collect();
    if pattern.begins_with_dot() {
        names.extend([".".to_owned(), "..".to_owned()]);
    }
    let names = names.into_iter();
    let matching = names.filter(|name| {
        let is_hidden = name.starts_with('.') && !pattern.begins_with_dot();
        !is_hidden && pattern.matches(name) && (is_last || is_directory(process, before, name))
    });
    matching
        .map(|name| format!("{before}{name}{slashes}"))
        .collect()
}

fn is_directory(process: &Process, before: &str, name: &str) -> bool {
    let path = process.path(&format!("{before}{name}"));
    if let Some(entry) = proc::find(process, &path) {
        return matches!(entry.followed(process), proc::Entry::Directory(_));
    }
    process.space.files().is_dir(&path, &process.user)
}

/// A part of a path, with the slashes behind it.
#[derive(Debug, Default)]
struct Component {
    parts: Vec<Part>,
    slashes: String,
}

fn components(field: &Field) -> Vec<Component> {
    let mut components = vec![Component::default()];
    for part in field {
        for character in part.text.chars() {
            let is_behind_slash = components
                .last()
                .is_none_or(|last| !last.slashes.is_empty());
            if character != '/' && is_behind_slash {
                components.push(Component::default());
            }
            let Some(last) = components.last_mut() else {
                continue;
            };
            if character == '/' {
                last.slashes.push('/');
                continue;
            }
            match last.parts.last_mut() {
                Some(known) if known.is_quoted == part.is_quoted => known.text.push(character),
                _ => last.parts.push(Part {
                    text: character.to_string(),
                    is_quoted: part.is_quoted,
                }),
            }
        }
    }
    components
}
