//! The terminal: streams, colour, progress, prompts.
