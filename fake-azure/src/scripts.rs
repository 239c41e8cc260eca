//! Scripts of containers, as files.

use std::io;
use std::path::{Path, PathBuf};

use fake_docker::process::script::{ScriptError, Scripts};

/// Why scripts could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptsError {
    /// A file or folder cannot be read.
    #[error("`{}` cannot be read", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A folder holds none.
    #[error("`{}` holds no *.toml", .0.display())]
    Empty(PathBuf),
    /// A script says something that means nothing.
    #[error(transparent)]
    Script(#[from] ScriptError),
}

/// Reads a script, or all `*.toml` of a folder in the order of their names.
pub(crate) fn read(path: &Path) -> Result<Scripts, ScriptsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ScriptsError::File { path, source }
    };
    let files = if std::fs::metadata(path).map_err(failed(path))?.is_dir() {
        let entries = std::fs::read_dir(path).map_err(failed(path))?;
        let mut files = Vec::new();
        for entry in entries {
            let file = entry.map_err(failed(path))?.path();
            if file.extension().is_some_and(|end| end == "toml") {
                files.push(file);
            }
        }
        if files.is_empty() {
            return Err(ScriptsError::Empty(path.to_owned()));
        }
        files.sort();
        files
    } else {
        vec![path.to_owned()]
    };
    let mut scripts = Scripts::new();
    for file in files {
        let text = std::fs::read_to_string(&file).map_err(failed(&file))?;
        scripts.merge(Scripts::parse(&file.display().to_string(), &text)?);
    }
    Ok(scripts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(image: &str) -> String {
        format!("[[image]]\nname = \"{image}\"\n[[image.program]]\ncommand = \"x\"\nexits = 0\n")
    }

    #[expect(clippy::disallowed_methods, reason = "a test's own files")]
    fn write(path: &Path, text: &str) {
        std::fs::write(path, text).unwrap();
    }

    #[test]
    fn a_file_or_all_of_a_folder_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        write(&path("a.toml"), &script("one"));
        write(&path("b.toml"), &script("two"));
        write(&path("notes.txt"), "no script");
        assert_eq!(read(&path("a.toml")).unwrap().images().len(), 1);
        assert_eq!(read(folder.path()).unwrap().images().len(), 2);
    }

    #[test]
    fn what_cannot_be_read_is_told_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let wrong = folder.path().join("wrong.toml");
        let said = |path: &Path| read(path).unwrap_err().to_string();
        assert!(said(&wrong).contains("wrong.toml"));
        assert!(said(folder.path()).contains("holds no *.toml"));
        write(&wrong, "[[image]]\n");
        assert!(said(&wrong).contains("wrong.toml"));
    }
}
