use azure::domain::{ServiceName, ServiceNameError, StorageAccountName, UserName, VmName};
use proptest::prelude::*;

use crate::strategies::label;

proptest! {
    #[test]
    fn scheme_and_domain_are_left_off(name in label(), scheme in "|https?://|tcp://", domain in "|\\.cloudapp\\.net|\\.|\\.a\\.b:80/x") {
        let typed = format!("{scheme}{name}{domain}");

        let parsed: ServiceName = typed.parse().unwrap();
        prop_assert_eq!(parsed.as_str(), name);
    }

    #[test]
    fn a_name_is_a_label_or_refused(text in "[a-zA-Z0-9_ -]{0,70}") {
        let is_label = (1..=63).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !text.starts_with('-')
            && !text.ends_with('-');

        match text.parse::<ServiceName>() {
            Ok(name) => prop_assert!(is_label, "{name}"),
            Err(ServiceNameError::Missing) => prop_assert_eq!(text, ""),
            Err(ServiceNameError::Invalid(named)) => {
                prop_assert!(!is_label);
                prop_assert_eq!(named, text);
            }
        }
    }

    #[test]
    fn a_made_storage_account_name_is_always_a_good_one(prefix in "\\PC{0,40}", milliseconds in 1_000_000_000_000..9_999_999_999_999_i64) {
        let made = StorageAccountName::made_from(&prefix, milliseconds);

        prop_assert_eq!(made.as_str().parse(), Ok(made.clone()));
        prop_assert!(made.as_str().ends_with(&milliseconds.to_string()));
    }

    #[test]
    fn no_text_makes_a_name_panic(text in "\\PC{0,80}|[ -~]{0,80}") {
        drop((
            UserName::for_docker_host(&text),
            UserName::for_windows(&text),
            VmName::for_linux(&text),
            VmName::for_windows(&text),
        ));
    }

    #[test]
    fn docker_is_refused_in_every_case(flips in prop::array::uniform6(any::<bool>())) {
        let name: String = "docker"
            .chars()
            .zip(flips)
            .map(|(c, flip)| if flip { c.to_ascii_uppercase() } else { c })
            .collect();

        prop_assert_eq!(
            UserName::for_docker_host(&name).unwrap_err().to_string(),
            "docker is not valid username for docker vm. Please specify another username."
        );
    }
}

#[test]
fn a_scheme_without_a_name_is_no_name() {
    for text in ["", "http://", ".cloudapp.net", "http://.cloudapp.net"] {
        assert_eq!(
            text.parse::<ServiceName>(),
            Err(ServiceNameError::Missing),
            "{text}"
        );
    }
}
