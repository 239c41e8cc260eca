//! `pushd`, `popd` and `dirs` of bash.

use std::sync::Arc;

use super::super::Shell;
use super::super::interrupt::Interrupt;
use super::super::text;

impl Shell {
    pub(super) async fn pushd(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let here = self.process.cwd.clone();
        let Some(target) = args.first() else {
            let Some(other) = self.state.folders.first().cloned() else {
                return Err(self.fail_as("pushd", "no other directory").await);
            };
            if self.go("pushd", &other).await? != 0 {
                return Ok(1);
            }
            Arc::make_mut(&mut self.state.folders)[0] = here;
            return self.dirs(&[]).await;
        };
        if self.go("pushd", target).await? != 0 {
            return Ok(1);
        }
        Arc::make_mut(&mut self.state.folders).insert(0, here);
        self.dirs(&[]).await
    }

    pub(super) async fn popd(&mut self) -> Result<u8, Interrupt> {
        let Some(before) = self.state.folders.first().cloned() else {
            return Err(self.fail_as("popd", "directory stack empty").await);
        };
        if self.go("popd", &before).await? != 0 {
            return Ok(1);
        }
        Arc::make_mut(&mut self.state.folders).remove(0);
        self.dirs(&[]).await
    }

    /// Goes to a folder; what is wrong is said in the name of the command.
    async fn go(&mut self, command: &str, target: &str) -> Result<u8, Interrupt> {
        self.enter_as(command, &[target.to_owned()]).await
    }

    pub(super) async fn dirs(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let (letters, _) = super::options(args);
        if letters.contains(&'c') {
            self.state.folders = Arc::default();
            return Ok(0);
        }
        let home = self.value_of("HOME").filter(|home| !home.is_empty());
        let short = |folder: &String| match home
            .as_deref()
            .and_then(|home| folder.strip_prefix(home))
        {
            Some(rest) if !letters.contains(&'l') && (rest.is_empty() || rest.starts_with('/')) => {
                format!("~{rest}")
            }
            _ => folder.clone(),
        };
        let here = std::iter::once(&self.process.cwd);
        let all: Vec<String> = here.chain(self.state.folders.iter()).map(short).collect();
        let mut told = String::new();
        for (at, folder) in all.iter().enumerate() {
            if letters.contains(&'v') {
                told.extend([&format!("{at:>2}  "), folder, "\n"]);
            } else if letters.contains(&'p') {
                told.extend([folder, "\n"]);
            }
        }
        if told.is_empty() {
            told = all.join(" ") + "\n";
        }
        Ok(self.print(text::encode(&told)).await)
    }
}
