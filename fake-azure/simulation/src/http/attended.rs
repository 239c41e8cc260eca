//! Answers that a visitor still waits for.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body, Frame, SizeHint};

use crate::net::Work;

/// The body of an answer; until its end the visitor is not sent away.
#[derive(Debug)]
pub struct Attended<B> {
    body: B,
    _work: Work,
}

impl<B> Attended<B> {
    /// A body that is part of some work.
    pub fn new(body: B, work: Work) -> Self {
        Self { body, _work: work }
    }
}

impl<B: Body + Unpin> Body for Attended<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
