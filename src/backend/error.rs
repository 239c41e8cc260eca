//! What goes wrong at a cloud, told by what the caller can do about it.

use std::fmt;

use super::Reason;

/// Any error beneath ours.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The result of asking a cloud.
pub type Result<T> = std::result::Result<T, Error>;

/// What the caller can do about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// Choose another name, or use what is there.
    Conflict,
    /// Name something that exists.
    NotFound,
    /// Change the request.
    Refused,
    /// Sign in, or ask for access.
    Denied,
    /// Wait and repeat.
    Busy,
    /// Report it: the answer made no sense.
    Unexpected,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Conflict => "conflict",
            Self::NotFound => "not found",
            Self::Refused => "refused",
            Self::Denied => "denied",
            Self::Busy => "busy",
            Self::Unexpected => "unexpected",
        })
    }
}

/// The id that a cloud gave to one request; its support asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct RequestId(String);

impl RequestId {
    /// Keeps `id` as the service wrote it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A cloud's refusal, or no answer at all.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: Kind,
    message: String,
    code: Option<String>,
    request: Option<RequestId>,
    fate: Fate,
    held: Option<u16>,
    reason: Option<Reason>,
    hint: Option<String>,
    #[source]
    source: Option<BoxError>,
}

/// What is known of a failed request's effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// The cloud answered.
    Answered,
    /// The request may have been carried out, but its answer was lost.
    Lost,
    /// The cloud took the request on, and the operation failed later.
    FailedLater,
}

impl Error {
    /// An error that says `message`.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            code: None,
            request: None,
            fate: Fate::Answered,
            held: None,
            reason: None,
            hint: None,
            source: None,
        }
    }

    /// Adds the service's own code, such as `ConflictError`.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds the id of the request that failed.
    #[must_use]
    pub fn with_request(mut self, request: RequestId) -> Self {
        self.request = Some(request);
        self
    }

    /// That others are in what was to be removed.
    pub fn inhabited(tenants: &[String]) -> Self {
        let verb = if tenants.len() == 1 { "is" } else { "are" };
        Self::new(
            Kind::Conflict,
            format!("{} {verb} in it", tenants.join(", ")),
        )
        .because(Reason::Inhabited)
    }

    /// That something was made for a cloud which this one is not.
    pub(super) fn of_another_cloud() -> Self {
        Self::new(Kind::Refused, "it belongs to another cloud than this one")
    }

    /// Adds the reason, from which the way out follows.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// The refusal of a request for a name that only one may have: a conflict is about the name.
    #[must_use]
    pub fn of_a_name(self) -> Self {
        match (self.reason, self.code.as_deref()) {
            (None, Some("ConflictError")) => self.because(Reason::NameTaken),
            _ => self,
        }
    }

    /// Adds what lies beneath.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds a way out that only the one who asked can know of.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Marks that the request was sent and its answer lost (time-out, connection reset, broken
    /// body): it may have been carried out, and is looked up rather than repeated.
    #[must_use]
    pub fn lost(mut self) -> Self {
        self.fate = Fate::Lost;
        self
    }

    /// Marks that another operation held what was to be replaced: it has to be read anew, after so
    /// many seconds if the service said (0 if not).
    #[must_use]
    pub fn held(mut self, seconds: u16) -> Self {
        self.held = Some(seconds);
        self
    }

    /// Marks that an accepted operation ended in failure.
    #[must_use]
    pub fn failed_later(mut self) -> Self {
        self.fate = Fate::FailedLater;
        self
    }

    /// What the caller can do.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The error's own line.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The reason, where it leads to a way out.
    pub fn reason(&self) -> Option<Reason> {
        self.reason
    }

    /// The service's own code.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The id of the request that failed.
    pub fn request(&self) -> Option<&RequestId> {
        self.request.as_ref()
    }

    /// The way out, where it depends on more than kind and code.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Is the answer lost, and the effect unknown?
    pub fn is_lost(&self) -> bool {
        self.fate == Fate::Lost
    }

    /// Did nobody answer, or somebody else than the cloud, so that a question is safe and worth to be
    /// put again?
    pub fn is_unanswered(&self) -> bool {
        self.is_lost() || self.kind == Kind::Busy || self.reason == Some(Reason::Nonsense)
    }

    /// Was the request taken on, so that its operation is what failed?
    pub fn is_operation_failure(&self) -> bool {
        self.fate == Fate::FailedLater
    }

    /// Is everything to be read anew because another operation may have changed it, and after how
    /// many seconds?
    pub fn is_held(&self) -> Option<u16> {
        self.held
    }

    /// May the request have had an effect all the same?
    ///
    /// A refusal that came as the answer had none: what carries the wished name then belongs to
    /// somebody else.
    pub fn may_have_happened(&self) -> bool {
        self.fate != Fate::Answered || matches!(self.kind, Kind::Busy | Kind::Unexpected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_that_was_answered_had_no_effect() {
        for kind in [Kind::Conflict, Kind::NotFound, Kind::Refused, Kind::Denied] {
            assert!(!Error::new(kind, "no").may_have_happened(), "{kind}");
        }
    }

    #[test]
    fn a_lost_answer_and_a_failed_operation_may_have_had_one() {
        assert!(Error::new(Kind::Busy, "reset").lost().may_have_happened());
        assert!(
            Error::new(Kind::Refused, "Port 22")
                .failed_later()
                .may_have_happened()
        );
        assert!(Error::new(Kind::Busy, "internal").may_have_happened());
    }

    #[test]
    fn an_error_prints_its_own_line_only() {
        let error = Error::new(Kind::Busy, "no answer").with_source("connection reset");

        assert_eq!(error.to_string(), "no answer");
        assert_eq!(
            std::error::Error::source(&error).map(ToString::to_string),
            Some("connection reset".to_owned())
        );
    }
}
