//! Which names resources may have.

/// 1 to 80 letters, digits, `_`, `-` and dots, beginning with a letter, digit or `_`, ending
/// with one of the first three: what Network and Compute take.
pub(super) fn is_resource_name(name: &str) -> bool {
    let first = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (1..=80).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && name.starts_with(first)
        && !name.ends_with(['.', '-'])
}

/// Storage accounts: 3 to 24 lower-case letters and digits.
pub(super) fn is_account_name(name: &str) -> bool {
    crate::world::names::is_storage_account(name)
}
