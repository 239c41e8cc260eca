//! How the service says no.

use std::fmt;

/// A request that the service turns down: status, code and message as they go over the wire.
///
/// Statuses, codes and messages are those of the real service where a recording or its
/// documentation tells them (Service Management REST API, "Service Management Status and
/// Error Codes"); docs/fidelity.md lists the choices where nothing does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// The `Code` of the error body.
    pub code: String,
    /// The `Message` of the error body.
    pub message: String,
    /// What exactly was at fault, for the journal and the header `x-fake-azure-detail`.
    pub detail: Option<String>,
}

impl Refusal {
    /// A refusal with words of its own.
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            detail: None,
        }
    }

    /// Adds what exactly was at fault.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// What was at fault; where the message names it already, the message.
    pub(crate) fn fault(&self) -> &str {
        let detail = self.detail.as_deref().unwrap_or_default();
        if detail.trim().is_empty() {
            &self.message
        } else {
            detail
        }
    }

    /// 400 `BadRequest`.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, "BadRequest", message)
    }

    /// 400 `BadRequest` for a value of the wrong type or out of its range.
    pub fn parameter(detail: impl Into<String>) -> Self {
        Self::bad_request("A parameter was incorrect").detail(detail)
    }

    /// 400 `InvalidXmlRequest`.
    pub fn invalid_xml(detail: impl Into<String>) -> Self {
        Self::new(
            400,
            "InvalidXmlRequest",
            "The request body's XML was invalid or not correctly specified.",
        )
        .detail(detail)
    }

    /// 400 `MissingOrInvalidRequiredQueryParameter`.
    pub fn query(detail: impl Into<String>) -> Self {
        Self::new(
            400,
            "MissingOrInvalidRequiredQueryParameter",
            "A required query parameter was not specified for this request or was specified incorrectly.",
        )
        .detail(detail)
    }

    /// 404 `ResourceNotFound`.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, "ResourceNotFound", message)
    }

    /// 404 `ResourceNotFound` in the service's generic words.
    pub fn resource(detail: impl Into<String>) -> Self {
        Self::not_found("The specified resource does not exist.").detail(detail)
    }

    /// 409 `ConflictError`.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(409, "ConflictError", message)
    }

    /// 403 `ForbiddenError`, as the real service answers unknown subscriptions and certificates.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(
            403,
            "ForbiddenError",
            "The server failed to authenticate the request. Verify that the certificate is valid and is associated with this subscription.",
        )
        .detail(detail)
    }

    /// 501 for an operation that the real service has and the simulator has not.
    pub fn not_modelled(operation: &str) -> Self {
        Self::new(
            501,
            "NotImplemented",
            format!(
                "The operation '{operation}' is not modelled by this simulator; docs/fidelity.md lists what is."
            ),
        )
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status, self.code, self.message)?;
        if let Some(detail) = &self.detail {
            write!(f, " ({detail})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
