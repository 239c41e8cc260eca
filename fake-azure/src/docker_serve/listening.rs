//! The doors of an engine that stands alone.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use simulation::net::{self, Listening, Task};
use tokio::net::{TcpListener, UnixListener};
use tokio::runtime::Handle;

use crate::EngineAddress;
use crate::guest::daemon::Daemon;
use crate::guest::lazy_tls::LazyTls;
use crate::output::OwnFile;

/// A socket that is bound and not yet served.
#[derive(Debug)]
pub(super) enum Bound {
    Unix(UnixListener, SocketFile),
    Tcp(TcpListener, SocketAddr),
}

/// A socket's file, which goes with the socket.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    own: Option<OwnFile>,
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if let Some(own) = &self.own {
            own.remove();
        }
    }
}

/// A door that closes when this is dropped.
#[derive(Debug)]
pub(super) enum Door {
    Unix(Listening<UnixListener>, Task, SocketFile),
    Tcp(Listening, Task),
}

impl Bound {
    /// Binds an address; of a path's socket its owner alone may make use.
    pub(super) async fn bind(address: &EngineAddress) -> io::Result<Self> {
        match address {
            EngineAddress::Unix(path) => {
                let listener = net::listen_unix(path)?;
                let file = SocketFile {
                    path: path.clone(),
                    own: OwnFile::at(path),
                };
                std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
                Ok(Self::Unix(listener, file))
            }
            EngineAddress::Tcp(place) => {
                let mut found = tokio::net::lookup_host(place).await?;
                let address = found.next().ok_or(io::ErrorKind::AddrNotAvailable)?;
                let listener = net::listen(address)?;
                let address = listener.local_addr()?;
                Ok(Self::Tcp(listener, address))
            }
        }
    }

    /// Where a client on this machine finds it.
    pub(super) fn address(&self) -> EngineAddress {
        match self {
            Self::Unix(_, file) => EngineAddress::Unix(file.path.clone()),
            Self::Tcp(_, address) => {
                let ip = match address.ip() {
                    ip if ip.is_unspecified() => IpAddr::from(Ipv4Addr::LOCALHOST),
                    ip => ip,
                };
                EngineAddress::Tcp(SocketAddr::new(ip, address.port()).to_string())
            }
        }
    }

    /// Opens the door to a daemon; TLS is for those who come over the network.
    pub(super) fn serve(self, daemon: Daemon, tls: Option<LazyTls>) -> Door {
        let runtime = Handle::current();
        match self {
            Self::Unix(listener, file) => {
                let (listening, arrivals) = Listening::new(listener);
                let work = net::accept(arrivals, move |stream, _| {
                    let daemon = daemon.clone();
                    async move { daemon.serve(stream).await }
                });
                Door::Unix(listening, Task::spawn(&runtime, work), file)
            }
            Self::Tcp(listener, _) => {
                let (listening, arrivals) = Listening::new(listener);
                let work = net::accept(arrivals, move |stream, _| {
                    daemon.clone().serve_tcp(stream, tls.clone())
                });
                Door::Tcp(listening, Task::spawn(&runtime, work))
            }
        }
    }
}

impl Door {
    /// Closes it and waits until nobody is served any more.
    pub(super) async fn close(self) {
        match self {
            Self::Unix(listening, task, file) => {
                drop(listening);
                drop(file);
                task.end().await;
            }
            Self::Tcp(listening, task) => {
                drop(listening);
                task.end().await;
            }
        }
    }
}
