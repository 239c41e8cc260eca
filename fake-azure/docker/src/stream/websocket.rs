//! A session over a web socket: messages without frames, whichever stream they come from.

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::hijack::{self, Session};
use crate::engine::line::Wire;

/// How many bytes a message of ours holds at most, and how many wait.
const CHUNK: usize = 16 * 1024;
/// How many bytes a client may put into one message.
const LONGEST_MESSAGE: usize = 4 << 20;

/// What a container's output is sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Messages {
    /// As clients of old want it.
    Text,
    Binary,
}

/// Serves a session on a connection whose handshake is done.
pub(crate) async fn serve(wire: Wire, session: Session, messages: Messages) {
    let config = WebSocketConfig::default()
        .read_buffer_size(CHUNK)
        .write_buffer_size(0)
        .max_message_size(Some(LONGEST_MESSAGE))
        .max_frame_size(Some(LONGEST_MESSAGE));
    let socket = WebSocketStream::from_raw_socket(wire, Role::Server, Some(config)).await;
    let (mut sink, mut stream) = socket.split();
    let (near, far) = tokio::io::duplex(CHUNK);
    let (mut reading, mut writing) = tokio::io::split(near);
    let outgoing = async move {
        let mut buffer = vec![0; CHUNK];
        while let Ok(count @ 1..) = reading.read(&mut buffer).await {
            let bytes = &buffer[..count];
            let message = match messages {
                Messages::Text => Message::text(String::from_utf8_lossy(bytes).into_owned()),
                Messages::Binary => Message::binary(bytes.to_vec()),
            };
            if sink.send(message).await.is_err() {
                return;
            }
        }
        // A client that is gone need not be told of the end.
        sink.close().await.ok();
    };
    let incoming = async move {
        while let Some(Ok(message)) = stream.next().await {
            let typed = match message {
                Message::Binary(bytes) => writing.write_all(&bytes).await,
                Message::Text(text) => writing.write_all(text.as_bytes()).await,
                _ => Ok(()),
            };
            if typed.is_err() {
                break;
            }
        }
        writing.shutdown().await.ok();
        // Its end is the end of what is typed, not of what is written.
        std::future::pending::<()>().await;
    };
    let session = async { tokio::join!(hijack::serve(far, session), outgoing) };
    tokio::select! {
        _ = session => {}
        () = incoming => {}
    }
}
