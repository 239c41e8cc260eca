//! Names: how they compare and which are valid.

use super::spelling::{is_same, spelled};

spelled! {
    /// A name of a service, a role, a disk, a region or the like.
    pub struct Name;
}

/// User names that the service keeps for the system.
const RESERVED_USERS: &[&str] = &[
    "1",
    "123",
    "a",
    "actuser",
    "adm",
    "admin",
    "admin1",
    "admin2",
    "administrator",
    "aspnet",
    "backup",
    "console",
    "david",
    "guest",
    "john",
    "owner",
    "root",
    "server",
    "sql",
    "support",
    "support_388945a0",
    "sys",
    "test",
    "test1",
    "test2",
    "test3",
    "user1",
    "user2",
    "user3",
    "user4",
    "user5",
    "video",
];

/// Whether the service keeps a user name for the system, whatever its case.
pub(crate) fn is_reserved_user(name: &str) -> bool {
    RESERVED_USERS
        .iter()
        .any(|reserved| is_same(reserved, name))
}

/// A name of a hosted service is a DNS label: letters, digits and inner hyphens, at most 63.
pub(crate) fn is_dns_label(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Storage account names: 3 to 24 lower-case letters and digits.
pub(crate) fn is_storage_account(name: &str) -> bool {
    (3..=24).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

/// Names of roles and computers: 1 to 64 letters, digits and inner hyphens or dots.
pub(crate) fn is_host_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
        && !name.starts_with(['-', '.'])
        && !name.ends_with(['-', '.'])
}

/// Names of affinity groups, deployments, reserved addresses and other labels without a domain.
pub(crate) fn is_plain(name: &str, longest: usize) -> bool {
    (1..=longest).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// What customers call endpoints and the like: letters and digits, with blanks, hyphens,
/// underscores and dots among them.
pub(crate) fn is_title(name: &str, longest: usize) -> bool {
    (1..=longest).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'_' | b'.'))
        && name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && !name.ends_with(' ')
}

/// A name in the domain name system, with or without the dot of the root.
pub(crate) fn is_domain(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.len() <= 253 && name.split('.').all(is_dns_label)
}

/// Names of images and disks (`^[A-Za-z0-9\-.]{0,511}[A-Za-z0-9.]$`, and the underscores of
/// the service's own names).
pub(crate) fn is_image(name: &str) -> bool {
    (1..=512).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && !name.ends_with(['-', '_'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_case() {
        let name = Name::from("Web");
        assert_eq!(name, Name::from("wEB"));
        let (a, b) = (Name::from("a"), Name::from("B"));
        assert!(b > a && name == "wEB");
        assert_eq!(name.to_string(), "Web");
    }

    #[test]
    fn what_they_deref_to_compares_without_case_too() {
        let (one, other) = (Some(Name::from("Web")), Some(Name::from("wEB")));
        assert_eq!(one.as_deref(), other.as_deref());
        assert!(one.is_some_and(|one| one == *Name::from("WEB")));
    }

    #[test]
    fn the_rules_of_names_hold_at_their_edges() {
        assert!(is_dns_label("a"));
        assert!(is_dns_label(&"a".repeat(63)));
        assert!(!is_dns_label(&"a".repeat(64)));
        assert!(!is_dns_label(""));
        assert!(
            !is_dns_label("-a")
                && !is_dns_label("a-")
                && !is_dns_label("a.b")
                && !is_dns_label("a_b")
        );
        assert!(
            is_storage_account("abc") && !is_storage_account("ab") && !is_storage_account("Abc")
        );
        assert!(!is_storage_account(&"a".repeat(25)));
        assert!(is_title("Remote Desktop", 80) && is_title("tcp-80-80", 9));
        assert!(!is_title("", 80) && !is_title(" a", 80) && !is_title("a ", 80));
        assert!(!is_title("a<b", 80) && !is_title("ab", 1));
        assert!(is_domain("a.example.com.") && is_domain("a") && !is_domain("a..b"));
        assert!(!is_domain("") && !is_domain("a b.com") && !is_domain("."));
        assert!(is_image("b39f__Ubuntu-14_10.x") && !is_image("a-") && !is_image("a/b"));
    }
}
