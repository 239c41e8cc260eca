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
        let hint = of_fate(error);
        Self::told_by(error, hint)
    }

    /// The same of a request of which nothing is left, however far it had come.
    pub fn of_undone(error: &backend::Error) -> Self {
        Self::told_by(error, None)
    }

    fn told_by(error: &backend::Error, fate: Option<&'static str>) -> Self {
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
        let hint = error.hint().or_else(|| match fate {
            // Whoever has to look first is not to try again.
            Some(fate)
                if error.is_lost() || matches!(error.reason(), None | Some(Reason::Busy)) =>
            {
                Some(fate)
            }
            _ => hint(error),
        });
        match hint {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

/// The one table from what went wrong to the way out.
fn hint(error: &backend::Error) -> Option<&'static str> {
    match error.reason() {
        Some(reason) => of_reason(reason),
        None if error.kind() == Kind::Busy => Some(BUSY),
        None => None,
    }
}

/// What to know of a request whose end is not, or that had begun to be carried out.
fn of_fate(error: &backend::Error) -> Option<&'static str> {
    if error.is_lost() {
        return Some("a change may have been carried out all the same; look before repeating it");
    }
    error.is_operation_failure().then_some(
        "the service had taken the request on before it failed; look at what is there before repeating it",
    )
}

fn of_reason(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::Untrusted => Some(
            "if the endpoint has an authority of its own, name it with --ca FILE or AZURE_CA_FILE",
        ),
        Reason::OutOfTime => Some("compare this machine's clock with the certificate's dates"),
        Reason::OtherName | Reason::NoTls => Some(WRONG_ADDRESS),
        Reason::Certificate => Some(UNKNOWN_CERTIFICATE),
        Reason::SignIn => Some("`azure login` signs in anew; `azure account show` tells as whom"),
        Reason::Forbidden => Some(
            "whoever owns the subscription can give the role Contributor; `azure account show` tells to whom",
        ),
        Reason::Policy => Some(
            "the owner of the subscription forbids it; ask for another location, size or group that is allowed",
        ),
        Reason::Locked => Some(
            "somebody has put a lock on it: `az lock list` shows it, and what it keeps from changing stays until it is gone",
        ),
        Reason::Quota => Some(
            "the subscription has used up what it may have: delete what is no longer needed, or ask for more in the portal",
        ),
        Reason::Disabled => Some(
            "a disabled subscription is enabled again in the portal; `azure account set NAME` chooses another",
        ),
        Reason::NoRoom => Some(
            "there is no room for such a machine at present: choose another size or location, or try again later",
        ),
        Reason::NotOffered => Some(
            "choose another size or location; `azure vm location list --json` shows what is offered where",
        ),
        Reason::Busy => Some(BUSY),
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

const BUSY: &str = "the service may be busy or out of reach; try again later";

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
        let room = said(error(Kind::Conflict).because(Reason::NoRoom).failed_later());
        assert!(room.contains("no room"), "{room}");
        let stranger = error(Kind::Denied).because(Reason::Certificate);
        assert_eq!(said(stranger), UNKNOWN_CERTIFICATE);
        for kind in [Kind::Conflict, Kind::Denied, Kind::Refused] {
            assert_eq!(said(error(kind)), "", "{kind}");
        }
        let later = || error(Kind::Refused).failed_later();
        assert!(said(later()).contains("had taken the request on"));
        assert!(
            !Failure::of_undone(&later())
                .lines()
                .iter()
                .any(|(level, _)| *level == "hint:")
        );
    }
}
