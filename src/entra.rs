//! Signing in to today's Azure: who asks, which authority vouches for it, and the tokens that it gives.

mod assertion;
mod authority;
mod az;
mod claim;
mod cloud;
mod device;
mod identity;
mod login;
mod metadata;
mod source;
mod token;

pub use authority::Authority;
pub use az::{Az, NoAz};
pub use claim::{tenant_of, user_of};
pub use cloud::Cloud;
pub use device::{DeviceCode, PUBLIC_CLIENT};
pub use identity::IdentityService;
pub use login::{Credential, Login};
pub use metadata::discover;
pub use source::{Around, Keeper, TokenSource};
pub use token::Token;
