//! Complaints, in the words of the shell that is asked for.

use super::Shell;
use super::arithmetic;
use super::dialect::Dialect;
use super::interrupt::Interrupt;
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
            Dialect::Bash if speaker == Some(name) => format!("{name}: line {line}: "),
            Dialect::Ash | Dialect::Bash => format!("{name}: {other}"),
        }
    }

    pub(super) async fn report_syntax(&mut self, error: &SyntaxError) -> Interrupt {
        self.state.line = error.line;
        let message = match self.state.dialect {
            Dialect::Ash => error.in_ash(),
            Dialect::Dash => error.in_dash(),
            Dialect::Bash => error.in_bash(),
        };
        self.fail(&message).await
    }

    /// Complains of a parameter that is not set, for which `-u` ends a script.
    pub(super) async fn fail_unset_name(&mut self, name: &str) -> Interrupt {
        let message = self.not_set(name);
        match self.state.dialect {
            Dialect::Ash | Dialect::Dash => self.fail(&message).await,
            Dialect::Bash => self.fail_with(&message, 127).await,
        }
    }

    pub(super) async fn report_arithmetic(&mut self, error: &arithmetic::Error) -> Interrupt {
        let message = self.words_for(error);
        match self.state.dialect {
            Dialect::Ash | Dialect::Dash => self.fail(&message).await,
            Dialect::Bash => self.fail_with(&message, 1).await,
        }
    }

    /// Returns what is said of an expression without a value.
    pub(super) fn words_for(&self, error: &arithmetic::Error) -> String {
        use arithmetic::Error;
        let is_dash = self.state.dialect == Dialect::Dash;
        match error {
            Error::Syntax if is_dash => "arithmetic expression: expecting primary".to_owned(),
            Error::Syntax => "arithmetic syntax error".to_owned(),
            Error::DivideByZero if is_dash => "arithmetic expression: division by zero".to_owned(),
            Error::DivideByZero => "divide by zero".to_owned(),
            Error::NegativeExponent => "exponent less than 0".to_owned(),
            Error::Loop => "expression recursion loop detected".to_owned(),
            Error::BadNumber(value) => format!("Illegal number: {value}"),
            Error::TooDeep => "expression is nested too deeply".to_owned(),
            Error::ReadOnly(name) => self.read_only(name),
            Error::Unset(name) => self.not_set(name),
            Error::OutOfMemory => "out of memory".to_owned(),
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
