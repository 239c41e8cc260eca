//! The lines to type for a host that answers.

use std::path::Path;

use crate::pki::docker::DockerCertificates;

/// The two lines for `docker`, as they can be typed in a shell; for a set that `--tlsverify` cannot
/// work with, one line and the reason.
pub fn lines(
    certificates: &DockerCertificates,
    home: Option<&Path>,
    address: &str,
    verifies: bool,
) -> Vec<String> {
    let files = files(certificates, home);
    let mut lines = vec![format!("docker --tls{files} -H tcp://{address} info")];
    if verifies {
        lines.push(format!("docker --tlsverify{files} -H tcp://{address} info"));
    }
    lines
}

/// The options that name the files, unless docker finds them by itself.
fn files(certificates: &DockerCertificates, home: Option<&Path>) -> String {
    let folder = certificates.ca_file.parent();
    if folder.is_some() && folder == home.map(|home| home.join(".docker")).as_deref() {
        return String::new();
    }
    [
        ("--tlscacert", &certificates.ca_file),
        ("--tlscert", &certificates.client_cert_file),
        ("--tlskey", &certificates.client_key_file),
    ]
    .into_iter()
    .map(|(option, file)| format!(" {option} {}", quoted(&file.display().to_string())))
    .collect::<Vec<_>>()
    .concat()
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+:@%,=".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_a_blank_is_quoted() {
        assert_eq!(quoted("/home/me/my certs"), "'/home/me/my certs'");
        assert_eq!(quoted("/home/me/it's"), r"'/home/me/it'\''s'");
        assert_eq!(quoted("/home/me/.docker"), "/home/me/.docker");
    }
}
