//! The body of an answer: whole, in pieces, cut off in the middle, or without end.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// A piece of an oversized body.
const PIECE: usize = 64 * 1024;

/// A part of a body, and what it waits for.
pub(crate) struct Piece {
    pub(crate) after: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    pub(crate) bytes: Bytes,
}

impl Piece {
    /// Whether there is nothing to come and nothing to wait for.
    pub(crate) fn empty(&self) -> bool {
        self.after.is_none() && self.bytes.is_empty()
    }
}

pub(crate) enum AnswerBody {
    /// All of it.
    Whole(Option<Bytes>),
    /// The first bytes of a longer one. Then the connection breaks.
    Cut { start: Option<Bytes>, announced: u64, flushed: bool },
    /// Piece by piece, each when what goes before it has come to pass.
    Paced(VecDeque<Piece>),
    /// So many bytes, and no word in advance about how many.
    Oversized { left: u64 },
}

impl AnswerBody {
    pub(crate) fn whole(body: Bytes) -> Self {
        Self::Whole(Some(body))
    }

    /// The first `keep` bytes of `body`, announced as the whole.
    pub(crate) fn cut(body: &Bytes, keep: usize) -> Self {
        // An empty body cannot be cut: announce one byte that never comes.
        let announced = (body.len() as u64).max(1);
        let keep = keep.min(body.len().saturating_sub(1));
        Self::Cut { start: Some(body.slice(..keep)), announced, flushed: false }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match &mut *self {
            Self::Whole(body) => {
                Poll::Ready(body.take().filter(|body| !body.is_empty()).map(|b| Ok(Frame::data(b))))
            }
            Self::Cut { start, flushed, .. } => {
                if let Some(start) = start.take().filter(|start| !start.is_empty()) {
                    return Poll::Ready(Some(Ok(Frame::data(start))));
                }
                if !*flushed {
                    // hyper writes out what it has when a body makes it wait; an error at once would swallow it.
                    *flushed = true;
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Ready(Some(Err(io::Error::other("cut off on purpose"))))
            }
            Self::Paced(pieces) => {
                let Some(piece) = pieces.front_mut() else { return Poll::Ready(None) };
                if let Some(after) = &mut piece.after {
                    ready!(after.as_mut().poll(context));
                }
                let piece = pieces.pop_front().map(|piece| piece.bytes).unwrap_or_default();
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Self::Oversized { left: 0 } => Poll::Ready(None),
            Self::Oversized { left } => {
                let piece = usize::try_from(*left).unwrap_or(PIECE).min(PIECE);
                *left -= piece as u64;
                Poll::Ready(Some(Ok(Frame::data(vec![b' '; piece].into()))))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(body) => SizeHint::with_exact(body.as_ref().map_or(0, |body| body.len() as u64)),
            Self::Cut { announced, .. } => SizeHint::with_exact(*announced),
            Self::Paced(pieces) => {
                SizeHint::with_exact(pieces.iter().map(|piece| piece.bytes.len() as u64).sum())
            }
            Self::Oversized { .. } => SizeHint::default(),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(None) | Self::Oversized { left: 0 } => true,
            Self::Paced(pieces) => pieces.is_empty(),
            _ => false,
        }
    }
}
