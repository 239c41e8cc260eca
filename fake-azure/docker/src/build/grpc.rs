//! The doors to BuildKit, which is not behind them: HTTP/2 and gRPC, just enough of both
//! to say so in a way that clients show to people.
//!
//! Nothing of a request is read but its frame: every call gets the same answer, so no
//! header has to be unpacked, and what is packed here never refers to a table.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// What every call is answered.
const SENTENCE: &str = "this simulated engine has no BuildKit: set DOCKER_BUILDKIT=0 to build with the classic builder";
/// gRPC's `UNIMPLEMENTED`.
const UNIMPLEMENTED: &str = "12";

/// What a client of HTTP/2 says first.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The longest payload that a peer may send to one who asks for nothing else.
const LONGEST: u32 = 16_384;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

const NO_ERROR: u32 = 0;
const PROTOCOL_ERROR: u32 = 1;
const FRAME_SIZE_ERROR: u32 = 6;

/// The head of a frame.
#[derive(Debug, Clone, Copy)]
struct Head {
    length: u32,
    kind: u8,
    flags: u8,
    stream: u32,
}

/// Answers every call on `/grpc` that there is no BuildKit, until the client goes.
pub(crate) async fn refuse<S>(mut stream: S) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    send(&mut stream, SETTINGS, 0, 0, &[]).await?;
    let mut preface = [0; PREFACE.len()];
    stream.read_exact(&mut preface).await?;
    if preface != *PREFACE {
        return go_away(&mut stream, PROTOCOL_ERROR).await;
    }
    converse(&mut stream).await
}

/// Keeps a session that a client offers on `/session` and asks nothing of it.
///
/// The roles are turned round there: it is the client that serves calls.
pub(crate) async fn keep_session<S>(mut stream: S) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(PREFACE).await?;
    send(&mut stream, SETTINGS, 0, 0, &[]).await?;
    converse(&mut stream).await
}

/// Reads frames and answers those that wait for something.
async fn converse<S>(stream: &mut S) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let answer = answer();
    let mut answered = 0;
    let mut payload = vec![0; LONGEST as usize];
    loop {
        let Some(head) = next_head(stream).await? else {
            return Ok(());
        };
        if head.length > LONGEST {
            return go_away(stream, FRAME_SIZE_ERROR).await;
        }
        let payload = &mut payload[..head.length as usize];
        stream.read_exact(payload).await?;
        match head.kind {
            SETTINGS if head.flags & ACK == 0 => send(stream, SETTINGS, ACK, 0, &[]).await?,
            PING if head.flags & ACK == 0 => send(stream, PING, ACK, 0, payload).await?,
            // A peer that may not send more would wait for ever.
            DATA if head.length > 0 => {
                send(stream, WINDOW_UPDATE, 0, 0, &head.length.to_be_bytes()).await?;
            }
            // Those of a stream that has its answer are its trailers.
            HEADERS | CONTINUATION if head.flags & END_HEADERS != 0 && head.stream > answered => {
                answered = head.stream;
                let flags = END_HEADERS | END_STREAM;
                send(stream, HEADERS, flags, head.stream, &answer).await?;
                // The rest of the request would change nothing.
                let reason = NO_ERROR.to_be_bytes();
                send(stream, RST_STREAM, 0, head.stream, &reason).await?;
            }
            GOAWAY => return Ok(()),
            _ => {}
        }
    }
}

/// Reads the head of a frame; nothing if the peer is done.
async fn next_head<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<Head>> {
    let mut bytes = [0; 9];
    if stream.read(&mut bytes[..1]).await? == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut bytes[1..]).await?;
    let [a, b, c, kind, flags, s @ ..] = bytes;
    Ok(Some(Head {
        length: u32::from_be_bytes([0, a, b, c]),
        kind,
        flags,
        // The highest bit says nothing.
        stream: u32::from_be_bytes(s) & (u32::MAX >> 1),
    }))
}

async fn send<S: AsyncWrite + Unpin>(
    to: &mut S,
    kind: u8,
    flags: u8,
    stream: u32,
    payload: &[u8],
) -> io::Result<()> {
    let length = u32::try_from(payload.len()).unwrap_or(LONGEST);
    let mut frame = length.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    to.write_all(&frame).await?;
    to.flush().await
}

async fn go_away<S: AsyncWrite + Unpin>(stream: &mut S, reason: u32) -> io::Result<()> {
    let mut payload = [0; 8];
    payload[4..].copy_from_slice(&reason.to_be_bytes());
    send(stream, GOAWAY, 0, 0, &payload).await
}

/// The headers of an answer that is nothing but trailers.
fn answer() -> Vec<u8> {
    // `:status: 200`, which stands in the static table, as does the name `content-type`.
    let mut block = vec![0x88, 0x0f, 0x10];
    put_text(&mut block, "application/grpc");
    for (name, value) in [("grpc-status", UNIMPLEMENTED), ("grpc-message", SENTENCE)] {
        block.push(0);
        put_text(&mut block, name);
        put_text(&mut block, value);
    }
    block
}

/// Writes a text and its length, which is shorter than what seven bits hold.
fn put_text(block: &mut Vec<u8>, text: &str) {
    const { assert!(SENTENCE.len() < 127) };
    block.extend(u8::try_from(text.len()));
    block.extend(text.bytes());
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use hyper::Request;
    use hyper_util::rt::{TokioExecutor, TokioIo};
    use tokio::io::{DuplexStream, duplex};

    use super::*;

    async fn frame(stream: &mut DuplexStream) -> (u8, u8, u32, Vec<u8>) {
        let head = next_head(stream).await.unwrap().expect("a frame");
        let mut payload = vec![0; head.length as usize];
        stream.read_exact(&mut payload).await.unwrap();
        (head.kind, head.flags, head.stream, payload)
    }

    #[tokio::test]
    async fn a_stranger_s_client_reads_that_there_is_no_buildkit() {
        let (client, server) = duplex(64 * 1024);
        let serving = tokio::spawn(refuse(server));
        let (mut calls, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(client))
                .await
                .unwrap();
        let connection = tokio::spawn(connection);

        for method in ["ListWorkers", "Info", "Solve"] {
            let call = Request::post(format!("http://x/moby.buildkit.v1.Control/{method}"))
                .header("content-type", "application/grpc")
                .body(Body::from(vec![0; 100_000]))
                .unwrap();
            let answer = calls.send_request(call).await.unwrap();

            assert_eq!(answer.status(), 200);
            assert_eq!(answer.headers()["content-type"], "application/grpc");
            assert_eq!(answer.headers()["grpc-status"], "12");
            assert_eq!(answer.headers()["grpc-message"], SENTENCE);
        }
        drop(calls);
        connection.await.unwrap().unwrap();
        serving.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_client_that_only_looks_in_gets_the_settings() {
        let (mut client, server) = duplex(64);
        let serving = tokio::spawn(refuse(server));

        assert_eq!(frame(&mut client).await, (SETTINGS, 0, 0, Vec::new()));
        drop(client);
        let ended = serving.await.unwrap().unwrap_err();
        assert_eq!(ended.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[tokio::test]
    async fn settings_and_pings_are_acknowledged_and_trailers_are_not_answered() {
        let (mut client, server) = duplex(64 * 1024);
        let serving = tokio::spawn(refuse(server));
        client.write_all(PREFACE).await.unwrap();
        send(&mut client, SETTINGS, 0, 0, &[]).await.unwrap();
        send(&mut client, PING, 0, 0, b"12345678").await.unwrap();
        send(&mut client, HEADERS, END_HEADERS, 1, &[])
            .await
            .unwrap();
        send(&mut client, HEADERS, END_HEADERS | END_STREAM, 1, &[])
            .await
            .unwrap();
        send(&mut client, PING, ACK, 0, b"12345678").await.unwrap();
        send(&mut client, GOAWAY, 0, 0, &[0; 8]).await.unwrap();

        frame(&mut client).await;
        assert_eq!(frame(&mut client).await, (SETTINGS, ACK, 0, Vec::new()));
        assert_eq!(
            frame(&mut client).await,
            (PING, ACK, 0, b"12345678".to_vec())
        );
        assert_eq!(frame(&mut client).await.2, 1);
        assert_eq!(frame(&mut client).await, (RST_STREAM, 0, 1, vec![0; 4]));
        assert!(next_head(&mut client).await.unwrap().is_none());
        serving.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn what_is_no_http2_is_sent_away() {
        let (mut client, server) = duplex(64 * 1024);
        let serving = tokio::spawn(refuse(server));
        client.write_all(&[b'x'; 24]).await.unwrap();

        frame(&mut client).await;
        let (kind, _, _, payload) = frame(&mut client).await;
        assert_eq!((kind, payload[7]), (GOAWAY, 1));
        serving.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_frame_that_is_too_long_is_not_read() {
        let (mut client, server) = duplex(64 * 1024);
        let serving = tokio::spawn(keep_session(server));
        client
            .write_all(&[0xff, 0xff, 0xff, DATA, 0, 0, 0, 0, 1])
            .await
            .unwrap();

        let mut preface = [0; 24];
        client.read_exact(&mut preface).await.unwrap();
        assert_eq!(preface, *PREFACE);
        frame(&mut client).await;
        let (kind, _, _, payload) = frame(&mut client).await;
        assert_eq!((kind, payload[7]), (GOAWAY, 6));
        serving.await.unwrap().unwrap();
    }
}
