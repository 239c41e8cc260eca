//! Why a cloud refused or fell silent, as far as that leads to a way out.

/// The reason of an error. Hints follow from it, never from words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// The server's certificate comes from nobody who is trusted.
    Untrusted,
    /// The server's certificate is not valid at this time.
    OutOfTime,
    /// The server's certificate is for another name.
    OtherName,
    /// The server speaks no TLS.
    NoTls,
    /// The request was sent elsewhere, where it may not go.
    Redirected,
    /// The answer is not one of the service's.
    Nonsense,
    /// Nobody is signed in, or not as anybody that the service knows.
    SignIn,
    /// The one who is signed in may not do that.
    Forbidden,
    /// The owner of the subscription forbids such things.
    Policy,
    /// The subscription is disabled.
    Disabled,
    /// The subscription does not know the certificate.
    Certificate,
    /// The subscription has used up what it may have.
    Quota,
    /// Somebody has the name.
    NameTaken,
    /// What carries the name was made by another run, for certain.
    OfAnother,
    /// There is no room for such a machine where it is to be.
    NoRoom,
    /// Machines of that size are not to be had where it is to be.
    NotOffered,
    /// The service has too much to do.
    Busy,
    /// Another operation is at work on the same thing.
    Exclusive,
    /// Others are in what was to be removed.
    Inhabited,
    /// Somebody has put a lock on it.
    Locked,
}

impl Reason {
    /// The reason that the service's own code tells. Codes that stand for many things, as
    /// `ConflictError` and `ForbiddenError` do, tell none: those depend on what was asked.
    pub fn told_by(code: &str) -> Option<Self> {
        // Those of a failed operation say whose they are: `Compute.…`.
        let own = code.rsplit('.').next().unwrap_or(code);
        Some(match own {
            "SubscriptionDisabled" => Self::Disabled,
            "AuthenticationFailed" | "CertificateAuthenticationFailed" | "SubscriptionNotFound" => {
                Self::Certificate
            }
            "OverconstrainedAllocationRequest" | "AllocationFailed" => Self::NoRoom,
            "LocationNotFoundForRoleSize" => Self::NotOffered,
            "ServerBusy" | "TooManyRequests" | "OperationTimedOut" => Self::Busy,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_tells_a_reason_and_a_code_for_many_things_does_not() {
        for (code, reason) in [
            ("SubscriptionDisabled", Some(Reason::Disabled)),
            ("AuthenticationFailed", Some(Reason::Certificate)),
            (
                "Compute.OverconstrainedAllocationRequest",
                Some(Reason::NoRoom),
            ),
            ("LocationNotFoundForRoleSize", Some(Reason::NotOffered)),
            ("ServerBusy", Some(Reason::Busy)),
            ("ConflictError", None),
            ("ForbiddenError", None),
            ("BadRequest", None),
        ] {
            assert_eq!(Reason::told_by(code), reason, "{code}");
        }
    }
}
