//! Scripts made in Rust, with functions where words do not suffice.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::change::{Change, FILE_MODE, How};
use super::child::ChildRole;
use super::command::Command;
use super::definition::Definition;
use super::document::{ImageScript, ScriptError};
use super::image_name::ImageName;
use super::lines::Lines;
use super::pattern::Pattern;
use super::port::{OnConnection, Port, Speaks};
use super::reply::Reply;
use super::role::{Does, Need, Only, Play, Role, Stdin};
use super::route::Http;
use super::step::{Action, Reaction, Repeat, Step};
use super::talk::Talk;
use super::text::Text;
use crate::process::{Connection, Process, Signal};

/// Begins scripts.
///
/// ```
/// use fake_docker::process::script::{Definition, Script, Scripts, http};
///
/// # fn main() -> Result<(), fake_docker::process::script::ScriptError> {
/// let api = Script::image("acme/api")
///     .defines(Definition::on("alpine").cmd(&["api"]).expose(8080))
///     .program("api")
///     .prints("starting")
///     .listens(8080, http().get("/health", 200, "ok"))
///     .prints("ready")
///     .exits_on("TERM", 0)
///     .program("migrate")
///     .prints("nothing to do")
///     .exits(0)
///     .program_fn("double", |mut process| async move {
///         let number = process.args.get(1).and_then(|word| word.parse::<u32>().ok());
///         match number {
///             Some(number) => {
///                 process.print(format!("{}\n", number * 2)).await.ok();
///                 0
///             }
///             None => 2,
///         }
///     });
/// let scripts = Scripts::new().with(api)?;
/// assert!(scripts.definition("acme/api:latest").is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Script;

/// HTTP without routes, to add some.
pub fn http() -> Http {
    Http::default()
}

/// A protocol of lines without answers, to add some.
pub fn talk() -> Talk {
    Talk::default()
}

/// An answer to an HTTP request.
pub fn reply(status: u16) -> Reply {
    Reply::status(status)
}

/// A script for an image, in the making.
#[derive(Clone, Debug)]
#[must_use = "a script does nothing until it is added to `Scripts`"]
pub struct ImageBuilder {
    name: String,
    defines: Option<Definition>,
    programs: Vec<Role>,
    wrong: Option<(String, String)>,
}

/// A program of a script, in the making.
#[derive(Clone, Debug)]
#[must_use = "a script does nothing until it is added to `Scripts`"]
pub struct ProgramBuilder {
    image: ImageBuilder,
    name: String,
    command: Command,
    only: Only,
    play: Play,
}

impl Script {
    /// Begins a script for an image, or for those of a pattern: `acme/api`, `acme/*`, `*`.
    pub fn image(name: impl Into<String>) -> ImageBuilder {
        ImageBuilder {
            name: name.into(),
            defines: None,
            programs: Vec::new(),
            wrong: None,
        }
    }
}

impl ImageBuilder {
    /// Lets the image exist.
    pub fn defines(mut self, definition: Definition) -> Self {
        self.defines = Some(definition);
        self
    }

    /// Begins a program, by the name or the path of its command.
    pub fn program(self, name: &str) -> ProgramBuilder {
        self.command(Command::named(name), name)
    }

    /// Begins a program for command lines of these words; `*` in a word is any characters, and a
    /// last word `...` any words.
    pub fn program_for(self, words: &[&str]) -> ProgramBuilder {
        let name = words.join(" ");
        let command = Command::words(words.iter().copied());
        self.command(command.unwrap_or_else(|| Command::named("")), &name)
    }

    fn command(self, command: Command, name: &str) -> ProgramBuilder {
        ProgramBuilder {
            image: self,
            name: name.to_owned(),
            command,
            only: Only::default(),
            play: Play::default(),
        }
    }

    /// Adds a program that is a function; what it returns is the exit code.
    pub fn program_fn<F, R>(mut self, name: &str, function: F) -> Self
    where
        F: Fn(Process) -> R + Send + Sync + 'static,
        R: Future<Output = u8> + Send + 'static,
    {
        let program =
            move |process: Process| -> BoxFuture<'static, u8> { Box::pin(function(process)) };
        self.programs.push(Role {
            command: Command::named(name),
            only: Only::default(),
            does: Does::Function(Arc::new(program)),
        });
        self
    }

    /// The script, or what is wrong with it.
    pub(super) fn build(self) -> Result<ImageScript, ScriptError> {
        let error = |problem| ScriptError::built(&self.name, None, problem);
        let name = ImageName::parse(&self.name).map_err(|wrong| error(wrong.to_string()))?;
        if self.defines.is_some() && name.is_pattern() {
            return Err(error("a pattern of images defines none".to_owned()));
        }
        if let Some((program, problem)) = self.wrong {
            return Err(ScriptError::built(&self.name, Some(program), problem));
        }
        Ok(ImageScript {
            name,
            defines: self.defines.map(Arc::new),
            programs: self.programs.into_iter().map(Arc::new).collect(),
        })
    }
}

impl ProgramBuilder {
    fn act(mut self, action: Action) -> Self {
        self.play.steps.push(Step::of(action));
        self
    }

    fn change(self, path: impl Into<Text>, how: How) -> Self {
        let path = path.into();
        self.act(Action::Change(Change { path, how }))
    }

    fn wrong(mut self, problem: String) -> Self {
        self.image.wrong.get_or_insert((self.name.clone(), problem));
        self
    }

    /// Prints a line to standard output.
    pub fn prints(self, line: impl Into<Text>) -> Self {
        self.act(Action::Print(Lines::from(line)))
    }

    /// Prints a text to standard output without a line end.
    pub fn prints_raw(self, text: impl Into<Text>) -> Self {
        self.act(Action::Raw(text.into()))
    }

    /// Prints a line to standard error.
    pub fn complains(self, line: impl Into<Text>) -> Self {
        self.act(Action::Complain(Lines::from(line)))
    }

    /// Prints a line again and again, `times` times or without end.
    pub fn prints_every(
        mut self,
        every: Duration,
        times: impl Into<Option<u64>>,
        line: impl Into<Text>,
    ) -> Self {
        self.play.steps.push(Step {
            repeat: Some(Repeat {
                every,
                times: times.into(),
            }),
            ..Step::of(Action::Print(Lines::from(line)))
        });
        self
    }

    /// Waits.
    pub fn waits(mut self, time: Duration) -> Self {
        self.play.steps.push(Step {
            after: time,
            ..Step::default()
        });
        self
    }

    /// Writes a file anew.
    pub fn writes(self, path: impl Into<Text>, content: impl Into<Text>) -> Self {
        self.change(path, How::Write(content.into(), FILE_MODE))
    }

    /// Writes at the end of a file.
    pub fn appends(self, path: impl Into<Text>, content: impl Into<Text>) -> Self {
        self.change(path, How::Append(content.into(), FILE_MODE))
    }

    /// Makes a directory.
    pub fn makes_dir(self, path: impl Into<Text>) -> Self {
        self.change(path, How::MakeDirectory)
    }

    /// Removes a file, or a directory with all that is in it.
    pub fn removes(self, path: impl Into<Text>) -> Self {
        self.change(path, How::Remove)
    }

    /// Changes the permissions of a file.
    pub fn changes_mode(self, path: impl Into<Text>, mode: u32) -> Self {
        self.change(path, How::ChangeMode(mode))
    }

    /// Keeps a value for `{state.NAME}`.
    pub fn sets(self, name: impl Into<Text>, value: impl Into<Text>) -> Self {
        self.act(Action::Set(vec![(name.into(), value.into())]))
    }

    /// Reads a line of standard input into `{state.NAME}`.
    pub fn reads(self, name: impl Into<Text>) -> Self {
        self.act(Action::Read(name.into()))
    }

    /// Reads a line of standard input and ends with `otherwise` when it is another one.
    pub fn expects(self, line: impl Into<Pattern>, otherwise: u8) -> Self {
        self.act(Action::Expect(line.into(), otherwise))
    }

    /// Runs a command and waits for it.
    pub fn runs(self, words: &[&str]) -> Self {
        self.act(Action::Run(
            words.iter().map(|word| (*word).into()).collect(),
        ))
    }

    /// Becomes another command.
    pub fn becomes(self, words: &[&str]) -> Self {
        self.act(Action::Exec(
            words.iter().map(|word| (*word).into()).collect(),
        ))
    }

    /// Opens a port at this point, and answers there with [`http`], [`talk`] and others.
    pub fn listens(self, port: u16, speaks: impl Into<Speaks>) -> Self {
        self.opens(Port::new(port, speaks))
    }

    /// Opens a port at this point.
    pub fn opens(self, port: Port) -> Self {
        self.act(Action::Open(Arc::new(port)))
    }

    /// Opens a port at this point, and lets a function handle each connection.
    pub fn on_connection<F, R>(self, port: u16, function: F) -> Self
    where
        F: Fn(Connection) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        self.listens(port, OnConnection::new(function))
    }

    /// Answers the lines of standard input.
    pub fn answers_stdin(mut self, talk: Talk) -> Self {
        self.play.stdin = Stdin::Talk(Arc::new(talk));
        self
    }

    /// Writes standard input to standard output.
    pub fn echoes_stdin(mut self) -> Self {
        self.play.stdin = Stdin::Echo;
        self
    }

    /// Does steps at a signal: `TERM`, `HUP`.
    pub fn on_signal(self, signal: &str, steps: Vec<Step>) -> Self {
        self.reacts(signal, Reaction::Steps(steps))
    }

    /// Ends with a code at a signal.
    pub fn exits_on(self, signal: &str, code: u8) -> Self {
        self.on_signal(signal, vec![Step::of(Action::Exit(code))])
    }

    /// Ignores a signal.
    pub fn ignores(self, signal: &str) -> Self {
        self.reacts(signal, Reaction::Ignore)
    }

    fn reacts(mut self, name: &str, reaction: Reaction) -> Self {
        match Signal::parse(name) {
            Some(signal) if signal.can_be_handled() => {
                self.play.signals.push((signal, reaction));
                self
            }
            _ => self.wrong(format!("there is no signal `{name}` that can be handled")),
        }
    }

    /// Ends with 1 and a message when a variable of the environment is missing.
    pub fn needs_env(mut self, name: &str, message: impl Into<Text>) -> Self {
        self.play.needs.push(Need {
            env: name.to_owned(),
            unless: Vec::new(),
            message: Lines::from(message),
            exit: 1,
        });
        self
    }

    /// Goes on as another user, by name or number, where it is started as root.
    pub fn user(mut self, user: impl Into<Text>) -> Self {
        self.play.user = Some(user.into());
        self
    }

    /// Shows a title instead of its command line.
    pub fn title(mut self, title: impl Into<Text>) -> Self {
        self.play.title = Some(title.into());
        self
    }

    /// Has processes beside it, from its start to its end.
    pub fn child(mut self, child: ChildRole) -> Self {
        self.play.children.push(child);
        self
    }

    /// Stands for the command the first so many times alone; then the next one does.
    pub fn only_first(mut self, runs: u64) -> Self {
        self.only.runs = Some(runs);
        self
    }

    /// Stands for the command alone as long as the container is younger than this.
    pub fn only_until(mut self, age: Duration) -> Self {
        self.only.until = Some(age);
        self
    }

    /// Goes on after its last step, until a signal ends it.
    pub fn stays(mut self) -> Self {
        self.play.stays = Some(true);
        self
    }

    /// Ends with an exit code.
    pub fn exits(self, code: u8) -> Self {
        self.act(Action::Exit(code))
    }

    /// Ends as a signal ends a process.
    pub fn crashes(self, signal: &str) -> Self {
        match Signal::parse(signal) {
            Some(signal) => self.act(Action::Crash(signal)),
            None => self.wrong(format!("there is no signal `{signal}`")),
        }
    }

    /// Begins the next program.
    pub fn program(self, name: &str) -> Self {
        ImageBuilder::from(self).program(name)
    }

    /// Begins the next program, for command lines of these words.
    pub fn program_for(self, words: &[&str]) -> Self {
        ImageBuilder::from(self).program_for(words)
    }

    /// Adds a program that is a function.
    pub fn program_fn<F, R>(self, name: &str, function: F) -> ImageBuilder
    where
        F: Fn(Process) -> R + Send + Sync + 'static,
        R: Future<Output = u8> + Send + 'static,
    {
        ImageBuilder::from(self).program_fn(name, function)
    }
}

impl From<ProgramBuilder> for ImageBuilder {
    fn from(program: ProgramBuilder) -> Self {
        let ProgramBuilder {
            mut image,
            name,
            command,
            only,
            play,
        } = program;
        if let Err(problem) = super::step::check_reachable(&play.steps) {
            image.wrong.get_or_insert((name, problem));
        }
        image.programs.push(Role {
            command,
            only,
            does: Does::Play(Arc::new(play)),
        });
        image
    }
}
