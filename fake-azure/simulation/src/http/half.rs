//! Answers that break off in the middle.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, SizeHint};

/// What an answer without a body promises, so that something of it is missing.
const PROMISED: u64 = 64;

/// The first half of a body, behind which the connection is cut.
#[derive(Debug)]
pub struct Half {
    first: Option<Bytes>,
    promised: SizeHint,
    is_sent: bool,
}

impl Half {
    /// Half of a body, or of what comes of it first where it comes in pieces.
    pub async fn of<B: Body<Data = Bytes>>(body: B) -> Self {
        let mut body = pin!(body);
        let promised = match body.size_hint().exact() {
            Some(0) => SizeHint::with_exact(PROMISED),
            Some(length) => SizeHint::with_exact(length),
            None => SizeHint::default(),
        };
        let first = loop {
            match poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        break bytes;
                    }
                }
                Some(Err(_)) | None => break Bytes::new(),
            }
        };
        let half = first.slice(..first.len() / 2);
        Self {
            first: (!half.is_empty()).then_some(half),
            promised,
            is_sent: false,
        }
    }
}

impl Body for Half {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if !self.is_sent {
            // What was written so far goes out while there is nothing more to write.
            self.is_sent = true;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }

    fn size_hint(&self) -> SizeHint {
        self.promised
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Bytes that come in pieces.
    struct Pieces(Vec<&'static [u8]>, Option<u64>);

    impl Body for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            let next = (!self.0.is_empty()).then(|| self.0.remove(0));
            Poll::Ready(next.map(|piece| Ok(Frame::data(Bytes::from_static(piece)))))
        }

        fn size_hint(&self) -> SizeHint {
            self.1.map_or_else(SizeHint::default, SizeHint::with_exact)
        }
    }

    async fn half(pieces: Vec<&'static [u8]>, length: Option<u64>) -> (Option<u64>, Vec<u8>) {
        let half = Half::of(Pieces(pieces, length)).await;
        let promised = half.size_hint().exact();
        let mut half = pin!(half);
        let mut all = Vec::new();
        loop {
            match poll_fn(|cx| half.as_mut().poll_frame(cx)).await {
                Some(Ok(frame)) => all.extend(frame.into_data().unwrap()),
                Some(Err(error)) => {
                    assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
                    return (promised, all);
                }
                None => panic!("it ended as if nothing were missing"),
            }
        }
    }

    #[tokio::test]
    async fn half_of_it_comes_and_the_whole_is_promised() {
        assert_eq!(
            half(vec![b"abcdef"], Some(6)).await,
            (Some(6), b"abc".to_vec())
        );
        assert_eq!(
            half(vec![b"abcd", b"ef"], None).await,
            (None, b"ab".to_vec())
        );
        assert_eq!(half(vec![], Some(0)).await, (Some(64), Vec::new()));
    }
}
