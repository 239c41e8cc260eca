//! RUN.

use super::Session;
use crate::build::dockerfile::Run;
use crate::build::output::Output;
use crate::build::trouble::Trouble;
use crate::build::workshop::Workshop;
use crate::state::config::{Config, Healthcheck, Words};

impl<W: Workshop> Session<'_, W> {
    /// Runs a command in a container and makes an image of what it changed.
    pub(super) async fn run(&mut self, run: &Run, output: &mut Output) -> Result<(), Trouble> {
        if let Some(flag) = run.flag {
            return Err(needs_buildkit(flag));
        }
        let command = self.stage.draft.command(&run.command);
        let (environment, shown) = self.stage.environment();
        let mut line = Vec::new();
        if !environment.is_empty() {
            // No command begins with a bar, and the number keeps arguments and words apart.
            line.push(format!("|{}", shown.len()));
            line.extend(shown);
        }
        line.extend(command.iter().cloned());
        let own = self.stage.draft.config.clone();
        let entrypoint = |other: Option<Words>| {
            if command.is_empty() {
                own.entrypoint.clone()
            } else {
                other
            }
        };
        let committed = self.of_container(Config {
            cmd: Some(Words(line)),
            entrypoint: entrypoint(None),
            ..own.clone()
        });
        if self.is_cached(&committed, output).await? {
            return Ok(());
        }
        let mut env = own.env.clone().unwrap_or_default();
        env.extend(environment);
        let config = self.of_container(Config {
            cmd: Some(Words(command.clone())),
            env: Some(env),
            // One empty word takes the image's away.
            entrypoint: entrypoint(Some(Words(vec![String::new()]))),
            healthcheck: Some(Healthcheck {
                test: Some(vec!["NONE".to_owned()]),
                ..Healthcheck::default()
            }),
            ..own.clone()
        });
        let container = self.create(&config, output).await?;
        self.running = Some(container.clone());
        let code = self.workshop.run(&container, output).await?;
        self.running = None;
        if code != 0 {
            let line = command.join(" ");
            return Err(Trouble::Failed {
                message: format!("The command '{line}' returned a non-zero code: {code}"),
                code: Some(code),
            });
        }
        self.commit_container(&container, committed).await
    }
}

/// Refuses a flag that the classic builder does not have.
pub(super) fn needs_buildkit(flag: &str) -> Trouble {
    Trouble::new(format_args!(
        "the --{flag} option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled"
    ))
}
