//! A simulator of classic Azure.
