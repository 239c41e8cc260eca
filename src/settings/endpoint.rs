//! What the options of the endpoint commands mean.

mod several;

pub use several::several;

use crate::cli::vm::endpoint::{EndpointCreateArgs, EndpointUpdateArgs};

/// Why the options of an endpoint make no sense; the words are the old CLI's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// A port is none.
    #[error("{0} must be an integer less than or equal to 65535")]
    Port(&'static str),
    /// A number is too small, or none.
    #[error("{option} must be an integer greater than or equal to {least}")]
    Least {
        /// The option.
        option: &'static str,
        /// The least that is allowed.
        least: u32,
    },
    /// A number lies outside its range, or is none.
    #[error("{option} must be an integer in the range [{least} - {most}]")]
    Range {
        /// The option.
        option: &'static str,
        /// The least that is allowed.
        least: u32,
        /// The most that is allowed.
        most: u32,
    },
    /// A word is none of those that are known.
    #[error("valid values for {option} are [{known}]")]
    Word {
        /// The option.
        option: &'static str,
        /// The known words.
        known: &'static str,
    },
    /// A name is too short or too long.
    #[error("{0} length of the endpoint name must be between 3 and 15 characters")]
    Name(&'static str),
    /// A load-balanced set's name is too short or too long.
    #[error("{0} The length of the load-balanced set name must be between 3 and 15 characters")]
    SetName(&'static str),
    /// A probe belongs to a load-balanced set.
    #[error("load-balanced set name must be specified to enable probing")]
    ProbeWithoutSet,
    /// A path belongs to a protocol.
    #[error("probe protocol is required when --probe-path is specified")]
    PathWithoutProtocol,
    /// One of several endpoints cannot be read.
    #[error(
        "each endpoint in the endpoints argument should be of the form <lb-port>[:<vm-port>[:<protocol>[:<enable-direct-server-return>[:<lb-set-name>[:<probe-protocol>[:<probe-port>[:<probe-path>[:<internal-lb-name>]]]]]]]]"
    )]
    Several,
    /// One of several endpoint configurations cannot be read.
    #[error(
        "each endpoint configuration in the endpoints configuration should be of the form <public-port>:<local-port>:<protocol>:<idle-timeout>:<direct-server-return>:<probe-protocol>:<probe-port>:<probe-path>:<probe-interval>:<probe-timeout>:<load-balanced-set-name>:<internal-load-balancer-name>:<load-balancer-distribution>"
    )]
    SeveralConfigs,
    /// No endpoint is named.
    #[error("endpoints-config is a required")]
    NoEndpoints,
    /// One of several endpoints makes no sense.
    #[error("{why} (endpoint {number})")]
    OneOfSeveral {
        /// Which, counted from 1.
        number: usize,
        /// Why.
        why: Box<Self>,
    },
    /// There is nothing to change.
    #[error(
        "one of the optional parameter --new-endpoint-name, --lb-port, --vm-port or --endpoint-protocol is required"
    )]
    NothingToChange,
}

/// A probe as asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProbeWish {
    /// The port; the endpoint's local one when it is left out.
    pub port: Option<u16>,
    /// `tcp` or `http`.
    pub protocol: Option<String>,
    /// The path.
    pub path: Option<String>,
    /// How often, in seconds.
    pub interval: Option<u32>,
    /// When it gives up, in seconds.
    pub timeout: Option<u32>,
}

impl ProbeWish {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What an endpoint is to be; what is `None` stays as it is, or gets its default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndpointWish {
    /// Its name.
    pub name: Option<String>,
    /// The port outside.
    pub public_port: Option<u16>,
    /// The port inside.
    pub local_port: Option<u16>,
    /// `tcp` or `udp`.
    pub protocol: Option<String>,
    /// How long an idle connection lives, in minutes.
    pub idle_timeout: Option<u32>,
    /// Do answers go past the load balancer?
    pub direct_server_return: Option<bool>,
    /// The load-balanced set it belongs to.
    pub set_name: Option<String>,
    /// The internal load balancer it belongs to.
    pub load_balancer: Option<String>,
    /// How connections are spread.
    pub distribution: Option<String>,
    /// Its probe.
    pub probe: Option<ProbeWish>,
}

fn port(text: Option<&str>, option: &'static str) -> Result<Option<u16>, EndpointError> {
    text.map(|text| text.trim().parse().map_err(|_| EndpointError::Port(option)))
        .transpose()
}

fn at_least(
    text: Option<&str>,
    option: &'static str,
    least: u32,
) -> Result<Option<u32>, EndpointError> {
    text.map(|text| {
        text.trim()
            .parse()
            .ok()
            .filter(|number| *number >= least)
            .ok_or(EndpointError::Least { option, least })
    })
    .transpose()
}

fn word(
    text: Option<&str>,
    option: &'static str,
    known: &'static str,
) -> Result<Option<String>, EndpointError> {
    text.map(|text| {
        known
            .split(',')
            .find(|word| word.eq_ignore_ascii_case(text))
            .map(str::to_owned)
            .ok_or(EndpointError::Word { option, known })
    })
    .transpose()
}

fn idle_timeout(text: Option<&str>) -> Result<Option<u32>, EndpointError> {
    let (option, least, most) = ("--idle-timeout", 4, 30);
    text.map(|text| {
        text.trim()
            .parse()
            .ok()
            .filter(|minutes| (least..=most).contains(minutes))
            .ok_or(EndpointError::Range {
                option,
                least,
                most,
            })
    })
    .transpose()
}

fn direct_server_return(
    text: Option<&str>,
    option: &'static str,
) -> Result<Option<bool>, EndpointError> {
    let known = "Enabled,Disabled,true,false";
    Ok(word(text, option, known)?.map(|word| matches!(word.as_str(), "Enabled" | "true")))
}

fn name(text: Option<String>, option: &'static str) -> Result<Option<String>, EndpointError> {
    match text {
        Some(text) if !(3..=15).contains(&text.chars().count()) => Err(EndpointError::Name(option)),
        text => Ok(text),
    }
}

fn set_name(text: Option<String>, option: &'static str) -> Result<Option<String>, EndpointError> {
    match text {
        Some(text) if !(3..=15).contains(&text.chars().count()) => {
            Err(EndpointError::SetName(option))
        }
        text => Ok(text),
    }
}

struct ProbeWords {
    port: Option<String>,
    protocol: Option<String>,
    path: Option<String>,
    interval: Option<String>,
    timeout: Option<String>,
}

impl ProbeWords {
    fn read(self) -> Result<Option<ProbeWish>, EndpointError> {
        let probe = ProbeWish {
            port: port(self.port.as_deref(), "--probe-port")?,
            protocol: word(self.protocol.as_deref(), "--probe-protocol", "tcp,http")?,
            path: self.path,
            interval: at_least(self.interval.as_deref(), "--probe-interval", 5)?,
            timeout: at_least(self.timeout.as_deref(), "--probe-timeout", 11)?,
        };
        Ok((!probe.is_empty()).then_some(probe))
    }
}

/// Understands `vm endpoint create`.
pub fn create(args: EndpointCreateArgs) -> Result<EndpointWish, EndpointError> {
    let EndpointCreateArgs {
        vm_name: _,
        lb_port,
        vm_port,
        dns_name: _,
        endpoint_name,
        local_port,
        lb_set_name,
        probe_port,
        probe_protocol,
        probe_path,
        probe_interval,
        probe_timeout,
        endpoint_protocol,
        idle_timeout: idle,
        enable_direct_server_return,
        internal_load_balancer_name,
        load_balancer_distribution,
    } = args;
    let wish = EndpointWish {
        public_port: port(Some(&lb_port), "lb-port")?,
        // 0.10 takes both, and the option wins.
        local_port: match port(local_port.as_deref(), "--local-port")? {
            Some(port) => Some(port),
            None => port(vm_port.as_deref(), "vm-port")?,
        },
        protocol: word(
            endpoint_protocol.as_deref(),
            "--endpoint-protocol",
            "tcp,udp",
        )?,
        name: name(endpoint_name, "--endpoint-name")?,
        direct_server_return: direct_server_return(
            enable_direct_server_return.as_deref(),
            "--enable-direct-server-return",
        )?,
        set_name: set_name(lb_set_name, "--lb-set-name")?,
        idle_timeout: idle_timeout(idle.as_deref())?,
        load_balancer: internal_load_balancer_name,
        distribution: word(
            load_balancer_distribution.as_deref(),
            "--load-balancer-distribution",
            "sourceIP,sourceIPProtocol,none",
        )?,
        probe: ProbeWords {
            port: probe_port,
            protocol: probe_protocol,
            path: probe_path,
            interval: probe_interval,
            timeout: probe_timeout,
        }
        .read()?,
    };
    check_probe(&wish)?;
    Ok(wish)
}

fn check_probe(wish: &EndpointWish) -> Result<(), EndpointError> {
    if let Some(probe) = &wish.probe {
        if wish.set_name.is_none() {
            return Err(EndpointError::ProbeWithoutSet);
        }
        if probe.path.is_some() && probe.protocol.is_none() {
            return Err(EndpointError::PathWithoutProtocol);
        }
    }
    Ok(())
}

/// Understands `vm endpoint update`, or `set` if `is_set`: 0.8's `-t` is the port inside, 0.10's
/// that of the probe.
pub fn update(args: EndpointUpdateArgs, is_set: bool) -> Result<EndpointWish, EndpointError> {
    let EndpointUpdateArgs {
        vm_name: _,
        endpoint_name: _,
        dns_name: _,
        new_endpoint_name,
        lb_port,
        vm_port,
        local_port,
        probe_port,
        endpoint_protocol,
        idle_timeout: idle,
        probe_protocol,
        probe_path,
        probe_interval,
        probe_timeout,
        direct_server_return: direct,
        load_balanced_set_name,
        internal_load_balancer_name,
        load_balancer_distribution,
    } = args;
    let is_newer = is_set
        || [
            &local_port,
            &idle,
            &probe_protocol,
            &probe_path,
            &probe_interval,
            &probe_timeout,
            &direct,
            &load_balanced_set_name,
            &internal_load_balancer_name,
            &load_balancer_distribution,
        ]
        .iter()
        .any(|option| option.is_some());
    let (inside, probe_port) = if is_newer {
        (vm_port.or(local_port), probe_port)
    } else {
        (vm_port.or(probe_port), None)
    };
    let wish = EndpointWish {
        name: name(new_endpoint_name, "--new-endpoint-name")?,
        public_port: port(lb_port.as_deref(), "--lb-port")?,
        local_port: port(inside.as_deref(), "--vm-port")?,
        protocol: word(
            endpoint_protocol.as_deref(),
            "--endpoint-protocol",
            "tcp,udp",
        )?,
        idle_timeout: idle_timeout(idle.as_deref())?,
        direct_server_return: direct_server_return(direct.as_deref(), "--direct-server-return")?,
        set_name: set_name(load_balanced_set_name, "--load-balanced-set-name")?,
        load_balancer: internal_load_balancer_name,
        distribution: word(
            load_balancer_distribution.as_deref(),
            "--load-balancer-distribution",
            "sourceIP,sourceIPProtocol,none",
        )?,
        probe: ProbeWords {
            port: probe_port,
            protocol: probe_protocol,
            path: probe_path,
            interval: probe_interval,
            timeout: probe_timeout,
        }
        .read()?,
    };
    if wish == EndpointWish::default() {
        return Err(EndpointError::NothingToChange);
    }
    Ok(wish)
}
