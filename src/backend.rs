//! The trait that provisioning is written against.
