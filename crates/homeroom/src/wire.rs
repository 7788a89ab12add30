//! What passes between the driver and the server, followed message by message.
//!
//! The driver knows whether a statement is still unanswered, whether a transaction is open and which SQLSTATE an error has, and
//! keeps it to itself. [`Wire`] lies around the stream, reads along, and tells [`Backend`]. It changes nothing.

mod answers;
mod requests;

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsStream};

use self::answers::Answers;
use self::requests::{Request, Requests};
use crate::backend::Backend;

/// A stream to the server that is read along.
pub(crate) struct Wire<S> {
    stream: S,
    backend: Arc<Backend>,
    requests: Requests,
    answers: Answers,
}

impl<S> Wire<S> {
    pub(crate) fn new(stream: S, backend: Arc<Backend>) -> Self {
        Self { stream, backend, requests: Requests::default(), answers: Answers::default() }
    }

    /// The stream, once what passes through it is about to be encrypted.
    pub(crate) fn into_inner(self) -> (S, Arc<Backend>) {
        (self.stream, self.backend)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        let Self { backend, answers, .. } = &mut *self;
        let bytes = buf.filled().get(before..).unwrap_or_default();
        if !bytes.is_empty() {
            backend.heard(|state| answers.follow(bytes, state));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, buf))?;
        let Self { backend, requests, answers, .. } = &mut *self;
        let bytes = buf.get(..written).unwrap_or_default();
        backend.said(|state| {
            requests.follow(bytes, |request| match request {
                Request::Encryption => answers.expect_encryption(),
                Request::Part => state.sending = true,
                Request::End { statement } => {
                    state.sending = false;
                    state.unanswered.push_back(statement);
                }
                Request::Alters => state.altered = true,
            });
        });
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl<S: TlsStream + Unpin> TlsStream for Wire<S> {
    fn channel_binding(&self) -> ChannelBinding {
        self.stream.channel_binding()
    }
}

/// The type and the length that a message begins with, which may come in pieces.
#[derive(Debug, Default)]
struct Header {
    bytes: [u8; 5],
    length: usize,
}

impl Header {
    /// Takes what belongs to the header, of `size` bytes, off the front of `bytes`; `true` when it is complete.
    fn fill(&mut self, bytes: &mut &[u8], size: usize) -> bool {
        // As nearly always, in one piece.
        if let (0, 5, Some((header, rest))) = (self.length, size, bytes.split_first_chunk()) {
            (self.bytes, self.length, *bytes) = (*header, size, rest);
            return true;
        }
        while self.length < size {
            let Some((first, rest)) = bytes.split_first() else { return false };
            if let Some(slot) = self.bytes.get_mut(self.length) {
                *slot = *first;
            }
            self.length += 1;
            *bytes = rest;
        }
        true
    }

    /// The message's type and how much follows; the next header can come.
    fn take(&mut self) -> (u8, usize) {
        let [kind, length @ ..] = std::mem::take(self).bytes;
        // The length counts itself.
        (kind, (u32::from_be_bytes(length) as usize).saturating_sub(4))
    }
}

/// Takes at most `length` bytes off the front.
fn take<'a>(bytes: &mut &'a [u8], length: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(length.min(bytes.len()));
    *bytes = rest;
    taken
}
