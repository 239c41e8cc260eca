//! The order of names in which numbers count as numbers: `file2` before `file10`.

use std::cmp::Ordering;

/// Compares two names by their parts: text as text, digits as numbers.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    loop {
        let (text_a, rest_a) = split(a, false);
        let (text_b, rest_b) = split(b, false);
        let (digits_a, rest_a) = split(rest_a, true);
        let (digits_b, rest_b) = split(rest_b, true);
        let order = text_a.cmp(text_b).then_with(|| number(digits_a, digits_b));
        if order.is_ne() || (rest_a.is_empty() && rest_b.is_empty()) {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn split(text: &[u8], digits: bool) -> (&[u8], &[u8]) {
    let end = text.iter().position(|b| b.is_ascii_digit() != digits);
    text.split_at(end.unwrap_or(text.len()))
}

/// Compares numbers of any length.
fn number(a: &[u8], b: &[u8]) -> Ordering {
    let bare = |digits: &[u8]| {
        let zeros = digits.iter().take_while(|b| **b == b'0').count();
        digits[zeros..].to_vec()
    };
    let (a, b) = (bare(a), bare(b));
    a.len().cmp(&b.len()).then_with(|| a.cmp(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = ["file10", "file2", "a", "file02b", "1.10.0", "1.9.3"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(
            names,
            ["1.9.3", "1.10.0", "a", "file2", "file02b", "file10"]
        );
    }
}
