//! `break`, `continue`, `return`, `exit`, `eval`, `.`, `exec`.

use std::sync::Arc;

use super::super::Shell;
use super::super::dialect::Dialect;
use super::super::frame::{Frame, Origin};
use super::super::interrupt::Interrupt;
use super::super::text;

impl Shell {
    pub(super) async fn leave_loop(
        &mut self,
        name: &str,
        args: &[String],
        interrupt: impl Fn(usize) -> Interrupt,
    ) -> Result<u8, Interrupt> {
        let loops = match args.first() {
            None => 1,
            Some(text) => match self.number(name, text).await? {
                0 => return Err(self.fail_as(name, "Illegal number: 0").await),
                loops => loops,
            },
        };
        let is_in_loop = self.frames.iter().any(Frame::is_loop);
        if is_in_loop {
            Err(interrupt(loops))
        } else {
            Ok(0)
        }
    }

    pub(super) async fn return_(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let status = match args.first() {
            None => self.state.status,
            Some(text) => self.exit_code("return", text).await?,
        };
        Err(Interrupt::Return(status))
    }

    pub(super) async fn exit(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let status = match args.first() {
            // In a trap it is what the status was before.
            None => self
                .frames
                .iter()
                .rev()
                .find_map(|frame| match frame {
                    Frame::Trap { status, .. } => Some(*status),
                    _ => None,
                })
                .unwrap_or(self.state.status),
            Some(text) => self.exit_code("exit", text).await?,
        };
        Err(Interrupt::Exit(status))
    }

    async fn exit_code(&mut self, name: &str, text: &str) -> Result<u8, Interrupt> {
        if self.state.dialect.is_bash()
            && let Ok(code) = text.parse::<i64>()
        {
            return Ok(code.to_le_bytes()[0]);
        }
        let code = self.number(name, text).await?;
        Ok(code.to_le_bytes()[0])
    }

    pub(super) async fn eval(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let text = args.join(" ");
        if text.trim().is_empty() {
            return Ok(0);
        }
        self.check_depth().await?;
        self.push_eval(text);
        if self.state.dialect == Dialect::Ash {
            self.state.speaker = Some("eval".to_owned());
        }
        // `eval` without commands in it leaves the status; what it runs sets it.
        Ok(0)
    }

    pub(super) async fn dot(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let Some((name, parameters)) = args.split_first() else {
            return match self.state.dialect {
                Dialect::Bash => Err(self.fail_as(".", "filename argument required").await),
                Dialect::Ash | Dialect::Dash => Ok(0),
            };
        };
        let Some(path) = self.sourced_path(name) else {
            let message = match self.state.dialect {
                Dialect::Bash => format!("{name}: No such file or directory"),
                Dialect::Ash | Dialect::Dash => format!("{name}: not found"),
            };
            return Err(self.fail_as(".", &message).await);
        };
        let content = self.process.space.files().read(&path, &self.process.user);
        let content = match content {
            Ok(content) => content,
            Err(errno) => {
                let message = match self.state.dialect {
                    Dialect::Ash => format!("can't open '{name}': {errno}"),
                    Dialect::Dash => format!("cannot open {name}: {errno}"),
                    Dialect::Bash => format!("{name}: {errno}"),
                };
                return Err(self.fail_as(".", &message).await);
            }
        };
        self.check_depth().await?;
        let takes_parameters =
            self.state.dialect.has_bash_compatibility() && !parameters.is_empty();
        let parameters = takes_parameters.then(|| {
            let parameters = Arc::new(parameters.to_vec());
            std::mem::replace(&mut self.state.parameters, parameters)
        });
        self.push_call("source".to_owned(), Some(name.as_str().into()));
        let origin = Origin::Sourced {
            speaker: self.state.speaker.replace(name.clone()),
            parameters,
        };
        self.push_text(text::decode(&content), origin, 1);
        Ok(0)
    }

    /// Finds the file that `.` names: by its path, or in `PATH`.
    fn sourced_path(&self, name: &str) -> Option<String> {
        if name.contains('/') {
            return Some(self.process.path(name));
        }
        let files = self.process.space.files();
        let folders = self.state.variables.get("PATH").unwrap_or_default();
        let mut folders: Vec<&str> = folders.split(':').collect();
        if self.state.dialect.is_bash() {
            folders.push(".");
        }
        folders
            .into_iter()
            .map(|folder| self.process.path(&format!("{folder}/{name}")))
            .find(|path| files.is_file(path, &self.process.user))
    }

    pub(super) async fn exec(&mut self, args: &[String]) -> Result<u8, Interrupt> {
        let mut args = args;
        // bash: `-a name`, `-c` and `-l` are accepted for the commands behind them.
        while self.state.dialect.is_bash()
            && let Some((option, rest)) = args.split_first()
            && matches!(option.as_str(), "-a" | "-c" | "-l")
        {
            args = if option == "-a" {
                rest.get(1..).unwrap_or_default()
            } else {
                rest
            };
        }
        if args.first().is_some_and(|first| first == "--") {
            args = &args[1..];
        }
        if args.is_empty() {
            return Ok(0);
        }
        let before = self.state.speaker.replace("exec".to_owned());
        let found = self.find_program(args).await;
        self.state.speaker = before;
        match found {
            Ok(()) => Err(Interrupt::Become(args.to_vec())),
            Err(status) if self.state.is_interactive() => Ok(status),
            Err(status) => Err(Interrupt::Exit(status)),
        }
    }
}
