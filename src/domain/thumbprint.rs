//! The SHA-1 by which the service knows a certificate.

/// The 40 digits of a thumbprint in upper case, however they are parted: OpenSSL writes colons,
/// Windows blanks, and a mark that nobody sees before them.
pub fn thumbprint(text: &str) -> Option<String> {
    let digits: String = text
        .chars()
        .filter(|letter| {
            !matches!(letter, ':' | '-') && !letter.is_whitespace() && !super::is_harmful(*letter)
        })
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    (digits.len() == 40 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colons_blanks_and_hidden_marks_do_not_matter() {
        let plain = "A9993E364706816ABA3E25717850C26C9CD0D89D";
        let pairs: Vec<&str> = (0..20).map(|n| &plain[2 * n..2 * n + 2]).collect();
        for text in [
            plain.to_owned(),
            plain.to_lowercase(),
            pairs.join(":"),
            format!("\u{200e}{}", pairs.join(" ").to_lowercase()),
        ] {
            assert_eq!(thumbprint(&text).as_deref(), Some(plain), "{text}");
        }
        for text in [
            "",
            "my.pem",
            &plain[1..],
            &format!("{plain}0"),
            &plain.replace('A', "G"),
        ] {
            assert_eq!(thumbprint(text), None, "{text}");
        }
    }
}
