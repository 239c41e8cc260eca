//! The ports of EXPOSE: `80`, `53/udp`, `8000-8010/tcp`.

/// Why a text is no port.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidPort {
    #[error("no port specified: {0}<empty>")]
    Empty(String),
    #[error("Invalid proto: {0}")]
    Protocol(String),
    #[error("Invalid ip address: {0}")]
    Address(String),
    #[error("Invalid containerPort: {0}")]
    Container(String),
    #[error("Invalid hostPort: {0}")]
    Host(String),
    #[error("Invalid ranges specified for container and host Ports: {container} and {host}")]
    Ranges { container: String, host: String },
}

/// Reads a port or a range of ports, and returns each as `80/tcp`.
///
/// A port of the host may stand before it, as `run -p` has it; here it means nothing.
pub(crate) fn exposed(spec: &str) -> Result<Vec<String>, InvalidPort> {
    let mut pieces = spec.rsplitn(3, ':');
    let container = pieces.next().unwrap_or_default();
    let host = pieces.next().unwrap_or_default();
    let address = pieces.next().unwrap_or_default();
    let (ports, protocol) = container.split_once('/').unwrap_or((container, ""));
    if ports.is_empty() {
        return Err(InvalidPort::Empty(spec.to_owned()));
    }
    let known = match protocol.to_lowercase().as_str() {
        "" | "tcp" => "tcp",
        "udp" => "udp",
        "sctp" => "sctp",
        _ => return Err(InvalidPort::Protocol(protocol.to_owned())),
    };
    let bare = address.strip_prefix('[').and_then(|a| a.strip_suffix(']'));
    let bare = bare.unwrap_or(address);
    if !bare.is_empty() && bare.parse::<std::net::IpAddr>().is_err() {
        return Err(InvalidPort::Address(address.to_owned()));
    }
    let (first, last) = range(ports).ok_or_else(|| InvalidPort::Container(ports.to_owned()))?;
    if !host.is_empty() {
        let (from, to) = range(host).ok_or_else(|| InvalidPort::Host(host.to_owned()))?;
        if last - first != to - from && last != first {
            return Err(InvalidPort::Ranges {
                container: ports.to_owned(),
                host: host.to_owned(),
            });
        }
    }
    let each = (first..=last).map(|port| format!("{port}/{known}"));
    Ok(each.collect())
}

fn range(text: &str) -> Option<(u16, u16)> {
    let number = |text: &str| {
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|_| is_number)
    };
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (number(first)?, number(last)?),
        None => (number(text)?, number(text)?),
    };
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_has_a_protocol_and_a_range_is_many_ports() {
        for (spec, ports) in [
            ("80", vec!["80/tcp"]),
            ("53/UDP", vec!["53/udp"]),
            ("8000-8002", vec!["8000/tcp", "8001/tcp", "8002/tcp"]),
            ("8080:80", vec!["80/tcp"]),
            ("127.0.0.1:8080-8090:80", vec!["80/tcp"]),
            ("[::1]:1:2/sctp", vec!["2/sctp"]),
        ] {
            assert_eq!(exposed(spec).unwrap(), ports, "{spec}");
        }
        assert_eq!(exposed("0-65535").unwrap().len(), 65_536);
    }

    #[test]
    fn what_is_no_port_is_refused() {
        for (spec, words) in [
            ("x", "Invalid containerPort: x"),
            ("65536", "Invalid containerPort: 65536"),
            ("+1", "Invalid containerPort: +1"),
            ("2-1", "Invalid containerPort: 2-1"),
            ("/tcp", "no port specified: /tcp<empty>"),
            ("80/X", "Invalid proto: X"),
            ("h:1:2", "Invalid ip address: h"),
            ("x:80", "Invalid hostPort: x"),
            (
                "1-2:3-5",
                "Invalid ranges specified for container and host Ports: 3-5 and 1-2",
            ),
        ] {
            assert_eq!(exposed(spec).unwrap_err().to_string(), words, "{spec}");
        }
    }
}
