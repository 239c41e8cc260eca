//! The story of a Docker host: check, plan, create, wait, verify.
