//! Keys and certificates.

pub mod armour;
pub mod authority;
pub mod certificate;
pub mod docker;
pub mod management;
pub mod private_key;
mod sealed_key;
pub mod ssh_rsa;
pub mod thumbprint;
pub mod trust;
