//! Compound commands: what they put on the stack, and what becomes of it.

use std::sync::Arc;

use super::Shell;
use super::frame::Frame;
use super::interrupt::Interrupt;
use super::state::Function;
use super::syntax::{Arm, Command, Kind, List, Redirection, Word};

impl Shell {
    /// Runs a command, or puts its parts on the stack.
    pub(super) async fn start_command(&mut self, command: &Arc<Command>) -> Result<(), Interrupt> {
        match &command.kind {
            Kind::Simple(simple) => return self.simple(command, simple).await,
            Kind::Subshell(list) => {
                self.state.line = command.line;
                return self.run_subshell(list, &command.redirections).await;
            }
            Kind::Function { name, body } => {
                self.define(name, body);
                return Ok(());
            }
            _ => {}
        }
        self.state.line = command.line;
        if !self.push_redirections(&command.redirections).await? {
            return self.check_status();
        }
        match &command.kind {
            Kind::Group(list) => self.push_list(list),
            Kind::If { .. } => self.push_if(command, 0),
            Kind::Loop { .. } => {
                self.state.status = 0;
                self.frames.push(Frame::Loop {
                    command: Arc::clone(command),
                    is_condition: false,
                    status: 0,
                });
            }
            Kind::For {
                variable,
                words,
                body,
            } => {
                let words = self.words_of_loop(words.as_deref()).await?;
                self.frames.push(Frame::For {
                    variable: variable.clone(),
                    words: words.into_iter(),
                    body: Arc::clone(body),
                });
            }
            Kind::Select {
                variable,
                words,
                body,
            } => {
                return self.push_select(variable, words.as_deref(), body).await;
            }
            Kind::Case { subject, arms } => {
                let subject = self.text(subject).await?;
                self.state.status = 0;
                let chosen = self.choose_arm(&subject, arms).await?;
                self.push_arms(&arms[chosen..]);
            }
            Kind::Test(test) => {
                let holds = self.test(test).await?;
                self.state.pipeline = None;
                self.state.status = u8::from(!holds);
                return self.check_status();
            }
            Kind::Arithmetic(expression) => {
                self.state.status = match self.arithmetic_command("((", expression).await? {
                    Some(value) => u8::from(value == 0),
                    None => 1,
                };
                self.state.pipeline = None;
                return self.check_status();
            }
            Kind::CountingFor {
                first,
                condition,
                step,
                ..
            } => {
                if self.arithmetic_command("((", first).await?.is_none() {
                    self.state.status = 1;
                    return self.check_status();
                }
                self.state.status = 0;
                self.frames.push(Frame::CountingFor {
                    command: Arc::clone(command),
                    condition: condition.clone(),
                    step: step.clone(),
                    is_first: true,
                });
            }
            Kind::Simple(_) | Kind::Subshell(_) | Kind::Function { .. } => {}
        }
        Ok(())
    }

    fn define(&mut self, name: &str, body: &Arc<Command>) {
        let function = Function {
            body: Arc::clone(body),
            source: self.state.source(),
        };
        let functions = Arc::make_mut(&mut self.state.functions);
        functions.insert(name.to_owned(), function);
        self.state.status = 0;
    }

    /// The words that a loop goes through: those that stand there, or the parameters.
    async fn words_of_loop(&mut self, words: Option<&[Word]>) -> Result<Vec<String>, Interrupt> {
        let words = match words {
            Some(words) => self.fields(words).await?,
            None => self.state.parameters.to_vec(),
        };
        self.state.status = 0;
        Ok(words)
    }

    async fn push_select(
        &mut self,
        variable: &str,
        words: Option<&[Word]>,
        body: &Arc<List>,
    ) -> Result<(), Interrupt> {
        let words = self.words_of_loop(words).await?;
        if !words.is_empty() {
            self.frames.push(Frame::Select {
                variable: variable.to_owned(),
                words,
                body: Arc::clone(body),
                is_shown: true,
            });
        }
        Ok(())
    }

    /// Works out an expression that is a command by itself: where it has no value the command
    /// fails, and the script goes on.
    async fn arithmetic_command(
        &mut self,
        name: &str,
        expression: &Word,
    ) -> Result<Option<i64>, Interrupt> {
        let expression = self.text(expression).await?;
        self.evaluated_as(name, &expression).await
    }

    /// Works out what a command of this name was given; none where it has no value.
    pub(super) async fn evaluated_as(
        &mut self,
        name: &str,
        expression: &str,
    ) -> Result<Option<i64>, Interrupt> {
        let before = self.state.speaker.replace(name.to_owned());
        let value = self.evaluate(expression).await;
        self.state.speaker = before;
        match value {
            Err(Interrupt::Discard(_)) => Ok(None),
            value => value.map(Some),
        }
    }

    /// Finds the first arm of a `case` that a text matches.
    async fn choose_arm(&mut self, subject: &str, arms: &[Arm]) -> Result<usize, Interrupt> {
        for (index, arm) in arms.iter().enumerate() {
            for pattern in &arm.patterns {
                let is_alike = self.state.habits.has("nocasematch");
                if self.pattern(pattern).await?.matches_in(subject, is_alike) {
                    return Ok(index);
                }
            }
        }
        Ok(arms.len())
    }

    /// Puts the first arm on the stack, above those that it falls through to.
    fn push_arms(&mut self, arms: &[Arm]) {
        let through = arms.iter().take_while(|arm| arm.falls_through).count();
        for arm in arms.iter().take(through + 1).rev() {
            let body = Arc::clone(&arm.body);
            self.push_list(&body);
        }
    }

    /// Puts back descriptors behind a compound command; false if a redirection failed.
    async fn push_redirections(&mut self, redirections: &[Redirection]) -> Result<bool, Interrupt> {
        if redirections.is_empty() {
            return Ok(true);
        }
        if let Some(saved) = self.redirect(redirections).await? {
            self.frames.push(Frame::Redirected(saved));
            Ok(true)
        } else {
            self.state.status = self.status_of_redirection();
            Ok(false)
        }
    }

    pub(super) fn step_if(&mut self, command: &Arc<Command>, branch: usize) {
        let Kind::If {
            branches,
            otherwise,
        } = &command.kind
        else {
            return;
        };
        self.pop();
        if self.state.status == 0 {
            self.push_list(&branches[branch].1);
            return;
        }
        if branch + 1 < branches.len() {
            self.push_if(command, branch + 1);
        } else if let Some(otherwise) = otherwise {
            self.push_list(otherwise);
        } else {
            // An `if` without a branch to take has gone well.
            self.state.status = 0;
        }
    }

    fn push_if(&mut self, command: &Arc<Command>, branch: usize) {
        if let Kind::If { branches, .. } = &command.kind {
            self.frames.push(Frame::If {
                command: Arc::clone(command),
                branch,
            });
            self.push_condition();
            self.push_list(&branches[branch].0);
        }
    }

    pub(super) fn step_loop(&mut self) {
        let status = self.state.status;
        let Some(Frame::Loop {
            command,
            is_condition,
            status: of_body,
        }) = self.frames.last_mut()
        else {
            return;
        };
        let Kind::Loop {
            is_until,
            condition,
            body,
        } = &command.kind
        else {
            return;
        };
        if !*is_condition {
            *of_body = status;
            *is_condition = true;
            let condition = Arc::clone(condition);
            self.push_condition();
            self.push_list(&condition);
        } else if (status == 0) == *is_until {
            self.state.status = *of_body;
            self.pop();
        } else {
            *is_condition = false;
            let body = Arc::clone(body);
            self.push_list(&body);
        }
    }

    pub(super) async fn step_counting_for(&mut self) -> Result<(), Interrupt> {
        let Some(Frame::CountingFor {
            command,
            condition,
            step,
            is_first,
        }) = self.frames.last_mut()
        else {
            return Ok(());
        };
        let command = Arc::clone(command);
        let condition = condition.clone();
        let step = (!std::mem::replace(is_first, false)).then(|| step.clone());
        if let Some(step) = step {
            self.arithmetic(&step).await?;
        }
        let condition = self.text(&condition).await?;
        // An empty condition holds.
        let holds = condition.trim().is_empty() || self.evaluate(&condition).await? != 0;
        match &command.kind {
            Kind::CountingFor { body, .. } if holds => self.push_list(body),
            _ => self.pop(),
        }
        Ok(())
    }
}
