//! Arguments that may be given as an option of their name: what no option fills, the words fill in
//! their order.

/// An argument is neither there nor filled by an option.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is required")]
pub struct Missing(&'static str);

/// The value of the argument called `name`; an empty one is none.
pub fn required(value: Option<String>, name: &'static str) -> Result<String, Missing> {
    value.filter(|value| !value.is_empty()).ok_or(Missing(name))
}

/// The values of `N` arguments, out of the words and the options of their names.
pub fn fill<const N: usize>(
    words: [Option<String>; N],
    named: [Option<String>; N],
) -> [Option<String>; N] {
    let mut words = words.into_iter().flatten();
    named.map(|option| option.or_else(|| words.next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fill_what_no_option_fills() {
        let some = |text: &str| Some(text.to_owned());

        let filled = fill(
            [some("80"), some("permit"), None],
            [None, some("web"), None],
        );

        assert_eq!(filled, [some("80"), some("web"), some("permit")]);
    }
}
