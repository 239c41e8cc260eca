//! The options of `vm docker create` as the 0.10 CLI had them in arm mode, where its words were others:
//! `GROUP NAME LOCATION TYPE`. None of them is read; whoever types one is told the line of today.

use std::ffi::OsString;

use crate::cli::commander::Complaint;

/// Those that mean nothing else here.
const OPTIONS: [&str; 41] = [
    "-C",
    "-D",
    "--nic-id",
    "-F",
    "--vnet-name",
    "-I",
    "--nic-ids",
    "-M",
    "--ssh-publickey-file",
    "-N",
    "--nic-names",
    "-P",
    "--vnet-address-prefix",
    "-Q",
    "--image-urn",
    "-U",
    "--public-ip-id",
    "-Y",
    "--data-disk-existing",
    "-f",
    "--nic-name",
    "-i",
    "--public-ip-name",
    "-j",
    "--vnet-subnet-name",
    "-k",
    "--vnet-subnet-address-prefix",
    "-m",
    "--public-ip-allocationmethod",
    "-x",
    "--data-disk-vhd",
    "-y",
    "--os-type",
    "--admin-password",
    "--admin-username",
    "--data-disk-caching",
    "--data-disk-size",
    "--docker-extension-version",
    "--os-disk-vhd",
    "--public-ip-domain-name",
    "--public-ip-idletimeout",
];

/// The line of today for one of that time, when a complaint is about one of its options.
pub fn hint(words: &[OsString], complaint: &Complaint) -> Option<String> {
    let Complaint::UnknownOption(option) = complaint else {
        return None;
    };
    let mut words = words.iter().map(|word| word.to_string_lossy());
    let is_the_command = ["vm", "docker", "create"]
        .into_iter()
        .all(|name| words.next().is_some_and(|word| word == name));
    if !is_the_command || !OPTIONS.contains(&option.as_str()) {
        return None;
    }
    let named: Vec<_> = words.take_while(|word| !word.starts_with('-')).collect();
    let [group, name, location] = match &named[..] {
        [group, name, location, ..] => [&**group, &**name, &**location],
        _ => ["GROUP", "NAME", "LOCATION"],
    };
    Some(format!(
        "`{option}` is of the 0.10 CLI; write `azure vm docker create -e 22 -g {group} -l \"{location}\" {name} Ubuntu-24_04 USER`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_that_time_gets_the_line_of_today() {
        let hint = |line: &str, option: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            hint(&words, &Complaint::UnknownOption(option.to_owned()))
        };
        let told = hint("vm docker create g web westus Linux -Q urn", "-Q").unwrap();
        assert!(
            told.contains("-e 22 -g g -l \"westus\" web Ubuntu-24_04 USER"),
            "{told}"
        );
        let told = hint("vm docker create -g g -n web -y Linux", "-y").unwrap();
        assert!(told.contains("-g GROUP -l \"LOCATION\" NAME"), "{told}");
        for (line, option) in [("vm create a b", "-Q"), ("vm docker create a b", "--frob")] {
            assert_eq!(hint(line, option), None, "{line}");
        }
    }
}
