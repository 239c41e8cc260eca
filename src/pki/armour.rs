//! The blocks of a PEM text, cut out as they stand.

/// The certificates of a text and nothing else: what lies beside them, a key above all, stays here.
pub fn certificates(text: &str) -> String {
    blocks(text, |label| label == "CERTIFICATE").concat()
}

/// The first private key of a text, without what lies beside it.
pub fn first_key(text: &str) -> Option<&str> {
    blocks(text, |label| label.ends_with("PRIVATE KEY"))
        .into_iter()
        .next()
}

/// The blocks of the wanted labels, each with the end of its last line.
fn blocks(text: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<&str> {
    const BEGIN: &str = "-----BEGIN ";
    const DASHES: &str = "-----";
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = text[at..].find(BEGIN).map(|begin| at + begin) {
        let label_at = begin + BEGIN.len();
        let Some(label) = text[label_at..]
            .find(DASHES)
            .map(|end| &text[label_at..label_at + end])
        else {
            break;
        };
        let end = format!("-----END {label}-----");
        at = label_at;
        if let Some(length) = text[begin..].find(&end) {
            let inner = &text[label_at..begin + length];
            // A block that never ends is not closed by the next one of its kind.
            if !inner.contains(BEGIN) {
                let mut stop = begin + length + end.len();
                for line_end in ["\r", "\n"] {
                    if text[stop..].starts_with(line_end) {
                        stop += 1;
                    }
                }
                if is_wanted(label) {
                    found.push(&text[begin..stop]);
                }
                at = stop;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const CERTIFICATE: &str =
        "-----BEGIN CERTIFICATE-----\r\nAAAA\r\n-----END CERTIFICATE-----\r\n";
    const KEY: &str = "-----BEGIN RSA PRIVATE KEY-----\nBBBB\n-----END RSA PRIVATE KEY-----\n";

    #[test]
    fn a_key_beside_a_certificate_stays_here() {
        for text in [
            format!("{KEY}{CERTIFICATE}"),
            format!("{CERTIFICATE}{KEY}"),
            format!(
                "Bag Attributes\n  key: BBBB\n{CERTIFICATE}-----BEGIN PRIVATE KEY-----\nBBBB\n"
            ),
            format!("-----BEGIN PRIVATE KEY-----\nBBBB\n{CERTIFICATE}BBBB"),
            format!("-----BEGIN CERTIFICATE-----\nBBBB\n{KEY}{CERTIFICATE}"),
        ] {
            assert_eq!(certificates(&text), CERTIFICATE, "{text}");
        }
    }

    #[test]
    fn a_text_of_certificates_alone_keeps_every_byte() {
        let both = format!("{CERTIFICATE}{CERTIFICATE}");

        assert_eq!(certificates(&both), both);
        assert_eq!(certificates(CERTIFICATE.trim_end()), CERTIFICATE.trim_end());
        assert_eq!(certificates(KEY), "");
    }

    #[test]
    fn only_the_first_key_is_taken() {
        let text = format!("{CERTIFICATE}{KEY}{}", KEY.replace("BBBB", "CCCC"));

        assert_eq!(first_key(&text), Some(KEY));
    }
}
