//! Simple commands: assignments, functions, builtins and programs.

use std::sync::Arc;

use super::Shell;
use super::builtin::{self, Builtin};
use super::dialect::Dialect;
use super::frame::{Frame, Origin, Saved};
use super::interrupt::Interrupt;
use super::options::Switch;
use super::parser;
use super::quote;
use super::state::{Call, Function};
use super::syntax::{Command, Simple, Word};
use super::text;
use super::variables::Variable;

/// How many functions may be called by one another, and texts be read by one another.
const DEEPEST: usize = 1000;

/// What the name of a command leads to.
enum Resolved {
    Function(Function),
    Builtin(Builtin),
    Program,
}

impl Shell {
    /// Runs a simple command, or puts the function that it calls on the stack.
    pub(super) async fn simple(
        &mut self,
        command: &Arc<Command>,
        simple: &Simple,
    ) -> Result<(), Interrupt> {
        self.state.line = command.line;
        self.state.substituted = None;
        self.close_pipes();
        let mut args = self.arguments(&simple.words).await?;
        let (resolved, is_special) = self.resolve(&mut args);
        let Some(saved) = self.redirect(&command.redirections).await? else {
            self.state.status = self.status_of_redirection();
            return if is_special {
                Err(Interrupt::Fail(self.state.status))
            } else {
                self.check_status()
            };
        };
        let is_last = self.is_last_command();
        self.push_saved(saved);
        let mut assigned = Vec::with_capacity(simple.assignments.len());
        for assignment in &simple.assignments {
            if assignment.is_of_array() {
                // Programs get no arrays.
                if args.is_empty() {
                    self.assign_array(assignment).await?;
                }
                continue;
            }
            let value = self.assigned(assignment).await?;
            // Without a command, each sees what those before it have set.
            if args.is_empty() {
                self.set_variable(&assignment.name, value.clone()).await?;
            }
            assigned.push((assignment.name.clone(), value));
        }
        self.trace(&assigned, &args).await;
        // What the words ask for is how the last one ended; from here on it is this one.
        self.state.pipeline = None;
        if args.is_empty() {
            self.state.status = self.state.substituted.unwrap_or_default();
            return self.check_status();
        }
        match resolved {
            Resolved::Function(body) => return self.call(&body, args, assigned).await,
            Resolved::Builtin(builtin) if is_special => {
                for (name, value) in assigned {
                    self.set_variable(&name, value).await?;
                }
                self.keep_redirections_of_exec(builtin, &args);
                self.state.status = self.builtin(builtin, &args).await?;
            }
            Resolved::Builtin(builtin) => {
                self.keep_redirections_of_exec(builtin, &args);
                self.assign_for_a_time(assigned).await?;
                let declared = simple.declared.iter();
                let read_only: Vec<bool> = declared
                    .map(|array| self.state.variables.is_read_only(&array.name))
                    .collect();
                self.state.status = match self.builtin(builtin, &args).await {
                    Err(Interrupt::Fail(status)) => status,
                    outcome => outcome?,
                };
                for (array, was_read_only) in simple.declared.iter().zip(read_only) {
                    self.assign_declared(array, was_read_only).await?;
                }
            }
            Resolved::Program => {
                self.assign_for_a_time(assigned).await?;
                if is_last {
                    return match self.find_program(&args).await {
                        Ok(()) => Err(Interrupt::Become(args)),
                        Err(status) => Err(Interrupt::Exit(status)),
                    };
                }
                self.state.status = self.run_program(args).await?;
            }
        }
        self.check_status()
    }

    /// Lets the redirections of `exec` without a command stay.
    fn keep_redirections_of_exec(&mut self, builtin: Builtin, args: &[String]) {
        let keeps = builtin == Builtin::Exec && args.len() == 1;
        if keeps && matches!(self.frames.last(), Some(Frame::Redirected(_))) {
            self.frames.pop();
        }
    }

    /// Expands the words of a command. What `export` and its kin are told to assign is
    /// not split.
    async fn arguments(&mut self, words: &[Word]) -> Result<Vec<String>, Interrupt> {
        let first = words.first().and_then(Word::as_bare);
        let is_declaration = first.is_some_and(parser::is_declaration);
        if !is_declaration {
            return self.fields(words).await;
        }
        let mut arguments = Vec::with_capacity(words.len());
        for word in words {
            match parser::assignment(word.clone(), false) {
                Ok(assignment) => {
                    let value = self.assigned(&assignment).await?;
                    arguments.push(format!("{}={value}", assignment.name));
                }
                Err(word) => arguments.extend(self.fields(&[word]).await?),
            }
        }
        Ok(arguments)
    }

    /// Finds what a command is; `command` and `builtin` in front of it are taken off.
    /// Also tells whether it is one of those builtins whose errors end a script.
    fn resolve(&self, args: &mut Vec<String>) -> (Resolved, bool) {
        let mut is_plain = true;
        loop {
            let Some(name) = args.first() else {
                return (Resolved::Program, false);
            };
            let dialect = self.state.dialect;
            if is_plain
                && !builtin::is_special(name, dialect)
                && let Some(body) = self.state.functions.get(name)
            {
                return (Resolved::Function(body.clone()), false);
            }
            let Some(builtin) = Builtin::of_name(name, dialect) else {
                return (Resolved::Program, false);
            };
            let next = args.get(1).map(String::as_str);
            let taken = match (builtin, next) {
                (Builtin::Command, Some("--" | "-p")) if args.len() > 2 => 2,
                (Builtin::Command | Builtin::Plainly, Some(next)) if !next.starts_with('-') => 1,
                _ => {
                    return (
                        Resolved::Builtin(builtin),
                        is_plain && builtin::is_special(name, dialect),
                    );
                }
            };
            args.drain(..taken);
            is_plain = false;
        }
    }

    /// Puts a function on the stack.
    async fn call(
        &mut self,
        function: &Function,
        args: Vec<String>,
        assigned: Vec<(String, String)>,
    ) -> Result<(), Interrupt> {
        self.check_depth().await?;
        self.assign_for_a_time(assigned).await?;
        let mut args = args.into_iter();
        let name = args.next().unwrap_or_default();
        self.push_call(name, function.source.clone());
        let parameters = args.collect();
        let parameters = std::mem::replace(&mut self.state.parameters, Arc::new(parameters));
        self.state.calls += 1;
        self.frames.push(Frame::Function {
            parameters,
            option_letter: self.state.option_letter,
            locals: Vec::new(),
        });
        self.frames.push(Frame::Command(Arc::clone(&function.body)));
        Ok(())
    }

    /// Notes a function or a sourced file that is being run from now on.
    pub(super) fn push_call(&mut self, name: String, source: Option<Arc<str>>) {
        let line = self.state.line;
        Arc::make_mut(&mut self.state.stack).push(Call { name, line, source });
    }

    pub(super) async fn check_depth(&mut self) -> Result<(), Interrupt> {
        if self.state.calls < DEEPEST {
            Ok(())
        } else {
            let message = format!("Maximum function recursion depth ({DEEPEST}) reached");
            Err(self.fail(&message).await)
        }
    }

    /// Puts text on the stack that is read and run in this shell.
    pub(super) fn push_eval(&mut self, text: String) {
        let origin = Origin::Eval {
            speaker: self.state.speaker.clone(),
        };
        self.push_text(text, origin, self.state.line);
    }

    pub(super) fn push_text(&mut self, text: String, origin: Origin, line: usize) {
        if !matches!(origin, Origin::Whole { .. }) {
            self.state.calls += 1;
        }
        let parser = Box::new(parser::Parser::new(text, self.state.dialect, line));
        self.frames.push(Frame::Text { parser, origin });
    }

    fn push_saved(&mut self, saved: Saved) {
        if !saved.0.is_empty() {
            self.frames.push(Frame::Redirected(saved));
        }
    }

    /// Sets variables until the frame that is pushed for them is left.
    async fn assign_for_a_time(
        &mut self,
        assigned: Vec<(String, String)>,
    ) -> Result<(), Interrupt> {
        if assigned.is_empty() {
            return Ok(());
        }
        let before = assigned.iter().map(|(name, _)| {
            let variable = self.state.variables.variable(name).cloned();
            (name.clone(), variable)
        });
        self.frames.push(Frame::Assigned(before.collect()));
        for (name, value) in assigned {
            self.set_variable(&name, value).await?;
            self.state.variables.export(&name, true);
        }
        Ok(())
    }

    pub(super) fn put_back_variables(&mut self, variables: Vec<(String, Option<Variable>)>) {
        for (name, variable) in variables.into_iter().rev() {
            self.state.variables.put(&name, variable);
            if name == "OPTIND" {
                self.state.option_letter = 0;
            }
        }
    }

    /// Whether nothing is left to do behind the command that is run: the shell need not
    /// stay for it.
    fn is_last_command(&self) -> bool {
        self.state.traps.is_empty()
            && !self.state.is_interactive()
            && self.frames.iter().all(|frame| match frame {
                Frame::List { list, next } => *next >= list.items.len(),
                Frame::AndOr { and_or, next } => *next > and_or.rest.len(),
                Frame::Text { parser, origin } => {
                    matches!(origin, Origin::Whole { may_become: true }) && parser.is_at_end()
                }
                _ => false,
            })
    }

    /// Shows a command before it is run, if `-x` asks for it.
    pub(super) async fn trace(&mut self, assigned: &[(String, String)], args: &[String]) {
        if !self.state.has(Switch::XTrace) || assigned.is_empty() && args.is_empty() {
            return;
        }
        let quoted = |text: &str| match self.state.dialect {
            Dialect::Dash => text.to_owned(),
            Dialect::Ash | Dialect::Bash => quote::if_needed(text),
        };
        let assigned = assigned
            .iter()
            .map(|(name, value)| format!("{name}={}", quoted(value)));
        let words = assigned.chain(args.iter().map(|arg| quoted(arg)));
        let words = words.collect::<Vec<_>>().join(" ");
        let prompt = self.state.variables.get("PS4").unwrap_or("+ ");
        let line = format!("{prompt}{words}\n");
        self.process.complain(text::encode(&line)).await;
    }
}
