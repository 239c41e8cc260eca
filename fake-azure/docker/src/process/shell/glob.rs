//! Names of files that a pattern stands for.

use super::super::{Process, proc};
use super::habits::Habits;
use super::pattern::{Part, Pattern};
use super::split::Field;

/// How many names one pattern may stand for.
const MOST_NAMES: usize = 1 << 16;

/// Returns the files that a field names, sorted; none if it is no pattern, or one that
/// no file matches.
pub(super) async fn names(process: &mut Process, field: &Field, habits: Habits) -> Vec<String> {
    if !is_pattern(field) {
        return Vec::new();
    }
    let habits = Seen {
        is_hidden: habits.has("dotglob"),
        is_case_alike: habits.has("nocaseglob"),
        is_deep: habits.has("globstar"),
    };
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
                if habits.is_deep && component.is_two_stars() {
                    below(process, &name, is_last, habits, &mut found).await;
                    continue;
                }
                found.extend(matching(
                    process,
                    &name,
                    &pattern,
                    is_last,
                    &component.slashes,
                    habits,
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
    habits: Seen,
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
        let is_hidden = name.starts_with('.') && !pattern.begins_with_dot() && !habits.is_hidden;
        !is_hidden
            && pattern.matches_in(name, habits.is_case_alike)
            && (is_last || is_directory(process, before, name))
    });
    matching
        .map(|name| format!("{before}{name}{slashes}"))
        .collect()
}

/// What is found besides what everybody finds.
#[derive(Clone, Copy)]
struct Seen {
    /// Names that begin with a dot.
    is_hidden: bool,
    /// Names with other capitals.
    is_case_alike: bool,
    /// `**`: what lies below, however deep.
    is_deep: bool,
}

/// Whether a field asks for names of files.
pub(super) fn is_pattern(field: &Field) -> bool {
    let mut parts = field.iter();
    parts.any(|part| !part.is_quoted && part.text.contains(['*', '?', '[']))
}

/// Adds what lies below a directory: all of it, or the directories where more is to follow.
async fn below(
    process: &mut Process,
    before: &str,
    is_last: bool,
    habits: Seen,
    found: &mut Vec<String>,
) {
    if !is_last || !before.is_empty() {
        found.push(before.to_owned());
    }
    let mut folders = vec![before.to_owned()];
    let all = Pattern::new(&[Part {
        text: "*".to_owned(),
        is_quoted: false,
    }]);
    while let Some(folder) = folders.pop() {
        process.step().await;
        for name in matching(process, &folder, &all, true, "", habits) {
            let path = process.path(&name);
            let files = process.space.files();
            let is_folder = files
                .lstat(&path, &process.user)
                .is_ok_and(|stat| stat.is_dir());
            if is_folder {
                folders.push(format!("{name}/"));
            }
            match (is_last, is_folder) {
                (true, _) => found.push(name),
                (false, true) => found.push(format!("{name}/")),
                (false, false) => {}
            }
        }
        if found.len() > MOST_NAMES {
            return;
        }
    }
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

impl Component {
    fn is_two_stars(&self) -> bool {
        matches!(self.parts.as_slice(), [part] if !part.is_quoted && part.text == "**")
    }
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
