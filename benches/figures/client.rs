//! A client of the management API that is ready before the clock starts.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};

use crate::Outcome;

/// Trust in the simulator and the certificate to show it; every connection is a full handshake.
pub(crate) fn trust(ca: &Path, management: &Path) -> Outcome<Arc<ClientConfig>> {
    trust_with(ca, management, management)
}

/// The same, where certificate and key have files of their own.
pub(crate) fn trust_with(ca: &Path, certificate: &Path, key: &Path) -> Outcome<Arc<ClientConfig>> {
    trusting(
        CertificateDer::from_pem_file(ca)?,
        CertificateDer::from_pem_file(certificate)?,
        PrivateKeyDer::from_pem_file(key)?,
    )
}

/// The same of certificates that are in no file.
pub(crate) fn trusting(
    ca: CertificateDer<'_>,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
) -> Outcome<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(ca)?;
    let mut config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_client_auth_cert(vec![certificate], key)?;
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

/// One connection, kept open.
pub(crate) struct Connection(BufReader<StreamOwned<ClientConnection, TcpStream>>);

impl Connection {
    pub(crate) fn over(stream: TcpStream, trust: &Arc<ClientConfig>) -> Outcome<Self> {
        let name = ServerName::from(stream.peer_addr()?.ip());
        Self::to(stream, trust, name)
    }

    /// To a server whose certificate is for this name.
    pub(crate) fn named(at: SocketAddr, trust: &Arc<ClientConfig>, name: &str) -> Outcome<Self> {
        let name = ServerName::try_from(name.to_owned())?;
        Self::to(TcpStream::connect(at)?, trust, name)
    }

    fn to(
        stream: TcpStream,
        trust: &Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> Outcome<Self> {
        stream.set_nodelay(true)?;
        let session = ClientConnection::new(Arc::clone(trust), name)?;
        Ok(Self(BufReader::new(StreamOwned::new(session, stream))))
    }

    pub(crate) fn open(at: SocketAddr, trust: &Arc<ClientConfig>) -> Outcome<Self> {
        Self::over(TcpStream::connect(at)?, trust)
    }

    /// The status and the body of the answer.
    pub(crate) fn ask(&mut self, method: &str, path: &str, body: &str) -> Outcome<(u16, Vec<u8>)> {
        self.ask_with(method, path, "Content-Type: application/xml", body)
    }

    /// The same, of a body in JSON.
    pub(crate) fn ask_json(
        &mut self,
        method: &str,
        path: &str,
        body: &str,
    ) -> Outcome<(u16, Vec<u8>)> {
        self.ask_with(method, path, "Content-Type: application/json", body)
    }

    /// The same, with these lines in the head.
    pub(crate) fn ask_with(
        &mut self,
        method: &str,
        path: &str,
        head: &str,
        body: &str,
    ) -> Outcome<(u16, Vec<u8>)> {
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nx-ms-version: 2017-01-01\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let stream = self.0.get_mut();
        stream.write_all(request.as_bytes())?;
        stream.flush()?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse().ok())
            .ok_or_else(|| format!("no status line: {line:?}"))?;
        let (mut length, mut is_chunked) = (0, false);
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse()?;
            }
            is_chunked |= name.eq_ignore_ascii_case("transfer-encoding");
        }
        if is_chunked {
            return Ok((status, self.chunks()?));
        }
        let mut content = vec![0; length];
        self.0.read_exact(&mut content)?;
        Ok((status, content))
    }

    fn chunks(&mut self) -> Outcome<Vec<u8>> {
        let (mut content, mut line) = (Vec::new(), String::new());
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            let length = usize::from_str_radix(line.trim(), 16)?;
            let at = content.len();
            content.resize(at + length + 2, 0);
            self.0.read_exact(&mut content[at..])?;
            content.truncate(at + length);
            if length == 0 {
                return Ok(content);
            }
        }
    }

    /// The same, where any other status is an error.
    pub(crate) fn expect(
        &mut self,
        status: u16,
        method: &str,
        path: &str,
        body: &str,
    ) -> Outcome<()> {
        let (came, content) = self.ask(method, path, body)?;
        if came == status {
            return Ok(());
        }
        let content = String::from_utf8_lossy(&content);
        Err(format!("{method} {path}: {came} instead of {status}: {content}").into())
    }
}
