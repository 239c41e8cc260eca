//! A real Docker engine behind a simulated machine: bytes in, bytes out.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use fake_docker::process::Connection;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpStream, UnixStream};

use super::engine_address::EngineAddress;
use super::machine_ports::Elsewhere;

/// How long a client whose engine is away may take to ask for something.
const PATIENCE: Duration = Duration::from_secs(10);

/// The engine cannot be reached.
#[derive(Debug, thiserror::Error)]
#[error("the Docker engine at {address} cannot be reached")]
pub struct EngineAway {
    /// Where it should be.
    pub address: EngineAddress,
    /// What the system said.
    #[source]
    pub source: io::Error,
}

/// A connection to an engine.
trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl EngineAddress {
    async fn dial(&self) -> Result<Box<dyn Wire>, EngineAway> {
        let dialled: io::Result<Box<dyn Wire>> = match self {
            Self::Unix(path) => UnixStream::connect(path)
                .await
                .map(|stream| Box::new(stream) as Box<dyn Wire>),
            Self::Tcp(place) => TcpStream::connect(place).await.map(|stream| {
                stream.set_nodelay(true).ok();
                Box::new(stream) as Box<dyn Wire>
            }),
        };
        dialled.map_err(|source| EngineAway {
            address: self.clone(),
            source,
        })
    }

    /// The machine's ports: those of the host that the engine runs on, where it publishes
    /// those of its containers.
    pub(crate) fn ports(&self) -> Elsewhere {
        let host = match self {
            Self::Unix(_) => "127.0.0.1".to_owned(),
            Self::Tcp(place) => place
                .rsplit_once(':')
                .map_or(place.as_str(), |p| p.0)
                .to_owned(),
        };
        Elsewhere(Arc::new(move |port| {
            let place = Self::Tcp(format!("{host}:{port}"));
            Arc::new(move |connection: Connection| {
                let place = place.clone();
                Box::pin(async move {
                    // Where nobody listens the connection ends at once.
                    if let Ok(mut there) = place.dial().await {
                        let mut here = connection.into_stream();
                        copy_bidirectional(&mut here, &mut there).await.ok();
                    }
                })
            })
        }))
    }

    /// Whether somebody listens there.
    pub(crate) async fn try_out(&self) -> Result<(), EngineAway> {
        self.dial().await.map(drop)
    }

    /// Joins a client with the engine until both have ended: what is not understood here,
    /// such as streams of containers, gets through as it is.
    pub(crate) async fn serve(&self, mut client: impl AsyncRead + AsyncWrite + Unpin) {
        match self.dial().await {
            Ok(mut engine) => {
                if let Err(error) = copy_bidirectional(&mut client, &mut engine).await {
                    tracing::debug!(%error, "a connection to the real engine ended early");
                }
            }
            Err(away) => {
                tracing::warn!(error = %away.source, "{away}");
                let apology = tokio::time::timeout(PATIENCE, apologise(client, &away));
                // Whoever asks for nothing needs no answer.
                apology.await.ok();
            }
        }
    }
}

/// Answers a client's first request with what is wrong.
async fn apologise(
    mut client: impl AsyncRead + AsyncWrite + Unpin,
    away: &EngineAway,
) -> io::Result<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && head.len() < 64 * 1024 {
        if client.read(&mut byte).await? == 0 {
            return Ok(());
        }
        head.push(byte[0]);
    }
    let message = format!("{away}: {}", away.source);
    let body = serde_json::json!({ "message": message }).to_string();
    let answer = format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    client.write_all(answer.as_bytes()).await?;
    client.shutdown().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bytes_pass_both_ways_and_each_half_ends_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("engine.sock");
        let listener = tokio::net::UnixListener::bind(&path).unwrap();
        let engine = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = Vec::new();
            // All that the client says, up to its end; only then is it answered.
            stream.read_to_end(&mut asked).await.unwrap();
            stream.write_all(b"\x00answer\xff").await.unwrap();
            asked
        });
        let (mut client, inside) = tokio::io::duplex(4);
        let address = EngineAddress::Unix(path);
        let pipe = tokio::spawn(async move { address.serve(inside).await });
        client.write_all(b"\xffno HTTP at all\x00").await.unwrap();
        client.shutdown().await.unwrap();
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();

        assert_eq!(answer, b"\x00answer\xff");
        assert_eq!(engine.await.unwrap(), b"\xffno HTTP at all\x00");
        pipe.await.unwrap();
    }

    #[tokio::test]
    async fn a_client_is_told_that_the_engine_is_away() {
        let address: EngineAddress = "unix:///nowhere/at/all.sock".parse().unwrap();
        assert!(address.try_out().await.is_err());
        let (mut client, inside) = tokio::io::duplex(4096);
        let pipe = tokio::spawn(async move { address.serve(inside).await });
        client
            .write_all(b"GET /info HTTP/1.1\r\nHost: d\r\n\r\n")
            .await
            .unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();

        assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
        assert!(answer.contains("unix:///nowhere/at/all.sock"), "{answer}");
        pipe.await.unwrap();
    }
}
