//! The words of the field as types that are valid once they exist.
