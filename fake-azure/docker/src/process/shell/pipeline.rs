//! Pipelines, subshells and what runs in the background.

use std::sync::Arc;

use super::super::{Child, Descriptor, Launch, LaunchError, Process, Signal};
use super::Shell;
use super::frame::Frame;
use super::interrupt::Interrupt;
use super::jobs::Jobs;
use super::options::Switch;
use super::syntax::{AndOr, Command, List, Redirection};

impl Shell {
    /// Runs commands whose outputs are the next one's input, and waits for all.
    pub(super) async fn run_pipeline(
        &mut self,
        commands: &[Arc<Command>],
    ) -> Result<(), Interrupt> {
        let children = self.start_all(commands, None).await?;
        let mut statuses = Vec::with_capacity(children.len());
        for child in &children {
            statuses.push(self.wait_for(child).await);
        }
        let last = statuses.last().copied().unwrap_or_default();
        let failed = statuses.iter().rev().find(|status| **status != 0).copied();
        self.state.pipeline = Some(statuses.into());
        self.state.status = if self.state.has(Switch::PipeFail) {
            failed.unwrap_or_default()
        } else {
            last
        };
        Ok(())
    }

    /// Starts the commands of a pipeline; `first` is the input of the first of them.
    async fn start_all(
        &mut self,
        commands: &[Arc<Command>],
        first: Option<Descriptor>,
    ) -> Result<Vec<Child>, Interrupt> {
        let mut children = Vec::with_capacity(commands.len());
        let mut input = first.clone();
        for (index, command) in commands.iter().enumerate() {
            self.process.step().await;
            let mut launch = self.process.child(self.process.args.clone());
            if let Some(input) = input.take() {
                launch.descriptors.set(0, input);
            }
            if index + 1 < commands.len() {
                let (reader, writer) = Process::pipe();
                launch.descriptors.set(1, writer);
                input = Some(reader);
            }
            if first.is_some() {
                launch.ignored |= ignored_in_background();
            }
            let command = Arc::clone(command);
            let child = self.start_shell(launch, move |shell| shell.push_command(command));
            match child? {
                Some(child) => children.push(child),
                None => return Err(self.cannot_fork().await),
            }
        }
        Ok(children)
    }

    /// Starts what stands before `&`.
    pub(super) async fn start_background(&mut self, and_or: &Arc<AndOr>) -> Result<(), Interrupt> {
        let is_interactive = self.state.is_interactive();
        let input = if is_interactive {
            self.process.descriptors.get(0).ok()
        } else {
            Some(Descriptor::Null)
        };
        let is_pipeline =
            and_or.rest.is_empty() && !and_or.first.is_negated && and_or.first.is_timed.is_none();
        let children = if is_pipeline {
            self.start_all(&and_or.first.commands, input).await?
        } else {
            let mut launch = self.process.child(self.process.args.clone());
            launch.ignored |= ignored_in_background();
            if let Some(input) = input {
                launch.descriptors.set(0, input);
            }
            let and_or = Arc::clone(and_or);
            let child = self.start_shell(launch, move |shell| {
                shell.frames.push(Frame::AndOr { and_or, next: 0 });
            });
            match child? {
                Some(child) => vec![child],
                None => return Err(self.cannot_fork().await),
            }
        };
        let text = and_or.text.clone();
        let pid = self.jobs.add(children, text).pid();
        self.state.last_background = Some(pid);
        self.state.status = 0;
        Ok(())
    }

    /// Runs commands in a shell of their own and waits for it.
    pub(super) async fn run_subshell(
        &mut self,
        list: &Arc<List>,
        redirections: &[Redirection],
    ) -> Result<(), Interrupt> {
        let Some(saved) = self.redirect(redirections).await? else {
            self.state.status = 2;
            return self.check_status();
        };
        let launch = self.process.child(self.process.args.clone());
        let child = self.start_subshell(launch, list);
        self.put_back(saved);
        let Some(child) = child? else {
            return Err(self.cannot_fork().await);
        };
        self.state.status = self.wait_for(&child).await;
        self.state.pipeline = None;
        self.check_status()
    }

    /// Starts a shell of its own that runs commands; None if there is no room for it.
    pub(super) fn start_subshell(
        &self,
        launch: Launch,
        list: &Arc<List>,
    ) -> Result<Option<Child>, Interrupt> {
        let list = Arc::clone(list);
        self.start_shell(launch, move |shell| shell.push_list(&list))
    }

    fn start_shell(
        &self,
        launch: Launch,
        prepare: impl FnOnce(&mut Self) + Send + 'static,
    ) -> Result<Option<Child>, Interrupt> {
        let state = self.state.for_subshell();
        let started = self.process.space.run(launch, move |process| {
            let mut shell = Self {
                process,
                state,
                frames: Vec::new(),
                jobs: Jobs::default(),
            };
            prepare(&mut shell);
            shell.run()
        });
        match started {
            Ok(child) => Ok(Some(child)),
            // Nobody is there any more to be told.
            Err(LaunchError::Ended) => Err(Interrupt::Exit(1)),
            Err(_) => Ok(None),
        }
    }

    /// Puts one command on the stack of a shell that is there for nothing else.
    fn push_command(&mut self, command: Arc<Command>) {
        self.frames.push(Frame::Command(command));
    }
}

/// The signals that a terminal sends, and that are not for the background.
fn ignored_in_background() -> u64 {
    [Signal::INT, Signal::QUIT]
        .into_iter()
        .fold(0, |bits, signal| bits | 1 << (signal.number() - 1))
}
