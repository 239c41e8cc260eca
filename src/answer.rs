//! What a command answers: one value, rendered as text or JSON.
