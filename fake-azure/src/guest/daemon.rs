//! What answers for Docker in a machine.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::engine_address::EngineAddress;
use super::lazy_engine::LazyEngine;
use super::lazy_tls::LazyTls;

/// A machine's Docker daemon; clones are the same daemon.
#[derive(Clone, Debug)]
pub(crate) enum Daemon {
    /// An engine that is simulated in this process.
    Simulated(LazyEngine),
    /// One elsewhere that is none of ours.
    Real(EngineAddress),
}

impl Daemon {
    /// The engine, where it is a simulated one.
    pub(crate) fn engine(&self) -> Option<&fake_docker::Engine> {
        match self {
            Self::Simulated(engine) => Some(engine.engine()),
            Self::Real(_) => None,
        }
    }

    /// The engine, where it is a simulated one that somebody has asked for already.
    pub(crate) fn made(&self) -> Option<&fake_docker::Engine> {
        match self {
            Self::Simulated(engine) => engine.made(),
            Self::Real(_) => None,
        }
    }

    /// Serves one connection until its end.
    pub(crate) async fn serve<S>(&self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        match self {
            Self::Simulated(engine) => engine.engine().serve(stream).await,
            Self::Real(address) => address.serve(stream).await,
        }
    }

    /// Serves one connection from the network, where TLS may be asked for.
    pub(crate) async fn serve_tcp(self, stream: TcpStream, tls: Option<LazyTls>) {
        match tls {
            None => self.serve(stream).await,
            Some(tls) => {
                if let Some(stream) = tls.accept(stream).await {
                    self.serve(stream).await;
                }
            }
        }
    }
}
