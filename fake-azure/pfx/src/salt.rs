//! Salts: what is drawn by chance, so that nobody can guess it.

/// Bytes that were drawn by chance.
#[expect(
    clippy::disallowed_methods,
    reason = "a salt must not be the caller's choice"
)]
pub(crate) fn fresh<const N: usize>() -> [u8; N] {
    rand::random()
}
