//! Paths as text: joining, splitting, tidying. Nothing here looks at files.

/// The longest name of a file, in bytes.
pub const NAME_MAX: usize = 255;
/// The longest path of one call, in bytes.
pub const PATH_MAX: usize = 4096;

/// Returns `path` as seen from the directory `cwd`: an absolute path stays as it is.
///
/// Dots are kept. What `..` means depends on symbolic links, so only a
/// [`View`](super::View) can tell. An empty path stays empty: it names nothing.
pub fn join(cwd: &str, path: &str) -> String {
    if path.is_empty() || path.starts_with('/') {
        return path.to_owned();
    }
    let slash = if cwd.ends_with('/') { "" } else { "/" };
    format!("{cwd}{slash}{path}")
}

/// Returns the components of a path; empty ones and `.` are passed over.
pub fn components(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter(|part| !part.is_empty() && *part != ".")
}

/// Tidies a path by its text alone: no empty or `.` component, no slash at the end, and
/// `..` takes away the component before it. The root is its own parent.
///
/// An empty relative path becomes `.`.
pub fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for part in components(path) {
        match kept.last() {
            Some(&last) if part == ".." && last != ".." => drop(kept.pop()),
            None if part == ".." && absolute => {}
            _ => kept.push(part),
        }
    }
    match (absolute, kept.join("/")) {
        (true, rest) => format!("/{rest}"),
        (false, rest) if rest.is_empty() => ".".to_owned(),
        (false, rest) => rest,
    }
}

/// Splits a path into its directory and its last name, as `dirname` and `basename` do for a
/// tidy path. The root and a path that ends in `..` have no last name.
pub fn split(path: &str) -> (String, Option<String>) {
    let trimmed = path.trim_end_matches('/');
    let (directory, name) = match trimmed.rsplit_once('/') {
        Some((directory, name)) => (directory, name),
        None if path.starts_with('/') => return ("/".to_owned(), None),
        None => (".", trimmed),
    };
    let directory = match directory.trim_end_matches('/') {
        "" => "/",
        directory => directory,
    };
    match name {
        "" | "." | ".." => (path.to_owned(), None),
        name => (directory.to_owned(), Some(name.to_owned())),
    }
}

/// Whether a tidy absolute `path` is `directory` or lies under it.
pub fn is_within(path: &str, directory: &str) -> bool {
    match path.strip_prefix(directory.trim_end_matches('/')) {
        Some(rest) => rest.is_empty() || rest.starts_with('/'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relative_path_begins_at_the_directory() {
        assert_eq!(join("/", "a"), "/a");
        assert_eq!(join("/a", "b/../c"), "/a/b/../c");
        assert_eq!(join("/a", "/b"), "/b");
        assert_eq!(join("/a", ""), "");
    }

    #[test]
    fn a_clean_path_has_nothing_to_spare() {
        for (path, tidy) in [
            ("/", "/"),
            ("//a///b/", "/a/b"),
            ("/../../a/./b/../c", "/a/c"),
            ("a/..", "."),
            ("../a/../..", "../.."),
            ("", "."),
        ] {
            assert_eq!(clean(path), tidy, "{path}");
        }
    }

    #[test]
    fn a_path_splits_into_directory_and_name() {
        let split = |path| {
            let (directory, name) = split(path);
            (directory, name.unwrap_or_default())
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(split("/a/b/"), pair("/a", "b"));
        assert_eq!(split("/a"), pair("/", "a"));
        assert_eq!(split("a"), pair(".", "a"));
        assert_eq!(split("/"), pair("/", ""));
        assert_eq!(split("/a/.."), pair("/a/..", ""));
    }

    #[test]
    fn within_asks_for_whole_components() {
        assert!(is_within("/a/b", "/a"));
        assert!(is_within("/a", "/a"));
        assert!(is_within("/a", "/"));
        assert!(!is_within("/ab", "/a"));
    }
}
