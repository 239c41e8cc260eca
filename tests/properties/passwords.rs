use azure::domain::{Password, PasswordError};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::strategies::{SPECIAL, good_password};

/// The rule in ten lines, by counting, not by searching.
fn oracle(text: &str) -> bool {
    let mut counts = [0; 4];
    for c in text.chars() {
        match c {
            'a'..='z' => counts[0] += 1,
            'A'..='Z' => counts[1] += 1,
            '0'..='9' => counts[2] += 1,
            '*' | '!' | '@' | '#' | '$' | '%' | '^' | '&' | '+' | '=' => counts[3] += 1,
            c if c.is_control() || "\u{2028}\u{2029}\u{fffe}\u{ffff}".contains(c) => return false,
            _ => {}
        }
    }
    counts.iter().all(|count| *count > 0) && (8..=72).contains(&text.encode_utf16().count())
}

proptest! {
    #[test]
    fn a_password_is_accepted_if_and_only_if_the_rule_says_so(text in "[aA1!. \u{e9}]{0,12}|\\PC{0,80}|[ -~]{0,80}") {
        prop_assert_eq!(Password::for_linux(&text).is_ok(), oracle(&text));
    }

    #[test]
    fn a_password_built_by_its_classes_is_accepted_as_it_is(text in good_password()) {
        let password = Password::for_linux(&text).unwrap();

        prop_assert_eq!(password.expose(), text);
    }

    #[test]
    fn a_dropped_class_is_named(text in good_password()) {
        type Class = fn(char) -> bool;
        let classes: [(Class, PasswordError); 4] = [
            (|c| c.is_ascii_lowercase(), PasswordError::NoLowerCase),
            (|c| c.is_ascii_uppercase(), PasswordError::NoUpperCase),
            (|c| c.is_ascii_digit(), PasswordError::NoDigit),
            (|c| SPECIAL.contains(c), PasswordError::NoSpecial),
        ];
        for (class, error) in classes {
            let without: String = text.chars().map(|c| if class(c) { '.' } else { c }).collect();
            prop_assert_eq!(Password::for_linux(&without).unwrap_err(), error);
        }
    }

    #[test]
    fn a_length_outside_the_limits_is_counted(text in good_password(), short in 0..8_usize) {
        let cut: String = text.chars().take(short).collect();
        prop_assert_eq!(
            Password::for_linux(&cut).unwrap_err(),
            PasswordError::TooShort { is: short, least: 8 }
        );
        let long = format!("{text}{}", "x".repeat(73));
        prop_assert_eq!(
            Password::for_linux(&long).unwrap_err(),
            PasswordError::TooLong { is: long.len(), most: 72 }
        );
    }

    #[test]
    fn a_line_end_anywhere_is_refused(text in good_password(), at in any::<Index>(), end in prop::sample::select(vec!['\n', '\r', '\0', '\u{2028}', '\u{1b}'])) {
        let mut text = text;
        text.insert(at.index(text.len() + 1), end);

        prop_assert_eq!(Password::for_linux(&text).unwrap_err(), PasswordError::Untypable);
    }

    #[test]
    fn nothing_shows_the_password(text in good_password()) {
        let password = Password::for_linux(&text).unwrap();

        prop_assert_eq!(format!("{password:?}"), "Password(..)");
        let error = Password::for_linux(&text.repeat(20)).unwrap_err();
        let said = format!("{error:?} {error} {}", error.reason());
        prop_assert!(!said.contains(&text));
    }
}

#[test]
fn every_class_error_has_the_old_sentence() {
    for text in ["short", "NOLOWER1!", "noupper1!", "NoDigits!", "NoSpecial1"] {
        let said = Password::for_linux(text).unwrap_err().to_string();
        assert_eq!(
            said,
            "password must be at least 8 character in length, it must contain a lower case, an upper case, \
             a number and a special character such as !@#$%^&+="
        );
    }
}
