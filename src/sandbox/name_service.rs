//! The name service switch: `hosts: files dns`, whatever the machine says.
//!
//! Services such as nscd, systemd-resolved or sssd answer from the machine's own files, which
//! know nothing of the simulated names.

const HOSTS: &str = "hosts: files dns";

/// The machine's nsswitch.conf(5) with its line for hosts replaced.
pub(super) fn files_first(machine: &str) -> String {
    let mut replaced = false;
    let mut lines: Vec<&str> = Vec::new();
    for line in machine.lines() {
        if line.trim_start().starts_with("hosts:") {
            if !replaced {
                lines.push(HOSTS);
            }
            replaced = true;
        } else {
            lines.push(line);
        }
    }
    if !replaced {
        lines.push(HOSTS);
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_line_for_hosts_changes() {
        let machine = "# names\npasswd: files systemd\nhosts:\tmymachines resolve [!UNAVAIL=return] files dns\nnetworks: files\n";
        assert_eq!(
            files_first(machine),
            "# names\npasswd: files systemd\nhosts: files dns\nnetworks: files\n"
        );
    }

    #[test]
    fn a_missing_line_is_added_and_a_second_one_dropped() {
        assert_eq!(
            files_first("passwd: files"),
            "passwd: files\nhosts: files dns\n"
        );
        assert_eq!(
            files_first("hosts: dns\n hosts: resolve\n"),
            "hosts: files dns\n"
        );
        assert_eq!(files_first(""), "hosts: files dns\n");
    }
}
