//! What the properties draw from.

use proptest::prelude::*;
use proptest::sample::select;

/// Every character that counts as special.
pub(crate) const SPECIAL: &str = "*!@#$%^&+=";

fn one_of(characters: &str) -> impl Strategy<Value = char> + use<> {
    select(characters.chars().collect::<Vec<_>>())
}

/// A password that is built by its classes and then shuffled.
pub(crate) fn good_password() -> impl Strategy<Value = String> {
    let classes = (
        proptest::char::range('a', 'z'),
        proptest::char::range('A', 'Z'),
        proptest::char::range('0', '9'),
        one_of(SPECIAL),
        prop::collection::vec(proptest::char::range(' ', '~'), 4..60),
    );
    classes
        .prop_map(|(lower, upper, digit, special, mut rest)| {
            rest.extend([lower, upper, digit, special]);
            rest
        })
        .prop_shuffle()
        .prop_map(String::from_iter)
}

/// A DNS label.
pub(crate) fn label() -> impl Strategy<Value = String> {
    "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
}
