//! Complaints, in the words of the shell that is asked for.

use super::Shell;
use super::arithmetic;
use super::dialect::Dialect;
use super::frame::{Frame, Origin};
use super::interrupt::Interrupt;
use super::options::Switch;
use super::parser::SyntaxError;
use super::text;

impl Shell {
    /// Writes a complaint to standard error, with the name of the shell in front.
    pub(super) async fn complain(&mut self, message: &str) {
        let line = format!("{}{message}\n", self.speaker());
        self.process.complain(text::encode(&line)).await;
    }

    /// Complains of something after which no script goes on.
    pub(super) async fn fail(&mut self, message: &str) -> Interrupt {
        self.fail_with(message, 2).await
    }

    pub(super) async fn fail_with(&mut self, message: &str, status: u8) -> Interrupt {
        self.complain(message).await;
        Interrupt::Fail(status)
    }

    /// Complains of the shell's own command `name`.
    pub(super) async fn complain_as(&mut self, name: &str, message: &str) {
        let before = self.state.speaker.replace(name.to_owned());
        self.complain(message).await;
        self.state.speaker = before;
    }

    /// Complains of the shell's own command `name`; the command has failed.
    pub(super) async fn fail_as(&mut self, name: &str, message: &str) -> Interrupt {
        self.complain_as(name, message).await;
        Interrupt::Fail(match self.state.dialect {
            Dialect::Ash | Dialect::Dash => 2,
            Dialect::Bash => 1,
        })
    }

    /// Returns what stands in front of bash's complaint about text that is no script.
    fn speaker_of_text(&self) -> String {
        let name = &self.state.name;
        let line = self.state.line;
        let origin = self.frames.iter().rev().find_map(|frame| match frame {
            Frame::Text { origin, .. } => Some(origin),
            _ => None,
        });
        match origin {
            Some(Origin::Eval { .. }) => format!("{name}: eval: line {line}: "),
            Some(Origin::Whole { may_become: true }) => format!("{name}: -c: line {line}: "),
            _ => self.speaker(),
        }
    }

    /// Returns what stands in front of a complaint.
    fn speaker(&self) -> String {
        let state = &self.state;
        let name = &state.name;
        let speaker = state.speaker.as_deref();
        let other = speaker.filter(|speaker| speaker != name);
        let other = other
            .map(|speaker| format!("{speaker}: "))
            .unwrap_or_default();
        let line = state.line;
        match state.dialect {
            Dialect::Ash if speaker.is_some() && !state.is_interactive() => {
                format!("{name}: {other}line {line}: ")
            }
            Dialect::Dash => format!("{name}: {line}: {other}"),
            Dialect::Bash if !state.is_interactive() => format!("{name}: line {line}: {other}"),
            Dialect::Ash | Dialect::Bash => format!("{name}: {other}"),
        }
    }

    /// Complains of text that is no script; `line` is the text of the line that is wrong.
    pub(super) async fn report_syntax(&mut self, error: &SyntaxError, line: &str) -> Interrupt {
        self.state.line = error.line;
        match self.state.dialect {
            Dialect::Ash => self.fail(&error.in_ash()).await,
            Dialect::Dash => self.fail(&error.in_dash()).await,
            Dialect::Bash => {
                let before = self.speaker_of_text();
                for message in error.in_bash(line) {
                    let line = format!("{before}{message}\n");
                    self.process.complain(text::encode(&line)).await;
                }
                Interrupt::Fail(2)
            }
        }
    }

    /// Complains of a parameter that is not set, for which `-u` ends a script.
    pub(super) async fn fail_unset_name(&mut self, name: &str) -> Interrupt {
        let message = self.not_set(name);
        match self.state.dialect {
            Dialect::Ash | Dialect::Dash => self.fail(&message).await,
            Dialect::Bash => {
                let is_plain = self.state.speaker.is_none() && !self.state.has(Switch::ErrExit);
                let status = if is_plain { 127 } else { 1 };
                self.fail_with(&message, status).await
            }
        }
    }

    pub(super) async fn report_arithmetic(
        &mut self,
        expression: &str,
        error: &arithmetic::Error,
    ) -> Interrupt {
        if let arithmetic::Error::Unset(name) = error {
            return self.fail_unset_name(name).await;
        }
        let message = self.words_for(expression, error);
        match self.state.dialect {
            Dialect::Ash | Dialect::Dash => self.fail(&message).await,
            Dialect::Bash => self.discard(&message).await,
        }
    }

    /// Complains of something after which bash goes on with the next line.
    pub(super) async fn discard(&mut self, message: &str) -> Interrupt {
        self.complain(message).await;
        Interrupt::Discard(1)
    }

    /// Returns what is said of an expression without a value.
    fn words_for(&self, expression: &str, error: &arithmetic::Error) -> String {
        use arithmetic::Error;
        let (ash, dash, bash) = match error {
            Error::Syntax => (
                "arithmetic syntax error",
                "expecting primary",
                "syntax error in expression",
            ),
            Error::Trailing => (
                "arithmetic syntax error",
                "expecting EOF",
                "syntax error in expression",
            ),
            Error::Unclosed => (
                "arithmetic syntax error",
                "expecting ')'",
                "syntax error in expression",
            ),
            Error::Conditional => (
                "malformed ?: operator",
                "expecting ':'",
                "`:' expected for conditional expression",
            ),
            Error::DivideByZero(token) if self.state.dialect.is_bash() => {
                return format!("{expression}: division by 0 (error token is \"{token}\")");
            }
            Error::DivideByZero(_) => ("divide by zero", "division by zero", ""),
            Error::NegativeExponent => {
                let words = "exponent less than 0";
                (words, words, words)
            }
            Error::Loop | Error::TooDeep => {
                let words = "expression recursion loop detected";
                (words, words, "expression recursion level exceeded")
            }
            Error::BadNumber(value) => return format!("Illegal number: {value}"),
            Error::ReadOnly(name) => return self.read_only(name),
            Error::Unset(name) => return self.not_set(name),
            Error::OutOfMemory => return "out of memory".to_owned(),
        };
        match self.state.dialect {
            Dialect::Ash => ash.to_owned(),
            Dialect::Dash => format!("arithmetic expression: {dash}: \"{expression}\""),
            Dialect::Bash => format!("{expression}: {bash}"),
        }
    }

    pub(super) fn read_only(&self, name: &str) -> String {
        match self.state.dialect {
            Dialect::Bash => format!("{name}: readonly variable"),
            Dialect::Ash | Dialect::Dash => format!("{name}: is read only"),
        }
    }

    pub(super) fn not_set(&self, name: &str) -> String {
        match self.state.dialect {
            Dialect::Bash => format!("{name}: unbound variable"),
            Dialect::Ash | Dialect::Dash => format!("{name}: parameter not set"),
        }
    }

    pub(super) fn not_found(&self, name: &str) -> String {
        match self.state.dialect {
            Dialect::Bash => format!("{name}: command not found"),
            Dialect::Ash | Dialect::Dash => format!("{name}: not found"),
        }
    }
}
