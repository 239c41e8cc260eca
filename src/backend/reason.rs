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
    /// The subscription is disabled.
    Disabled,
    /// The subscription has used up what it may have.
    Quota,
    /// Another operation is at work on the same thing.
    Exclusive,
    /// Others are in what was to be removed.
    Inhabited,
}

/// What the service says when another operation holds a deployment, an account or a disk.
const EXCLUSIVE: &str = "requires exclusive access";

impl Reason {
    /// The reason that the service's own code and words tell.
    pub fn told_by(code: &str, message: &str) -> Option<Self> {
        if code == "SubscriptionDisabled" || says_disabled(message) {
            Some(Self::Disabled)
        } else if message.contains(EXCLUSIVE) {
            Some(Self::Exclusive)
        } else if message.contains("subscription policy limit") {
            Some(Self::Quota)
        } else {
            None
        }
    }
}

fn says_disabled(message: &str) -> bool {
    let message = message.to_lowercase();
    message.contains("subscription") && message.contains("disabled")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_words_tell_a_lock_and_a_quota() {
        let lock = "Windows Azure is currently performing an operation with x-ms-requestid ff on this deployment that requires exclusive access.";
        let quota = "The subscription policy limit for resource type 'cores count' was exceeded.";

        assert_eq!(
            Reason::told_by("ConflictError", lock),
            Some(Reason::Exclusive)
        );
        assert_eq!(
            Reason::told_by("ForbiddenError", quota),
            Some(Reason::Quota)
        );
        assert_eq!(
            Reason::told_by("SubscriptionDisabled", ""),
            Some(Reason::Disabled)
        );
        assert_eq!(
            Reason::told_by("ConflictError", "The specified DNS name is already taken."),
            None
        );
    }
}
