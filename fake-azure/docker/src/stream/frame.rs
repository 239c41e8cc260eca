//! Frames: how two output streams share one connection.

use axum::body::Bytes;

use crate::state::log::Stream;

/// The bytes before each payload: the stream, three zeros, the length.
const HEAD: usize = 8;

/// Puts a frame around what was written to a stream.
pub(crate) fn frame(stream: Stream, payload: &[u8]) -> Bytes {
    let number = match stream {
        Stream::Stdout => 1,
        Stream::Stderr => 2,
    };
    // A piece is never longer than what a process writes at once.
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
    let mut framed = Vec::with_capacity(HEAD + payload.len());
    framed.extend([number, 0, 0, 0]);
    framed.extend(length.to_be_bytes());
    framed.extend_from_slice(payload);
    framed.into()
}

/// What goes over the wire for a piece: framed, or raw from a terminal.
pub(crate) fn piece(stream: Stream, payload: Bytes, raw: bool) -> Bytes {
    if raw {
        payload
    } else {
        frame(stream, &payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_tells_stream_and_length() {
        assert_eq!(
            &frame(Stream::Stderr, b"abc")[..],
            b"\x02\0\0\0\0\0\0\x03abc"
        );
    }
}
