//! Asking the server to cancel what runs on a connection.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{CancelToken, NoTls};

use crate::config::Server;
use crate::dial::{Socket, Target};
use crate::error::{Cause, Error, Result};
use crate::tls;

/// A server that does not even take a cancel request has lost the connection as well.
const LIMIT: Duration = Duration::from_secs(2);

/// What cancels the statements of one connection, over a connection of its own and as encrypted as that one.
#[derive(Clone)]
pub(crate) struct Cancel {
    pub(crate) server: Server,
    pub(crate) target: Target,
    pub(crate) token: CancelToken,
}

impl Cancel {
    /// Returns when the server has passed the request on to the process that works for the connection.
    pub(crate) async fn run(self) {
        let outcome = tokio::time::timeout(LIMIT, self.send()).await;
        match outcome {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::debug!(%error, "a statement could not be cancelled"),
            Err(_) => tracing::debug!("a statement could not be cancelled in time"),
        }
    }

    async fn send(&self) -> Result<()> {
        let failed = |cause: Cause| Error::Unavailable {
            what: "the server takes no cancel request".to_owned(),
            source: Some(cause),
        };
        let socket = self.target.open(self.server.config()).await;
        let socket = UntilItsEnd(socket.map_err(|error| failed(Cause::new(error)))?);
        let sent = match tls::connector(&self.server)? {
            Some(mut tls) => {
                let tls =
                    MakeTlsConnect::<UntilItsEnd>::make_tls_connect(&mut tls, &self.target.host);
                let tls = tls.map_err(|error| failed(Cause::new(error)))?;
                self.token.cancel_query_raw(socket, tls).await
            }
            None => self.token.cancel_query_raw(socket, NoTls).await,
        };
        sent.map_err(|error| failed(Cause::new(error)))
    }
}

/// A stream whose end waits for that of the other side: the server closes it when the request was passed on, and not before.
struct UntilItsEnd(Socket);

impl AsyncRead for UntilItsEnd {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for UntilItsEnd {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.0).poll_flush(cx))?;
        let mut nothing = [0; 64];
        loop {
            let mut buf = ReadBuf::new(&mut nothing);
            match ready!(Pin::new(&mut self.0).poll_read(cx, &mut buf)) {
                Ok(()) if !buf.filled().is_empty() => {}
                // A server that resets the connection has ended it as well.
                Ok(()) | Err(_) => return Poll::Ready(Ok(())),
            }
        }
    }
}
