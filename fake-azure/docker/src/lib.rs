//! A Docker Engine API on any stream.
