//! Private, atomic, never-overwriting writes.
