//! What was typed: clap definitions, one file per noun, without meaning.
#![expect(
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags,
    reason = "doc comments here are the help that clap shows: `[22]` and `<image>` are its words"
)]

pub mod fake;
pub mod vm;
