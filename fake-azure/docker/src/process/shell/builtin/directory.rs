//! `cd` and `pwd`.

use super::super::Shell;
use super::super::dialect::Dialect;
use super::super::interrupt::Interrupt;
use super::super::text;
use super::options;
use crate::files::{Errno, Want, path};
use crate::process::proc;

impl Shell {
    pub(super) async fn cd(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        self.enter_as("cd", args).await
    }

    /// Goes where the arguments of a command say; what is wrong is said in its name.
    pub(super) async fn enter_as(
        &mut self,
        command: &str,
        args: &[String],
    ) -> Result<u8, Interrupt> {
        let (letters, rest) = match args.first().map(String::as_str) {
            Some("-") => (Vec::new(), args),
            _ => options(args),
        };
        let is_physical = letters.last() == Some(&'P');
        let mut is_shown = false;
        let target = match rest.first().map(String::as_str) {
            None => match self.value_of("HOME") {
                Some(home) => home,
                None if self.state.dialect.is_bash() => {
                    return Err(self.fail_as(command, "HOME not set").await);
                }
                None => return Ok(0),
            },
            Some("-") => {
                is_shown = true;
                match self.value_of("OLDPWD") {
                    Some(before) => before,
                    None if self.state.dialect.is_bash() => {
                        return Err(self.fail_as(command, "OLDPWD not set").await);
                    }
                    None => self.process.cwd.clone(),
                }
            }
            Some("") => ".".to_owned(),
            Some(target) => target.to_owned(),
        };
        let candidates = self.candidates(&target);
        let mut outcome = Err(Errno::NotFound);
        for (candidate, is_from_path) in candidates {
            outcome = self.enter(&candidate, is_physical);
            if outcome.is_ok() {
                is_shown |= is_from_path;
                break;
            }
        }
        let directory = match outcome {
            Ok(directory) => directory,
            Err(errno) => {
                let message = match self.state.dialect {
                    Dialect::Ash => format!("can't cd to {target}: {errno}"),
                    Dialect::Dash => format!("can't cd to {target}"),
                    Dialect::Bash => format!("{target}: {errno}"),
                };
                return Err(self.fail_as(command, &message).await);
            }
        };
        let before = self
            .value_of("PWD")
            .unwrap_or_else(|| self.process.cwd.clone());
        self.process.cwd.clone_from(&directory);
        self.state.variables.set_exported("OLDPWD", before).ok();
        self.state
            .variables
            .set_exported("PWD", directory.clone())
            .ok();
        if is_shown {
            Ok(self.print(text::encode(&(directory + "\n"))).await)
        } else {
            Ok(0)
        }
    }

    /// Returns where `target` may be, and whether `CDPATH` led there.
    fn candidates(&self, target: &str) -> Vec<(String, bool)> {
        let is_sought = !target.starts_with(['/', '.']);
        let folders = self.value_of("CDPATH").filter(|_| is_sought);
        let folders = folders.iter().flat_map(|folders| folders.split(':'));
        let mut candidates: Vec<(String, bool)> = folders
            .map(|folder| match folder {
                "" => (target.to_owned(), false),
                folder => (format!("{folder}/{target}"), true),
            })
            .collect();
        candidates.push((target.to_owned(), false));
        candidates
    }

    /// Returns the directory that a path leads to, if it may be entered.
    fn enter(&self, target: &str, is_physical: bool) -> Result<String, Errno> {
        let files = self.process.space.files();
        let user = &self.process.user;
        let joined = self.process.path(target);
        if let Some(entry) = proc::find(&self.process, &joined) {
            return match entry.followed(&self.process) {
                proc::Entry::Directory(_) => Ok(path::clean(&joined)),
                _ => Err(Errno::NotDirectory),
            };
        }
        let directory = if is_physical {
            files.canonical(&joined, user)?
        } else {
            path::clean(&joined)
        };
        if !files.stat(&directory, user)?.is_dir() {
            return Err(Errno::NotDirectory);
        }
        files.access(&directory, Want::EXECUTE, user)?;
        Ok(directory)
    }

    pub(super) async fn pwd(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, _) = options(args);
        let cwd = &self.process.cwd;
        let directory = match letters.last() {
            Some('P') => {
                let files = self.process.space.files();
                let physical = files.canonical(cwd, &self.process.user);
                physical.unwrap_or_else(|_| cwd.clone())
            }
            _ => cwd.clone(),
        };
        Ok(self.print(text::encode(&(directory + "\n"))).await)
    }
}
