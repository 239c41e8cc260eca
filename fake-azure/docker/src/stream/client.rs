//! The client's side of HTTP/1.1, on a stream that is at hand.

use axum::body::{Body, Bytes, to_bytes};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;

/// The other side went away or does not speak HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("EOF")]
pub(crate) struct Gone;

/// A connection on which one thing is asked after the other.
pub(crate) struct Client {
    sender: SendRequest<Body>,
    /// Carries the bytes; it ends with the connection.
    _carrying: JoinSet<()>,
}

impl Client {
    /// Begins to speak on a stream.
    pub(crate) async fn open<S>(stream: S) -> Result<Self, Gone>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|_| Gone)?;
        let mut carrying = JoinSet::new();
        carrying.spawn(async move {
            // Whoever asks hears of the end by the answer that does not come.
            connection.await.ok();
        });
        Ok(Self {
            sender,
            _carrying: carrying,
        })
    }

    /// Asks, and reads the whole answer, of at most `most` bytes.
    pub(crate) async fn ask(
        &mut self,
        request: Request<Body>,
        most: usize,
    ) -> Result<Response<Bytes>, Gone> {
        self.sender.ready().await.map_err(|_| Gone)?;
        let answer = self.sender.send_request(request).await.map_err(|_| Gone)?;
        let (head, body) = answer.into_parts();
        let body = to_bytes(Body::new(body), most).await.map_err(|_| Gone)?;
        Ok(Response::from_parts(head, body))
    }
}
