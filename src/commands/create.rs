//! What both create commands share: the words for what happens, and for what is left.

pub mod engine_text;
pub mod narrator;
pub mod removal;
