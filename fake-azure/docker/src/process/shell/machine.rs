//! The machine that runs commands: it looks at the top of its stack and takes a step.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::Shell;
use super::frame::{Frame, Origin};
use super::interrupt::Interrupt;
use super::options::Switch;
use super::parser::Stop;
use super::syntax::{Connector, List, Pipeline};

impl Shell {
    /// Runs what is on the stack, and the trap of the end; returns the exit code.
    pub(super) fn run(self) -> BoxFuture<'static, u8> {
        Box::pin(self.run_to_end())
    }

    async fn run_to_end(mut self) -> u8 {
        let mut code = None;
        loop {
            match self.run_frames().await {
                Ok(()) => code = code.or(Some(self.state.status)),
                Err(Interrupt::Become(args)) => return self.become_program(args).await,
                // A `return` that has no function to leave ends the script.
                Err(
                    Interrupt::Exit(status) | Interrupt::Fail(status) | Interrupt::Return(status),
                ) => code = Some(status),
                Err(Interrupt::Break(_) | Interrupt::Continue(_) | Interrupt::Discard(_)) => {}
            }
            let code = code.unwrap_or(self.state.status);
            self.state.status = code;
            let Some(action) = self.state.traps.take_exit() else {
                return code;
            };
            self.unwind(|_| false);
            self.frames.push(Frame::Trap {
                status: code,
                then_exits: false,
            });
            self.push_eval(action);
        }
    }

    /// Runs until the stack is empty or an interrupt has left all of it.
    async fn run_frames(&mut self) -> Result<(), Interrupt> {
        while !self.frames.is_empty() {
            self.process.step().await;
            let outcome = if self.push_trap() {
                Ok(())
            } else {
                self.step().await
            };
            if let Err(interrupt) = outcome {
                self.interrupt(interrupt)?;
            }
        }
        Ok(())
    }

    /// Takes one step of what is on top of the stack.
    async fn step(&mut self) -> Result<(), Interrupt> {
        match self.frames.last_mut() {
            None => Ok(()),
            Some(Frame::List { list, next }) => {
                let Some(item) = list.items.get(*next) else {
                    self.pop();
                    return Ok(());
                };
                *next += 1;
                let and_or = Arc::clone(&item.and_or);
                if item.is_background {
                    return self.start_background(&and_or).await;
                }
                if and_or.rest.is_empty() {
                    self.start_pipeline(&and_or.first).await
                } else {
                    self.frames.push(Frame::AndOr { and_or, next: 0 });
                    Ok(())
                }
            }
            Some(Frame::AndOr { and_or, next }) => {
                let place = *next;
                *next += 1;
                let and_or = Arc::clone(and_or);
                self.step_and_or(&and_or, place).await
            }
            Some(Frame::Command(command)) => {
                let command = Arc::clone(command);
                self.pop();
                self.start_command(&command).await
            }
            Some(Frame::If { command, branch }) => {
                let (command, branch) = (Arc::clone(command), *branch);
                self.step_if(&command, branch);
                Ok(())
            }
            Some(Frame::Loop { .. }) => {
                self.step_loop();
                Ok(())
            }
            Some(Frame::For {
                variable,
                words,
                body,
            }) => {
                let Some(word) = words.next() else {
                    self.pop();
                    return Ok(());
                };
                let (variable, body) = (variable.clone(), Arc::clone(body));
                if self.state.variables.referred(&variable).is_some() {
                    // A reference is led to each in turn.
                    let led = self.state.variables.refer(&variable, &word);
                    self.taken(&variable, led).await?;
                } else {
                    self.set_variable(&variable, word).await?;
                }
                self.push_list(&body);
                Ok(())
            }
            Some(Frame::CountingFor { .. }) => self.step_counting_for().await,
            Some(Frame::Select { .. }) => self.step_select().await,
            Some(Frame::Timed { since, is_posix }) => {
                let (since, is_posix) = (*since, *is_posix);
                self.pop();
                self.tell_time(since, is_posix).await;
                Ok(())
            }
            Some(Frame::Function { .. }) => {
                self.pop();
                // What it returned may be a failure that nobody has heard of.
                self.check_status()
            }
            Some(Frame::Trap {
                then_exits: true, ..
            }) => {
                self.pop();
                Err(Interrupt::Exit(self.state.status))
            }
            Some(Frame::Text { .. }) => self.step_text().await,
            Some(Frame::Input(_)) => self.step_input().await,
            Some(
                Frame::Condition
                | Frame::Negation
                | Frame::Redirected(_)
                | Frame::Assigned(_)
                | Frame::Trap { .. },
            ) => {
                self.pop();
                Ok(())
            }
        }
    }

    async fn step_and_or(
        &mut self,
        and_or: &Arc<super::syntax::AndOr>,
        place: usize,
    ) -> Result<(), Interrupt> {
        let pipeline = match place.checked_sub(1).map(|index| and_or.rest.get(index)) {
            None => &and_or.first,
            Some(None) => {
                self.pop();
                return Ok(());
            }
            Some(Some((connector, pipeline))) => {
                let wants_success = *connector == Connector::And;
                if wants_success != (self.state.status == 0) {
                    return Ok(());
                }
                pipeline
            }
        };
        if place < and_or.rest.len() {
            self.push_condition();
        }
        self.start_pipeline(pipeline).await
    }

    async fn step_text(&mut self) -> Result<(), Interrupt> {
        let aliases = Arc::clone(&self.state.aliases);
        let Some(Frame::Text { parser, .. }) = self.frames.last_mut() else {
            return Ok(());
        };
        parser.set_aliases(aliases);
        let outcome = parser.next_commands();
        let line = parser.line_here().to_owned();
        let echo = self.text_for_verbose();
        if let Some(echo) = echo {
            self.process.complain(echo).await;
        }
        match outcome {
            Ok(Some(list)) if self.state.has(Switch::NoExec) => drop(list),
            Ok(Some(list)) => self.push_list(&list),
            Ok(None) | Err(Stop::Incomplete) => self.pop(),
            Err(Stop::Error(error)) => return Err(self.report_syntax(&error, &line).await),
        }
        Ok(())
    }

    /// Returns what `-v` shows of the line that was just read.
    fn text_for_verbose(&self) -> Option<String> {
        match self.frames.last() {
            Some(Frame::Text {
                parser,
                origin: Origin::Whole { .. },
            }) if self.state.has(Switch::Verbose) => Some(parser.last_text().to_owned()),
            _ => None,
        }
    }

    /// Runs a pipeline, or puts its one command on the stack.
    pub(super) async fn start_pipeline(&mut self, pipeline: &Pipeline) -> Result<(), Interrupt> {
        if let Some(is_posix) = pipeline.is_timed {
            let since = self.process.now();
            self.frames.push(Frame::Timed { since, is_posix });
        }
        if pipeline.is_negated {
            self.state.conditions += 1;
            self.frames.push(Frame::Negation);
        }
        match pipeline.commands.as_slice() {
            [command] => self.start_command(command).await,
            commands => {
                self.run_pipeline(commands).await?;
                self.check_status()
            }
        }
    }

    /// Says how long a pipeline has taken, as `time` of bash does.
    async fn tell_time(&mut self, since: Timestamp, is_posix: bool) {
        let passed = self.process.now().duration_since(since);
        let (seconds, millis) = (passed.as_secs().max(0), passed.subsec_millis().max(0));
        let told = if is_posix {
            format!("real {seconds}.{:02}\nuser 0.00\nsys 0.00\n", millis / 10)
        } else {
            let (minutes, seconds) = (seconds / 60, seconds % 60);
            format!("\nreal\t{minutes}m{seconds}.{millis:03}s\nuser\t0m0.000s\nsys\t0m0.000s\n")
        };
        self.process.complain(told).await;
    }

    pub(super) fn push_list(&mut self, list: &Arc<List>) {
        self.frames.push(Frame::List {
            list: Arc::clone(list),
            next: 0,
        });
    }

    pub(super) fn push_condition(&mut self) {
        self.state.conditions += 1;
        self.frames.push(Frame::Condition);
    }

    /// Ends the shell if `-e` says so after a command, once the trap for errors has been run.
    pub(super) fn check_status(&mut self) -> Result<(), Interrupt> {
        if self.state.status == 0 || self.state.conditions > 0 {
            return Ok(());
        }
        let must_end = self.state.has(Switch::ErrExit);
        if self.push_error_trap(must_end) {
            return Ok(());
        }
        if must_end {
            Err(Interrupt::Exit(self.state.status))
        } else {
            Ok(())
        }
    }

    /// Takes the top of the stack away, and undoes what it stands for.
    pub(super) fn pop(&mut self) {
        match self.frames.pop() {
            Some(Frame::Condition) => self.state.conditions -= 1,
            Some(Frame::Negation) => {
                self.state.conditions -= 1;
                if self.state.pipeline.is_none() {
                    // What is asked for later is how the command ended, and not the opposite.
                    self.state.pipeline = Some([self.state.status].into());
                }
                self.state.status = u8::from(self.state.status == 0);
            }
            Some(Frame::Redirected(saved)) => self.put_back(saved),
            Some(Frame::Assigned(variables)) => self.put_back_variables(variables),
            Some(Frame::Function {
                parameters,
                option_letter,
                locals,
            }) => {
                self.state.calls -= 1;
                // What comes next stands where it was called.
                if let Some(call) = Arc::make_mut(&mut self.state.stack).pop() {
                    self.state.line = call.line;
                }
                self.state.pipeline = None;
                self.state.parameters = parameters;
                self.state.option_letter = option_letter;
                self.put_back_variables(locals);
            }
            Some(Frame::Text { origin, .. }) => self.leave_text(origin),
            Some(Frame::Trap { status, .. }) => self.state.status = status,
            _ => {}
        }
    }

    fn leave_text(&mut self, origin: Origin) {
        let (speaker, parameters) = match origin {
            Origin::Whole { .. } => return,
            Origin::Eval { speaker } => (speaker, None),
            Origin::Sourced {
                speaker,
                parameters,
            } => {
                Arc::make_mut(&mut self.state.stack).pop();
                (speaker, parameters)
            }
        };
        self.state.calls -= 1;
        self.state.speaker = speaker;
        if let Some(parameters) = parameters {
            self.state.parameters = parameters;
        }
    }

    /// Leaves all frames above the first, from the top, that `stays`.
    pub(super) fn unwind(&mut self, stays: impl Fn(&Frame) -> bool) {
        while self.frames.last().is_some_and(|frame| !stays(frame)) {
            // A negation that is left has nothing to negate.
            let status = self.state.status;
            let is_negation = matches!(self.frames.last(), Some(Frame::Negation));
            self.pop();
            if is_negation {
                self.state.status = status;
            }
        }
    }

    /// Leaves what an interrupt says is to be left.
    fn interrupt(&mut self, interrupt: Interrupt) -> Result<(), Interrupt> {
        match interrupt {
            Interrupt::Break(loops) => {
                self.leave_loops(loops, true);
                Ok(())
            }
            Interrupt::Continue(loops) => {
                self.leave_loops(loops, false);
                Ok(())
            }
            Interrupt::Return(status) => {
                let stays = |frame: &Frame| {
                    matches!(
                        frame,
                        Frame::Function { .. }
                            | Frame::Text {
                                origin: Origin::Sourced { .. },
                                ..
                            }
                            | Frame::Input(_)
                    )
                };
                if !self.frames.iter().any(stays) {
                    self.unwind(|_| false);
                    return Err(Interrupt::Return(status));
                }
                self.unwind(stays);
                self.state.status = status;
                // A function is left like one that has run to its end.
                if let Some(Frame::Input(_) | Frame::Function { .. }) = self.frames.last() {
                    return Ok(());
                }
                self.pop();
                self.check_status()
            }
            Interrupt::Fail(status)
                if self.state.is_interactive()
                    && self.frames.iter().any(|f| matches!(f, Frame::Input(_))) =>
            {
                self.unwind(|frame| matches!(frame, Frame::Input(_)));
                self.state.status = status;
                Ok(())
            }
            Interrupt::Discard(status) => {
                let reads_lines = |frame: &Frame| {
                    matches!(
                        frame,
                        Frame::Input(_)
                            | Frame::Text {
                                origin: Origin::Whole { .. },
                                ..
                            }
                    )
                };
                self.unwind(reads_lines);
                self.state.status = status;
                Ok(())
            }
            other => Err(other),
        }
    }

    /// Leaves loops, and the last of them only for its next turn if it is not `all`.
    fn leave_loops(&mut self, loops: usize, all: bool) {
        // A function may leave the loop from which it was called.
        let loops = self
            .frames
            .iter()
            .filter(|frame| frame.is_loop())
            .count()
            .min(loops);
        for left in (0..loops).rev() {
            self.unwind(Frame::is_loop);
            if left > 0 || all {
                self.pop();
            }
        }
        if loops > 0 {
            self.state.status = 0;
        }
    }
}
