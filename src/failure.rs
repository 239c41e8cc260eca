//! What a user sees when a command fails: the error, what lies beneath, and a way out.

use std::error::Error as StdError;

use serde_json::{Value, json};

use crate::backend::{self, Kind, Reason, RequestId};

/// The exit status of a command that was interrupted.
const INTERRUPTED: u8 = 130;

/// A failed command.
#[derive(Debug)]
pub struct Failure {
    message: Box<str>,
    more: &'static [&'static str],
    causes: Vec<String>,
    hints: Vec<String>,
    request: Option<RequestId>,
    code: u8,
    held: Option<u16>,
    left: Option<Box<Value>>,
}

impl Failure {
    /// A failure of our own finding.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into().into(),
            more: &[],
            causes: Vec::new(),
            hints: Vec::new(),
            request: None,
            code: 1,
            held: None,
            left: None,
        }
    }

    /// An error with all that lies beneath it.
    pub fn of(error: &dyn StdError) -> Self {
        let mut failure = Self::new(error.to_string());
        let mut cause = error.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Libraries tend to repeat what lies beneath in their own line.
            if !failure.message.ends_with(&text)
                && failure
                    .causes
                    .last()
                    .is_none_or(|last| !last.ends_with(&text))
            {
                failure.causes.push(text);
            }
            cause = error.source();
        }
        failure
    }

    /// Says it in other words.
    #[must_use]
    pub fn said_as(mut self, message: impl Into<String>) -> Self {
        self.message = message.into().into();
        self
    }

    /// Adds lines to the message, which the old CLI broke there. Words of others never end a line.
    #[must_use]
    pub fn continued(mut self, lines: &'static [&'static str]) -> Self {
        self.more = lines;
        self
    }

    /// Adds what lies beneath.
    #[must_use]
    pub fn with_cause(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Says that the user interrupted the command.
    #[must_use]
    pub fn interrupted(mut self) -> Self {
        self.code = INTERRUPTED;
        self
    }

    /// Says what is left of what the command made, for programs; what was said before stays.
    #[must_use]
    pub fn leaving_unless_told(mut self, left: Value) -> Self {
        self.left.get_or_insert_with(|| Box::new(left));
        self
    }

    /// The failure for programs, of a command that tells them what it makes.
    pub fn document(&self) -> Option<Value> {
        let left = self.left.as_ref()?;
        Some(json!({
            "error": self.message,
            "causes": self.causes,
            "hints": self.hints,
            "request": self.request.as_ref().map(RequestId::as_str),
            "interrupted": self.code == INTERRUPTED,
            "left": left,
        }))
    }

    /// The exit status: 1, or 130 when interrupted.
    pub fn code(&self) -> u8 {
        self.code
    }

    /// Is the command to be run anew, because another operation held what it had read, and after how
    /// many seconds (0: nobody said)?
    pub fn is_held(&self) -> Option<u16> {
        self.held
    }

    /// The error's own words.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The printed lines, each with its level; one that continues another has none.
    pub fn lines(&self) -> Vec<(&'static str, &str)> {
        let mut lines = vec![("error:", &*self.message)];
        lines.extend(self.more.iter().map(|line| ("", *line)));
        lines.extend(self.causes.iter().map(|cause| ("cause:", cause.as_str())));
        lines.extend(self.hints.iter().map(|hint| ("hint:", hint.as_str())));
        if let Some(request) = &self.request {
            lines.push(("request:", request.as_str()));
        }
        lines
    }
}

impl From<backend::Error> for Failure {
    fn from(error: backend::Error) -> Self {
        Self::of_backend(&error)
    }
}

impl Failure {
    /// A cloud's refusal, with its code, its request's id, and a way out.
    pub fn of_backend(error: &backend::Error) -> Self {
        let mut failure = Self::of(error);
        if let Some(code) = error.code()
            && !error.is_operation_failure()
        {
            failure
                .causes
                .insert(0, format!("the service answered {code}"));
        }
        failure.request = error.request().cloned();
        failure.held = error.is_held();
        match error.hint().or_else(|| hint(error)) {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

/// The one table from what went wrong to the way out.
fn hint(error: &backend::Error) -> Option<&'static str> {
    if error.is_lost() {
        return Some("a change may have been carried out all the same; look before repeating it");
    }
    if error.is_operation_failure() {
        return Some(
            "the service had taken the request on before it failed; look at what is there before repeating it",
        );
    }
    let Some(reason) = error.reason() else {
        return match error.kind() {
            Kind::Denied => Some(UNKNOWN_CERTIFICATE),
            Kind::Busy => Some("the service may be busy or out of reach; try again later"),
            Kind::Conflict | Kind::NotFound | Kind::Refused | Kind::Unexpected => None,
        };
    };
    match reason {
        Reason::Untrusted => Some(
            "if the endpoint has an authority of its own, name it with --ca FILE or AZURE_CA_FILE",
        ),
        Reason::OutOfTime => Some("compare this machine's clock with the certificate's dates"),
        Reason::OtherName | Reason::NoTls => Some(WRONG_ADDRESS),
        Reason::Disabled => Some(
            "a disabled subscription is enabled again in the portal; `azure account set NAME` chooses another",
        ),
        Reason::Quota => Some(
            "the subscription has used up what it may have: delete what is no longer needed, or ask for more in the portal",
        ),
        Reason::Exclusive => Some(
            "another operation is at work there; nothing was changed. Try again when it has ended",
        ),
        Reason::Redirected => Some(
            "certificate and request go to the subscription's own cloud alone; nothing was done. Import publish settings that name the right address with `azure account import FILE`",
        ),
        Reason::Nonsense => Some(
            "something else than the service may have answered, for instance a proxy; `azure account show -d` shows the address",
        ),
        _ => None,
    }
}

const UNKNOWN_CERTIFICATE: &str = "the management certificate has to belong to the subscription; import newer publish settings with `azure account import FILE`";

const WRONG_ADDRESS: &str = "the publish settings may name a wrong address; `azure account show -d` shows it, `azure account import FILE` imports newer ones";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_shows_its_code_and_request() {
        let error = backend::Error::new(Kind::Conflict, "The specified DNS name is already taken.")
            .with_code("ConflictError")
            .with_request(RequestId::new("a077"));

        let failure = Failure::from(error);

        assert_eq!(
            failure.lines(),
            [
                ("error:", "The specified DNS name is already taken."),
                ("cause:", "the service answered ConflictError"),
                ("request:", "a077"),
            ]
        );
    }

    #[test]
    fn a_reason_and_not_words_says_what_to_do() {
        let said = |error: backend::Error| {
            let failure = Failure::from(error);
            let hint = failure
                .lines()
                .into_iter()
                .find(|(level, _)| *level == "hint:");
            hint.map(|(_, words)| words.to_owned()).unwrap_or_default()
        };
        let error = |kind| backend::Error::new(kind, "in whatever words");

        let lock = said(error(Kind::Conflict).because(Reason::Exclusive));
        assert!(lock.contains("when it has ended"), "{lock}");
        let quota = said(error(Kind::Denied).because(Reason::Quota));
        assert!(quota.contains("ask for more"), "{quota}");
        assert_eq!(said(error(Kind::Denied)), UNKNOWN_CERTIFICATE);
        assert_eq!(said(error(Kind::Conflict)), "");
    }
}
