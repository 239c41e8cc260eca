//! What was typed: clap definitions, one file per noun, without meaning.

pub mod fake;
pub mod vm;
