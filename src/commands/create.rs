//! What both create commands share: the words for what happens, and for what is left.

pub mod advice;
pub mod docker_lines;
pub mod document;
pub mod engine_text;
pub mod narrator;
pub mod password;
pub mod preview_text;
pub mod removal;
pub mod session;
pub mod words;
