//! What the options of `network vnet create` mean: the arithmetic of addresses is done here.

use std::net::Ipv4Addr;

use crate::cli::network::vnet::VnetCreateArgs;

/// The longest prefix of a network or subnet.
const LONGEST: u32 = 29;

/// The private networks, in which a virtual network lies.
const PRIVATE: [(Ipv4Addr, u32); 3] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
];

/// Why the options make no sense; the words are the old CLI's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VnetError {
    /// Two places are named.
    #[error("Either --location or --affinity-group must be present not both")]
    TwoPlaces,
    /// A group is to be made and is named as well.
    #[error("--create-new-affinity-group can be used only with --location")]
    NewGroupElsewhere,
    /// The size of the network is told twice.
    #[error("Both optional parameters --cidr and --max-vm-count cannot be specified together")]
    TwoSizes,
    /// The size of the subnet is told twice.
    #[error(
        "Both optional parameters --subnet-cidr and --subnet-vm-count cannot be specified together"
    )]
    TwoSubnetSizes,
    /// An option needs others.
    #[error("{0}")]
    Needs(String),
    /// The subnet cannot have this name.
    #[error(
        "The --subnet-name can contain only letters, numbers and hyphens with no more than 63 characters. It must start with a letter or number"
    )]
    SubnetName,
    /// An address is none.
    #[error("The IP address ({option}) {text} is invalid. ")]
    Address {
        /// The option.
        option: &'static str,
        /// What was typed.
        text: String,
    },
    /// The network does not lie in a private one.
    #[error("Invalid --address-space value")]
    NotPrivate(Ipv4Addr),
    /// An address with its prefix is none.
    #[error("The address space \"{0}\" is invalid.")]
    Prefix(String),
    /// A number is none.
    #[error("{0} should be an integer value")]
    Number(&'static str),
    /// A prefix is too short or too long.
    #[error("cidr {option}should be a number in the range [{least}, {LONGEST}] ")]
    Cidr {
        /// The option, in brackets and with a blank, or nothing.
        option: &'static str,
        /// The shortest prefix.
        least: u32,
    },
    /// The subnet begins elsewhere.
    #[error("The subnet is not in the address space")]
    SubnetElsewhere {
        /// The network, as address and prefix.
        network: String,
    },
}

/// A virtual network as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VnetSettings {
    /// Its addresses, as address and prefix.
    pub address_prefix: String,
    /// The name of its subnet.
    pub subnet_name: String,
    /// The addresses of its subnet, as address and prefix.
    pub subnet_prefix: String,
    /// What was chosen for the user.
    pub notes: Vec<String>,
}

/// Understands the options.
pub fn understand(args: &VnetCreateArgs) -> Result<VnetSettings, VnetError> {
    check_together(args)?;
    let subnet_name = match &args.subnet_name {
        None => "Subnet-1".to_owned(),
        Some(name) if is_name(name) => name.clone(),
        Some(_) => return Err(VnetError::SubnetName),
    };
    let mut notes = Vec::new();
    let start = if let Some(text) = &args.address_space {
        address(text, "--address-space")?
    } else {
        let (start, _) = PRIVATE[0];
        notes.push(format!("Using default address space start IP: {start}"));
        start
    };
    let (_, shortest) = *PRIVATE
        .iter()
        .find(|(network, prefix)| is_within(*network, *prefix, start))
        .ok_or(VnetError::NotPrivate(start))?;
    let cidr = match (&args.max_vm_count, &args.cidr) {
        (Some(count), _) => {
            let (count, cidr) = prefix_for(count, "--vm-count")?;
            notes.push(format!(
                "The cidr calculated for the given --max-vm-count {count} is {cidr}"
            ));
            Some(cidr)
        }
        (None, Some(cidr)) => cidr.trim().parse().ok(),
        (None, None) => {
            notes.push(format!("Using default address space cidr: {shortest}"));
            Some(shortest)
        }
    };
    let option = if args.cidr.is_some() { "(--cidr) " } else { "" };
    let cidr = check_cidr(cidr, shortest, option)?;
    let subnet_start = if let Some(text) = &args.subnet_start_ip {
        address(text, "--subnet-start-ip")?
    } else {
        let first = Ipv4Addr::from(u32::from(start) & mask(cidr));
        notes.push(format!("Using default subnet start IP: {first}"));
        first
    };
    if !is_within(start, cidr, subnet_start) {
        return Err(VnetError::SubnetElsewhere {
            network: format!("{start}/{cidr}"),
        });
    }
    let subnet_cidr = match (&args.subnet_vm_count, &args.subnet_cidr) {
        (Some(count), _) => {
            let (count, cidr) = prefix_for(count, "--subnet-vm-count")?;
            notes.push(format!(
                "The cidr calculated for the given --subnet-vm-count {count} is {cidr}"
            ));
            Some(cidr)
        }
        (None, Some(cidr)) => cidr.trim().parse().ok(),
        (None, None) => {
            let chosen = (cidr + 3).min(LONGEST);
            notes.push(format!("Using default subnet cidr: {chosen}"));
            Some(chosen)
        }
    };
    let option = if args.subnet_cidr.is_some() {
        "(--subnet-cidr) "
    } else {
        "(calculated from --subnet-vm-count) "
    };
    let subnet_cidr = check_cidr(subnet_cidr, cidr, option)?;
    Ok(VnetSettings {
        address_prefix: format!("{start}/{cidr}"),
        subnet_name,
        subnet_prefix: format!("{subnet_start}/{subnet_cidr}"),
        notes,
    })
}

fn check_together(args: &VnetCreateArgs) -> Result<(), VnetError> {
    if args.location.is_some() && args.affinity_group.is_some() {
        return Err(VnetError::TwoPlaces);
    }
    if args.create_new_affinity_group && args.affinity_group.is_some() {
        return Err(VnetError::NewGroupElsewhere);
    }
    if args.cidr.is_some() && args.max_vm_count.is_some() {
        return Err(VnetError::TwoSizes);
    }
    if args.subnet_cidr.is_some() && args.subnet_vm_count.is_some() {
        return Err(VnetError::TwoSubnetSizes);
    }
    let space = ("address-space", args.address_space.is_some());
    let size = (
        "\"max-vm-count or cidr\"",
        args.max_vm_count.is_some() || args.cidr.is_some(),
    );
    let start = ("subnet-start-ip", args.subnet_start_ip.is_some());
    for (name, is_given, needs) in [
        ("cidr", args.cidr.is_some(), &[space][..]),
        ("max-vm-count", args.max_vm_count.is_some(), &[space]),
        ("subnet-start-ip", start.1, &[space, size]),
        (
            "subnet-cidr",
            args.subnet_cidr.is_some(),
            &[space, size, start],
        ),
        (
            "subnet-vm-count",
            args.subnet_vm_count.is_some(),
            &[space, size, start],
        ),
    ] {
        if is_given {
            check_needs(name, needs)?;
        }
    }
    Ok(())
}

fn check_needs(name: &str, needs: &[(&str, bool)]) -> Result<(), VnetError> {
    let listed = |names: &[&str]| match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(",")),
    };
    let is_are = |count: usize| if count == 1 { "is" } else { "are" };
    let all: Vec<&str> = needs.iter().map(|(need, _)| *need).collect();
    let missing: Vec<&str> = needs
        .iter()
        .filter(|(_, is_given)| !is_given)
        .map(|(need, _)| *need)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what = if missing.len() == all.len() {
        "none of them present".to_owned()
    } else {
        format!(
            "the parameter(s) {} {} not present",
            listed(&missing),
            is_are(missing.len())
        )
    };
    Err(VnetError::Needs(format!(
        "The parameter(s) {} {} required when {name} is specified but {what}",
        listed(&all),
        is_are(all.len())
    )))
}

fn is_name(name: &str) -> bool {
    name.len() <= 63
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name
            .bytes()
            .all(|one| one.is_ascii_alphanumeric() || one == b'-')
}

/// Reads an address as the old CLI did, which took leading zeros for decimal.
pub fn address(text: &str, option: &'static str) -> Result<Ipv4Addr, VnetError> {
    let octets: Option<Vec<u8>> = text
        .split('.')
        .map(|part| {
            let is_fine =
                (1..=3).contains(&part.len()) && part.bytes().all(|one| one.is_ascii_digit());
            is_fine.then(|| part.parse().ok()).flatten()
        })
        .collect();
    octets
        .and_then(|octets| <[u8; 4]>::try_from(octets).ok())
        .map(Ipv4Addr::from)
        .ok_or_else(|| VnetError::Address {
            option,
            text: text.to_owned(),
        })
}

/// The mask of a prefix of 1 to 32 bits.
fn mask(prefix: u32) -> u32 {
    u32::MAX << (32 - prefix)
}

fn is_within(network: Ipv4Addr, prefix: u32, address: Ipv4Addr) -> bool {
    u32::from(network) & mask(prefix) == u32::from(address) & mask(prefix)
}

/// Reads addresses, as address and prefix.
pub fn prefix(text: &str) -> Result<String, VnetError> {
    let wrong = || VnetError::Prefix(text.to_owned());
    let (network, bits) = text.trim().split_once('/').ok_or_else(wrong)?;
    let network = address(network, "--address-prefix").map_err(|_| wrong())?;
    let bits: u32 = bits.parse().map_err(|_| wrong())?;
    if !(1..=32).contains(&bits) {
        return Err(wrong());
    }
    Ok(format!("{network}/{bits}"))
}

/// Does `address` lie in the network `prefix`, told as address and prefix?
pub fn contains(prefix: &str, address: Ipv4Addr) -> bool {
    prefix.split_once('/').is_some_and(|(network, bits)| {
        let network = self::address(network.trim(), "");
        let bits = bits
            .trim()
            .parse()
            .ok()
            .filter(|bits| (1..=32).contains(bits));
        network
            .ok()
            .zip(bits)
            .is_some_and(|(network, bits)| is_within(network, bits, address))
    })
}

/// The longest prefix that leaves room for so many machines.
fn prefix_for(count: &str, option: &'static str) -> Result<(u32, u32), VnetError> {
    let count: u32 = count
        .trim()
        .parse()
        .ok()
        .filter(|count| *count > 0)
        .ok_or(VnetError::Number(option))?;
    let bits = 32 - (count - 1).leading_zeros();
    Ok((count, (32 - bits).min(LONGEST)))
}

fn check_cidr(cidr: Option<u32>, least: u32, option: &'static str) -> Result<u32, VnetError> {
    cidr.filter(|cidr| (least..=LONGEST).contains(cidr))
        .ok_or(VnetError::Cidr { option, least })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(address_space: &str) -> VnetCreateArgs {
        VnetCreateArgs {
            name: "vnet1".to_owned(),
            address_space: Some(address_space.to_owned()),
            ..VnetCreateArgs::default()
        }
    }

    #[test]
    fn a_network_without_sizes_takes_its_private_one() {
        let settings = understand(&args("10.0.0.0")).unwrap();

        assert_eq!(settings.address_prefix, "10.0.0.0/8");
        assert_eq!(settings.subnet_name, "Subnet-1");
        assert_eq!(settings.subnet_prefix, "10.0.0.0/11");
        assert_eq!(
            settings.notes,
            [
                "Using default address space cidr: 8",
                "Using default subnet start IP: 10.0.0.0",
                "Using default subnet cidr: 11"
            ]
        );
    }

    #[test]
    fn numbers_of_machines_become_prefixes() {
        let mut args = args("192.168.0.0");
        args.max_vm_count = Some("1000".to_owned());
        args.subnet_start_ip = Some("192.168.1.0".to_owned());
        args.subnet_vm_count = Some("2".to_owned());

        let settings = understand(&args).unwrap();

        assert_eq!(settings.address_prefix, "192.168.0.0/22");
        assert_eq!(settings.subnet_prefix, "192.168.1.0/29");
    }

    #[test]
    fn addresses_that_are_none_or_public_are_refused() {
        for text in ["10.0.0", "10.0.0.256", "10.0.0.x", ""] {
            let refused = understand(&args(text));
            assert!(matches!(refused, Err(VnetError::Address { .. })), "{text}");
        }
        let refused = understand(&args("8.8.8.8"));
        assert!(matches!(refused, Err(VnetError::NotPrivate(_))));
    }

    #[test]
    fn a_subnet_lies_in_its_network() {
        let mut elsewhere = args("10.1.0.0");
        elsewhere.cidr = Some("16".to_owned());
        elsewhere.subnet_start_ip = Some("10.2.0.0".to_owned());
        let mut wider = elsewhere.clone();
        wider.subnet_start_ip = Some("10.1.0.0".to_owned());
        wider.subnet_cidr = Some("12".to_owned());

        assert_eq!(
            understand(&elsewhere),
            Err(VnetError::SubnetElsewhere {
                network: "10.1.0.0/16".to_owned()
            })
        );
        assert_eq!(
            understand(&wider),
            Err(VnetError::Cidr {
                option: "(--subnet-cidr) ",
                least: 16
            })
        );
    }

    #[test]
    fn a_prefix_is_an_address_and_a_number_of_bits() {
        assert_eq!(prefix(" 10.0.8.0/24").as_deref(), Ok("10.0.8.0/24"));
        for text in [
            "10.0.8.0",
            "10.0.8/24",
            "10.0.8.0/0",
            "10.0.8.0/33",
            "/24",
            "",
        ] {
            assert_eq!(prefix(text), Err(VnetError::Prefix(text.to_owned())));
        }
        assert!(contains("10.0.8.0/24", Ipv4Addr::new(10, 0, 8, 255)));
        assert!(!contains("10.0.8.0/24", Ipv4Addr::new(10, 0, 9, 0)));
        assert!(!contains("10.0.8.0", Ipv4Addr::new(10, 0, 8, 0)));
    }

    #[test]
    fn an_option_says_what_it_needs() {
        let alone = VnetCreateArgs {
            cidr: Some("8".to_owned()),
            ..VnetCreateArgs::default()
        };
        let mut half = args("10.0.0.0");
        half.subnet_cidr = Some("16".to_owned());

        assert_eq!(
            understand(&alone).unwrap_err().to_string(),
            "The parameter(s) address-space is required when cidr is specified but none of them present"
        );
        assert_eq!(
            understand(&half).unwrap_err().to_string(),
            "The parameter(s) address-space,\"max-vm-count or cidr\" and subnet-start-ip are required when subnet-cidr is specified but the parameter(s) \"max-vm-count or cidr\" and subnet-start-ip are not present"
        );
    }
}
