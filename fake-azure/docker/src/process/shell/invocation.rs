//! How a shell was called: its command line and its environment.

use std::sync::Arc;

use super::super::Process;
use super::Shell;
use super::dialect::Dialect;
use super::frame::{Frame, Origin};
use super::input::Input;
use super::jobs::Jobs;
use super::options::{Options, Switch};
use super::parser::is_name;
use super::split::DEFAULT_IFS;
use super::state::State;
use super::text;
use crate::process::Signal;
use crate::process::launch::DEFAULT_PATH;

/// What a command line says.
#[derive(Debug, Default)]
struct Invocation {
    options: Options,
    is_login: bool,
    reads_no_profile: bool,
    /// The text of `-c`, or the name of a script.
    source: Option<String>,
    name: Option<String>,
    parameters: Vec<String>,
}

impl Shell {
    /// Makes the shell that a process's command line asks for; the exit code if it makes
    /// no sense.
    pub(super) async fn start(mut process: Process, dialect: Dialect) -> Result<Self, u8> {
        let own_name = process
            .args
            .first()
            .cloned()
            .unwrap_or_else(|| "sh".to_owned());
        let invocation = match Invocation::read(&process.args, dialect) {
            Ok(invocation) => invocation,
            Err(message) => {
                process.complain(format!("{own_name}: {message}\n")).await;
                return Err(2);
            }
        };
        let mut state = State::new(dialect, process.pid, process.now());
        state.options = invocation.options;
        state.name = own_name;
        state.parameters = Arc::new(invocation.parameters);
        state.line = dialect.first_line_of_command();
        let mut shell = Self {
            process,
            state,
            frames: Vec::new(),
            jobs: Jobs::default(),
        };
        shell.import_environment();
        let is_command = shell.state.has(Switch::Command);
        match invocation.source {
            Some(command) if is_command => {
                if let Some(name) = invocation.name {
                    shell.state.speaker = Some(name.clone());
                    shell.state.name = name;
                }
                let line = dialect.first_line_of_command();
                let origin = Origin::Whole { may_become: true };
                shell.push_text(command, origin, line);
            }
            Some(script) => shell.push_script(script).await?,
            None => shell.push_input().await,
        }
        if invocation.is_login && !invocation.reads_no_profile {
            let home = shell.value_of("HOME").unwrap_or_default();
            shell.push_profile(&format!("{home}/.profile"));
            shell.push_profile("/etc/profile");
        }
        Ok(shell)
    }

    fn import_environment(&mut self) {
        let dialect = self.state.dialect;
        let process = &self.process;
        let variables = &mut self.state.variables;
        let mut set = |name: &str, value: String| {
            variables.set(name, value).ok();
        };
        set("IFS", DEFAULT_IFS.to_owned());
        set("OPTIND", "1".to_owned());
        set("PPID", process.parent.to_string());
        set("PS2", "> ".to_owned());
        set("PS4", "+ ".to_owned());
        let is_root = process.user.uid == 0;
        let prompt = match dialect {
            Dialect::Ash => r"\w \$ ",
            Dialect::Bash => r"\u@\h:\w\$ ",
            Dialect::Dash if is_root => "# ",
            Dialect::Dash => "$ ",
        };
        set("PS1", prompt.to_owned());
        if dialect.is_bash() {
            set("BASH", "/bin/bash".to_owned());
            set("BASH_VERSION", "5.2.15(1)-release".to_owned());
        }
        let mut level = 0;
        let mut has_path = false;
        for (name, value) in &process.env {
            if name == "SHLVL" {
                level = value.parse::<u32>().unwrap_or_default();
            }
            has_path |= name == "PATH";
            // What the shell separates words by is nobody else's to say.
            if is_name(name) && name != "IFS" {
                variables.set_exported(name, value.clone()).ok();
            }
        }
        if !has_path {
            variables.set("PATH", DEFAULT_PATH).ok();
        }
        variables.set_exported("PWD", process.cwd.clone()).ok();
        if dialect.has_bash_compatibility() {
            let level = level.saturating_add(1).to_string();
            variables.set_exported("SHLVL", level).ok();
        }
    }

    async fn push_script(&mut self, script: String) -> Result<(), u8> {
        let path = self.process.path(&script);
        let content = self.process.space.files().read(&path, &self.process.user);
        let content = match content {
            Ok(content) => content,
            Err(errno) => {
                let (message, code) = match self.state.dialect {
                    Dialect::Ash => (format!("can't open '{script}': {errno}"), 2),
                    Dialect::Dash => (format!("cannot open {script}: {errno}"), 2),
                    Dialect::Bash => (format!("{script}: {errno}"), 127),
                };
                self.state.line = 0;
                self.complain(&message).await;
                return Err(code);
            }
        };
        self.state.name.clone_from(&script);
        self.state.script = Some(script.as_str().into());
        self.state.speaker = Some(script);
        let origin = Origin::Whole { may_become: false };
        self.push_text(text::decode(&content), origin, 1);
        Ok(())
    }

    /// Lets commands come from standard input.
    async fn push_input(&mut self) {
        let is_tty = |number| {
            let descriptor = self.process.descriptors.get(number);
            descriptor.is_ok_and(|open| open.is_tty())
        };
        let has_terminal = is_tty(0) && is_tty(2);
        self.state.options.set(Switch::Stdin, true);
        if has_terminal {
            self.state.options.set(Switch::Interactive, true);
        }
        let is_interactive = self.state.is_interactive();
        if is_interactive {
            for signal in [Signal::INT, Signal::QUIT, Signal::TERM] {
                self.process.catch(signal);
            }
            if has_terminal {
                self.greet().await;
            } else if self.state.dialect == Dialect::Ash {
                self.complain("can't access tty; job control turned off")
                    .await;
            }
        }
        let input = Input::new(self.state.dialect, has_terminal);
        self.frames.push(Frame::Input(Box::new(input)));
        if is_interactive {
            let start = self
                .value_of("ENV")
                .filter(|_| !self.state.dialect.is_bash());
            let home = self.value_of("HOME").unwrap_or_default();
            match start {
                Some(start) => self.push_profile(&start),
                None if self.state.dialect.is_bash() => {
                    self.push_profile(&format!("{home}/.bashrc"));
                    self.push_profile("/etc/bash.bashrc");
                }
                None => {}
            }
        }
    }

    /// Lets a file be read first, if it is there.
    fn push_profile(&mut self, name: &str) {
        let path = self.process.path(name);
        let content = self.process.space.files().read(&path, &self.process.user);
        if let Ok(content) = content {
            self.push_call("source".to_owned(), Some(name.into()));
            let origin = Origin::Sourced {
                speaker: self.state.speaker.clone(),
                parameters: None,
            };
            self.push_text(text::decode(&content), origin, 1);
        }
    }
}

impl Invocation {
    fn read(args: &[String], dialect: Dialect) -> Result<Self, String> {
        let mut invocation = Self {
            is_login: args.first().is_some_and(|name| name.starts_with('-')),
            ..Self::default()
        };
        let mut rest = args.get(1..).unwrap_or_default();
        while let Some((first, behind)) = rest.split_first() {
            let is_on = first.starts_with('-');
            let is_option = is_on || first.starts_with('+') && first.len() > 1;
            if !is_option {
                break;
            }
            rest = behind;
            match first.as_str() {
                "-" | "--" => break,
                "--login" => invocation.is_login = true,
                "--noprofile" => invocation.reads_no_profile = true,
                "--norc" | "--posix" | "--noediting" if dialect.is_bash() => {}
                "--rcfile" | "--init-file" if dialect.is_bash() => {
                    rest = rest.get(1..).unwrap_or_default();
                }
                letters => {
                    for letter in letters.chars().skip(1) {
                        invocation.take(letter, is_on, &mut rest, dialect)?;
                    }
                }
            }
        }
        let has_command = invocation.options.has(Switch::Command);
        let mut rest = rest.iter().cloned();
        if has_command {
            invocation.source = Some(rest.next().ok_or("-c requires an argument")?);
            invocation.name = rest.next();
        } else if !invocation.options.has(Switch::Stdin) {
            invocation.source = rest.next();
        }
        invocation.parameters = rest.collect();
        Ok(invocation)
    }

    fn take(
        &mut self,
        letter: char,
        is_on: bool,
        rest: &mut &[String],
        dialect: Dialect,
    ) -> Result<(), String> {
        match letter {
            'l' => self.is_login = true,
            'o' => {
                let Some((name, behind)) = rest.split_first() else {
                    return Err("-o requires an argument".to_owned());
                };
                *rest = behind;
                match Switch::of_name(name) {
                    Some(switch) => self.options.set(switch, is_on),
                    None if dialect.is_bash() => {}
                    None => return Err(format!("illegal option -o {name}")),
                }
            }
            letter => match Switch::of_letter(letter) {
                Some(switch) => self.options.set(switch, is_on),
                None if dialect.is_bash() && "hkptBHPTO".contains(letter) => {}
                None if dialect == Dialect::Dash => {
                    return Err(format!("Illegal option -{letter}"));
                }
                None => return Err(format!("illegal option -{letter}")),
            },
        }
        Ok(())
    }
}
