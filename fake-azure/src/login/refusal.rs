//! The one table of how the authority says no: status, error, number and words.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::state::StateError;
use crate::world::directory::DirectoryRefusal;

/// A refusal of the authority's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(super) status: u16,
    pub(super) error: &'static str,
    /// The number behind `AADSTS`.
    number: u32,
    words: String,
    /// What exactly was at fault, for the journal.
    detail: Option<String>,
}

impl Refusal {
    pub(super) fn new(
        status: u16,
        error: &'static str,
        number: u32,
        words: impl Into<String>,
    ) -> Self {
        Self {
            status,
            error,
            number,
            words: words.into(),
            detail: None,
        }
    }

    fn detail(mut self, detail: String) -> Self {
        self.detail = Some(detail);
        self
    }

    pub(super) fn unavailable() -> Self {
        Self::new(
            503,
            "temporarily_unavailable",
            90033,
            "A transient error has occurred. Please try again.",
        )
    }

    /// A change cannot be written down.
    pub(super) fn not_written(error: &StateError) -> Self {
        Self::unavailable().detail(error.with_cause())
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::new(
            400,
            "invalid_request",
            900_144,
            format!("The request body must contain the following parameter: '{parameter}'."),
        )
    }

    pub(super) fn no_tenant(name: &str) -> Self {
        Self::new(
            400,
            "invalid_request",
            90002,
            format!(
                "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
            ),
        )
    }

    pub(super) fn no_grant(grant: &str) -> Self {
        Self::new(
            400,
            "unsupported_grant_type",
            70003,
            format!(
                "The app requested an unsupported grant type '{grant}'. Make sure the application you wrote is in sync with OAuth 2.0."
            ),
        )
    }

    pub(super) fn no_scope(scope: &str) -> Self {
        Self::new(
            400,
            "invalid_scope",
            70011,
            format!(
                "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
            ),
        )
    }

    pub(super) fn no_resource(resource: &str, tenant: &str) -> Self {
        Self::new(
            400,
            "invalid_resource",
            500_011,
            format!(
                "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."
            ),
        )
    }

    pub(super) fn bad_assertion(words: &str) -> Self {
        Self::new(401, "invalid_client", 50027, words)
    }

    /// The code waits for somebody.
    pub(super) fn pending() -> Self {
        Self::new(
            400,
            "authorization_pending",
            70016,
            "OAuth 2.0 device flow error. Authorization is pending. Continue polling.",
        )
    }

    /// Somebody said no.
    pub(super) fn declined() -> Self {
        Self::new(
            400,
            "authorization_declined",
            70017,
            "The end user has denied the authorization request.",
        )
    }

    /// The code has been used up.
    pub(super) fn redeemed() -> Self {
        Self::new(
            400,
            "invalid_grant",
            54005,
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
        )
    }

    /// The same, as the first version of the API says it.
    pub(super) fn of_version_1(mut self) -> Self {
        self.error = match self.error {
            "authorization_declined" => "access_denied",
            "expired_token" => "code_expired",
            other => other,
        };
        self
    }

    /// The words with the number before and the request behind, and the whole as a document.
    pub(super) fn document(
        &self,
        base: &str,
        now: Timestamp,
        trace: &str,
        correlation: &str,
    ) -> Value {
        let Self { number, words, .. } = self;
        let time = now.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
        json!({
            "error": self.error,
            "error_description": format!(
                "AADSTS{number}: {words} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}"
            ),
            "error_codes": [number],
            "timestamp": time,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": format!("{base}/error?code={number}"),
        })
    }

    /// Its word.
    pub(crate) fn error(&self) -> &'static str {
        self.error
    }

    /// What the journal tells of it.
    pub(crate) fn told(&self) -> String {
        let told = format!("AADSTS{}: {}", self.number, self.error);
        match &self.detail {
            Some(detail) => format!("{told}: {detail}"),
            None => told,
        }
    }
}

impl From<DirectoryRefusal> for Refusal {
    fn from(refusal: DirectoryRefusal) -> Self {
        match refusal {
            DirectoryRefusal::NoApplication(id) => Self::new(
                400,
                "unauthorized_client",
                700_016,
                format!(
                    "Application with identifier '{id}' was not found in the directory. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."
                ),
            ),
            DirectoryRefusal::WrongSecret(id) => Self::new(
                401,
                "invalid_client",
                7_000_215,
                format!(
                    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{id}'."
                ),
            ),
            DirectoryRefusal::OldSecret(id) => Self::new(
                401,
                "invalid_client",
                7_000_222,
                format!(
                    "The provided client secret keys for app '{id}' are expired. Visit the Azure portal to create new keys for your app, or consider using certificate credentials for added security."
                ),
            ),
            DirectoryRefusal::NoCertificate(thumbprint) => Self::new(
                401,
                "invalid_client",
                700_027,
                format!(
                    "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for the app.]"
                ),
            ),
            DirectoryRefusal::WrongPassword => Self::new(
                400,
                "invalid_grant",
                50126,
                "Error validating credentials due to invalid username or password.",
            ),
            DirectoryRefusal::NoUser(name) => Self::new(
                400,
                "invalid_grant",
                50034,
                format!(
                    "The user account {name} does not exist in the directory. To sign into this application, the account must be added to the directory."
                ),
            ),
            DirectoryRefusal::NoDeviceCode => Self::new(
                400,
                "bad_verification_code",
                70018,
                "The provided value for the input parameter 'device_code' is not valid.",
            ),
            DirectoryRefusal::OldDeviceCode => Self::new(
                400,
                "expired_token",
                70020,
                "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
            ),
            DirectoryRefusal::NoRefreshToken => Self::new(
                400,
                "invalid_grant",
                70008,
                "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
            )
            .detail("there is no such refresh token".to_owned()),
            DirectoryRefusal::OldRefreshToken => Self::new(
                400,
                "invalid_grant",
                700_082,
                "The refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
            ),
        }
    }
}
