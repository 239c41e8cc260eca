//! Asks a Docker daemon who it is: by hand over one TLS connection, so that what is missing can be
//! told layer by layer, and so that an address is dialled and no name resolved.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::wait::{EngineInfo, Engines, Missing};
use crate::event::Layer;
use crate::pki::docker::{DockerCertificates, NoClientConfig};

/// The longest that one layer may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most that an answer may hold, in bytes; `info` holds some 3,000.
const ANSWER_MOST: u64 = 1 << 20;

/// Daemons that are asked over mutual TLS.
#[derive(Debug, Clone)]
pub struct TlsEngines {
    config: Arc<ClientConfig>,
}

impl TlsEngines {
    /// Asks with the client certificate, and the trust, of `config`.
    pub fn new(config: Arc<ClientConfig>) -> Self {
        Self { config }
    }
}

/// Makes the way to daemons from a set of certificates.
pub trait Dialler: Send + Sync {
    /// The daemons that can be asked with `certificates`.
    fn with(&self, certificates: &DockerCertificates) -> Result<Box<dyn Engines>, NoClientConfig>;
}

/// Dials for real, over mutual TLS.
#[derive(Debug, Clone, Copy, Default)]
pub struct OverTls;

impl Dialler for OverTls {
    fn with(&self, certificates: &DockerCertificates) -> Result<Box<dyn Engines>, NoClientConfig> {
        let config = Arc::new(certificates.client_config()?);
        Ok(Box::new(TlsEngines::new(config)))
    }
}

#[async_trait]
impl Engines for TlsEngines {
    async fn ask(&self, address: SocketAddr, host: &str) -> Result<EngineInfo, Missing> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|error| Missing::new(Layer::Tls, error.to_string()))?;
        let stream = in_time(Layer::Port, TcpStream::connect(address)).await?;
        let connector = TlsConnector::from(Arc::clone(&self.config));
        let mut stream = in_time(Layer::Tls, connector.connect(name, stream)).await?;
        in_time(Layer::Docker, get_info(&mut stream, host)).await
    }
}

/// TLS 1.3 tells a refused client certificate only when the first answer is read.
fn is_refusal_of_tls(error: &io::Error) -> bool {
    let inner = error.get_ref();
    let inner = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::AlertReceived(_)))
}

async fn in_time<T>(layer: Layer, work: impl Future<Output = io::Result<T>>) -> Result<T, Missing> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) if is_refusal_of_tls(&error) => {
            Err(Missing::new(Layer::Tls, error.to_string()))
        }
        Ok(Err(error)) => Err(Missing::new(layer, error.to_string())),
        Err(_) => Err(Missing::new(
            layer,
            format!("no answer within {} s", PATIENCE.as_secs()),
        )),
    }
}

/// Asks for `/info` in HTTP/1.0, whose answer ends with the connection and is never chunked.
async fn get_info<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    host: &str,
) -> io::Result<EngineInfo> {
    let request = format!("GET /info HTTP/1.0\r\nHost: {host}\r\nAccept: application/json\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::new();
    match stream.take(ANSWER_MOST).read_to_end(&mut answer).await {
        Ok(_) => {}
        // A peer that closes without saying so in TLS has said what it had to say.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && !answer.is_empty() => {}
        Err(error) => return Err(error),
    }
    parse(&answer)
}

fn parse(answer: &[u8]) -> io::Result<EngineInfo> {
    let strange = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .ok_or_else(|| strange("the answer is not HTTP"))?;
    let (head, body) = answer.split_at(end + 4);
    let head = String::from_utf8_lossy(head);
    let status = head
        .split_ascii_whitespace()
        .nth(1)
        .ok_or_else(|| strange("the answer is not HTTP"))?;
    if status != "200" {
        return Err(strange(&format!("the daemon answers {status}")));
    }
    serde_json::from_slice(body)
        .map(EngineInfo)
        .map_err(|error| strange(&format!("the daemon's answer is not JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_its_json() {
        let answer = b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"Name\":\"web\"}";

        let info = parse(answer).unwrap();

        assert_eq!(info.0["Name"], "web");
    }

    #[test]
    fn anything_else_is_no_answer() {
        for answer in [
            &b""[..],
            b"SSH-2.0-OpenSSH_6.6\r\n",
            b"HTTP/1.1 500 Oops\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\n\r\nhello",
        ] {
            assert!(parse(answer).is_err(), "{answer:?}");
        }
    }
}
