//! Properties of what is typed and of the certificate folder, all through the public API.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking and write into folders of their own"
)]

mod cert_dirs;
mod names;
mod passwords;
mod ports;
mod resource_manager;
mod strategies;
mod xml;
