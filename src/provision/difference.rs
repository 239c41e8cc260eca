//! In what a run differs from one that is unfinished.

use super::site::classic::part::ClassicPart;

/// A part of an order that two runs say differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub part: Part,
    /// What the unfinished run says of it; none where it says nothing, empty where a word has no
    /// value.
    pub before: Option<String>,
    /// What this one says.
    pub now: Option<String>,
}

/// A part of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The machine's name.
    Machine,
    /// The image.
    Image,
    /// The location.
    Location,
    /// The size.
    Size,
    /// The user.
    User,
    /// The public port for ssh.
    Ssh,
    /// Ssh without a public port.
    HiddenSsh,
    /// The key that opens ssh.
    SshKey,
    /// A key for ssh that is made.
    MadeSshKey,
    /// Ssh without a password.
    NoSshPassword,
    /// The public port for remote desktops.
    RemoteDesktop,
    /// Docker's port.
    Docker,
    /// Boot diagnostics.
    BootDiagnostics,
    /// Data for the first boot.
    CustomData,
    /// The folder of Docker's certificates.
    CertificateFolder,
    /// The name in Docker's certificate.
    CertificateName,
    /// The resource group.
    ResourceGroup,
    /// Whom the ports are open to.
    OpenTo,
    /// What only classic Azure knows.
    Classic(ClassicPart),
}
