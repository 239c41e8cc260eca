//! Why the directory says no.

/// Why somebody may not sign in; the skin has the authority's words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DirectoryRefusal {
    /// There is no application of this identifier.
    NoApplication(String),
    /// The application has secrets, and this is none of them.
    WrongSecret(String),
    /// It was one of them.
    OldSecret(String),
    /// The application knows no certificate of this thumbprint.
    NoCertificate(String),
    /// No user of this name has this password.
    WrongPassword,
    /// There is no such user.
    NoUser(String),
    /// There is no such device code.
    NoDeviceCode,
    /// It was there for too long.
    OldDeviceCode,
    /// There is no such refresh token.
    NoRefreshToken,
    /// It was good once.
    OldRefreshToken,
}
