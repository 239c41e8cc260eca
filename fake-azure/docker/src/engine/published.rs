//! The host's ports that lead into containers.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;

use super::host_ports::Bound;
use super::port_wish::{ContainerPort, PortWish, Protocol};
use crate::state::host_config::{PortBinding, PortMap};
use crate::state::id::ObjectId;

/// How many ports of a range are tried that somebody on the host may have.
const ATTEMPTS: usize = 10;
/// The ports of the host that are given where any will do.
const EPHEMERAL: RangeInclusive<u16> = 32768..=60999;

/// The host's ports that lead into containers.
#[derive(Debug, Default)]
pub(crate) struct Published {
    leases: BTreeMap<(Protocol, u16), Vec<Lease>>,
    /// The last port that was given where any would do, by protocol and address: the search
    /// for the next begins behind it.
    last: HashMap<(Protocol, IpAddr), u16>,
}

/// A port of the host on one of its addresses.
#[derive(Debug)]
struct Lease {
    address: IpAddr,
    container: ObjectId,
    port: u16,
    /// Where it is listened on, if it is for real.
    _bound: Option<Box<dyn Bound>>,
}

/// Why a port cannot be published. The words are the engine's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PublishError {
    /// Another container has it.
    #[error("Bind for {0} failed: port is already allocated")]
    Allocated(SocketAddr),
    /// Somebody on the host has it.
    #[error("failed to bind host port for {host}:{container}/{protocol}: {why}")]
    Bind {
        /// The host's port.
        host: SocketAddr,
        /// The container's.
        container: SocketAddr,
        /// Of which protocol.
        protocol: Protocol,
        /// What the host says.
        why: String,
    },
    /// None is left.
    #[error("all ports are allocated")]
    Exhausted,
}

/// Listens on a port of the host for real, if that is wanted.
pub(crate) type Binder<'a> =
    &'a dyn Fn(SocketAddr, ContainerPort) -> io::Result<Option<Box<dyn Bound>>>;

impl Published {
    /// Publishes what a container wishes, all of it or nothing. `own` is the container's address,
    /// `bind` listens for real.
    ///
    /// # Errors
    /// When a port is taken.
    pub(crate) fn publish(
        &mut self,
        container: ObjectId,
        own: IpAddr,
        wishes: &[PortWish],
        bind: Binder<'_>,
    ) -> Result<PortMap, PublishError> {
        let mut map = PortMap::new();
        for wish in wishes {
            match self.publish_one(container, own, *wish, bind) {
                Ok(bindings) => {
                    let known = map.entry(wish.port.to_string()).or_default();
                    known.get_or_insert_default().extend(bindings);
                }
                Err(error) => {
                    self.withdraw(container);
                    return Err(error);
                }
            }
        }
        Ok(map)
    }

    fn publish_one(
        &mut self,
        container: ObjectId,
        own: IpAddr,
        wish: PortWish,
        bind: Binder<'_>,
    ) -> Result<Vec<PortBinding>, PublishError> {
        let addresses = match wish.address {
            Some(address) => vec![address],
            None => vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()],
        };
        if let Some((first, last)) = wish.host
            && first == last
        {
            return self.take(container, own, wish.port, &addresses, first, bind);
        }
        // Any of a range will do, as long as it is free on all addresses.
        let range = wish.host.map_or(EPHEMERAL, |(first, last)| first..=last);
        let key = (wish.port.protocol, addresses[0]);
        let last = match wish.host {
            None => self.last.get(&key).copied().unwrap_or(*range.end()),
            Some(_) => *range.end(),
        };
        let (first, end) = range.into_inner();
        let all = (last.saturating_add(1)..=end).chain(first..=last.min(end));
        let free = all.filter(|port| {
            let key = (wish.port.protocol, *port);
            self.conflict(key, &addresses).is_none()
        });
        let tried: Vec<u16> = free.take(ATTEMPTS).collect();
        let mut outcome = Err(PublishError::Exhausted);
        for port in tried {
            outcome = self.take(container, own, wish.port, &addresses, port, bind);
            if outcome.is_ok() {
                if wish.host.is_none() {
                    self.last.insert(key, port);
                }
                break;
            }
        }
        outcome
    }

    /// The first of these addresses of the host on which a port cannot be had, and whether it is
    /// that very address which somebody has.
    fn conflict(&self, key: (Protocol, u16), addresses: &[IpAddr]) -> Option<(IpAddr, bool)> {
        let leases = self.leases.get(&key)?;
        addresses.iter().find_map(|address| {
            let lease = leases.iter().find(|lease| meet(lease.address, *address))?;
            Some((*address, lease.address == *address))
        })
    }

    /// Takes one port of the host on all of these addresses.
    fn take(
        &mut self,
        container: ObjectId,
        own: IpAddr,
        port: ContainerPort,
        addresses: &[IpAddr],
        host: u16,
        bind: Binder<'_>,
    ) -> Result<Vec<PortBinding>, PublishError> {
        let key = (port.protocol, host);
        let refused = |address: IpAddr, why: &str| PublishError::Bind {
            host: SocketAddr::new(address, host),
            container: SocketAddr::new(own, port.number),
            protocol: port.protocol,
            why: why.to_owned(),
        };
        match self.conflict(key, addresses) {
            Some((address, true)) => {
                return Err(PublishError::Allocated(SocketAddr::new(address, host)));
            }
            Some((address, false)) => return Err(refused(address, "address already in use")),
            None => {}
        }
        let mut leases = Vec::new();
        for address in addresses {
            let bound = bind(SocketAddr::new(*address, host), port).map_err(|error| {
                let why = match error.kind() {
                    io::ErrorKind::AddrInUse => "address already in use".to_owned(),
                    io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
                    _ => error.to_string(),
                };
                refused(*address, &why)
            })?;
            leases.push(Lease {
                address: *address,
                container,
                port: port.number,
                _bound: bound,
            });
        }
        self.leases.entry(key).or_default().extend(leases);
        let binding = |address: &IpAddr| PortBinding {
            host_ip: address.to_string(),
            host_port: host.to_string(),
        };
        Ok(addresses.iter().map(binding).collect())
    }

    /// Publishes nothing of a container any more.
    pub(crate) fn withdraw(&mut self, container: ObjectId) {
        self.leases.retain(|_, leases| {
            leases.retain(|lease| lease.container != container);
            !leases.is_empty()
        });
    }

    /// Where a port of the host on one of its addresses leads: a container and its port.
    pub(crate) fn behind(&self, protocol: Protocol, at: SocketAddr) -> Option<(ObjectId, u16)> {
        let leases = self.leases.get(&(protocol, at.port()))?;
        let lease = leases.iter().find(|lease| leads(lease.address, at.ip()))?;
        Some((lease.container, lease.port))
    }
}

/// Whether two addresses of the host cannot both have the same port.
fn meet(a: IpAddr, b: IpAddr) -> bool {
    a.is_ipv4() == b.is_ipv4() && (a == b || a.is_unspecified() || b.is_unspecified())
}

/// Whether what is published on one address is reached at another.
fn leads(published: IpAddr, at: IpAddr) -> bool {
    published == at || published.is_unspecified() && published.is_ipv4() == at.is_ipv4()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::networks::tests::counter;

    const ANY: Option<IpAddr> = None;
    const OWN: IpAddr = IpAddr::V4(Ipv4Addr::new(172, 17, 0, 2));
    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn wish(port: &str, address: Option<IpAddr>, host: Option<(u16, u16)>) -> PortWish {
        PortWish {
            port: ContainerPort::read(port).unwrap(),
            address,
            host,
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands where others can fail")]
    fn in_memory(_: SocketAddr, _: ContainerPort) -> io::Result<Option<Box<dyn Bound>>> {
        Ok(None)
    }

    /// Publishes for a container; what leads to each of its ports.
    fn publish(
        published: &mut Published,
        container: ObjectId,
        wishes: &[PortWish],
    ) -> Result<Vec<String>, String> {
        let map = published
            .publish(container, OWN, wishes, &in_memory)
            .map_err(|error| error.to_string())?;
        let lines = map.into_iter().flat_map(|(port, bindings)| {
            let line = move |b: PortBinding| format!("{port} {} {}", b.host_ip, b.host_port);
            bindings.into_iter().flatten().map(line)
        });
        Ok(lines.collect())
    }

    #[test]
    fn a_port_is_published_on_all_addresses_or_one() {
        let mut published = Published::default();
        let mut ids = counter();
        let wishes = [
            wish("80/tcp", ANY, Some((18081, 18081))),
            wish("81/udp", Some(LOCAL), None),
        ];
        assert_eq!(
            publish(&mut published, ids(), &wishes).unwrap(),
            [
                "80/tcp 0.0.0.0 18081",
                "80/tcp :: 18081",
                "81/udp 127.0.0.1 32768"
            ]
        );
    }

    #[test]
    fn a_port_that_is_taken_is_refused_and_nothing_is_published() {
        let mut published = Published::default();
        let mut ids = counter();
        let taken = wish("80/tcp", ANY, Some((18081, 18081)));
        publish(&mut published, ids(), &[taken]).unwrap();
        let second = ids();
        let other = wish("81/tcp", ANY, Some((19000, 19000)));
        assert_eq!(
            publish(&mut published, second, &[other, taken]).unwrap_err(),
            "Bind for 0.0.0.0:18081 failed: port is already allocated"
        );
        assert!(publish(&mut published, ids(), &[other]).is_ok());
        let local = wish("80/tcp", Some(LOCAL), Some((18081, 18081)));
        assert_eq!(
            publish(&mut published, ids(), &[local]).unwrap_err(),
            "failed to bind host port for 127.0.0.1:18081:172.17.0.2:80/tcp: address already in use"
        );
        let udp = wish("80/udp", ANY, Some((18081, 18081)));
        assert!(publish(&mut published, ids(), &[udp]).is_ok());
    }

    #[test]
    fn where_any_port_will_do_the_next_is_given() {
        let mut published = Published::default();
        let mut ids = counter();
        let any = [wish("80/tcp", ANY, None)];
        let first = ids();
        let port = |lines: Vec<String>| lines[0].rsplit(' ').next().unwrap().to_owned();
        assert_eq!(port(publish(&mut published, first, &any).unwrap()), "32768");
        let fixed = wish("80/tcp", ANY, Some((32769, 32769)));
        publish(&mut published, ids(), &[fixed]).unwrap();
        assert_eq!(port(publish(&mut published, ids(), &any).unwrap()), "32770");
        published.withdraw(first);
        assert_eq!(port(publish(&mut published, ids(), &any).unwrap()), "32771");
    }

    #[test]
    fn a_range_is_searched_to_its_end() {
        let mut published = Published::default();
        let mut ids = counter();
        let range = [wish("80/tcp", ANY, Some((9000, 9001)))];
        assert!(publish(&mut published, ids(), &range).unwrap()[0].ends_with("9000"));
        assert!(publish(&mut published, ids(), &range).unwrap()[0].ends_with("9001"));
        assert_eq!(
            publish(&mut published, ids(), &range).unwrap_err(),
            "all ports are allocated"
        );
    }

    #[test]
    fn a_port_of_the_host_leads_to_a_container() {
        let mut published = Published::default();
        let mut ids = counter();
        let (web, db) = (ids(), ids());
        publish(
            &mut published,
            web,
            &[wish("80/tcp", ANY, Some((8080, 8080)))],
        )
        .unwrap();
        let local = wish("5432/tcp", Some(LOCAL), Some((5432, 5432)));
        publish(&mut published, db, &[local]).unwrap();
        let behind = |at: &str| published.behind(Protocol::Tcp, at.parse().unwrap());
        assert_eq!(behind("10.0.0.4:8080"), Some((web, 80)));
        assert_eq!(behind("[::1]:8080"), Some((web, 80)));
        assert_eq!(behind("127.0.0.1:5432"), Some((db, 5432)));
        assert_eq!(behind("10.0.0.4:5432"), None);
        assert_eq!(behind("10.0.0.4:81"), None);
    }

    #[test]
    fn what_somebody_on_the_host_has_is_passed_over_or_told() {
        let busy = |at: SocketAddr, _: ContainerPort| match at.port() {
            32768 | 80 => Err(io::ErrorKind::AddrInUse.into()),
            _ => Ok(None),
        };
        let mut published = Published::default();
        let mut ids = counter();
        let any = [wish("80/tcp", ANY, None)];
        let map = published.publish(ids(), OWN, &any, &busy).unwrap();
        assert_eq!(map["80/tcp"].as_ref().unwrap()[0].host_port, "32769");
        let fixed = [wish("80/tcp", ANY, Some((80, 80)))];
        let error = published.publish(ids(), OWN, &fixed, &busy).unwrap_err();
        assert_eq!(
            error.to_string(),
            "failed to bind host port for 0.0.0.0:80:172.17.0.2:80/tcp: address already in use"
        );
    }
}
