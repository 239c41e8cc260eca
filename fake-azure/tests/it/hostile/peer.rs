//! A client that says what it wants, byte by byte.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::stage::{Stage, credentials};

/// Where a URL leads.
pub(crate) fn address(url: &str) -> SocketAddr {
    url.split_once("://").unwrap().1.parse().unwrap()
}

/// A connection to the management API, with the owner's certificate or without any.
pub(crate) async fn connect(stage: &Stage, is_owner: bool) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(credentials().ca_pem().as_bytes()).unwrap();
    roots.add(ca).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = if is_owner {
        let pem = credentials().management_pem();
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap();
        config
            .with_client_auth_cert(vec![certificate], key)
            .unwrap()
    } else {
        config.with_no_client_auth()
    };
    let at = address(stage.azure.management_url());
    let stream = TcpStream::connect(at).await.unwrap();
    let name = ServerName::IpAddress(at.ip().into());
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, stream).await.unwrap()
}

/// The head of a POST that announces a body.
pub(crate) fn head(stage: &Stage, path: &str, length: usize, more: &str) -> String {
    let id = stage.azure.subscription_id();
    format!(
        "POST /{id}{path} HTTP/1.1\r\nHost: a\r\nx-ms-version: 2014-06-01\r\nContent-Length: {length}\r\n{more}\r\n"
    )
}

/// Sends, and reads the first line of what is answered.
pub(crate) async fn say(peer: &mut TlsStream<TcpStream>, text: &str) -> String {
    // Who refuses in the middle may have hung up before the rest comes.
    if peer.write_all(text.as_bytes()).await.is_ok() {
        peer.flush().await.unwrap();
    }
    first_line(peer).await
}

/// The first line of what is answered; empty where the connection ends.
pub(crate) async fn first_line(peer: &mut (impl tokio::io::AsyncRead + Unpin)) -> String {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        match peer.read_u8().await {
            Ok(byte) => line.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(line).unwrap().trim_end().to_owned()
}
