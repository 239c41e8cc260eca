//! What was typed: clap definitions, one file per noun, without meaning.

pub mod vm;
pub mod fake;
