//! What only Resource Manager knows: groups, tags, public addresses and what hangs on them.

mod cidr;
mod effect;
mod fact;
mod plan;
mod task;

use super::{Setup, Site};
use crate::domain::Port;

pub use cidr::{Cidr, NotCidr};
pub use effect::{At, MachineNeeds, ResourceEffect};
pub use fact::{Facts, Group, Provider, SizeFact, Usage};
pub use plan::{Names, ResourcePlan};
pub use task::ResourceTask;

/// The most that custom data may hold, in bytes, as 87,380 characters of base64.
pub(crate) const CUSTOM_DATA: usize = 65_535;

/// What is kept of it for ours: certificates, a drop-in and an installer come to some 5 KB. The rest is
/// the user's, in base64.
const OURS: usize = 12 << 10;

impl Site {
    /// Resource Manager; the port is the one that Docker has registered for TLS.
    pub const RESOURCE_MANAGER: Self = Self {
        host: "host",
        default_size: "Standard_B2s",
        docker: Port::DOCKER_TLS,
        ssh: Port::SSH,
        remote_desktop: Port::RDP,
        custom_data: (CUSTOM_DATA - OURS) / 4 * 3,
        guessed_passwords: GUESSED_PASSWORDS,
        windows_name: 15,
        setup: Setup {
            name: "first boot",
            working: "Docker is being installed",
            silent: "Docker is being installed at the first boot",
        },
        own_certificates: true,
    };
}

/// Passwords that no account gets, as the service's documentation lists them.
const GUESSED_PASSWORDS: &[&str] = &[
    "abc@123",
    "P@$$w0rd",
    "P@ssw0rd",
    "P@ssword123",
    "Pa$$word",
    "pass@word1",
    "Password!",
    "Password1",
    "Password22",
    "iloveyou!",
];

/// The name in requests of a location, however it was spelled: `West US` is `westus`.
pub fn canonical(location: &str) -> String {
    location
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect::<String>()
        .to_ascii_lowercase()
}
