//! What both create commands share: the run, the words for what happens, and for what is left.

pub mod docker_lines;
pub mod document;
pub mod engine_text;
pub mod failure;
pub mod narrator;
pub mod password;
pub mod preview_text;
pub mod removal;
pub mod run;
pub mod session;
mod ssh_key;
