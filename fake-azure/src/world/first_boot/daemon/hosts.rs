//! What a daemon is told to listen on: `-H`, and `hosts` in its configuration.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::why_not::WhyNot;

/// The port where none is named.
const PORT: u16 = 2375;

/// The address that a host stands for; none when it is a socket of the machine's own.
pub(super) fn listener(host: &str, own: Option<Ipv4Addr>) -> Result<Option<SocketAddr>, WhyNot> {
    let host = host.trim();
    let bad = || WhyNot::Host(host.to_owned());
    let (protocol, rest) = host.split_once("://").unwrap_or(("tcp", host));
    match protocol {
        _ if host.is_empty() => return Ok(None),
        "unix" | "fd" => return Ok(None),
        "tcp" => {}
        _ => return Err(bad()),
    }
    let (name, port) = match rest.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') || name.ends_with(']') => (name, Some(port)),
        _ => (rest, None),
    };
    let port = match port {
        None | Some("") => PORT,
        Some(port) => port.parse().map_err(|_| bad())?,
    };
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    let ip = match bare {
        "" | "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        bare => match bare.parse() {
            Ok(ip) => ip,
            Err(_) if bare.contains(':') => return Err(bad()),
            // A name that a machine is told to listen on is taken for its own.
            Err(_) => own.unwrap_or(Ipv4Addr::UNSPECIFIED).into(),
        },
    };
    let is_own = match ip {
        IpAddr::V4(ip) => {
            ip.is_unspecified() || ip.is_loopback() || own.is_none_or(|own| own == ip)
        }
        IpAddr::V6(_) => true,
    };
    if !is_own {
        return Err(WhyNot::ForeignAddress(host.to_owned()));
    }
    Ok(Some(SocketAddr::new(ip, port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_read_as_dockerd_reads_them() {
        let own = Some(Ipv4Addr::new(10, 0, 0, 4));
        let of = |host| listener(host, own).map(|found| found.map(|at| at.to_string()));
        for (host, expected) in [
            ("fd://", None),
            ("unix:///run/docker.sock", None),
            ("", None),
            ("tcp://0.0.0.0:2376", Some("0.0.0.0:2376")),
            ("0.0.0.0:2376", Some("0.0.0.0:2376")),
            ("tcp://0.0.0.0", Some("0.0.0.0:2375")),
            ("tcp://:2376", Some("127.0.0.1:2376")),
            ("tcp://", Some("127.0.0.1:2375")),
            ("tcp://[::]:2376", Some("[::]:2376")),
            ("tcp://10.0.0.4:2376", Some("10.0.0.4:2376")),
            ("tcp://v:2376", Some("10.0.0.4:2376")),
        ] {
            assert_eq!(of(host).unwrap().as_deref(), expected, "{host}");
        }
        for host in [
            "tcp://10.0.0.5:2376",
            "http://0.0.0.0:2376",
            "tcp://0.0.0.0:x",
            "tcp://0.0.0.0:70000",
            "tcp://0.0.0.0:2376/path",
        ] {
            assert!(of(host).is_err(), "{host}");
        }
    }
}
